// SPDX-License-Identifier: MIT
#include "base/bytes.hpp"

#include <algorithm>

namespace kindling {

namespace {

template <class T>
T load(Bytes bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); i++)
        value = static_cast<T>(value | (std::to_integer<T>(bytes[i]) << (8 * i)));
    return value;
}

template <class T>
Result<T> read(Bytes bytes, std::uint64_t offset) {
    return load<T>(TRY(slice(bytes, offset, sizeof(T))));
}

template <class T>
void store(std::vector<std::byte>& to, T value) {
    for (std::size_t i = 0; i < sizeof(T); i++)
        to.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xff));
}

} // namespace

bool equal(Bytes a, Bytes b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

Result<Bytes> slice(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset)
        return Error{Errc::truncated, "range leaves the input", offset};
    return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

Result<std::uint8_t> read_u8(Bytes bytes, std::uint64_t offset) {
    return read<std::uint8_t>(bytes, offset);
}
Result<std::uint16_t> read_u16(Bytes bytes, std::uint64_t offset) {
    return read<std::uint16_t>(bytes, offset);
}
Result<std::uint32_t> read_u32(Bytes bytes, std::uint64_t offset) {
    return read<std::uint32_t>(bytes, offset);
}
Result<std::uint64_t> read_u64(Bytes bytes, std::uint64_t offset) {
    return read<std::uint64_t>(bytes, offset);
}

void append_u16(std::vector<std::byte>& to, std::uint16_t value) {
    store(to, value);
}
void append_u32(std::vector<std::byte>& to, std::uint32_t value) {
    store(to, value);
}
void append_u64(std::vector<std::byte>& to, std::uint64_t value) {
    store(to, value);
}
void append(std::vector<std::byte>& to, Bytes bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

Result<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) return Error{Errc::too_large, "sizes overflow"};
    return sum;
}

Result<std::uint64_t> checked_multiply(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) return Error{Errc::too_large, "sizes overflow"};
    return product;
}

Result<std::uint8_t> ByteReader::u8() {
    return load<std::uint8_t>(TRY(take(1)));
}
Result<std::uint16_t> ByteReader::u16() {
    return load<std::uint16_t>(TRY(take(2)));
}
Result<std::uint32_t> ByteReader::u32() {
    return load<std::uint32_t>(TRY(take(4)));
}
Result<std::uint64_t> ByteReader::u64() {
    return load<std::uint64_t>(TRY(take(8)));
}

Result<Bytes> ByteReader::take(std::uint64_t size) {
    Bytes taken = TRY(slice(bytes_, offset_, size));
    offset_ += taken.size();
    return taken;
}

Result<void> ByteReader::skip(std::uint64_t size) {
    TRY(take(size));
    return {};
}

} // namespace kindling
