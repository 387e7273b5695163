// SPDX-License-Identifier: MIT
#include "options/option_builder.hpp"
#include "options/option_document.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

using namespace kindling::options;

namespace {

struct Tables {
    TableBuilder commands, options, verbs;

    Program program() const {
        Program program;
        program.commands = commands.table();
        program.options = {options.table()};
        program.verbs = verbs.table();
        return program;
    }
    std::string man() const {
        TextSink text;
        write_man_sections(text.sink(), program(), find_command(commands.table(), nullptr));
        return "\n" + text.text();
    }
    std::string markdown() const {
        TextSink text;
        write_markdown(text.sink(), program(), find_command(commands.table(), nullptr));
        return "\n" + text.text();
    }
};

/// One of each kind.
Tables example() {
    Tables tables;
    tables.commands.add({.flags = is_command,
                         .name = "tool|t",
                         .help = "Does <things>.",
                         .details = "See *there*."});
    TableBuilder& options = tables.options;
    options.add({.short_name = 'h', .name = "help", .help = "Show this help"});
    options.add({.name = "secret", .is_hidden = true});
    options.add({.flags = group_marker, .name = "Output", .scope = "list|remote add"});
    options.add({.name = "json",
                 .metavar = "FORMAT",
                 .help = "As JSON, a|b",
                 .type = "pretty:indented, for people|short|off:text instead"});
    options.add({.flags = optional_arg,
                 .short_name = 'n',
                 .metavar = "N",
                 .help = "How many",
                 .details = "First paragraph,\ntwo lines.\n\nSecond paragraph."});
    options.add({.flags = optional_arg,
                 .short_name = 'c',
                 .name = "color",
                 .metavar = "WHEN",
                 .help = "Use colors!"});
    options.add({.name = "header", .metavar = "NAME: VALUE", .help = "Send a_header"});
    options.add({.flags = help_entry_verbatim, .name = "-cc", .help = "Twice"});
    options.add({.flags = namespace_marker, .name = "of-add"});
    options.add({.name = "url", .metavar = "URL", .help = "Where it is"});
    TableBuilder& verbs = tables.verbs;
    verbs.add(
        {.flags = is_verb | default_verb, .name = "list", .metavar = "[FILE]...", .help = "List"});
    verbs.add({.flags = group_marker, .name = "Far"});
    verbs.add({.flags = is_verb | has_verbs,
               .name = "remote",
               .metavar = "VERB …",
               .help = "Work far away"});
    verbs.add({.flags = is_verb, .name = "gone", .is_hidden = true});
    verbs.add({.flags = is_verb | namespace_marker, .name = "remote"});
    verbs.add({.flags = is_verb | online_only | option_required,
               .name = "add",
               .metavar = "NAME",
               .help = "Add one",
               .scope = "of-add"});
    return tables;
}

} // namespace

TEST_CASE("sections of a manual page", "[options][document]") {
    CHECK(example().man() == R"page(
# VERBS

*list* [_FILE_]...
	List.

	Runs when no verb is given.

## Far

*remote* _VERB_ ...
	Work far away.

*remote add* _NAME_
	Add one.

	Does nothing in a chroot or offline.

	Needs an option.

# OPTIONS

*-h*, *--help*
	Show this help.

## Output

For *list* and *remote add*.

*--json*=_FORMAT_
	As JSON, a|b.

	- *pretty*: indented, for people
	- *short*
	- *off*: text instead

*-n* [_N_]
	How many.

	First paragraph, two lines.

	Second paragraph.

*-c*, *--color*[=_WHEN_]
	Use colors!

*--header*='_NAME: VALUE_'
	Send a\_header.

*-cc*
	Twice.

## Options of remote add

*--url*=_URL_
	Where it is.
)page");
}

TEST_CASE("a page of markdown", "[options][document]") {
    CHECK(example().markdown() == R"page(
# tool

Does &lt;things>.

`tool [OPTION…] VERB …`

## Verbs

| Verb | Meaning |
| --- | --- |
| <a id="verb-list"></a>`list [FILE]...` | List (runs when no verb is given) |

### Far

| Verb | Meaning |
| --- | --- |
| <a id="verb-remote"></a>`remote VERB …` | Work far away |
| <a id="verb-remote-add"></a>`remote add NAME` | Add one (does nothing in a chroot or offline) (needs an option) |

## Options

| Option | Meaning |
| --- | --- |
| <a id="opt-help"></a>`-h`, `--help` | Show this help |

### Output

For `list` and `remote add`.

| Option | Meaning |
| --- | --- |
| <a id="opt-json"></a>`--json=FORMAT` | As JSON, a\|b<br>`pretty`: indented, for people<br>`short`<br>`off`: text instead |
| <a id="opt--n"></a>`-n [N]` | How many<br>First paragraph, two lines.<br>Second paragraph. |
| <a id="opt-color"></a>`-c`, `--color[=WHEN]` | Use colors! |
| <a id="opt-header"></a>`--header='NAME: VALUE'` | Send a\_header |
| `-cc` | Twice |

### Options of remote add

| Option | Meaning |
| --- | --- |
| <a id="opt-remote-add.url"></a>`--url=URL` | Where it is |

See \*there\*.
)page");
}

TEST_CASE("a program without verbs has no section of verbs", "[options][document]") {
    Tables tables;
    tables.commands.add({.flags = is_command, .name = "cat", .metavar = "[FILE…]"});
    tables.options.add({.name = "all", .help = "All"});
    CHECK(tables.man() == "\n# OPTIONS\n\n*--all*\n\tAll.\n");
    CHECK(tables.markdown() == R"page(
# cat

`cat [FILE…]`

## Options

| Option | Meaning |
| --- | --- |
| <a id="opt-all"></a>`--all` | All |
)page");
    CHECK(Tables().man() == "\n");
    CHECK(Tables().markdown() == "\n");
}

TEST_CASE("the heading of the first group is not said twice", "[options][document]") {
    Tables tables;
    tables.options.add({.flags = group_marker, .name = "Options"});
    tables.options.add({.name = "all", .help = "All"});
    CHECK(tables.man() == "\n# OPTIONS\n\n*--all*\n\tAll.\n");
}

TEST_CASE("long texts of the manual are broken where no command can begin", "[options][document]") {
    Tables tables;
    std::string help;
    for (int i = 0; i < 12; i++) help += "words and .more - #of ";
    tables.options.add({.name = "all", .help = help + "all"});
    std::string man = tables.man();
    size_t lines = 0;
    for (size_t at = man.find('\n'); at + 1 < man.size(); at = man.find('\n', at + 1)) {
        lines++;
        CHECK((man[at + 1] != '\t' || (man[at + 2] >= 'a' && man[at + 2] <= 'z') ||
               man[at + 2] == 'W'));
        CHECK(man.find('\n', at + 1) - at <= 110);
    }
    CHECK(lines == 6);
}

TEST_CASE("hostile texts stay text in the manual", "[options][document]") {
    auto [help, expected] = GENERATE(table<std::string, std::string>({
        {".TH evil", "\t**.TH evil.\n"},
        {"# heading", "\t\\# heading.\n"},
        {"- item", "\t\\- item.\n"},
        {"; comment", "\t\\; comment.\n"},
        {"| table", "\t\\| table.\n"},
        {"[ table", "\t\\[ table.\n"},
        {"```", "\t\\`\\`\\`\n"},
        {"*b* _i_ \\fB ++", "\t\\*b\\* \\_i\\_ \\\\fB \\+\\+\n"},
        {"a\n# b", "\ta # b.\n"},
        {"\xff\x1b[1m", "\t\xef\xbf\xbd [1m.\n"},
        {" ", "\t\\ \n"},
    }));
    Tables tables;
    tables.options.add({.name = "x", .help = help});
    CHECK(tables.man() == "\n# OPTIONS\n\n*--x*\n" + expected);
}

TEST_CASE("headings have no backslashes, which nothing could escape", "[options][document]") {
    Tables tables;
    tables.options.add({.flags = group_marker, .name = "A\\fB\n.TH\xff"});
    tables.options.add({.name = "x", .help = "X"});
    CHECK(tables.man() == "\n# OPTIONS\n\n## A fB .TH \n\n*--x*\n\tX.\n");
}

TEST_CASE("hostile texts stay text in markdown", "[options][document]") {
    Tables tables;
    tables.commands.add({.flags = is_command, .name = "t"});
    tables.options.add(
        {.short_name = '|', .metavar = "`|`\n<b>", .help = "<b>|[a](b)\\`\n\xff", .type = "a`|b|"});
    std::string page = tables.markdown();
    CHECK(page.find("| <a id=\"opt--x7c\"></a>`-\\| '\\|' <b>` | &lt;b>\\|\\[a\\](b)\\\\\\` "
                    "\xef\xbf\xbd<br>`a'`<br>`b` |\n") != std::string::npos);
}
