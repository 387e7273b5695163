// SPDX-License-Identifier: MIT
#include "efi/device_path.hpp"

#include "base/text.hpp"
#include "efi/path.hpp"
#include "efi/system.hpp"

#include <algorithm>

namespace kindling::efi {

namespace {

constexpr std::size_t header_size = 4;

std::uint8_t byte_at(const DevicePath& path, std::size_t offset) {
    return static_cast<std::uint8_t>(path[offset]);
}

std::size_t node_size(const DevicePath& path, std::size_t offset) {
    return byte_at(path, offset + 2) | byte_at(path, offset + 3) << 8;
}

bool is_end(const DevicePath& path, std::size_t offset) {
    return byte_at(path, offset) == END_DEVICE_PATH_TYPE;
}

void append_end(DevicePath& path) {
    append(path, to_bytes(std::string_view("\x7f\xff\x04\x00", 4)));
}

/// Calls `visit(offset, type, subtype, size)` for each node before the end node.
template <class Visit>
void for_each_node(const DevicePath& path, Visit visit) {
    for (std::size_t at = 0; at + header_size <= path.size() && !is_end(path, at);
         at += node_size(path, at))
        visit(at, NodeKind{byte_at(path, at), byte_at(path, at + 1)}, node_size(path, at));
}

} // namespace

Result<DevicePath> copy_path(const EFI_DEVICE_PATH* path) {
    if (!path) return Error{Errc::invalid, "no device path"};
    auto* start = reinterpret_cast<const std::byte*>(path);
    std::size_t size = 0;
    for (std::size_t nodes = 0; nodes < device_path_nodes_max; nodes++) {
        auto* node = reinterpret_cast<const EFI_DEVICE_PATH*>(start + size);
        std::size_t length = DevicePathNodeLength(node);
        if (length < header_size) return Error{Errc::invalid, "bad device path node", size};
        if (IsDevicePathEndType(node)) {
            DevicePath copy(start, start + size);
            append_end(copy);
            return copy;
        }
        size += length;
        if (size > device_path_size_max) break;
    }
    return Error{Errc::too_large, "device path too long", size};
}

Result<DevicePath> path_of(EFI_HANDLE handle) {
    auto* path = protocol_of<EFI_DEVICE_PATH>(handle, protocols::device_path);
    if (!path) return Error{Errc::not_found, "handle has no device path"};
    return copy_path(path);
}

Result<DevicePath> with_file(const DevicePath& path, std::string_view file) {
    std::u16string name = TRY(to_efi_path(file));
    std::uint64_t size = header_size + (name.size() + 1) * sizeof(char16_t);
    if (size > 0xffff) return Error{Errc::too_large, "file path too long"};
    DevicePath joined(path.begin(), path.end() - header_size);
    joined.push_back(std::byte{MEDIA_DEVICE_PATH});
    joined.push_back(std::byte{MEDIA_FILEPATH_DP});
    append_u16(joined, static_cast<std::uint16_t>(size));
    for (char16_t unit : name) append_u16(joined, unit);
    append_u16(joined, 0);
    append_end(joined);
    return joined;
}

std::string file_of(const DevicePath& path) {
    std::string file;
    for_each_node(path, [&](std::size_t at, NodeKind kind, std::size_t size) {
        if (kind != NodeKind{MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP}) return;
        std::string part = from_ucs2_bytes(Bytes(path).subspan(at + header_size, size - 4));
        std::replace(part.begin(), part.end(), '\\', '/');
        if (!file.ends_with('/') && !part.starts_with('/')) file += '/';
        file += file.ends_with('/') && part.starts_with('/') ? part.substr(1) : part;
    });
    return file;
}

std::optional<HardDrive> hard_drive_of(const DevicePath& path) {
    // Source: UEFI 2.10, 10.3.5.1: number at 4, signature at 24, signature type at 41, 42 bytes in
    // all.
    std::optional<HardDrive> found;
    for_each_node(path, [&](std::size_t at, NodeKind kind, std::size_t size) {
        if (kind != NodeKind{MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP} || size < 42) return;
        found = HardDrive{at, *read_u32(path, at + 4), {}};
        if (byte_at(path, at + 41) != SIGNATURE_TYPE_GUID) return;
        Guid guid;
        std::copy_n(path.begin() + static_cast<std::ptrdiff_t>(at + 24), 16, guid.bytes.begin());
        found->partition_guid = guid;
    });
    return found;
}

DevicePath cut(const DevicePath& path, std::size_t offset) {
    DevicePath start(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(offset));
    append_end(start);
    return start;
}

bool starts_with(const DevicePath& path, const DevicePath& prefix) {
    std::size_t nodes_size = prefix.size() - header_size;
    return path.size() >= prefix.size() &&
           equal(Bytes(path).first(nodes_size), Bytes(prefix).first(nodes_size));
}

std::string uri_of(const DevicePath& path) {
    std::string uri;
    for_each_node(path, [&](std::size_t at, NodeKind kind, std::size_t size) {
        if (kind == NodeKind{MESSAGING_DEVICE_PATH, MSG_URI_DP})
            uri = kindling::to_text(Bytes(path).subspan(at + header_size, size - header_size));
    });
    return uri;
}

NodeKind first_node(const DevicePath& path) {
    if (path.size() < header_size) return {};
    return {byte_at(path, 0), byte_at(path, 1)};
}

std::string to_text(const DevicePath& path) {
    auto* converter =
        find_protocol<EFI_DEVICE_PATH_TO_TEXT_PROTOCOL>(protocols::device_path_to_text);
    if (!converter) return {};
    CHAR16* text = converter->ConvertDevicePathToText(to_efi(path), FALSE, FALSE);
    if (!text) return {};
    std::string copy = from_efi(text);
    boot_services().FreePool(text);
    return copy;
}

} // namespace kindling::efi
