// SPDX-License-Identifier: MIT
//
// Where the options of a parser are, so that each word of a command line is looked up at once.
#pragma once

#include "options/option_table.hpp"

namespace kindling::options {

/// Made by one walk over the records of a scope. What does not fit is looked for in the table, word
/// by word; the answers are the same.
class NameIndex {
public:
    bool is_made() const { return state_ != State::none; }
    void forget() { state_ = State::none; }
    void make(const Scope& scope);

    /// The functions of option_table.hpp, for the scope that the index was made of.
    Option find_long(const Scope& scope, Text name) const;
    Option find_short(const Scope& scope, char name) const;
    Option resolve(const Scope& scope, Option option) const {
        return option && option.has(is_alias) ? options::resolve(scope, option) : option;
    }

    /// The record that OPTION_POSITIONAL left; nothing without one.
    Option positional() const { return positional_; }

    /// True if options belong to verbs, see OPTION_GROUP_VERBS.
    bool has_tied_groups() const { return has_tied_groups_; }

private:
    friend class LongNames;
    enum class State : uint8_t { none, whole, too_large };

    static constexpr size_t options_max = 120;
    static constexpr size_t letters_max = 32;

    Option at(uint8_t number, const Scope& scope) const;
    // Below `letters_max` are the control characters, which are no names.
    static size_t place_of(char name) { return name & 127; }
    static size_t letter_of(Text name) { return static_cast<unsigned char>(name[0]) % letters_max; }

    Option positional_;
    State state_ = State::none;
    bool has_tied_groups_ = false;
    // Options are numbered from 1. A name leads to the first option whose name has its first
    // letter, or another that shares the place, and that one to the next.
    uint16_t places_[options_max + 1]; ///< in the table, in units of eight bytes
    uint8_t behind_[options_max + 1];
    alignas(8) uint8_t names_[128]; ///< long ones by letter, and short ones
};

/// Walks the options whose long name begins with a text that is not empty.
class LongNames {
public:
    LongNames(const NameIndex& index, const Scope& scope, Text beginning)
        : index_(index), scope_(scope), beginning_(beginning) {}
    /// Nothing at the end; then it begins again.
    [[gnu::cold]] Option next();

private:
    const NameIndex& index_;
    const Scope& scope_;
    Text beginning_;
    Option last_;
    uint8_t number_ = 0;
};

} // namespace kindling::options
