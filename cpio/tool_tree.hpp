// SPDX-License-Identifier: MIT
//
// What is below a directory, sorted, as it goes into an archive.
#pragma once

#include "cpio/tool_file.hpp"

#include <string>
#include <sys/stat.h>
#include <vector>

namespace kindling::cpio::tool {

/// One file of any type.
struct Node {
    std::string path; ///< below the directory; "." is the directory itself
    struct stat status {};
    std::uint32_t links = 1; ///< how many names of the tree stand for this file
    bool is_last_link = true;
};

/// Every node below `root` and `root` itself, in the order of their bytes, so that parents come
/// before their children. Nothing is followed. `failed_at` is the path that an error is about.
///
/// Errors: too_large (a path over `name_max`, more than `members_max` nodes), and as openat(2).
Result<std::vector<Node>> read_tree(int root, std::string& failed_at);

} // namespace kindling::cpio::tool
