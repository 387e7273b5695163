// SPDX-License-Identifier: MIT
//
// Finding the entries of a machine. The loader and the tool call the same function, so what the
// tool lists is what the menu shows.
#pragma once

#include "core/entry.hpp"
#include "core/line_reader.hpp"
#include "core/machine.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling::bls {

constexpr std::size_t entries_max = 8192;

/// A file that looks like an entry and is none, or none for this machine, and why.
struct Hidden {
    EntrySource source = EntrySource::esp;
    std::string file_path;
    std::string subject;      ///< the file that the error is about, if it is another one
    Error error;              ///< `where` is the line of a snippet, if the error is about it
    bool is_expected = false; ///< nothing is wrong: for another machine, or the loader itself
};

/// A file with something to say about it.
struct FileRemark {
    EntrySource source = EntrySource::esp;
    std::string file_path;
    Remark remark;
};

struct Discovery {
    std::vector<Entry> entries; ///< in menu order, with unique titles
    std::vector<Hidden> hidden;
    std::vector<FileRemark> remarks;
};

struct DiscoveryOptions {
    std::string_view architecture; ///< EFI name of the machine; empty accepts all
    std::string_view loader_path;  ///< an `efi` entry that names it is hidden; may be empty
};

/// Looks for snippets in /loader/entries and UKIs in /EFI/Linux of both volumes. One broken file
/// never hides another; a directory that is not there has no entries.
///
/// xbootldr  may be null
Discovery discover(Volume& esp, Volume* xbootldr, const DiscoveryOptions& options);

/// Reads a whole file, or as much of it as is there when it is read.
///
/// Errors: too_large (over `size_max`); invalid (a directory); as the volume's.
Result<std::vector<std::byte>> read_whole(Volume& volume, std::string_view path,
                                          std::uint64_t size_max);

} // namespace kindling::bls
