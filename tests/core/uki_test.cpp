// SPDX-License-Identifier: MIT
#include "core/uki.hpp"

#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using fakes::FakeVolume;
using tests::PeImage;

namespace {

const std::string path = "/EFI/Linux/Foo-6.1+3-1.efi";

/// An image whose sections' virtual sizes tell which is which: 1, 2, 3 …
pe::Image numbered(const std::vector<std::string>& names) {
    pe::Image image;
    for (const std::string& name : names) {
        image.sections.push_back({});
        image.sections.back().name = name;
        image.sections.back().virtual_size = static_cast<std::uint32_t>(image.sections.size());
    }
    return image;
}

/// "NAME NUMBER" of each section that counts for `profile`, joined with commas.
std::string chosen(const pe::Image& image, std::uint32_t profile) {
    auto sections = uki::sections_of(image, profile);
    if (!sections) return to_text(sections.error().code);
    std::string all;
    for (const pe::Section& section : *sections)
        all += (all.empty() ? "" : ",") + section.name + " " + std::to_string(section.virtual_size);
    return all;
}

PeImage image_with(std::vector<tests::PeSection> sections) {
    PeImage image;
    image.sections = std::move(sections);
    return image;
}

const std::string release = "# a comment\nID=example\nPRETTY_NAME=\"Example OS 42\"\n"
                            "VERSION_ID=42\nIMAGE_VERSION=7\n";

PeImage small_uki() {
    return image_with({{".text", "stub"},
                       {".osrel", release},
                       {".cmdline", " quiet\troot=/dev/x \n"},
                       {".uname", "6.1.0\n"},
                       {".linux", "kernel"}});
}

Result<std::vector<bls::Entry>> read(const PeImage& image, std::string_view architecture = "x64") {
    FakeVolume volume;
    volume.add(path, image.build());
    return uki::read_entries(volume, path, architecture);
}

bls::Entry read_one(const PeImage& image) {
    auto entries = read(image);
    REQUIRE(entries);
    REQUIRE(entries->size() == 1);
    return entries->front();
}

Error rejection_of(const PeImage& image, std::string_view architecture = "x64") {
    auto entries = read(image, architecture);
    REQUIRE_FALSE(entries);
    return entries.error();
}

/// The title of an image with this release text.
std::string title_of(const std::string& text) {
    auto entries = read(image_with({{".osrel", text}}));
    return entries ? entries->front().title : "";
}

} // namespace

TEST_CASE("an image without profiles is one profile of everything", "[uki]") {
    pe::Image image = numbered({".linux", ".osrel", ".linux"});
    CHECK(uki::count_profiles(image) == 1);
    CHECK(chosen(image, 0) == ".linux 1,.osrel 2");
    CHECK(chosen(image, 1) == "not found");
    CHECK(chosen(numbered({}), 0) == "");
}

TEST_CASE("a profile's sections come before those of the base", "[uki]") {
    pe::Image image = numbered({".linux", ".cmdline", ".osrel", ".profile", ".profile", ".cmdline",
                                ".splash", ".cmdline", ".profile", ".linux", ".initrd"});
    CHECK(uki::count_profiles(image) == 3);
    CHECK(chosen(image, 0) == ".linux 1,.cmdline 2,.osrel 3,.profile 4");
    CHECK(chosen(image, 1) == ".linux 1,.cmdline 6,.osrel 3,.profile 5,.splash 7");
    CHECK(chosen(image, 2) == ".linux 10,.cmdline 2,.osrel 3,.profile 9,.initrd 11");
    CHECK(chosen(image, 3) == "not found");
    CHECK(chosen(image, 0xffffffff) == "not found");
}

TEST_CASE("a profile that is not there is named by its number", "[uki]") {
    auto sections = uki::sections_of(numbered({".profile"}), 7);
    REQUIRE_FALSE(sections);
    CHECK(sections.error().code == Errc::not_found);
    CHECK(sections.error().where == 7);
}

TEST_CASE("profiles are counted up to a limit", "[uki]") {
    CHECK(uki::count_profiles(numbered({})) == 1);
    CHECK(uki::count_profiles(numbered(std::vector<std::string>(256, ".profile"))) == 256);
    CHECK(uki::count_profiles(numbered(std::vector<std::string>(257, ".profile"))) == 256);
}

TEST_CASE("values of os-release text lose their quotes", "[uki]") {
    auto [line, value] = GENERATE(table<std::string, std::string>({
        {"A=b", "b"},
        {"A=", ""},
        {"A=\"b c\"", "b c"},
        {"A='b c'", "b c"},
        {"  A=b  \r", "b"},
        {"A=\"b\\\"c\\\\d\\$e\\`f\\g\"", "b\"c\\d$e`f\\g"},
        {"A='b\\'", "b\\"},
        {"A=\"b", "\"b"},
        {"A=\"b\\\"", "\"b\\\""},
        {"A=\"b\" # c", "b"},
        {"A=b'c\"d", "b'c\"d"},
        {"A=b=c", "b=c"},
        {"A=\"\"", ""},
        {"A=\"", "\""},
        {"A = b", ""},
        {"#A=b", ""},
        {"AA=b", ""},
        {"a=b", ""},
        {"A", ""},
    }));
    INFO(line);
    CHECK(uki::os_release_value(line, "A") == value);
    CHECK(uki::os_release_value("X=1\n\n" + line + "\nY=2\n", "A") == value);
}

TEST_CASE("the last line of a key counts, and nothing behind a NUL", "[uki]") {
    using namespace std::string_view_literals;
    CHECK(uki::os_release_value("A=1\nA=2\n", "A") == "2");
    CHECK(uki::os_release_value("A=1\n\0A=2\n"sv, "A") == "1");
    CHECK(uki::os_release_value("A=\"1\0\"\n"sv, "A") == "\"1");
    CHECK(uki::os_release_value("", "A").empty());
}

TEST_CASE("a command line is cleaned", "[uki]") {
    using namespace std::string_view_literals;
    auto [text, clean] = GENERATE(table<std::string_view, std::string>({
        {"quiet", "quiet"},
        {" \t\r\n\x01\x7fquiet\x7f\x1f \n", "quiet"},
        {"a\nb\tc\x7f"sv
         "d  e",
         "a b c d  e"},
        {"\xc3\xa4 \xc3\xb6", "\xc3\xa4 \xc3\xb6"},
        {"a\0b"sv, "a"},
        {"a \0"sv, "a"},
        {"\0a"sv, ""},
        {" \n ", ""},
        {"", ""},
    }));
    CHECK(uki::clean_command_line(text) == clean);
}

TEST_CASE("a UKI is an entry", "[uki]") {
    bls::Entry entry = read_one(small_uki());
    CHECK(entry.kind == bls::EntryKind::type2);
    CHECK(entry.id == "foo-6.1.efi");
    CHECK(entry.file_path == path);
    CHECK(entry.image_path == path);
    CHECK(entry.title == "Example OS 42");
    CHECK(entry.version == "7");
    CHECK(entry.sort_key == "example");
    CHECK(entry.architecture == "x64");
    CHECK(entry.options == "quiet root=/dev/x");
    CHECK(entry.options_implied);
    CHECK(entry.uname == "6.1.0");
    CHECK_FALSE(entry.profile);
    CHECK(entry.profile_id.empty());
}

TEST_CASE("a UKI without command line implies none", "[uki]") {
    bls::Entry entry = read_one(image_with({{".osrel", release}}));
    CHECK(entry.options.empty());
    CHECK_FALSE(entry.options_implied);
    CHECK(entry.uname.empty());
}

TEST_CASE("the first of several fields gives name, version and sort key", "[uki]") {
    CHECK(title_of("ID=d\nNAME=c\nIMAGE_ID=b\nPRETTY_NAME=a\n") == "a");
    CHECK(title_of("ID=d\nNAME=c\nIMAGE_ID=b\nPRETTY_NAME=\n") == "b");
    CHECK(title_of("ID=d\nNAME=c\n") == "c");
    CHECK(title_of("ID=d\n") == "d");
    auto version_of = [](const std::string& text) {
        return read_one(image_with({{".osrel", "ID=x\n" + text}})).version;
    };
    CHECK(version_of("BUILD_ID=d\nVERSION_ID=c\nVERSION=b\nIMAGE_VERSION=a\n") == "a");
    CHECK(version_of("BUILD_ID=d\nVERSION_ID=c\nVERSION=b\n") == "b");
    CHECK(version_of("BUILD_ID=d\nVERSION_ID=c\n") == "c");
    CHECK(version_of("BUILD_ID=d\n") == "d");
    CHECK(version_of("") == "");
    CHECK(read_one(image_with({{".osrel", "IMAGE_ID=a\nID=b\n"}})).sort_key == "a");
}

TEST_CASE("every profile is an entry of its own", "[uki]") {
    PeImage image = small_uki();
    image.sections.insert(image.sections.end(), {{".profile", "TITLE=Normal\nID=main\n"},
                                                 {".profile", "TITLE=Rescue\nID=Rescue.1\n"},
                                                 {".cmdline", "rescue"},
                                                 {".profile", "ID=\"factory reset\"\n"},
                                                 {".osrel", "ID=other\n"},
                                                 {".profile", ""}});
    auto entries = read(image);
    REQUIRE(entries);
    REQUIRE(entries->size() == 4);
    const bls::Entry &main = (*entries)[0], &rescue = (*entries)[1], &factory = (*entries)[2],
                     &nameless = (*entries)[3];
    CHECK(main.id == "foo-6.1.efi");
    CHECK(main.title == "Example OS 42 (Normal)");
    CHECK(main.profile == 0u);
    CHECK(main.profile_id == "main");
    CHECK(rescue.id == "foo-6.1.efi@rescue.1");
    CHECK(rescue.title == "Example OS 42 (Rescue)");
    CHECK(rescue.profile == 1u);
    CHECK(rescue.options == "rescue");
    CHECK(factory.id == "foo-6.1.efi@2");
    CHECK(factory.title == "other (factory reset)");
    CHECK(factory.options == "quiet root=/dev/x");
    CHECK(nameless.id == "foo-6.1.efi@3");
    CHECK(nameless.title == "Example OS 42 (Profile #4)");
    CHECK(nameless.profile == 3u);
    CHECK(nameless.profile_id.empty());
}

TEST_CASE("a UKI that is no entry says why", "[uki]") {
    SECTION("no .osrel") {
        Error error = rejection_of(image_with({{".linux", "kernel"}}));
        CHECK(error.code == Errc::invalid);
        CHECK(error.what == std::string("image has no .osrel section"));
    }
    SECTION("no name in it") {
        std::string text = GENERATE("", "VERSION=1\n", "NAME=\n");
        Error error = rejection_of(image_with({{".osrel", text}}));
        CHECK(error.code == Errc::invalid);
        CHECK(error.what == std::string("image does not name its system"));
    }
    SECTION("no name in one profile") {
        PeImage image = small_uki();
        image.sections.insert(image.sections.end(),
                              {{".profile", ""}, {".profile", ""}, {".osrel", "VERSION=1\n"}});
        CHECK(rejection_of(image).code == Errc::invalid);
    }
    SECTION("text that is too large") {
        std::string text(uki::text_section_size_max + 1, '\n');
        std::string name = GENERATE(".osrel", ".profile", ".cmdline", ".uname");
        PeImage image = image_with({{".osrel", release}});
        if (name == ".osrel") image.sections.clear();
        image.sections.push_back({name, text});
        Error error = rejection_of(image);
        CHECK(error.code == Errc::too_large);
        CHECK(error.where >= image.headers_size());
        image.sections.back().contents.pop_back();
        if (name != ".osrel") CHECK(read(image));
    }
}

TEST_CASE("a UKI for another machine is not supported", "[uki]") {
    PeImage image = small_uki();
    CHECK(rejection_of(image, "aa64").code == Errc::unsupported);
    CHECK(read(image, "X64"));
    CHECK(read(image, ""));
    image.machine = 0xaa64;
    CHECK(rejection_of(image, "x64").code == Errc::unsupported);
    image.machine = 1;
    CHECK(rejection_of(image, "x64").code == Errc::unsupported);
    CHECK(read(image, ""));
}

TEST_CASE("a file that is missing or no file is no UKI", "[uki]") {
    FakeVolume volume;
    CHECK(uki::read_entries(volume, path, "x64").error().code == Errc::not_found);
    volume.make_directory(path);
    CHECK(uki::read_entries(volume, path, "x64").error().code == Errc::invalid);
    volume.drop(path);
    volume.add(path, small_uki().build()).read_error = Error{Errc::io, "disk is broken", 0, 5};
    CHECK(uki::read_entries(volume, path, "x64").error().code == Errc::io);
    volume.drop(path);
    volume.add(path, "not an EFI program, but a text that is longer than a DOS header is.");
    CHECK(uki::read_entries(volume, path, "x64").error().code == Errc::invalid);
}

TEST_CASE("a UKI cut at any byte is an entry only without what was cut", "[uki]") {
    auto file = small_uki().build();
    for (std::size_t size = 0; size < file.size(); size++) {
        FakeVolume volume;
        volume.add(path, Bytes(file).first(size));
        auto entries = uki::read_entries(volume, path, "x64");
        INFO(size);
        if (entries)
            CHECK(entries->front().options == "quiet root=/dev/x");
        else
            CHECK(entries.error().code == Errc::truncated);
    }
}

TEST_CASE("a UKI that shrinks while it is read is truncated", "[uki]") {
    auto file = small_uki().build();
    std::size_t size = GENERATE(0u, 63u, 100u, 300u, 600u);
    FakeVolume volume;
    volume.add(path, Bytes(file).first(size)).claimed_size = file.size();
    auto entries = uki::read_entries(volume, path, "x64");
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == Errc::truncated);
}

TEST_CASE("only headers and texts of a UKI are read", "[uki]") {
    PeImage image = small_uki();
    image.sections.back().contents = std::string(1 << 20, 'k');
    FakeVolume volume;
    volume.add(path, image.build());
    REQUIRE(uki::read_entries(volume, path, "x64"));
    CHECK(volume.reads == 4); // headers, .osrel, .cmdline, .uname
}

TEST_CASE("headers that lie far behind in a UKI are found", "[uki]") {
    PeImage image = small_uki();
    auto file = image.build();
    std::size_t shift = GENERATE(4000u, 5000u, 100000u);
    // The DOS header stays; all that comes behind moves.
    std::vector<std::byte> moved(file.begin(), file.begin() + 64);
    moved.resize(64 + shift);
    append(moved, Bytes(file).subspan(64));
    auto move = [&](std::size_t offset) {
        std::uint32_t value = *read_u32(moved, offset);
        if (value) PeImage::put_u32(moved, offset, value + static_cast<std::uint32_t>(shift));
    };
    move(0x3c);
    move(shift + PeImage::optional_offset + 60);
    for (std::size_t i = 0; i < image.sections.size(); i++)
        move(shift + image.table_offset() + 40 * i + 20);
    FakeVolume volume;
    volume.add(path, moved);
    auto entries = uki::read_entries(volume, path, "x64");
    REQUIRE(entries);
    CHECK(entries->front().title == "Example OS 42");
    CHECK(volume.reads <= 3 + 3);
}

TEST_CASE("headers that a file is too short for are not made room for", "[uki]") {
    auto file = small_uki().build();
    PeImage::put_u32(file, 0x3c, pe::headers_size_max - 24);
    FakeVolume volume;
    volume.add(path, file);
    auto entries = uki::read_entries(volume, path, "x64");
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == Errc::truncated);
    CHECK(volume.reads == 1);
}
