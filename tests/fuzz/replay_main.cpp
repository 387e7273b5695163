// SPDX-License-Identifier: MIT
//
// Runs a fuzz target on its seed corpus, as an ordinary test: every file, and every beginning of
// the small ones. A bug stops the program.
#include "options/option.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

COMMAND("replay", "CORPUS", "Run a fuzz target on its seeds, and on every beginning of them",
        nullptr, nullptr, nullptr);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t prefixes_size_max = 4096;

/// Each input lies in a block of its own size, so that a sanitizer sees every step beyond it.
void run(const std::vector<std::uint8_t>& bytes, std::size_t size) {
    std::vector<std::uint8_t> input(bytes.begin(),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

/// 0 if the words name a corpus; else the exit status, after saying why.
int read_words(kindling::options::Parser& parser) {
    using namespace kindling::options;
    FOREACH_OPTION(option, parser) {
        // clang-format off
        switch (option) {
        OPTION_COMMON_HELP:
            std::exit(print_help(parser, COMMAND_TABLE));
        }
        // clang-format on
    }
    if (parser.expect_positionals(1, 1)) return 0;
    return print_error(parser);
}

} // namespace

int main(int argc, char** argv) {
    kindling::options::Parser parser(OPTION_TABLE, argc, argv);
    if (int status = read_words(parser)) return status;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(parser.positional(0)))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::size_t runs = 0;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(stream), {}};
        std::size_t first = bytes.size() < prefixes_size_max ? 0 : bytes.size();
        for (std::size_t size = first; size <= bytes.size(); size++, runs++) run(bytes, size);
    }
    std::printf("%zu passed, 0 failed\n", runs);
    return files.empty() ? 1 : 0;
}
