// SPDX-License-Identifier: MIT
#include "bootctl/notice.hpp"

#include "host/error.hpp"

#include <string_view>

namespace kindling {

std::string reason_of(const Error& error) {
    std::string_view cause = host::cause_text(error);
    // "file does not exist: No such file or directory" would say it twice.
    if (std::string_view(error.what).ends_with("does not exist")) cause = {};
    return error.what + (cause.empty() ? std::string() : ": " + std::string(cause));
}

} // namespace kindling
