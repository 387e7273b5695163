// SPDX-License-Identifier: MIT
//
// Device paths: reading them with bounds, cutting and extending them.
#pragma once

#include "efi/firmware.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::efi {

constexpr std::size_t device_path_nodes_max = 256;
constexpr std::size_t device_path_size_max = 64 * 1024; ///< bytes

/// A device path of our own: whole nodes, then the end node.
using DevicePath = std::vector<std::byte>;

/// As firmware functions take it.
inline EFI_DEVICE_PATH* to_efi(const DevicePath& path) {
    return reinterpret_cast<EFI_DEVICE_PATH*>(const_cast<std::byte*>(path.data()));
}

/// A copy of `path`. Errors: invalid (null, a node that is too short); too_large.
Result<DevicePath> copy_path(const EFI_DEVICE_PATH* path);

/// The device path of a handle. Errors: not_found (it has none); those of `copy_path`.
Result<DevicePath> path_of(EFI_HANDLE handle);

/// `path` and a file on it; `file` is UTF-8 with '/'. Errors: too_large (a node is limited to
/// 64 KiB).
/// Source: UEFI 2.10, 10.3.5.4, "File Path Media Device Path".
Result<DevicePath> with_file(const DevicePath& path, std::string_view file);

/// The file path nodes of `path` joined, '/'-separated; empty if it has none.
std::string file_of(const DevicePath& path);

/// A partition, as the last hard drive node of a device path names it.
struct HardDrive {
    std::size_t node_offset = 0;        ///< in the path
    std::uint32_t partition_number = 0; ///< from 1
    std::optional<Guid> partition_guid; ///< if the disk has a GPT
};
std::optional<HardDrive> hard_drive_of(const DevicePath& path);

/// The nodes before `offset` and an end node: the disk that a partition is on.
DevicePath cut(const DevicePath& path, std::size_t offset);

/// True if `path` starts with all nodes of `prefix`.
bool starts_with(const DevicePath& path, const DevicePath& prefix);

/// The URI of the last URI node; empty if there is none.
std::string uri_of(const DevicePath& path);

/// Type and subtype of the first node; 0 and 0 for an empty path.
struct NodeKind {
    std::uint8_t type = 0, subtype = 0;
    friend bool operator==(const NodeKind&, const NodeKind&) = default;
};
NodeKind first_node(const DevicePath& path);

/// As people write it: "PciRoot(0x0)/Pci(0x1,0x0)/HD(1,GPT,…)"; empty if the firmware cannot.
std::string to_text(const DevicePath& path);

} // namespace kindling::efi
