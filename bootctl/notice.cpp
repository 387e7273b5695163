// SPDX-License-Identifier: MIT
#include "bootctl/notice.hpp"

#include "host/error.hpp"

#include <string_view>

namespace kindling {

std::string reason_of(const Error& error) {
    std::string_view cause = host::cause_text(error);
    return error.what + (cause.empty() ? std::string() : ": " + std::string(cause));
}

} // namespace kindling
