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

struct Scope;

/// Stops the program if the table has a mistake, see `find_mistake`, and says where; or if nothing
/// of it is in the scope.
[[gnu::cold]] void stop_at_mistake(const Scope& scope);

/// Whether a parser looks for mistakes first. It is the function that does, so that programs that
/// do not ask for it do not contain it.
class Check {
public:
    constexpr Check(bool is_wanted = false) : check_(is_wanted ? stop_at_mistake : nullptr) {}
    void operator()(const Scope& scope) const {
        if (check_) check_(scope);
    }

private:
    void (*check_)(const Scope& scope);
};

/// Records in a row: a section of the program, or an array that was built at run time.
struct Table {
    const unsigned char* first = nullptr;
    const unsigned char* end = nullptr;
    Check is_checked;
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
    Text metavar() const { return metavar_of(header_); }
    Text help() const { return behind(metavar(), header_->help_size); }
    Text type() const { return type_of(header_); }
    Text scope() const { return scope_of(header_); }
    Text details() const { return details_of(header_); }

    const unsigned char* record() const { return reinterpret_cast<const unsigned char*>(header_); }
    size_t record_size_bytes() const { return header_->size_bytes; }

private:
    const char* texts() const { return reinterpret_cast<const char*>(header_ + 1); }
    // Of the record itself: an option whose address is asked for cannot stay in a register.
    static Text metavar_of(const RecordHeader* header);
    static Text type_of(const RecordHeader* header);
    [[gnu::cold]] static Text scope_of(const RecordHeader* header);
    [[gnu::cold]] static Text details_of(const RecordHeader* header);
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

/// True if a record is in one of the groups that the scope is limited to.
[[gnu::cold]] bool is_in_groups(const Scope& scope, Option record);

/// The groups that a scope is limited to, by name; all by default. Holds the function that looks,
/// so that programs without such a limit do not contain it.
class Groups {
public:
    constexpr Groups() = default;
    /// Null is all groups.
    constexpr Groups(const char* const* names, size_t count)
        : has_(names ? is_in_groups : nullptr), names_(names), count_(count) {}

    bool has(const Scope& scope, Option record) const { return !has_ || has_(scope, record); }
    const char* const* begin() const { return names_; }
    const char* const* end() const { return names_ + count_; }

private:
    bool (*has_)(const Scope& scope, Option record) = nullptr;
    const char* const* names_ = nullptr;
    size_t count_ = 0;
};

/// What exists for one parser: its namespace, and the groups it is limited to.
struct Scope {
    Table table;
    Namespace name_space;
    Groups groups = {};
};

/// True if a record belongs to the scope.
inline bool is_in(const Scope& scope, Option record) {
    if (record.name_space() != scope.name_space.id() || record.has(namespace_marker)) return false;
    return scope.groups.has(scope, record);
}

// Steps through a scope; after nothing comes the first record, after the last one nothing.

/// The next record as they lie, which is no order to show, markers and help rows included.
Option next_of(const Scope& scope, Option previous);

/// The same without metadata: only what a word can match.
Option next_real_of(const Scope& scope, Option previous);

/// The next record in the order of the source, for what people see. Takes time that grows with the
/// number of records.
[[gnu::cold]] Option next_listed_of(const Scope& scope, Option previous);

/// The marker of the group that an option or verb was declared in; nothing in the unnamed group.
Option group_of(const Scope& scope, Option option);

/// Walks the records of a scope in the order of the source. Takes time that grows with the square
/// of their number.
class Listing {
public:
    explicit Listing(const Scope& scope) : scope_(scope) {}

    Option next() { return last_ = next_listed_of(scope_, last_); }

    /// The group of the record given last, which a marker of one is in itself; nothing in the
    /// unnamed group.
    Option group() const {
        return !last_ || last_.has(group_marker) ? last_ : group_of(scope_, last_);
    }

private:
    Scope scope_;
    Option last_;
};

/// What a name stands for: the option or verb itself, or what an alias is another name for. Nothing
/// for an alias of nothing.
Option resolve(const Scope& scope, Option option);

/// True for the marker of a group whose options belong to some verbs only.
bool is_tied(Option record);

/// True if "a|b|c" has the item.
bool has_item(Text list, Text item);

/// True if the table has a record in that namespace.
bool has_namespace(const Table& table, Namespace name);

/// The option with exactly this name; nothing if there is none.
Option find_long(const Scope& scope, Text name);
Option find_short(const Scope& scope, char name);

/// The verb that runs when none is given; nothing if there is none.
Option find_default(const Scope& scope);

/// An option as it is written: "-s --long=ARG", or with another text between the names. A metavar
/// with a blank is quoted; without metavar, "--long=" still says that a value follows. Markers,
/// verbatim and positional rows give their text.
void write_synopsis(const Sink& sink, Option option, Text joiner, bool with_metavar = true);

/// The columns that `write_synopsis` needs.
size_t synopsis_width(Option option, Text joiner);

/// Groups of one namespace that may belong to verbs.
constexpr size_t tied_groups_max = 64;

/// How many groups of the scope belong to verbs, up to `last`.
[[gnu::cold]] size_t tied_groups_until(const Scope& scope, Option last);

/// A mistake that no single compilation sees: two records of one namespace with the same name, two
/// default verbs of one, an alias of nothing, or more groups that belong to verbs than a parser can
/// tell apart.
struct Mistake {
    const char* what = nullptr; ///< null: all is well
    Option option;
};
[[gnu::cold]] Mistake find_mistake(const Table& table);

/// The same for one record of the table.
[[gnu::cold]] Mistake find_mistake(const Table& table, Option record);

} // namespace kindling::options
