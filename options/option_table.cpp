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

bool is_listed(const Scope& scope, Option group) {
    for (size_t i = 0; group && i < scope.groups_count; i++)
        if (equal(scope.groups[i], group.name())) return true;
    return false;
}

Option step(const unsigned char*& at) {
    Option record(at);
    at += record.record_size_bytes();
    return record;
}

/// The first record of the unit that `record` comes from.
const unsigned char* first_of_unit(Table table, Option record) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (Option each = step(at); each.unit() == record.unit()) return each.record();
    return table.end;
}

/// Units follow each other as the linker placed them. All is behind nothing.
bool is_behind(Table table, Option a, Option b) {
    if (!b || a.unit() == b.unit()) return !b || a.sequence() > b.sequence();
    return first_of_unit(table, a) > first_of_unit(table, b);
}

} // namespace

Text Option::metavar() const {
    return {texts() + header_->name_size + 1, header_->metavar_size};
}

Text Option::type() const {
    size_t before = header_->name_size + 1u + header_->metavar_size + 1u + header_->help_size + 1u;
    return {texts() + before, header_->type_size};
}

Text Option::scope() const {
    return behind(type(), header_->scope_size);
}

Text Option::details() const {
    return behind(scope(), header_->details_size);
}

// Markers of groups are in themselves.
bool is_in_groups(const Scope& scope, Option record) {
    return is_listed(scope, record.has(group_marker) ? record : group_of(scope, record));
}

Option Walk::next() {
    while (at_ != scope_.table.end)
        if (Option record = step(at_); is_in(scope_, record)) return record;
    return {};
}

Option Walk::next_real() {
    Option record = next();
    while (record && record.has(metadata)) record = next();
    return record;
}

Option Listing::next() {
    Option best;
    Walk walk(scope_);
    while (Option each = walk.next())
        if (is_behind(scope_.table, each, last_) && (!best || is_behind(scope_.table, best, each)))
            best = each;
    last_ = best;
    if (best) group_ = best.has(group_marker) ? best : group_of(scope_, best);
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

bool has_namespace(Table table, Namespace name) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (step(at).name_space() == name.id()) return true;
    return false;
}

// Without the copy of the scope that a `Walk` makes, which is slow for so short a walk.

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
    for (const unsigned char* at = scope.table.first; at != scope.table.end && name;) {
        Option each = step(at);
        if (each.short_name() == name && !each.has(metadata) && is_in(scope, each)) return each;
    }
    return {};
}

void write_synopsis(Sink sink, Option option, Text joiner, bool with_metavar) {
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
    Walk walk(scope);
    while (Option each = walk.next()) {
        if (is_tied(each)) count++;
        if (each == last) break;
    }
    return count;
}

Mistake find_mistake(Table table, Option record) {
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
    return {};
}

Mistake find_mistake(Table table) {
    for (const unsigned char* at = table.first; at != table.end;)
        if (Mistake mistake = find_mistake(table, step(at)); mistake.what) return mistake;
    return {};
}

} // namespace kindling::options
