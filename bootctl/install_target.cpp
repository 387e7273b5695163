// SPDX-License-Identifier: MIT
#include "bootctl/install_target.hpp"

#include "host/error.hpp"
#include "host/files.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace kindling {

void InstallTarget::narrate(Hear hear) {
    auto name = [this](std::string_view path) { return name_of(path); };
    narrated_ = std::make_unique<NarratedVolume>(plain_volume(), name, std::move(hear));
}

DirectoryTarget::DirectoryTarget(DirectoryVolume& volume, std::string name)
    : volume_(volume), name_(std::move(name)) {
    while (name_.ends_with('/')) name_.pop_back();
}

Result<void> DirectoryTarget::create_directory(std::string_view path) {
    DirectoryVolume::Place place = TRY(volume_.find(path));
    if (place.exists) return Error{Errc::exists, "exists already", 0, EEXIST};
    if (::mkdirat(place.directory.get(), place.name.c_str(), 0755) < 0)
        return host::last_error("cannot create the directory");
    if (::fsync(place.directory.get()) < 0)
        return host::last_error("cannot write the directory to disk");
    return {};
}

Result<void> DirectoryTarget::replace_file(std::string_view path, Bytes contents) {
    DirectoryVolume::Place place = TRY(volume_.find(path));
    if (place.exists && TRY(volume_.info(path)).is_directory)
        return Error{Errc::invalid, "is a directory"};
    return host::write_file_atomically(place.directory, place.name, contents, 0644);
}

std::string DirectoryTarget::name_of(std::string_view path) const {
    return name_ + (path.starts_with('/') ? "" : "/") + std::string(path);
}

Result<void> FatTarget::create_directory(std::string_view path) {
    return TRY(fat::Writer::open(files_, stamp_)).create_directory(path);
}

Result<void> FatTarget::replace_file(std::string_view path, Bytes contents) {
    return TRY(fat::Writer::open(files_, stamp_)).replace_file(path, contents);
}

std::string FatTarget::name_of(std::string_view path) const {
    return name_ + ":" + (path.starts_with('/') ? "" : "/") + std::string(path);
}

} // namespace kindling
