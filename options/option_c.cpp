// SPDX-License-Identifier: MIT
//
// The functions of option.h: the C++ engine behind plain structures.
#include "options/option.h"

#include "options/option_print.hpp"

#include <errno.h>

// Placement new without a header of the C++ library.
struct OptionPlace {
    void* at;
};
inline void* operator new(size_t, OptionPlace place) noexcept {
    return place.at;
}

using namespace kindling::options;

namespace {

static_assert(sizeof(Parser) <= sizeof(option_parser::opaque));
static_assert(sizeof(VerbChoice) <= sizeof(option_verb_choice::opaque));

Parser& parser_of(option_parser* parser) {
    return *reinterpret_cast<Parser*>(parser->opaque);
}
const Parser& parser_of(const option_parser* parser) {
    return *reinterpret_cast<const Parser*>(parser->opaque);
}
const VerbChoice& choice_of(const option_verb_choice* choice) {
    return *reinterpret_cast<const VerbChoice*>(choice->opaque);
}

Table table_of(option_table table) {
    return {table.first, table.end, table.is_checked};
}

const option_record* record_of(Option option) {
    return reinterpret_cast<const option_record*>(option.record());
}

static_assert(int(OPTION_ERROR_AMBIGUOUS) == int(ErrorKind::ambiguous));
static_assert(int(OPTION_ERROR_INVALID_VALUE) == int(ErrorKind::invalid_value));
static_assert(int(OPTION_ERROR_MISSING_WORD) == int(ErrorKind::missing_word));

int to_errno(ValueError error) {
    if (error == ValueError::none) return 0;
    return error == ValueError::out_of_range ? -ERANGE : -EINVAL;
}

void hand_out(option_verb_choice* to, const VerbChoice& choice) {
    new (OptionPlace{to->opaque}) VerbChoice(choice);
    to->id = choice.id;
    to->arguments = choice.arguments;
    to->arguments_count = choice.arguments_count;
}

} // namespace

void option_parser_init(option_parser* parser, option_table table, int argc, char** argv) {
    new (OptionPlace{parser->opaque}) Parser(table_of(table), argc, argv);
}

void option_parser_init_namespace(option_parser* parser, option_table table, int argc, char** argv,
                                  const char* name) {
    new (OptionPlace{parser->opaque}) Parser(table_of(table), argc, argv, name);
}

void option_parser_set_mode(option_parser* parser, option_mode mode) {
    parser_of(parser).set_mode(static_cast<Mode>(mode));
}

void option_parser_set_abbreviations(option_parser* parser, option_abbreviations policy) {
    parser_of(parser).set_abbreviations(static_cast<Abbreviations>(policy));
}

void option_parser_set_groups(option_parser* parser, const char* const* groups, size_t count) {
    parser_of(parser).set_groups(groups, count);
}

void option_parser_set_negative_numbers(option_parser* parser, bool are_positional) {
    parser_of(parser).set_negative_numbers(are_positional);
}

void option_parser_set_verbs(option_parser* parser, option_table verbs) {
    parser_of(parser).set_verbs(table_of(verbs));
}

int option_parser_next(option_parser* parser) {
    return parser_of(parser).next();
}

int option_parser_next_bound(option_parser* parser, size_t loop_namespace) {
    return parser_of(parser).next(static_cast<uint32_t>(loop_namespace));
}

const option_record* option_parser_option(const option_parser* parser) {
    return record_of(parser_of(parser).option());
}

int64_t option_parser_data(const option_parser* parser) {
    Option option = parser_of(parser).option();
    return option ? option.data() : 0;
}

const char* option_parser_argument(const option_parser* parser) {
    return parser_of(parser).argument();
}

bool option_parser_bool(const option_parser* parser) {
    return parser_of(parser).boolean();
}

int64_t option_parser_int(const option_parser* parser) {
    return parser_of(parser).integer();
}

uint64_t option_parser_uint(const option_parser* parser) {
    return parser_of(parser).number();
}

uint64_t option_parser_size_bytes(const option_parser* parser) {
    return parser_of(parser).size_bytes();
}

uint64_t option_parser_duration_us(const option_parser* parser) {
    return parser_of(parser).duration_us();
}

int option_parser_choice(const option_parser* parser) {
    return parser_of(parser).choice();
}

bool option_parser_next_value(option_parser* parser) {
    return parser_of(parser).next_value();
}

const char* option_parser_value_text(const option_parser* parser, size_t* size) {
    Text text = parser_of(parser).value().text;
    *size = text.size();
    return text.data();
}

const char* option_parser_value_key(const option_parser* parser, size_t* size) {
    Text key = parser_of(parser).value().key;
    *size = key.size();
    return key.data();
}

const char* option_parser_peek_next_arg(const option_parser* parser) {
    return parser_of(parser).peek_next();
}

const char* option_parser_consume_next_arg(option_parser* parser) {
    return parser_of(parser).take_next();
}

int option_parser_reject(option_parser* parser, const char* expected) {
    parser_of(parser).reject(expected);
    return error_id;
}

bool option_parser_expect_args(option_parser* parser, size_t min, size_t max) {
    return parser_of(parser).expect_positionals(min, max);
}

bool option_parser_take(option_parser* parser, bool (*convert)(const char* argument, void* value),
                        void* value, const char* expected) {
    Parser& taking = parser_of(parser);
    if (taking.has_argument() && convert(taking.argument(), value)) return true;
    taking.reject(expected);
    return false;
}

void option_parser_get_error(const option_parser* parser, option_error* error) {
    const ParseError& wrong = parser_of(parser).error();
    error->kind = static_cast<option_error_kind>(wrong.kind);
    error->word_index = wrong.word_index;
    error->offset = wrong.offset;
    error->word = wrong.word;
    error->option = record_of(wrong.option);
    error->suggestion = record_of(wrong.suggestion());
}

const option_record* option_parser_next_candidate(const option_parser* parser,
                                                  const option_record* previous) {
    const ParseError& wrong = parser_of(parser).error();
    if (wrong.kind != ErrorKind::ambiguous) return nullptr;
    Option last;
    if (previous) last = Option(reinterpret_cast<const unsigned char*>(previous));
    return record_of(wrong.next_candidate(last));
}

const char* option_record_name(const option_record* option) {
    return Option(reinterpret_cast<const unsigned char*>(option)).name().data();
}

void option_parser_set_warnings(option_parser* parser,
                                void (*write)(void* context, const char* text, size_t size),
                                void* context) {
    parser_of(parser).set_warnings({write, context});
}

bool option_parser_failed(const option_parser* parser) {
    return parser_of(parser).has_failed();
}

int option_parser_print_error(const option_parser* parser) {
    return print_error(parser_of(parser));
}

const char* const* option_parser_get_args(const option_parser* parser) {
    return parser_of(parser).positionals();
}

size_t option_parser_get_n_args(const option_parser* parser) {
    return parser_of(parser).positionals_count();
}

const char* option_parser_get_arg(const option_parser* parser, size_t n) {
    return parser_of(parser).positional(n);
}

int option_parser_print_help(const option_parser* parser, option_table commands,
                             option_table verbs) {
    return print_help(parser_of(parser), table_of(commands), table_of(verbs));
}

bool option_uses_color(int fd) {
    return uses_color(fd);
}

void option_choose_verb(option_verb_choice* choice, option_table verbs,
                        const option_parser* parser) {
    hand_out(choice, choose_verb(table_of(verbs), parser_of(parser)));
}

void option_choose_nested_verb(option_verb_choice* choice, const option_verb_choice* outer) {
    hand_out(choice, choose_verb(choice_of(outer)));
}

int option_print_verb_error(const option_verb_choice* choice) {
    return print_error(choice_of(choice));
}

int option_print_verb_help(const option_verb_choice* choice, option_table commands) {
    return print_verb_help(choice_of(choice), table_of(commands));
}

int option_parse_bool(const char* text, bool* value) {
    return to_errno(parse_bool(text, *value));
}

int option_parse_int(const char* text, int64_t min, int64_t max, int64_t* value) {
    return to_errno(parse_integer(text, min, max, *value));
}

int option_parse_uint(const char* text, uint64_t min, uint64_t max, uint64_t* value) {
    return to_errno(parse_unsigned(text, min, max, *value));
}

int option_parse_size(const char* text, uint64_t* bytes) {
    return to_errno(parse_size(text, *bytes));
}

int option_parse_duration(const char* text, const char* unit, uint64_t* microseconds) {
    return to_errno(parse_duration(text, unit, *microseconds));
}
