// SPDX-License-Identifier: MIT
//
// FAT images for tests, made and checked by the system's own programs.
#pragma once

#include "bootctl/storage.hpp"
#include "host/files.hpp"
#include "tests/host/temporary_directory.hpp"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace kindling::tests {

/// What a shell command printed, and how it ended.
struct CommandResult {
    int status = -1;
    std::string output;
};

inline CommandResult run(const std::string& command) {
    CommandResult result;
    std::string line = "export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8 MTOOLS_SKIP_CHECK=1; { " +
                       command + "; } 2>&1";
    FILE* pipe = ::popen(line.c_str(), "r");
    if (!pipe) return result;
    char buffer[4096];
    while (std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe))
        result.output.append(buffer, size);
    result.status = ::pclose(pipe);
    return result;
}

/// A storage in memory that remembers every write and sync.
class RecordingStorage : public Storage {
public:
    struct Write {
        std::uint64_t offset;
        std::vector<std::byte> bytes;
    };

    explicit RecordingStorage(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

    std::uint64_t size_bytes() const override { return bytes_.size(); }

    Result<void> read(std::uint64_t offset, MutableBytes into) override {
        Bytes from = TRY(slice(bytes_, offset, into.size()));
        std::copy(from.begin(), from.end(), into.begin());
        return {};
    }

    Result<void> write(std::uint64_t offset, Bytes from) override {
        TRY(slice(bytes_, offset, from.size()));
        std::copy(from.begin(), from.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
        writes_.push_back({offset, {from.begin(), from.end()}});
        return {};
    }

    Result<void> sync() override {
        syncs_++;
        return {};
    }

    const std::vector<std::byte>& bytes() const { return bytes_; }
    int syncs() const { return syncs_; }

    /// Everything written, cut into the sectors that reach a disk one by one.
    std::vector<Write> sector_writes(std::size_t sector_size) const {
        std::vector<Write> sectors;
        for (const Write& write : writes_)
            for (std::size_t i = 0; i < write.bytes.size(); i += sector_size) {
                Bytes part = Bytes(write.bytes).subspan(i);
                part = part.first(std::min(part.size(), sector_size));
                sectors.push_back({write.offset + i, {part.begin(), part.end()}});
            }
        return sectors;
    }

private:
    std::vector<std::byte> bytes_;
    std::vector<Write> writes_;
    int syncs_ = 0;
};

/// An image file in a directory of its own.
class FatImage {
public:
    /// options   for mkfs.vfat, such as "-F 32 -s 1"
    FatImage(const std::string& options, unsigned size_kib) : path_(directory_.path() + "/image") {
        made_ = run("mkfs.vfat --invariant -n TEST " + options + " -C " + path_ + " " +
                    std::to_string(size_kib));
    }

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return directory_.path() + "/" + name; }
    const CommandResult& made() const { return made_; }

    /// Copies `contents` to `path` in the image with mtools.
    CommandResult put(const std::string& path, const std::string& contents) const {
        if (!host::write_file_atomically(file("source"), to_bytes(contents))) return {};
        return run("mcopy -o -i " + path_ + " " + file("source") + " '::" + path + "'");
    }
    CommandResult make_directory(const std::string& path) const {
        return run("mmd -i " + path_ + " '::" + path + "'");
    }
    /// What mtools reads from `path`.
    CommandResult get(const std::string& path) const {
        return run("mtype -i " + path_ + " '::" + path + "'");
    }
    CommandResult check() const { return run("fsck.vfat -n " + path_); }

    std::vector<std::byte> bytes() const {
        auto contents = host::read_file(path_, 64 << 20);
        return contents ? std::move(*contents) : std::vector<std::byte>();
    }
    bool set_bytes(Bytes bytes) const {
        return host::write_file_atomically(path_, bytes).has_value();
    }

private:
    TemporaryDirectory directory_;
    std::string path_;
    CommandResult made_;
};

} // namespace kindling::tests
