// SPDX-License-Identifier: MIT
#include "bootctl/explain_change.hpp"

#include "base/guid.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "core/event_data.hpp"
#include "core/event_text.hpp"

#include <algorithm>

namespace kindling {

namespace {

using pcr::EventType;

constexpr std::uint8_t cmdline_pcr = 12;
constexpr std::uint8_t sections_pcr = 11;
constexpr std::uint32_t kernel_cmdline_tag = 0x8f3b22ed;
/// Of the loader with "Entry" in front, of a stub alone or with "Global".
constexpr std::string_view archive_names[] = {"credentials initrd", "system extension initrd",
                                              "configuration extension initrd"};
constexpr std::size_t partitions_explained_max = 4;
constexpr std::size_t separator_shown_max = 16;

// Offsets in a GPT header and in its entries. Source: UEFI 2.10, tables 5-5 and 5-6.
constexpr std::size_t backup_lba_offset = 32;
constexpr std::size_t disk_id_offset = 56;
constexpr std::size_t name_offset = 56;
struct EntryField {
    std::string_view name;
    std::size_t offset, size_bytes;
};
constexpr EntryField entry_fields[] = {
    {"type", 0, 16}, {"id", 16, 16}, {"place or size", 32, 16}, {"flags", 48, 8}, {"name", 56, 72},
};

std::string quoted(std::string_view line) {
    return '"' + std::string(line) + '"';
}

std::string in_log_and_predicted(std::string_view what, std::string_view logged,
                                 std::string_view predicted) {
    return std::string(what) + " is " + std::string(logged) + " in the log, " +
           std::string(predicted) + " predicted";
}

std::string origin_of(const pcr::Event& predicted) {
    return predicted.origin.empty() ? "" : "; predicted from " + pcr::one_line(predicted.origin);
}

std::string other_bytes(std::string_view subject, const pcr::Event& predicted) {
    return std::string(subject) + " has other bytes" + origin_of(predicted);
}

std::vector<std::byte> joined(const std::vector<Bytes>& pieces) {
    std::vector<std::byte> bytes;
    for (Bytes piece : pieces) append(bytes, piece);
    return bytes;
}

bool is_archive(std::string_view text) {
    return std::any_of(std::begin(archive_names), std::end(archive_names),
                       [&](auto name) { return ends_with_ignoring_case(text, name); });
}

/// The text of an IPL event if it is always the same; empty if it is what was measured.
std::string name_in(std::uint32_t pcr, std::string_view text) {
    return is_archive(text) || pcr == sections_pcr ? std::string(text) : std::string();
}

/// An image's path in the form of our entries.
std::string normalized(std::string_view path) {
    std::string out = to_lower(path);
    std::replace(out.begin(), out.end(), '\\', '/');
    return out;
}

std::string explain_image(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    std::string path = pcr::describe(logged);
    std::string expected = pcr::one_line(predicted.description);
    if (path.empty()) return "another image than " + expected + " was started";
    if (normalized(path) == normalized(expected))
        return "the image " + path + " has other contents";
    if (expected.starts_with('/')) return in_log_and_predicted("image", path, expected);
    return "the image " + path + " has other contents than predicted for " + expected;
}

std::string explain_text(const pcr::Event& predicted, const pcr::LoggedEvent& logged,
                         std::string_view subject) {
    std::string text = pcr::describe(logged);
    std::string expected = pcr::one_line(predicted.description);
    if (text == expected) return other_bytes(quoted(text), predicted);
    return in_log_and_predicted(subject, quoted(text), quoted(expected));
}

std::string explain_ipl(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    std::string name = kind_of(logged).name;
    if (name.empty())
        return explain_text(predicted, logged,
                            predicted.pcr == cmdline_pcr ? "command line" : "text");
    if (is_archive(name))
        return "the archive " + quoted(pcr::one_line(name)) +
               " has other bytes (names, order, sizes or contents of the extras changed)" +
               origin_of(predicted);
    return other_bytes("section " + pcr::one_line(name), predicted);
}

std::string explain_tagged(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    if (predicted.tag != kernel_cmdline_tag) return explain_text(predicted, logged, "text");
    std::string expected = from_ucs2_bytes(joined(predicted.pieces));
    return "the kernel got another command line; predicted is " + quoted(pcr::one_line(expected));
}

/// "partition 2 "root": place or size, name"; empty if both entries are the same.
std::string explain_partition(Bytes logged, Bytes predicted, std::uint64_t number) {
    std::string fields;
    for (const EntryField& field : entry_fields) {
        Bytes here = logged.subspan(field.offset, field.size_bytes);
        if (equal(here, predicted.subspan(field.offset, field.size_bytes))) continue;
        fields += fields.empty() ? "" : ", ";
        fields += field.name;
    }
    if (fields.empty() && equal(logged, predicted)) return {};
    std::string name = pcr::one_line(from_ucs2_bytes(predicted.subspan(name_offset, 72)));
    return "partition " + std::to_string(number) + ' ' + quoted(name) + ": " +
           (fields.empty() ? "reserved bytes" : fields);
}

std::string explain_header(Bytes logged, Bytes predicted) {
    auto field = [](Bytes header, std::size_t offset) { return header.subspan(offset); };
    auto id = read_guid(field(logged, disk_id_offset));
    auto expected_id = read_guid(field(predicted, disk_id_offset));
    if (id && expected_id && !(*id == *expected_id))
        return in_log_and_predicted("id of the disk", to_text(*id), to_text(*expected_id));
    auto backup = read_u64(logged, backup_lba_offset);
    auto expected_backup = read_u64(predicted, backup_lba_offset);
    if (backup && expected_backup && *backup != *expected_backup)
        return in_log_and_predicted("size of the disk", std::to_string(*backup + 1),
                                    std::to_string(*expected_backup + 1)) +
               " (in blocks)";
    return "the header of the partition table has other bytes";
}

std::string explain_gpt(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    std::vector<std::byte> bytes = joined(predicted.pieces);
    auto here = pcr::read_gpt_data(logged.data);
    auto expected = pcr::read_gpt_data(bytes);
    if (!here) return "the partition table in the log is malformed";
    if (!expected || here->entry_size != expected->entry_size)
        return other_bytes("the partition table", predicted);
    if (here->count != expected->count)
        return in_log_and_predicted("number of partitions", std::to_string(here->count),
                                    std::to_string(expected->count));
    std::string differing;
    std::size_t explained = 0;
    for (std::uint64_t i = 0; i < here->count; i++) {
        std::size_t offset = static_cast<std::size_t>(i * here->entry_size);
        std::string one =
            explain_partition(here->entries.subspan(offset, here->entry_size),
                              expected->entries.subspan(offset, here->entry_size), i + 1);
        if (one.empty()) continue;
        if (explained++ == partitions_explained_max) {
            differing += "; and more";
            break;
        }
        differing += (differing.empty() ? "" : "; ") + one;
    }
    return differing.empty() ? explain_header(here->header, expected->header)
                             : "the partition table has changed: " + differing;
}

/// The first bytes in hexadecimal.
std::string shown(Bytes bytes) {
    std::size_t size = std::min(bytes.size(), separator_shown_max);
    return to_hex(bytes.first(size)) + (size < bytes.size() ? "..." : "");
}

std::string explain_separator(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    std::string expected = shown(joined(predicted.pieces));
    if (shown(logged.data) == expected) return "the separator " + expected + " has another digest";
    return in_log_and_predicted("separator", shown(logged.data), expected);
}

} // namespace

EventKind kind_of(const pcr::Event& event) {
    EventKind kind{event.type, 0, {}};
    if (event.type == EventType::event_tag) kind.tag = event.tag;
    if (event.type == EventType::ipl) kind.name = name_in(event.pcr, event.description);
    return kind;
}

EventKind kind_of(const pcr::LoggedEvent& event) {
    EventKind kind{event.type, 0, {}};
    if (event.type == EventType::event_tag) kind.tag = read_u32(event.data, 0).value_or(0);
    if (event.type == EventType::ipl) kind.name = name_in(event.pcr, pcr::decode_text(event.data));
    return kind;
}

std::string explain_change(const pcr::Event& predicted, const pcr::LoggedEvent& logged) {
    switch (predicted.type) {
    case EventType::ipl:
        return explain_ipl(predicted, logged);
    case EventType::event_tag:
        return explain_tagged(predicted, logged);
    case EventType::efi_boot_services_application:
        return explain_image(predicted, logged);
    case EventType::efi_gpt_event:
        return explain_gpt(predicted, logged);
    case EventType::separator:
        return explain_separator(predicted, logged);
    default:
        return explain_text(predicted, logged, "text");
    }
}

std::string explain_missing(const pcr::Event& predicted) {
    std::string what = pcr::one_line(predicted.description);
    return (what.empty() ? "an event" : quoted(what)) + " is not in the log" + origin_of(predicted);
}

std::string explain_unexpected(const pcr::LoggedEvent& logged) {
    std::string what = pcr::describe(logged);
    return (what.empty() ? "an event" : quoted(what)) + " is in the log, but not predicted";
}

} // namespace kindling
