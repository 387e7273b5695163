// SPDX-License-Identifier: MIT
//
// A directory that is an ESP, with programs that firmware would start.
#pragma once

#include "bootctl/boot_source.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/host/temporary_directory.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace kindling::tests {

/// Bytes of a small program whose sections are `sections`, names and contents.
inline std::string program(std::vector<PeSection> sections, std::uint16_t version_major = 1,
                           std::uint16_t machine = 0x8664) {
    PeImage image;
    image.version_major = version_major;
    image.machine = machine;
    image.sections = std::move(sections);
    return std::string(to_text(image.build()));
}

inline PeSection section(std::string name, std::string contents) {
    return {std::move(name), std::move(contents), {}, {}, {}, {}};
}

/// A boot loader that says so.
inline std::string loader(const std::string& product = "kindling",
                          const std::string& version = "0.1.0") {
    return program({section(".text", "code of " + product),
                    section(".sdmagic", "#### LoaderInfo: " + product + " " + version + " ####")});
}

/// A kernel of today: measures its options and its initrd.
inline std::string kernel(std::uint16_t version_major = 1) {
    return program({section(".text", "Linux initrd, LOADED_IMAGE::LoadOptions")}, version_major);
}

class EspDirectory {
public:
    void add(const std::string& path, const std::string& contents) const {
        std::filesystem::path file = directory_.path() + "/" + path;
        std::filesystem::create_directories(file.parent_path());
        REQUIRE(host::write_file_atomically(file.string(), to_bytes(contents)));
    }
    void drop(const std::string& path) const {
        std::filesystem::remove_all(directory_.path() + "/" + path);
    }
    std::string name_of(const std::string& path) const { return directory_.path() + "/" + path; }
    const std::string& path() const { return directory_.path(); }

    SourceOptions options() const {
        SourceOptions options;
        options.esp_path = directory_.path();
        return options;
    }
    std::unique_ptr<BootSource> open() const {
        auto source = BootSource::open(options());
        REQUIRE(source);
        return std::move(*source);
    }

private:
    TemporaryDirectory directory_;
};

} // namespace kindling::tests
