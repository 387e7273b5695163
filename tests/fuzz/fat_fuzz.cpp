// SPDX-License-Identifier: MIT
//
// A damaged file system is walked and written to. Seeds end where only zeros follow.
#include "bootctl/fat_volume.hpp"
#include "bootctl/fat_writer.hpp"

#include <algorithm>

using namespace kindling;

namespace {

constexpr std::size_t image_size = 128 * 1024;
constexpr int files_visited_max = 100;

class Memory : public Storage {
public:
    explicit Memory(Bytes start) : bytes_(image_size) {
        std::copy_n(start.begin(), std::min(start.size(), image_size), bytes_.begin());
    }
    std::uint64_t size_bytes() const override { return bytes_.size(); }
    Result<void> read(std::uint64_t offset, MutableBytes into) override {
        Bytes from = TRY(slice(bytes_, offset, into.size()));
        std::copy(from.begin(), from.end(), into.begin());
        return {};
    }
    Result<void> write(std::uint64_t offset, Bytes from) override {
        TRY(slice(bytes_, offset, from.size()));
        std::copy(from.begin(), from.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }
    Result<void> sync() override { return {}; }

private:
    std::vector<std::byte> bytes_;
};

void walk(fat::FatVolume& volume, const std::string& directory, int depth, int& visited) {
    auto members = volume.list(directory);
    if (!members) return;
    for (const FileInfo& member : *members) {
        if (++visited > files_visited_max) return;
        std::string path = directory + "/" + member.name;
        ASSERT(member.name.find('/') == std::string::npos);
        std::vector<std::byte> piece(5000);
        auto size = volume.read(path, 300, piece);
        if (size && !member.is_directory) ASSERT(*size <= member.size_bytes);
        if (member.is_directory && depth < 4) walk(volume, path, depth + 1, visited);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Memory memory(std::as_bytes(std::span(data, size)));
    auto files = fat::FileSystem::open(memory);
    if (!files) return 0;
    fat::FatVolume volume(*files);
    int visited = 0;
    walk(volume, "", 0, visited);
    auto writer = fat::Writer::open(*files, {});
    if (!writer) return 0;
    // Whether these succeed depends on the damage; they must end and stay inside the image.
    static_cast<void>(writer->create_directory("/a new directory").has_value());
    static_cast<void>(
        writer->replace_file("/LOADER/A.CON", to_bytes(std::string(3000, 'x'))).has_value());
    static_cast<void>(writer->rename("/LOADER/A.CON", "a longer name than before").has_value());
    static_cast<void>(writer->replace_file("/loader/a longer name.conf", {}).has_value());
    visited = 0;
    walk(volume, "", 0, visited);
    return 0;
}
