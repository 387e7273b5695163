// SPDX-License-Identifier: MIT
#include "core/mapped_sections.hpp"

#include <algorithm>

namespace kindling::pe {

namespace {

constexpr std::size_t zero_block_size = 64 * 1024;

} // namespace

const Section* Program::find(std::string_view section_name) const {
    for (const Section& section : sections)
        if (section.name == section_name && section.virtual_size > 0) return &section;
    return nullptr;
}

Result<std::vector<Bytes>> Program::contents_of(std::string_view section_name, Arena& arena) const {
    const Section* section = find(section_name);
    if (!section) return std::vector<Bytes>();
    Bytes in_file = TRY(contents(file, *section));
    std::uint64_t zeros = section->virtual_size - in_file.size();
    if (zeros > zero_fill_max)
        return Error{Errc::too_large, "section is too large", section->raw_offset};
    std::vector<Bytes> pieces{in_file};
    if (zeros == 0) return pieces;
    Bytes block = arena.emplace_back(std::min<std::uint64_t>(zeros, zero_block_size));
    for (; zeros > 0; zeros -= pieces.back().size())
        pieces.push_back(block.first(std::min<std::uint64_t>(zeros, block.size())));
    return pieces;
}

Result<std::vector<std::byte>> Program::copy_of(std::string_view section_name) const {
    const Section* section = find(section_name);
    if (!section) return std::vector<std::byte>();
    if (section->virtual_size > small_section_size_max)
        return Error{Errc::too_large, "section is too large", section->raw_offset};
    std::vector<std::byte> bytes;
    append(bytes, TRY(contents(file, *section)));
    bytes.resize(section->virtual_size);
    return bytes;
}

Result<std::string> Program::text_of(std::string_view section_name) const {
    std::vector<std::byte> bytes = TRY(copy_of(section_name));
    std::string_view text = to_text(Bytes(bytes));
    return std::string(text.substr(0, text.find('\0')));
}

} // namespace kindling::pe
