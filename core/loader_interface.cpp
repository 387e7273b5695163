// SPDX-License-Identifier: MIT
#include "core/loader_interface.hpp"

#include "base/text.hpp"

namespace kindling::loader_interface {

std::optional<std::string> get_text(Variables& variables, std::string_view name) {
    auto data = variables.get(vendor, name);
    if (!data || data->size() > text_size_max) return std::nullopt;
    return from_ucs2_bytes(*data);
}

Result<void> set_text(Variables& variables, std::string_view name, std::string_view text,
                      Variables::Storage storage) {
    return variables.set(vendor, name, to_ucs2_bytes(text), storage);
}

Result<void> set_text_if_unset(Variables& variables, std::string_view name, std::string_view text) {
    if (text.empty() || variables.get(vendor, name)) return {};
    return set_text(variables, name, text);
}

Result<void> remove(Variables& variables, std::string_view name) {
    return variables.remove(vendor, name);
}

} // namespace kindling::loader_interface
