// SPDX-License-Identifier: MIT
//
// The loader that `install` copies: the one named, or the one that came with us.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling {

/// Where a loader is looked for when none is named: beside us in a build tree, then where it was
/// installed.
std::vector<std::string> loader_places();

struct LoaderFile {
    std::string path;
    std::vector<std::byte> contents;
};

/// The file at `path`, or the first of `loader_places` that exists.
///
/// Errors: not_found; denied; too_large (over `loader_size_max`); invalid (not a regular file); io.
Result<LoaderFile> read_loader(const std::optional<std::string>& path);

} // namespace kindling
