// SPDX-License-Identifier: MIT
#include "options/option_parser.hpp"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace kindling::options {
namespace {

constexpr const char* const no_words[] = {nullptr};

[[noreturn, gnu::cold]] void stop(Text why) {
    FileSink error(STDERR_FILENO);
    write_message(error.sink(), "option parser: %A\n", &why);
    error.flush();
    abort();
}

[[gnu::noinline]] void reverse(char** first, char** end) {
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
};

/// `name` is none that is declared, but perhaps the beginning of one.
Match match_long(const NameIndex& index, const Scope& scope, Text name, bool accepts_prefix) {
    // The empty name is a beginning of every other.
    if (name.is_empty()) return {{}, ErrorKind::unknown};
    Option found;
    LongNames names(index, scope, name);
    while (Option option = names.next()) {
        // Two names of one option are no two options, and one of no option is none.
        Option target = index.resolve(scope, option);
        if (!target) continue;
        if (found && !(index.resolve(scope, found) == target))
            return {{}, accepts_prefix ? ErrorKind::ambiguous : ErrorKind::unknown};
        if (!found || found.has(is_alias)) found = option;
    }
    if (!found || !accepts_prefix) return {{}, ErrorKind::unknown};
    return {found};
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

Parser::Parser(Table table, int argc, char** argv, const char* name_space)
    : Parser(table, argc, static_cast<const char* const*>(argv), name_space) {
    if (argv[argc]) stop("argc and argv do not agree");
    permuted_ = argv;
}

Parser::Parser(Table table, int argc, const char* const* argv, const char* name_space)
    : ParserFields{} {
    argv_ = argv;
    argc_ = argc;
    scope_.table = table;
    scope_.name_space = name_space;
    if (name_space && !has_namespace(table, scope_.name_space))
        stop("no such namespace of options");
}

void Parser::bind(uint32_t loop_namespace) {
    if (!is_bound_) {
        Namespace loop = Namespace::of_id(loop_namespace);
        if (!scope_.name_space.id() && has_namespace(scope_.table, loop)) scope_.name_space = loop;
        scope_.table.check();
        is_bound_ = true;
    }
    names_.make(scope_);
}

Abbreviations Parser::abbreviations() {
    if (has_policy_) return abbreviations_;
    const char* policy = getenv("OPTION_ABBREVIATIONS");
    if (policy && strcmp(policy, "exact") == 0) abbreviations_ = Abbreviations::exact;
    if (policy && strcmp(policy, "warn") == 0) abbreviations_ = Abbreviations::warn;
    has_policy_ = true;
    return abbreviations_;
}

void Parser::set_groups(const char* const* groups, size_t count) {
    scope_.groups = groups;
    scope_.groups_count = count;
    names_.forget();
}

int Parser::next_of_loop(uint32_t loop_namespace) {
    option_ = {};
    argument_ = nullptr;
    has_items_ = false;
    if (!names_.is_made()) bind(loop_namespace);
    if (state_ == State::failed || state_ == State::done) return done_id;
    if (bundle_) return next_short();
    for (; index_ < argc_; index_++) {
        const char* word = argv_[index_];
        bool is_dashed = word[0] == '-' && word[1];
        if (is_dashed && word[1] == '-' && !word[2]) {
            dashes_ = skipped_;
            index_++;
            break;
        }
        if (state_ == State::stopping) break;
        if (is_dashed && !(is_negative_number_ && is_negative_number_(*this, word))) {
            if (word[1] == '-') return next_long(word);
            bundle_ = word + 1;
            return next_short();
        }
        if (mode_ == Mode::stop) {
            ended_at_word_ = true;
            break;
        }
        if (mode_ == Mode::return_positional || !permuted_) return give_positional(word);
        // Positionals gather at the front, in order; `finish` brings them back to the rest.
        char* positional = permuted_[index_];
        permuted_[index_] = permuted_[1 + skipped_];
        permuted_[1 + skipped_] = positional;
        skipped_++;
    }
    return finish();
}

bool Parser::is_negative_number(const Parser& parser, const char* word) {
    if (!is_number(word + 1)) return false;
    for (char digit = '0'; digit <= '9'; digit++)
        if (parser.names_.find_short(parser.scope_, digit)) return false;
    return true;
}

int Parser::finish() {
    if (argc_ < 1) return fail(ErrorKind::no_words);
    state_ = State::done;
    if (skipped_) rotate(permuted_ + 1, permuted_ + 1 + skipped_, permuted_ + index_);
    index_ -= skipped_;
    return done_id;
}

void Parser::begin(ParseError& error, ErrorKind kind, int word_index) const {
    error.kind = kind;
    error.word_index = word_index;
    error.word = word_index < argc_ ? argv_[word_index] : "";
    error.scope = scope_;
    error.verbs = verbs_;
    error.write_owner = write_owner_;
}

/// A name in a bundle is wrong where it stands; of a long one it is what is behind the dashes, or
/// behind the name if that is known.
int Parser::fail(ErrorKind kind, Option option) {
    state_ = State::failed;
    begin(error_, kind, index_);
    error_.option = option;
    error_.typed = typed_;
    if (typed_.is_empty()) return error_id;
    error_.offset = static_cast<size_t>(typed_.data() - error_.word);
    if (!error_.offset) error_.offset = option ? typed_.size() : 2;
    return error_id;
}

void Parser::warn(const Parser* parser, const char* message, const Text* texts) {
    FileSink file(STDERR_FILENO);
    Sink sink = parser && parser->has_warnings_ ? parser->warnings_ : file.sink();
    if (sink.write) write_message(sink, message, texts);
}

void Parser::warn_of_deprecated(const Parser* parser, Text what, Text name, Option named,
                                Option meant) {
    Text message = named.has(is_deprecated) ? named.details() : meant.details();
    // Of a short name the dash stands before the bundle that it is in.
    Text dash = what.is_empty() && name[0] != '-' ? "-" : "";
    Text texts[] = {what, dash, name, message.is_empty() ? "" : ": ", message};
    warn(parser, "warning: %A'%B%c' is deprecated%D%E\n", texts);
}

uint32_t Parser::offset_of(Option record) const {
    return static_cast<uint32_t>(record.record() - scope_.table.first);
}

void Parser::note_group(Option option) {
    Option group = group_of(scope_, option);
    if (!group || !is_tied(group) || find_given(group)) return;
    if (tied_groups_until(scope_, group) > tied_groups_max) return;
    given_groups_[given_count_] = offset_of(group);
    given_[given_count_++] = offset_of(option);
}

/// Asks for the policy about abbreviations only when it matters: that reads the environment.
ValueError Parser::convert_value(const Type& type, Text text) {
    ValueError wrong = convert(type, text, false, value_);
    if (wrong == ValueError::none || type.kind != TypeKind::choice) return wrong;
    bool accepts_prefix = abbreviations() != Abbreviations::exact;
    return accepts_prefix ? convert(type, text, true, value_) : wrong;
}

int Parser::check_argument(Option option) {
    Type type = parse_type(option.type());
    ValueError wrong = ValueError::none;
    Text bad = argument_;
    if (!type.is_list) {
        wrong = convert_value(type, bad);
    } else {
        has_items_ = true;
        items_ = bad;
        Items items(bad, ',');
        while (wrong == ValueError::none && items.next(bad)) wrong = convert_value(type, bad);
        value_ = {}; // `next_value` gives them one by one.
    }
    if (wrong == ValueError::none) return option.id();
    reject(bad, wrong, nullptr);
    return error_id;
}

/// What is joined to a short name may be the rest of its bundle.
int Parser::give(Option named, const char* joined) {
    Option option = names_.resolve(scope_, named);
    if (!option) return fail(ErrorKind::unknown);
    if (option.has(takes_argument)) {
        argument_ = joined;
        if (!joined && !option.has(optional_arg)) {
            if (index_ + 1 >= argc_) return fail(ErrorKind::missing, option);
            argument_ = argv_[++index_];
        }
        joined = nullptr;
    } else if (joined && !bundle_) {
        error_.argument = joined;
        return fail(ErrorKind::superfluous, option);
    }
    bundle_ = joined;
    if (!bundle_) index_++;
    option_ = option;
    if ((named.flags() | option.flags()) & is_deprecated)
        warn_of_deprecated(this, "", typed_, named, option);
    if (names_.has_tied_groups()) note_group(option);
    if (option.has(stops_parsing)) state_ = State::stopping;
    if (option.has(optional_arg) && !argument_ && index_ < argc_) {
        optional_ = option;
        behind_optional_ = argv_[index_];
    }
    if (argument_ && option.has_type()) return check_argument(option);
    return option.id();
}

int Parser::give_positional(const char* word) {
    index_++;
    argument_ = word;
    option_ = names_.positional();
    return positional_id;
}

int Parser::next_long(const char* word) {
    const char* name_end = strchrnul(word, '=');
    typed_ = {word, static_cast<size_t>(name_end - word)};
    Text name = typed_.from(2);
    Match match{names_.find_long(scope_, name)};
    if (!match.option) {
        Abbreviations policy = abbreviations();
        match = match_long(names_, scope_, name, policy != Abbreviations::exact);
        if (match.error != ErrorKind::none) return fail(match.error);
        if (policy == Abbreviations::warn) {
            Text texts[] = {typed_, match.option.name()};
            warn(this, "warning: '%a' is short for '--%B'; write it out\n", texts);
        }
    }
    return give(match.option, *name_end ? name_end + 1 : nullptr);
}

int Parser::next_short() {
    if (took_from_bundle_) return fail(ErrorKind::in_bundle, error_.option);
    typed_ = {bundle_, 1};
    Option named = names_.find_short(scope_, *bundle_);
    if (!named) {
        // A character of several bytes is named as a whole. It has at most four: bundles may be
        // long.
        typed_ = {bundle_, first_character({bundle_, strnlen(bundle_, 4)}).size};
        return fail(ErrorKind::unknown);
    }
    return give(named, bundle_[1] ? bundle_ + 1 : nullptr);
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
    bool is_there = argument_ && option_ && option_.has_type();
    if (!is_there || (value_.kind != kind && !is_kin)) stop("the option has no value of that type");
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
    typed_ = {};
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

ParseError Parser::extra_word(size_t n) const {
    ParseError error{};
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

const ParseError& Parser::check_positionals(size_t min, size_t max) {
    size_t count = positionals_count();
    if (state_ == State::failed || (count >= min && count <= max)) return error_;
    if (count > max)
        error_ = extra_word(max);
    else
        begin(error_, ErrorKind::missing_word, argc_);
    state_ = State::failed;
    return error_;
}

Option Parser::find_given(Option group) const {
    for (unsigned i = 0; group && i < given_count_; i++)
        if (given_groups_[i] == offset_of(group)) return Option(scope_.table.first + given_[i]);
    return {};
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
