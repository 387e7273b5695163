// SPDX-License-Identifier: MIT
//
// Headers are read the same without what follows them, and no piece leaves the file.
#include "core/pe.hpp"

using namespace kindling;

namespace {

bool is_inside(Bytes piece, Bytes file) {
    return piece.empty() || (piece.data() >= file.data() &&
                             piece.data() + piece.size() <= file.data() + file.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes file(reinterpret_cast<const std::byte*>(data), size);
    auto image = pe::parse(file);
    if (!image) return 0;
    ASSERT(image->sections.size() <= pe::sections_max);
    if (image->size_of_headers <= file.size()) {
        auto again = pe::parse(file.first(image->size_of_headers));
        ASSERT(again && again->sections.size() == image->sections.size());
    }
    for (const pe::Section& section : image->sections) {
        auto contents = pe::contents(file, section);
        if (contents) ASSERT(is_inside(*contents, file));
    }
    if (auto info = pe::loader_info(file, *image))
        ASSERT(!info->product.empty() && !info->version.empty());
    auto pieces = pe::authenticode_pieces(file, *image);
    if (!pieces) return 0;
    std::uint64_t hashed = 0;
    for (Bytes piece : *pieces) {
        ASSERT(is_inside(piece, file));
        hashed += piece.size();
    }
    ASSERT(hashed < file.size());
    return 0;
}
