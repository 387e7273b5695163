// SPDX-License-Identifier: MIT
//
// Small PE images, well formed unless a test asks for something else.
#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace kindling::tests {

struct PeSection {
    std::string name;
    std::string contents;
    // What the section table says, where that shall not follow from the contents.
    std::optional<std::uint32_t> virtual_size, virtual_address, raw_size, raw_offset;
};

struct PeImage {
    static constexpr std::size_t pe_offset = 64, optional_offset = pe_offset + 24;
    static constexpr std::uint32_t file_alignment = 32, section_alignment = 4096;

    bool is_64bit = true;
    std::uint16_t machine = 0x8664;
    std::uint16_t version_major = 1;
    std::uint32_t directories = 16;
    std::vector<PeSection> sections;
    std::string trailing;     ///< behind the sections
    std::string certificates; ///< at the end

    std::size_t fixed_size() const { return is_64bit ? 112 : 96; }
    std::size_t checksum_offset() const { return optional_offset + 64; }
    std::size_t directories_offset() const { return optional_offset + fixed_size(); }
    std::size_t certificate_directory_offset() const { return directories_offset() + 4 * 8; }
    std::size_t table_offset() const { return directories_offset() + 8 * directories; }
    std::size_t headers_size() const {
        return align_up(table_offset() + 40 * sections.size(), file_alignment);
    }

    std::vector<std::byte> build() const {
        std::vector<std::byte> file(headers_size());
        std::uint64_t address = section_alignment;
        std::vector<std::byte> table;
        for (const PeSection& section : sections) add_section(section, file, table, address);
        put(file, table_offset(), table);
        put_headers(file, static_cast<std::uint32_t>(address));
        append(file, to_bytes(trailing));
        if (!certificates.empty()) {
            put_u32(file, certificate_directory_offset(), static_cast<std::uint32_t>(file.size()));
            put_u32(file, certificate_directory_offset() + 4,
                    static_cast<std::uint32_t>(certificates.size()));
            append(file, to_bytes(certificates));
        }
        return file;
    }

    static void put(std::vector<std::byte>& file, std::size_t offset, Bytes bytes) {
        file.resize(std::max(file.size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    static void put_u16(std::vector<std::byte>& file, std::size_t offset, std::uint16_t value) {
        std::vector<std::byte> bytes;
        append_u16(bytes, value);
        put(file, offset, bytes);
    }
    static void put_u32(std::vector<std::byte>& file, std::size_t offset, std::uint32_t value) {
        std::vector<std::byte> bytes;
        append_u32(bytes, value);
        put(file, offset, bytes);
    }

private:
    static std::uint32_t narrow(std::uint64_t value) { return static_cast<std::uint32_t>(value); }

    void add_section(const PeSection& section, std::vector<std::byte>& file,
                     std::vector<std::byte>& table, std::uint64_t& address) const {
        std::uint64_t size = section.contents.size();
        std::uint32_t virtual_size = section.virtual_size.value_or(narrow(size));
        std::uint32_t virtual_address = section.virtual_address.value_or(narrow(address));
        std::uint32_t raw_size = section.raw_size.value_or(narrow(align_up(size, file_alignment)));
        std::uint32_t raw_offset = section.raw_offset.value_or(raw_size ? narrow(file.size()) : 0);
        std::string name = section.name;
        name.resize(8);
        append(table, to_bytes(name));
        for (std::uint32_t value :
             {virtual_size, virtual_address, raw_size, raw_offset, 0u, 0u, 0u})
            append_u32(table, value);
        append_u32(table, 0x40000040); // initialised, readable
        put(file, raw_offset, to_bytes(section.contents));
        if (!section.raw_size) file.resize(align_up(file.size(), file_alignment));
        address = align_up(
            std::max<std::uint64_t>(address, std::uint64_t{virtual_address} + virtual_size),
            section_alignment);
    }

    void put_headers(std::vector<std::byte>& file, std::uint32_t size_of_image) const {
        put(file, 0, to_bytes("MZ"));
        put_u32(file, 0x3c, pe_offset);
        put_u32(file, pe_offset, 0x4550);
        put_u16(file, pe_offset + 4, machine);
        put_u16(file, pe_offset + 6, static_cast<std::uint16_t>(sections.size()));
        put_u16(file, pe_offset + 20, static_cast<std::uint16_t>(fixed_size() + 8 * directories));
        put_u16(file, optional_offset, is_64bit ? 0x20b : 0x10b);
        put_u32(file, optional_offset + 32, section_alignment);
        put_u32(file, optional_offset + 36, file_alignment);
        put_u16(file, optional_offset + 44, version_major);
        put_u32(file, optional_offset + 56, size_of_image);
        put_u32(file, optional_offset + 60, narrow(headers_size()));
        put_u32(file, checksum_offset(), 0x12345678);
        put_u16(file, optional_offset + 68, 10); // EFI application
        put_u16(file, optional_offset + 70, 0x100);
        put_u32(file, directories_offset() - 4, directories);
    }
};

} // namespace kindling::tests
