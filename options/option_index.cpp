// SPDX-License-Identifier: MIT
#include "options/option_index.hpp"

#include <string.h>

namespace kindling::options {
namespace {

constexpr size_t unit_bytes = 8;
constexpr size_t places_max = UINT16_MAX;

} // namespace

inline void NameIndex::add(Option option, uint16_t place) {
    if (count_ == options_max) {
        state_ = State::too_large;
        return;
    }
    uint8_t number = ++count_;
    places_[number] = place;
    behind_[number] = 0;
    // Of one name the first of the table counts, as it does without an index.
    if (option.has(has_long_name)) {
        uint8_t* link = &long_names_[letter_of(option.name())];
        while (*link) link = &behind_[*link];
        *link = number;
    }
    uint8_t& of_letter = short_names_[option.short_name() & 127];
    if (!of_letter) of_letter = number;
}

void NameIndex::make(const Scope& scope) {
    const unsigned char* first = scope.table.first;
    memset(long_names_, 0, sizeof(long_names_));
    memset(short_names_, 0, sizeof(short_names_));
    count_ = 0;
    has_tied_groups_ = false;
    positional_ = {};
    size_t places_count = static_cast<size_t>(scope.table.end - first) / unit_bytes;
    state_ = places_count <= places_max ? State::whole : State::too_large;
    for (const unsigned char* at = first; at != scope.table.end;) {
        Option each(at);
        size_t place = static_cast<size_t>(at - first) / unit_bytes;
        at += each.record_size_bytes();
        if (!is_in(scope, each)) continue;
        if (!each.has(metadata))
            add(each, static_cast<uint16_t>(place));
        else if (each.has(positional_entry))
            positional_ = each;
        else if (is_tied(each))
            has_tied_groups_ = true;
    }
}

Option NameIndex::at(uint8_t number, const Scope& scope) const {
    return number ? Option(scope.table.first + places_[number] * unit_bytes) : Option();
}

Option NameIndex::find_long(const Scope& scope, Text name) const {
    if (state_ != State::whole) return options::find_long(scope, name);
    if (name.is_empty()) return {};
    for (uint8_t number = long_names_[letter_of(name)]; number; number = behind_[number])
        if (Option each = at(number, scope); equal(each.name(), name)) return each;
    return {};
}

Option NameIndex::find_short(const Scope& scope, char name) const {
    if (state_ != State::whole) return options::find_short(scope, name);
    Option option = at(short_names_[name & 127], scope);
    return option && name && option.short_name() == name ? option : Option();
}

Option NameIndex::target_of(const Scope& scope, Option alias) const {
    Option target = find_long(scope, alias.scope());
    return target && !target.has(is_alias) ? target : Option();
}

LongNames::LongNames(const NameIndex& index, const Scope& scope, Text beginning)
    : index_(index), scope_(scope), beginning_(beginning), walk_(scope) {
    if (index.state_ == NameIndex::State::whole)
        number_ = index.long_names_[NameIndex::letter_of(beginning)];
}

Option LongNames::next() {
    if (index_.state_ != NameIndex::State::whole) {
        while (Option each = walk_.next_real())
            if (each.has(has_long_name) && starts_with(each.name(), beginning_)) return each;
        return {};
    }
    while (number_) {
        Option each = index_.at(number_, scope_);
        number_ = index_.behind_[number_];
        if (starts_with(each.name(), beginning_)) return each;
    }
    return {};
}

} // namespace kindling::options
