// SPDX-License-Identifier: MIT
//
// Every entry that a UKI makes has what a menu needs, and every profile has its sections.
#include "core/uki.hpp"

#include <algorithm>

using namespace kindling;

namespace {

/// A volume that holds one file, whatever it is called.
class OneFile : public Volume {
public:
    explicit OneFile(Bytes contents) : contents_(contents) {}

    Result<std::vector<FileInfo>> list(std::string_view) override {
        return Error{Errc::not_found, "does not exist"};
    }
    Result<FileInfo> info(std::string_view) override {
        return FileInfo{"a.efi", contents_.size(), false, false};
    }
    Result<std::size_t> read(std::string_view, std::uint64_t offset, MutableBytes into) override {
        ASSERT(into.size() <=
               std::max<std::uint64_t>(pe::headers_size_max, uki::text_section_size_max));
        if (offset >= contents_.size()) return std::size_t{0};
        std::size_t size = std::min<std::size_t>(into.size(), contents_.size() - offset);
        std::copy_n(contents_.begin() + static_cast<std::ptrdiff_t>(offset), size, into.begin());
        return size;
    }
    Result<void> rename(std::string_view, std::string_view) override {
        return Error{Errc::denied, "read-only"};
    }

private:
    Bytes contents_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes file(reinterpret_cast<const std::byte*>(data), size);
    std::string clean = uki::clean_command_line(to_text(file));
    ASSERT(clean == uki::clean_command_line(clean));
    OneFile volume(file);
    auto entries = uki::read_entries(volume, "/EFI/Linux/a.efi", "");
    if (!entries) return 0;
    auto image = pe::parse(file);
    ASSERT(image && uki::count_profiles(*image) == entries->size());
    for (std::uint32_t profile = 0; profile < entries->size(); profile++) {
        ASSERT(uki::sections_of(*image, profile));
        const bls::Entry& entry = (*entries)[profile];
        ASSERT(!entry.title.empty() && entry.id.starts_with("a.efi"));
        ASSERT(entry.id.find('\0') == std::string::npos);
    }
    ASSERT(!uki::sections_of(*image, static_cast<std::uint32_t>(entries->size())));
    return 0;
}
