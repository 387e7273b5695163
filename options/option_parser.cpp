// SPDX-License-Identifier: MIT
#include "options/option_parser.hpp"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Only programs that ask for it contain it.
extern "C" [[gnu::weak]] void option_parser_note_group(option_parser* parser);

namespace kindling::options {
namespace {

constexpr const char* const no_words[] = {nullptr};

/// For bugs of the program. `why` is a whole line.
[[noreturn, gnu::cold, gnu::noinline]] void stop(Text why) {
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, why.data(), why.size());
    abort();
}

bool is_number(const char* text) {
    bool has_point = *text == '.';
    if (has_point) text++;
    if (*text < '0' || *text > '9') return false;
    for (; *text; text++) {
        bool is_point = *text == '.' && !has_point;
        if (!is_point && (*text < '0' || *text > '9')) return false;
        has_point |= is_point;
    }
    return true;
}

} // namespace

Parser::Parser(const Table& table, int argc, char** argv, const char* name_space)
    : Parser(table, argc, static_cast<const char* const*>(argv), name_space) {
    if (argv[argc]) stop("option parser: argc and argv do not agree\n");
    permuted_ = argv;
}

void Parser::set_namespace(const char* name) {
    error_.scope.name_space = name;
    if (!has_namespace(error_.scope.table, error_.scope.name_space))
        stop("option parser: no such namespace of options\n");
}

void Parser::bind(uint32_t loop_namespace) {
    if (!is_bound_) {
        Namespace loop = Namespace::of_id(loop_namespace);
        if (!error_.scope.name_space.id() && has_namespace(error_.scope.table, loop))
            error_.scope.name_space = loop;
        error_.scope.table.is_checked(error_.scope);
        is_bound_ = true;
    }
    names_.make(error_.scope);
    if (names_.has_tied_groups() && !option_parser_note_group)
        stop("option parser: a group belongs to verbs, but no OPTION_GROUP_VERBS made it\n");
}

Abbreviations Parser::abbreviations() {
    if (has_policy_) return abbreviations_;
    const char* policy = getenv("OPTION_ABBREVIATIONS");
    if (policy && strcmp(policy, "exact") == 0) abbreviations_ = Abbreviations::exact;
    if (policy && strcmp(policy, "warn") == 0) abbreviations_ = Abbreviations::warn;
    has_policy_ = true;
    return abbreviations_;
}

/// Asks for the policy about abbreviations only when it matters: that reads the environment.
ValueError Parser::convert_value(const Type& type, Text text) {
    ValueError wrong = convert(type, text, false, value_);
    if (wrong == ValueError::none || type.kind != TypeKind::choice) return wrong;
    bool accepts_prefix = abbreviations() != Abbreviations::exact;
    return accepts_prefix ? convert(type, text, true, value_) : wrong;
}

void Parser::set_groups(const char* const* groups, size_t count) {
    error_.scope.groups = {groups, count};
    names_.forget();
}

bool Parser::is_negative_number(const Parser& parser, const char* word) {
    if (!is_number(word + 1)) return false;
    for (char digit = '0'; digit <= '9'; digit++)
        if (parser.names_.find_short(parser.error_.scope, digit)) return false;
    return true;
}

void Parser::begin(ParseError& error, ErrorKind kind, int word_index) const {
    error.kind = kind;
    error.word_index = word_index;
    error.word = word_index < argc_ ? argv_[word_index] : "";
}

/// A name in a bundle is wrong where it stands; of a long one it is what is behind the dashes, or
/// behind the name if that is known.
int Parser::fail(ErrorKind kind, Option option) {
    state_ = State::failed;
    begin(error_, kind, index_);
    error_.option = option;
    if (error_.typed.is_empty()) return error_id;
    error_.offset = static_cast<size_t>(error_.typed.data() - error_.word);
    if (!error_.offset) error_.offset = option ? error_.typed.size() : 2;
    return error_id;
}

void Parser::warn(const Parser* parser, const char* message, const Text* texts) {
    FileSink file(STDERR_FILENO);
    Sink sink = parser && parser->has_warnings_ ? parser->warnings_ : file.sink();
    if (sink.write) write_message(sink, message, texts);
}

void Parser::warn_of_deprecated(const Parser* parser, Option named, Option meant) {
    Text name = named.has(is_verb) ? named.name() : parser->error_.typed;
    // Of a short name the dash stands before the bundle that it is in.
    const char* before = named.has(is_verb) ? "verb '" : name[0] == '-' ? "'" : "'-";
    Text message = named.has(is_deprecated) ? named.details() : meant.details();
    Text texts[] = {before, name, message.is_empty() ? "" : ": ", message};
    warn(parser, "warning: %a%b' is deprecated%c%d\n", texts);
}

Option Parser::find_by_beginning(Text name) {
    Abbreviations policy = abbreviations();
    ErrorKind error = ErrorKind::unknown;
    Option found;
    LongNames names(names_, error_.scope, name);
    // The empty name is a beginning of every other.
    while (Option option = name.is_empty() ? Option() : names.next()) {
        // Two names of one option are no two options, and one of no option is none.
        Option target = names_.resolve(error_.scope, option);
        if (!target) continue;
        error = found && !(names_.resolve(error_.scope, found) == target) ? ErrorKind::ambiguous
                                                                          : ErrorKind::none;
        if (error == ErrorKind::ambiguous) break;
        if (!found || found.has(is_alias)) found = option;
    }
    if (policy == Abbreviations::exact) error = ErrorKind::unknown;
    if (error != ErrorKind::none) {
        fail(error);
        return {};
    }
    if (policy == Abbreviations::warn) {
        Text texts[] = {error_.typed, found.name()};
        warn(this, "warning: '%a' is short for '--%b'; write it out\n", texts);
    }
    return found;
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
        return nullptr;
    }
    index_++;
    return word;
}

const Value& Parser::value_of(TypeKind kind) const {
    bool is_kin = (kind == TypeKind::boolean && value_.kind == TypeKind::tristate) ||
                  (kind == TypeKind::unsigned_integer && value_.kind == TypeKind::pid);
    bool is_there = option_ && option_.has_type() && (argument_ || option_.has(optional_arg));
    if (!is_there || (argument_ && value_.kind != kind && !is_kin))
        stop("option parser: the option has no value of that type\n");
    return value_;
}

bool Parser::next_value() {
    if (!argument_ || !option_ || !has_items_) return false;
    Type type = parse_type(option_.type());
    Items items(items_, ',');
    Text item;
    has_items_ = items.next(item);
    if (!has_items_) return false;
    items_ = items_.from(static_cast<size_t>(item.data() - items_.data()) + item.size());
    convert_value(type, item);
    return true;
}

const ParseError& Parser::reject(const char* expected) {
    reject(argument_, ValueError::none, expected ? expected : "another value");
    return error_;
}

void Parser::reject(Text argument, ValueError wrong, const char* expected) {
    int behind = index_;
    index_ = bundle_ ? index_ : index_ - 1;
    error_.typed = {};
    fail(ErrorKind::invalid_value, option_);
    index_ = behind;
    error_.value_error = wrong;
    error_.argument = argument;
    error_.expected = expected;
    // The argument is a word, or in the end of one. Anywhere else the difference is too large.
    error_.offset =
        reinterpret_cast<uintptr_t>(argument.data()) - reinterpret_cast<uintptr_t>(error_.word);
    if (error_.offset > strlen(error_.word)) error_.offset = 0;
}

const char* const* Parser::positionals() const {
    if (state_ == State::failed) return no_words;
    if (state_ != State::done)
        stop("option parser: positionals asked for before the last option\n");
    return argc_ < 1 ? no_words : argv_ + index_;
}

size_t Parser::positionals_count() const {
    positionals();
    return state_ == State::failed ? 0 : static_cast<size_t>(argc_ - index_);
}

const char* Parser::positional(size_t n) const {
    return n < positionals_count() ? positionals()[n] : nullptr;
}

ParseError Parser::extra_word(size_t n) const {
    ParseError error = error_;
    error.kind = ErrorKind::none;
    error.typed = {};
    if (n >= positionals_count()) return error;
    begin(error, ErrorKind::extra_word, index_ + static_cast<int>(n));
    // The word that was meant as a value is perhaps one that the program would have taken.
    const char* const* words = positionals();
    for (size_t i = 0; i <= n; i++) {
        if (words[i] != behind_optional_) continue;
        error.after = optional_;
        error.argument = behind_optional_;
    }
    error.is_behind_dashes = dashes_ >= 0 && n >= static_cast<size_t>(dashes_);
    error.is_behind_word = ended_at_word_;
    return error;
}

bool Parser::expect_positionals(size_t min, size_t max) {
    if (state_ == State::failed) return false;
    size_t count = positionals_count();
    if (count >= min && count <= max) return true;
    if (count > max)
        error_ = extra_word(max);
    else
        begin(error_, ErrorKind::missing_word, argc_);
    error_.typed = {};
    state_ = State::failed;
    return false;
}

size_t Parser::look_ahead(const char** words, size_t max) const {
    size_t count = 0;
    if (state_ == State::done) {
        for (; count < max && positional(count); count++) words[count] = positional(count);
        return count;
    }
    for (int i = 0; i < skipped_ && count < max; i++) words[count++] = argv_[1 + i];
    Parser ahead = *this;
    ahead.permuted_ = nullptr;
    ahead.skipped_ = 0;
    if (mode_ != Mode::stop) ahead.mode_ = Mode::return_positional;
    ahead.set_warnings({});
    for (int id = ahead.next(); id != done_id && count < max; id = ahead.next())
        if (id == positional_id) words[count++] = ahead.argument();
    if (ahead.state_ != State::done) return count;
    for (size_t i = 0; count < max && ahead.positional(i); i++)
        words[count++] = ahead.positional(i);
    return count;
}

} // namespace kindling::options
