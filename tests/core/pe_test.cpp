// SPDX-License-Identifier: MIT
#include "core/pe.hpp"

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"

using namespace kindling;
using tests::PeImage;

namespace {

/// A 64-bit image of three sections, one of them without bytes in the file.
PeImage small_image() {
    PeImage image;
    image.sections = {
        {".text", "code and more code"}, {".bss", "", 64}, {".osrel", "NAME=x\n", 200}};
    image.trailing = "behind";
    return image;
}

Error rejection_of(Bytes file) {
    auto image = pe::parse(file);
    REQUIRE_FALSE(image);
    return image.error();
}

/// What `small_image` is rejected with after `damage`.
template <class Damage>
Error rejection_after(Damage damage) {
    auto file = small_image().build();
    damage(file);
    return rejection_of(file);
}

std::string joined(const std::vector<Bytes>& pieces) {
    std::string all;
    for (Bytes piece : pieces) all += to_text(piece);
    return all;
}

Result<std::vector<Bytes>> pieces_of(Bytes file) {
    pe::Image image = TRY(pe::parse(file));
    return pe::authenticode_pieces(file, image);
}

Error pieces_rejection_of(const PeImage& image) {
    auto file = image.build();
    auto pieces = pieces_of(file);
    REQUIRE_FALSE(pieces);
    return pieces.error();
}

/// The file without the checksum, the certificate directory entry and the last `certificates`
/// bytes.
std::string without_holes(const PeImage& image) {
    auto file = image.build();
    std::string text(to_text(Bytes(file)));
    text.resize(text.size() - image.certificates.size());
    if (image.directories > 4) text.erase(image.certificate_directory_offset(), 8);
    text.erase(image.checksum_offset(), 4);
    return text;
}

} // namespace

TEST_CASE("the headers of a PE image are read", "[pe]") {
    PeImage wanted = small_image();
    wanted.is_64bit = GENERATE(true, false);
    wanted.certificates = "certificates";
    auto file = wanted.build();
    auto image = pe::parse(file);
    REQUIRE(image);
    CHECK(image->machine == 0x8664);
    CHECK(image->image_version_major == 1);
    CHECK(image->supports_initrd_protocol());
    CHECK(image->subsystem == 10);
    CHECK(image->dll_characteristics == 0x100);
    CHECK(image->section_alignment == 4096);
    CHECK(image->size_of_image == 4 * 4096);
    CHECK(image->size_of_headers == wanted.headers_size());
    CHECK(image->checksum_offset == wanted.checksum_offset());
    CHECK(image->certificate_directory_offset == wanted.certificate_directory_offset());
    CHECK(image->certificates_offset == file.size() - 12);
    CHECK(image->certificates_size == 12);
    REQUIRE(image->sections.size() == 3);
    CHECK(image->sections[0].name == ".text");
    CHECK(image->sections[0].virtual_address == 4096);
    CHECK(image->sections[0].virtual_size == 18);
    CHECK(image->sections[0].raw_offset == wanted.headers_size());
    CHECK(image->sections[0].raw_size == 32);
    CHECK(image->sections[0].characteristics == 0x40000040);
    CHECK(image->sections[1].raw_size == 0);
    CHECK(image->sections[2].name == ".osrel");
}

TEST_CASE("a section name may fill all its eight bytes", "[pe]") {
    PeImage wanted;
    wanted.sections = {{".cmdline", "quiet"}};
    auto image = pe::parse(wanted.build());
    REQUIRE(image);
    CHECK(image->sections[0].name == ".cmdline");
}

TEST_CASE("an image of version 0 does not know the initrd protocol", "[pe]") {
    PeImage wanted = small_image();
    wanted.version_major = 0;
    auto image = pe::parse(wanted.build());
    REQUIRE(image);
    CHECK_FALSE(image->supports_initrd_protocol());
}

TEST_CASE("an image without certificate directory has no place for certificates", "[pe]") {
    PeImage wanted = small_image();
    wanted.directories = GENERATE(0u, 4u);
    auto image = pe::parse(wanted.build());
    REQUIRE(image);
    CHECK(image->certificate_directory_offset == 0);
    CHECK(image->certificates_size == 0);
}

TEST_CASE("a broken PE header is rejected where it breaks", "[pe]") {
    struct Row {
        std::size_t offset;
        std::uint32_t value;
        Errc code;
        std::uint64_t where;
    };
    constexpr std::size_t optional = PeImage::optional_offset, table = optional + 112 + 128;
    auto row = GENERATE(values<Row>({
        {0, 0x4d5a, Errc::invalid, 0},                                         // "ZM"
        {0x3c, 63, Errc::invalid, 0x3c},                                       // in the DOS header
        {0x3c, 16 * 1024 * 1024 - 23, Errc::too_large, 0x3c},                  // too far away
        {0x3c, 0xffffffff, Errc::too_large, 0x3c},                             //
        {0x3c, 16 * 1024 * 1024 - 24, Errc::truncated, 16 * 1024 * 1024 - 24}, // just not there
        {64, 0x4551, Errc::invalid, 64},                                       // "QE"
        {64 + 6, 97, Errc::too_large, 64 + 6},                                 // sections
        {64 + 20, 111, Errc::invalid, optional},                  // small optional header
        {64 + 20, 112 + 127, Errc::invalid, optional + 108},      // cuts the directories
        {optional, 0x107, Errc::invalid, optional},               // a ROM image
        {optional + 108, 17, Errc::invalid, optional + 108},      // directories
        {optional + 60, 447, Errc::invalid, table},               // SizeOfHeaders
        {table + 8, 0x3001, Errc::invalid, table},                // VirtualSize
        {table + 40 + 12, 0xffffffff, Errc::invalid, table + 40}, // VirtualAddress
    }));
    Error error = rejection_after(
        [&](std::vector<std::byte>& file) { PeImage::put_u32(file, row.offset, row.value); });
    INFO(row.offset << " = " << row.value << ": " << error.what);
    CHECK(error.code == row.code);
    CHECK(error.where == row.where);
}

TEST_CASE("a section table that ends behind the limit is rejected", "[pe]") {
    std::vector<std::byte> file(pe::headers_size_max);
    std::uint32_t offset = pe::headers_size_max - 24;
    PeImage::put(file, 0, to_bytes("MZ"));
    PeImage::put_u32(file, 0x3c, offset);
    PeImage::put_u32(file, offset, 0x4550);
    CHECK(*pe::headers_end(file) == pe::headers_size_max);
    PeImage::put_u16(file, offset + 20, 1); // optional header
    Error error = rejection_of(file);
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == offset + 20);
}

TEST_CASE("the start of a file says how much of it the headers are", "[pe]") {
    PeImage wanted = small_image();
    auto file = wanted.build();
    std::size_t file_header_end = PeImage::pe_offset + 24;
    std::size_t end = wanted.table_offset() + 3 * 40;
    for (std::size_t size = 0; size < file.size(); size++) {
        auto needed = pe::headers_end(Bytes(file).first(size));
        INFO(size);
        if (size < 64) {
            REQUIRE_FALSE(needed);
            CHECK(needed.error().code == Errc::truncated);
        } else {
            CHECK(*needed == (size < file_header_end ? file_header_end : end));
        }
    }
    REQUIRE(pe::parse(Bytes(file).first(end)));
    PeImage::put_u32(file, PeImage::pe_offset, 0);
    CHECK(pe::headers_end(file).error().code == Errc::invalid);
}

TEST_CASE("headers that are cut at any byte are truncated", "[pe]") {
    PeImage wanted = small_image();
    auto file = wanted.build();
    std::size_t end = wanted.table_offset() + 3 * 40;
    for (std::size_t size = 0; size < end; size++) {
        Error error = rejection_of(Bytes(file).first(size));
        INFO(size);
        CHECK(error.code == Errc::truncated);
        CHECK(error.where < end);
    }
    CHECK(pe::parse(Bytes(file).first(end)));
}

TEST_CASE("machine numbers have EFI's names of architectures", "[pe]") {
    CHECK(pe::architecture_of(0x014c) == "ia32");
    CHECK(pe::architecture_of(0x8664) == "x64");
    CHECK(pe::architecture_of(0x01c0) == "arm");
    CHECK(pe::architecture_of(0x01c2) == "arm");
    CHECK(pe::architecture_of(0xaa64) == "aa64");
    CHECK(pe::architecture_of(0x5032) == "riscv32");
    CHECK(pe::architecture_of(0x5064) == "riscv64");
    CHECK(pe::architecture_of(0x6232) == "loongarch32");
    CHECK(pe::architecture_of(0x6264) == "loongarch64");
    CHECK(pe::architecture_of(0x0200).empty());
}

TEST_CASE("a section's contents are what file and memory have in common", "[pe]") {
    auto file = small_image().build();
    auto image = pe::parse(file);
    REQUIRE(image);
    CHECK(to_text(*pe::contents(file, image->sections[0])) == "code and more code");
    CHECK(pe::contents(file, image->sections[1])->empty());
    CHECK(to_text(*pe::contents(file, image->sections[2])) == "NAME=x\n" + std::string(25, '\0'));
}

TEST_CASE("contents that leave the file are truncated", "[pe]") {
    auto file = small_image().build();
    auto image = pe::parse(file);
    REQUIRE(image);
    const pe::Section& text = image->sections[0];
    auto cut = pe::contents(Bytes(file).first(text.raw_offset + 17), text);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == Errc::truncated);
    CHECK(cut.error().where == text.raw_offset);
    CHECK(pe::contents(Bytes(file).first(text.raw_offset + 18), text));
}

TEST_CASE("the Authenticode digest covers a well-formed file but three holes", "[pe]") {
    PeImage image = small_image();
    image.is_64bit = GENERATE(true, false);
    image.directories = GENERATE(4u, 5u, 16u);
    if (image.directories > 4) image.certificates = GENERATE("", "signature");
    image.trailing = GENERATE("", "behind");
    auto file = image.build();
    auto pieces = pieces_of(file);
    REQUIRE(pieces);
    CHECK(joined(*pieces) == without_holes(image));
}

TEST_CASE("neither checksum nor signature changes the Authenticode digest", "[pe]") {
    PeImage plain = small_image(), other = small_image();
    other.certificates = "signature";
    auto plain_file = plain.build(), other_file = other.build();
    PeImage::put_u32(other_file, other.checksum_offset(), 7);
    CHECK(joined(*pieces_of(plain_file)) == joined(*pieces_of(other_file)));
    PeImage::put_u32(other_file, other.checksum_offset() + 4, 7);
    CHECK(joined(*pieces_of(plain_file)) != joined(*pieces_of(other_file)));
}

TEST_CASE("sections are hashed in the order of the file, not of the table", "[pe]") {
    PeImage image;
    std::uint32_t start = 416; // two sections' headers
    image.sections = {{".second", std::string(32, '2'), {}, {}, 32, start + 32},
                      {".first", std::string(32, '1'), {}, {}, 32, start}};
    REQUIRE(image.headers_size() == start);
    auto file = image.build();
    auto pieces = pieces_of(file);
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 5);
    CHECK(to_text((*pieces)[3]) == std::string(32, '1'));
    CHECK(to_text((*pieces)[4]) == std::string(32, '2'));
}

TEST_CASE("a gap before a section is not hashed, and the rest starts as if there were none",
          "[pe]") {
    PeImage image;
    image.sections = {{".text", std::string(32, 't'), {}, {}, 32, 384 + 8}};
    image.trailing = "rest";
    auto file = image.build();
    PeImage::put(file, 384, to_bytes("unhashed"));
    auto pieces = pieces_of(file);
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 5);
    CHECK(to_text((*pieces)[3]) == std::string(32, 't'));
    CHECK(to_text((*pieces)[4]) == "ttttttttrest");
}

TEST_CASE("ranges that contradict each other have no Authenticode digest", "[pe]") {
    PeImage image;
    image.sections = {{".one", std::string(32, '1'), {}, {}, 32, 416},
                      {".two", std::string(32, '2'), {}, {}, 32, 448}};
    SECTION("sections that overlap") {
        image.sections[1].raw_offset = 447;
        Error error = pieces_rejection_of(image);
        CHECK(error.code == Errc::invalid);
        CHECK(error.where == 447);
    }
    SECTION("two sections at one place") {
        image.sections[1].raw_offset = 416;
        CHECK(pieces_rejection_of(image).code == Errc::invalid);
    }
    SECTION("a section in the headers") {
        image.sections[0].raw_offset = 415;
        Error error = pieces_rejection_of(image);
        CHECK(error.code == Errc::invalid);
        CHECK(error.where == 415);
    }
    SECTION("a section behind the end") {
        image.sections[1].raw_size = 33;
        Error error = pieces_rejection_of(image);
        CHECK(error.code == Errc::truncated);
        CHECK(error.where == 448);
    }
}

TEST_CASE("certificates must be what the file ends with", "[pe]") {
    struct Row {
        std::uint32_t offset, size;
        Errc code;
    };
    PeImage image;
    image.sections = {{".one", std::string(32, '1')}};
    image.trailing = "rest";
    auto file = image.build();
    auto end = static_cast<std::uint32_t>(file.size());
    std::vector<Row> rows{{end - 4, 3, Errc::invalid},       {end - 5, 4, Errc::invalid},
                          {end - 5, 5, Errc::invalid},       {end - 4, 5, Errc::truncated},
                          {end + 1, 1, Errc::truncated},     {0xffffffff, 1, Errc::truncated},
                          {end, 0xffffffff, Errc::truncated}};
    for (const Row& row : rows) {
        PeImage::put_u32(file, image.certificate_directory_offset(), row.offset);
        PeImage::put_u32(file, image.certificate_directory_offset() + 4, row.size);
        auto pieces = pieces_of(file);
        REQUIRE_FALSE(pieces);
        CHECK(pieces.error().code == row.code);
        CHECK(pieces.error().where == row.offset);
    }
    PeImage::put_u32(file, image.certificate_directory_offset(), end - 4);
    PeImage::put_u32(file, image.certificate_directory_offset() + 4, 4);
    CHECK(pieces_of(file));
}

TEST_CASE("a file cut at any byte has another Authenticode digest or none", "[pe]") {
    PeImage wanted = small_image();
    auto file = wanted.build();
    std::string whole = joined(*pieces_of(file));
    for (std::size_t size = 0; size < file.size(); size++) {
        auto pieces = pieces_of(Bytes(file).first(size));
        INFO(size);
        if (pieces)
            CHECK(joined(*pieces) == whole.substr(0, whole.size() - (file.size() - size)));
        else
            CHECK(pieces.error().code == Errc::truncated);
    }
}

TEST_CASE("a boot loader's mark names its product and its version", "[pe]") {
    auto [mark, product, version] = GENERATE(table<std::string, std::string, std::string>({
        {"#### LoaderInfo: kindling 0.1.0 ####", "kindling", "0.1.0"},
        {std::string("#### LoaderInfo: systemd-boot 252.1-1~deb12u1 ####\0", 51), "systemd-boot",
         "252.1-1~deb12u1"},
        {"#### LoaderInfo: a b c ####", "a", "b c"},
    }));
    PeImage wanted;
    wanted.sections = {{".text", "code"}, {".sdmagic", mark}};
    auto file = wanted.build();
    auto image = pe::parse(file);
    REQUIRE(image);
    auto info = pe::loader_info(file, *image);
    REQUIRE(info);
    CHECK(info->product == product);
    CHECK(info->version == version);
}

TEST_CASE("what is no mark of a boot loader names nothing", "[pe]") {
    std::string mark =
        GENERATE("", "### LoaderInfo: a b ####", " #### LoaderInfo: a b ####",
                 "#### LoaderInfo: a b", "#### LoaderInfo: a ####", "#### LoaderInfo: a  ####",
                 "#### LoaderInfo:  b ####", "#### LoaderInfo: ####");
    PeImage wanted;
    wanted.sections = {{".sdmagic", mark}};
    auto file = wanted.build();
    auto image = pe::parse(file);
    REQUIRE(image);
    CHECK_FALSE(pe::loader_info(file, *image));
    CHECK_FALSE(pe::loader_info(Bytes(file).first(image->size_of_headers), *image));
}
