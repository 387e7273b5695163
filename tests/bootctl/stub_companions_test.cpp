// SPDX-License-Identifier: MIT
#include "bootctl/stub_companions.hpp"

#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;

namespace {

std::vector<std::string> paths(const std::vector<pcr::Companion>& list) {
    std::vector<std::string> found;
    for (const pcr::Companion& one : list) found.push_back(one.path);
    return found;
}

using Paths = std::vector<std::string>;

pcr::Companions list(Volume& volume, std::string_view image) {
    std::string at_file;
    auto companions = list_companions(volume, image, at_file);
    REQUIRE(companions);
    return std::move(*companions);
}

} // namespace

TEST_CASE("companions are sorted by kind and name, from the image's directory and the global ones",
          "[stub_companions]") {
    fakes::FakeVolume volume;
    for (const char* path :
         {"/EFI/Linux/u.efi.extra.d/b.cred", "/EFI/Linux/u.efi.extra.d/B.Cred",
          "/EFI/Linux/u.efi.extra.d/a.raw", "/EFI/Linux/u.efi.extra.d/c.sysext.raw",
          "/EFI/Linux/u.efi.extra.d/d.confext.raw", "/EFI/Linux/u.efi.extra.d/e.addon.efi",
          "/EFI/Linux/u.efi.extra.d/f.efi", "/EFI/Linux/u.efi.extra.d/.g.cred",
          "/EFI/Linux/u.efi.extra.d/\xc3\xa4.cred", "/EFI/Linux/other.efi.extra.d/x.cred",
          "/loader/addons/h.addon.efi", "/loader/addons/i.cred", "/loader/credentials/j.cred",
          "/loader/credentials/k.raw", "/loader/extensions/l.raw",
          "/loader/extensions/m.confext.raw", "/loader/extensions/n.addon.efi"})
        volume.add(path, path);
    volume.make_directory("/EFI/Linux/u.efi.extra.d/directory.cred");
    pcr::Companions found = list(volume, "/EFI/Linux/u.efi");
    CHECK(paths(found.credentials) ==
          Paths{"/EFI/Linux/u.efi.extra.d/B.Cred", "/EFI/Linux/u.efi.extra.d/b.cred"});
    CHECK(paths(found.sysexts) ==
          Paths{"/EFI/Linux/u.efi.extra.d/a.raw", "/EFI/Linux/u.efi.extra.d/c.sysext.raw"});
    CHECK(paths(found.confexts) == Paths{"/EFI/Linux/u.efi.extra.d/d.confext.raw"});
    CHECK(paths(found.addons) == Paths{"/EFI/Linux/u.efi.extra.d/e.addon.efi"});
    CHECK(paths(found.global_addons) == Paths{"/loader/addons/h.addon.efi"});
    CHECK(paths(found.global_credentials) == Paths{"/loader/credentials/j.cred"});
    CHECK(paths(found.global_sysexts) == Paths{"/loader/extensions/l.raw"});
    CHECK(paths(found.global_confexts) == Paths{"/loader/extensions/m.confext.raw"});
    CHECK(found.credentials[0].name == "B.Cred");
    CHECK_FALSE(is_empty(found));
}

TEST_CASE("a boot counter is no part of the companions' directory", "[stub_companions]") {
    fakes::FakeVolume volume;
    volume.add("/EFI/Linux/u.efi.extra.d/a.cred", "1");
    CHECK(list(volume, "/EFI/Linux/u+3-1.efi").credentials.size() == 1);
    CHECK(list(volume, "/u.efi").credentials.empty());
    volume.add("/u.efi.extra.d/a.cred", "1");
    CHECK(list(volume, "/u.efi").credentials.size() == 1);
}

TEST_CASE("without companions there are none", "[stub_companions]") {
    fakes::FakeVolume volume;
    CHECK(is_empty(list(volume, "/EFI/Linux/u.efi")));
    volume.make_directory("/loader/credentials");
    CHECK(is_empty(list(volume, "/EFI/Linux/u.efi")));
}

TEST_CASE("a single companion of any kind is not nothing", "[stub_companions]") {
    auto path = GENERATE(as<std::string>(), "/u.efi.extra.d/a.cred", "/u.efi.extra.d/a.raw",
                         "/u.efi.extra.d/a.confext.raw", "/u.efi.extra.d/a.addon.efi",
                         "/loader/addons/a.addon.efi", "/loader/credentials/a.cred",
                         "/loader/extensions/a.raw", "/loader/extensions/a.confext.raw");
    fakes::FakeVolume volume;
    volume.add(path, "1");
    CHECK_FALSE(is_empty(list(volume, "/u.efi")));
}

TEST_CASE("contents are read and stay where they are", "[stub_companions]") {
    fakes::FakeVolume volume;
    for (int i = 0; i < 50; i++)
        volume.add("/u.efi.extra.d/" + std::to_string(100 + i) + ".cred", std::to_string(i));
    volume.add("/loader/extensions/l.raw", "extension");
    volume.add("/loader/extensions/empty.raw", "");
    pcr::Companions found = list(volume, "/u.efi");
    std::vector<std::vector<std::byte>> files;
    std::string at_file;
    REQUIRE(read_companions(volume, found, files, at_file));
    CHECK(files.size() == 52);
    for (std::size_t i = 0; i < 50; i++)
        CHECK(to_text(found.credentials[i].contents) == std::to_string(i));
    CHECK(to_text(found.global_sysexts[0].contents).empty());
    CHECK(to_text(found.global_sysexts[1].contents) == "extension");
}

TEST_CASE("what cannot be read is an error with its path", "[stub_companions]") {
    fakes::FakeVolume volume;
    std::string at_file;
    volume.add("/loader/addons", "a file in the place of a directory");
    auto listed = list_companions(volume, "/u.efi", at_file);
    if (!listed) CHECK(at_file == "/loader/addons");
    volume.drop("/loader/addons");
    volume.add("/u.efi.extra.d/a.cred", "1").read_error = Error{Errc::io, "is broken"};
    pcr::Companions found = list(volume, "/u.efi");
    std::vector<std::vector<std::byte>> files;
    auto read = read_companions(volume, found, files, at_file);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::io);
    CHECK(at_file == "/u.efi.extra.d/a.cred");
    volume.add("/u.efi.extra.d/a.cred", "1").claimed_size = cpio::extra_size_max + 1;
    read = read_companions(volume, found, files, at_file);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::too_large);
}
