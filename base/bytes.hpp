// SPDX-License-Identifier: MIT
//
// Borrowed bytes, and the only way we read structures out of them: field by field, bounds checked.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace kindling {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// The bytes of a text, without a terminator.
inline Bytes to_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Bytes read as text; no check of the encoding.
inline std::string_view to_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool equal(Bytes a, Bytes b);

/// `size` bytes from `offset`. Errors: truncated (the range leaves `bytes`), `where` is the offset.
Result<Bytes> slice(Bytes bytes, std::uint64_t offset, std::uint64_t size);

/// Little-endian integers at `offset`. Errors: truncated, `where` is the offset.
Result<std::uint8_t> read_u8(Bytes bytes, std::uint64_t offset);
Result<std::uint16_t> read_u16(Bytes bytes, std::uint64_t offset);
Result<std::uint32_t> read_u32(Bytes bytes, std::uint64_t offset);
Result<std::uint64_t> read_u64(Bytes bytes, std::uint64_t offset);

/// Appends integers in little-endian order.
void append_u16(std::vector<std::byte>& to, std::uint16_t value);
void append_u32(std::vector<std::byte>& to, std::uint32_t value);
void append_u64(std::vector<std::byte>& to, std::uint64_t value);
void append(std::vector<std::byte>& to, Bytes bytes);

/// Sums and products of sizes from input. Errors: too_large (overflow).
Result<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b);
Result<std::uint64_t> checked_multiply(std::uint64_t a, std::uint64_t b);

/// `value` rounded up to a multiple of `step`, a power of two; the result must fit in 64 bits.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t step) {
    return (value + step - 1) & ~(step - 1);
}

/// Reads a structure from front to back. Integers are little-endian.
///
/// Errors of all readers: truncated, with `where` the offset at which the input ended.
class ByteReader {
public:
    explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

    Result<std::uint8_t> u8();
    Result<std::uint16_t> u16();
    Result<std::uint32_t> u32();
    Result<std::uint64_t> u64();
    /// The next `size` bytes; points into the input.
    Result<Bytes> take(std::uint64_t size);
    Result<void> skip(std::uint64_t size);

    std::size_t offset() const { return offset_; }
    std::size_t remaining() const { return bytes_.size() - offset_; }
    bool at_end() const { return remaining() == 0; }

private:
    Bytes bytes_;
    std::size_t offset_ = 0;
};

} // namespace kindling
