// SPDX-License-Identifier: MIT
#include "bootctl/list_verb.hpp"
#include "tests/bootctl/boot_directory.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using tests::pe_file;

namespace {

ListReport list(const tests::BootDirectory& esp) {
    ListRequest request;
    request.source.esp_path = esp.path();
    return run_list(request);
}

/// `text` with the path of the directory replaced by "/efi".
std::string settled(std::string text, const std::string& path) {
    for (std::size_t at; (at = text.find(path)) != std::string::npos;)
        text.replace(at, path.size(), "/efi");
    return text;
}

/// An entry with every key, and what it names.
void add_full_entry(const tests::BootDirectory& esp) {
    esp.add("/loader/entries/Full+3-1.conf", "title Example\n"
                                             "version 42-1\n"
                                             "sort-key example\n"
                                             "machine-id 6a9857a393724b7a981ebb5b8495b9ea\n"
                                             "architecture x64\n"
                                             "options console=ttyS0 quiet\n"
                                             "linux /k/vmlinuz\n"
                                             "initrd /k/initrd.img\n"
                                             "initrd /k/none.img\n"
                                             "devicetree /k/a.dtb\n"
                                             "devicetree-overlay /k/b.dtbo\n"
                                             "extra /k/a.cred\n"
                                             "extra /k/none.confext.raw\n"
                                             "extra /k/b.raw\n");
    for (const char* file : {"/k/vmlinuz", "/k/initrd.img", "/k/a.dtb", "/k/b.dtbo"})
        esp.add(file, "x");
    esp.add("/k/a.cred", "hello\n");
    esp.add("/k/b.raw", "raw");
}

void add_uki(const tests::BootDirectory& esp) {
    esp.add("/EFI/Linux/Small+3-1.efi",
            pe_file({{".osrel", "ID=example\nPRETTY_NAME=\"Example OS\"\nVERSION_ID=42\n"},
                     {".uname", "6.1.0"},
                     {".cmdline", "root=LABEL=x quiet\n"},
                     {".linux", "kernel"}}));
    esp.add("/loader/addons/glob.addon.efi", pe_file({{".cmdline", "addon.g=1\n"}}));
    esp.add("/loader/credentials/g.cred", "G");
    esp.add("/EFI/Linux/Small.efi.extra.d/own.addon.efi", pe_file({{".cmdline", "addon.l=1"}}));
    esp.add("/EFI/Linux/Small.efi.extra.d/x.confext.raw", "X");
}

bool has_remark(const ListReport& report, const std::string& path, std::string_view text,
                std::string_view hint = {}) {
    for (const Notice& remark : report.remarks)
        if (settled(remark.text, path) == text && remark.hint == hint) return true;
    return false;
}

} // namespace

TEST_CASE("a snippet is listed in JSON with the keys of bootctl in their order", "[list_verb]") {
    tests::BootDirectory esp;
    add_full_entry(esp);
    auto report = list(esp);
    REQUIRE_FALSE(report.failure);
    CHECK(settled(to_json(report, json::Layout::brief), esp.path()) ==
          "[{\"type\":\"type1\",\"source\":\"esp\",\"id\":\"full.conf\","
          "\"path\":\"/efi/loader/entries/Full+3-1.conf\",\"root\":\"/efi\","
          "\"title\":\"Example\",\"showTitle\":\"Example\",\"sortKey\":\"example\","
          "\"version\":\"42-1\",\"machineId\":\"6a9857a393724b7a981ebb5b8495b9ea\","
          "\"architecture\":\"x64\",\"options\":\"console=ttyS0 quiet\","
          "\"linux\":\"/k/vmlinuz\",\"initrd\":[\"/k/initrd.img\",\"/k/none.img\"],"
          "\"devicetree\":\"/k/a.dtb\",\"devicetreeOverlay\":[\"/k/b.dtbo\"],"
          "\"isReported\":false,\"triesLeft\":3,\"triesDone\":1,\"isDefault\":true,"
          "\"addons\":null,\"cmdline\":\"console=ttyS0 quiet\","
          "\"extras\":[\"/k/a.cred\",\"/k/none.confext.raw\",\"/k/b.raw\"],"
          "\"extra\":[{\"path\":\"/k/a.cred\",\"kind\":\"credential\",\"size\":6,\"skipped\":null},"
          "{\"path\":\"/k/none.confext.raw\",\"kind\":\"confext\",\"size\":null,"
          "\"skipped\":\"file does not exist\"},"
          "{\"path\":\"/k/b.raw\",\"kind\":null,\"size\":3,"
          "\"skipped\":\"suffix is not .cred, .sysext.raw or .confext.raw\"}]}]\n");
}

TEST_CASE("a snippet is listed for people with what is wrong with its files", "[list_verb]") {
    tests::BootDirectory esp;
    add_full_entry(esp);
    auto report = list(esp);
    CHECK(settled(to_text(report, {}), esp.path()) ==
          "         type: Boot Loader Specification Type #1 (.conf)\n"
          "        title: Example (default)\n"
          "           id: full.conf\n"
          "       source: /efi/loader/entries/Full+3-1.conf (on the EFI System Partition)\n"
          "        tries: 3 left; 1 done\n"
          "     sort-key: example\n"
          "      version: 42-1\n"
          "   machine-id: 6a9857a393724b7a981ebb5b8495b9ea\n"
          " architecture: x64\n"
          "        linux: /efi/k/vmlinuz\n"
          "       initrd: /efi/k/initrd.img\n"
          "       initrd: /efi/k/none.img (No such file or directory)\n"
          "      options: console=ttyS0 quiet\n"
          "        extra: /efi/k/a.cred\n"
          "        extra: /efi/k/none.confext.raw (file does not exist)\n"
          "        extra: /efi/k/b.raw (suffix is not .cred, .sysext.raw or .confext.raw)\n"
          "   devicetree: /efi/k/a.dtb\n"
          "devicetree-overlay: /efi/k/b.dtbo\n");
    CHECK(has_remark(report, esp.path(),
                     "\"/efi/loader/entries/Full+3-1.conf\": cannot start, initrd "
                     "\"/efi/k/none.img\": No such file or directory"));
}

TEST_CASE("a UKI is listed in JSON with its companions", "[list_verb]") {
    tests::BootDirectory esp;
    add_uki(esp);
    auto report = list(esp);
    CHECK(settled(to_json(report, json::Layout::brief), esp.path()) ==
          "[{\"type\":\"type2\",\"source\":\"esp\",\"id\":\"small.efi\","
          "\"path\":\"/efi/EFI/Linux/Small+3-1.efi\",\"root\":\"/efi\","
          "\"title\":\"Example OS\",\"showTitle\":\"Example OS\",\"sortKey\":\"example\","
          "\"version\":\"42\",\"uname\":\"6.1.0\",\"options\":\"root=LABEL=x quiet\","
          "\"linux\":\"/EFI/Linux/Small+3-1.efi\",\"profile\":0,\"isReported\":false,"
          "\"triesLeft\":3,\"triesDone\":1,\"isDefault\":true,"
          "\"addons\":[{\"globalAddon\":\"/loader/addons/glob.addon.efi\","
          "\"options\":\"addon.g=1\"},"
          "{\"localAddon\":\"/EFI/Linux/Small.efi.extra.d/own.addon.efi\","
          "\"options\":\"addon.l=1\"}],"
          "\"cmdline\":\"root=LABEL=x quiet addon.g=1 addon.l=1\","
          "\"extras\":[\"/loader/addons/glob.addon.efi\",\"/loader/credentials/g.cred\","
          "\"/EFI/Linux/Small.efi.extra.d/own.addon.efi\","
          "\"/EFI/Linux/Small.efi.extra.d/x.confext.raw\"],\"extra\":[]}]\n");
}

TEST_CASE("a UKI is listed for people with its companions", "[list_verb]") {
    tests::BootDirectory esp;
    add_uki(esp);
    auto report = list(esp);
    std::string text = "         type: Boot Loader Specification Type #2 (UKI, .efi)\n"
                       "        title: Example OS (default)\n"
                       "           id: small.efi\n"
                       "       source: /efi/EFI/Linux/Small+3-1.efi (on the EFI System Partition)\n"
                       "        tries: 3 left; 1 done\n"
                       "     sort-key: example\n"
                       "      version: 42\n"
                       "        uname: 6.1.0\n"
                       "        linux: /efi/EFI/Linux/Small+3-1.efi\n"
                       "      profile: 0\n"
                       "      options: root=LABEL=x quiet\n"
                       "        extra: /efi/loader/addons/glob.addon.efi\n"
                       "      options: `-addon.g=1\n"
                       "        extra: /efi/loader/credentials/g.cred\n"
                       "        extra: /efi/EFI/Linux/Small.efi.extra.d/own.addon.efi\n"
                       "      options: `-addon.l=1\n"
                       "        extra: /efi/EFI/Linux/Small.efi.extra.d/x.confext.raw\n"
                       "      cmdline: root=LABEL=x quiet addon.g=1 addon.l=1\n";
    OutputStyle style;
    style.use_unicode = false;
    CHECK(settled(to_text(report, style), esp.path()) == text);
    for (std::size_t at; (at = text.find("`-")) != std::string::npos;) text.replace(at, 2, "└─");
    CHECK(settled(to_text(report, {}), esp.path()) == text);
}

TEST_CASE("profiles of one UKI are told apart", "[list_verb]") {
    tests::BootDirectory esp;
    esp.add("/EFI/Linux/Multi.efi", pe_file({{".osrel", "ID=a\nPRETTY_NAME=A\n"},
                                             {".profile", "ID=main\n"},
                                             {".profile", "ID=debug\nTITLE=Debugging\n"},
                                             {".cmdline", "debug"}}));
    std::string text = to_text(list(esp), {});
    CHECK(text.find("           id: multi.efi\n") != std::string::npos);
    CHECK(text.find("           id: multi.efi@debug (without profile: multi.efi)\n") !=
          std::string::npos);
    CHECK(text.find("\n\n         type: ") != std::string::npos);
}

TEST_CASE("a UKI that a snippet names gets add-ons and its own command line", "[list_verb]") {
    tests::BootDirectory esp;
    esp.add("/k/a.efi", pe_file({{".osrel", "ID=a\nPRETTY_NAME=A\n"}, {".cmdline", "inside"}}));
    esp.add("/k/a.efi.extra.d/own.addon.efi", pe_file({{".cmdline", "added"}}));
    esp.add("/loader/entries/a.conf", "uki /k/a.efi\noptions given\nextra /k/a.efi\n");
    esp.add("/loader/entries/b.conf", "uki /k/a.efi\n");
    auto report = list(esp);
    REQUIRE(report.details.size() == 2);
    std::string json = to_json(report, json::Layout::brief);
    CHECK(json.find("\"uki\":\"/k/a.efi\"") != std::string::npos);
    CHECK(json.find("\"cmdline\":\"given added\"") != std::string::npos);
    CHECK(json.find("\"cmdline\":\"inside added\"") != std::string::npos);
    CHECK(json.find("\"extras\":[\"/k/a.efi.extra.d/own.addon.efi\",\"/k/a.efi\"]") !=
          std::string::npos);
}

TEST_CASE("the default follows loader.conf, or is said to be unknown", "[list_verb]") {
    tests::BootDirectory esp;
    esp.add("/vmlinuz", "x");
    for (const char* id : {"a", "b", "c"})
        esp.add(std::string("/loader/entries/") + id + ".conf", "linux /vmlinuz\n");
    auto default_id = [&](std::string_view conf) -> std::string {
        esp.add("/loader/loader.conf", conf);
        auto report = list(esp);
        bool says_unknown =
            has_remark(report, esp.path(),
                       "the default is the entry that was booted last, which is not known here");
        CHECK(says_unknown == !report.default_index);
        std::string json = to_json(report, json::Layout::brief);
        CHECK((json.find("\"isDefault\":true") != std::string::npos) == !says_unknown);
        CHECK((json.find("\"isDefault\":") != std::string::npos) == !says_unknown);
        return report.default_index ? report.discovery.entries[*report.default_index].id : "";
    };
    CHECK(default_id("") == "c.conf"); // ids count as versions, the newest comes first
    CHECK(default_id("default b*\n") == "b.conf");
    CHECK(default_id("default b*\npreferred a.conf\n") == "a.conf");
    CHECK(default_id("default @saved\n").empty());
    CHECK(default_id("preferred @saved\ndefault b*\n").empty());
    CHECK(default_id("preferred b*\ndefault @saved\n") == "b.conf");
}

TEST_CASE("what keeps an entry out of the menu is told with file and line", "[list_verb]") {
    tests::BootDirectory esp;
    esp.add("/loader/entries/lost.conf", "linux /boot/vmlinuz\n");
    esp.add("/loader/entries/two.conf", "linux /a\n\nefi /b\n");
    esp.add("/loader/entries/arm.conf", "linux /a\narchitecture aa64\n");
    esp.add("/EFI/Linux/broken.efi", "no PE file");
    esp.add("/loader/addons/broken.addon.efi", "no PE file");
    esp.add("/loader/loader.conf", "timeout 3\ncolour red\n");
    auto report = list(esp);
    CHECK(report.details.empty());
    CHECK_FALSE(report.failure);
    CHECK(to_json(report, json::Layout::brief) == "[]\n");
    CHECK(to_text(report, {}).empty());
    CHECK(has_remark(report, esp.path(),
                     "\"/efi/loader/entries/lost.conf\": not in the menu: \"/efi/boot/vmlinuz\" "
                     "does not exist",
                     "paths in an entry start at the root of the file system that it is on"));
    auto starts = [&](std::string_view start) {
        for (const Notice& remark : report.remarks)
            if (settled(remark.text, esp.path()).starts_with(start)) return true;
        return false;
    };
    CHECK(starts("\"/efi/loader/entries/two.conf\", line 3: not in the menu: "));
    CHECK(starts("\"/efi/loader/entries/arm.conf\""));
    CHECK(starts("\"/efi/EFI/Linux/broken.efi\": not in the menu: "));
    CHECK(starts("\"/efi/loader/loader.conf\", line 2: "));
    CHECK_FALSE(starts("\"/efi/loader/addons")); // no entry would use it
}

TEST_CASE("an add-on that cannot be used is told once", "[list_verb]") {
    tests::BootDirectory esp;
    add_uki(esp);
    esp.add("/EFI/Linux/other.efi", pe_file({{".osrel", "ID=o\nNAME=O\n"}, {".linux", "k"}}));
    esp.add("/loader/addons/broken.addon.efi", "no PE file");
    esp.add("/loader/addons/arm.addon.efi", pe_file({{".cmdline", "arm"}}, 0xaa64));
    auto report = list(esp);
    REQUIRE(report.details.size() == 2);
    REQUIRE(report.remarks.size() == 1);
    CHECK(settled(report.remarks[0].text, esp.path())
              .starts_with("\"/efi/loader/addons/broken.addon.efi\" is no add-on"));
    CHECK(to_json(report, json::Layout::brief).find("\"options\":\"arm\"") == std::string::npos);
}

TEST_CASE("entries in an image are named by the image", "[list_verb]") {
    tests::FatImage image("-F 12", 256);
    image.make_directory("/loader");
    image.make_directory("/loader/entries");
    image.put("/vmlinuz", "x");
    image.put("/loader/entries/a.conf", "linux /vmlinuz\n");
    ListRequest request;
    request.source.image = image.path();
    auto report = run_list(request);
    REQUIRE(report.details.size() == 1);
    std::string json = to_json(report, json::Layout::brief);
    CHECK(json.find("\"path\":\"" + image.path() + ":/loader/entries/a.conf\",\"root\":\"" +
                    image.path() + ":\"") != std::string::npos);
    CHECK(to_text(report, {}).find("linux: " + image.path() + ":/vmlinuz\n") != std::string::npos);
}

TEST_CASE("entries of both partitions are listed with their own", "[list_verb]") {
    tests::BootDirectory esp, boot;
    esp.add("/vmlinuz", "x");
    esp.add("/loader/entries/a.conf", "title A\nlinux /vmlinuz\n");
    boot.add("/kernel", "x");
    boot.add("/loader/entries/b.conf", "title B\nlinux /kernel\n");
    boot.add("/loader/entries/c.conf", "title C\nlinux /vmlinuz\n");
    ListRequest request;
    request.source.esp_path = esp.path();
    request.source.boot_path = boot.path();
    auto report = run_list(request);
    REQUIRE(report.details.size() == 2);
    std::string text = to_text(report, {});
    CHECK(text.find("source: " + boot.path() +
                    "/loader/entries/b.conf (on the Extended Boot Loader Partition)\n") !=
          std::string::npos);
    CHECK(text.find("linux: " + boot.path() + "/kernel\n") != std::string::npos);
    CHECK(to_json(report, json::Layout::brief).find("\"source\":\"xbootldr\"") !=
          std::string::npos);
    CHECK(has_remark(report, boot.path(),
                     "\"/efi/loader/entries/c.conf\": not in the menu: \"/efi/vmlinuz\" does not "
                     "exist",
                     "paths in an entry start at the root of the file system that it is on"));
}

TEST_CASE("what is no ESP is a failure", "[list_verb]") {
    ListRequest request;
    request.source.esp_path = "/nonexistent";
    auto report = run_list(request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text.starts_with("cannot use \"/nonexistent\": "));
}

TEST_CASE("titles are emphasised and cannot write to a terminal", "[list_verb]") {
    tests::BootDirectory esp;
    esp.add("/vmlinuz", "x");
    esp.add("/loader/entries/a.conf", "title \x1b[31mRed\nlinux /vmlinuz\n");
    auto report = list(esp);
    REQUIRE(report.details.size() == 1);
    CHECK(to_text(report, {}).find("title: \\x1b[31mRed (default)\n") != std::string::npos);
    OutputStyle style;
    style.use_color = true;
    CHECK(to_text(report, style).find("title: \x1b[1m\\x1b[31mRed\x1b[0m (default)\n") !=
          std::string::npos);
    CHECK(to_json(report, json::Layout::brief).find("\\u001b[31mRed") != std::string::npos);
}
