// SPDX-License-Identifier: MIT
#include "options/option_builder.hpp"
#include "options/option_help.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <string_view>

using namespace kindling::options;

namespace {

const RecordTable& shared_options() {
    static const RecordTable records(
        one_option('h', "help", nullptr, "Show this help"),
        one_option(0, "version", nullptr, "Show the version and its features"),
        one_option(0, "secret", nullptr, nullptr), group_record("Hidden things"),
        one_option('x', "compat", "ARG", nullptr), group_record("Where to look"),
        one_option(0, "esp-path", "PATH", "Where the EFI system partition is mounted"),
        one_option('i', "image", "FILE",
                   "Work on a disk image instead, which may be compressed or not"),
        one_option('q', nullptr, nullptr, "Say less"),
        one_option('n', nullptr, "COUNT", "How many", optional_arg),
        one_option(0, "header", "NAME: VALUE", "Send a header"),
        one_option(0, "an-option-with-a-very-long-name", "ARG", "Has its help below it"),
        verbatim_record("-qq", "Say nothing at all"), namespace_record("predict"),
        one_option('b', "bank", "NAME", "Only this bank"));
    return records;
}

const RecordTable& shared_verbs() {
    static const RecordTable records(
        verb_record("list", nullptr, 0, 0, "Show the boot menu entries", default_verb),
        verb_record("predict", "ENTRY [PCR…]", 1, count_unlimited,
                    "Say what the registers will be after booting an entry", 0, "predict"),
        verb_record("old-name", nullptr, 0, 0, nullptr), group_record("Changing things"),
        verb_record("install", nullptr, 0, 0, "Copy the loader"));
    return records;
}

const Command bootctl{"bootctl", "Say what the boot loader will do, and why.", nullptr,
                      "Environment: BOOT_ROOT names another root directory for everything that "
                      "is read and written.",
                      "bootctl(1)"};

std::string help(const HelpStyle& style, const Command& command = bootctl) {
    TextSink text;
    write_help(text.sink(), command, {shared_options().table()}, shared_verbs().table(), style);
    return "\n" + text.text();
}

std::string help_of(const RecordTable& options, const HelpStyle& style = {}) {
    TextSink text;
    Command command;
    command.name = "tool";
    write_help(text.sink(), command, {options.table()}, {}, style);
    return "\n" + text.text();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size();) {
        size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

} // namespace

TEST_CASE("the help page at 80 columns", "[options][help]") {
    CHECK(help({80}) == R"page(
Usage: bootctl [OPTION…] VERB …

Say what the boot loader will do, and why.

Verbs:
  [list]                    Show the boot menu entries
  predict ENTRY [PCR…]      Say what the registers will be after booting an
                            entry

Changing things:
  install                   Copy the loader

Options:
  -h --help                 Show this help
     --version              Show the version and its features

Where to look:
     --esp-path=PATH        Where the EFI system partition is mounted
  -i --image=FILE           Work on a disk image instead, which may be
                            compressed or not
  -q                        Say less
  -n [COUNT]                How many
     --header='NAME: VALUE' Send a header
     --an-option-with-a-very-long-name=ARG
                            Has its help below it
  -qq                       Say nothing at all

Environment: BOOT_ROOT names another root directory for everything that is read
and written.

See bootctl(1) for details.
)page");
}

TEST_CASE("the help page at 40 columns", "[options][help]") {
    CHECK(help({40}) == R"page(
Usage: bootctl [OPTION…] VERB …

Say what the boot loader will do, and
why.

Verbs:
  [list]
        Show the boot menu entries
  predict ENTRY [PCR…]
        Say what the registers will be
        after booting an entry

Changing things:
  install
        Copy the loader

Options:
  -h --help
        Show this help
     --version
        Show the version and its
        features

Where to look:
     --esp-path=PATH
        Where the EFI system partition
        is mounted
  -i --image=FILE
        Work on a disk image instead,
        which may be compressed or not
  -q    Say less
  -n [COUNT]
        How many
     --header='NAME: VALUE'
        Send a header
     --an-option-with-a-very-long-name=ARG
        Has its help below it
  -qq   Say nothing at all

Environment: BOOT_ROOT names another
root directory for everything that is
read and written.

See bootctl(1) for details.
)page");
}

TEST_CASE("no line of the page is wider than the terminal", "[options][help]") {
    for (size_t columns = 56; columns <= 200; columns++)
        for (const std::string& line : lines_of(help({columns})))
            if (width_of(Text(line.c_str())) > columns) FAIL(columns << ": " << line);
}

TEST_CASE("in any terminal all names stand whole, and all words of the help", "[options][help]") {
    for (size_t columns : {1, 10, 20, 30, 50}) {
        std::string text = help({columns});
        for (const char* part : {"--esp-path=PATH\n", "-i --image=FILE\n", "features\n",
                                 "  predict", " ENTRY", " [PCR…]\n", "--header='NAME: VALUE'\n"})
            CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("without Unicode the usage has three dots", "[options][help]") {
    HelpStyle style;
    style.use_unicode = false;
    CHECK(lines_of(help(style))[1] == "Usage: bootctl [OPTION...] VERB ...");
    Command command = bootctl;
    command.arguments = "[OPTION…] FILE…";
    CHECK(lines_of(help(style, command))[1] == "Usage: bootctl [OPTION...] FILE...");
    CHECK(lines_of(help({}, command))[1] == "Usage: bootctl [OPTION…] FILE…");
}

TEST_CASE("colors and links are there only when asked for", "[options][help]") {
    CHECK(help({}).find('\x1b') == std::string::npos);
    HelpStyle style;
    style.use_color = true;
    std::string colored = help(style);
    CHECK(lines_of(colored)[1] == "\x1b[90m> \x1b[0mbootctl [OPTION…] VERB …");
    CHECK(colored.find("\n\x1b[4mWhere to look\x1b[0m:\n") != std::string::npos);
    CHECK(colored.find("See bootctl(1) for details.\n") != std::string::npos);
    style.use_links = true;
    CHECK(
        help(style).find("See \x1b]8;;man:bootctl(1)\x1b\\bootctl(1)\x1b]8;;\x1b\\ for details.") !=
        std::string::npos);
}

TEST_CASE("a program without verbs has none in its usage", "[options][help]") {
    RecordTable options(one_option('h', "help", nullptr, "Show this help"));
    CHECK(help_of(options) == R"(
Usage: tool [OPTION…]

Options:
  -h --help Show this help
)");
}

TEST_CASE("a page of nothing is its usage", "[options][help]") {
    RecordTable options(one_option('h', "help", nullptr, nullptr), group_record("Empty"));
    CHECK(help_of(options) == "\nUsage: tool [OPTION…]\n");
}

TEST_CASE("the first group may have a name", "[options][help]") {
    RecordTable options(group_record("Most used"),
                        one_option('h', "help", nullptr, "Show this help"), group_record("Rare"),
                        one_option(0, "x", nullptr, "Do x"));
    CHECK(help_of(options) == R"(
Usage: tool [OPTION…]

Most used:
  -h --help Show this help

Rare:
     --x    Do x
)");
}

TEST_CASE("the first group of verbs may have a name, and one may be empty", "[options][help]") {
    RecordTable verbs(group_record("Looking"), verb_record("list", nullptr, 0, 0, "List"),
                      group_record("Nothing"), verb_record("old", nullptr, 0, 0, nullptr),
                      group_record("Changing"), verb_record("install", "DISK", 1, 1, "Install"));
    TextSink text;
    Command command;
    command.name = "tool";
    write_help(text.sink(), command, {Table{}}, verbs.table(), {});
    CHECK("\n" + text.text() == R"(
Usage: tool [OPTION…] VERB …

Looking:
  list         List

Changing:
  install DISK Install
)");
}

TEST_CASE("help is filled into lines whatever the blanks and widths", "[options][help]") {
    RecordTable options(one_option('w', "wide", "日本語", "日本語 の テキスト も ここ で 折り返す"),
                        one_option('e', nullptr, nullptr, "é"));
    HelpStyle style;
    style.columns = 46;
    CHECK(help_of(options, style) == R"(
Usage: tool [OPTION…]

Options:
  -w --wide=日本語 日本語 の テキスト も ここ
                   で 折り返す
  -e               é
)");
}

TEST_CASE("options outside the groups asked for are not shown", "[options][help]") {
    const char* const groups[] = {"Where to look"};
    Scope scope{shared_options().table(), nullptr, {groups, 1}};
    TextSink text;
    write_help(text.sink(), {"tool"}, scope, {}, {});
    CHECK(text.text().find("--help") == std::string::npos);
    CHECK(text.text().find("\nOptions:") == std::string::npos);
    CHECK(text.text().find("\nWhere to look:\n     --esp-path=PATH") != std::string::npos);
}

TEST_CASE("the page of a verb has its own options first", "[options][help]") {
    TextSink text;
    const char* const words[] = {"predict"};
    write_verb_help(text.sink(), bootctl, follow_verbs(shared_verbs().table(), 1, words),
                    {shared_options().table()}, {60});
    CHECK("\n" + text.text() == R"page(
Usage: bootctl [OPTION…] predict ENTRY [PCR…]

Say what the registers will be after booting an entry

Options of the verb:
  -b --bank=NAME            Only this bank

Options:
  -h --help                 Show this help
     --version              Show the version and its
                            features

Where to look:
     --esp-path=PATH        Where the EFI system partition
                            is mounted
  -i --image=FILE           Work on a disk image instead,
                            which may be compressed or not
  -q                        Say less
  -n [COUNT]                How many
     --header='NAME: VALUE' Send a header
     --an-option-with-a-very-long-name=ARG
                            Has its help below it
  -qq                       Say nothing at all

See bootctl(1) for details.
)page");
}

TEST_CASE("the page of a verb without options has those of every verb", "[options][help]") {
    RecordTable options(one_option('h', "help", nullptr, "Show this help"));
    TextSink text;
    Command command{"bootctl"};
    const char* const words[] = {"list"};
    write_verb_help(text.sink(), command, follow_verbs(shared_verbs().table(), 1, words),
                    {options.table()}, {60});
    CHECK("\n" + text.text() == R"(
Usage: bootctl [OPTION…] list

Show the boot menu entries

Options:
  -h --help Show this help
)");
}

TEST_CASE("the page of a verb ends with its details, and says that it needs an option",
          "[options][help]") {
    RecordTable options(one_option('r', "reload", nullptr, "Read rules again"));
    auto page_of = [&](unsigned flags) {
        auto declared = [&](auto flag) {
            return test_record<100>({.flags = is_verb | decltype(flag)::value,
                                     .name = "control",
                                     .help = "Control the daemon",
                                     .details = "Without an option it does\nnothing."});
        };
        using Both = std::integral_constant<unsigned, option_required | online_only>;
        using One = std::integral_constant<unsigned, option_required>;
        using None = std::integral_constant<unsigned, 0>;
        RecordTable verbs(flags == Both::value  ? declared(Both())
                          : flags == One::value ? declared(One())
                                                : declared(None()));
        const char* const words[] = {"control"};
        Command command;
        command.name = "tool";
        TextSink text;
        write_verb_help(text.sink(), command, follow_verbs(verbs.table(), 1, words),
                        {options.table()}, {});
        return text.text();
    };
    const std::string rest = "\n"
                             "Control the daemon\n"
                             "\n"
                             "Options:\n"
                             "  -r --reload Read rules again\n"
                             "\n"
                             "Without an option it does nothing.\n";
    CHECK(page_of(0) == "Usage: tool [OPTION…] control\n" + rest);
    CHECK(page_of(option_required) == "Usage: tool OPTION… control\n" + rest);
    const std::string both = page_of(option_required | online_only);
    CHECK(both.find("\nControl the daemon\n\nIt does nothing in a chroot or offline.\n") !=
          std::string::npos);
}

TEST_CASE("a default verb of any length stands in brackets", "[options][help]") {
    RecordTable verbs(
        verb_record("show-everything-that-is-known", nullptr, 0, 0, "Show it", default_verb));
    for (size_t columns : {20, 40, 80, 120}) {
        TextSink text;
        write_help(text.sink(), Command(), {RecordTable().table()}, verbs.table(),
                   {.columns = columns});
        CAPTURE(columns);
        CHECK(text.text().find("  [show-everything-that-is-known]") != std::string::npos);
    }
}

TEST_CASE("the values of a choice stand behind its help, and wrap", "[options][help]") {
    RecordTable options(
        one_option('m', "mode", "MODE", "How fast", 0, 0, "fast:As it goes|slow|medium"),
        one_option(0, "at", "N", "Where", 0, 0, "uint:1..9"));
    CHECK(help_of(options) == R"(
Usage: tool [OPTION…]

Options:
  -m --mode=MODE How fast: fast, slow or medium
     --at=N      Where
)");
    CHECK(help_of(options, {.columns = 44})
              .find("How fast: fast, slow or\n"
                    "                 medium\n") != std::string::npos);
}

TEST_CASE("more values than a person would read are left out", "[options][help]") {
    std::string values = "value-000";
    for (int i = 1; i < 200; i++) values += "|value-" + std::to_string(1000 + i);
    TableBuilder builder;
    builder.add({.name = "many", .metavar = "M", .help = "One of many", .type = values});
    TextSink text;
    write_help(text.sink(), Command(), {builder.table()}, {}, {});
    CHECK(text.text().find("--many=M One of many\n") != std::string::npos);
}
