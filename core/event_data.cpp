// SPDX-License-Identifier: MIT
#include "core/event_data.hpp"

#include "base/guid.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "core/event_log.hpp"
#include "core/event_text.hpp"

#include <algorithm>

namespace kindling::pcr {

namespace {

constexpr std::uint8_t media_path = 4;
constexpr std::uint8_t media_file = 4;
constexpr std::uint8_t media_firmware_file = 6;
constexpr std::uint8_t media_offset_range = 8;
constexpr std::uint8_t end_of_path = 0x7f;
constexpr std::uint16_t path_node_size_min = 4;

constexpr std::uint32_t gpt_entry_size_min = 128;
constexpr std::size_t signature_size = 16;
constexpr std::size_t shown_bytes_max = 16;

/// "0x" and the digits without leading zeros.
std::string to_number(std::uint64_t value) {
    std::string digits;
    do {
        digits.insert(digits.begin(), "0123456789abcdef"[value & 0xf]);
        value >>= 4;
    } while (value > 0);
    return "0x" + digits;
}

/// Text of an event for which a text is not promised: nothing unless all of it is readable ASCII.
std::string plain_text(Bytes data) {
    std::string text = decode_text(data);
    bool is_plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 32 && c < 127; });
    return is_plain ? text : std::string();
}

std::string join(std::string_view text, std::string_view more) {
    std::string joined(text);
    if (!text.empty() && !more.empty()) joined += ", ";
    joined += more;
    return joined;
}

Result<std::string> describe_range(ByteReader& reader) {
    std::uint64_t base = TRY(reader.u64());
    std::uint64_t size = TRY(reader.u64());
    return "base " + to_number(base) + ", length " + to_number(size);
}

Result<std::string> describe_range(Bytes data) {
    ByteReader reader(data);
    return describe_range(reader);
}

/// A text behind its length in one byte.
Result<std::string> take_short_text(ByteReader& reader) {
    std::uint8_t size = TRY(reader.u8());
    return decode_text(TRY(reader.take(size)));
}

/// UEFI_PLATFORM_FIRMWARE_BLOB2: a text, then the range.
Result<std::string> describe_blob2(Bytes data) {
    ByteReader reader(data);
    std::string text = TRY(take_short_text(reader));
    return join(text, TRY(describe_range(reader)));
}

std::string count_tables(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " table" : " tables");
}

Result<std::string> describe_tables2(Bytes data) {
    ByteReader reader(data);
    std::string text = TRY(take_short_text(reader));
    return join(text, count_tables(TRY(reader.u64())));
}

Result<std::string> describe_tables(Bytes data) {
    return count_tables(TRY(read_u64(data, 0)));
}

/// True for "Boot0001" and the like, whose value is an EFI_LOAD_OPTION.
bool is_load_option(std::string_view name) {
    if (!name.starts_with("Boot") || name.size() != 8) return false;
    return std::all_of(name.begin() + 4, name.end(),
                       [](char c) { return hex_digit_value(c).has_value(); });
}

/// The description in an EFI_LOAD_OPTION: behind attributes and the length of the path list.
std::string title_of_load_option(Bytes value) {
    return value.size() < 6 ? std::string() : from_ucs2_bytes(value.subspan(6));
}

/// UEFI_VARIABLE_DATA: the name, with what its value says if that is short.
Result<std::string> describe_variable(Bytes data) {
    ByteReader reader(data);
    TRY(reader.skip(sizeof(Guid)));
    std::uint64_t name_units = TRY(reader.u64());
    std::uint64_t value_size = TRY(reader.u64());
    std::uint64_t name_size = TRY(checked_multiply(name_units, 2));
    std::string name = from_ucs2_bytes(TRY(reader.take(name_size)));
    Bytes value = TRY(reader.take(value_size));
    if (is_load_option(name)) {
        std::string title = title_of_load_option(value);
        return title.empty() ? name : name + ": " + title;
    }
    if (value.size() == 1) return name + " = " + std::to_string(std::to_integer<int>(value[0]));
    return name;
}

std::string describe_separator(Bytes data) {
    auto value = read_u32(data, 0);
    if (data.size() == 4 && *value == 0) return "zeros";
    if (data.size() == 4 && *value == 0xffffffff) return "ones";
    if (data.size() == 4 && *value == 1) return "error";
    std::string text = plain_text(data);
    return text.empty() ? to_hex(data.first(std::min(data.size(), shown_bytes_max))) : text;
}

Result<std::string> describe_gpt(Bytes data) {
    std::uint64_t count = TRY(read_gpt_data(data)).count;
    return std::to_string(count) + (count == 1 ? " partition" : " partitions");
}

/// A 16-byte signature, then what we know behind it.
std::string describe_signature(Bytes data) {
    std::string text = plain_text(data.first(std::min(data.size(), signature_size)));
    if (text == "StartupLocality" && data.size() > signature_size)
        return text + " = " + std::to_string(std::to_integer<int>(data[signature_size]));
    return text;
}

std::string describe_version(Bytes data) {
    std::string text = plain_text(data);
    auto guid = read_guid(data);
    bool is_zero =
        std::all_of(data.begin(), data.end(), [](std::byte b) { return b == std::byte{}; });
    if (text.empty() && !is_zero && guid && data.size() == sizeof(Guid))
        return kindling::to_text(*guid);
    return text;
}

std::string describe_tagged(const LoggedEvent& event) {
    auto tagged = tagged_text(event);
    if (!tagged) return {};
    return tagged->text.empty() ? "tag " + to_number(tagged->tag) : tagged->text;
}

/// A text, or else the place of a blob.
std::string describe_code(Bytes data) {
    std::string text = plain_text(data);
    if (!text.empty() || data.size() < 16) return text;
    auto range = data.size() == 16 ? describe_range(data) : describe_blob2(data);
    return std::move(range).value_or({});
}

std::string describe_data(const LoggedEvent& event) {
    switch (event.type) {
    case EventType::post_code:
    case EventType::s_crtm_contents:
        return describe_code(event.data);
    case EventType::no_action:
    case EventType::efi_spdm_firmware_blob:
    case EventType::efi_spdm_firmware_config:
        return describe_signature(event.data);
    case EventType::separator:
        return describe_separator(event.data);
    case EventType::event_tag:
        return describe_tagged(event);
    case EventType::s_crtm_version:
        return describe_version(event.data);
    case EventType::action:
    case EventType::compact_hash:
    case EventType::ipl:
    case EventType::efi_action:
        return decode_text(event.data);
    case EventType::cpu_microcode:
    case EventType::platform_config_flags:
    case EventType::table_of_devices:
    case EventType::efi_hcrtm_event:
        return plain_text(event.data);
    case EventType::efi_variable_driver_config:
    case EventType::efi_variable_boot:
    case EventType::efi_variable_boot2:
    case EventType::efi_variable_authority:
        return describe_variable(event.data).value_or({});
    case EventType::efi_boot_services_application:
    case EventType::efi_boot_services_driver:
    case EventType::efi_runtime_services_driver:
        return image_file(event.data).value_or({});
    case EventType::efi_gpt_event:
        return describe_gpt(event.data).value_or({});
    case EventType::efi_platform_firmware_blob:
        return describe_range(event.data).value_or({});
    case EventType::efi_platform_firmware_blob2:
        return describe_blob2(event.data).value_or({});
    case EventType::efi_handoff_tables:
        return describe_tables(event.data).value_or({});
    case EventType::efi_handoff_tables2:
        return describe_tables2(event.data).value_or({});
    }
    return {};
}

/// Appends a File Path node to what came before; there is one backslash between them.
void append_path(std::string& path, std::string_view node) {
    bool has_separator = path.ends_with('\\');
    if (!path.empty() && !node.empty() && !has_separator && node.front() != '\\') path += '\\';
    if (has_separator && node.starts_with('\\')) node.remove_prefix(1);
    path += node;
}

} // namespace

Result<GptData> read_gpt_data(Bytes data) {
    ByteReader reader(data);
    GptData gpt;
    gpt.header = TRY(reader.take(gpt_header_size));
    gpt.entry_size = TRY(read_u32(gpt.header, 84));
    if (gpt.entry_size < gpt_entry_size_min)
        return Error{Errc::invalid, "partition entries are too small", 84};
    gpt.count = TRY(reader.u64());
    std::uint64_t size = TRY(checked_multiply(gpt.count, gpt.entry_size));
    gpt.entries = TRY(reader.take(size));
    return gpt;
}

Result<std::string> image_file(Bytes data) {
    ByteReader image(data);
    TRY(image.skip(24)); // where it was loaded
    std::uint64_t path_size = TRY(image.u64());
    ByteReader path(TRY(image.take(path_size)));
    std::string file;
    while (!path.at_end()) {
        std::uint8_t type = TRY(path.u8());
        std::uint8_t subtype = TRY(path.u8());
        std::uint16_t size = TRY(path.u16());
        if (size < path_node_size_min)
            return Error{Errc::invalid, "node of a device path is too short", path.offset() - 4};
        Bytes node = TRY(path.take(size - path_node_size_min));
        if (type == end_of_path) break;
        if (type != media_path) continue;
        if (subtype == media_file) append_path(file, from_ucs2_bytes(node));
        if (subtype == media_firmware_file) file = "firmware file " + to_text(TRY(read_guid(node)));
        if (subtype == media_offset_range && file.empty()) file = "option ROM";
    }
    return file;
}

std::string describe(const LoggedEvent& event) {
    return one_line(describe_data(event));
}

} // namespace kindling::pcr
