// SPDX-License-Identifier: MIT
//
// A program that moves from CLI11. Last step: our parser reads the command line, so that help,
// errors and completions are ours; what CLI11 still has are two options and the positionals.
#include <cctype>
#include <cstdio>
#include <options/option_cli11.hpp>

namespace options = kindling::options;

COMMAND("repeat", "[OPTION...] WORD...", "Say something more than once.", nullptr, "repeat",
        nullptr);

namespace {

struct Arguments {
    std::uint64_t count = 1;
    std::string separator = " ";
    bool is_upper = false;
    std::vector<std::string> words;
};

// clang-format off
std::optional<int> parse(options::Parser& parser, options::cli11::Served& served,
                         Arguments& arguments) {
    FOREACH_OPTION(option, parser) {
        if (served.take(parser)) continue;
        switch (option) {
        OPTION_NAMESPACE("repeat"):
        OPTION_TYPED('n', "count", "N", "uint:1..100", "How often, from 1 to 100"):
            arguments.count = parser.number();
            break;
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE, served.verbs());
        }
    }
    return served.finish(parser);
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

    options::cli11::Served served(app, OPTION_TABLE, "repeat", COMMAND_TABLE);
    options::Parser parser(served.table(), argc, argv, "repeat");
    if (std::optional<int> status = parse(parser, served, arguments)) return *status;
    print(arguments);
    return 0;
}
