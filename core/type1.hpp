// SPDX-License-Identifier: MIT
//
// Type #1 entries: /loader/entries/*.conf.
#pragma once

#include "core/entry.hpp"
#include "core/line_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::bls {

constexpr std::size_t snippet_size_max = 1024 * 1024; ///< bytes of a file
constexpr std::size_t initrds_max = 256;
constexpr std::size_t extras_max = 4096; ///< the same as an archive can have
constexpr std::size_t devicetree_overlays_max = 256;
constexpr std::size_t options_size_max = 256 * 1024; ///< joined

/// A parsed snippet. Of `entry`, what comes from the file name (id, path, source, tries) is unset.
struct Snippet {
    Entry entry;
    std::vector<Remark> remarks;
};

/// Reads the text of a snippet. Unknown keys are ignored; of a key that may come once, the last
/// line counts. Paths are normalised: backslash is '/', runs of '/' are one, one leading '/'.
///
/// `extra` paths keep "." and ".." components: such an extra is skipped at boot, with a reason, and
/// does not hide the entry.
///
/// Remarks: a `profile` that is no number, or is on a kind that has none; a path with a blank,
/// which userspace tools take apart; `initrd` or `extra` of a kind that cannot have it;
/// `devicetree` and `devicetree-overlay`, which we do not apply yet.
///
/// architecture  EFI name of the machine ("x64"); an empty one fits every entry
///
/// Errors: invalid (nothing to boot, two different kinds, a path that is empty or has a "." or ".."
/// component); unsupported (`architecture` names another machine); too_large (over a limit above).
/// `where` is the line, or 0 if it is the whole.
/// Source: UAPI.1, "Type #1 Boot Loader Specification Entries".
Result<Snippet> parse_entry(std::string_view text, std::string_view architecture);

/// A path of an entry in normal form; nothing if it has a "." or ".." component, or none at all.
/// Separators at the end are dropped.
std::optional<std::string> normalize_path(std::string_view path);

/// True if a component of `path`, separated by '/', is "." or "..".
bool has_dot_component(std::string_view path);

} // namespace kindling::bls
