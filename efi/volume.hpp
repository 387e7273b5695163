// SPDX-License-Identifier: MIT
//
// Volume on the firmware's file system protocol.
#pragma once

#include "core/machine.hpp"
#include "efi/device_path.hpp"

#include <memory>

namespace kindling::efi {

/// Some firmware fails larger reads.
constexpr std::size_t read_chunk_bytes = 1024 * 1024;

struct CloseFile {
    void operator()(EFI_FILE* file) const { file->Close(file); }
};

/// An open EFI_FILE_PROTOCOL; closed when it goes out of scope.
using File = std::unique_ptr<EFI_FILE, CloseFile>;

/// What firmware says about an open file. Errors: io; too_large (a name over 4 KiB).
/// Source: UEFI 2.10, 13.5, EFI_FILE_INFO.
struct FileState {
    FileInfo info;
    std::vector<std::byte> raw; ///< the EFI_FILE_INFO
};

class FileSystemVolume final : public Volume {
public:
    /// The file system on `handle`. Errors: unsupported (none there); io.
    static Result<FileSystemVolume> open(EFI_HANDLE handle);

    Result<std::vector<FileInfo>> list(std::string_view directory) override;
    Result<FileInfo> info(std::string_view path) override;
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override;
    Result<void> rename(std::string_view path, std::string_view new_name) override;

    EFI_HANDLE handle() const { return handle_; }
    const DevicePath& device_path() const { return device_path_; }

private:
    FileSystemVolume(EFI_HANDLE handle, File root, DevicePath path)
        : handle_(handle), root_(std::move(root)), device_path_(std::move(path)) {}

    Result<File> open_file(std::string_view path, std::uint64_t mode);
    Result<File> open_state(std::string_view path, FileState& state); ///< for reading

    EFI_HANDLE handle_;
    File root_;
    DevicePath device_path_;
};

} // namespace kindling::efi
