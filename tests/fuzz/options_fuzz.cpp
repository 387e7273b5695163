// SPDX-License-Identifier: MIT
//
// A command line: its words end in NULs. The first byte chooses how it is parsed, the second what
// the handler does between the words.
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
        return option;
    }
    switch (option) {
    VERB_DEFAULT("list", nullptr, 0, 0, "List"):
    VERB("install", "DISK", 1, 2, "Install"):
    VERB("predict", "ENTRY", 1, VERB_ANY, "Predict"):
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

void handle(Parser& parser, unsigned what) {
    switch (what & 7) {
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
    check((choice.error == VerbError::none) == (choice.id != error_id));
    if (choice.error != VerbError::none) write_error({write_checked, nullptr}, choice, "program");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    Line line(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::vector<char*> before = line.argv;
    Parser parser(OPTION_TABLE, static_cast<int>(before.size()) - 1, line.argv.data());
    parser.set_mode(static_cast<Mode>(data[0] % 3));
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
