// SPDX-License-Identifier: MIT
#include "core/type1.hpp"

#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::bls;

namespace {

using Texts = std::vector<std::string>;

constexpr const char* golden = "# Kindling OS\n"
                               "title       Kindling OS\n"
                               "version     6.9.1-2\n"
                               "machine-id  6a9857a393724b7a981ebb5b8495b9ea\n"
                               "sort-key    kindling\n"
                               "linux       /6a98/6.9.1/linux\n"
                               "initrd      /6a98/ucode\n"
                               "initrd      /6a98/6.9.1/initrd\n"
                               "options     root=LABEL=x\n"
                               "options     quiet  splash\n"
                               "devicetree  /6a98/board.dtb\n"
                               "devicetree-overlay /6a98/a.dtbo  /6a98/b.dtbo\n"
                               "architecture x64\n"
                               "profile     1\n"
                               "extra       /6a98/a.cred\n"
                               "extra       /6a98/b.sysext.raw\n"
                               "grub_users  root\n";

Snippet parse(std::string_view text, std::string_view architecture = "x64") {
    auto snippet = parse_entry(text, architecture);
    REQUIRE(snippet);
    return std::move(*snippet);
}

Error rejection_of(std::string_view text, std::string_view architecture = "x64") {
    auto snippet = parse_entry(text, architecture);
    REQUIRE_FALSE(snippet);
    return snippet.error();
}

std::string repeated(const std::string& line, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; i++) text += line;
    return text;
}

/// "LINE: WHAT" of each remark.
Texts remarks_of(std::string_view text) {
    Texts texts;
    for (const Remark& remark : parse(text).remarks)
        texts.push_back(std::to_string(remark.line) + ": " + remark.what);
    return texts;
}

} // namespace

TEST_CASE("an entry with every key is read", "[bls]") {
    Snippet snippet = parse(golden);
    const Entry& entry = snippet.entry;
    CHECK(entry.kind == EntryKind::linux_);
    CHECK(entry.title == "Kindling OS");
    CHECK(entry.version == "6.9.1-2");
    CHECK(entry.machine_id == "6a9857a393724b7a981ebb5b8495b9ea");
    CHECK(entry.sort_key == "kindling");
    CHECK(entry.image_path == "/6a98/6.9.1/linux");
    CHECK(entry.initrds == Texts{"/6a98/ucode", "/6a98/6.9.1/initrd"});
    CHECK(entry.options == "root=LABEL=x quiet  splash");
    CHECK(entry.devicetree == "/6a98/board.dtb");
    CHECK(entry.devicetree_overlays == Texts{"/6a98/a.dtbo", "/6a98/b.dtbo"});
    CHECK(entry.architecture == "x64");
    CHECK(entry.profile == 1u);
    CHECK(entry.extras == Texts{"/6a98/a.cred", "/6a98/b.sysext.raw"});
    CHECK(entry.url.empty());
    CHECK_FALSE(entry.options_implied);
    CHECK(entry.id.empty());
    CHECK(entry.file_path.empty());
    CHECK_FALSE(entry.tries);
    CHECK(remarks_of(golden) == Texts{"11: devicetree is not applied yet",
                                      "12: devicetree-overlay is not applied yet",
                                      "14: profile is for uki and uki-url only"});
}

TEST_CASE("each kind has its key", "[bls]") {
    auto [text, kind] = GENERATE(table<const char*, EntryKind>({
        {"linux /a", EntryKind::linux_},
        {"efi /a", EntryKind::efi},
        {"uki /a", EntryKind::uki},
    }));
    Entry entry = parse(text).entry;
    CHECK(entry.kind == kind);
    CHECK(entry.image_path == "/a");
    CHECK(entry.is_uki() == (kind == EntryKind::uki));
}

TEST_CASE("a URL is kept as it is", "[bls]") {
    Entry entry = parse("uki-url http://example.org//a/../b.efi\n").entry;
    CHECK(entry.kind == EntryKind::uki_url);
    CHECK(entry.url == "http://example.org//a/../b.efi");
    CHECK(entry.image_path.empty());
    CHECK(parse("uki-url :b.efi").entry.url == ":b.efi");
}

TEST_CASE("of a key that may come once the last line counts", "[bls]") {
    Entry entry = parse("title A\ntitle B\nlinux /a\nlinux /b\nprofile 1\nprofile 2\n"
                        "version 1\nversion 2\nsort-key a\nsort-key b\n"
                        "machine-id 1\nmachine-id 2\ndevicetree /a\ndevicetree /b\n")
                      .entry;
    CHECK(entry.title == "B");
    CHECK(entry.image_path == "/b");
    CHECK(entry.profile == 2u);
    CHECK(entry.version == "2");
    CHECK(entry.sort_key == "b");
    CHECK(entry.machine_id == "2");
    CHECK(entry.devicetree == "/b");
}

TEST_CASE("options are joined with one blank", "[bls]") {
    CHECK(parse("linux /a\noptions a\noptions b c\noptions d").entry.options == "a b c d");
    CHECK(parse("linux /a\noptions \"\"\noptions a\noptions \"\"\noptions b").entry.options ==
          "a b");
    CHECK(parse("linux /a\noptions \" a \"\noptions b").entry.options == " a  b");
}

TEST_CASE("keys are case sensitive and unknown ones are ignored", "[bls]") {
    Entry entry = parse("Title A\nLINUX /b\nfuture x\nlinux /a\n").entry;
    CHECK(entry.title.empty());
    CHECK(entry.image_path == "/a");
}

TEST_CASE("bytes that are no UTF-8 are kept", "[bls]") {
    Entry entry = parse("title \xff\xfe\nlinux /a\noptions \xc3\n").entry;
    CHECK(entry.title == "\xff\xfe");
    CHECK(entry.options == "\xc3");
}

TEST_CASE("a path gets one form", "[bls]") {
    auto [path, normal] = GENERATE(table<const char*, const char*>({
        {"/a/b", "/a/b"},
        {"a/b", "/a/b"},
        {"\\a\\b", "/a/b"},
        {"//a///b", "/a/b"},
        {"\\/a/\\b", "/a/b"},
        {"/a/", "/a"},
        {"/a b/c", "/a b/c"},
        {"/.a/..b/c.", "/.a/..b/c."},
        {"/...", "/..."},
        {"\xff", "/\xff"},
    }));
    INFO(path);
    CHECK(normalize_path(path) == std::string(normal));
    CHECK(parse(std::string("linux ") + path).entry.image_path == normal);
}

TEST_CASE("a path with a dot component, or without any, has no form", "[bls]") {
    const char* path = GENERATE("", "/", "\\\\", ".", "..", "/.", "/..", "/a/..", "/a/./b", "../a",
                                "\\..\\a", "/a\\..\\b", "a/../", "//./");
    INFO(path);
    CHECK_FALSE(normalize_path(path));
}

TEST_CASE("a path that cannot be used rejects the entry on its line", "[bls]") {
    const char* key = GENERATE("linux", "uki", "efi", "initrd", "devicetree", "devicetree-overlay");
    const char* path = GENERATE("/a/../b", "./a", "/");
    Error error = rejection_of("title A\n\n" + std::string(key) + " " + path + "\nlinux /a\n");
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 3);
}

TEST_CASE("one bad path in a list of overlays is enough", "[bls]") {
    Error error = rejection_of("linux /a\ndevicetree-overlay /a /b/../c /d\n");
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 2);
}

TEST_CASE("an extra keeps its dot components and does not hide the entry", "[bls]") {
    Entry entry = parse("uki /a\nextra ..\\x//y.cred\nextra /./z.cred\nextra /\n").entry;
    CHECK(entry.extras == Texts{"/../x/y.cred", "/./z.cred", "/"});
    CHECK(has_dot_component(entry.extras[0]));
    CHECK(has_dot_component(entry.extras[1]));
    CHECK_FALSE(has_dot_component(entry.extras[2]));
}

TEST_CASE("an entry with nothing to boot is rejected", "[bls]") {
    const char* text =
        GENERATE("", "title A\n", "linux\n", "# linux /a\n", "options a\ninitrd /b", "Linux /a");
    Error error = rejection_of(text);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 0);
}

TEST_CASE("an entry with two kinds is rejected on the line of the second", "[bls]") {
    auto [text, line] = GENERATE(table<const char*, std::uint64_t>({
        {"linux /a\nefi /b\n", 2},
        {"uki /a\n\ntitle A\nlinux /a\n", 4},
        {"uki /a\nuki /b\nuki-url http://a/\n", 3},
        {"uki-url http://a/\r\nefi /b\r\n", 2},
        {"efi /a\ruki /b\r", 2},
    }));
    Error error = rejection_of(text);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == line);
}

TEST_CASE("an empty URL is rejected", "[bls]") {
    Error error = rejection_of("title A\nuki-url \"\"\n");
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 2);
}

TEST_CASE("an entry for another machine is rejected before what follows is read", "[bls]") {
    Error error = rejection_of("linux /a\narchitecture aa64\nefi /../b\n");
    CHECK(error.code == Errc::unsupported);
    CHECK(error.where == 2);
    CHECK(rejection_of("architecture x64\narchitecture aa64\nlinux /a\n").where == 2);
    CHECK(rejection_of("architecture x6\nlinux /a\n").code == Errc::unsupported);
}

TEST_CASE("an architecture is compared without case, and with none everything fits", "[bls]") {
    CHECK(parse("linux /a\narchitecture X64\n").entry.architecture == "X64");
    CHECK(parse("linux /a\narchitecture aa64\n", "").entry.architecture == "aa64");
}

TEST_CASE("what is over its limit rejects the entry on the line that exceeds it", "[bls]") {
    auto [line, count] = GENERATE(table<const char*, std::size_t>({
        {"initrd /i\n", initrds_max},
        {"extra /e.cred\n", extras_max},
        {"devicetree-overlay /d\n", devicetree_overlays_max},
    }));
    std::string text = "linux /a\n" + repeated(line, count);
    CHECK(parse_entry(text, "x64"));
    Error error = rejection_of(text + line);
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == count + 2);
}

TEST_CASE("a list of overlays is over its limit on one line too", "[bls]") {
    Error error =
        rejection_of("linux /a\ndevicetree-overlay" + repeated(" /d", devicetree_overlays_max + 1));
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == 2);
}

TEST_CASE("options have a limit when they are joined", "[bls]") {
    std::string half = "options " + std::string(options_size_max / 2, 'a') + '\n';
    std::string rest = "options " + std::string(options_size_max / 2 - 1, 'a');
    CHECK(parse("linux /a\n" + half + rest).entry.options.size() == options_size_max);
    Error error = rejection_of("linux /a\n" + half + rest + 'a');
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == 3);
}

TEST_CASE("a snippet over its limit is rejected", "[bls]") {
    std::string text = "linux /a\n";
    text.resize(snippet_size_max, '\n');
    CHECK(parse_entry(text, "x64"));
    Error error = rejection_of(text + '\n');
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == 0);
}

TEST_CASE("a profile is a number of 32 bits", "[bls]") {
    CHECK(parse("uki /a").entry.profile == std::nullopt);
    CHECK(parse("uki /a\nprofile 0").entry.profile == 0u);
    CHECK(parse("uki /a\nprofile 4294967295").entry.profile == 4294967295u);
    for (const char* value : {"4294967296", "-1", "1a", "0x1", "main", "\"\""}) {
        INFO(value);
        std::string text = "uki /a\nprofile 7\nprofile " + std::string(value) + "\n";
        CHECK(parse(text).entry.profile == 7u);
        CHECK(remarks_of(text) == Texts{"3: profile must be a number up to 4294967295"});
    }
}

TEST_CASE("what a person should know about an entry is remarked", "[bls]") {
    auto [text, remarks] = GENERATE(table<const char*, Texts>({
        {"linux /a\ninitrd /b\nextra /c.cred\n", {}},
        {"uki /a\nprofile 1\nextra /c.cred\n", {}},
        {"uki-url http://a b/\nprofile 1\n", {}},
        {"efi /a\nprofile 0\n", {"2: profile is for uki and uki-url only"}},
        {"profile 1\nlinux /a\nprofile 2\n", {"1: profile is for uki and uki-url only"}},
        {"extra /c.cred\nefi /a\nextra /d.cred\n", {"1: extra is for linux and uki only"}},
        {"uki-url http://a\nextra /c.cred\n", {"2: extra is for linux and uki only"}},
        {"uki /a\ninitrd /b\n", {"2: initrd is for linux only"}},
        {"linux /a b\n", {"1: path has a blank, where some tools end it"}},
        {"linux /a\ninitrd /b\tc\nextra \"/d \"\n",
         {"2: path has a blank, where some tools end it",
          "3: path has a blank, where some tools end it"}},
        {"extra /a b\nefi /b c\n",
         {"1: path has a blank, where some tools end it", "1: extra is for linux and uki only",
          "2: path has a blank, where some tools end it"}},
        {"linux /a\ndevicetree /b c\n",
         {"2: path has a blank, where some tools end it", "2: devicetree is not applied yet"}},
    }));
    INFO(text);
    CHECK(remarks_of(text) == remarks);
}

TEST_CASE("a snippet of nothing but mistakes has a limited number of remarks", "[bls]") {
    CHECK(parse(repeated("linux /a b\n", 90'000)).remarks.size() == remarks_max);
}

TEST_CASE("an entry cut anywhere is rejected, or has what stood before the cut", "[bls]") {
    std::string text = golden;
    Entry whole = parse(text).entry;
    std::size_t rejected = 0;
    for (std::size_t size = 0; size <= text.size(); size++) {
        auto cut = parse_entry(std::string_view(text).substr(0, size), "x64");
        if (!cut) {
            rejected++;
            bool is_known = cut.error().code == Errc::invalid ||   // nothing to boot yet, or "/"
                            cut.error().code == Errc::unsupported; // "x", "x6"
            CHECK(is_known);
            continue;
        }
        CHECK(whole.image_path.starts_with(cut->entry.image_path));
        CHECK(whole.options.starts_with(cut->entry.options));
        CHECK(cut->entry.initrds.size() <= whole.initrds.size());
    }
    CHECK(rejected > text.find("linux"));
}
