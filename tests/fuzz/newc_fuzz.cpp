// SPDX-License-Identifier: MIT
//
// Archives are read whole and in the smallest pieces; both ways must agree.
#include "cpio/reader.hpp"

#include <algorithm>

using namespace kindling;
using namespace kindling::cpio;

namespace {

class DribblingSource final : public Source {
public:
    explicit DribblingSource(Bytes rest) : rest_(rest) {}
    Result<Bytes> peek(std::size_t size_min) override {
        return rest_.first(std::min(rest_.size(), size_min));
    }
    void consume(std::size_t size_bytes) override { rest_ = rest_.subspan(size_bytes); }

private:
    Bytes rest_;
};

/// Reads every member from `source` and compares it with `expected`; true if all could be read.
bool agrees(Source& source, const std::vector<MemberView>& expected) {
    Reader reader(source);
    std::size_t count = 0;
    while (true) {
        auto member = reader.next();
        if (!member) return false;
        if (!*member) break;
        ASSERT(count < expected.size());
        const MemberView& other = expected[count++];
        ASSERT((*member)->name == other.name && (*member)->offset == other.offset);
        std::uint64_t done = 0;
        while (true) {
            auto piece = reader.read();
            if (!piece) return false;
            if (piece->empty()) break;
            ASSERT(equal(*piece, other.contents.subspan(done, piece->size())));
            done += piece->size();
        }
        ASSERT(done == other.contents.size());
    }
    ASSERT(count == expected.size());
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes input(reinterpret_cast<const std::byte*>(data), size);
    auto members = read_members(input);
    if (!members) return 0;
    for (const MemberView& member : *members)
        ASSERT(!member.name.empty() && member.name.find('\0') == std::string::npos &&
               member.contents.size() == member.header.size_bytes);
    DribblingSource source(input);
    ASSERT(agrees(source, *members));
    return 0;
}
