// SPDX-License-Identifier: MIT
#include "base/json_text.hpp"

#include "base/hex.hpp"
#include "base/text.hpp"

namespace kindling {

std::string quote_json(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    while (!text.empty()) {
        std::size_t size = utf8_size(text);
        unsigned char byte = static_cast<unsigned char>(text.front());
        if (size == 0) {
            out += "\xef\xbf\xbd";
        } else if (byte < 0x20 || byte == 0x7f) {
            std::byte raw{byte};
            append(out, {"\\u00", to_hex(Bytes(&raw, 1))});
        } else {
            if (byte == '"' || byte == '\\') out += '\\';
            out += text.substr(0, size);
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out + '"';
}

} // namespace kindling
