// SPDX-License-Identifier: MIT
//
// Event logs for tests: a real one, and any that a test needs.
#pragma once

#include "base/text.hpp"
#include "bootctl/digest.hpp"
#include "core/event_log.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace kindling::tests {

using pcr::Algorithm;
using pcr::EventType;

/// The log in tests/data/event_log, see README.md there. Empty if it cannot be read.
inline std::vector<std::byte> real_log() {
    std::ifstream file(KINDLING_TEST_DATA "/event_log/ovmf_linux.bin", std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    Bytes bytes = to_bytes(text);
    return {bytes.begin(), bytes.end()};
}

/// Bytes of a text that may hold NULs.
inline std::vector<std::byte> bytes_of(std::string_view text) {
    Bytes bytes = to_bytes(text);
    return {bytes.begin(), bytes.end()};
}

/// The data of an EV_EVENT_TAG event.
inline std::vector<std::byte> tagged_data(std::uint32_t tag, Bytes text) {
    std::vector<std::byte> data;
    append_u32(data, tag);
    append_u32(data, static_cast<std::uint32_t>(text.size()));
    append(data, text);
    return data;
}

/// The data of an EV_EFI_VARIABLE_* event.
inline std::vector<std::byte> variable_data(std::string_view name, Bytes value) {
    std::vector<std::byte> data(16);
    append_u64(data, name.size());
    append_u64(data, value.size());
    std::vector<std::byte> units = to_ucs2_bytes(name);
    append(data, Bytes(units).first(units.size() - 2));
    append(data, value);
    return data;
}

/// One node of a device path.
inline std::vector<std::byte> path_node(unsigned type, unsigned subtype, Bytes contents) {
    std::vector<std::byte> node{std::byte(type), std::byte(subtype)};
    append_u16(node, static_cast<std::uint16_t>(contents.size() + 4));
    append(node, contents);
    return node;
}

/// The data of an image event with these File Path nodes.
inline std::vector<std::byte> image_data(const std::vector<std::string>& files) {
    std::vector<std::byte> path = path_node(2, 1, std::vector<std::byte>(8));
    for (const std::string& file : files) append(path, path_node(4, 4, to_ucs2_bytes(file)));
    append(path, path_node(0x7f, 0xff, {}));
    std::vector<std::byte> data(24);
    append_u64(data, path.size());
    append(data, path);
    return data;
}

/// The data of an EV_EFI_GPT_EVENT with these partitions.
inline std::vector<std::byte> gpt_data(const std::vector<std::string>& names) {
    std::vector<std::byte> data(92);
    data[84] = std::byte{128};
    append_u64(data, names.size());
    for (const std::string& name : names) {
        std::vector<std::byte> entry(56);
        append(entry, to_ucs2_bytes(name));
        entry.resize(128);
        append(data, entry);
    }
    return data;
}

/// Makes crypto-agile logs. Without banks it makes logs of the old form.
class LogBuilder {
public:
    explicit LogBuilder(std::vector<Algorithm> banks = {Algorithm::sha256})
        : banks_(std::move(banks)) {
        if (banks_.empty()) return;
        std::vector<std::byte> header = bytes_of({"Spec ID Event03\0", 16});
        header.resize(24);
        append_u32(header, static_cast<std::uint32_t>(banks_.size()));
        for (Algorithm bank : banks_) {
            append_u16(header, static_cast<std::uint16_t>(bank));
            append_u16(header, static_cast<std::uint16_t>(pcr::digest_size_bytes(bank)));
        }
        header.push_back({}); // no vendor information
        old_record(0, EventType::no_action, std::vector<std::byte>(20), header);
    }

    /// An event whose digest is that of `hashed`.
    LogBuilder& add(std::uint32_t pcr, EventType type, Bytes data, Bytes hashed) {
        auto digest = [&](Algorithm bank) {
            return hash(bank, std::span<const Bytes>(&hashed, 1));
        };
        if (banks_.empty()) {
            old_record(pcr, type, digest(Algorithm::sha1).view(), data);
            return *this;
        }
        append_u32(bytes_, pcr);
        append_u32(bytes_, static_cast<std::uint32_t>(type));
        append_u32(bytes_, static_cast<std::uint32_t>(banks_.size()));
        for (Algorithm bank : banks_) {
            append_u16(bytes_, static_cast<std::uint16_t>(bank));
            append(bytes_, digest(bank).view());
        }
        append_u32(bytes_, static_cast<std::uint32_t>(data.size()));
        append(bytes_, data);
        return *this;
    }
    LogBuilder& add(std::uint32_t pcr, EventType type, Bytes data) {
        return add(pcr, type, data, data);
    }

    const std::vector<std::byte>& bytes() const { return bytes_; }

private:
    void old_record(std::uint32_t pcr, EventType type, Bytes digest, Bytes data) {
        append_u32(bytes_, pcr);
        append_u32(bytes_, static_cast<std::uint32_t>(type));
        append(bytes_, digest);
        append_u32(bytes_, static_cast<std::uint32_t>(data.size()));
        append(bytes_, data);
    }

    std::vector<Algorithm> banks_;
    std::vector<std::byte> bytes_;
};

} // namespace kindling::tests
