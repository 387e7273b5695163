// SPDX-License-Identifier: MIT
#include "options/option_parser.hpp"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace kindling::options {
namespace {

constexpr const char* const no_words[] = {nullptr};

[[noreturn]] void stop(Text why) {
    FileSink error(STDERR_FILENO);
    error.write("option parser: ");
    error.write(why);
    error.write("\n");
    error.flush();
    abort();
}

Abbreviations policy_of_environment() {
    const char* policy = getenv("OPTION_ABBREVIATIONS");
    if (policy && strcmp(policy, "exact") == 0) return Abbreviations::exact;
    if (policy && strcmp(policy, "warn") == 0) return Abbreviations::warn;
    return Abbreviations::accept;
}

void warn_of_abbreviation(Text program, Text typed, Option meant) {
    FileSink file(STDERR_FILENO);
    Sink sink = file.sink();
    write_escaped(sink, program);
    sink(": '");
    write_escaped(sink, typed);
    sink("' is short for '--");
    sink(meant.name());
    sink("'; write it out\n");
}

void reverse(char** first, char** end) {
    while (first < end) {
        char* word = *first;
        *first++ = *--end;
        *end = word;
    }
}

/// The words of [first, middle) go behind those of [middle, end); both keep their order.
void rotate(char** first, char** middle, char** end) {
    reverse(first, middle);
    reverse(middle, end);
    reverse(first, end);
}

/// What a long name stands for: the option, or why there is none.
struct Match {
    Option option;
    ErrorKind error = ErrorKind::none;
    bool is_abbreviated = false;
};

Match match_long(const Scope& scope, Text name, Abbreviations policy) {
    // The empty name is a beginning of every other.
    if (name.is_empty()) return {{}, ErrorKind::unknown};
    if (Option exact = find_long(scope, name)) return {exact};
    if (policy == Abbreviations::exact) return {{}, ErrorKind::unknown};
    Option found;
    Walk walk(scope);
    while (Option option = walk.next_real()) {
        if (!option.has(has_long_name) || !starts_with(option.name(), name)) continue;
        if (found) return {{}, ErrorKind::ambiguous};
        found = option;
    }
    if (!found) return {{}, ErrorKind::unknown};
    return {found, ErrorKind::none, true};
}

} // namespace

Parser::Parser(Table table, int argc, char** argv, const char* name_space)
    : Parser(table, argc, static_cast<const char* const*>(argv), name_space) {
    if (argv[argc]) stop("argc and argv do not agree");
    permuted_ = argv;
}

Parser::Parser(Table table, int argc, const char* const* argv, const char* name_space)
    : scope_{table, name_space}, argv_(argv), permuted_(nullptr), argc_(argc),
      abbreviations_(policy_of_environment()) {
    if (name_space && !has_namespace(table, name_space)) stop("no such namespace of options");
}

void Parser::set_groups(const char* const* groups, size_t count) {
    scope_.groups = groups;
    scope_.groups_count = count;
}

int Parser::next() {
    option_ = {};
    argument_ = nullptr;
    if (state_ == State::failed || state_ == State::done) return done_id;
    if (argc_ < 1) return fail(ErrorKind::no_words, {}, "", 0, {});
    if (took_from_bundle_)
        return fail(ErrorKind::in_bundle, error_.option, argv_[index_], error_.offset,
                    error_.typed);
    if (bundle_) return next_short();
    for (; index_ < argc_; index_++) {
        const char* word = argv_[index_];
        if (strcmp(word, "--") == 0) {
            index_++;
            return finish();
        }
        if (state_ == State::stopping) return finish();
        if (word[0] == '-' && word[1] == '-') return next_long(word);
        if (word[0] == '-' && word[1]) {
            bundle_ = word + 1;
            return next_short();
        }
        if (mode_ == Mode::stop) return finish();
        if (mode_ == Mode::return_positional || !permuted_) return give_positional(word);
        // Positionals gather at the front, in order; `finish` brings them back to the rest.
        char* positional = permuted_[index_];
        permuted_[index_] = permuted_[1 + skipped_];
        permuted_[1 + skipped_] = positional;
        skipped_++;
    }
    return finish();
}

int Parser::finish() {
    state_ = State::done;
    if (skipped_) rotate(permuted_ + 1, permuted_ + 1 + skipped_, permuted_ + index_);
    index_ -= skipped_;
    return done_id;
}

int Parser::fail(ErrorKind kind, Option option, const char* word, size_t offset, Text typed) {
    state_ = State::failed;
    error_ = {};
    error_.kind = kind;
    error_.word_index = index_;
    error_.offset = offset;
    error_.word = word;
    error_.typed = typed;
    error_.option = option;
    error_.scope = scope_;
    return error_id;
}

int Parser::give(Option option) {
    option_ = option;
    if (option.has(stops_parsing)) state_ = State::stopping;
    return option.id();
}

int Parser::give_positional(const char* word) {
    index_++;
    argument_ = word;
    Walk walk(scope_);
    while (Option option = walk.next())
        if (option.has(positional_entry)) option_ = option;
    return positional_id;
}

int Parser::next_long(const char* word) {
    const char* equals = strchr(word, '=');
    size_t size = equals ? static_cast<size_t>(equals - word) : strlen(word);
    Text typed(word, size);
    Match match = match_long(scope_, {word + 2, size - 2}, abbreviations_);
    if (match.error != ErrorKind::none) return fail(match.error, {}, word, 2, typed);
    Option option = match.option;
    if (match.is_abbreviated && abbreviations_ == Abbreviations::warn)
        warn_of_abbreviation(argv_[0], typed, option);
    if (equals && !option.has(takes_argument)) {
        fail(ErrorKind::superfluous, option, word, size, typed);
        error_.argument = equals + 1;
        return error_id;
    }
    if (equals) {
        argument_ = equals + 1;
    } else if (option.has(takes_argument) && !option.has(optional_argument)) {
        if (index_ + 1 >= argc_) return fail(ErrorKind::missing, option, word, size, typed);
        argument_ = argv_[++index_];
    }
    index_++;
    return give(option);
}

int Parser::next_short() {
    const char* word = argv_[index_];
    size_t offset = static_cast<size_t>(bundle_ - word);
    // Behind the letter: a character of several bytes is named as a whole in the error.
    Text typed(bundle_, first_character(bundle_).size);
    Option option = find_short(scope_, *bundle_);
    if (!option) return fail(ErrorKind::unknown, {}, word, offset, typed);
    const char* rest = *(bundle_ + 1) ? bundle_ + 1 : nullptr;
    if (!option.has(takes_argument) && rest) {
        bundle_ = rest;
        return give(option);
    }
    argument_ = rest;
    if (option.has(takes_argument) && !option.has(optional_argument) && !rest) {
        if (index_ + 1 >= argc_) return fail(ErrorKind::missing, option, word, offset, typed);
        argument_ = argv_[++index_];
    }
    bundle_ = nullptr;
    index_++;
    return give(option);
}

const char* Parser::peek_next() const {
    if (state_ != State::running && state_ != State::stopping) return nullptr;
    int next = bundle_ ? index_ + 1 : index_;
    return next < argc_ ? argv_[next] : nullptr;
}

const char* Parser::take_next() {
    const char* word = peek_next();
    if (!word) return nullptr;
    if (bundle_) {
        took_from_bundle_ = true;
        error_.option = option_;
        error_.offset = static_cast<size_t>(bundle_ - 1 - argv_[index_]);
        error_.typed = {bundle_ - 1, 1};
        return nullptr;
    }
    index_++;
    return word;
}

const ParseError& Parser::reject(const char* expected) {
    const char* argument = argument_ ? argument_ : "";
    int behind = index_;
    index_ = bundle_ ? index_ : index_ - 1;
    const char* word = argv_[index_];
    size_t offset = 0;
    // The argument is a word, or the end of one.
    if (argument >= word && argument <= word + strlen(word))
        offset = static_cast<size_t>(argument - word);
    fail(ErrorKind::invalid_value, option_, word, offset, {});
    index_ = behind;
    error_.argument = argument;
    error_.expected = expected;
    return error_;
}

const char* const* Parser::positionals() const {
    if (state_ == State::failed) return no_words;
    if (state_ != State::done) stop("positionals asked for before the last option");
    return argc_ < 1 ? no_words : argv_ + index_;
}

size_t Parser::positionals_count() const {
    positionals();
    return state_ == State::failed ? 0 : static_cast<size_t>(argc_ - index_);
}

const char* Parser::positional(size_t n) const {
    return n < positionals_count() ? positionals()[n] : nullptr;
}

} // namespace kindling::options
