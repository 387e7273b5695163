// SPDX-License-Identifier: MIT
#include "options/option_table.hpp"

namespace kindling::options {
namespace {

bool has_blank(Text text) {
    for (size_t i = 0; i < text.size(); i++)
        if (text[i] == ' ') return true;
    return false;
}

void write_metavar(const Sink& sink, Text metavar) {
    Text quote = has_blank(metavar) ? "'" : "";
    sink(quote);
    sink(metavar);
    sink(quote);
}

Option step(const unsigned char*& at) {
    Option record(at);
    at += record.record_size_bytes();
    return record;
}

/// The first record of the unit that `record` comes from.
const unsigned char* first_of_unit(const Table& table, Option record) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (Option each = step(at); each.unit() == record.unit()) return each.record();
    return table.end;
}

/// Units follow each other as the linker placed them. All is behind nothing.
bool is_behind(const Table& table, Option a, Option b) {
    if (!b || a.unit() == b.unit()) return !b || a.sequence() > b.sequence();
    return first_of_unit(table, a) > first_of_unit(table, b);
}

} // namespace

Text Option::metavar_of(const RecordHeader* header) {
    return {reinterpret_cast<const char*>(header + 1) + header->name_size + 1,
            header->metavar_size};
}

Text Option::type_of(const RecordHeader* header) {
    size_t before = header->name_size + 1u + header->metavar_size + 1u + header->help_size + 1u;
    return {reinterpret_cast<const char*>(header + 1) + before, header->type_size};
}

Text Option::scope_of(const RecordHeader* header) {
    return behind(type_of(header), header->scope_size);
}

Text Option::details_of(const RecordHeader* header) {
    return behind(scope_of(header), header->details_size);
}

// Markers of groups are in themselves.
bool is_in_groups(const Scope& scope, Option record) {
    Option group = record.has(group_marker) ? record : group_of(scope, record);
    for (const char* name : scope.groups)
        if (group && equal(name, group.name())) return true;
    return false;
}

Option next_of(const Scope& scope, Option previous) {
    const unsigned char* at =
        previous ? previous.record() + previous.record_size_bytes() : scope.table.first;
    while (at != scope.table.end)
        if (Option record = step(at); is_in(scope, record)) return record;
    return {};
}

Option next_real_of(const Scope& scope, Option previous) {
    do previous = next_of(scope, previous);
    while (previous && previous.has(metadata));
    return previous;
}

Option next_listed_of(const Scope& scope, Option previous) {
    Option best;
    for (Option each; (each = next_of(scope, each));)
        if (is_behind(scope.table, each, previous) && (!best || is_behind(scope.table, best, each)))
            best = each;
    return best;
}

Option group_of(const Scope& scope, Option option) {
    Option group;
    for (const unsigned char* at = scope.table.first; at != scope.table.end;) {
        Option each = step(at);
        bool is_before = each.has(group_marker) && each.name_space() == option.name_space() &&
                         each.unit() == option.unit() && each.sequence() < option.sequence();
        if (is_before && (!group || group.sequence() < each.sequence())) group = each;
    }
    return group;
}

Option resolve(const Scope& scope, Option option) {
    // An alias of an alias is a mistake.
    if (!option || !option.has(is_alias)) return option;
    Option target = find_long(scope, option.scope());
    return target && !target.has(is_alias) ? target : Option{};
}

size_t position_of(Text text, char c) {
    size_t at = 0;
    while (at < text.size() && text[at] != c) at++;
    return at;
}

bool Items::next(Text& item) {
    while (!rest_.is_empty()) {
        size_t size = position_of(rest_, separator_);
        item = rest_.first(size);
        rest_ = rest_.from(size < rest_.size() ? size + 1 : size);
        if (size) return true;
    }
    return false;
}

bool is_tied(Option record) {
    return record.has(group_marker) && !record.scope().is_empty();
}

bool has_item(Text list, Text item) {
    Items items(list, '|');
    for (Text each; items.next(each);)
        if (equal(each, item)) return true;
    return false;
}

bool has_namespace(const Table& table, Namespace name) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (step(at).name_space() == name.id()) return true;
    return false;
}

Option find_long(const Scope& scope, Text name) {
    for (const unsigned char* at = scope.table.first; at != scope.table.end;) {
        Option each = step(at);
        if (is_in(scope, each) && !each.has(metadata) && each.has(has_long_name) &&
            equal(each.name(), name))
            return each;
    }
    return {};
}

Option find_short(const Scope& scope, char name) {
    if (!name) return {};
    Option each = next_real_of(scope, {});
    while (each && each.short_name() != name) each = next_real_of(scope, each);
    return each;
}

Option find_default(const Scope& scope) {
    Option each = next_real_of(scope, {});
    while (each && !each.has(default_verb)) each = next_real_of(scope, each);
    return each;
}

void write_synopsis(const Sink& sink, Option option, Text joiner, bool with_metavar) {
    constexpr unsigned as_it_stands =
        help_entry_verbatim | positional_entry | group_marker | namespace_marker;
    if (option.has(as_it_stands)) return sink(option.name());
    bool is_optional = option.has(optional_arg);
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

size_t tied_groups_until(const Scope& scope, Option last) {
    size_t count = 0;
    for (Option each; (each = next_of(scope, each));) {
        if (is_tied(each)) count++;
        if (each == last) break;
    }
    return count;
}

Mistake find_mistake(const Table& table, Option record) {
    Scope scope{table, Namespace::of_id(record.name_space())};
    if (is_tied(record) && tied_groups_until(scope, record) > tied_groups_max)
        return {"is one group more than may belong to verbs", record};
    if (record.has(metadata)) return {};
    bool has_long = record.has(has_long_name);
    if (has_long && !(find_long(scope, record.name()) == record))
        return {"is declared twice", record};
    if (record.short_name() && !(find_short(scope, record.short_name()) == record))
        return {"is declared twice", record};
    if (!resolve(scope, record)) return {"is another name for nothing", record};
    if (record.has(default_verb) && !(find_default(scope) == record))
        return {"is a second verb that runs when none is given", record};
    return {};
}

Mistake find_mistake(const Table& table) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (Mistake mistake = find_mistake(table, step(at)); mistake.what) return mistake;
    return {};
}

} // namespace kindling::options
