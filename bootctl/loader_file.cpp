// SPDX-License-Identifier: MIT
#include "bootctl/loader_file.hpp"

#include "bootctl/install.hpp"
#include "host/files.hpp"

#include <array>
#include <unistd.h>

namespace kindling {

std::vector<std::string> loader_places() {
    std::vector<std::string> places;
    std::array<char, 4096> target{};
    ssize_t size = ::readlink("/proc/self/exe", target.data(), target.size());
    if (size > 0 && static_cast<std::size_t>(size) < target.size()) {
        std::string directory(target.data(), static_cast<std::size_t>(size));
        directory.resize(directory.rfind('/'));
        // In a build tree we are bootctl/bootctl, and this is what the same build made.
        if (directory.ends_with("/bootctl"))
            places.push_back(directory.substr(0, directory.rfind('/')) +
                             "/boot/kindling-bootx64.efi");
    }
    places.emplace_back(KINDLING_LOADER_PATH);
    return places;
}

Result<LoaderFile> read_loader(const std::optional<std::string>& path) {
    std::vector<std::string> places = path ? std::vector{*path} : loader_places();
    for (std::string& place : places) {
        auto contents = host::read_file(place, loader_size_max);
        if (contents) return LoaderFile{std::move(place), std::move(*contents)};
        if (contents.error().code != Errc::not_found) return contents.error();
    }
    return Error{Errc::not_found, "boot loader does not exist"};
}

} // namespace kindling
