// SPDX-License-Identifier: MIT
#include "bootctl/table.hpp"
#include "tests/catch.hpp"

using namespace kindling;

namespace {

constexpr OutputStyle plain{};

Table sample() {
    Table table;
    table.columns = {{"PCR", true}, {"EVENT", false, true}, {"ORIGIN", false}};
    table.rows = {{"4", "the loader", "firmware"}, {"11", "", "stub"}, {"9", "initrd", ""}};
    return table;
}

} // namespace

TEST_CASE("columns are aligned and an empty cell is a dash", "[table]") {
    CHECK(render(sample(), plain) == "PCR  EVENT       ORIGIN\n"
                                     "  4  the loader  firmware\n"
                                     " 11  -           stub\n"
                                     "  9  initrd      -\n");
}

TEST_CASE("without a legend there are only rows, as narrow as they are", "[table]") {
    OutputStyle style;
    style.has_legend = false;
    CHECK(render(sample(), style) == " 4  the loader  firmware\n"
                                     "11  -           stub\n"
                                     " 9  initrd      -\n");
    CHECK(render(Table{sample().columns, {}}, style).empty());
    CHECK(render(Table{sample().columns, {}}, plain) == "PCR  EVENT  ORIGIN\n");
    CHECK(render(Table{}, plain).empty());
}

TEST_CASE("a header in colour is the same text", "[table]") {
    OutputStyle style;
    style.use_color = true;
    std::string text = render(sample(), style);
    CHECK(text.starts_with("\x1b[1mPCR  EVENT       ORIGIN\x1b[0m\n  4  "));
    CHECK(text.find('\x1b', 30) == std::string::npos);
    CHECK(emphasized("a", style) == "\x1b[1ma\x1b[0m");
    CHECK(emphasized("", style).empty());
    CHECK(emphasized("a", plain) == "a");
}

TEST_CASE("wide and combining characters are counted as a terminal shows them", "[table]") {
    Table table;
    table.columns = {{"TITLE", false, true}, {"X"}};
    table.rows = {{"\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", "1"}, // 18 columns
                  {"\U0001f600 cafe\u0301", "2"},                                  // 7 columns
                  {"plain", "3"}};
    CHECK(render(table, plain) == "TITLE               X\n"
                                  "\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e  1\n"
                                  "\U0001f600 cafe\u0301             2\n"
                                  "plain               3\n");
    OutputStyle narrow;
    narrow.columns = 15;
    // 12 columns for the titles: five wide characters and the ellipsis leave one blank over.
    CHECK(render(table, narrow) == "TITLE         X\n"
                                   "\u65e5\u672c\u8a9e\u65e5\u672c\u2026   1\n"
                                   "\U0001f600 cafe\u0301       2\n"
                                   "plain         3\n");
    narrow.use_unicode = false;
    CHECK(render(table, narrow) == "TITLE         X\n"
                                   "\u65e5\u672c\u8a9e\u65e5...   1\n"
                                   "\U0001f600 cafe\u0301       2\n"
                                   "plain         3\n");
}

TEST_CASE("only columns that may shrink are cut, the widest first, and only on a terminal",
          "[table]") {
    Table table;
    table.columns = {{"DIGEST"}, {"A", false, true}, {"B", false, true}};
    table.rows = {{std::string(20, 'd'), std::string(30, 'a'), std::string(12, 'b')}};
    OutputStyle style;
    style.has_legend = false;
    auto line = [&](std::size_t columns) {
        style.columns = columns;
        return render(table, style);
    };
    std::string whole =
        std::string(20, 'd') + "  " + std::string(30, 'a') + "  " + std::string(12, 'b') + "\n";
    CHECK(line(0) == whole);
    CHECK(line(80) == whole);
    CHECK(line(66) == whole);
    CHECK(line(65) == std::string(20, 'd') + "  " + std::string(28, 'a') + "\u2026  " +
                          std::string(12, 'b') + "\n");
    CHECK(line(44) == std::string(20, 'd') + "  " + std::string(9, 'a') + "\u2026  " +
                          std::string(9, 'b') + "\u2026\n");
    // Narrower than sense allows: something of every text stays.
    CHECK(line(1) == std::string(20, 'd') + "  " + std::string(7, 'a') + "\u2026  " +
                         std::string(7, 'b') + "\u2026\n");
}

TEST_CASE("what would move the cursor is escaped", "[table]") {
    Table table;
    table.columns = {{"A"}, {"B"}};
    table.rows = {{"\x1b[31m\n", "x"}, {"\xff\u009b", "y "}};
    CHECK(render(table, plain) == "A             B\n"
                                  "\\x1b[31m\\x0a  x\n"
                                  "\\xff\\xc2\\x9b  y\n");
    CHECK(escaped("a\tb") == "a\\x09b");
}
