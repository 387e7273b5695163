// SPDX-License-Identifier: MIT
//
// What `list` tells about an entry beyond the entry itself: what becomes of its files, and what
// else its kernel will be given.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/progress.hpp"
#include "core/entry.hpp"
#include "core/predict_uki.hpp"
#include "cpio/extras.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kindling {

constexpr std::uint64_t addon_size_max = 16 * 1024 * 1024;

/// One `extra` line, and what the loader will make of it.
struct ExtraState {
    std::string path;
    std::optional<cpio::ExtraKind> kind;
    std::optional<std::uint64_t> size_bytes; ///< nothing if there is no such file
    const char* skipped = nullptr;           ///< why it will be left out, in the loader's words
};

/// A command line that is added to that of a UKI.
struct Addon {
    std::string path;
    std::string options;
};

/// Files that the stub picks up in one place.
struct CompanionSet {
    std::vector<std::string> files;
    std::vector<Addon> addons; ///< those of `files` that bring a command line to this machine
};

struct EntryDetails {
    std::string root; ///< what stands before paths of the entry: "/efi", "disk.img:"
    std::map<std::string, const char*> problems; ///< of initrds and devicetrees, by path
    std::vector<ExtraState> extras;
    const CompanionSet* global_companions = nullptr; ///< null if the entry has no stub
    const CompanionSet* own_companions = nullptr;    ///< the same
    std::string cmdline;                             ///< what the kernel gets; may be empty
};

/// Looks at entries of one source. What it gives points into it.
class DetailReader {
public:
    /// source        borrowed
    /// architecture  EFI name of the machine
    DetailReader(BootSource& source, std::string architecture)
        : source_(source), architecture_(std::move(architecture)) {}

    /// Details of each entry, in their order; on a fiber several are read at once.
    ///
    /// progress  counts the entries
    ///
    /// Errors: cancelled; no_memory. What is wrong with a file is told in the details.
    Result<std::vector<EntryDetails>> read(std::span<const bls::Entry> entries, Progress& progress);

    /// Companions that cannot be used, each told once, in the order of the entries.
    const std::vector<Notice>& remarks() const { return remarks_; }

private:
    /// What stands beside one image, and whose it is.
    struct Neighbours {
        bls::EntrySource place;
        std::string image_path;
        CompanionSet* own;
        CompanionSet* global; ///< null if it was read for another image
        std::vector<Notice> remarks;
    };

    Result<void> find_companions(std::span<const bls::Entry> entries);
    void look_beside(Neighbours& image);
    void add(Neighbours& image, const std::vector<pcr::Companion>& addons, CompanionSet& to);
    EntryDetails look_at(const bls::Entry& entry);

    BootSource& source_;
    std::string architecture_;
    std::vector<Notice> remarks_;
    /// By the path of the image; those of all images have none.
    std::map<std::pair<bls::EntrySource, std::string>, CompanionSet> companions_;
};

/// The volume that an entry is on, and how a person knows it.
Volume& volume_of(BootSource& source, bls::EntrySource place);
const InstallTarget& target_of(BootSource& source, bls::EntrySource place);

/// `path` in double quotes as a person knows it.
std::string quoted_name(const InstallTarget& target, std::string_view path);

} // namespace kindling
