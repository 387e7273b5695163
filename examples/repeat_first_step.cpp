// SPDX-License-Identifier: MIT
//
// A program that moves from CLI11. First step: CLI11 still parses, one option is declared with us.
#include <cctype>
#include <cstdio>
#include <options/option_cli11.hpp>

namespace options = kindling::options;

namespace {

struct Arguments {
    std::uint64_t count = 1;
    std::string separator = " ";
    bool is_upper = false;
    std::vector<std::string> words;
};

// clang-format off
int take_ours(options::Parser& parser, Arguments& arguments) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("repeat"):
        OPTION_TYPED('n', "count", "N", "uint:1..100", "How often, from 1 to 100"):
            arguments.count = parser.number();
            break;
        }
    }
    return parser.has_failed() ? options::print_error(parser) : 0;
}
// clang-format on

void print(const Arguments& arguments) {
    std::string line;
    for (std::uint64_t i = 0; i < arguments.count; i++)
        for (const std::string& word : arguments.words)
            line += (line.empty() ? "" : arguments.separator) + word;
    if (arguments.is_upper)
        for (char& c : line) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::printf("%s\n", line.c_str());
}

} // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("Say something more than once.", "repeat");
    app.add_option("-s,--separator", arguments.separator, "What stands between the words");
    app.add_flag("-u,--upper", arguments.is_upper, "In upper case");
    app.add_option("words", arguments.words, "What to say")->required();

    options::cli11::Replay replay(app, OPTION_TABLE, "repeat");
    if (!replay.parse(argc, argv)) return replay.print_error();
    options::Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "repeat");
    if (int status = take_ours(parser, arguments)) return status;
    print(arguments);
    return 0;
}
