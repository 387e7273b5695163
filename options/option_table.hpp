// SPDX-License-Identifier: MIT
//
// Reading records: one of them, and those that a parser sees.
#pragma once

#include "options/option_record.hpp"
#include "options/option_text.hpp"

namespace kindling::options {

/// Where `c` is first in a text; its size if it is nowhere.
size_t position_of(Text text, char c);

/// Walks a list in a text: "a|b|c" or "a,b". Empty items are left out.
class Items {
public:
    Items(Text text, char separator) : rest_(text), separator_(separator) {}

    /// False at the end.
    bool next(Text& item);

private:
    Text rest_;
    char separator_;
};

struct Table;

/// Stops the program if the table has a mistake, see `find_mistake`, and says where.
[[gnu::cold]] void stop_at_mistake(const Table& table);

/// Whether a parser looks for mistakes first. It is the function that does, so that programs that
/// do not ask for it do not contain it.
class Check {
public:
    constexpr Check(bool is_wanted = false) : check_(is_wanted ? stop_at_mistake : nullptr) {}
    void operator()(const Table& table) const {
        if (check_) check_(table);
    }

private:
    void (*check_)(const Table& table);
};

/// Records in a row: a section of the program, or an array that was built at run time.
struct Table {
    const unsigned char* first = nullptr;
    const unsigned char* end = nullptr;
    Check is_checked;

    /// Looks for mistakes, if the table is to be checked.
    void check() const { is_checked(*this); }
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
    bool has_type() const { return header_->type_size != 0; }
    uint32_t name_hash() const { return header_->name_hash; }
    uint32_t name_space() const { return header_->name_space; }
    char short_name() const { return static_cast<char>(header_->short_name); }
    int64_t data() const { return header_->data; }
    unsigned unit() const { return header_->unit; }
    unsigned sequence() const { return header_->sequence; }
    unsigned line() const { return header_->line; }
    unsigned count_min() const { return header_->count_min; }
    unsigned count_max() const { return header_->count_max; }

    // The texts, see option_record.h. One that was not declared is empty.
    Text name() const { return {texts(), header_->name_size}; }
    Text metavar() const;
    Text help() const { return behind(metavar(), header_->help_size); }
    Text type() const;
    [[gnu::cold]] Text scope() const;
    [[gnu::cold]] Text details() const;

    const unsigned char* record() const { return reinterpret_cast<const unsigned char*>(header_); }
    size_t record_size_bytes() const { return header_->size_bytes; }

private:
    const char* texts() const { return reinterpret_cast<const char*>(header_ + 1); }
    static Text behind(Text text, size_t size) { return {text.data() + text.size() + 1, size}; }

    const RecordHeader* header_ = nullptr;
};

/// Which records belong to a parser. Made of a name; null is the unnamed namespace.
class Namespace {
public:
    constexpr Namespace(const char* name = nullptr) : id_(namespace_of(name)) {}
    static constexpr Namespace of_id(uint32_t id) {
        Namespace result;
        result.id_ = id;
        return result;
    }
    constexpr uint32_t id() const { return id_; }

private:
    uint32_t id_;
};

/// What exists for one parser: its namespace, and the groups it is limited to.
struct Scope {
    Table table;
    Namespace name_space;
    const char* const* groups = nullptr; ///< by name; null: all
    size_t groups_count = 0;
};

/// True if a record is in one of the groups that the scope is limited to.
[[gnu::cold]] bool is_in_groups(const Scope& scope, Option record);

/// True if a record belongs to the scope.
inline bool is_in(const Scope& scope, Option record) {
    if (record.name_space() != scope.name_space.id() || record.has(namespace_marker)) return false;
    return !scope.groups || is_in_groups(scope, record);
}

/// Walks the records of a scope as they lie, which is no order to show, markers and help rows
/// included. Everything that looks for an option goes through here, so all agree on what exists.
class Walk {
public:
    explicit Walk(const Scope& scope) : scope_(scope), at_(scope.table.first) {}

    /// The next record; nothing at the end.
    Option next();

    /// The same without metadata: only what a word can match.
    Option next_real();

private:
    Scope scope_;
    const unsigned char* at_;
};

/// Walks the records of a scope in the order of the source, for what people see. Takes time that
/// grows with the square of their number.
class Listing {
public:
    explicit Listing(const Scope& scope) : scope_(scope) {}

    [[gnu::cold]] Option next();

    /// The group of the record given last; nothing in the unnamed group.
    Option group() const { return group_; }

private:
    Scope scope_;
    Option last_, group_;
};

/// The marker of the group that an option or verb was declared in; nothing in the unnamed group.
Option group_of(const Scope& scope, Option option);

/// What a name stands for: the option or verb itself, or what an alias is another name for. Nothing
/// for an alias of nothing.
Option resolve(const Scope& scope, Option option);

/// True for the marker of a group whose options belong to some verbs only.
bool is_tied(Option record);

/// True if "a|b|c" has the item.
bool has_item(Text list, Text item);

/// True if the table has a record in that namespace.
bool has_namespace(Table table, Namespace name);

/// The option with exactly this name; nothing if there is none.
Option find_long(const Scope& scope, Text name);
Option find_short(const Scope& scope, char name);

/// An option as it is written: "-s --long=ARG", or with another text between the names. A metavar
/// with a blank is quoted; without metavar, "--long=" still says that a value follows. Markers,
/// verbatim and positional rows give their text.
void write_synopsis(Sink sink, Option option, Text joiner, bool with_metavar = true);

/// The columns that `write_synopsis` needs.
size_t synopsis_width(Option option, Text joiner);

/// Groups of one namespace that may belong to verbs.
constexpr size_t tied_groups_max = 64;

/// How many groups of the scope belong to verbs, up to `last`.
[[gnu::cold]] size_t tied_groups_until(const Scope& scope, Option last);

/// A mistake that no single compilation sees: two records of one namespace with the same name, an
/// alias of nothing, or more groups that belong to verbs than a parser can tell apart.
struct Mistake {
    const char* what = nullptr; ///< null: all is well
    Option option;
};
[[gnu::cold]] Mistake find_mistake(Table table);

/// The same for one record of the table.
[[gnu::cold]] Mistake find_mistake(Table table, Option record);

} // namespace kindling::options
