// SPDX-License-Identifier: MIT
//
// Reads a command line, word by word, against the options of a table. No allocation, no global
// state, no output; time grows linearly with the number of words.
#pragma once

#include "options/option_error.hpp"

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

/// One command line. Copying a parser of constant words copies its place in them.
class Parser {
public:
    /// Parses in place: `argv` stays a permutation of itself, with the positionals at its end.
    /// `argv[argc]` must be null, else the program is stopped. The environment variable
    /// OPTION_ABBREVIATIONS=exact|warn|accept decides about abbreviations until `set_` does.
    Parser(Table table, int argc, char** argv, const char* name_space = nullptr);

    /// Parses words that stay as they are; positionals always come back in place.
    Parser(Table table, int argc, const char* const* argv, const char* name_space = nullptr);

    /// May be called between two words; positionals that were passed stay positionals.
    void set_mode(Mode mode) { mode_ = mode; }
    void set_abbreviations(Abbreviations policy) { abbreviations_ = policy; }

    /// Hides the options outside the groups named; the unnamed group is always outside.
    void set_groups(const char* const* groups, size_t count);

    /// The case value of the next option; `done_id` after the last; `error_id` once for a wrong
    /// word, then `done_id`.
    int next();

    /// The option that was returned last, and its argument: null if none was given.
    Option option() const { return option_; }
    const char* argument() const { return argument_; }
    bool has_argument() const { return argument_ != nullptr; }

    /// The next word, option or not, and the same marked as used; null at the end. Inside a bundle
    /// that is the word behind the bundle, and only the bundle's last option may take it: taking
    /// it earlier gives null, and the next call of `next` reports the error.
    const char* peek_next() const;
    const char* take_next();

    /// Makes the option's argument an error. `expected` is static text: "a number from 1 to 9".
    /// Gives the error to return; the loop would end by itself as well.
    const ParseError& reject(const char* expected);

    bool has_failed() const { return state_ == State::failed; }
    const ParseError& error() const { return error_; }

    /// What is left when the options are done, ended by a null if the whole vector is. After an
    /// error there are none; asking earlier is a bug and stops the program.
    const char* const* positionals() const;
    size_t positionals_count() const;
    /// The n-th or null.
    const char* positional(size_t n) const;

    const Scope& scope() const { return scope_; }

private:
    enum class State : uint8_t { running, stopping, done, failed };

    int finish();
    int fail(ErrorKind kind, Option option, const char* word, size_t offset, Text typed);
    int next_long(const char* word);
    int next_short();
    int give(Option option);
    int give_positional(const char* word);

    Scope scope_;
    const char* const* argv_;
    char** permuted_; ///< the same vector; null if it must not change
    int argc_;
    int index_ = 1;
    int skipped_ = 0;              ///< positionals passed, at argv_[1] and behind
    const char* bundle_ = nullptr; ///< the next character of the bundle we are in
    Mode mode_ = Mode::normal;
    Abbreviations abbreviations_ = Abbreviations::accept;
    State state_ = State::running;
    bool took_from_bundle_ = false;
    Option option_;
    const char* argument_ = nullptr;
    ParseError error_;
};

} // namespace kindling::options
