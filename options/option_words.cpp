// SPDX-License-Identifier: MIT
//
// What every word of a command line goes through; the rest of the parser is in option_parser.cpp.
#include "options/option_parser.hpp"

#include <string.h>

// Only programs that ask for it contain it.
extern "C" [[gnu::weak]] void option_parser_note_group(option_parser* parser);

namespace kindling::options {
namespace {

/// What a long name stands for: the option, or why there is none.
struct Match {
    Option option;
    ErrorKind error = ErrorKind::none;
};

/// `name` is none that is declared, but perhaps the beginning of one.
[[gnu::cold, gnu::noinline]] Match match_long(const NameIndex& index, const Scope& scope, Text name,
                                              bool accepts_prefix) {
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

} // namespace

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
    if ((named.flags() | option.flags()) & is_deprecated)
        warn_of_deprecated(this, "", error_.typed, named, option);
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
    Match match{names_.find_long(error_.scope, name)};
    if (!match.option) {
        Abbreviations policy = abbreviations();
        match = match_long(names_, error_.scope, name, policy != Abbreviations::exact);
        if (match.error != ErrorKind::none) return fail(match.error);
        if (policy == Abbreviations::warn) {
            Text texts[] = {error_.typed, match.option.name()};
            warn(this, "warning: '%a' is short for '--%B'; write it out\n", texts);
        }
    }
    return give(match.option, *name_end ? name_end + 1 : nullptr);
}

int Parser::next_short() {
    if (took_from_bundle_) return fail(ErrorKind::in_bundle, error_.option);
    error_.typed = {bundle_, 1};
    Option named = names_.find_short(error_.scope, *bundle_);
    if (!named) {
        // A character of several bytes is named as a whole. It has at most four: bundles may be
        // long.
        error_.typed = {bundle_, first_character({bundle_, strnlen(bundle_, 4)}).size};
        return fail(ErrorKind::unknown);
    }
    return give(named, bundle_[1] ? bundle_ + 1 : nullptr);
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

} // namespace kindling::options
