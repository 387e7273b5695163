// SPDX-License-Identifier: MIT
//
// Which file systems the loader works on.
#pragma once

#include "efi/volume.hpp"

namespace kindling::efi {

/// Binds drivers to everything that is there; takes its time on some machines.
void connect_all();

/// The volume the program was started from. If that has no file system of its own (programs that
/// QEMU or a firmware volume hands over) the first one with a directory "EFI", in the order of the
/// machine's boot list.
///
/// device  of our own image; may be null
///
/// Errors: not_found; those of `FileSystemVolume::open`.
Result<FileSystemVolume> own_volume(EFI_HANDLE device);

/// The extended boot loader partition on the disk that `esp` is on: the first of its type in the
/// partition table.
///
/// Errors: not_found (no GPT disk, no such partition, or firmware before UEFI 2.7, which does not
/// tell the types of partitions); those of `FileSystemVolume::open`.
/// Source: UAPI.1, "The Partitions".
Result<FileSystemVolume> find_xbootldr(const FileSystemVolume& esp);

} // namespace kindling::efi
