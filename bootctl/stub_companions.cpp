// SPDX-License-Identifier: MIT
#include "bootctl/stub_companions.hpp"

#include "base/text.hpp"
#include "core/discovery.hpp"
#include "core/entry_name.hpp"
#include "cpio/extras.hpp"

#include <algorithm>
#include <array>

namespace kindling {

namespace {

constexpr std::string_view addon = ".addon.efi", credential = ".cred", raw = ".raw",
                           confext = ".confext.raw";

/// "/EFI/Linux/a+3.efi" has its companions in "/EFI/Linux/a.efi.extra.d".
std::string directory_of(std::string_view image_path) {
    std::size_t name = image_path.rfind('/') + 1;
    return std::string(image_path.substr(0, name)) +
           bls::strip_counter(image_path.substr(name), bls::uki_suffix) + ".extra.d";
}

using List = std::vector<pcr::Companion>;

/// Where a file name goes; a list may be null if its kind does not count in this directory.
struct Lists {
    List* addons = nullptr;
    List* credentials = nullptr;
    List* sysexts = nullptr;
    List* confexts = nullptr;

    List* of(std::string_view name) const {
        if (ends_with_ignoring_case(name, addon)) return addons;
        if (ends_with_ignoring_case(name, credential)) return credentials;
        if (ends_with_ignoring_case(name, confext)) return confexts;
        if (ends_with_ignoring_case(name, raw)) return sysexts;
        return nullptr;
    }
};

Result<void> list_directory(Volume& volume, std::string directory, const Lists& lists,
                            std::string& at_file) {
    at_file = directory;
    auto members = volume.list(directory);
    if (!members && members.error().code == Errc::not_found) return {};
    if (!members) return members.error();
    for (const FileInfo& file : *members) {
        if (file.is_directory || file.name.starts_with('.') || !is_ascii(file.name) ||
            file.name.size() > cpio::extra_name_max)
            continue;
        if (List* list = lists.of(file.name))
            list->push_back({directory + '/' + file.name, file.name, {}});
    }
    return {};
}

std::array<List*, 8> lists_of(pcr::Companions& companions) {
    return {&companions.global_addons,      &companions.addons,         &companions.credentials,
            &companions.global_credentials, &companions.sysexts,        &companions.global_sysexts,
            &companions.confexts,           &companions.global_confexts};
}

} // namespace

Result<pcr::Companions> list_companions(Volume& volume, std::string_view image_path,
                                        std::string& at_file) {
    pcr::Companions found;
    // A volume lists its members in the order of their bytes, which for ASCII is the stub's.
    TRY(list_directory(volume, directory_of(image_path),
                       {&found.addons, &found.credentials, &found.sysexts, &found.confexts},
                       at_file));
    TRY(list_directory(volume, "/loader/addons", {.addons = &found.global_addons}, at_file));
    TRY(list_directory(volume, "/loader/credentials", {.credentials = &found.global_credentials},
                       at_file));
    TRY(list_directory(volume, "/loader/extensions",
                       {.sysexts = &found.global_sysexts, .confexts = &found.global_confexts},
                       at_file));
    return found;
}

bool is_empty(const pcr::Companions& companions) {
    const auto& c = companions;
    return c.global_addons.empty() && c.addons.empty() && c.credentials.empty() &&
           c.global_credentials.empty() && c.sysexts.empty() && c.global_sysexts.empty() &&
           c.confexts.empty() && c.global_confexts.empty();
}

Result<void> read_companions(Volume& volume, pcr::Companions& companions,
                             std::vector<std::vector<std::byte>>& files, std::string& at_file) {
    std::uint64_t size_left = companions_size_max;
    for (List* list : lists_of(companions))
        for (pcr::Companion& one : *list) {
            at_file = one.path;
            std::uint64_t size_max = std::min(size_left, cpio::extra_size_max);
            files.push_back(TRY(bls::read_whole(volume, one.path, size_max)));
            one.contents = files.back();
            size_left -= files.back().size();
        }
    return {};
}

} // namespace kindling
