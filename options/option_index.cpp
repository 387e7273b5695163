// SPDX-License-Identifier: MIT
#include "options/option_index.hpp"

#include <string.h>

namespace kindling::options {
namespace {

constexpr size_t unit_bytes = 8;
constexpr size_t table_bytes_max = UINT16_MAX * unit_bytes;

} // namespace

// Here, where code is made fast, for it compares all names. They are short: this is over before
// memcmp() is found. An empty text may have no bytes at all.
bool starts_with(Text text, Text prefix) {
    if (text.size() < prefix.size()) return false;
    for (size_t i = 0; i < prefix.size(); i++)
        if (text[i] != prefix[i]) return false;
    return true;
}

void NameIndex::make(const Scope& scope) {
    const unsigned char *first = scope.table.first, *end = scope.table.end;
    unsigned count = 0;
    positional_ = {};
    has_tied_groups_ = false;
    memset(names_, 0, sizeof(names_));
    state_ = static_cast<size_t>(end - first) > table_bytes_max ? State::too_large : State::whole;
    for (const unsigned char* at = first; at != end;) {
        Option each(at);
        at += each.record_size_bytes();
        if (!is_in(scope, each)) continue;
        if (!each.has(metadata)) {
            if (count == options_max)
                state_ = State::too_large;
            else
                places_[++count] =
                    static_cast<uint16_t>(static_cast<size_t>(each.record() - first) / unit_bytes);
        } else if (each.has(positional_entry)) {
            positional_ = each;
        } else if (is_tied(each)) {
            has_tied_groups_ = true;
        }
    }
    // From the last one on: of one name the first of the table counts. No name is found under its
    // NUL.
    for (; count; count--) {
        auto number = static_cast<uint8_t>(count);
        Option each = at(number, scope);
        uint8_t& beginning = names_[letter_of(each.name())];
        behind_[number] = beginning;
        beginning = number;
        size_t place = place_of(each.short_name());
        if (place >= letters_max) names_[place] = number;
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

Option LongNames::next() {
    do {
        if (index_.state_ == NameIndex::State::whole) {
            number_ =
                last_ ? index_.behind_[number_] : index_.names_[NameIndex::letter_of(beginning_)];
            last_ = index_.at(number_, scope_);
        } else {
            last_ = next_real_of(scope_, last_);
        }
    } while (last_ && !starts_with(last_.name(), beginning_));
    return last_;
}

} // namespace kindling::options
