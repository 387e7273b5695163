// SPDX-License-Identifier: MIT
#include "efi/disk.hpp"

#include "core/gpt.hpp"
#include "efi/system.hpp"
#include "efi/variables.hpp"

#include <optional>
#include <string>

namespace kindling::efi {

namespace {

constexpr Guid vmm_boot_order = "668f4529-63d0-4bb5-b65d-6fbb9d36a44a"_guid;
constexpr std::size_t vmm_boot_order_max = 64;
constexpr Guid partition_info = "8cf2f62c-bc9b-4821-808d-ec9ec421a1a0"_guid;
constexpr std::size_t partition_info_size = 16 + 128;
constexpr std::uint32_t partition_info_gpt = 2;

/// Handed over by QEMU or out of a firmware volume: not a place where entries are.
bool is_pseudo_device(const DevicePath& path) {
    NodeKind kind = first_node(path);
    return kind == NodeKind{MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP} ||
           kind == NodeKind{MEDIA_DEVICE_PATH, MEDIA_PIWG_FW_VOL_DP};
}

/// The first file system below `prefix` that has a directory "EFI".
Result<FileSystemVolume> volume_with_efi(const DevicePath& prefix) {
    for (EFI_HANDLE handle : handles_with(protocols::simple_file_system)) {
        auto path = path_of(handle);
        if (!path || !starts_with(*path, prefix)) continue;
        auto volume = FileSystemVolume::open(handle);
        if (!volume) continue;
        auto info = volume->info("/EFI");
        if (info && info->is_directory) return volume;
    }
    return Error{Errc::not_found, "no volume with a directory EFI"};
}

/// A device path in a variable, checked to end within it.
std::optional<DevicePath> path_in(Bytes data) {
    for (std::size_t at = 0; at + 4 <= data.size();) {
        std::size_t size = *read_u16(data, at + 2);
        if (size < 4 || size > data.size() - at) return {};
        if (data[at] == std::byte{END_DEVICE_PATH_TYPE})
            return DevicePath(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(at + 4));
        at += size;
    }
    return {};
}

std::string boot_order_name(std::size_t index) {
    std::string name = "VMMBootOrder0000";
    for (std::size_t i = name.size(); index; index >>= 4)
        name[--i] = "0123456789ABCDEF"[index & 15];
    return name;
}

Result<FileSystemVolume> search_volume() {
    connect_all();
    FirmwareVariables variables;
    for (std::size_t i = 0; i < vmm_boot_order_max; i++) {
        auto data = variables.get(vmm_boot_order, boot_order_name(i));
        if (!data) break;
        auto prefix = path_in(*data);
        if (!prefix) continue;
        if (auto volume = volume_with_efi(*prefix)) return volume;
    }
    return volume_with_efi(cut({}, 0));
}

/// Type of a GPT partition, as firmware since UEFI 2.7 tells it.
/// Source: UEFI 2.10, section 13.18, EFI_PARTITION_INFO_PROTOCOL: revision, type, system, 7
/// reserved bytes, then the GPT entry.
std::optional<Guid> type_of(EFI_HANDLE partition) {
    auto* info = protocol_of<const std::byte>(partition, partition_info);
    if (!info) return {};
    Bytes bytes(info, partition_info_size);
    auto kind = read_u32(bytes, 4);
    auto guid = read_guid(bytes.subspan(16));
    if (!kind || *kind != partition_info_gpt || !guid) return {};
    return *guid;
}

/// The disk that a partition is on, by its path, with drivers bound to what is on it; after a fast
/// boot there may be none. Null if there is no such disk.
EFI_HANDLE connect_disk(const DevicePath& disk) {
    EFI_GUID guid = to_efi(protocols::block_io);
    EFI_DEVICE_PATH* rest = to_efi(disk);
    EFI_HANDLE handle = nullptr;
    EFI_STATUS status = boot_services().LocateDevicePath(&guid, &rest, &handle);
    if (EFI_ERROR(status) || !IsDevicePathEndType(rest)) return nullptr;
    boot_services().ConnectController(handle, nullptr, nullptr, TRUE);
    return handle;
}

/// What `handle` is on `disk`; nothing if it is elsewhere, or a partition within a partition.
///
/// node_offset  where a partition's own node is in its path
std::optional<HardDrive> partition_on(const DevicePath& disk, std::size_t node_offset,
                                      EFI_HANDLE handle) {
    auto path = path_of(handle);
    if (!path || !starts_with(*path, disk)) return {};
    auto drive = hard_drive_of(*path);
    if (drive && drive->node_offset != node_offset) return {};
    return drive;
}

} // namespace

void connect_all() {
    EFI_HANDLE* handles = nullptr;
    UINTN count = 0;
    EFI_STATUS status =
        boot_services().LocateHandleBuffer(AllHandles, nullptr, nullptr, &count, &handles);
    if (EFI_ERROR(status)) return;
    // Most handles are no controllers; their errors mean nothing.
    for (UINTN i = 0; i < count; i++)
        boot_services().ConnectController(handles[i], nullptr, nullptr, TRUE);
    boot_services().FreePool(handles);
}

Result<FileSystemVolume> own_volume(EFI_HANDLE device) {
    if (!device) return search_volume();
    auto path = path_of(device);
    if (path && is_pseudo_device(*path)) return search_volume();
    return FileSystemVolume::open(device);
}

Result<FileSystemVolume> find_xbootldr(const FileSystemVolume& esp) {
    auto own = hard_drive_of(esp.device_path());
    if (!own || !own->partition_guid) return Error{Errc::not_found, "not on a GPT disk"};
    DevicePath disk = cut(esp.device_path(), own->node_offset);
    connect_disk(disk);
    EFI_HANDLE first = nullptr;
    std::uint32_t first_number = 0;
    for (EFI_HANDLE handle : handles_with(partition_info)) {
        auto drive = partition_on(disk, own->node_offset, handle);
        if (!drive || type_of(handle) != gpt::xbootldr_type) continue;
        if (first && drive->partition_number >= first_number) continue;
        first = handle;
        first_number = drive->partition_number;
    }
    if (!first) return Error{Errc::not_found, "no extended boot loader partition"};
    return FileSystemVolume::open(first);
}

} // namespace kindling::efi
