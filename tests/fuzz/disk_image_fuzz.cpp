// SPDX-License-Identifier: MIT
//
// Partitions of a damaged table lie inside the disk, or there are none.
#include "bootctl/disk_image.hpp"

#include <algorithm>

using namespace kindling;

namespace {

/// The start of a disk whose rest is zeros.
class Memory : public Storage {
public:
    explicit Memory(Bytes start) : start_(start) {}
    std::uint64_t size_bytes() const override { return 8 * 1024 * 1024; }
    Result<void> read(std::uint64_t offset, MutableBytes into) override {
        if (offset > size_bytes() || into.size() > size_bytes() - offset)
            return Error{Errc::truncated, "range leaves the disk", offset};
        std::fill(into.begin(), into.end(), std::byte{0});
        if (offset >= start_.size()) return {};
        Bytes from = start_.subspan(offset);
        std::copy_n(from.begin(), std::min(from.size(), into.size()), into.begin());
        return {};
    }
    Result<void> write(std::uint64_t offset, Bytes) override {
        return Error{Errc::denied, "read-only", offset};
    }
    Result<void> sync() override { return {}; }

private:
    Bytes start_;
};

void check(const ByteRange& range, Storage& disk) {
    ASSERT(range.size_bytes > 0);
    ASSERT(range.offset < disk.size_bytes());
    ASSERT(range.size_bytes <= disk.size_bytes() - range.offset);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Memory disk(std::as_bytes(std::span(data, size)));
    auto image = read_disk_image(disk);
    if (!image) return 0;
    check(image->esp, disk);
    if (image->xbootldr) check(*image->xbootldr, disk);
    return 0;
}
