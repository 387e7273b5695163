// SPDX-License-Identifier: MIT
//
// Reading records: one of them, and those that a parser sees.
#pragma once

#include "options/option_record.hpp"
#include "options/option_text.hpp"

namespace kindling::options {

/// Records in a row: a section of the program, or an array that was built at run time.
struct Table {
    const unsigned char* first = nullptr;
    const unsigned char* end = nullptr;
};

/// A view of one record; nothing by default.
class Option {
public:
    Option() = default;
    explicit Option(const unsigned char* record)
        : header_(reinterpret_cast<const RecordHeader*>(record)) {}

    explicit operator bool() const { return header_ != nullptr; }
    friend bool operator==(const Option& a, const Option& b) { return a.header_ == b.header_; }

    int id() const { return header_->id; }
    unsigned flags() const { return header_->flags; }
    bool has(unsigned flag) const { return (flags() & flag) != 0; }
    uint32_t name_hash() const { return header_->name_hash; }
    char short_name() const { return static_cast<char>(header_->short_name); }
    int64_t data() const { return header_->data; }
    unsigned line() const { return header_->line; }
    unsigned count_min() const { return header_->count_min; }
    unsigned count_max() const { return header_->count_max; }

    Text name() const { return {texts(), header_->name_size}; }
    Text metavar() const { return {name().data() + header_->name_size + 1, header_->metavar_size}; }
    Text help() const { return {metavar().data() + header_->metavar_size + 1, header_->help_size}; }
    /// Of a verb: the namespace of its options. Of an option: more text for its manual.
    Text details() const { return {help().data() + header_->help_size + 1, header_->details_size}; }

    const unsigned char* record() const { return reinterpret_cast<const unsigned char*>(header_); }
    size_t record_size_bytes() const { return header_->size_bytes; }

private:
    const char* texts() const { return reinterpret_cast<const char*>(header_ + 1); }

    const RecordHeader* header_ = nullptr;
};

/// What exists for one parser: its namespace, and the groups it is limited to.
struct Scope {
    Table table;
    const char* name_space = nullptr;    ///< null: what stands before the first namespace
    const char* const* groups = nullptr; ///< null: all
    size_t groups_count = 0;
};

/// Walks the records of a scope, markers and help rows included. Everything that looks for an
/// option goes through here, so all agree on what exists.
class Walk {
public:
    explicit Walk(const Scope& scope);

    /// The next record; nothing at the end.
    Option next();

    /// The same without metadata: only what a word can match.
    Option next_real();

    /// The group of the record given last; nothing in the unnamed group.
    Option group() const { return group_; }

private:
    bool is_listed(Text group) const;

    Scope scope_;
    const unsigned char* at_;
    Option group_;
    bool is_shown_ = true;
};

/// True if the table has a namespace of that name.
bool has_namespace(Table table, Text name);

/// The option with exactly this name; nothing if there is none.
Option find_long(const Scope& scope, Text name);
Option find_short(const Scope& scope, char name);

/// An option as it is written: "-s --long=ARG", or with another text between the names. A metavar
/// with a blank is quoted; without metavar, "--long=" still says that a value follows. Markers,
/// verbatim and positional rows give their text.
void write_synopsis(Sink sink, Option option, Text joiner, bool with_metavar = true);

/// The columns that `write_synopsis` needs.
size_t synopsis_width(Option option, Text joiner);

/// A pair of records of one parser that claim the same name, in one switch or in several; nothing
/// if there is none. For tests: inside one switch the compiler finds them.
Option find_duplicate(const Scope& scope);

} // namespace kindling::options
