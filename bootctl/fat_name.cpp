// SPDX-License-Identifier: MIT
#include "bootctl/fat_name.hpp"

#include "base/text.hpp"
#include "bootctl/fat_directory.hpp"

#include <algorithm>
#include <string>

namespace kindling::fat {

namespace {

constexpr std::string_view forbidden = "\"*/:<>?\\|";
constexpr std::string_view allowed_in_short_names = "$%'-_@~`!(){}^#&";
constexpr std::uint32_t tail_number_max = 999999;

char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Part of a name in the short form, and whether it lost something but case.
struct Shortened {
    std::string text;
    bool is_lossy = false;
    bool changed_case = false;
};

Shortened shorten(std::string_view part, std::size_t length_max) {
    Shortened result;
    for (char c : part) {
        char upper = to_upper(c);
        result.changed_case |= upper != c;
        bool is_plain = (upper >= 'A' && upper <= 'Z') || is_digit(upper) ||
                        allowed_in_short_names.find(upper) != std::string_view::npos;
        if (c == ' ' || c == '.') {
            result.is_lossy = true;
            continue;
        }
        if (!is_plain) {
            upper = '_';
            result.is_lossy = true;
        }
        if (result.text.size() == length_max) {
            result.is_lossy = true;
            break;
        }
        result.text += upper;
    }
    return result;
}

std::string join(std::string_view base, std::string_view extension) {
    std::string name(base);
    if (!extension.empty()) name.append(".").append(extension);
    return name;
}

bool is_taken(std::string_view name, const std::vector<DirectoryEntry>& siblings) {
    return std::any_of(siblings.begin(), siblings.end(),
                       [&](const DirectoryEntry& entry) { return entry.is_named(name); });
}

ShortName to_short_name(std::string_view base, std::string_view extension, bool is_whole_name) {
    ShortName name;
    name.bytes.fill(std::byte{' '});
    std::copy(to_bytes(base).begin(), to_bytes(base).end(), name.bytes.begin());
    std::copy(to_bytes(extension).begin(), to_bytes(extension).end(), name.bytes.begin() + 8);
    name.is_whole_name = is_whole_name;
    return name;
}

} // namespace

Result<void> check_name(std::string_view name) {
    if (name.empty()) return Error{Errc::invalid, "name is empty"};
    if (!is_utf8(name)) return Error{Errc::invalid, "name is not UTF-8"};
    if (to_ucs2(name).size() > name_length_max) return Error{Errc::invalid, "name is too long"};
    if (to_utf8(to_ucs2(name)) != name)
        return Error{Errc::invalid, "name has characters that FAT cannot store"};
    for (std::size_t i = 0; i < name.size(); i++)
        if (static_cast<unsigned char>(name[i]) < 0x20 || name[i] == 0x7f ||
            forbidden.find(name[i]) != std::string_view::npos)
            return Error{Errc::invalid, "name has a character that FAT forbids", i};
    if (name.back() == '.' || name.back() == ' ')
        return Error{Errc::invalid, "name ends in a dot or blank", name.size() - 1};
    return {};
}

std::uint8_t short_name_checksum(Bytes name) {
    unsigned sum = 0;
    for (std::byte byte : name)
        sum = (((sum & 1) << 7) + (sum >> 1) + std::to_integer<unsigned>(byte)) & 0xff;
    return static_cast<std::uint8_t>(sum);
}

Result<ShortName> make_short_name(std::string_view name,
                                  const std::vector<DirectoryEntry>& siblings) {
    std::size_t dot = name.rfind('.');
    bool has_extension = dot != std::string_view::npos && dot != 0;
    Shortened base = shorten(has_extension ? name.substr(0, dot) : name, 8);
    Shortened extension = shorten(has_extension ? name.substr(dot + 1) : "", 3);
    bool is_lossy = base.is_lossy || extension.is_lossy || base.text.empty();
    if (!is_lossy && !is_taken(join(base.text, extension.text), siblings))
        return to_short_name(base.text, extension.text,
                             !base.changed_case && !extension.changed_case);
    for (std::uint32_t number = 1; number <= tail_number_max; number++) {
        std::string tail = "~" + std::to_string(number);
        std::string candidate = base.text.substr(0, 8 - tail.size()) + tail;
        if (!is_taken(join(candidate, extension.text), siblings))
            return to_short_name(candidate, extension.text, false);
    }
    return Error{Errc::exists, "no short name is free"};
}

} // namespace kindling::fat
