// SPDX-License-Identifier: MIT
#include "cpio/reader.hpp"

#include <algorithm>

namespace kindling::cpio {
namespace {

std::uint32_t sum_of(Bytes bytes) {
    std::uint32_t sum = 0;
    for (std::byte byte : bytes) sum += static_cast<std::uint32_t>(byte);
    return sum;
}

Result<void> check(const StoredHeader& stored, std::uint64_t offset) {
    constexpr std::uint64_t size_field = magic_size_bytes + 6 * field_digits;
    constexpr std::uint64_t name_size_field = magic_size_bytes + 11 * field_digits;
    if (stored.name_size_bytes < 2)
        return Error{Errc::invalid, "member has no name", offset + name_size_field};
    if (stored.name_size_bytes > name_max + 1)
        return Error{Errc::too_large, "member name is too long", offset + name_size_field};
    if ((stored.header.mode & type_mask) == type_symlink &&
        stored.header.size_bytes > link_target_max)
        return Error{Errc::too_large, "link target is too long", offset + size_field};
    return {};
}

} // namespace

Result<Bytes> Reader::peek(std::size_t size_bytes, const char* what) {
    Bytes bytes = TRY(source_.peek(size_bytes));
    if (bytes.size() < size_bytes) return Error{Errc::truncated, what, offset_ + bytes.size()};
    return bytes;
}

void Reader::consume(std::size_t size_bytes) {
    source_.consume(size_bytes);
    offset_ += size_bytes;
}

Result<Bytes> Reader::read() {
    if (contents_left_ == 0) return Bytes();
    Bytes bytes = TRY(peek(1, "archive ends in the contents of a member"));
    Bytes piece = bytes.first(std::min<std::uint64_t>(bytes.size(), contents_left_));
    contents_left_ -= piece.size();
    if (has_checksum_) {
        checksum_left_ -= sum_of(piece);
        if (contents_left_ == 0 && checksum_left_ != 0)
            return Error{Errc::invalid, "checksum of member is wrong", contents_start_};
    }
    consume(piece.size());
    return piece;
}

Result<void> Reader::finish_member() {
    if (contents_left_ > 0 && !has_checksum_ && TRY(source_.skip(contents_left_))) {
        offset_ += contents_left_;
        contents_left_ = 0;
    }
    while (contents_left_ > 0) TRY(read());
    TRY(peek(padding_left_, "archive ends in padding"));
    consume(padding_left_);
    padding_left_ = 0;
    return {};
}

Result<bool> Reader::find_archive() {
    while (true) {
        Bytes bytes = TRY(source_.peek(1));
        auto end =
            std::find_if(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{0}; });
        std::size_t nuls = static_cast<std::size_t>(end - bytes.begin());
        consume(nuls);
        if (nuls < bytes.size()) break;
        if (bytes.empty()) return false;
    }
    if (TRY(source_.begin_archive())) base_ = offset_;
    if ((offset_ - base_) % alignment != 0)
        return Error{Errc::invalid, "archive does not start at a multiple of 4", offset_};
    archives_++;
    in_archive_ = true;
    return true;
}

Result<Member> Reader::read_header() {
    // A header cut short is told apart from something else by `parse_header`.
    Bytes bytes = TRY(source_.peek(header_size_bytes));
    if (bytes.empty()) return Error{Errc::truncated, "archive ends without a trailer", offset_};
    auto stored = parse_header(bytes.first(std::min(bytes.size(), header_size_bytes)));
    if (!stored)
        return Error{stored.error().code, stored.error().what, offset_ + stored.error().where};
    TRY(check(*stored, offset_));
    Member member{.name = {},
                  .header = stored->header,
                  .has_checksum = stored->has_checksum,
                  .offset = offset_,
                  .contents_offset = offset_ + contents_offset(stored->name_size_bytes - 1),
                  .archive = archives_ - 1};
    consume(header_size_bytes);

    bytes = TRY(peek(stored->name_size_bytes, "archive ends in a member name"));
    std::string_view name = to_text(bytes.first(stored->name_size_bytes));
    if (std::size_t nul = name.find('\0'); nul != name.size() - 1)
        return Error{Errc::invalid, "member name has a NUL inside, or none",
                     offset_ + std::min(nul, name.size())};
    member.name = name.substr(0, name.size() - 1);
    consume(name.size());
    return member;
}

Result<std::optional<Member>> Reader::next() {
    TRY(finish_member());
    while (true) {
        if (!in_archive_ && !TRY(find_archive())) return std::optional<Member>();
        Member member = TRY(read_header());
        if (member.name == trailer_name) {
            // Its padding is left to `find_archive`: some writers leave it out at the very end.
            if (member.header.size_bytes != 0)
                return Error{Errc::invalid, "trailer has contents", member.offset};
            in_archive_ = false;
            continue;
        }
        if (++members_ > members_max)
            return Error{Errc::too_large, "too many members", member.offset};
        std::size_t name_padding = member.contents_offset - offset_;
        TRY(peek(name_padding, "archive ends in padding"));
        consume(name_padding);
        contents_start_ = offset_;
        contents_left_ = member.header.size_bytes;
        padding_left_ =
            static_cast<std::uint32_t>(align_up(contents_left_, alignment) - contents_left_);
        // Writers leave it out for links; the kernel looks at it for files only.
        has_checksum_ = member.has_checksum && member.is_type(type_file);
        checksum_left_ = member.header.checksum;
        return std::optional<Member>(std::move(member));
    }
}

Result<std::vector<MemberView>> read_members(Bytes archives) {
    MemorySource source(archives);
    Reader reader(source);
    std::vector<MemberView> members;
    while (auto member = TRY(reader.next())) {
        Bytes contents = TRY(reader.read());
        members.push_back({std::move(*member), contents});
    }
    if (reader.archives() == 0) return Error{Errc::invalid, "no archive"};
    return members;
}

} // namespace kindling::cpio
