// SPDX-License-Identifier: MIT
//
// Type texts, and the one conversion that most arguments with a type need; the others are in
// option_value.cpp.
#include "options/option_value.hpp"

namespace kindling::options {
namespace {

// In the order of their kinds; a choice has no name. Without pointers, which would have to be
// relocated when a program starts.
constexpr size_t type_name_bytes = 10;
constexpr char type_names[][type_name_bytes] = {
    "text", "bool", "tristate", "int",   "uint", "size", "duration",  "path", "file",
    "dir",  "host", "user",     "group", "unit", "pid",  "key=value", "",     "dynamic",
};

ValueError convert_choice(const Type& type, Text text, bool accepts_prefix, Value& value) {
    Choices choices(type);
    size_t place = 0, found = 0;
    for (Choice each; choices.next(each); place++) {
        bool is_exact = equal(each.name, text);
        if (!is_exact && !(accepts_prefix && !text.is_empty() && starts_with(each.name, text)))
            continue;
        value.number = place;
        if (is_exact) return ValueError::none;
        found++;
    }
    return found == 1 ? ValueError::none : found ? ValueError::ambiguous : ValueError::malformed;
}

} // namespace

Type parse_type(Text text) {
    Type type;
    if (!text.is_empty() && text[text.size() - 1] == ',') {
        type.is_list = true;
        text = text.first(text.size() - 1);
    }
    size_t colon = text.size();
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == ':' && i < colon) colon = i;
        if (text[i] != '|') continue;
        type.kind = TypeKind::choice;
        type.parameter = text;
        return type;
    }
    if (colon < text.size()) type.parameter = text.from(colon + 1);
    uint8_t kind = 0;
    Text before = text.first(colon);
    for (const char* name : type_names) {
        if (colon && name[0] == text[0] && starts_with({name, type_name_bytes - 1}, before) &&
            !name[colon]) {
            type.kind = static_cast<TypeKind>(kind);
            break;
        }
        kind++;
    }
    return type;
}

bool Choices::next(Choice& choice) {
    Text item;
    if (!items_.next(item)) return false;
    size_t colon = position_of(item, ':');
    choice.name = item.first(colon);
    choice.help = colon < item.size() ? item.from(colon + 1) : Text();
    return true;
}

ValueError convert(const Type& type, Text text, bool accepts_prefix, Value& value) {
    value = {};
    value.kind = type.kind;
    value.text = text;
    if (type.kind == TypeKind::choice) return convert_choice(type, text, accepts_prefix, value);
    return convert_but_choice(type, text, value);
}

} // namespace kindling::options
