// SPDX-License-Identifier: MIT
#include "cpio/extras.hpp"

#include "base/text.hpp"
#include "cpio/newc.hpp"

namespace kindling::cpio {
namespace {

constexpr std::string_view parent = ".extra";
constexpr std::uint32_t parent_mode = 0555;

constexpr std::array<ExtraTarget, extra_kinds> targets{{
    {".extra/credentials", 0500, 0400, 12, "Entry credentials initrd"},
    {".extra/sysext", 0555, 0444, 13, "Entry system extension initrd"},
    {".extra/confext", 0555, 0444, 12, "Entry configuration extension initrd"},
}};

constexpr std::array<std::string_view, extra_kinds> suffixes{".cred", ".sysext.raw",
                                                             ".confext.raw"};

// No sum of sizes below can overflow: there are at most so many files, and their headers are small.
static_assert(extras_max * extra_size_max < std::uint64_t{1} << 48);

std::uint64_t directories_size(const ExtraTarget& target) {
    return contents_offset(parent.size()) + contents_offset(target.directory.size());
}

std::uint64_t path_size(const ExtraTarget& target, std::string_view name) {
    return target.directory.size() + 1 + name.size();
}

Result<void> check(const Extra& extra, std::uint64_t index) {
    if (extra.name.size() > extra_name_max)
        return Error{Errc::too_large, "name of extra is too long", index};
    if (!is_member_base_name(extra.name))
        return Error{Errc::invalid, "name of extra cannot be packed", index};
    if (extra.size_bytes > extra_size_max)
        return Error{Errc::too_large, "extra is larger than 1.5 GiB", index};
    return {};
}

/// Writes the records of one extra from `at` on, and returns the end of its file record.
std::uint64_t write_records(const Extra& extra, std::uint32_t first_inode, std::uint64_t at,
                            MutableBytes blob) {
    const ExtraTarget& target = target_of(extra.kind);
    std::string path(target.directory);
    path += '/';
    path += extra.name;
    at += write_header(blob.subspan(at),
                       {.inode = first_inode, .mode = type_directory | parent_mode}, parent);
    at += write_header(blob.subspan(at),
                       {.inode = first_inode + 1, .mode = type_directory | target.directory_mode},
                       target.directory);
    at += write_header(blob.subspan(at),
                       {.inode = first_inode + 2,
                        .mode = type_file | target.file_mode,
                        .size_bytes = static_cast<std::uint32_t>(extra.size_bytes)},
                       path);
    at += extra.size_bytes;
    return at + write_padding(blob.subspan(at), extra.size_bytes);
}

} // namespace

const ExtraTarget& target_of(ExtraKind kind) {
    return targets[static_cast<std::size_t>(kind)];
}

std::string_view to_text(ExtraKind kind) {
    switch (kind) {
    case ExtraKind::credential:
        return "credential";
    case ExtraKind::sysext:
        return "sysext";
    case ExtraKind::confext:
        return "confext";
    }
    return "";
}

std::optional<ExtraKind> kind_of(std::string_view name) {
    for (std::size_t i = 0; i < extra_kinds; i++)
        if (ends_with_ignoring_case(name, suffixes[i])) return static_cast<ExtraKind>(i);
    return std::nullopt;
}

Result<ExtrasLayout> lay_out(std::span<const Extra> extras) {
    if (extras.size() > extras_max) return Error{Errc::too_large, "too many extras", extras_max};
    // First each payload's place in its own archive, then the archives one after the other.
    ExtrasLayout layout;
    layout.payloads.reserve(extras.size());
    for (std::size_t i = 0; i < extras.size(); i++) {
        const Extra& extra = extras[i];
        TRY(check(extra, i));
        const ExtraTarget& target = target_of(extra.kind);
        Range& archive = layout.archives[static_cast<std::size_t>(extra.kind)];
        std::uint64_t name_size = path_size(target, extra.name);
        std::uint64_t record = TRY(record_size(name_size, extra.size_bytes));
        std::uint64_t start = archive.size_bytes + directories_size(target);
        archive.size_bytes = start + record;
        layout.payloads.push_back({start + contents_offset(name_size), extra.size_bytes});
    }
    for (Range& archive : layout.archives) {
        archive.offset = layout.size_bytes;
        if (archive.size_bytes == 0) continue;
        archive.size_bytes += trailer_size_bytes;
        layout.size_bytes += archive.size_bytes;
    }
    for (std::size_t i = 0; i < extras.size(); i++)
        layout.payloads[i].offset +=
            layout.archives[static_cast<std::size_t>(extras[i].kind)].offset;
    return layout;
}

void write_frame(std::span<const Extra> extras, const ExtrasLayout& layout, MutableBytes blob) {
    ASSERT(blob.size() == layout.size_bytes && layout.payloads.size() == extras.size());
    std::array<std::uint64_t, extra_kinds> ends{};
    for (std::size_t kind = 0; kind < extra_kinds; kind++)
        ends[kind] = layout.archives[kind].offset;
    std::uint32_t inode = 1; // one counter for all archives, in list order
    for (const Extra& extra : extras) {
        std::uint64_t& end = ends[static_cast<std::size_t>(extra.kind)];
        end = write_records(extra, inode, end, blob);
        inode += 3;
    }
    for (std::size_t kind = 0; kind < extra_kinds; kind++) {
        if (layout.archives[kind].size_bytes == 0) continue;
        ends[kind] += write_trailer(blob.subspan(ends[kind]));
        ASSERT(ends[kind] == layout.archives[kind].offset + layout.archives[kind].size_bytes);
    }
}

} // namespace kindling::cpio
