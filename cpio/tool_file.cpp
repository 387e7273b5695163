// SPDX-License-Identifier: MIT
#include "cpio/tool_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kindling::cpio::tool {
Result<std::size_t> read_full(int fd, MutableBytes to) {
    std::size_t done = 0;
    while (done < to.size()) {
        ssize_t count = read(fd, to.data() + done, to.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return last_error("cannot read");
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Result<void> write_full(int fd, Bytes bytes) {
    while (!bytes.empty()) {
        ssize_t count = write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return last_error(write_failed);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<Fd> open_beneath_stepwise(int directory, const std::string& path, int flags) {
    Fd at;
    std::size_t start = 0;
    while (true) {
        std::size_t slash = path.find('/', start);
        bool is_last = slash == std::string::npos;
        std::string component = path.substr(start, is_last ? slash : slash - start);
        int how = is_last ? flags : O_PATH | O_DIRECTORY;
        int fd = openat(at ? at.get() : directory, component.c_str(), how | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0) return last_error("cannot open");
        at = Fd(fd);
        if (is_last) return at;
        start = slash + 1;
    }
}

Result<Fd> open_beneath(int directory, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_NOFOLLOW | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long fd = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    // Old kernels do not have the call, and sandboxes may refuse it.
    if (errno == ENOSYS || errno == EPERM) return open_beneath_stepwise(directory, path, flags);
    return last_error("cannot open");
}

} // namespace kindling::cpio::tool
