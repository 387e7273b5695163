// SPDX-License-Identifier: MIT
#include "core/load_options.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kindling::bls {

namespace {

void append_word(std::string& text, std::string_view word) {
    if (word.empty()) return;
    if (!text.empty()) text += ' ';
    text += word;
}

} // namespace

std::string load_options(const Entry& entry, const initrd::Plan& initrd) {
    std::string text;
    for (const initrd::File& file : initrd.files) {
        std::string path = file.path;
        std::replace(path.begin(), path.end(), '/', '\\');
        append_word(text, concat({"initrd=", path}));
    }
    if (entry.is_uki() && entry.profile.value_or(0) > 0)
        append_word(text, concat({"@", to_decimal(*entry.profile)}));
    if (!entry.options_implied) append_word(text, entry.options);
    return text;
}

} // namespace kindling::bls
