// SPDX-License-Identifier: MIT
//
// The directory an archive is unpacked into. No name, link or order of members in the archive
// makes anything outside of it change.
#pragma once

#include "cpio/newc.hpp"
#include "cpio/tool_file.hpp"

#include <map>
#include <string>

namespace kindling::cpio::tool {

/// A member's name as a path below the target: without "." components and doubled slashes; "."
/// for the target itself.
///
/// Errors: invalid (absolute, or with a ".." component).
Result<std::string> safe_path(std::string_view name);

/// Errors of all functions: exists (a directory is in the way), denied, no_space, io.
///
/// Paths come from `safe_path`. Missing parents are made. What a later member of the same name
/// replaces is unlinked, never written through.
class Target {
public:
    /// Takes an existing directory, or makes one. Unless `may_overwrite`, it has to be empty.
    static Result<Target> open(const std::string& path, bool may_overwrite);

    /// A new empty file, open for writing, readable by its owner only until `finish_file`.
    Result<Fd> create_file(const std::string& path);
    Result<void> finish_file(int fd, const Header& header);

    /// Attributes are set by `finish`: until then the directory can be written to.
    Result<void> create_directory(const std::string& path, const Header& header);

    Result<void> create_symlink(const std::string& path, const std::string& target,
                                const Header& header);

    /// Another name for a file made before.
    Result<void> create_link(const std::string& path, const std::string& existing);

    /// An existing regular file, emptied, for the contents that came with a later name.
    Result<Fd> reopen_file(const std::string& path);

    /// A fifo, socket or device node.
    Result<void> create_node(const std::string& path, const Header& header);

    /// Gives directories their attributes, children first. `failed_at` is the one that could not.
    Result<void> finish(std::string& failed_at);

private:
    /// The parent of a path, and its last component.
    struct Place {
        int parent;
        const char* name;
    };

    explicit Target(Fd root) : root_(std::move(root)) {}
    Result<Place> place_of(const std::string& path);
    Result<Fd> open_parents(const std::string& path);
    template <class Make>
    Result<void> make(const std::string& path, const char* what, Make make_once);
    Result<void> set_attributes(const Place& place, const Header& header) const;

    Fd root_;
    Fd parent_; ///< of the last path: most members have the same parent as the one before
    std::string parent_path_;
    std::map<std::string, Header> directories_;
};

} // namespace kindling::cpio::tool
