// SPDX-License-Identifier: MIT
//
// Reads a command line, word by word, against the options of a table. No allocation, no global
// state, no output; time grows linearly with the number of words.
#pragma once

#include "options/option_error.hpp"
#include "options/option_index.hpp"

namespace kindling::options {

/// What happens with words that are no options.
enum class Mode : uint8_t {
    normal,            ///< options and positionals mix; positionals are kept in order
    stop,              ///< the first positional ends the options
    return_positional, ///< positionals come back in place, as `OPTION_POSITIONAL`
};

/// What a unique beginning of a long name means.
enum class Abbreviations : uint8_t {
    accept,
    warn,  ///< accepted; the warning goes to standard error
    exact, ///< unknown; what it could have meant becomes the suggestion
};

class Parser;

/// What a parser knows about its words, but for its index. Apart from it, for nearly all of it is
/// zero in the beginning, and so written at once.
struct ParserFields {
    enum class State : uint8_t { running, stopping, done, failed };

    // What is asked for most stands first, and arrays last: code for it is shorter.
    const char* const* argv_ = nullptr;
    char** permuted_ = nullptr; ///< the same vector; null if it must not change
    int argc_ = 0;
    int index_ = 1;
    int skipped_ = 0;              ///< positionals passed, at argv_[1] and behind
    int dashes_ = -1;              ///< positionals before "--"; negative if it was not there
    const char* bundle_ = nullptr; ///< the next character of the bundle we are in
    Option option_;
    const char* argument_ = nullptr;
    Mode mode_ = Mode::normal;
    Abbreviations abbreviations_ = Abbreviations::accept;
    State state_ = State::running;
    bool has_policy_ = false;
    bool has_warnings_ = false;
    bool is_bound_ = false;
    bool took_from_bundle_ = false;
    bool ended_at_word_ = false;
    bool has_items_ = false; ///< of a list, that `next_value` has not given yet
    ParseError error_{};     ///< from the beginning with the scope and the verbs, and what is read
    Text items_;
    Value value_{};
    Option optional_;                       ///< the last one given without its optional argument
    const char* behind_optional_ = nullptr; ///< the word behind it
    Sink warnings_;
    // Null, so that programs that do not ask for it do not contain it.
    bool (*is_negative_number_)(const Parser& parser, const char* word) = nullptr;
    unsigned given_count_ = 0;
};

/// One command line. Copying a parser of constant words copies its place in them.
class Parser : private ParserFields {
    friend void ::option_parser_note_group(option_parser* parser);

public:
    /// Parses in place: `argv` stays a permutation of itself, with the positionals at its end.
    /// `argv[argc]` must be null, else the program is stopped. The environment variable
    /// OPTION_ABBREVIATIONS=exact|warn|accept decides about abbreviations unless the program does.
    Parser(const Table& table, int argc, char** argv, const char* name_space = nullptr);

    /// Parses words that stay as they are; positionals always come back in place.
    Parser(const Table& table, int argc, const char* const* argv, const char* name_space = nullptr);

    /// May be called between two words; positionals that were passed stay positionals.
    void set_mode(Mode mode) { mode_ = mode; }
    void set_abbreviations(Abbreviations policy) {
        abbreviations_ = policy;
        has_policy_ = true;
    }

    /// Takes words that read as negative numbers, "-5" or "-.5", as positionals while no option has
    /// a digit as its name.
    void set_negative_numbers(bool are_positional) {
        is_negative_number_ = are_positional ? is_negative_number : nullptr;
    }

    /// Where warnings of abbreviations and deprecated names go; standard error by default. A sink
    /// without a function drops them.
    void set_warnings(Sink sink) {
        warnings_ = sink;
        has_warnings_ = true;
    }

    /// Lets errors tell to which verb an unknown option belongs.
    void set_verbs(const Table& verbs) {
        error_.verbs = verbs;
        error_.write_owner = write_owner;
    }

    /// Hides the options outside the groups named; the unnamed group is always outside.
    void set_groups(const char* const* groups, size_t count);

    /// The case value of the next option; `done_id` after the last; `error_id` once for a wrong
    /// word, then `done_id`.
    int next() { return next(error_.scope.name_space.id()); }

    /// The same in a loop whose options are in a namespace of its own: an unnamed parser takes that
    /// one. FOREACH_OPTION passes it.
    int next(uint32_t loop_namespace) {
        int id = next_of_loop(loop_namespace);
        // Keeps cases of second values, and the tables to jump to them, out of the program.
        if (id > positional_id && id < first_case_min) __builtin_unreachable();
        return id;
    }

    /// The option that was returned last, and its argument: null if none was given.
    Option option() const { return option_; }
    const char* argument() const { return argument_; }
    bool has_argument() const { return argument_ != nullptr; }

    /// The argument of an option with a type, converted. Of a list the item that `next_value`
    /// found:
    ///
    ///     while (parser.next_value()) ports.push_back(parser.number());
    const Value& value() const { return value_; }
    bool next_value();

    // Its parts. Asking for one that the type does not have is a bug and stops the program. Where
    // the value is optional and was left out they are 0, false and the first choice.
    bool boolean() const { return value_of(TypeKind::boolean).integer != 0; }
    int64_t integer() const { return value_of(TypeKind::integer).integer; }
    uint64_t number() const { return value_of(TypeKind::unsigned_integer).number; }
    uint64_t size_bytes() const { return value_of(TypeKind::size).number; }
    uint64_t duration_us() const { return value_of(TypeKind::duration).number; }
    /// The place of the value in the list of the type.
    int choice() const { return static_cast<int>(value_of(TypeKind::choice).number); }
    template <class Enum>
    Enum choice_as() const {
        return static_cast<Enum>(choice());
    }

    /// Converts the argument with a function of the program's own, `bool f(const char*, T&)`, or
    /// makes it an error: `parser.take(parse_color, color, "a color such as #ff8800")`.
    template <class Function, class T>
    bool take(Function function, T& into, const char* expected) {
        if (argument_ && function(argument_, into)) return true;
        reject(expected);
        return false;
    }

    /// The next word, option or not, and the same marked as used; null at the end. Inside a bundle
    /// that is the word behind the bundle, and only the bundle's last option may take it: taking
    /// it earlier gives null, and the next call of `next` reports the error.
    const char* peek_next() const;
    const char* take_next();

    /// Makes the option's argument an error. `expected` is static text: "a number from 1 to 9".
    /// Gives the error to return; the loop would end by itself as well.
    [[gnu::cold]] const ParseError& reject(const char* expected);

    bool has_failed() const { return state_ == State::failed; }
    const ParseError& error() const { return error_; }

    /// What is left when the options are done, ended by a null if the whole vector is. After an
    /// error there are none; asking earlier is a bug and stops the program.
    const char* const* positionals() const;
    size_t positionals_count() const;
    /// The n-th or null.
    const char* positional(size_t n) const;

    /// True if there are as many; else, and after any other error, false: then `error()` says why.
    bool expect_positionals(size_t min, size_t max);

    /// What was wrong with the positional that the program did not expect.
    [[gnu::cold]] ParseError extra_word(size_t n) const;

    /// The first option given of a group that belongs to verbs; nothing if there was none.
    [[gnu::cold]] Option find_given(Option group) const;

    const Scope& scope() const { return error_.scope; }

    /// True if there are options that belong to verbs; known when the first word was read.
    bool has_tied_groups() const { return names_.has_tied_groups(); }

    /// Warns that a name is deprecated and says what to do instead: that of a verb, or of the
    /// option that was read last. Verbs may have no parser; then it goes to standard error.
    [[gnu::cold]] static void warn_of_deprecated(const Parser* parser, Option named, Option meant);

    /// argv[0]; empty if there is none.
    const char* program() const { return argc_ > 0 ? argv_[0] : ""; }

    /// The positionals passed so far and those to come, as far as nothing is wrong: what `--help`
    /// is about. At most `max`; gives their number.
    size_t look_ahead(const char** words, size_t max) const;

private:
    int next_of_loop(uint32_t loop_namespace);
    void set_namespace(const char* name);
    void bind(uint32_t loop_namespace);
    int finish();
    [[gnu::cold]] int fail(ErrorKind kind, Option option = {});
    [[gnu::cold]] void begin(ParseError& error, ErrorKind kind, int word_index) const;
    [[gnu::cold]] static void warn(const Parser* parser, const char* message, const Text* texts);
    int next_long(const char* word);
    /// `name` is none that is declared, but perhaps the beginning of one. Else an error.
    [[gnu::cold]] Option find_by_beginning(Text name);
    int next_short();
    int give(Option named, const char* joined);
    int give_positional(const char* word);
    static bool is_negative_number(const Parser& parser, const char* word);
    [[gnu::cold]] Abbreviations abbreviations();
    int check_argument(Option option);
    [[gnu::cold]] void reject(Text argument, ValueError wrong, const char* expected);
    ValueError convert_value(const Type& type, Text text);
    uint32_t offset_of(Option record) const;
    const Value& value_of(TypeKind kind) const;

    NameIndex names_;
    /// Of each group that belongs to verbs and has options given, and of the first of these, the
    /// offset in the table.
    uint32_t given_groups_[tied_groups_max], given_[tied_groups_max];
};

// The names that users of the C functions know.

inline const char* option_parser_peek_next_arg(const Parser& parser) {
    return parser.peek_next();
}
inline const char* option_parser_consume_next_arg(Parser& parser) {
    return parser.take_next();
}
inline const char* const* option_parser_get_args(const Parser& parser) {
    return parser.positionals();
}
inline size_t option_parser_get_n_args(const Parser& parser) {
    return parser.positionals_count();
}
inline const char* option_parser_get_arg(const Parser& parser, size_t n) {
    return parser.positional(n);
}

} // namespace kindling::options
