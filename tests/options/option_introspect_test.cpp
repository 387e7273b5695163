// SPDX-License-Identifier: MIT
#include "options/option_builder.hpp"
#include "options/option_introspect.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

using namespace kindling::options;

namespace {

/// Tables of a program that has a bit of everything.
struct Tables {
    TableBuilder commands, options, verbs;

    Tables() {
        commands.add({.flags = is_command,
                      .name = "tool|tool-old",
                      .help = "Does things.\n\nMany.",
                      .type = "tool(1)|https://example.org/",
                      .details = "The end"});
    }
    Program program() const {
        Program program;
        program.commands = commands.table();
        program.options = {options.table()};
        program.verbs = verbs.table();
        return program;
    }
    std::string json(JsonLayout layout = JsonLayout::brief, const char* only = nullptr) const {
        TextSink text;
        write_introspection(text.sink(), program(), layout, only);
        return text.text();
    }
};

bool has(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) return true;
    UNSCOPED_INFO(part << "\nis not in\n" << text);
    return false;
}

} // namespace

TEST_CASE("a document without options has the command", "[options][introspect]") {
    CHECK(Tables().json() ==
          R"({"mediaType":"application/vnd.uapi-group.cli-introspection-0","commands":[)"
          R"({"type":"command","names":["tool","tool-old"],"abstract":["Does things.","Many."],)"
          R"x("postscript":["The end"],"documentation":["man:tool(1)","https://example.org/"],)x"
          R"("arguments":[]}]})"
          "\n");
}

TEST_CASE("the pretty layout is indented", "[options][introspect]") {
    Tables tables;
    tables.options.add({.short_name = 'h', .name = "help", .help = "Help"});
    CHECK(has(tables.json(JsonLayout::pretty), R"(
      "arguments": [
        {
          "type": "option",
          "names": [
            "-h",
            "--help"
          ],
          "argument": "no_argument",
          "help": "Help"
        }
      ]
    }
  ]
}
)"));
}

TEST_CASE("version and features are those of the program", "[options][introspect]") {
    Tables tables;
    Program program = tables.program();
    const char* const versions[] = {"1.2", "1"};
    const char* const features[] = {"+gzip"};
    program.project = "set";
    program.versions = versions;
    program.versions_count = 2;
    program.features = features;
    program.features_count = 1;
    TextSink text;
    write_introspection(text.sink(), program, JsonLayout::brief);
    CHECK(has(text.text(), R"("project":"set","version":["1.2","1"],"features":["+gzip"],)"));
}

TEST_CASE("an option tells its names, argument, group and values", "[options][introspect]") {
    Tables tables;
    tables.options.add({.flags = group_marker, .name = "Output", .scope = "list|remote add"});
    tables.options.add({.name = "json",
                        .metavar = "A B",
                        .help = "As JSON",
                        .type = "pretty:indented, for people|short",
                        .details = "More"});
    tables.options.add({.flags = optional_arg | repeatable,
                        .short_name = 'n',
                        .metavar = "N",
                        .help = "How many",
                        .type = "uint:1..9,"});
    tables.options.add({.flags = stops_parsing, .name = "exec", .help = "Run"});
    std::string json = tables.json();
    CHECK(has(json, R"({"type":"option","names":["--json"],"argument":"required_argument",)"
                    R"("value_name":"A B","help":"As JSON","sections":["Output"],"details":"More",)"
                    R"("verbs":["list","remote add"],"valueType":"choice","values":[)"
                    R"({"type":"value","value":"pretty","help":"indented, for people"},)"
                    R"({"type":"value","value":"short"}]})"));
    CHECK(has(json, R"("names":["-n"],"argument":"optional_argument","value_name":"N",)"
                    R"("help":"How many","sections":["Output"],"verbs":["list","remote add"],)"
                    R"("isRepeatable":true,"valueType":"uint:1..9","isList":true})"));
    CHECK(has(json, R"("names":["--exec"],"argument":"no_argument","help":"Run",)"
                    R"("sections":["Output"],"verbs":["list","remote add"],"stopsParsing":true})"));
}

TEST_CASE("values are categories, truths or what a program prints", "[options][introspect]") {
    auto [type, values] = GENERATE(table<std::string, std::string>({
        {"dir", R"([{"type":"value","category":"dir"}])"},
        {"file:exists", R"([{"type":"value","category":"file"}])"},
        {"user", R"([{"type":"value","category":"username"}])"},
        {"group", R"([{"type":"value","category":"groupname"}])"},
        {"host", R"([{"type":"value","category":"hostname"}])"},
        {"dynamic:entries", R"([{"type":"value","dynamic":"tool --complete-values=entries"}])"},
        {"bool", R"([{"type":"value","value":"yes"},{"type":"value","value":"no"}])"},
        {"tristate", R"([{"type":"value","value":"yes"},{"type":"value","value":"no"},)"
                     R"({"type":"value","value":"auto"}])"},
    }));
    Tables tables;
    tables.options.add({.name = "x", .metavar = "X", .help = "X", .type = type});
    CHECK(has(tables.json(), R"("valueType":")" + type + R"(","values":)" + values + "}"));
}

TEST_CASE("hidden options and aliases are told without help, markers are not",
          "[options][introspect]") {
    Tables tables;
    tables.options.add({.name = "new", .metavar = "FILE", .help = "New", .type = "size"});
    tables.options.add({.name = "secret", .is_hidden = true});
    tables.options.add({.flags = is_alias | is_deprecated,
                        .name = "old",
                        .is_hidden = true,
                        .scope = "new",
                        .details = "use --new"});
    tables.options.add({.flags = help_entry_verbatim, .name = "-RR", .help = "Twice"});
    tables.options.add({.flags = help_entry, .name = "row", .help = "Row"});
    tables.options.add({.flags = positional_entry, .name = "(positional)", .is_hidden = true});
    std::string json = tables.json();
    CHECK(has(json, R"({"type":"option","names":["--secret"],"argument":"no_argument"})"));
    CHECK(has(json, R"({"type":"option","names":["--old"],"argument":"required_argument",)"
                    R"("value_name":"FILE","details":"use --new","isDeprecated":true,)"
                    R"("aliasOf":"--new","valueType":"size"})"));
    for (const char* absent : {"-RR", "Twice", "row", "positional\""})
        CHECK(json.find(absent) == std::string::npos);
}

TEST_CASE("verbs are commands, with what belongs to them below", "[options][introspect]") {
    Tables tables;
    tables.options.add({.name = "all", .help = "All"});
    tables.options.add({.flags = namespace_marker, .name = "of-add"});
    tables.options.add({.name = "url", .help = "URL"});
    tables.verbs.add({.flags = is_verb | default_verb, .name = "list", .help = "List"});
    tables.verbs.add({.flags = group_marker, .name = "Far"});
    tables.verbs.add({.flags = is_verb | has_verbs,
                      .name = "remote",
                      .metavar = "VERB ...",
                      .help = "Remote",
                      .count_min = 1,
                      .count_max = count_unlimited});
    tables.verbs.add({.flags = is_alias | is_verb,
                      .name = "r",
                      .is_hidden = true,
                      .scope = "remote",
                      .count_max = count_unlimited});
    tables.verbs.add({.flags = is_verb | namespace_marker, .name = "remote"});
    tables.verbs.add({.flags = is_verb | online_only | option_required,
                      .name = "add",
                      .metavar = "NAME [URL]...",
                      .help = "Add",
                      .type = "text;host",
                      .scope = "of-add",
                      .count_min = 1,
                      .count_max = count_unlimited});
    std::string json = tables.json();
    CHECK(has(json, R"({"type":"option","names":["--all"],"argument":"no_argument","help":"All"},)"
                    R"({"type":"command","names":["list"],"help":"List","isDefault":true,)"
                    R"("minArguments":1,"maxArguments":1,"arguments":[]},)"));
    CHECK(has(json, R"({"type":"command","names":["remote","r"],"help":"Remote",)"
                    R"("sections":["Far"],"minArguments":2,"synopsis":["VERB ..."],"arguments":[)"
                    R"({"type":"command","names":["add"],"help":"Add","isOnlineOnly":true,)"
                    R"("isOptionRequired":true,"minArguments":2,)"
                    R"("synopsis":["NAME [URL]..."],"arguments":[)"
                    R"({"type":"option","names":["--url"],"argument":"no_argument","help":"URL"},)"
                    R"({"type":"argument","name":"NAME","argument":"required_argument",)"
                    R"("valueType":"text"},)"
                    R"({"type":"argument","name":"URL","argument":"optional_argument",)"
                    R"("isRepeatable":true,"valueType":"host","values":[)"
                    R"({"type":"value","category":"hostname"}]}]}]}]}]})"));
}

TEST_CASE("a deprecated verb says so and what to do", "[options][introspect]") {
    Tables tables;
    tables.verbs.add({.flags = is_verb, .name = "list", .help = "List"});
    tables.verbs.add({.flags = is_verb | is_alias | is_deprecated,
                      .name = "ls",
                      .is_hidden = true,
                      .scope = "list",
                      .details = "use list"});
    CHECK(has(tables.json(), R"({"type":"command","names":["ls"],"details":"use list",)"
                             R"("isDeprecated":true,"aliasOf":"list"}]}]})"));
}

TEST_CASE("words of a synopsis are optional, repeated, or no words at all", "[options][program]") {
    auto [synopsis, expected] = GENERATE(table<std::string, std::string>({
        {"FILE", "FILE"},
        {"[FILE]", "FILE?"},
        {"DIRECTORY ARCHIVE…", "DIRECTORY ARCHIVE*"},
        {"NAME [VALUE]...", "NAME VALUE?*"},
        {"[FROM TO]", "FROM? TO?"},
        {"[FROM [TO]] LAST", "FROM? TO? LAST"},
        {"[OPTION…] [--all] FILE ...", "FILE*"},
        {"[VALUE...]", "VALUE?*"},
        {"[USER@]HOST", "[USER@]HOST"},
        {"NAME|UUID", "NAME|UUID"},
        {"... ]]] [ [[", ""},
        {"", ""},
    }));
    TableBuilder verbs;
    verbs.add({.flags = is_verb, .name = "v", .metavar = synopsis, .count_min = 9, .count_max = 9});
    Positionals words{Option(verbs.table().first)};
    std::string text;
    for (Positional word; words.next(word);) {
        if (!text.empty()) text += ' ';
        text += std::string(word.name.data(), word.name.size());
        if (word.is_optional) text += '?';
        if (word.is_repeatable) text += '*';
    }
    CHECK(text == expected);
}

TEST_CASE("words behind the fewest that a verb needs are optional", "[options][introspect]") {
    Tables tables;
    tables.verbs.add({.flags = is_verb,
                      .name = "v",
                      .metavar = "A B",
                      .help = "V",
                      .count_min = 1,
                      .count_max = 2});
    CHECK(has(tables.json(), R"({"type":"argument","name":"A","argument":"required_argument"},)"
                             R"({"type":"argument","name":"B","argument":"optional_argument"})"));
}

TEST_CASE("a command without verbs has the words of its synopsis", "[options][introspect]") {
    Tables tables;
    tables.commands = {};
    tables.commands.add({.flags = is_command,
                         .name = "cat",
                         .metavar = "[OPTION…] [FILE…]",
                         .help = "Concatenate",
                         .type = "cat(1)"});
    CHECK(has(tables.json(), R"("synopsis":["[OPTION…] [FILE…]"],"arguments":[)"
                             R"({"type":"argument","name":"FILE","argument":"optional_argument",)"
                             R"("isRepeatable":true}]})"));
}

TEST_CASE("words of a command have the type that was declared", "[options][introspect]") {
    Tables tables;
    tables.commands = {};
    tables.commands.add({.flags = is_command, .name = "cp", .metavar = "FROM TO"});
    tables.options.add({.flags = positional_entry,
                        .name = "(positional)",
                        .metavar = "FILE",
                        .is_hidden = true,
                        .type = "file"});
    std::string file = R"("valueType":"file","values":[{"type":"value","category":"file"}]})";
    CHECK(has(tables.json(), R"({"type":"argument","name":"FROM","argument":"required_argument",)" +
                                 file + R"(,{"type":"argument","name":"TO",)" +
                                 R"("argument":"required_argument",)" + file));
    tables.commands = {};
    tables.commands.add({.flags = is_command, .name = "cat"});
    CHECK(has(tables.json(), R"("arguments":[{"type":"argument","name":"FILE",)"
                             R"("argument":"optional_argument","isRepeatable":true,)" +
                                 file + "]"));
}

TEST_CASE("each command has the options of its namespace", "[options][introspect]") {
    Tables tables;
    tables.commands.add({.flags = is_command, .name = "other", .help = "Other", .scope = "space"});
    tables.options.add({.name = "first", .help = "First"});
    tables.options.add({.flags = namespace_marker, .name = "space"});
    tables.options.add({.name = "second", .help = "Second"});
    std::string both = tables.json(), other = tables.json(JsonLayout::brief, "other");
    CHECK(both.find("--first") < both.find("\"other\""));
    CHECK(both.find("--second") > both.find("\"other\""));
    CHECK(other.find("--first") == std::string::npos);
    CHECK(other.find("--second") != std::string::npos);
    CHECK(has(tables.json(JsonLayout::brief, "none"), R"("commands":[]})"));
}

TEST_CASE("the options of a file are where most of them are", "[options][program]") {
    TableBuilder options;
    options.add({.name = "stray", .help = "Stray"});
    options.add({.flags = namespace_marker, .name = "named"});
    for (const char* name : {"a", "b", "c"}) options.add({.name = name, .help = "Named"});
    CHECK(main_scope({}).name_space.id() == 0);
    CHECK(main_scope(options.table()).name_space.id() == 0);
    // The same records as those of a loop.
    constexpr uint32_t loop = namespace_of_loop("file", "function", 1);
    Table table = options.table();
    std::vector<unsigned char> bytes(table.first, table.end);
    for (size_t at = 0; at < bytes.size(); at += Option(&bytes[at]).record_size_bytes())
        if (auto* header = reinterpret_cast<RecordHeader*>(&bytes[at]); header->name_space)
            header->name_space = loop;
    Table patched{bytes.data(), bytes.data() + bytes.size()};
    CHECK(main_scope(patched).name_space.id() == loop);
}

TEST_CASE("hostile texts stay text", "[options][introspect]") {
    Tables tables;
    tables.options.add({.name = "x",
                        .metavar = "\"},{\"",
                        .help = "a\xff\\\n\x1b[31m\x7f\xc2\x9b",
                        .type = "a:\"\xc3|b"});
    CHECK(has(tables.json(), "\"value_name\":\"\\\"},{\\\"\",\"help\":\"a\xef\xbf\xbd\\\\\\n"
                             "\\u001b[31m\\u007f\\u009b\""));
    CHECK(has(tables.json(), "\"value\":\"a\",\"help\":\"\\\"\xef\xbf\xbd\"}"));
}

TEST_CASE("verbs below themselves end somewhere", "[options][introspect]") {
    // All verbs in one namespace, as if the hashes of all paths were the same.
    TableBuilder builder;
    for (const char* name : {"a", "b", "c"})
        builder.add({.flags = is_verb | has_verbs, .name = name, .help = "Deeper"});
    Tables tables;
    tables.verbs = builder;
    std::string path;
    for (int depth = 0; depth < 20; depth++) {
        path += depth ? " a" : "a";
        tables.verbs.add({.flags = is_verb | namespace_marker, .name = path});
        tables.verbs.add({.flags = is_verb | has_verbs, .name = "a", .help = "Deeper"});
    }
    std::string json = tables.json();
    size_t count = 0;
    for (size_t at = json.find("minArguments"); at != std::string::npos;
         at = json.find("minArguments", at + 1))
        count++;
    CHECK(count == 17); // Three, and fourteen below the first.
}

TEST_CASE("the verb that prints values is asked for them if there is one",
          "[options][introspect]") {
    Tables tables;
    tables.options.add({.name = "x", .metavar = "X", .help = "X", .type = "dynamic:entries"});
    tables.verbs.add({.flags = is_verb, .name = "complete-values", .is_hidden = true});
    CHECK(has(tables.json(), R"("dynamic":"tool complete-values entries")"));
}
