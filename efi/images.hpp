// SPDX-License-Identifier: MIT
//
// Images on the firmware's boot services.
#pragma once

#include "core/machine.hpp"
#include "efi/volume.hpp"

#include <vector>

namespace kindling::efi {

class FirmwareImages final : public Images {
public:
    /// volumes  those that programs may come from; borrowed. A program of another volume is loaded
    ///          without a device path.
    explicit FirmwareImages(std::vector<const FileSystemVolume*> volumes)
        : volumes_(std::move(volumes)) {}

    Result<Pages> allocate(std::uint64_t size_bytes) override;
    Result<Handle> load(Volume& volume, std::string_view path, Bytes contents) override;
    Result<Pages> previous_initrd() override;
    Result<void> start(Handle image, std::string_view load_options, Bytes initrd) override;
    void unload(Handle image) override;

private:
    std::vector<const FileSystemVolume*> volumes_;
};

/// Lets the firmware load a program from memory. `path` says where it came from; it may be empty.
///
/// Errors: as `Images::load`.
Result<Images::Handle> load_image(const DevicePath& path, Bytes contents);

} // namespace kindling::efi
