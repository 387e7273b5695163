// SPDX-License-Identifier: MIT
#include "options/option_index.hpp"

#include <string.h>

namespace kindling::options {
namespace {

constexpr size_t unit_bytes = 8;
constexpr size_t table_bytes_max = UINT16_MAX * unit_bytes;

} // namespace

void NameIndex::make(const Scope& scope) {
    const unsigned char *first = scope.table.first, *end = scope.table.end;
    size_t count = 0;
    positional_ = {};
    has_tied_groups_ = false;
    memset(names_, 0, sizeof(names_));
    state_ = static_cast<size_t>(end - first) > table_bytes_max ? State::too_large : State::whole;
    for (const unsigned char* at = first; at != end;) {
        Option each(at);
        at += each.record_size_bytes();
        if (!is_in(scope, each)) continue;
        if (!each.has(metadata)) {
            if (count == options_max) {
                state_ = State::too_large;
                continue;
            }
            auto number = static_cast<uint8_t>(++count);
            places_[number] =
                static_cast<uint16_t>(static_cast<size_t>(each.record() - first) / unit_bytes);
            // Of one name the first of the table counts. No name is found under its NUL.
            uint8_t* link = &names_[letter_of(each.name())];
            while (*link) link = &behind_[*link];
            *link = number;
            behind_[number] = 0;
            uint8_t& place = names_[place_of(each.short_name())];
            if (!place) place = number;
        } else if (each.has(positional_entry)) {
            positional_ = each;
        } else if (is_tied(each)) {
            has_tied_groups_ = true;
        }
    }
}

Option NameIndex::at(uint8_t number, const Scope& scope) const {
    return number ? Option(scope.table.first + places_[number] * unit_bytes) : Option();
}

Option NameIndex::find_long(const Scope& scope, Text name) const {
    if (state_ != State::whole) return options::find_long(scope, name);
    if (name.is_empty()) return {};
    for (uint8_t number = names_[letter_of(name)]; number; number = behind_[number])
        if (Option each = at(number, scope); equal(each.name(), name)) return each;
    return {};
}

Option NameIndex::find_short(const Scope& scope, char name) const {
    if (state_ != State::whole) return options::find_short(scope, name);
    Option option = at(names_[place_of(name)], scope);
    return option && name && option.short_name() == name ? option : Option();
}

LongNames::LongNames(const NameIndex& index, const Scope& scope, Text beginning)
    : index_(index), scope_(scope), beginning_(beginning) {
    if (index.state_ == NameIndex::State::whole)
        number_ = index.names_[NameIndex::letter_of(beginning)];
}

Option LongNames::next() {
    bool is_whole = index_.state_ == NameIndex::State::whole;
    for (;;) {
        Option each = is_whole ? index_.at(number_, scope_) : next_real_of(scope_, last_);
        if (!each) return {};
        if (is_whole) number_ = index_.behind_[number_];
        last_ = each;
        if (starts_with(each.name(), beginning_)) return each;
    }
}

} // namespace kindling::options
