// SPDX-License-Identifier: MIT
#include "options/option_table.hpp"

namespace kindling::options {
namespace {

bool has_blank(Text text) {
    for (size_t i = 0; i < text.size(); i++)
        if (text[i] == ' ') return true;
    return false;
}

void write_metavar(Sink sink, Text metavar) {
    Text quote = has_blank(metavar) ? "'" : "";
    sink(quote);
    sink(metavar);
    sink(quote);
}

const unsigned char* find_namespace(Table table, Text name) {
    for (const unsigned char* at = table.first; at != table.end;) {
        Option record(at);
        at += record.record_size_bytes();
        if (record.has(namespace_marker) && equal(record.name(), name)) return at;
    }
    return nullptr;
}

} // namespace

Walk::Walk(const Scope& scope) : scope_(scope), at_(scope.table.first) {
    if (scope.name_space) at_ = find_namespace(scope.table, scope.name_space);
    if (!at_) at_ = scope_.table.end;
    is_shown_ = scope.groups == nullptr;
}

bool Walk::is_listed(Text group) const {
    if (!scope_.groups) return true;
    for (size_t i = 0; i < scope_.groups_count; i++)
        if (equal(scope_.groups[i], group)) return true;
    return false;
}

Option Walk::next() {
    while (at_ != scope_.table.end) {
        Option record(at_);
        if (record.has(namespace_marker)) break;
        at_ += record.record_size_bytes();
        if (record.has(group_marker)) {
            group_ = record;
            is_shown_ = is_listed(record.name());
        }
        if (is_shown_) return record;
    }
    at_ = scope_.table.end;
    return {};
}

Option Walk::next_real() {
    Option record = next();
    while (record && record.has(metadata)) record = next();
    return record;
}

bool has_namespace(Table table, Text name) {
    return find_namespace(table, name) != nullptr;
}

Option find_long(const Scope& scope, Text name) {
    uint32_t hash = hash_name(name.data(), name.size());
    Walk walk(scope);
    while (Option option = walk.next_real())
        if (option.has(has_long_name) && option.name_hash() == hash && equal(option.name(), name))
            return option;
    return {};
}

Option find_short(const Scope& scope, char name) {
    Walk walk(scope);
    while (Option option = walk.next_real())
        if (name && option.short_name() == name) return option;
    return {};
}

void write_synopsis(Sink sink, Option option, Text joiner, bool with_metavar) {
    constexpr unsigned as_it_stands =
        help_entry_verbatim | positional_entry | group_marker | namespace_marker;
    if (option.has(as_it_stands)) return sink(option.name());
    bool is_optional = option.has(optional_argument);
    bool has_long = option.has(has_long_name);
    if (option.short_name()) {
        char name[] = {'-', option.short_name()};
        sink({name, sizeof(name)});
        if (has_long) sink(joiner);
    }
    if (has_long) {
        sink("--");
        sink(option.name());
    }
    if (!option.has(takes_argument)) return;
    if (!with_metavar) return has_long ? sink("=") : void();
    if (!has_long) sink(" ");
    if (is_optional) sink("[");
    if (has_long) sink("=");
    write_metavar(sink, option.metavar());
    if (is_optional) sink("]");
}

size_t synopsis_width(Option option, Text joiner) {
    size_t width = 0;
    auto count = [](void* context, const char* data, size_t size) {
        *static_cast<size_t*>(context) += width_of({data, size});
    };
    write_synopsis({count, &width}, option, joiner);
    return width;
}

Option find_duplicate(const Scope& scope) {
    Walk walk(scope);
    while (Option option = walk.next_real()) {
        bool has_long = option.has(has_long_name);
        if (has_long && !(find_long(scope, option.name()) == option)) return option;
        if (option.short_name() && !(find_short(scope, option.short_name()) == option))
            return option;
    }
    return {};
}

} // namespace kindling::options
