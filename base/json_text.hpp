// SPDX-License-Identifier: MIT
//
// Text inside JSON.
#pragma once

#include <string>
#include <string_view>

namespace kindling {

/// `text` as a JSON string with its quotes: quotes, backslashes and control characters escaped,
/// other UTF-8 as it is. A byte that belongs to no UTF-8 sequence becomes U+FFFD.
/// Source: RFC 8259, section 7.
std::string quote_json(std::string_view text);

} // namespace kindling
