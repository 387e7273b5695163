// SPDX-License-Identifier: MIT
#include "core/pe.hpp"

#include <algorithm>
#include <array>

namespace kindling::pe {

namespace {

constexpr std::uint64_t dos_header_size = 64;
constexpr std::uint64_t pe_offset_offset = 0x3c;
constexpr std::uint64_t file_header_size = 24; ///< signature included
constexpr std::uint64_t section_header_size = 40;
constexpr std::uint64_t directory_size = 8;
constexpr std::uint32_t directories_max = 16;
constexpr std::uint32_t certificate_directory = 4;
constexpr std::uint64_t checksum_size = 4;
constexpr std::size_t loader_info_size_max = 256;

struct Architecture {
    std::uint16_t machine;
    std::string_view name;
};

/// Source: UEFI 2.10, section 3.5.1.1; Microsoft, "PE Format", "Machine Types".
constexpr std::array<Architecture, 10> architectures{{
    {0x014c, "ia32"},
    {0x8664, "x64"},
    {0x01c0, "arm"},
    {0x01c2, "arm"},
    {0x01c4, "arm"},
    {0xaa64, "aa64"},
    {0x5032, "riscv32"},
    {0x5064, "riscv64"},
    {0x6232, "loongarch32"},
    {0x6264, "loongarch64"},
}};

/// Where the parts of the headers start in the file, and how large they are.
struct Places {
    std::uint64_t optional_header = 0;
    std::uint64_t optional_header_size = 0;
    std::uint64_t section_table = 0;
    std::size_t section_count = 0;

    std::uint64_t end() const { return section_table + section_count * section_header_size; }
};

// Fields of a structure that is known to be there.
std::uint16_t u16(Bytes bytes, std::size_t offset) {
    return read_u16(bytes, offset).value();
}
std::uint32_t u32(Bytes bytes, std::size_t offset) {
    return read_u32(bytes, offset).value();
}

/// Where the PE signature is.
Result<std::uint64_t> read_pe_offset(Bytes file) {
    if (TRY(read_u16(file, 0)) != 0x5a4d) return Error{Errc::invalid, "no PE file", 0};
    std::uint64_t at = TRY(read_u32(file, pe_offset_offset));
    if (at < dos_header_size)
        return Error{Errc::invalid, "PE header is in the DOS header", pe_offset_offset};
    if (at > headers_size_max - file_header_size)
        return Error{Errc::too_large, "PE header is too far away", pe_offset_offset};
    return at;
}

/// The file header and what it says about places.
Result<Places> read_file_header(Bytes file, Image& image) {
    std::uint64_t at = TRY(read_pe_offset(file));
    Bytes header = TRY(slice(file, at, file_header_size));
    if (u32(header, 0) != 0x4550) return Error{Errc::invalid, "no PE signature", at};
    image.machine = u16(header, 4);
    Places places;
    places.section_count = u16(header, 6);
    if (places.section_count > sections_max)
        return Error{Errc::too_large, "too many sections", at + 6};
    places.optional_header = at + file_header_size;
    places.optional_header_size = u16(header, 20);
    places.section_table = places.optional_header + places.optional_header_size;
    if (places.end() > headers_size_max)
        return Error{Errc::too_large, "section table is too far away", at + 20};
    return places;
}

/// The data directories that we know: the certificate table.
///
/// start  of the directories, in the optional header
Result<void> read_directories(Bytes header, const Places& places, std::size_t start, Image& image) {
    std::uint32_t count = u32(header, start - 4);
    std::uint64_t count_offset = places.optional_header + start - 4;
    if (count > directories_max)
        return Error{Errc::invalid, "too many data directories", count_offset};
    if (start + count * directory_size > header.size())
        return Error{Errc::invalid, "data directories leave the optional header", count_offset};
    if (count <= certificate_directory) return {};
    std::size_t at = start + certificate_directory * directory_size;
    image.certificate_directory_offset = places.optional_header + at;
    image.certificates_offset = u32(header, at);
    image.certificates_size = u32(header, at + 4);
    return {};
}

Result<void> read_optional_header(Bytes file, const Places& places, Image& image) {
    std::uint64_t at = places.optional_header;
    std::uint16_t magic = TRY(read_u16(file, at));
    if (magic != 0x10b && magic != 0x20b)
        return Error{Errc::invalid, "optional header is neither PE32 nor PE32+", at};
    std::size_t directories = magic == 0x10b ? 96 : 112;
    if (places.optional_header_size < directories)
        return Error{Errc::invalid, "optional header is too small", at};
    Bytes header = TRY(slice(file, at, places.optional_header_size));
    image.section_alignment = u32(header, 32);
    image.image_version_major = u16(header, 44);
    image.size_of_image = u32(header, 56);
    image.size_of_headers = u32(header, 60);
    image.checksum_offset = at + 64;
    image.subsystem = u16(header, 68);
    image.dll_characteristics = u16(header, 70);
    return read_directories(header, places, directories, image);
}

Section read_section(Bytes header) {
    Section section;
    section.name = to_text(header.first(8));
    while (!section.name.empty() && section.name.back() == '\0') section.name.pop_back();
    section.virtual_size = u32(header, 8);
    section.virtual_address = u32(header, 12);
    section.raw_size = u32(header, 16);
    section.raw_offset = u32(header, 20);
    section.characteristics = u32(header, 36);
    return section;
}

/// The headers in pieces: the checksum and the place of the certificates are not hashed, because
/// signing changes them.
Result<std::vector<Bytes>> header_pieces(Bytes file, const Image& image) {
    std::vector<Bytes> pieces;
    std::uint64_t from = image.checksum_offset + checksum_size;
    pieces.push_back(TRY(slice(file, 0, image.checksum_offset)));
    if (image.certificate_directory_offset > 0) {
        std::uint64_t end = image.certificate_directory_offset;
        pieces.push_back(TRY(slice(file, from, end - from)));
        from = end + directory_size;
    }
    if (from > image.size_of_headers)
        return Error{Errc::invalid, "headers end before their directories", from};
    pieces.push_back(TRY(slice(file, from, image.size_of_headers - from)));
    return pieces;
}

/// The sections that have contents, in the order of the file.
std::vector<const Section*> sections_in_file(const Image& image) {
    std::vector<const Section*> sections;
    for (const Section& section : image.sections)
        if (section.raw_size > 0) sections.push_back(&section);
    std::sort(sections.begin(), sections.end(),
              [](const Section* a, const Section* b) { return a->raw_offset < b->raw_offset; });
    return sections;
}

} // namespace

Result<Image> parse(Bytes file) {
    Image image;
    Places places = TRY(read_file_header(file, image));
    TRY(read_optional_header(file, places, image));
    if (places.end() > image.size_of_headers)
        return Error{Errc::invalid, "section table leaves the headers", places.section_table};
    Bytes table = TRY(slice(file, places.section_table, places.end() - places.section_table));
    image.sections.reserve(places.section_count);
    for (std::size_t at = 0; at < table.size(); at += section_header_size) {
        Section section = read_section(table.subspan(at, section_header_size));
        if (std::uint64_t{section.virtual_address} + section.virtual_size > image.size_of_image)
            return Error{Errc::invalid, "section leaves the image", places.section_table + at};
        image.sections.push_back(std::move(section));
    }
    return image;
}

Result<std::uint64_t> headers_end(Bytes start) {
    std::uint64_t file_header_end = TRY(read_pe_offset(start)) + file_header_size;
    if (file_header_end > start.size()) return file_header_end;
    Image ignored;
    return TRY(read_file_header(start, ignored)).end();
}

std::string_view architecture_of(std::uint16_t machine) {
    for (const Architecture& one : architectures)
        if (one.machine == machine) return one.name;
    return {};
}

Result<Bytes> contents(Bytes file, const Section& section) {
    std::uint32_t size = std::min(section.raw_size, section.virtual_size);
    if (size == 0) return Bytes();
    return slice(file, section.raw_offset, size);
}

Result<std::vector<Bytes>> authenticode_pieces(Bytes file, const Image& image) {
    std::vector<Bytes> pieces = TRY(header_pieces(file, image));
    std::uint64_t end = image.size_of_headers, hashed = image.size_of_headers;
    for (const Section* section : sections_in_file(image)) {
        if (section->raw_offset < end)
            return Error{Errc::invalid, "sections overlap in the file", section->raw_offset};
        pieces.push_back(TRY(slice(file, section->raw_offset, section->raw_size)));
        hashed += section->raw_size;
        end = std::uint64_t{section->raw_offset} + section->raw_size;
    }
    std::uint64_t rest_end = file.size();
    if (image.certificates_size > 0) {
        rest_end = image.certificates_offset;
        TRY(slice(file, rest_end, image.certificates_size));
        if (rest_end < end) return Error{Errc::invalid, "certificates overlap a section", rest_end};
        // Firmware takes the size alone and assumes this place.
        if (rest_end + image.certificates_size != file.size())
            return Error{Errc::invalid, "certificates are not at the end", rest_end};
    }
    // The rest starts where the sections would end if there were no gaps between them; with gaps,
    // their last bytes are hashed twice. So says the specification, and so does firmware.
    if (hashed < rest_end) pieces.push_back(TRY(slice(file, hashed, rest_end - hashed)));
    return pieces;
}

std::optional<LoaderInfo> loader_info(Bytes file, const Image& image) {
    constexpr std::string_view start = "#### LoaderInfo: ", end = " ####";
    for (const Section& section : image.sections) {
        if (section.name != ".sdmagic") continue;
        auto bytes = contents(file, section);
        if (!bytes) return {};
        std::string_view text = to_text(*bytes).substr(0, loader_info_size_max);
        if (!text.starts_with(start)) return {};
        text.remove_prefix(start.size());
        std::size_t text_end = text.find(end), blank = text.find(' ');
        if (text_end == text.npos || blank == 0 || blank + 1 >= text_end) return {};
        text = text.substr(0, text_end);
        return LoaderInfo{std::string(text.substr(0, blank)), std::string(text.substr(blank + 1))};
    }
    return {};
}

} // namespace kindling::pe
