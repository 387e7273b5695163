// SPDX-License-Identifier: MIT
#include "options/generator_members.hpp"

#include "options/generator_introspection.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>

namespace kindling::options {
namespace {

constexpr size_t warnings_max = 100;

struct Category {
    std::string_view name;
    const char* type;
};
constexpr Category categories[] = {
    {"path", "path"},     {"file", "file"}, {"dir", "dir"},       {"pid", "pid"},
    {"uid", "uint"},      {"gid", "uint"},  {"username", "user"}, {"groupname", "group"},
    {"hostname", "host"}, {"unit", "unit"},
};

void replace_all(std::string& text, char from, char to) {
    std::ranges::replace(text, from, to);
}

/// What the values of an argument come to.
struct Values {
    std::string choices; ///< "a:help|b"
    size_t choices_count = 0;
    std::string type; ///< of a category or of values that a program prints
    size_t types_count = 0;

    void set_type(std::string given) {
        type = std::move(given);
        types_count++;
    }
};

void add_choice(Members& members, const JsonValue& at, bool is_positional, Values& values) {
    std::string value = members.text(at, "value"), help = members.text(at, "help");
    if (value.find_first_of(is_positional ? "|:;" : "|:") != std::string::npos || value.empty())
        return members.warn(at, "the value " + quoted_name(value) +
                                    " has a character that lists of values cannot have");
    replace_all(help, '|', '/');
    if (is_positional) replace_all(help, ';', ',');
    if (values.choices_count++) values.choices += '|';
    values.choices += value;
    if (!help.empty()) values.choices += ':' + help;
}

void add_dynamic(Members& members, const JsonValue& at, const std::string& name, Values& values) {
    std::string dynamic = members.text(at, "dynamic");
    // As a verb and as an option, see option_complete.hpp.
    for (const char* start : {" ", " --"}) {
        std::string own =
            name + start + std::string(complete_values_name.data()) + (start[1] ? '=' : ' ');
        bool is_own = dynamic.starts_with(own) && is_plain_name(dynamic.substr(own.size()));
        if (is_own) values.set_type("dynamic:" + dynamic.substr(own.size()));
        if (is_own) return;
    }
    members.warn(at, "values that " + quoted_name(dynamic) + " prints are left out");
}

void add_value(Members& members, const JsonValue& at, const std::string& name, bool is_positional,
               Values& values) {
    if (members.flag(at, "missing")) return;
    if (at.find("value")) return add_choice(members, at, is_positional, values);
    if (at.find("dynamic")) return add_dynamic(members, at, name, values);
    std::string wanted = members.text(at, "category");
    auto found = std::ranges::find(categories, wanted, &Category::name);
    if (found != std::end(categories))
        values.set_type(found->type);
    else
        members.warn(at, "values of the category " + quoted_name(wanted) + " are left out");
}

std::string type_of_values(Members& members, const JsonValue& argument, const std::string& name,
                           bool is_positional) {
    Values values;
    for (const JsonValue& each : members.objects(argument, "values"))
        add_value(members, each, name, is_positional, values);
    if (values.types_count + (values.choices_count > 0) > 1)
        members.warn(argument, "values are of more than one kind, only one is kept");
    if (values.choices_count == 0) return values.type;
    // A single value would be no list, and a comma at the end would make it one of several.
    if (values.choices_count == 1 || values.choices.ends_with(',')) values.choices += '|';
    return values.choices;
}

/// True if a text that the document gives as a type can stand in a table.
bool is_usable_type(const std::string& type, bool is_positional) {
    std::string_view dynamic = "dynamic:";
    if (type.starts_with(dynamic)) return is_plain_name(type.substr(dynamic.size()));
    return type.find_first_of(is_positional ? "|;" : "|") == std::string::npos;
}

} // namespace

void Members::refuse(const JsonValue& at, std::string what) {
    if (!problem_) problem_ = {std::move(what), at.where};
}

void Members::warn(const JsonValue& at, std::string what) {
    if (warnings_.size() < warnings_max) warnings_.push_back({std::move(what), at.where});
}

const JsonValue* Members::find(const JsonValue& object, const char* key, JsonValue::Kind kind,
                               const char* expected) {
    const JsonValue* value = object.find(key);
    // Null is how some writers say that there is nothing.
    if (!value || value->kind == JsonValue::Kind::null) return nullptr;
    if (value->kind == kind) return value;
    refuse(*value, std::string("\"") + key + "\" is not " + expected);
    return nullptr;
}

std::string Members::text(const JsonValue& object, const char* key) {
    const JsonValue* value = find(object, key, JsonValue::Kind::text, "a text");
    if (!value) return {};
    if (value->text.size() > described_text_max)
        refuse(*value, std::string("\"") + key + "\" is longer than " +
                           std::to_string(described_text_max) + " bytes");
    return value->text;
}

std::vector<std::string> Members::texts(const JsonValue& object, const char* key) {
    const JsonValue* one = object.find(key);
    if (one && one->kind == JsonValue::Kind::text) return {text(object, key)};
    const JsonValue* array = find(object, key, JsonValue::Kind::array, "an array of texts");
    if (!array) return {};
    std::vector<std::string> texts;
    for (const JsonValue& item : array->items) {
        bool is_text = item.kind == JsonValue::Kind::text;
        if (!is_text || item.text.size() > described_text_max)
            refuse(item, std::string("\"") + key + "\" has " +
                             (is_text ? "an item that is too long" : "an item that is no text"));
        texts.push_back(item.text);
    }
    return texts;
}

std::string Members::paragraphs(const JsonValue& object, const char* key) {
    std::string text;
    for (const std::string& each : texts(object, key)) {
        if (!text.empty() && !each.empty()) text += "\n\n";
        text += each;
    }
    if (text.size() > described_text_max)
        refuse(object, std::string("\"") + key + "\" is longer than " +
                           std::to_string(described_text_max) + " bytes");
    return text;
}

bool Members::flag(const JsonValue& object, const char* key) {
    const JsonValue* value = find(object, key, JsonValue::Kind::boolean, "true or false");
    return value && value->boolean;
}

unsigned Members::number(const JsonValue& object, const char* key, unsigned fallback) {
    const JsonValue* value = find(object, key, JsonValue::Kind::number, "a number");
    if (!value) return fallback;
    bool is_usable = value->is_whole && value->number <= 65536;
    if (!is_usable)
        refuse(*value, std::string("\"") + key + "\" is not a whole number from 0 to 65536");
    return is_usable ? static_cast<unsigned>(value->number) : fallback;
}

const std::vector<JsonValue>& Members::objects(const JsonValue& object, const char* key) {
    static const std::vector<JsonValue> none;
    const JsonValue* array = find(object, key, JsonValue::Kind::array, "an array");
    if (!array) return none;
    for (const JsonValue& item : array->items)
        if (item.kind != JsonValue::Kind::object)
            refuse(item, std::string("\"") + key + "\" has an item that is no object");
    return has_failed() ? none : array->items;
}

std::string quoted_name(const std::string& name) {
    std::string text = "'";
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    write_escaped({append, &text}, fit({name.data(), name.size()}, 80));
    return text + "'";
}

bool is_plain_name(std::string_view name) {
    auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    if (name.empty() || !is_word(name[0])) return false;
    return std::ranges::all_of(
        name, [&](char c) { return is_word(c) || c == '.' || c == '+' || c == '-'; });
}

bool is_plain_path(std::string path) {
    replace_all(path, ' ', '-');
    return is_plain_name(path);
}

bool is_short_name(char c) {
    return c > ' ' && c <= '~' && c != '-' && c != '=';
}

std::string type_of(Members& members, const JsonValue& argument, const std::string& name,
                    bool is_positional) {
    std::string type = members.text(argument, "valueType");
    if (type == "choice") type.clear();
    if (!is_usable_type(type, is_positional)) {
        members.warn(argument, "the type " + quoted_name(type) + " is left out");
        type.clear();
    }
    if (type.empty()) type = type_of_values(members, argument, name, is_positional);
    if (type.size() >= described_text_max)
        members.refuse(argument, "the values of an argument are longer than " +
                                     std::to_string(described_text_max) + " bytes");
    if (!members.flag(argument, "isList")) return type;
    return (type.empty() ? "text" : type) + ",";
}

} // namespace kindling::options
