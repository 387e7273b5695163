// SPDX-License-Identifier: MIT
//
// Options and verbs of a description on their way into a table.
#pragma once

#include "options/generator_members.hpp"
#include "options/option_builder.hpp"

#include <set>

namespace kindling::options {

/// What will become one or several records, and the group that they stand in.
struct Row {
    std::string section;
    std::string verbs; ///< that a group of options is for, by '|'
    Described described;
    std::vector<Described> aliases;
};

/// Adds rows to a table. Those without a group come first, since nothing ends a group but another.
///
/// kind  is_verb for a table of verbs, else 0
void add_rows(TableBuilder& table, const std::vector<Row>& rows, unsigned kind);

/// Rows that name another one as what they are an alias of become that, if it is there.
void resolve_aliases(std::vector<Row>& rows);

/// The items that are not empty, with something between.
std::string joined(const std::vector<std::string>& items, const char* separator);

/// Reads what options and verbs have both, and options.
class RowReader {
public:
    using Names = std::set<std::string>; ///< of one namespace, to find those that stand twice

    /// name  of the command
    RowReader(Members& members, std::string name) : members_(members), name_(std::move(name)) {}

    const std::string& command_name() const { return name_; }

    /// Counts a record, so that a document cannot make a table that nobody can list.
    void count(const JsonValue& at);

    /// Refuses what is too long for a name or metavar.
    std::string limited(const JsonValue& at, std::string text, const char* what);

    /// The name if a table can hold it; else nothing, with a warning.
    std::string name_for(const JsonValue& at, const std::string& name, Names& names);

    std::string section_of(const JsonValue& object);
    void read_texts(const JsonValue& object, Described& described);

    /// Those in "arguments" and "options" of a command or verb.
    std::vector<Row> read_options(const JsonValue& object);

private:
    char short_name_for(const JsonValue& at, const std::string& name, Names& names);
    void read_names(const JsonValue& object, Row& row, Names& names);
    void read_argument(const JsonValue& object, Described& option);
    std::string tied_verbs(const JsonValue& object);
    void read_option(const JsonValue& object, std::vector<Row>& rows, Names& names);

    Members& members_;
    std::string name_;
    size_t records_ = 0;
};

} // namespace kindling::options
