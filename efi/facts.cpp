// SPDX-License-Identifier: MIT
#include "efi/facts.hpp"

#include "base/text.hpp"
#include "efi/system.hpp"

namespace kindling::efi {

namespace {

/// "2.70" of 0x00020046: a revision is two 16-bit numbers, the minor one shown with two digits.
std::string revision_text(std::uint32_t revision) {
    std::uint32_t minor = revision & 0xffff;
    return concat({to_decimal(revision >> 16), minor < 10 ? ".0" : ".", to_decimal(minor)});
}

} // namespace

Result<Origin> origin() {
    auto* image = protocol_of<EFI_LOADED_IMAGE>(own_image(), protocols::loaded_image);
    if (!image) return Error{Errc::io, "program has no LoadedImage protocol"};
    Origin origin;
    origin.device = image->DeviceHandle;
    auto file = copy_path(image->FilePath);
    if (file) origin.path = file_of(*file);
    auto device = path_of(image->DeviceHandle);
    if (device) origin.url = uri_of(*device);
    if (!file || !device) return origin;
    // The firmware's file node as it is: the device's path without its end, then it.
    DevicePath& whole = *device;
    whole.resize(whole.size() - 4);
    append(whole, *file);
    origin.identifier = to_text(whole);
    return origin;
}

std::string partition_uuid(const FileSystemVolume& volume) {
    auto drive = hard_drive_of(volume.device_path());
    if (!drive || !drive->partition_guid) return {};
    std::string text = kindling::to_text(*drive->partition_guid);
    for (char& c : text)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string firmware_info() {
    return concat({from_efi(system_table().FirmwareVendor), " ",
                   revision_text(system_table().FirmwareRevision)});
}

std::string firmware_type() {
    return concat({"UEFI ", revision_text(system_table().Hdr.Revision)});
}

} // namespace kindling::efi
