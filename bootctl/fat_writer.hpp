// SPDX-License-Identifier: MIT
//
// Writing into a FAT file system so that a power cut leaves the old state or the new one.
//
// No packaged library does this inside an image without privileges: mtools is a set of programs
// and deletes a file before it writes the next.
#pragma once

#include "bootctl/fat.hpp"

#include <set>

namespace kindling::fat {

constexpr std::uint64_t writable_table_size_max = 64 * 1024 * 1024;
constexpr std::uint64_t file_size_max = 0xffffffff;

/// Makes directories and replaces files.
///
/// Every operation goes in this order, with a sync between the steps: data into free clusters; the
/// table, whose new chain nobody refers to yet; one sector of the directory, which switches; the
/// table again, which frees what was replaced. A cut in between costs lost clusters, no more. The
/// free count of FAT32 is marked unknown first and set last.
class Writer {
public:
    /// files  borrowed, as is its storage, which must be writable
    /// stamp  for what is made or replaced
    ///
    /// Errors: unsupported (table over `writable_table_size_max`); io.
    static Result<Writer> open(FileSystem& files, Stamp stamp);

    /// Errors: exists; not_found (its parent); invalid (name); no_space; denied; io.
    Result<void> create_directory(std::string_view path);

    /// Creates the file or gives it other contents. What was written is read back and compared
    /// before the directory names it.
    ///
    /// Errors: not_found (its parent); invalid (name, or a directory); denied (read-only file);
    /// too_large (over `file_size_max`); no_space; io.
    Result<void> replace_file(std::string_view path, Bytes contents);

    /// Another name in the same directory. One sector write if the new name needs no more slots
    /// than the old and they lie in one sector; else a cut may leave both names.
    ///
    /// Errors: not_found; exists; invalid (name); denied (read-only file); no_space; io.
    Result<void> rename(std::string_view path, std::string_view new_name);

private:
    explicit Writer(FileSystem& files, Stamp stamp) : files_(&files), stamp_(stamp) {}

    const Geometry& geometry() const { return files_->geometry(); }
    std::uint64_t slot_offset(const Directory& directory, std::size_t slot) const;
    bool is_usable(std::uint32_t cluster) const;
    std::uint32_t count_free() const;

    Result<std::vector<std::uint32_t>> find_free(std::size_t count) const;
    Result<void> write_data(const std::vector<std::uint32_t>& clusters, Bytes contents);
    Result<void> verify_data(const std::vector<std::uint32_t>& clusters, Bytes contents);
    void set_table_entry(std::uint32_t cluster, std::uint32_t value);
    Result<void> write_table();
    /// Data and its chain, on the disk but in no directory; the first cluster, 0 if empty.
    Result<std::uint32_t> store(Bytes contents);
    Result<void> write_free_count(std::uint32_t count);
    Result<void> write_directory(const Directory& before, const std::vector<std::byte>& after);
    Result<void> insert_entry(Directory directory, const std::vector<std::byte>& slots);
    Result<void> extend(Directory& directory);
    Result<void> free_chain(const DirectoryEntry& old);

    FileSystem* files_;
    Stamp stamp_;
    std::vector<std::byte> table_;
    std::set<std::uint64_t> changed_sectors_; ///< of the table
};

} // namespace kindling::fat
