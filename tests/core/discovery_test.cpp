// SPDX-License-Identifier: MIT
#include "core/discovery.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using namespace kindling::bls;

namespace {

constexpr const char* snippet = "title T\nlinux /vmlinuz\n";

std::vector<std::string> ids(const Discovery& found) {
    std::vector<std::string> list;
    for (const Entry& entry : found.entries) list.push_back(entry.id);
    return list;
}

/// An ESP with a kernel.
fakes::FakeVolume esp_with_kernel() {
    fakes::FakeVolume esp;
    esp.add("/vmlinuz", "kernel");
    return esp;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("a machine without directories of entries has none", "[discovery]") {
    fakes::FakeVolume esp;
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    CHECK(found.hidden.empty());
}

TEST_CASE("snippets of both volumes come in one order, with their source", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel(), xbootldr = esp_with_kernel();
    esp.add("/loader/entries/b.conf", snippet);
    xbootldr.add("/loader/entries/c.conf", snippet);
    esp.add("/loader/entries/a.conf", snippet);
    Discovery found = discover(esp, &xbootldr, {"x64", ""});
    CHECK(ids(found) == Ids{"c.conf", "b.conf", "a.conf"});
    CHECK(found.entries[0].source == EntrySource::xbootldr);
    CHECK(found.entries[1].source == EntrySource::esp);
    CHECK(found.entries[0].file_path == "/loader/entries/c.conf");
    CHECK(found.entries[0].show_title == "T (c.conf)");
}

TEST_CASE("an id is lower case without its counter, the path is as on the disk", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    esp.add("/loader/entries/Foo+3-1.CONF", snippet);
    Discovery found = discover(esp, nullptr, {"x64", ""});
    REQUIRE(ids(found) == Ids{"foo.conf"});
    CHECK(found.entries[0].file_path == "/loader/entries/Foo+3-1.CONF");
    REQUIRE(found.entries[0].tries);
    CHECK(found.entries[0].tries->left == 3);
    CHECK(found.entries[0].tries->done == 1);
}

TEST_CASE("files that are no entries are passed over", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    for (const char* name : {".hidden.conf", "auto-x.conf", "readme.txt", "x.conf.bak"})
        esp.add(std::string("/loader/entries/") + name, snippet);
    esp.add("/loader/entries/folder.conf/x.conf", snippet);
    esp.add("/EFI/Linux/notes.txt", "no image");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    CHECK(found.hidden.empty());
}

TEST_CASE("a broken entry is hidden with its line and hides no other", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    esp.add("/loader/entries/good.conf", snippet);
    esp.add("/loader/entries/broken.conf", "title B\nlinux /vmlinuz\nefi /vmlinuz\n");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(ids(found) == Ids{"good.conf"});
    REQUIRE(found.hidden.size() == 1);
    CHECK(found.hidden[0].file_path == "/loader/entries/broken.conf");
    CHECK(found.hidden[0].error.code == Errc::invalid);
    CHECK(found.hidden[0].error.where == 3);
    CHECK_FALSE(found.hidden[0].is_expected);
}

TEST_CASE("an entry whose image is missing or a directory is hidden and names it", "[discovery]") {
    fakes::FakeVolume esp;
    esp.make_directory("/folder");
    esp.add("/loader/entries/a.conf", "linux /none\n");
    esp.add("/loader/entries/b.conf", "linux /folder\n");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    REQUIRE(found.hidden.size() == 2);
    CHECK(found.hidden[0].subject == "/none");
    CHECK(found.hidden[0].error.code == Errc::not_found);
    CHECK(found.hidden[1].subject == "/folder");
    CHECK(found.hidden[1].error.code == Errc::invalid);
}

TEST_CASE("an image is looked for on the volume of its snippet", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel(), xbootldr;
    xbootldr.add("/loader/entries/x.conf", snippet);
    CHECK(discover(esp, &xbootldr, {"x64", ""}).entries.empty());
}

TEST_CASE("an entry for another machine is hidden as expected", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    esp.add("/loader/entries/x.conf", "linux /vmlinuz\narchitecture aa64\n");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    REQUIRE(found.hidden.size() == 1);
    CHECK(found.hidden[0].error.code == Errc::unsupported);
    CHECK(found.hidden[0].is_expected);
    CHECK(discover(esp, nullptr, {"", ""}).entries.size() == 1);
}

TEST_CASE("an efi entry for the loader itself is hidden on the ESP only", "[discovery]") {
    fakes::FakeVolume esp, xbootldr;
    for (fakes::FakeVolume* volume : {&esp, &xbootldr}) {
        volume->add("/EFI/BOOT/BOOTX64.EFI", "loader");
        volume->add("/loader/entries/self.conf", "efi /efi/boot/bootx64.efi\n");
    }
    Discovery found = discover(esp, &xbootldr, {"x64", "/EFI/BOOT/BOOTX64.EFI"});
    REQUIRE(found.entries.size() == 1);
    CHECK(found.entries[0].source == EntrySource::xbootldr);
    REQUIRE(found.hidden.size() == 1);
    CHECK(found.hidden[0].is_expected);
}

TEST_CASE("an entry that boots from a URL is hidden and not expected to be", "[discovery]") {
    fakes::FakeVolume esp;
    esp.add("/loader/entries/net.conf", "uki-url https://example.org/x.efi\n");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    REQUIRE(found.hidden.size() == 1);
    CHECK(found.hidden[0].error.code == Errc::unsupported);
    CHECK_FALSE(found.hidden[0].is_expected);
}

TEST_CASE("remarks about a usable entry name its file and line", "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    esp.add("/loader/entries/x.conf", "linux /vmlinuz\nprofile many\n");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    REQUIRE(found.remarks.size() == 1);
    CHECK(found.remarks[0].file_path == "/loader/entries/x.conf");
    CHECK(found.remarks[0].remark.line == 2);
}

TEST_CASE("a snippet that cannot be read or is too large is hidden with the reason",
          "[discovery]") {
    fakes::FakeVolume esp = esp_with_kernel();
    esp.add("/loader/entries/a.conf", snippet).read_error = Error{Errc::io, "cannot read", 0, 7};
    esp.add("/loader/entries/b.conf", snippet).claimed_size = 1024 * 1024 + 1;
    Discovery found = discover(esp, nullptr, {"x64", ""});
    REQUIRE(found.hidden.size() == 2);
    CHECK(found.hidden[0].error.code == Errc::io);
    CHECK(found.hidden[0].error.cause == 7);
    CHECK(found.hidden[1].error.code == Errc::too_large);
}

TEST_CASE("a UKI that is no image is hidden with the reason", "[discovery]") {
    fakes::FakeVolume esp;
    esp.add("/EFI/Linux/x.efi", "no image at all");
    Discovery found = discover(esp, nullptr, {"x64", ""});
    CHECK(found.entries.empty());
    REQUIRE(found.hidden.size() == 1);
    CHECK(found.hidden[0].file_path == "/EFI/Linux/x.efi");
    CHECK_FALSE(found.hidden[0].is_expected);
}

TEST_CASE("reading a whole file gives what is there", "[discovery]") {
    fakes::FakeVolume esp;
    esp.add("/a", "hello");
    CHECK(to_text(read_whole(esp, "/a", 5).value()) == "hello");
    CHECK(read_whole(esp, "/a", 4).error().code == Errc::too_large);
    CHECK(read_whole(esp, "/b", 5).error().code == Errc::not_found);
    esp.make_directory("/d");
    CHECK(read_whole(esp, "/d", 5).error().code == Errc::invalid);
    esp.add("/e", "hello").claimed_size = 7;
    CHECK(to_text(read_whole(esp, "/e", 9).value()) == "hello");
}
