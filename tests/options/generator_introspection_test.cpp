// SPDX-License-Identifier: MIT
#include "options/generator_introspection.hpp"
#include "options/option_introspect.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

using namespace kindling::options;

namespace {

const std::string media = R"("mediaType":"application/vnd.uapi-group.cli-introspection-0")";

/// A document of one command that is called "tool" and has these members besides.
std::string document(const std::string& members) {
    return "{" + media + R"(,"commands":[{"type":"command","names":["tool"])" +
           (members.empty() ? "" : ",") + members + "}]}";
}

std::string json_of(const DescribedProgram& program) {
    TextSink text;
    Introspection json(text.sink(), JsonLayout::brief);
    for (const DescribedCommand& command : program.commands)
        json.add(DescribedView(command).program);
    json.finish();
    return text.text();
}

struct Outcome {
    std::string json;
    std::vector<std::string> warnings;
    JsonProblem problem;
};

Outcome read(const std::string& text) {
    DescribedProgram program;
    Outcome outcome;
    outcome.problem = read_introspection(text, program);
    for (const JsonProblem& each : program.warnings) outcome.warnings.push_back(each.what);
    if (!outcome.problem) outcome.json = json_of(program);
    return outcome;
}

/// The arguments that are written for a document with these members; or what is wrong.
std::string arguments_of(const std::string& members) {
    Outcome outcome = read(document(members));
    if (outcome.problem) return outcome.problem.what;
    std::string start = R"("arguments":)";
    size_t at = outcome.json.find(start);
    size_t end = outcome.json.rfind("}]}");
    return outcome.json.substr(at + start.size(), end - at - start.size());
}

std::string option_of(const std::string& members) {
    return arguments_of(R"("arguments":[{"type":"option",)" + members + "}]");
}

} // namespace

TEST_CASE("what we write is read and written the same", "[options][generator]") {
    const std::string members =
        R"("project":"p","version":["1","2"],"features":["+a"],"abstract":["A.","B."],)"
        R"x("postscript":["C"],"documentation":["man:tool(1)","https://example.org/"],)x"
        R"("synopsis":["[OPTION…] VERB …"],"arguments":[)"
        R"({"type":"option","names":["-h","--help"],"argument":"no_argument","help":"Help"},)"
        R"({"type":"option","names":["--secret"],"argument":"no_argument"},)"
        R"({"type":"option","names":["--json"],"argument":"optional_argument","value_name":"A B",)"
        R"("help":"As JSON","sections":["Out"],"details":"More","verbs":["list","r add"],)"
        R"("isRepeatable":true,"valueType":"choice","isList":true,"values":[)"
        R"({"type":"value","value":"a","help":"x"},{"type":"value","value":"b"}]},)"
        R"({"type":"option","names":["--old"],"argument":"optional_argument","value_name":"A B",)"
        R"("sections":["Out"],"details":"use --json","isDeprecated":true,"aliasOf":"--json",)"
        R"("verbs":["list","r add"],"isRepeatable":true,"valueType":"choice","isList":true,)"
        R"("values":[{"type":"value","value":"a","help":"x"},{"type":"value","value":"b"}]},)"
        R"({"type":"option","names":["-e"],"argument":"no_argument","help":"Run",)"
        R"("sections":["More"],"stopsParsing":true},)"
        R"({"type":"option","names":["--n"],"argument":"required_argument","help":"N",)"
        R"("sections":["More"],"valueType":"uint:0..9"},)"
        R"({"type":"command","names":["list","ls"],"help":"List","isDefault":true,)"
        R"("minArguments":1,"maxArguments":3,"synopsis":["[FILE] [DIR]"],"arguments":[)"
        R"({"type":"argument","name":"FILE","argument":"optional_argument","valueType":"file",)"
        R"("values":[{"type":"value","category":"file"}]},)"
        R"({"type":"argument","name":"DIR","argument":"optional_argument","valueType":"dynamic:x",)"
        R"("values":[{"type":"value","dynamic":"tool --complete-values=x"}]}]},)"
        R"({"type":"command","names":["l"],"details":"use list","isDeprecated":true,)"
        R"("aliasOf":"list"},)"
        R"({"type":"command","names":["r"],"help":"R","sections":["Far"],"minArguments":2,)"
        R"("synopsis":["VERB ..."],"arguments":[)"
        R"({"type":"command","names":["add"],"help":"Add","isOnlineOnly":true,)"
        R"("isOptionRequired":true,"minArguments":2,"maxArguments":2,)"
        R"("synopsis":["NAME"],"arguments":[)"
        R"({"type":"option","names":["--url"],"argument":"no_argument","help":"U",)"
        R"("sections":["Own"]},)"
        R"({"type":"argument","name":"NAME","argument":"required_argument"}]}]}])";
    Outcome outcome = read(document(members));
    CHECK(outcome.problem.what == "");
    CHECK(outcome.warnings.empty());
    CHECK(outcome.json == document(members) + "\n");
}

TEST_CASE("the shape before is read as well", "[options][generator]") {
    Outcome outcome = read(
        R"({"mediaType":"application/vnd.io.systemd.cli-introspection-0","commands":[{)"
        R"("names":["tool"],"version":"262","abstract":["Does."],"footer":["End"],"options":[)"
        R"({"names":["-a","--all"],"argument":"required_argument","metavar":"ID","help":"All",)"
        R"("group":"Some"},{"names":["-x"],"argument":"no_argument","help":"X","group":null}],)"
        R"("verbs":[{"names":["show"],"abstract":["Show"],"minArguments":2,"isDefault":true}]}]})");
    CHECK(outcome.problem.what == "");
    CHECK(outcome.warnings.empty());
    CHECK(outcome.json ==
          "{" + media +
              R"(,"commands":[{"type":"command","names":["tool"],"version":["262"],)"
              R"("abstract":["Does."],"postscript":["End"],"arguments":[)"
              R"({"type":"option","names":["-x"],"argument":"no_argument","help":"X"},)"
              R"({"type":"option","names":["-a","--all"],"argument":"required_argument",)"
              R"("value_name":"ID","help":"All","sections":["Some"]},)"
              R"({"type":"command","names":["show"],"help":"Show","isDefault":true,)"
              R"("minArguments":2,"arguments":[]}]}]})"
              "\n");
}

TEST_CASE("each command of a document has tables of its own", "[options][generator]") {
    Outcome outcome = read("{" + media +
                           R"(,"commands":[{"names":["a"],"verbs":[{"names":["v"],"help":"V"}]},)"
                           R"({"names":["b"],"options":[{"names":["-v"],"help":"V"}]}]})");
    CHECK(outcome.json.find(R"("names":["b"],"arguments":[{"type":"option","names":["-v"],)"
                            R"("argument":"no_argument","help":"V"}]}]})") != std::string::npos);
}

TEST_CASE("more names of an option become aliases", "[options][generator]") {
    CHECK(option_of(R"("names":["-a","-b","--all","--every"],"help":"All")") ==
          R"([{"type":"option","names":["-a","--all"],"argument":"no_argument","help":"All"},)"
          R"({"type":"option","names":["--every"],"argument":"no_argument","aliasOf":"--all"},)"
          R"({"type":"option","names":["-b"],"argument":"no_argument","aliasOf":"--all"}])");
}

TEST_CASE("an alias of nothing is an option", "[options][generator]") {
    CHECK(option_of(R"("names":["--a"],"aliasOf":"--b","argument":"no_argument")") ==
          R"([{"type":"option","names":["--a"],"argument":"no_argument"}])");
    CHECK(option_of(R"("names":["--a"],"aliasOf":"--a","argument":"no_argument")") ==
          R"([{"type":"option","names":["--a"],"argument":"no_argument"}])");
}

TEST_CASE("words of a verb that says no numbers are counted", "[options][generator]") {
    auto [words, expected] = GENERATE(table<std::string, std::string>({
        {R"({"type":"argument","name":"A B","argument":"required_argument"})",
         R"("minArguments":2,"maxArguments":2,"synopsis":["A-B"])"},
        {R"({"type":"argument","name":"a","value_name":"A","argument":"required_argument"},)"
         R"({"type":"argument","name":"B","argument":"optional_argument"})",
         R"("minArguments":2,"maxArguments":3,"synopsis":["A [B]"])"},
        {R"({"type":"argument","name":"A","argument":"optional_argument","isRepeatable":true})",
         R"("minArguments":1,"synopsis":["[A...]"])"},
        {"", R"("minArguments":1,"arguments":[])"},
    }));
    std::string verb = arguments_of(
        R"("arguments":[{"type":"command","names":["v"],"help":"V","arguments":[)" + words + "]}]");
    INFO(verb);
    CHECK(verb.find(expected) != std::string::npos);
}

TEST_CASE("words of a command without verbs are read and written the same",
          "[options][generator]") {
    auto members = GENERATE(
        as<std::string>{},
        R"("arguments":[{"type":"argument","name":"A B","argument":"optional_argument",)"
        R"("isRepeatable":true,"valueType":"uint"}])",
        R"("arguments":[{"type":"argument","name":"A","argument":"optional_argument",)"
        R"("isRepeatable":true}])",
        R"("synopsis":["FROM [TO]"],"arguments":[{"type":"argument","name":"FROM",)"
        R"("argument":"required_argument","valueType":"uint"},{"type":"argument","name":"TO",)"
        R"("argument":"optional_argument","valueType":"uint"}])");
    Outcome outcome = read(document(members));
    CHECK(outcome.json == document(members) + "\n");
}

TEST_CASE("scripts find the type of each word of a command", "[options][generator]") {
    auto [types, expected, warnings] = GENERATE(table<Words, std::string, size_t>({
        {{"", ""}, "", 0},
        {{"uint", "uint"}, "uint", 0},
        {{"", "file", "dir"}, "text;file;dir", 0},
        {{"int:0..5", ""}, "int:0..5;text", 0},
        {{std::string(4000, 'x'), std::string(4000, 'y')}, "", 1},
    }));
    std::string words;
    for (const std::string& type : types)
        words += (words.empty() ? "" : ",") +
                 (R"({"type":"argument","name":"A","valueType":")" + type + "\"}");
    DescribedProgram program;
    REQUIRE_FALSE(read_introspection(document("\"arguments\":[" + words + "]"), program));
    DescribedView view(program.commands[0]);
    Option found = positional_of(view.program.options);
    CHECK(std::string(found ? found.type().data() : "") == expected);
    CHECK(program.warnings.size() == warnings);
}

TEST_CASE("values become what a table can hold", "[options][generator]") {
    auto [values, expected, warnings] = GENERATE(table<std::string, std::string, size_t>({
        {R"({"category":"hostname"})", R"("valueType":"host")", 0},
        {R"({"category":"uid"})", R"("valueType":"uint"})", 0},
        {R"({"category":"planet"})", R"("help":"X"})", 1},
        {R"({"value":"one"})", R"("values":[{"type":"value","value":"one"}])", 0},
        {R"({"value":"a,"})", R"("values":[{"type":"value","value":"a,"}])", 0},
        {R"({"value":"a|b","help":"c|d"},{"value":"e","help":"f|g,"})",
         R"("values":[{"type":"value","value":"e","help":"f/g,"}])", 1},
        {R"({"missing":true},{"value":"a"},{"value":"b","default":true})",
         R"([{"type":"value","value":"a"},{"type":"value","value":"b"}])", 0},
        {R"({"value":"a"},{"category":"file"})", R"([{"type":"value","value":"a"}])", 1},
        {R"({"category":"file"},{"category":"dir"})", R"("valueType":"dir")", 1},
        {R"({"dynamic":"tool complete-values what"})", R"("valueType":"dynamic:what")", 0},
        {R"x({"dynamic":"tool --complete-values=$(reboot)"})x", R"("help":"X"})", 1},
        {R"({"dynamic":"other list"})", R"("help":"X"})", 1},
    }));
    Outcome outcome = read(
        document(R"("arguments":[{"type":"option","names":["--x"],"argument":"required_argument",)"
                 R"("help":"X","values":[)" +
                 values + "]}]"));
    INFO(outcome.json);
    CHECK(outcome.json.find(expected) != std::string::npos);
    CHECK(outcome.warnings.size() == warnings);
}

TEST_CASE("a verb with verbs does nothing that could be left out", "[options][generator]") {
    auto key = GENERATE(as<std::string>{}, "isOnlineOnly", "isOptionRequired");
    Outcome outcome = read(
        document(R"("verbs":[{"names":["v"],")" + key + R"(":true,"verbs":[{"names":["w"]}]}])"));
    CHECK(outcome.warnings ==
          std::vector<std::string>{"\"" + key + "\" is left out of a verb with verbs"});
    CHECK(outcome.json.find(key) == std::string::npos);
}

TEST_CASE("names that a table cannot hold are left out with a warning", "[options][generator]") {
    auto [name, expected] = GENERATE(table<std::string, std::string>({
        {"--a b", "the name 'a b' has characters that names do not have, it is left out"},
        {"--a;reboot", "the name 'a;reboot' has characters that names do not have, it is left out"},
        {"--$(x)", "the name '$(x)' has characters that names do not have, it is left out"},
        {"--", "the name '' has characters that names do not have, it is left out"},
        {"--kept", "the name 'kept' is described twice, it is left out"},
        {"-name", "the name '-name' is no name of an option, it is left out"},
        {"name", "the name 'name' is no name of an option, it is left out"},
        {"-=", "the name '-=' is left out"},
        {"--" + std::string(49, 'a'),
         "the name '" + std::string(49, 'a') + "' is too long, it is left out"},
    }));
    Outcome outcome = read(document(R"("options":[{"names":["--kept"]},{"names":[")" + name +
                                    R"("],"argument":"no_argument"}])"));
    CHECK(outcome.warnings == std::vector<std::string>{expected});
    CHECK(outcome.json.find(R"("arguments":[{"type":"option","names":["--kept"],)"
                            R"("argument":"no_argument"}]}]})") != std::string::npos);
}

TEST_CASE("documents that contradict the specification are refused", "[options][generator]") {
    auto [text, what] = GENERATE(table<std::string, std::string>({
        {"{}", "has no \"mediaType\", so it describes no program"},
        {R"({"mediaType":"text/html"})", "has the \"mediaType\" 'text/html', which is not known"},
        {R"({"mediaType":1})", "\"mediaType\" is not a text"},
        {"{" + media + "}", "describes no commands"},
        {"{" + media + R"(,"commands":[]})", "describes no commands"},
        {"{" + media + R"(,"commands":[1]})", "\"commands\" has an item that is no object"},
        {"{" + media + R"(,"commands":[{}]})", "a command has no names"},
        {"{" + media + R"(,"commands":[{"names":["a b"]}]})",
         "a command has the name 'a b', which no command can have"},
        {document(R"("version":3)"), "\"version\" is not an array of texts"},
        {document(R"("version":[3])"), "\"version\" has an item that is no text"},
        {document(R"("arguments":[{}])"), "an item of \"arguments\" has no \"type\""},
        {document(R"("arguments":[{"type":"option"}])"), "an option has no names"},
        {document(R"("options":[{"names":["-a"],"argument":"many"}])"),
         "\"argument\" is 'many', not no_argument, required_argument or optional_argument"},
        {document(R"("verbs":[{}])"), "a verb has no names"},
        {document(R"("verbs":[{"names":["v"],"minArguments":-1}])"),
         "\"minArguments\" is not a whole number from 0 to 65536"},
        {document(R"("verbs":[{"names":["v"],"minArguments":1.5}])"),
         "\"minArguments\" is not a whole number from 0 to 65536"},
        {document(R"("verbs":[{"names":["v"],"minArguments":3,"maxArguments":2}])"),
         "\"minArguments\" is above \"maxArguments\""},
        {document(R"("options":[{"names":["-a"],"isRepeatable":1}])"),
         "\"isRepeatable\" is not true or false"},
        {document(R"("abstract":")" + std::string(8001, 'x') + '"'),
         "\"abstract\" is longer than 8000 bytes"},
        {document(R"("options":[{"names":["-a"],"group":")" + std::string(256, 'x') + "\"}]"),
         "a section is longer than 255 bytes"},
        {"[]", "is no object that describes a program"},
        {R"({"a":1,"b":{"a":1},"a":2})", "has the key \"a\" twice in one object"},
        {"{\"a\":\"\\u0000\"}", "has a NUL in a text"},
    }));
    CHECK(read(text).problem.what == what);
}

TEST_CASE("a mistake is told with its place", "[options][generator]") {
    std::string text = document(R"("options":[{"names":["-a"],"isRepeatable":1}])");
    size_t where = read(text).problem.where;
    CHECK(where >= text.find("Repeatable\":") + 12);
    CHECK(where <= text.size() - 4);
    CHECK(read("{\"a\":x}").problem.where == 6);
}

TEST_CASE("a document that was cut is refused wherever it was", "[options][generator]") {
    std::string text = document(
        R"("arguments":[{"type":"option","names":["-h","--help"],"help":"Héllo\n\u00e9"}])");
    for (size_t size = 0; size < text.size(); size++)
        if (!read(text.substr(0, size)).problem) FAIL(size);
    CHECK_FALSE(read(text).problem);
    CHECK(read(text + "x").problem);
}

TEST_CASE("documents have limits", "[options][generator]") {
    SECTION("levels of JSON") {
        std::string text(100'000, '[');
        CHECK(read(text).problem.what == "is more than 64 levels deep");
    }
    SECTION("values") {
        std::string text = "[0";
        for (int i = 0; i < 200'000; i++) text += ",0";
        CHECK(read(text + "]").problem.what == "has more than 200000 values");
    }
    SECTION("members") {
        std::string text = "{";
        for (int i = 0; i <= 1000; i++) text += "\"" + std::to_string(i) + "\":0,";
        CHECK(read(text).problem.what == "has an object of more than 1000 members");
    }
    SECTION("bytes") {
        CHECK(read(std::string((16 << 20) + 1, ' ')).problem.what == "is larger than 16 MiB");
    }
    SECTION("options") {
        std::string text;
        for (int i = 0; i < 2049; i++)
            text += (i ? "," : "") + ("{\"names\":[\"--o" + std::to_string(i) + "\"]}");
        CHECK(read(document("\"options\":[" + text + "]")).problem.what ==
              "a command has more than 2048 options and verbs");
    }
}

TEST_CASE("verbs may be fifteen levels deep", "[options][generator]") {
    std::string verbs;
    for (int depth = 0; depth < 15; depth++)
        verbs = R"("verbs":[{"names":["v"],"help":"V")" + (verbs.empty() ? "" : "," + verbs) + "}]";
    CHECK_FALSE(read(document(verbs)).problem);
    CHECK(read(document(R"("verbs":[{"names":["v"],)" + verbs + "}]")).problem.what ==
          "verbs are more than 15 levels deep");
}
