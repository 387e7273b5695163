// SPDX-License-Identifier: MIT
//
// For whoever wants to know what a program does with files.
#pragma once

#include "core/machine.hpp"

#include <functional>

namespace kindling {

/// Hears of what is done, in a line of its own each time; empty: nobody does.
using Hear = std::function<void(const std::string&)>;

/// A volume that tells of each access, and how it went. Of a file that is read in pieces it tells
/// once.
class NarratedVolume : public Volume {
public:
    using NameOf = std::function<std::string(std::string_view path)>;

    /// volume   borrowed
    /// name_of  a path as a person knows it
    NarratedVolume(Volume& volume, NameOf name_of, Hear hear)
        : volume_(volume), name_of_(std::move(name_of)), hear_(std::move(hear)) {}

    Result<std::vector<FileInfo>> list(std::string_view directory) override;
    Result<FileInfo> info(std::string_view path) override;
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override;
    Result<void> rename(std::string_view path, std::string_view new_name) override;

private:
    void tell(const char* what, std::string_view path, const std::string& outcome) const;

    Volume& volume_;
    NameOf name_of_;
    Hear hear_;
};

} // namespace kindling
