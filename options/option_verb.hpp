// SPDX-License-Identifier: MIT
//
// Verbs: the first positional word decides what the others mean. A verb is a case of the switch
// over the choice's id, as an option is:
//
//     VerbChoice choice = choose_verb(VERB_TABLE, parser);
//     switch (choice.id) {
//     VERB_NOARG("list", "Show the boot menu entries"):
//         return list(arguments);
//     VERB_NESTED("remote", "Work on other machines"):
//         return run_remote(choose_verb(choice)); // VERB_NAMESPACE("remote"): in that switch
//     VERB_ERROR:
//         write_error(sink, choice, "bootctl");
//         return exit_usage;
//     }
#pragma once

#include "options/option_parser.hpp"
#include "options/option_value.hpp"

namespace kindling::options {

enum class VerbError : uint8_t {
    none,
    unknown,
    none_given,
    too_few,
    too_many,
    wrong_option,     ///< the parser has failed, see its error
    other_verb,       ///< an option was given that belongs to other verbs
    offline,          ///< a verb with VERB_ONLINE_ONLY, in a chroot or offline: no failure
    invalid_argument, ///< not what the types of the verb accept
};

/// The verb that answers for completions, see option_complete.hpp: all options are of use to it.
constexpr Text complete_values_name = "complete-values";

constexpr size_t verb_depth_max = 15; ///< verbs below verbs
/// Of "remote add", without the NUL: a verb in a namespace of the longest name.
constexpr size_t verb_path_size_max = OPTION_TEXT_SIZE_MAX + 1 + OPTION_NAME_SIZE_MAX;

/// The verb of a command line, or what is wrong with it.
struct VerbChoice {
    VerbChoice() { path[0] = 0; }

    int id = error_id; ///< the case value; `error_id` if there is none
    Option verb;       ///< nothing if none was found
    VerbError error = VerbError::none;
    const char* typed = ""; ///< the word that was to be a verb, or the invalid argument
    const char* const* arguments = nullptr; ///< behind the verb
    size_t arguments_count = 0;
    Table table;
    Namespace name_space;              ///< of the verbs it was chosen from
    const Parser* parser = nullptr;    ///< null if the words did not come from one
    Option wrong;                      ///< the option of other verbs
    char path[verb_path_size_max + 1]; ///< the verbs so far, with blanks between: "remote add"

    /// The n-th argument converted, as the type of the verb's arguments says: a verb that was
    /// chosen has only valid ones. Nothing if there are fewer, or if it is a list.
    [[gnu::cold]] Value value(size_t n) const;

    /// What an unknown verb was probably meant to be; nothing if nothing is near.
    [[gnu::cold]] Option suggestion() const;
};

/// Finds the verb and checks the number of its arguments. Names match exactly. Without words the
/// default verb is chosen, if there is one.
VerbChoice choose_verb(const Table& verbs, size_t words_count, const char* const* words);

/// The same for what a parser has left; it must outlive the choice. After an error of the parser no
/// verb is chosen, not even the default one. Options of other verbs are an error, see
/// OPTION_GROUP_VERBS; of nested verbs the innermost counts.
VerbChoice choose_verb(const Table& verbs, const Parser& parser);

/// The verb behind one that has verbs of its own. An error of the outer one stays.
VerbChoice choose_verb(const VerbChoice& outer);

/// The verb that words name, as deep as they go, for `help remote add`; what is behind it are its
/// arguments, whose count is not checked. Without words nothing is chosen, and that is no error.
[[gnu::cold]] VerbChoice follow_verbs(const Table& verbs, size_t words_count,
                                      const char* const* words);

/// The verb of exactly this name, or what an alias stands for; nothing if there is none.
Option find_verb(const Table& verbs, Text name, Namespace parent = {});

/// True if the group of options, and so what is in it, is of use to the verb: it names no verbs, or
/// this one, or one that this one is below.
bool is_for_verb(Option group, Text verb_path);

/// The type of a verb's n-th argument: the last one is that of all that follow.
Type type_of_argument(Option verb, size_t n);

/// Prints a cause and what to do about it, in two lines; of what is no failure a note.
[[gnu::cold]] void write_error(const Sink& sink, const VerbChoice& choice, Text program) noexcept;

/// The same in two pieces without a label or line break.
[[gnu::cold]] void write_cause(const Sink& sink, const VerbChoice& choice) noexcept;
[[gnu::cold]] void write_hint(const Sink& sink, const VerbChoice& choice, Text program) noexcept;

} // namespace kindling::options
