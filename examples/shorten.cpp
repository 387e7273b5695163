// SPDX-License-Identifier: MIT
//
// Prints the beginning of files. The same program as shorten.c, in C++.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <options/option.hpp>
#include <string>
#include <unistd.h>
#include <vector>

namespace options = kindling::options;

COMMAND("shorten", "[OPTION...] [FILE...]", "Print the beginning of files.", nullptr, nullptr,
        "Without FILE, or if it is -, standard input is read.");

namespace {

constexpr int exit_pipe = 128 + 13;
enum class ColorWhen { automatic, always, never }; // as in OPTION_COLOR_VALUES

struct Arguments {
    std::uint64_t lines_max = 10, bytes_max = UINT64_MAX;
    std::vector<std::uint64_t> skipped;
    const char* output = nullptr;
    ColorWhen color = ColorWhen::automatic;
    bool is_quiet = false;
};

/// The exit status if there is nothing more to do.
// clang-format off
std::optional<int> parse(options::Parser& parser, Arguments& arguments) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_TYPED('n', "lines", "N", "uint", "Print N lines of each file, 10 by default"):
            arguments.lines_max = parser.number();
            break;
        OPTION_TYPED('c', "bytes", "SIZE", "size", "Print at most SIZE of each file: 512, 10K"):
            arguments.bytes_max = parser.size_bytes();
            break;
        OPTION_FULL_TYPED(OPTION_REPEATABLE, 's', "skip", "N[,N...]", "uint:1..,", 0,
                          "Leave these lines out; may be repeated", nullptr):
            if (!*parser.argument()) arguments.skipped.clear();
            while (parser.next_value()) arguments.skipped.push_back(parser.number());
            break;

        OPTION_GROUP("Output"):
        OPTION_TYPED('o', "output", "FILE", "path", "Write to FILE"):
            arguments.output = parser.argument();
            break;
        OPTION_COMMON_COLOR:
            arguments.color = parser.choice_as<ColorWhen>();
            break;
        OPTION('q', "quiet", nullptr, "Print no names of files"):
            arguments.is_quiet = true;
            break;

        OPTION_GROUP("Information"):
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE);
        OPTION_COMMON_VERSION:
            std::puts("shorten 1.0");
            return EXIT_SUCCESS;
        }
    }
    if (parser.has_failed()) return options::print_error(parser);
    return std::nullopt;
}
// clang-format on

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void copy_beginning(const Arguments& arguments, std::FILE* in, std::FILE* out) {
    std::uint64_t line = 1, printed = 0, bytes = 0;
    while (printed < arguments.lines_max && bytes < arguments.bytes_max) {
        int c = std::getc(in);
        if (c == EOF) break;
        bool is_kept = std::ranges::find(arguments.skipped, line) == arguments.skipped.end();
        if (is_kept) {
            std::putc(c, out);
            bytes++;
        }
        if (c != '\n') continue;
        line++;
        if (is_kept) printed++;
    }
}

void print_heading(const Arguments& arguments, const char* name, std::FILE* out) {
    bool is_colored = arguments.color == ColorWhen::always ||
                      (arguments.color == ColorWhen::automatic && out == stdout &&
                       options::uses_color(STDOUT_FILENO));
    std::fprintf(out, is_colored ? "\033[1m%s:\033[0m\n" : "%s:\n", name);
}

int complain(const char* what, const char* name) {
    std::fprintf(stderr, "error: cannot %s '%s': %s\n", what, name, std::strerror(errno));
    return EXIT_FAILURE;
}

int shorten(const Arguments& arguments, const char* name, std::FILE* out) {
    bool is_input = std::strcmp(name, "-") == 0;
    File opened(is_input ? nullptr : std::fopen(name, "r"));
    std::FILE* in = is_input ? stdin : opened.get();
    if (!in) return complain("open", name);
    copy_beginning(arguments, in, out);
    return std::ferror(in) ? complain("read", name) : EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    options::Parser parser(OPTION_TABLE, argc, argv);
    if (std::optional<int> status = parse(parser, arguments)) return *status;

    const char* output = arguments.output ? arguments.output : "standard output";
    std::FILE* out = arguments.output ? std::fopen(arguments.output, "w") : stdout;
    if (!out) return complain("open", output);
    std::vector<const char*> names(parser.positionals(),
                                   parser.positionals() + parser.positionals_count());
    if (names.empty()) names.push_back("-");
    int status = EXIT_SUCCESS;
    for (const char* name : names) {
        if (names.size() > 1 && !arguments.is_quiet) print_heading(arguments, name, out);
        if (shorten(arguments, name, out) != EXIT_SUCCESS) status = EXIT_FAILURE;
    }
    if (std::fclose(out) == 0) return status;
    return errno == EPIPE ? exit_pipe : complain("write to", output);
}
