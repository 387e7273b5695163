// SPDX-License-Identifier: MIT
#include "cpio/tool_target.hpp"

#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace kindling::cpio::tool {
namespace {

constexpr mode_t directory_mode_until_finished = 0700;
constexpr mode_t missing_parent_mode = 0755;
constexpr mode_t file_mode_until_finished = 0600;

/// Ownership is root's to give; without it, set-id bits would mean another owner than stored.
bool keeps_owner() {
    return geteuid() == 0;
}

mode_t permissions_of(const Header& header) {
    return header.mode & (keeps_owner() ? 07777u : 01777u);
}

std::array<timespec, 2> times_of(const Header& header) {
    timespec time{.tv_sec = static_cast<time_t>(header.mtime_s), .tv_nsec = 0};
    return {time, time};
}

Result<bool> is_empty_directory(int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR* directory = copy < 0 ? nullptr : fdopendir(copy);
    if (!directory) return last_error("cannot read directory");
    bool is_empty = true;
    while (const dirent* entry = readdir(directory)) {
        std::string_view name = entry->d_name;
        is_empty = is_empty && (name == "." || name == "..");
    }
    closedir(directory);
    return is_empty;
}

} // namespace

Result<std::string> safe_path(std::string_view name) {
    if (name.starts_with('/')) return Error{Errc::invalid, "member has an absolute name"};
    std::string path;
    while (true) {
        std::size_t slash = name.find('/');
        std::string_view component = name.substr(0, slash);
        if (component == "..") return Error{Errc::invalid, "member name leads upwards"};
        if (!component.empty() && component != ".") {
            if (!path.empty()) path += '/';
            path += component;
        }
        if (slash == std::string_view::npos) break;
        name.remove_prefix(slash + 1);
    }
    return path.empty() ? std::string(".") : path;
}

Result<Target> Target::open(const std::string& path, bool may_overwrite) {
    if (mkdir(path.c_str(), 0777) < 0 && errno != EEXIST) return last_error("cannot create");
    Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return last_error("cannot open directory");
    if (!may_overwrite && !TRY(is_empty_directory(root.get())))
        return Error{Errc::exists, "directory is not empty"};
    return Target(std::move(root));
}

Result<Fd> Target::open_parents(const std::string& path) {
    constexpr int how = O_PATH | O_DIRECTORY;
    auto opened = open_beneath(root_.get(), path, how);
    if (!opened && (opened.error().cause == ENOTDIR || opened.error().cause == ELOOP))
        return Error{Errc::exists, "a parent is a link or a file"};
    if (opened || opened.error().cause != ENOENT) return opened;
    for (std::size_t slash = path.find('/'); true; slash = path.find('/', slash + 1)) {
        std::string prefix = path.substr(0, slash);
        std::size_t last = prefix.rfind('/');
        Fd parent = TRY(open_beneath(
            root_.get(), last == std::string::npos ? "." : prefix.substr(0, last), how));
        if (mkdirat(parent.get(), prefix.c_str() + (last + 1), missing_parent_mode) < 0 &&
            errno != EEXIST)
            return last_error("cannot create parent");
        if (slash == std::string::npos) break;
    }
    return open_beneath(root_.get(), path, how);
}

Result<Target::Place> Target::place_of(const std::string& path) {
    std::size_t slash = path.rfind('/');
    std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
    if (!parent_ || parent != parent_path_) {
        parent_ = TRY(open_parents(parent));
        parent_path_ = parent;
    }
    return Place{parent_.get(), path.c_str() + (slash + 1)};
}

/// Makes something; if another thing has its name, that goes first, unless it is a directory.
template <class Make>
Result<void> Target::make(const std::string& path, const char* what, Make make_once) {
    Place place = TRY(place_of(path));
    if (make_once(place) >= 0) return {};
    if (errno != EEXIST) return last_error(what);
    struct stat status {};
    if (fstatat(place.parent, place.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(status.st_mode))
        return Error{Errc::exists, "a directory is in the way"};
    if (unlinkat(place.parent, place.name, 0) < 0) return last_error("cannot replace");
    return make_once(place) >= 0 ? Result<void>() : last_error(what);
}

Result<Fd> Target::create_file(const std::string& path) {
    int fd = -1;
    TRY(make(path, "cannot create", [&](const Place& place) {
        fd = openat(place.parent, place.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    file_mode_until_finished);
        return fd;
    }));
    return Fd(fd);
}

Result<void> Target::finish_file(int fd, const Header& header) {
    if (keeps_owner() && fchown(fd, header.uid, header.gid) < 0)
        return last_error("cannot set owner");
    if (fchmod(fd, permissions_of(header)) < 0) return last_error("cannot set mode");
    if (futimens(fd, times_of(header).data()) < 0) return last_error("cannot set time");
    return {};
}

Result<void> Target::create_directory(const std::string& path, const Header& header) {
    if (path == ".") return {};
    Place place = TRY(place_of(path));
    if (mkdirat(place.parent, place.name, directory_mode_until_finished) < 0) {
        if (errno != EEXIST) return last_error("cannot create");
        struct stat status {};
        if (fstatat(place.parent, place.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            return last_error("cannot examine");
        if (!S_ISDIR(status.st_mode)) return Error{Errc::exists, "a file is in the way"};
    }
    directories_[path] = header;
    return {};
}

/// For what cannot be opened. Links have no mode, so those are left alone.
Result<void> Target::set_attributes(const Place& place, const Header& header) const {
    if (keeps_owner() &&
        fchownat(place.parent, place.name, header.uid, header.gid, AT_SYMLINK_NOFOLLOW) < 0)
        return last_error("cannot set owner");
    if (utimensat(place.parent, place.name, times_of(header).data(), AT_SYMLINK_NOFOLLOW) < 0)
        return last_error("cannot set time");
    return {};
}

Result<void> Target::create_symlink(const std::string& path, const std::string& target,
                                    const Header& header) {
    TRY(make(path, "cannot create", [&](const Place& place) {
        return symlinkat(target.c_str(), place.parent, place.name);
    }));
    return set_attributes(TRY(place_of(path)), header);
}

Result<void> Target::create_link(const std::string& path, const std::string& existing) {
    if (path == existing) return {};
    std::size_t slash = existing.rfind('/');
    Fd from =
        TRY(open_beneath(root_.get(), slash == std::string::npos ? "." : existing.substr(0, slash),
                         O_PATH | O_DIRECTORY));
    return make(path, "cannot link", [&](const Place& place) {
        return linkat(from.get(), existing.c_str() + (slash + 1), place.parent, place.name, 0);
    });
}

Result<Fd> Target::reopen_file(const std::string& path) {
    // Not blocking: the archive may have put a fifo there since.
    Fd file = TRY(open_beneath(root_.get(), path, O_WRONLY | O_NONBLOCK));
    struct stat status {};
    if (fstat(file.get(), &status) < 0) return last_error("cannot examine");
    if (!S_ISREG(status.st_mode)) return Error{Errc::exists, "not a file any more"};
    if (ftruncate(file.get(), 0) < 0) return last_error(write_failed);
    return file;
}

Result<void> Target::create_node(const std::string& path, const Header& header) {
    TRY(make(path, "cannot create", [&](const Place& place) {
        return mknodat(place.parent, place.name, (header.mode & type_mask) | 0600,
                       makedev(header.rdevice_major, header.rdevice_minor));
    }));
    Place place = TRY(place_of(path));
    TRY(set_attributes(place, header));
    if (fchmodat(place.parent, place.name, permissions_of(header), 0) < 0)
        return last_error("cannot set mode");
    return {};
}

Result<void> Target::finish(std::string& failed_at) {
    for (auto at = directories_.rbegin(); at != directories_.rend(); ++at) {
        failed_at = at->first;
        Fd directory = TRY(open_beneath(root_.get(), at->first, O_RDONLY | O_DIRECTORY));
        TRY(finish_file(directory.get(), at->second));
    }
    return {};
}

} // namespace kindling::cpio::tool
