// SPDX-License-Identifier: MIT
//
// What every word of a command line goes through; the rest of the parser is in option_parser.cpp.
#include "options/option_parser.hpp"

#include <string.h>

// Only programs that ask for it contain it.
extern "C" [[gnu::weak]] void option_parser_note_group(option_parser* parser);

namespace kindling::options {
namespace {

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

} // namespace

// Here, where code is made fast, for it clears what is known about the words.
Parser::Parser(const Table& table, int argc, const char* const* argv, const char* name_space)
    : ParserFields{} {
    argv_ = argv;
    argc_ = argc;
    error_.scope.table = table;
    if (name_space) set_namespace(name_space);
}

int Parser::check_argument(Option option) {
    Type type = parse_type(option.type());
    ValueError wrong = ValueError::none;
    Text bad(argument_, strlen(argument_));
    if (!type.is_list) {
        wrong = convert_value(type, bad);
    } else {
        has_items_ = true;
        items_ = bad;
        Items items(bad, ',');
        while (wrong == ValueError::none && items.next(bad)) wrong = convert_value(type, bad);
        value_.kind = TypeKind::text; // `next_value` gives them one by one.
    }
    if (wrong == ValueError::none) return option.id();
    reject(bad, wrong, nullptr);
    return error_id;
}

/// What is joined to a short name may be the rest of its bundle.
int Parser::give(Option named, const char* joined) {
    Option option = names_.resolve(error_.scope, named);
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
    if ((named.flags() | option.flags()) & is_deprecated) warn_of_deprecated(this, named, option);
    if (names_.has_tied_groups()) option_parser_note_group(reinterpret_cast<option_parser*>(this));
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
    error_.typed = {word, static_cast<size_t>(name_end - word)};
    Text name = error_.typed.from(2);
    Option option = names_.find_long(error_.scope, name);
    if (!option) option = find_by_beginning(name);
    if (!option) return error_id;
    return give(option, *name_end ? name_end + 1 : nullptr);
}

int Parser::next_short() {
    if (took_from_bundle_) return fail(ErrorKind::in_bundle, error_.option);
    error_.typed = {bundle_, 1};
    Option named = names_.find_short(error_.scope, *bundle_);
    if (!named) {
        // A character of several bytes is named as a whole.
        error_.typed = {bundle_, first_character(bundle_).size};
        return fail(ErrorKind::unknown);
    }
    return give(named, bundle_[1] ? bundle_ + 1 : nullptr);
}

int Parser::finish() {
    if (argc_ < 1) return fail(ErrorKind::no_words);
    state_ = State::done;
    if (skipped_) rotate(permuted_ + 1, permuted_ + 1 + skipped_, permuted_ + index_);
    index_ -= skipped_;
    return done_id;
}

int Parser::next_of_loop(uint32_t loop_namespace) {
    option_ = {};
    argument_ = nullptr;
    value_.number = 0;
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

} // namespace kindling::options
