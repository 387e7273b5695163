// SPDX-License-Identifier: MIT
//
// Where `install` writes: a directory or a FAT file system in an image.
#pragma once

#include "bootctl/directory_volume.hpp"
#include "bootctl/fat_volume.hpp"
#include "bootctl/fat_writer.hpp"
#include "bootctl/narrated_volume.hpp"

namespace kindling {

/// A Volume that can be added to. Every write is atomic and on the disk when it returns.
class InstallTarget {
public:
    virtual ~InstallTarget() = default;

    Volume& volume() { return narrated_ ? *narrated_ : plain_volume(); }

    /// From now on `hear` hears of each access through `volume`.
    void narrate(Hear hear);

    /// Makes a directory whose parent exists. Errors: exists; not_found; denied; no_space; io.
    virtual Result<void> create_directory(std::string_view path) = 0;

    /// Creates a file or replaces its contents. Errors: not_found; denied; no_space; io.
    virtual Result<void> replace_file(std::string_view path, Bytes contents) = 0;

    /// `path` as a person knows it: "/efi/EFI/BOOT" or "disk.img:/EFI/BOOT".
    virtual std::string name_of(std::string_view path) const = 0;

private:
    virtual Volume& plain_volume() = 0;

    std::unique_ptr<Volume> narrated_;
};

/// A directory, usually where the partition is mounted.
class DirectoryTarget : public InstallTarget {
public:
    /// volume  borrowed
    /// name    of its root, for messages
    DirectoryTarget(DirectoryVolume& volume, std::string name);

    Result<void> create_directory(std::string_view path) override;
    Result<void> replace_file(std::string_view path, Bytes contents) override;
    std::string name_of(std::string_view path) const override;

private:
    Volume& plain_volume() override { return volume_; }

    DirectoryVolume& volume_;
    std::string name_;
};

/// A FAT file system in an image.
class FatTarget : public InstallTarget {
public:
    /// files  borrowed; its storage is writable
    /// name   of the image, for messages
    /// stamp  for what is written
    FatTarget(fat::FileSystem& files, std::string name, fat::Stamp stamp)
        : files_(files), volume_(files), name_(std::move(name)), stamp_(stamp) {}

    Result<void> create_directory(std::string_view path) override;
    Result<void> replace_file(std::string_view path, Bytes contents) override;
    std::string name_of(std::string_view path) const override;

private:
    Volume& plain_volume() override { return volume_; }

    fat::FileSystem& files_;
    fat::FatVolume volume_;
    std::string name_;
    fat::Stamp stamp_;
};

} // namespace kindling
