// SPDX-License-Identifier: MIT
//
// Reads what the kernel accepts as an initramfs: newc archives one after the other, with NULs
// between them. One state machine serves archives in memory and archives that stream in.
// Source: Linux, "initramfs buffer format".
#pragma once

#include "cpio/newc.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling::cpio {

constexpr std::uint32_t members_max = 1'000'000;
constexpr std::size_t link_target_max = 4095; ///< bytes in a symbolic link

/// Where archives come from.
class Source {
public:
    virtual ~Source() = default;

    /// The bytes that come next, without taking them: at least `size_min`, unless the input ends
    /// before. Valid until the next call. `size_min` is at most `peek_max`.
    virtual Result<Bytes> peek(std::size_t size_min) = 0;

    /// Takes `size_bytes`, no more than the last `peek` returned.
    virtual void consume(std::size_t size_bytes) = 0;

    /// Takes `size_bytes` that nobody wants to see; false, and nothing taken, if the source has to
    /// peek at them.
    virtual Result<bool> skip(std::uint64_t size_bytes) {
        static_cast<void>(size_bytes);
        return false;
    }

    /// Called where an archive may start. A source that unpacks may look at what comes and replace
    /// it. True if what comes next is the first byte of a stream of its own.
    virtual Result<bool> begin_archive() { return false; }
};
constexpr std::size_t peek_max = 8192;

/// Archives in memory.
class MemorySource final : public Source {
public:
    explicit MemorySource(Bytes archives) : rest_(archives) {}
    Result<Bytes> peek(std::size_t) override { return rest_; }
    void consume(std::size_t size_bytes) override { rest_ = rest_.subspan(size_bytes); }

private:
    Bytes rest_;
};

/// One member, without its contents. A member is what the header says; nothing is normalized.
struct Member {
    std::string name; ///< as stored: 1 to `name_max` bytes without NUL; may hold ".." and '/'
    Header header;
    bool has_checksum = false;
    std::uint64_t offset = 0;          ///< of the header, in the (unpacked) input
    std::uint64_t contents_offset = 0; ///< of the contents
    std::uint32_t archive = 0;         ///< which of the concatenated archives, from 0

    bool is_type(std::uint32_t type) const { return (header.mode & type_mask) == type; }
};

/// Walks over the members of all archives of a source.
///
/// Errors of all functions: invalid, truncated, too_large, unsupported, with `where` the byte
/// offset in the (unpacked) input; and what the source reports. After an error the reader must not
/// be used further.
class Reader {
public:
    explicit Reader(Source& source) : source_(source) {}

    /// The next member, trailers left out; nothing at the end of the input. Contents not read yet
    /// are skipped; a file's checksum is still verified.
    Result<std::optional<Member>> next();

    /// The next piece of the current member's contents; empty when all were read. Valid until the
    /// next call of any function.
    ///
    /// Errors: also invalid (the checksum is wrong; found with the last piece).
    Result<Bytes> read();

    /// Archives whose start was seen so far; 0 for empty input.
    std::uint32_t archives() const { return archives_; }

private:
    Result<Bytes> peek(std::size_t size_bytes, const char* what);
    void consume(std::size_t size_bytes);
    Result<void> finish_member();
    Result<bool> find_archive();
    Result<Member> read_header();

    Source& source_;
    std::uint64_t offset_ = 0;
    std::uint64_t base_ = 0; ///< what alignment is counted from
    std::uint64_t contents_left_ = 0;
    std::uint64_t contents_start_ = 0;
    std::uint32_t padding_left_ = 0;
    std::uint32_t checksum_left_ = 0; ///< what the rest of the contents has to sum up to
    std::uint32_t members_ = 0;
    std::uint32_t archives_ = 0;
    bool in_archive_ = false;
    bool has_checksum_ = false;
};

/// A member of archives in memory.
struct MemberView : Member {
    Bytes contents; ///< points into the archives
};

/// Every member of archives in memory. Errors: as `Reader`; and invalid, if there is no archive.
Result<std::vector<MemberView>> read_members(Bytes archives);

} // namespace kindling::cpio
