// SPDX-License-Identifier: MIT
#include "options/generator_introspection.hpp"
#include "options/generator_shape.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

#include <fstream>
#include <iterator>

using namespace kindling::options;

namespace {

const std::string media = R"("mediaType":"application/vnd.uapi-group.cli-introspection-0")";

/// A document of one command that is called "tool" and has these members besides.
std::string document(const std::string& members) {
    return "{" + media + R"(,"commands":[{"type":"command","names":["tool"],)" + members + "}]}";
}

struct Outcome {
    std::string json;
    std::vector<std::string> warnings;
    JsonProblem problem;
};

Outcome shape(const std::string& text, JsonLayout layout = JsonLayout::brief) {
    Outcome outcome;
    JsonValue root;
    REQUIRE_FALSE(parse_json(text, root));
    DescribedProgram program;
    REQUIRE(read_introspection(root, program).what == "");
    std::vector<JsonProblem> warnings;
    outcome.problem = bring_into_shape(root, warnings);
    for (const JsonProblem& each : warnings) outcome.warnings.push_back(each.what);
    TextSink sink;
    write_json_value(sink.sink(), root, layout);
    outcome.json = sink.text();
    return outcome;
}

/// What becomes of a command with these members; without what `document` puts around them.
std::string command_of(const std::string& members) {
    Outcome outcome = shape(document(members));
    CHECK(outcome.problem.what == "");
    CHECK(outcome.warnings.empty());
    CHECK(shape(outcome.json).json == outcome.json);
    std::string start = document("");
    start.resize(start.size() - 3);
    CHECK(outcome.json.starts_with(start));
    return outcome.json.substr(start.size(), outcome.json.size() - start.size() - 4);
}

std::string option_of(const std::string& members) {
    std::string command = command_of(R"("options":[{)" + members + "}]");
    std::string start = R"("arguments":[{"type":"option",)";
    REQUIRE(command.starts_with(start));
    return command.substr(start.size(), command.size() - start.size() - 2);
}

std::string corpus(const std::string& name) {
    std::ifstream file(KINDLING_TEST_DATA "/../fuzz/corpus/introspection/" + name,
                       std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("a document in the present shape stays as it is", "[options][generator]") {
    std::string text = corpus("draft.json");
    Outcome outcome = shape(text);
    CHECK(outcome.warnings.empty());
    JsonValue root;
    REQUIRE_FALSE(parse_json(text, root));
    for (JsonLayout layout : {JsonLayout::brief, JsonLayout::pretty}) {
        TextSink sink;
        write_json_value(sink.sink(), root, layout);
        CHECK(shape(text, layout).json == sink.text());
        CHECK(shape(sink.text(), layout).json == sink.text());
    }
}

TEST_CASE("members that are not known stay, and in order", "[options][generator]") {
    auto members = GENERATE(
        as<std::string>{},
        R"("z":[1,-2,0,1.50,1e3,18446744073709551616,-9223372036854775809,true,false,null],)"
        R"("arguments":[],"a":{"b":[],"c":{},"":""},"d":"\u0007\u007f\u009f\n\t\"\\/é")",
        R"("arguments":[{"type":"option","x":null,"names":["-a"],"y":[null],)"
        R"("argument":"no_argument","z":{"group":"G","metavar":"M","names":5}}])",
        R"("arguments":[{"type":"argument","x":1,"name":"A","metavar":"M","group":"G"}])",
        R"("arguments":[{"type":"option","names":["-a"],"argument":"required_argument",)"
        R"("values":[{"type":"planet","x":1},{"x":2,"type":"value","category":"planet"}]}])",
        R"("arguments":[{"type":"planet","group":"G","options":[{}],"values":[{}]}])",
        R"("arguments":[{"type":"command","names":["v"],"x":{},"isDefault":false,"arguments":[]}])");
    CHECK(command_of(members) == members);
}

TEST_CASE("what tables cannot hold is in the document", "[options][generator]") {
    auto members = GENERATE(
        as<std::string>{},
        R"("names":["-a","-b","--all","--every","-name"],"argument":"no_argument")",
        R"("names":["--)" + std::string(300, 'a') + R"("],"argument":"no_argument")",
        R"("names":["--a"],"argument":"required_argument","sections":["A","B"])",
        R"("names":["--a"],"argument":"required_argument","valueType":"a|b")",
        R"("names":["--a"],"argument":"required_argument","values":[)"
        R"({"type":"value","value":"x|y:z","default":true,"isDeprecated":true},)"
        R"({"type":"value","category":"uid"},{"type":"value","category":"gid"},)"
        R"x({"type":"value","dynamic":"other $(list)"},{"type":"value","missing":true}])x");
    CHECK(option_of(members) == members);
}

TEST_CASE("old keys get their present names", "[options][generator]") {
    auto [before, now] = GENERATE(table<std::string, std::string>({
        {R"("argument":"required_argument","metavar":"A B","x":1)",
         R"("argument":"required_argument","value_name":"A B","x":1)"},
        {R"("group":"G","argument":"no_argument")", R"("sections":["G"],"argument":"no_argument")"},
        {R"("argument":"no_argument","sections":"S","help":null,"verbs":"v")",
         R"("argument":"no_argument","sections":["S"],"verbs":["v"])"},
        {R"("metavar":"M")", R"("argument":"required_argument","value_name":"M")"},
        {R"("argument":"","help":"H")", R"("argument":"no_argument","help":"H")"},
        {R"("argument":null)", R"("argument":"no_argument")"},
        // Both keys.
        {R"("argument":"no_argument","metavar":"M","value_name":"M","group":"S","sections":["S"])",
         R"("argument":"no_argument","value_name":"M","sections":["S"])"},
        {R"("argument":"no_argument","metavar":"M","value_name":"N","group":"S","sections":["T"])",
         R"("argument":"no_argument","metavar":"M","value_name":"N","group":"S","sections":["T"])"},
        {R"("argument":"no_argument","metavar":"","value_name":"N","group":"","sections":["T"])",
         R"("argument":"no_argument","value_name":"N","sections":["T"])"},
        {R"("argument":"no_argument","value_name":"","metavar":"M","group":"S","sections":[])",
         R"("argument":"no_argument","value_name":"M","sections":["S"])"},
        {R"("argument":"no_argument","values":[{"value":"a"},{"help":"x","missing":true}])",
         R"("argument":"no_argument","values":[{"type":"value","value":"a"},)"
         R"({"type":"value","help":"x","missing":true}])"},
    }));
    CHECK(option_of(R"("names":["-a"],)" + before) == R"("names":["-a"],)" + now);
}

TEST_CASE("a command gets its present keys", "[options][generator]") {
    auto [before, now] = GENERATE(table<std::string, std::string>({
        {R"x("version":"1","footer":"F","argspec":"A","documentation":"man:a(1)","project":null)x",
         R"x("version":["1"],"postscript":["F"],"synopsis":["A"],"documentation":["man:a(1)"],)x"
         R"("arguments":[])"},
        {R"("footer":["F"],"postscript":["P"],"argspec":["A"],"synopsis":"A","arguments":[])",
         R"("footer":["F"],"postscript":["P"],"synopsis":["A"],"arguments":[])"},
        {R"("footer":["F"],"postscript":[""],"arguments":[])",
         R"("postscript":["F"],"arguments":[])"},
    }));
    CHECK(command_of(before) == now);
}

TEST_CASE("a known key that is null goes", "[options][generator]") {
    auto key =
        GENERATE(as<std::string>{}, "abstract", "aliasOf", "argspec", "argument", "arguments",
                 "details", "documentation", "features", "footer", "group", "help", "isDefault",
                 "isDeprecated", "isList", "isOnlineOnly", "isOptionRequired", "isRepeatable",
                 "metavar", "options", "postscript", "project", "sections", "stopsParsing",
                 "synopsis", "value_name", "valueType", "values", "verbs", "version");
    CHECK(command_of("\"" + key + "\":null") == "\"arguments\":[]");
}

TEST_CASE("options and verbs become arguments", "[options][generator]") {
    auto [before, now] = GENERATE(table<std::string, std::string>({
        {R"("options":[],"verbs":[])", R"("arguments":[])"},
        {R"("verbs":[{"names":["v"]}],"x":1,"options":[{"names":["-a"]}],"y":2)",
         R"("arguments":[{"type":"option","names":["-a"],"argument":"no_argument"},)"
         R"({"type":"command","names":["v"],"arguments":[]}],"x":1,"y":2)"},
        {R"("options":[{"names":["-a"],"type":"option"}],"arguments":[{"type":"argument",)"
         R"("name":"A"}])",
         R"("arguments":[{"type":"argument","name":"A"},{"names":["-a"],)"
         R"("argument":"no_argument","type":"option"}])"},
        // The reader takes options out of this array, and nothing else.
        {R"("options":[{"type":"command"},{"names":["-a"]}],"arguments":null)",
         R"("arguments":[{"type":"option","names":["-a"],"argument":"no_argument"}],)"
         R"("options":[{"type":"command"}])"},
        {R"("verbs":[{"names":"v","type":"option"}])",
         R"("arguments":[{"type":"command","names":["v"],"arguments":[]}])"},
        {R"("verbs":[{"names":["v"],"abstract":["V"],"verbs":[{"names":["w"],"abstract":"W"},)"
         R"({"names":["x"],"abstract":["X","Y"]},{"names":["y"],"abstract":["Z"],"help":"Y"}]}])",
         R"("arguments":[{"type":"command","names":["v"],"help":"V","arguments":[)"
         R"({"type":"command","names":["w"],"help":"W","arguments":[]},)"
         R"({"type":"command","names":["x"],"abstract":["X","Y"],"arguments":[]},)"
         R"({"type":"command","names":["y"],"abstract":["Z"],"help":"Y","arguments":[]}]}])"},
    }));
    CHECK(command_of(before) == now);
}

TEST_CASE("other names of an option take an argument if that does", "[options][generator]") {
    CHECK(command_of(R"("options":[{"names":["--x"],"aliasOf":"--b"},{"names":["-a","--b"],)"
                     R"("metavar":"M"},{"names":["--y"],"aliasOf":"--none"}])") ==
          R"("arguments":[{"type":"option","names":["--x"],"argument":"required_argument",)"
          R"("aliasOf":"--b"},{"type":"option","names":["-a","--b"],)"
          R"("argument":"required_argument","value_name":"M"},)"
          R"({"type":"option","names":["--y"],"argument":"no_argument","aliasOf":"--none"}])");
}

TEST_CASE("what the reader does not check stays as it is", "[options][generator]") {
    std::string odd =
        R"({"type":"command","names":["old"],"aliasOf":"v","options":[5,{"type":"argument"}],)"
        R"("verbs":7,"argspec":[6],"arguments":[{},8,{"type":"option","names":[9],)"
        R"("argument":"no_argument","group":{},"metavar":[],"verbs":[{}],"values":[null]}]})";
    std::string members = R"("arguments":[{"type":"command","names":["v"],"arguments":[]},)" + odd;
    CHECK(command_of(members + "]") == members + "]");
}

TEST_CASE("names for a script to run are left out of documents", "[options][generator]") {
    auto [items, left, warning] = GENERATE(table<std::string, std::string, std::string>({
        {R"x({"type":"option","names":["--$(a)","--b"],"argument":"no_argument"})x",
         R"({"type":"option","names":["--b"],"argument":"no_argument"})",
         "the name '$(a)' has characters that names do not have, it is left out"},
        {R"({"type":"option","names":["--a b"]})", "",
         "the name 'a b' has characters that names do not have, it is left out"},
        {R"({"type":"option","names":["-a;b"]})", "",
         "the name '-a;b' is no name of an option, it is left out"},
        {R"({"type":"option","names":["-="]})", "", "the name '-=' is left out"},
        {R"x({"type":"option","names":["-a"],"argument":"no_argument","verbs":["$(v)","w x"]})x",
         R"({"type":"option","names":["-a"],"argument":"no_argument","verbs":["w x"]})",
         "the verb '$(v)' is left out"},
        {R"({"type":"option","names":["-a"],"argument":"no_argument","verbs":["v;"]})",
         R"({"type":"option","names":["-a"],"argument":"no_argument"})",
         "the verb 'v;' is left out"},
        {R"({"type":"command","names":["v","`w`","x"],"arguments":[]})",
         R"({"type":"command","names":["v","x"],"arguments":[]})",
         "the name '`w`' has characters that names do not have, it is left out"},
        {R"({"type":"command","names":["`v`","w"]})", "",
         "the name '`v`' has characters that names do not have, it is left out"},
    }));
    Outcome outcome = shape(document(R"("arguments":[)" + items + "]"));
    CHECK(outcome.problem.what == "");
    CHECK(outcome.json == document(R"("arguments":[)" + left + "]") + "\n");
    CHECK(outcome.warnings == std::vector<std::string>{warning});
}

TEST_CASE("what would be too large to be read again is refused", "[options][generator]") {
    SECTION("members") {
        std::string members;
        for (int i = 0; i < 998; i++) members += "\"k" + std::to_string(i) + "\":0,";
        // Its type is one more.
        CHECK(shape("{" + media + R"(,"commands":[{"names":["tool"],)" + members +
                    R"("arguments":[]}]})")
                  .problem.what == "in the present shape has an object of more than 1000 members");
    }
    SECTION("values") {
        // With the document around them as many as may be; an array around the version is one more.
        std::string values;
        for (int i = 0; i < 199'990; i++) values += i ? ",0" : "0";
        std::string members = R"("x":[)" + values + R"(],"verbs":[],"version":)";
        CHECK(shape(document(members + "null")).problem.what == "");
        CHECK(shape(document(members + R"("1")")).problem.what ==
              "in the present shape has more than 200000 values");
    }
}
