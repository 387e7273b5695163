// SPDX-License-Identifier: MIT
#include "efi/volume.hpp"

#include "base/sorting.hpp"
#include "base/text.hpp"
#include "efi/path.hpp"

#include <algorithm>
#include <cstddef>

namespace kindling::efi {

namespace {

constexpr std::size_t name_offset = offsetof(EFI_FILE_INFO, FileName);
constexpr std::size_t first_info_size = name_offset + 256 * sizeof(CHAR16);
constexpr std::size_t info_size_max = 4096;

/// The fields of a raw EFI_FILE_INFO.
Result<void> parse_info(Bytes raw, FileInfo& info) {
    EFI_FILE_INFO fields;
    if (raw.size() < name_offset) return Error{Errc::io, "file information is too short"};
    std::copy_n(raw.begin(), name_offset, reinterpret_cast<std::byte*>(&fields));
    info.size_bytes = fields.FileSize;
    info.is_directory = fields.Attribute & EFI_FILE_DIRECTORY;
    info.is_read_only = fields.Attribute & EFI_FILE_READ_ONLY;
    info.name = from_ucs2_bytes(raw.subspan(name_offset));
    return {};
}

Result<void> read_state(EFI_FILE& file, FileState& state) {
    EFI_GUID id = EFI_FILE_INFO_ID;
    UINTN size = first_info_size;
    while (true) {
        state.raw.resize(size);
        EFI_STATUS status = file.GetInfo(&file, &id, &size, state.raw.data());
        if (status == EFI_BUFFER_TOO_SMALL && size > state.raw.size() && size <= info_size_max)
            continue;
        if (EFI_ERROR(status)) return to_error(status, "cannot get file information");
        state.raw.resize(std::min<std::size_t>(size, state.raw.size()));
        return parse_info(state.raw, state.info);
    }
}

bool has_lower_name(const FileInfo& a, const FileInfo& b) {
    return a.name < b.name;
}

/// Reads the next member of an open directory; false at its end.
Result<bool> read_member(EFI_FILE& directory, std::vector<std::byte>& buffer, FileInfo& member) {
    while (true) {
        UINTN size = buffer.size();
        EFI_STATUS status = directory.Read(&directory, &size, buffer.data());
        if (status == EFI_BUFFER_TOO_SMALL && size > buffer.size() && size <= info_size_max) {
            buffer.resize(size);
            continue;
        }
        if (EFI_ERROR(status)) return to_error(status, "cannot read directory");
        if (size == 0) return false;
        TRY(parse_info(Bytes(buffer).first(std::min(size, buffer.size())), member));
        return true;
    }
}

} // namespace

Result<FileSystemVolume> FileSystemVolume::open(EFI_HANDLE handle) {
    auto* system = protocol_of<EFI_FILE_IO_INTERFACE>(handle, protocols::simple_file_system);
    if (!system) return Error{Errc::unsupported, "no file system"};
    EFI_FILE* root = nullptr;
    EFI_STATUS status = system->OpenVolume(system, &root);
    if (EFI_ERROR(status)) return to_error(status, "cannot open volume");
    File file(root);
    return FileSystemVolume(handle, std::move(file), TRY(path_of(handle)));
}

Result<File> FileSystemVolume::open_file(std::string_view path, std::uint64_t mode) {
    auto name = to_efi_path(path);
    // A name that no file can have.
    if (!name) return Error{Errc::not_found, name.error().what};
    EFI_FILE* file = nullptr;
    EFI_STATUS status = root_->Open(root_.get(), &file, to_efi(name->data()), mode, 0);
    if (EFI_ERROR(status)) return to_error(status, "cannot open file");
    return File(file);
}

Result<File> FileSystemVolume::open_state(std::string_view path, FileState& state) {
    File file = TRY(open_file(path, EFI_FILE_MODE_READ));
    TRY(read_state(*file, state));
    return file;
}

Result<std::vector<FileInfo>> FileSystemVolume::list(std::string_view directory) {
    FileState state;
    File file = TRY(open_state(directory, state));
    if (!state.info.is_directory) return Error{Errc::invalid, "not a directory"};
    std::vector<FileInfo> members;
    std::vector<std::byte> buffer(first_info_size);
    FileInfo member;
    while (TRY(read_member(*file, buffer, member))) {
        if (member.name == "." || member.name == "..") continue;
        if (members.size() == directory_members_max)
            return Error{Errc::too_large, "too many files in directory"};
        members.push_back(std::move(member));
    }
    stable_sort<has_lower_name>(members);
    return members;
}

Result<FileInfo> FileSystemVolume::info(std::string_view path) {
    FileState state;
    TRY(open_state(path, state));
    return std::move(state.info);
}

Result<std::size_t> FileSystemVolume::read(std::string_view path, std::uint64_t offset,
                                           MutableBytes into) {
    FileState state;
    File file = TRY(open_state(path, state));
    if (state.info.is_directory) return Error{Errc::invalid, "is a directory"};
    // Reading from behind the end is an error in UEFI, and a position of all ones means the end.
    if (offset >= state.info.size_bytes) return std::size_t{0};
    EFI_STATUS status = file->SetPosition(file.get(), offset);
    if (EFI_ERROR(status)) return to_error(status, "cannot seek");
    std::size_t done = 0;
    while (done < into.size()) {
        UINTN size = std::min(into.size() - done, read_chunk_bytes);
        status = file->Read(file.get(), &size, into.data() + done);
        if (EFI_ERROR(status)) return to_error(status, "cannot read file");
        if (size == 0) break;
        done += size;
    }
    return done;
}

Result<void> FileSystemVolume::rename(std::string_view path, std::string_view new_name) {
    if (new_name.empty() || new_name.find('/') != new_name.npos || !to_efi_path(new_name))
        return Error{Errc::invalid, "bad file name"};
    FileState state;
    TRY(open_state(path, state));
    if (state.info.is_read_only) return Error{Errc::denied, "file is read-only"};
    std::string_view directory = path.substr(0, path.rfind('/') + 1);
    if (!equals_ignoring_case(path.substr(directory.size()), new_name)) {
        // FAT drivers report this as "access denied".
        if (open_file(concat({directory, new_name}), EFI_FILE_MODE_READ))
            return Error{Errc::exists, "file exists"};
    }
    File file = TRY(open_file(path, EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE));
    // The structure with the new name in it, as large as that needs.
    std::vector<std::byte>& raw = state.raw;
    raw.resize(name_offset);
    append(raw, to_ucs2_bytes(new_name));
    std::uint64_t size = raw.size();
    std::copy_n(reinterpret_cast<const std::byte*>(&size), sizeof size, raw.begin());
    EFI_GUID id = EFI_FILE_INFO_ID;
    EFI_STATUS status = file->SetInfo(file.get(), &id, raw.size(), raw.data());
    if (EFI_ERROR(status)) return to_error(status, "cannot rename file");
    status = file->Flush(file.get());
    if (EFI_ERROR(status)) return to_error(status, "cannot flush file");
    return {};
}

} // namespace kindling::efi
