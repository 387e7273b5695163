// SPDX-License-Identifier: MIT
#include "cpio/tool_tree.hpp"

#include "cpio/reader.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <memory>

namespace kindling::cpio::tool {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Result<Directory> open_directory(int root, const std::string& path) {
    Fd fd = TRY(open_beneath(root, path, O_RDONLY | O_DIRECTORY));
    // The descriptor goes over to the stream, so it is a copy that outlives `fd`.
    int copy = fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
    Directory directory(copy < 0 ? nullptr : fdopendir(copy));
    if (!directory) return last_error("cannot read directory");
    return directory;
}

/// Adds what is in one directory; directories among it are left to the caller.
Result<void> add_children(int root, const std::string& parent, std::vector<Node>& nodes,
                          std::string& failed_at) {
    Directory directory = TRY(open_directory(root, parent));
    while (true) {
        errno = 0;
        const dirent* entry = readdir(directory.get());
        if (!entry && errno != 0) return last_error("cannot read directory");
        if (!entry) return {};
        std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        Node node{.path = parent == "." ? name : parent + "/" + name};
        failed_at = node.path;
        if (node.path.size() > name_max) return Error{Errc::too_large, "path is too long"};
        if (nodes.size() >= members_max) return Error{Errc::too_large, "too many files"};
        if (fstatat(dirfd(directory.get()), name.c_str(), &node.status, AT_SYMLINK_NOFOLLOW) < 0)
            return last_error("cannot examine");
        nodes.push_back(std::move(node));
    }
}

/// Finds names that stand for the same file.
void join_links(std::vector<Node>& nodes) {
    std::map<std::pair<dev_t, ino_t>, std::vector<std::size_t>> files;
    for (std::size_t i = 0; i < nodes.size(); i++)
        if (S_ISREG(nodes[i].status.st_mode) && nodes[i].status.st_nlink > 1)
            files[{nodes[i].status.st_dev, nodes[i].status.st_ino}].push_back(i);
    for (const auto& [identity, names] : files)
        for (std::size_t i : names) {
            nodes[i].links = static_cast<std::uint32_t>(names.size());
            nodes[i].is_last_link = i == names.back();
        }
}

} // namespace

Result<std::vector<Node>> read_tree(int root, std::string& failed_at) {
    std::vector<Node> nodes(1);
    nodes[0].path = failed_at = ".";
    if (fstat(root, &nodes[0].status) < 0) return last_error("cannot examine");
    for (std::size_t i = 0; i < nodes.size(); i++) {
        if (!S_ISDIR(nodes[i].status.st_mode)) continue;
        failed_at = nodes[i].path;
        std::string path = nodes[i].path; // the vector may move
        TRY(add_children(root, path, nodes, failed_at));
    }
    std::sort(nodes.begin() + 1, nodes.end(),
              [](const Node& a, const Node& b) { return a.path < b.path; });
    join_links(nodes);
    return nodes;
}

} // namespace kindling::cpio::tool
