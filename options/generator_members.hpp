// SPDX-License-Identifier: MIT
//
// Members of objects in a document, with the mistakes that were found on the way.
#pragma once

#include "options/generator_json.hpp"

namespace kindling::options {

/// Reads members that may be absent. The first that has the wrong form is kept as the problem of
/// the whole document; what is read after that does not matter.
class Members {
public:
    Members(JsonProblem& problem, std::vector<JsonProblem>& warnings)
        : problem_(problem), warnings_(warnings) {}

    bool has_failed() const { return bool(problem_); }
    void refuse(const JsonValue& at, std::string what);
    void warn(const JsonValue& at, std::string what);

    std::string text(const JsonValue& object, const char* key);
    /// An array of texts, or one text.
    std::vector<std::string> texts(const JsonValue& object, const char* key);
    /// The same with empty lines between.
    std::string paragraphs(const JsonValue& object, const char* key);
    /// False if it is absent.
    bool flag(const JsonValue& object, const char* key);
    /// At most 65536; `fallback` if it is absent.
    unsigned number(const JsonValue& object, const char* key, unsigned fallback);
    /// Items that are objects; none if it is absent.
    const std::vector<JsonValue>& objects(const JsonValue& object, const char* key);

private:
    const JsonValue* find(const JsonValue& object, const char* key, JsonValue::Kind kind,
                          const char* expected);

    JsonProblem& problem_;
    std::vector<JsonProblem>& warnings_;
};

/// Quoted and safe for a terminal.
std::string quoted_name(const std::string& name);

/// Letters, digits and "_.+-" behind a letter, a digit or '_': what scripts may hold as it stands.
bool is_plain_name(std::string_view name);

/// Such names with blanks between, as of a verb below another.
bool is_plain_path(std::string path);

/// What can stand behind a dash.
bool is_short_name(char c);

/// The type text of an option or word that the document describes, see option_value.hpp; empty if
/// it has none, or none that a table can hold.
///
/// name         of the command, which prints dynamic values
/// is_positional  the type will stand in a list, with ';' between
std::string type_of(Members& members, const JsonValue& argument, const std::string& name,
                    bool is_positional);

} // namespace kindling::options
