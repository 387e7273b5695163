// SPDX-License-Identifier: MIT
#include "core/initrd.hpp"

#include "base/text.hpp"
#include "core/type1.hpp"

#include <algorithm>

namespace kindling::initrd {

namespace {

/// How often extras may change while they are read before we give up.
constexpr int fill_rounds_max = 16;

/// Why the extra at `path` cannot be packed; null if `extra` has been filled in.
const char* look_at_extra(Volume& volume, const std::string& path, cpio::Extra& extra) {
    if (bls::has_dot_component(path)) return "path has a . or .. component";
    auto info = volume.info(path);
    if (!info) return info.error().what;
    if (info->is_directory) return "is a directory";
    if (info->size_bytes == 0) return "is empty";
    if (info->size_bytes > cpio::extra_size_max) return "is over 1.5 GiB";
    if (!is_ascii(info->name)) return "name is not ASCII";
    if (info->name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
        return "name has a slash or NUL";
    if (info->name.size() > cpio::extra_name_max) return "name is over 255 characters";
    auto kind = cpio::kind_of(info->name);
    if (!kind) return "suffix is not .cred, .sysext.raw or .confext.raw";
    extra = {*kind, info->name, info->size_bytes};
    return nullptr;
}

Result<void> plan_files(Volume& volume, const bls::Entry& entry, Plan& plan, std::string& at_file) {
    for (const std::string& path : entry.initrds) {
        at_file = path;
        auto info = volume.info(path);
        if (!info) return info.error();
        if (info->is_directory) return Error{Errc::invalid, "initrd is a directory"};
        if (info->size_bytes == 0) continue;
        if (info->size_bytes > file_size_max) return Error{Errc::too_large, "initrd is too large"};
        plan.size_bytes = align_up(plan.size_bytes, 4);
        plan.files.push_back({path, {plan.size_bytes, info->size_bytes}});
        plan.size_bytes += info->size_bytes;
        if (plan.size_bytes > blob_size_max) return Error{Errc::too_large, "initrds are too large"};
    }
    return {};
}

/// Sizes and places of the extras in `plan.packed`, behind everything else.
Result<void> lay_out_extras(Plan& plan, std::uint64_t others_size) {
    std::vector<cpio::Extra> extras = plan.extras();
    plan.layout = TRY(cpio::lay_out(extras));
    plan.extras_offset = align_up(others_size, 4);
    plan.size_bytes = others_size;
    if (plan.layout.size_bytes > 0) plan.size_bytes = plan.extras_offset + plan.layout.size_bytes;
    if (plan.size_bytes > blob_size_max) return Error{Errc::too_large, "extras are too large"};
    return {};
}

/// Where the previous initrd and the `initrd` files end.
std::uint64_t end_of_others(const Plan& plan) {
    if (plan.files.empty()) return plan.previous_size;
    return plan.files.back().range.offset + plan.files.back().range.size_bytes;
}

void clear(MutableBytes bytes) {
    std::fill(bytes.begin(), bytes.end(), std::byte{0});
}

Result<void> fill_files(Volume& volume, const Plan& plan, MutableBytes blob, std::string& at_file) {
    std::uint64_t end = plan.previous_size;
    for (const File& file : plan.files) {
        at_file = file.path;
        clear(blob.subspan(end, file.range.offset - end));
        MutableBytes into = blob.subspan(file.range.offset, file.range.size_bytes);
        if (TRY(volume.read(file.path, 0, into)) != into.size())
            return Error{Errc::truncated, "initrd became shorter while it was read"};
        end = file.range.offset + file.range.size_bytes;
    }
    if (plan.layout.size_bytes > 0) clear(blob.subspan(end, plan.extras_offset - end));
    return {};
}

/// Reads every extra into its place. False if one turned out different: `plan.packed` is then
/// right and its layout is not.
bool fill_extras(Volume& volume, Plan& plan, MutableBytes extras_blob, std::string& at_file) {
    std::vector<PackedExtra> packed;
    bool is_as_planned = true;
    for (std::size_t i = 0; i < plan.packed.size(); i++) {
        PackedExtra& one = plan.packed[i];
        cpio::Range range = plan.layout.payloads[i];
        auto size = volume.read(one.path, 0, extras_blob.subspan(range.offset, range.size_bytes));
        if (!size || *size < range.size_bytes) {
            at_file = one.path;
            is_as_planned = false;
        }
        if (!size || *size == 0) {
            plan.skipped.push_back({std::move(one.path), size ? "is empty" : size.error().what});
            continue;
        }
        one.extra.size_bytes = *size;
        packed.push_back(std::move(one));
    }
    plan.packed = std::move(packed);
    return is_as_planned;
}

} // namespace

std::vector<cpio::Extra> Plan::extras() const {
    std::vector<cpio::Extra> extras;
    extras.reserve(packed.size());
    for (const PackedExtra& one : packed) extras.push_back(one.extra);
    return extras;
}

Result<Plan> plan(Volume& volume, const bls::Entry& entry, std::uint64_t previous_size,
                  std::string& at_file) {
    Plan plan;
    if (entry.kind == bls::EntryKind::linux_) TRY(plan_files(volume, entry, plan, at_file));
    if (entry.is_uki()) plan.size_bytes = plan.previous_size = previous_size;
    if (entry.kind != bls::EntryKind::linux_ && !entry.is_uki()) return plan;
    for (const std::string& path : entry.extras) {
        at_file = path;
        cpio::Extra extra;
        if (const char* reason = look_at_extra(volume, path, extra)) {
            plan.skipped.push_back({path, reason});
            continue;
        }
        plan.packed.push_back({path, std::move(extra)});
    }
    TRY(lay_out_extras(plan, plan.size_bytes));
    return plan;
}

Result<void> fill(Volume& volume, Plan& plan, MutableBytes blob, std::string& at_file) {
    ASSERT(blob.size() == plan.size_bytes);
    for (int round = 0; round < fill_rounds_max; round++) {
        MutableBytes extras_blob = blob.subspan(std::min(plan.extras_offset, blob.size()));
        if (fill_extras(volume, plan, extras_blob, at_file)) {
            TRY(fill_files(volume, plan, blob.first(plan.size_bytes), at_file));
            if (plan.layout.size_bytes > 0)
                cpio::write_frame(plan.extras(), plan.layout,
                                  extras_blob.first(plan.layout.size_bytes));
            return {};
        }
        TRY(lay_out_extras(plan, end_of_others(plan)));
    }
    return Error{Errc::io, "keeps changing while it is read"};
}

Bytes archive_of(const Plan& plan, Bytes blob, cpio::ExtraKind kind) {
    cpio::Range range = plan.layout.archives[static_cast<std::size_t>(kind)];
    if (range.size_bytes == 0) return {};
    return blob.subspan(plan.extras_offset + range.offset, range.size_bytes);
}

} // namespace kindling::initrd
