// SPDX-License-Identifier: MIT
//
// Opens what the user named: directories or a disk image. Everybody else is handed volumes.
#pragma once

#include "bootctl/disk_image.hpp"
#include "bootctl/install_target.hpp"
#include "bootctl/notice.hpp"
#include "host/fd.hpp"

#include <memory>
#include <optional>

namespace kindling {

struct SourceOptions {
    std::optional<std::string> esp_path;  ///< --esp-path=
    std::optional<std::string> boot_path; ///< --boot-path=
    std::optional<std::string> image;     ///< --image=; excludes the other two
    bool is_writable = false;             ///< opens an image for writing, and locks it
    std::uint64_t now_s = 0;              ///< seconds since 1970, for what is written into an image
    std::string root;                     ///< in front of the places that are searched
    Hear choices;                         ///< hears which places were chosen
    Hear accesses;                        ///< hears of each access to a file in them
};

/// An open ESP and, if there is one, XBOOTLDR. Neither privileges nor mounts are needed.
class BootSource {
public:
    /// Without options the ESP is the first of /efi, /boot and /boot/efi that is a mounted FAT
    /// file system, and XBOOTLDR is /boot if that is another file system with loader/entries. An
    /// image holds a GPT with an ESP, or is a FAT file system itself.
    ///
    /// Errors: not_found; denied (also an image that another program locked); invalid (no such
    /// file system); truncated; io. `explain` makes a message of them.
    static Result<std::unique_ptr<BootSource>> open(const SourceOptions& options);

    Volume& esp() { return esp_->volume(); }
    Volume* xbootldr() { return xbootldr_ ? &xbootldr_->volume() : nullptr; }

    /// The same for writing; `name_of` is for messages in any case.
    InstallTarget& esp_target() { return *esp_; }
    InstallTarget* xbootldr_target() { return xbootldr_.get(); }

    /// The disk of an image, whose table PCR 5 is about; null for directories and bare FAT.
    const DiskImage* disk() const { return disk_ ? &*disk_ : nullptr; }

private:
    Result<void> open_image(const SourceOptions& options);
    Result<void> open_directories(const SourceOptions& options);
    void narrate(const SourceOptions& options);

    /// What a target in an image stands on, in the order it is built.
    struct ImagePart {
        std::unique_ptr<FileStorage> storage;
        std::unique_ptr<fat::FileSystem> files;
    };
    Result<std::unique_ptr<InstallTarget>> open_part(ImagePart& part, std::string name,
                                                     const ByteRange& range,
                                                     const SourceOptions& options);

    host::Fd image_;
    std::optional<DiskImage> disk_;
    ImagePart esp_part_, xbootldr_part_;
    std::unique_ptr<DirectoryVolume> esp_directory_, xbootldr_directory_;
    std::unique_ptr<InstallTarget> esp_, xbootldr_;
};

/// Why `BootSource::open` failed, with the path and what to do.
Notice explain(const SourceOptions& options, const Error& error);

} // namespace kindling
