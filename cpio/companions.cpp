// SPDX-License-Identifier: MIT
#include "cpio/companions.hpp"

#include "cpio/newc.hpp"

#include <algorithm>

namespace kindling::cpio {
namespace {

constexpr std::string_view parent = ".extra";
constexpr std::uint32_t parent_mode = 0555;

std::uint64_t directories_size(const CompanionTarget& target) {
    std::uint64_t size = contents_offset(parent.size());
    if (target.directory != parent) size += contents_offset(target.directory.size());
    return size;
}

std::string path_of(const CompanionTarget& target, const Companion& companion) {
    std::string path(target.directory);
    path += '/';
    path += companion.name;
    return path;
}

Result<void> check(const Companion& companion, std::uint64_t index) {
    if (companion.name.size() > extra_name_max)
        return Error{Errc::too_large, "name of companion is too long", index};
    if (!is_member_base_name(companion.name))
        return Error{Errc::invalid, "name of companion cannot be packed", index};
    return {};
}

} // namespace

Result<CompanionsLayout> lay_out(const CompanionTarget& target,
                                 std::span<const Companion> companions) {
    CompanionsLayout layout;
    if (companions.empty()) return layout;
    if (companions.size() > extras_max)
        return Error{Errc::too_large, "too many companions", extras_max};
    for (std::size_t i = 0; i < companions.size(); i++) {
        TRY(check(companions[i], i));
        layout.sorted.push_back(i);
    }
    // Names are ASCII, so the order of bytes is the order of UTF-16 code units. Ties, which no
    // directory has, keep the order they came in.
    std::sort(layout.sorted.begin(), layout.sorted.end(), [&](std::size_t a, std::size_t b) {
        int order = companions[a].name.compare(companions[b].name);
        return order != 0 ? order < 0 : a < b;
    });
    layout.payloads.resize(companions.size());
    layout.size_bytes = directories_size(target);
    for (std::size_t i : layout.sorted) {
        const Companion& companion = companions[i];
        std::uint64_t name_size = target.directory.size() + 1 + companion.name.size();
        auto record = record_size(name_size, companion.size_bytes);
        if (!record) return Error{record.error().code, record.error().what, i};
        layout.payloads[i] = {layout.size_bytes + contents_offset(name_size), companion.size_bytes};
        layout.size_bytes = TRY(checked_add(layout.size_bytes, *record));
    }
    layout.size_bytes = TRY(checked_add(layout.size_bytes, trailer_size_bytes));
    return layout;
}

void write_frame(const CompanionTarget& target, std::span<const Companion> companions,
                 const CompanionsLayout& layout, MutableBytes archive) {
    ASSERT(archive.size() == layout.size_bytes && layout.sorted.size() == companions.size());
    if (companions.empty()) return;
    std::uint32_t inode = 1;
    std::uint64_t at =
        write_header(archive, {.inode = inode++, .mode = type_directory | parent_mode}, parent);
    if (target.directory != parent)
        at += write_header(archive.subspan(at),
                           {.inode = inode++, .mode = type_directory | target.directory_mode},
                           target.directory);
    for (std::size_t i : layout.sorted) {
        const Companion& companion = companions[i];
        at += write_header(archive.subspan(at),
                           {.inode = inode++,
                            .mode = type_file | target.file_mode,
                            .size_bytes = static_cast<std::uint32_t>(companion.size_bytes)},
                           path_of(target, companion));
        at += companion.size_bytes;
        at += write_padding(archive.subspan(at), companion.size_bytes);
    }
    at += write_trailer(archive.subspan(at));
    ASSERT(at == archive.size());
}

} // namespace kindling::cpio
