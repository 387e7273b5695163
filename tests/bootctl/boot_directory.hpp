// SPDX-License-Identifier: MIT
//
// A directory that looks like a mounted ESP.
#pragma once

#include "host/files.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/host/temporary_directory.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace kindling::tests {

class BootDirectory : public TemporaryDirectory {
public:
    /// Writes a file and makes the directories it is in. Paths start with '/'.
    void add(const std::string& file, std::string_view contents) const {
        add(file, to_bytes(contents));
    }
    void add(const std::string& file, Bytes contents) const {
        std::filesystem::path full = path() + file;
        std::filesystem::create_directories(full.parent_path());
        if (!host::write_file_atomically(full.string(), contents)) std::abort();
    }
};

/// A PE file with these sections.
inline std::vector<std::byte> pe_file(std::vector<PeSection> sections,
                                      std::uint16_t machine = 0x8664) {
    PeImage image;
    image.machine = machine;
    image.sections = std::move(sections);
    return image.build();
}

} // namespace kindling::tests
