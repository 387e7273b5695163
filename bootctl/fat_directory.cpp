// SPDX-License-Identifier: MIT
#include "bootctl/fat_directory.hpp"

#include "base/text.hpp"
#include "bootctl/fat_name.hpp"

#include <algorithm>
#include <array>

namespace kindling::fat {

namespace {

constexpr std::uint8_t base_is_lower = 0x08;
constexpr std::uint8_t extension_is_lower = 0x10;
constexpr std::uint8_t last_part = 0x40;

/// Where a long-name slot keeps its 13 characters.
constexpr std::array<std::uint8_t, 13> character_offsets{1,  3,  5,  7,  9,  14, 16,
                                                         18, 20, 22, 24, 28, 30};

std::uint8_t byte_at(Bytes slot, std::size_t offset) {
    return std::to_integer<std::uint8_t>(slot[offset]);
}

std::uint16_t u16_at(Bytes slot, std::size_t offset) {
    return static_cast<std::uint16_t>(byte_at(slot, offset) | byte_at(slot, offset + 1) << 8);
}

void put_u16(MutableBytes slot, std::size_t offset, std::uint32_t value) {
    slot[offset] = static_cast<std::byte>(value & 0xff);
    slot[offset + 1] = static_cast<std::byte>(value >> 8 & 0xff);
}

/// Collects the parts of a long name, which come last part first.
class LongName {
public:
    void reset() { expected_ = 0; }

    void add(Bytes slot) {
        std::uint8_t order = byte_at(slot, 0);
        std::uint8_t part = order & 0x3f;
        if (order & last_part) {
            text_.assign(std::size_t{part} * 13, u'\0');
            checksum_ = byte_at(slot, 13);
            expected_ = part;
        }
        if (part == 0 || part > 20 || part != expected_ || byte_at(slot, 13) != checksum_) {
            reset();
            return;
        }
        for (std::size_t i = 0; i < 13; i++)
            text_[(part - 1U) * 13 + i] = u16_at(slot, character_offsets[i]);
        expected_--;
        complete_ = expected_ == 0;
    }

    /// The name, if all parts came and belong to the short name in `slot`; else empty.
    std::string take(Bytes slot) {
        bool is_ours = complete_ && checksum_ == short_name_checksum(slot.first(11));
        complete_ = false;
        expected_ = 0;
        if (!is_ours) return {};
        std::string name = to_utf8(text_);
        // A name that cannot be one component of a path is not usable as one.
        return is_utf8(name) && name.find('/') == std::string::npos && name != "." && name != ".."
                   ? name
                   : std::string();
    }

private:
    std::u16string text_;
    std::uint8_t checksum_ = 0;
    std::uint8_t expected_ = 0;
    bool complete_ = false;
};

std::string decode_part(Bytes part, bool lower) {
    std::string text;
    for (std::byte byte : part) {
        char c = static_cast<char>(byte);
        // The code page of bytes above 0x7f is not recorded anywhere.
        if (std::to_integer<unsigned>(byte) >= 0x80 || c < ' ' || c == '/') c = '_';
        text += lower ? to_lower(c) : c;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

std::string decode_short_name(Bytes slot) {
    std::uint8_t flags = byte_at(slot, 12);
    std::string name = decode_part(slot.first(8), flags & base_is_lower);
    std::string extension = decode_part(slot.subspan(8, 3), flags & extension_is_lower);
    return extension.empty() ? name : name + "." + extension;
}

} // namespace

bool DirectoryEntry::is_named(std::string_view wanted) const {
    return equals_ignoring_case(name, wanted) || equals_ignoring_case(short_name, wanted);
}

std::vector<DirectoryEntry> decode_directory(Bytes directory, bool has_wide_clusters) {
    std::vector<DirectoryEntry> entries;
    LongName long_name;
    std::size_t first_slot = 0;
    for (std::size_t i = 0; (i + 1) * slot_size <= directory.size(); i++) {
        Bytes slot = directory.subspan(i * slot_size, slot_size);
        if (slot[0] == slot::end) break;
        std::uint8_t attributes = byte_at(slot, 11);
        if (slot[0] == slot::deleted) {
            long_name.reset();
        } else if ((attributes & 0x3f) == attribute::long_name) {
            if (byte_at(slot, 0) & last_part) first_slot = i;
            long_name.add(slot);
        } else {
            DirectoryEntry entry;
            entry.name = long_name.take(slot);
            entry.first_slot = entry.name.empty() ? i : first_slot;
            entry.last_slot = i;
            entry.short_name = decode_short_name(slot);
            if (entry.name.empty()) entry.name = entry.short_name;
            entry.attributes = attributes;
            entry.first_cluster = u16_at(slot, 26);
            if (has_wide_clusters)
                entry.first_cluster |= (std::uint32_t{u16_at(slot, 20)} & 0x0fff) << 16;
            entry.size_bytes = u16_at(slot, 28) | std::uint32_t{u16_at(slot, 30)} << 16;
            bool is_dot = entry.name == "." || entry.name == ".." || entry.name.empty();
            if (!(attributes & attribute::volume_label) && !is_dot)
                entries.push_back(std::move(entry));
        }
    }
    return entries;
}

Stamp to_stamp(std::uint64_t seconds) {
    constexpr std::uint64_t first = 315532800; // 1980-01-01
    constexpr std::uint64_t last = 4354819199; // 2107-12-31 23:59:59
    seconds = std::clamp(seconds, first, last);
    auto second_of_day = static_cast<std::uint32_t>(seconds % 86400);
    // Days to a date in the calendar whose years start in March, so that leap days come last.
    auto days = static_cast<std::uint32_t>(seconds / 86400) + 719468;
    std::uint32_t era = days / 146097, day_of_era = days % 146097;
    std::uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    std::uint32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    std::uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    std::uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    std::uint32_t year = era * 400 + year_of_era + (month <= 2);
    return {static_cast<std::uint16_t>((year - 1980) << 9 | month << 5 | day),
            static_cast<std::uint16_t>(second_of_day / 3600 << 11 | second_of_day / 60 % 60 << 5 |
                                       second_of_day % 60 / 2)};
}

Result<std::vector<std::byte>> encode_entry(std::string_view name,
                                            const std::vector<DirectoryEntry>& siblings) {
    TRY(check_name(name));
    ShortName short_name = TRY(make_short_name(name, siblings));
    std::u16string text = to_ucs2(name);
    std::size_t parts = short_name.is_whole_name ? 0 : (text.size() + 12) / 13;
    std::vector<std::byte> slots((parts + 1) * slot_size);
    // A NUL ends a name that does not fill its last part; the rest is 0xffff.
    text.resize(parts * 13, u'\xffff');
    if (std::size_t length = to_ucs2(name).size(); length < text.size()) text[length] = u'\0';
    std::uint8_t checksum = short_name_checksum(short_name.bytes);
    for (std::size_t part = 1; part <= parts; part++) {
        MutableBytes slot = MutableBytes(slots).subspan((parts - part) * slot_size, slot_size);
        slot[0] = static_cast<std::byte>(part | (part == parts ? last_part : 0));
        slot[11] = std::byte{attribute::long_name};
        slot[13] = std::byte{checksum};
        for (std::size_t i = 0; i < 13; i++)
            put_u16(slot, character_offsets[i], text[(part - 1) * 13 + i]);
    }
    std::copy(short_name.bytes.begin(), short_name.bytes.end(),
              slots.end() - static_cast<std::ptrdiff_t>(slot_size));
    return slots;
}

void set_fields(MutableBytes slot, const EntryFields& fields, bool is_new) {
    slot[11] = std::byte{fields.attributes};
    if (is_new) {
        put_u16(slot, 14, fields.stamp.time);
        put_u16(slot, 16, fields.stamp.date);
    }
    put_u16(slot, 18, fields.stamp.date);
    put_u16(slot, 20, fields.first_cluster >> 16);
    put_u16(slot, 22, fields.stamp.time);
    put_u16(slot, 24, fields.stamp.date);
    put_u16(slot, 26, fields.first_cluster);
    put_u16(slot, 28, fields.size_bytes);
    put_u16(slot, 30, fields.size_bytes >> 16);
}

} // namespace kindling::fat
