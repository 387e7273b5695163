// SPDX-License-Identifier: MIT
#include "bootctl/directory_volume.hpp"

#include "base/text.hpp"
#include "bootctl/parked_read.hpp"
#include "host/error.hpp"
#include "host/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace kindling {

namespace {

constexpr std::size_t path_depth_max = 32;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

/// What follows in a path; empty at its end.
std::string_view take_component(std::string_view& path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(component.size());
    while (path.starts_with('/')) path.remove_prefix(1);
    return component;
}

/// Opens one component. Every path is walked this way, so that no link is ever followed and no
/// name can leave the root; that is openat2's RESOLVE_BENEATH, and works on every kernel.
Result<host::Fd> open_component(int directory, const std::string& name, int flags) {
    // O_NONBLOCK: opening a pipe must not wait; it is refused right afterwards.
    auto fd = host::open_at(directory, name, flags | O_NOFOLLOW | O_NONBLOCK);
    if (!fd && fd.error().cause == ELOOP)
        return Error{Errc::invalid, "is a symbolic link", 0, ELOOP};
    return fd;
}

Result<std::vector<std::string>> names_in(int directory) {
    // A descriptor of its own, because reading moves its position and the stream closes it.
    host::Fd own = TRY(host::open_at(directory, ".", O_RDONLY | O_DIRECTORY));
    std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(own.get()));
    if (!stream) return host::last_error("cannot read the directory");
    own.release();
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (!entry && errno != 0) return host::last_error("cannot read the directory");
        if (!entry) return names;
        std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (names.size() == directory_members_max)
            return Error{Errc::too_large, "too many members in a directory"};
        names.emplace_back(name);
    }
}

/// The name on disk that FAT would find for `wanted`; empty if there is none.
Result<std::string> name_on_disk(int directory, std::string_view wanted) {
    std::string exact(wanted);
    struct stat status {};
    bool exists = ::fstatat(directory, exact.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists && errno != ENOENT) return host::last_error("cannot look up");
    std::string found;
    std::vector<std::string> names = TRY(names_in(directory));
    for (std::string& name : names) {
        if (exists && name == exact) return exact;
        if (!equals_ignoring_case(name, wanted)) continue;
        if (!found.empty() && !exists) return Error{Errc::invalid, "two names differ in case only"};
        found = std::move(name);
    }
    return found;
}

Result<FileInfo> info_of(int directory, const std::string& name) {
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0)
        return host::last_error("cannot get file status");
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return Error{Errc::invalid, S_ISLNK(status.st_mode) ? "is a symbolic link"
                                                            : "neither a file nor a directory"};
    bool is_directory = S_ISDIR(status.st_mode);
    return FileInfo{name, is_directory ? 0 : static_cast<std::uint64_t>(status.st_size),
                    is_directory, (status.st_mode & 0222) == 0};
}

} // namespace

Result<DirectoryVolume> DirectoryVolume::open(const std::string& path) {
    return DirectoryVolume(TRY(host::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)));
}

Result<host::Fd> DirectoryVolume::open_directory(std::string_view path) const {
    host::Fd directory = TRY(host::open_at(root_.get(), ".", O_RDONLY | O_DIRECTORY));
    std::size_t depth = 0;
    for (std::string_view name = take_component(path); !name.empty(); name = take_component(path)) {
        if (name == "." || name == ".." || name.find('\0') != std::string_view::npos)
            return Error{Errc::invalid, "path has a component that is no name"};
        if (++depth > path_depth_max) return Error{Errc::too_large, "path is too deep"};
        std::string found = TRY(name_on_disk(directory.get(), name));
        if (found.empty()) return Error{Errc::not_found, "directory does not exist", 0, ENOENT};
        directory = TRY(open_component(directory.get(), found, O_RDONLY | O_DIRECTORY));
    }
    return directory;
}

Result<DirectoryVolume::Place> DirectoryVolume::find(std::string_view path) const {
    while (path.ends_with('/')) path.remove_suffix(1);
    std::size_t slash = path.rfind('/');
    std::string_view parent = slash == std::string_view::npos ? "" : path.substr(0, slash);
    std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos)
        return Error{Errc::invalid, "path does not name a file"};
    Place place{TRY(open_directory(parent)), {}, false};
    place.name = TRY(name_on_disk(place.directory.get(), name));
    place.exists = !place.name.empty();
    if (!place.exists) place.name = name;
    return place;
}

Result<host::Fd> DirectoryVolume::open_file(std::string_view path) const {
    // The exact name needs no look at its neighbours, of which there may be thousands.
    std::size_t slash = path.rfind('/');
    std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
    bool is_plain =
        !name.empty() && name != "." && name != ".." && name.find('\0') == std::string::npos;
    if (is_plain) {
        host::Fd parent = TRY(open_directory(path.substr(0, path.size() - name.size())));
        auto file = open_component(parent.get(), name, O_RDONLY);
        if (file || file.error().code != Errc::not_found) return file;
    }
    Place place = TRY(find(path));
    if (!place.exists) return Error{Errc::not_found, "file does not exist", 0, ENOENT};
    return open_component(place.directory.get(), place.name, O_RDONLY);
}

Result<std::vector<FileInfo>> DirectoryVolume::list(std::string_view directory) {
    host::Fd opened = TRY(open_directory(directory));
    std::vector<FileInfo> members;
    for (const std::string& name : TRY(names_in(opened.get())))
        if (auto info = info_of(opened.get(), name)) members.push_back(std::move(*info));
    std::sort(members.begin(), members.end(),
              [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
    return members;
}

Result<FileInfo> DirectoryVolume::info(std::string_view path) {
    if (path.find_first_not_of('/') == std::string_view::npos) return FileInfo{"", 0, true, false};
    Place place = TRY(find(path));
    if (!place.exists) return Error{Errc::not_found, "file does not exist", 0, ENOENT};
    return info_of(place.directory.get(), place.name);
}

Result<std::size_t> DirectoryVolume::read(std::string_view path, std::uint64_t offset,
                                          MutableBytes into) {
    host::Fd file = TRY(open_file(path));
    struct stat status {};
    if (::fstat(file.get(), &status) < 0) return host::last_error("cannot get file status");
    if (S_ISDIR(status.st_mode)) return Error{Errc::invalid, "is a directory"};
    if (!S_ISREG(status.st_mode)) return Error{Errc::invalid, "neither a file nor a directory"};
    return parked_read(file.get(), offset, into);
}

Result<void> DirectoryVolume::rename(std::string_view path, std::string_view new_name) {
    Place place = TRY(find(path));
    if (!place.exists) return Error{Errc::not_found, "file does not exist", 0, ENOENT};
    if (TRY(info_of(place.directory.get(), place.name)).is_read_only)
        return Error{Errc::denied, "file is read-only"};
    std::string target(new_name);
    if (target.empty() || target == "." || target == ".." ||
        new_name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
        return Error{Errc::invalid, "not a file name"};
    std::string taken = TRY(name_on_disk(place.directory.get(), new_name));
    if (!taken.empty() && taken != place.name)
        return Error{Errc::exists, "a file of that name exists", 0, EEXIST};
    if (::renameat(place.directory.get(), place.name.c_str(), place.directory.get(),
                   target.c_str()) < 0)
        return host::last_error("cannot rename");
    if (::fsync(place.directory.get()) < 0) return host::last_error("cannot write to disk");
    return {};
}

} // namespace kindling
