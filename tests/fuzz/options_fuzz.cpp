// SPDX-License-Identifier: MIT
//
// A command line: its words end in NULs. The first byte chooses how it is parsed, the second what
// the handler does between the words. All types, aliases, groups of verbs and nested verbs are
// there.
#include "options/option.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace kindling::options;

namespace {

// The macros' labels are not expressions.
// clang-format off
[[maybe_unused, gnu::used]] int declare(int option) {
    switch (option) {
    OPTION('h', "help", nullptr, "Flag"):
    OPTION_LONG("version", nullptr, "Long-only flag"):
    OPTION('r', "required", "ARG", "Required"):
    OPTION_LONG("required-too", "ARG", "Shares a beginning"):
    OPTION_FULL(optional_arg, 'o', "optional", "ARG", "Optional"):
    OPTION_FULL(stops_parsing, 'e', "exec", nullptr, "The rest is a command"):
    OPTION_GROUP("More"):
    OPTION('n', "number", "N", "Number"):
    OPTION_LONG("hidden", nullptr, nullptr):
    OPTION_ALIAS('R', "needed", "required"):
    OPTION_ALIAS_DEPRECATED('N', "nummer", "number", "use --number"):
    OPTION_DEPRECATED('z', "zap", "ARG", "do not"):
    OPTION_GROUP_VERBS("Of list and remote", "list|remote"):
    OPTION_TYPED('b', "bool", "BOOL", "bool", "Truth"):
    OPTION_LONG_TYPED("tristate", "BOOL|auto", "tristate", "Truth, perhaps"):
    OPTION_TYPED('i', "int", "N", "int:-5..5", "Integer"):
    OPTION_TYPED('u', "uint", "N,...", "uint:0..23,", "Integers"):
    OPTION_GROUP_VERBS("Of remote add", "remote add"):
    OPTION_TYPED('s', "size", "BYTES", "size:infinity", "Size"):
    OPTION_TYPED('d', "duration", "TIME", "duration:ms", "Duration"):
    OPTION_TYPED('c', "choice", "WHEN", "auto:if it can|always|never", "Choice"):
    OPTION_FULL_TYPED(optional_arg, 'm', "modes", "MODE,...", "red|green|grey,", 0, "Modes", nullptr):
    OPTION_TYPED('k', "key", "KEY=VALUE", "key=value", "Key"):
    OPTION_TYPED('p', "pid", "PID", "pid", "Process"):
    OPTION_TYPED('f', "file", "FILE", "file:exists", "File"):
    OPTION_TYPED('t', "text", "TEXT,...", "text,", "Texts"):
        return option;
    }
    switch (option) {
    OPTION_NAMESPACE("predict"):
    OPTION('x', "extra", nullptr, "Of predict only"):
        return option;
    }
    switch (option) {
    VERB_DEFAULT("list", nullptr, 0, 0, "List"):
    VERB("install", "DISK", 1, 2, "Install"):
    VERB_NS("predict", "ENTRY", 1, VERB_ANY, "predict", "Predict"):
    VERB_NESTED("remote", "Other machines"):
    VERB_ALIAS("ls", "list"):
    VERB_ALIAS_DEPRECATED("dir", "list", "use list"):
        return option;
    }
    switch (option) {
    VERB_NAMESPACE("remote"):
    VERB("add", "NAME", 1, 1, "Add"):
    VERB_NESTED("group", "Groups"):
        return option;
    }
    switch (option) {
    VERB_NAMESPACE("remote group"):
    VERB_DEFAULT("show", "[NAME]", 0, 1, "Show"):
        return option;
    }
    return 0;
}
// clang-format on

void check(bool holds) {
    if (!holds) abort();
}

/// Looks at all text that is written, and that it cannot harm a terminal.
void write_checked(void*, const char* data, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = static_cast<unsigned char>(data[i]);
        check((byte >= 0x20 && byte != 0x7f) || byte == '\n');
    }
}

struct Line {
    std::vector<std::string> words{"program"};
    std::vector<char*> argv;

    Line(const char* data, size_t size) {
        std::string word;
        for (size_t i = 0; i < size; i++) {
            word += data[i];
            if (data[i] && i + 1 < size) continue;
            if (!data[i]) word.pop_back();
            words.push_back(word);
            word.clear();
        }
        for (std::string& each : words) argv.push_back(each.data());
        argv.push_back(nullptr);
    }
};

/// Looks at every byte of a text that must lie in a word.
void read(Text text) {
    [[maybe_unused]] static volatile char last;
    for (size_t i = 0; i < text.size(); i++) last = text[i];
}

void check_value(const Parser& parser, const Type& type) {
    const Value& value = parser.value();
    check(value.kind == type.kind);
    read(value.text);
    read(value.key);
    switch (type.kind) {
    case TypeKind::boolean:
        check(parser.boolean() == (value.integer == 1));
        break;
    case TypeKind::integer:
        check(parser.integer() >= -5 && parser.integer() <= 5);
        break;
    case TypeKind::unsigned_integer:
        check(parser.number() <= 23);
        break;
    case TypeKind::pid:
        check(parser.number() >= 1);
        break;
    case TypeKind::choice:
        check(parser.choice() >= 0 && parser.choice() < 3);
        break;
    default:
        break;
    }
}

/// The argument is of its option's type, or the parser would have failed.
void read_values(Parser& parser) {
    if (!parser.option() || !parser.has_argument()) return check(!parser.next_value());
    Type type = parse_type(parser.option().type());
    if (!type.is_list && !parser.option().type().is_empty()) check_value(parser, type);
    size_t items = 0, items_max = std::string(parser.argument()).size();
    for (; parser.next_value(); items++) check_value(parser, type);
    check(items <= items_max && (type.is_list || items == 0));
}

/// Pages take much longer than parsing: some per line will do.
unsigned pages_left;

/// Help behind any word, in a terminal of any width.
void write_page(const Parser& parser, size_t columns) {
    if (pages_left == 0) return;
    pages_left--;
    HelpStyle style;
    style.columns = columns;
    style.use_unicode = columns & 1;
    auto write = [](void*, const char* data, size_t size) { read({data, size}); };
    Command command;
    command.name = parser.program();
    write_help({write, nullptr}, command, parser, VERB_TABLE, style);
}

void handle(Parser& parser, unsigned what) {
    read_values(parser);
    switch (what & 7) {
    case 5:
        write_page(parser, what);
        break;
    case 0:
        check(parser.peek_next() == parser.peek_next());
        break;
    case 1:
        parser.take_next();
        break;
    case 2:
        parser.set_mode(Mode::return_positional);
        break;
    case 3:
        parser.set_mode(Mode::stop);
        break;
    case 4:
        if (parser.argument()) parser.reject("something else");
        break;
    default:
        break;
    }
}

void check_error(const ParseError& error, const Line& line) {
    Sink sink{write_checked, nullptr};
    write_error(sink, error, line.words[0].c_str());
    check(error.word_index > 0 && error.word_index < static_cast<int>(line.argv.size()) - 1);
    check(error.offset <= std::string(error.word).size());
    size_t candidates = 0;
    for (Option each = error.next_candidate({}); each; each = error.next_candidate(each))
        candidates++;
    check(error.kind != ErrorKind::ambiguous || candidates > 1);
}

void check_positionals(const Parser& parser) {
    const char* const* words = parser.positionals();
    for (size_t i = 0; i < parser.positionals_count(); i++) check(words[i] != nullptr);
    check(words[parser.positionals_count()] == nullptr);
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    for (int depth = 0; choice.error == VerbError::none && choice.verb.has(has_verbs); depth++) {
        check(depth < 3);
        choice = choose_verb(choice);
    }
    check((choice.error == VerbError::none) == (choice.id != error_id));
    check((choice.error == VerbError::other_verb) == bool(choice.wrong));
    if (choice.error != VerbError::none) write_error({write_checked, nullptr}, choice, "program");
    VerbChoice meant = follow_verbs(VERB_TABLE, parser.positionals_count(), parser.positionals());
    if (meant.error != VerbError::none) write_error({write_checked, nullptr}, meant, "program");
    for (size_t i = 0; i < parser.positionals_count(); i++)
        if (ParseError extra = parser.extra_word(i))
            write_error({write_checked, nullptr}, extra, "program");
}

/// A parser of words that must stay finds the same options and gives all words back.
void parse_constant(const std::vector<char*>& argv, unsigned how) {
    std::vector<const char*> words(argv.begin(), argv.end());
    Parser parser(OPTION_TABLE, static_cast<int>(words.size()) - 1, words.data());
    parser.set_warnings({write_checked, nullptr});
    parser.set_negative_numbers(how & 8);
    parser.set_mode(static_cast<Mode>(how % 3));
    while (int id = parser.next()) {
        if (id == error_id) break;
        Parser copy = parser;
        copy.next();
        read_values(parser);
        write_page(parser, how);
    }
    check(std::equal(words.begin(), words.end(), argv.begin()));
    check_positionals(parser);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    pages_left = 4;
    Line line(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::vector<char*> before = line.argv;
    Parser parser(OPTION_TABLE, static_cast<int>(before.size()) - 1, line.argv.data());
    parser.set_mode(static_cast<Mode>(data[0] % 3));
    parser.set_verbs(VERB_TABLE);
    parser.set_warnings({write_checked, nullptr});
    parser.set_negative_numbers(data[0] & 8);
    if (data[0] & 16) parse_constant(before, data[0]);
    if (data[0] & 32) parser.set_abbreviations(Abbreviations::warn);
    if (data[0] & 64) parser.set_abbreviations(Abbreviations::exact);
    const char* const groups[] = {"More"};
    if (data[0] & 128) parser.set_groups(groups, 1);
    size_t rounds = 0, rounds_max = size + 2;
    unsigned actions = data[1];
    for (int id = parser.next(); id != done_id; id = parser.next()) {
        check(++rounds <= rounds_max);
        if (id == error_id) break;
        check((id == positional_id) == !parser.option());
        handle(parser, actions);
        actions = actions >> 1 | actions << 7;
    }
    check(parser.next() == done_id);
    if (parser.has_failed()) check_error(parser.error(), line);
    check_positionals(parser);
    check(line.argv[0] == before[0] && line.argv.back() == nullptr);
    std::sort(before.begin(), before.end());
    std::sort(line.argv.begin(), line.argv.end());
    check(before == line.argv);
    return 0;
}
