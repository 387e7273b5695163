// SPDX-License-Identifier: MIT
#include "bootctl/json.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using json::Layout;

namespace {

/// A document with every kind of value.
std::string document(Layout layout) {
    json::Writer writer(layout);
    writer.begin_array();
    writer.begin_object();
    writer.text("id", "a.conf");
    writer.text_if("title", "");
    writer.text_if("sortKey", "a");
    writer.number("size", ~std::uint64_t{0});
    writer.boolean("isDefault", true);
    writer.null("addons");
    writer.texts("initrd", {"/a", "/b"});
    writer.texts("extras", {});
    writer.key("tries");
    writer.begin_object();
    writer.end_object();
    writer.end_object();
    writer.number(7);
    writer.boolean(false);
    writer.null();
    writer.text("last");
    writer.end_array();
    return writer.take();
}

} // namespace

TEST_CASE("brief JSON is one line without blanks", "[json]") {
    CHECK(document(Layout::brief) ==
          "[{\"id\":\"a.conf\",\"sortKey\":\"a\",\"size\":18446744073709551615,"
          "\"isDefault\":true,\"addons\":null,\"initrd\":[\"/a\",\"/b\"],\"extras\":[],"
          "\"tries\":{}},7,false,null,\"last\"]\n");
}

TEST_CASE("pretty JSON has a line per value, behind tabs", "[json]") {
    CHECK(document(Layout::pretty) == "[\n"
                                      "\t{\n"
                                      "\t\t\"id\" : \"a.conf\",\n"
                                      "\t\t\"sortKey\" : \"a\",\n"
                                      "\t\t\"size\" : 18446744073709551615,\n"
                                      "\t\t\"isDefault\" : true,\n"
                                      "\t\t\"addons\" : null,\n"
                                      "\t\t\"initrd\" : [\n"
                                      "\t\t\t\"/a\",\n"
                                      "\t\t\t\"/b\"\n"
                                      "\t\t],\n"
                                      "\t\t\"extras\" : [],\n"
                                      "\t\t\"tries\" : {}\n"
                                      "\t},\n"
                                      "\t7,\n"
                                      "\tfalse,\n"
                                      "\tnull,\n"
                                      "\t\"last\"\n"
                                      "]\n");
}

TEST_CASE("a document may be any single value", "[json]") {
    auto layout = GENERATE(Layout::brief, Layout::pretty);
    json::Writer empty(layout);
    empty.begin_array();
    empty.end_array();
    CHECK(empty.take() == "[]\n");
    json::Writer text(layout);
    text.text("x");
    CHECK(text.take() == "\"x\"\n");
}

TEST_CASE("keys and values are quoted alike", "[json]") {
    json::Writer writer(Layout::brief);
    writer.begin_object();
    writer.text("a\"b", "\xff\n");
    writer.end_object();
    CHECK(writer.take() == "{\"a\\\"b\":\"\ufffd\\u000a\"}\n");
}
