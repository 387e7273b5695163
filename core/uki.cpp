// SPDX-License-Identifier: MIT
#include "core/uki.hpp"

#include "base/text.hpp"
#include "core/entry_name.hpp"

#include <algorithm>

namespace kindling::uki {

namespace {

constexpr std::size_t first_read_size = 4096;
constexpr std::string_view profile_section = ".profile";
constexpr std::string_view release_section = ".osrel";

bool is_profile(const pe::Section& section) {
    return section.name == profile_section;
}

/// The index of the first `.profile` from `index` on; the number of sections if there is none.
std::size_t find_profile(std::span<const pe::Section> sections, std::size_t index) {
    while (index < sections.size() && !is_profile(sections[index])) index++;
    return index;
}

pe::Section* find(std::vector<pe::Section>& sections, std::string_view name) {
    for (pe::Section& section : sections)
        if (section.name == name) return &section;
    return nullptr;
}

/// Adds the first section of each name in `from`.
void add_first_ones(std::vector<pe::Section>& to, std::span<const pe::Section> from) {
    for (const pe::Section& section : from)
        if (!find(to, section.name)) to.push_back(section);
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
}

std::string_view until_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_control(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_control(text.back())) text.remove_suffix(1);
    return text;
}

/// A value without its quotes. In double quotes a backslash makes the next special character an
/// ordinary one. A value whose quote does not end is taken as it is.
std::string unquote(std::string_view value) {
    if (value.empty() || (value[0] != '"' && value[0] != '\'')) return std::string(value);
    bool has_escapes = value[0] == '"';
    std::string out;
    for (std::size_t i = 1; i < value.size(); i++) {
        if (value[i] == value[0]) return out;
        constexpr std::string_view special = "\"\\$`";
        if (has_escapes && value[i] == '\\' && i + 1 < value.size() &&
            special.find(value[i + 1]) != special.npos)
            i++;
        out += value[i];
    }
    return std::string(value);
}

/// The value of the first of `keys`, a list with commas, that has one.
std::string first_value(std::string_view text, std::string_view keys) {
    std::string value;
    while (value.empty() && !keys.empty()) {
        std::size_t end = std::min(keys.find(','), keys.size());
        value = os_release_value(text, keys.substr(0, end));
        keys.remove_prefix(std::min(end + 1, keys.size()));
    }
    return value;
}

/// Characters that userspace takes in an id.
bool is_id(std::string_view text) {
    return !text.empty() && consists_of(text, [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
               std::string_view("+-_.").find(c) != std::string_view::npos;
    });
}

/// A UKI on a volume, of which only pieces are read.
struct File {
    Volume& volume;
    std::string_view path;
    std::uint64_t size_bytes = 0;
};

/// Fills `into` from `offset`. Errors: truncated (the file ends before); as the volume's.
Result<void> read_exactly(const File& file, std::uint64_t offset, MutableBytes into) {
    if (offset > file.size_bytes || into.size() > file.size_bytes - offset)
        return Error{Errc::truncated, "section leaves the file", offset};
    if (TRY(file.volume.read(file.path, offset, into)) != into.size())
        return Error{Errc::truncated, "file became shorter while it was read", offset};
    return {};
}

Result<pe::Image> read_headers(const File& file) {
    std::vector<std::byte> start(std::min<std::uint64_t>(first_read_size, file.size_bytes));
    TRY(read_exactly(file, 0, start));
    // The DOS header says where the file header is, and that where the section table ends.
    for (int round = 0; round < 2; round++) {
        std::uint64_t end = TRY(pe::headers_end(start));
        if (end <= start.size()) break;
        if (end > file.size_bytes) return Error{Errc::truncated, "section leaves the file", 0};
        start.resize(end);
        TRY(read_exactly(file, 0, start));
    }
    return pe::parse(start);
}

/// Sets `text` to what section `name` holds; it stays as it is if there is no such section.
Result<void> read_text(const File& file, std::vector<pe::Section>& sections, std::string_view name,
                       std::string& text) {
    const pe::Section* section = find(sections, name);
    if (!section) return {};
    std::uint32_t size = std::min(section->raw_size, section->virtual_size);
    if (size == 0) return {};
    if (size > text_section_size_max)
        return Error{Errc::too_large, "text section is too large", section->raw_offset};
    std::vector<std::byte> bytes(size);
    TRY(read_exactly(file, section->raw_offset, bytes));
    text = until_nul(to_text(bytes));
    return {};
}

std::string title_of(std::string_view name, const bls::Entry& entry,
                     std::string_view profile_title) {
    std::uint32_t profile = entry.profile.value_or(0);
    if (profile_title.empty() && profile == 0) return std::string(name);
    std::string number;
    if (profile_title.empty()) profile_title = entry.profile_id;
    if (profile_title.empty())
        profile_title = number = concat({"Profile #", to_decimal(profile + 1)});
    return concat({name, " (", profile_title, ")"});
}

std::string id_of(std::string_view path, const bls::Entry& entry) {
    std::string_view file_name = path.substr(path.rfind('/') + 1);
    std::string id = bls::parse_entry_name(file_name, bls::uki_suffix).id;
    std::uint32_t profile = entry.profile.value_or(0);
    if (profile == 0) return id;
    id += '@';
    return id + (is_id(entry.profile_id) ? to_lower(entry.profile_id) : to_decimal(profile));
}

Result<void> read_entry(const File& file, const pe::Image& image, std::uint32_t profile,
                        bls::Entry& entry) {
    std::vector<pe::Section> sections = TRY(sections_of(image, profile));
    if (!find(sections, release_section))
        return Error{Errc::invalid, "image has no .osrel section"};
    std::string release, about;
    TRY(read_text(file, sections, release_section, release));
    TRY(read_text(file, sections, profile_section, about));
    std::string name = first_value(release, "PRETTY_NAME,IMAGE_ID,NAME,ID");
    if (name.empty()) return Error{Errc::invalid, "image does not name its system"};
    entry.kind = bls::EntryKind::type2;
    entry.file_path = entry.image_path = file.path;
    entry.architecture = pe::architecture_of(image.machine);
    if (find(sections, profile_section)) entry.profile = profile;
    entry.profile_id = os_release_value(about, "ID");
    entry.id = id_of(file.path, entry);
    entry.title = title_of(name, entry, os_release_value(about, "TITLE"));
    entry.version = first_value(release, "IMAGE_VERSION,VERSION,VERSION_ID,BUILD_ID");
    entry.sort_key = first_value(release, "IMAGE_ID,ID");
    TRY(read_text(file, sections, ".cmdline", entry.options));
    entry.options = clean_command_line(entry.options);
    entry.options_implied = !entry.options.empty();
    std::string uname;
    TRY(read_text(file, sections, ".uname", uname));
    entry.uname = trim(uname);
    return {};
}

} // namespace

Result<std::vector<pe::Section>> sections_of(const pe::Image& image, std::uint32_t profile) {
    std::span<const pe::Section> all = image.sections;
    std::size_t start = find_profile(all, 0);
    std::vector<pe::Section> sections, overrides;
    add_first_ones(sections, all.first(start));
    if (start == all.size() && profile == 0) return sections;
    for (std::uint32_t i = 0; i < profile && start != all.size(); i++)
        start = find_profile(all, start + 1);
    if (start == all.size()) return Error{Errc::not_found, "no such profile", profile};
    add_first_ones(overrides, all.subspan(start, find_profile(all, start + 1) - start));
    for (pe::Section& section : overrides) {
        if (pe::Section* base = find(sections, section.name))
            *base = std::move(section);
        else
            sections.push_back(std::move(section));
    }
    return sections;
}

std::uint32_t count_profiles(const pe::Image& image) {
    auto count = std::count_if(image.sections.begin(), image.sections.end(), is_profile);
    return std::clamp(static_cast<std::uint32_t>(count), 1u, profiles_max);
}

std::string os_release_value(std::string_view text, std::string_view key) {
    text = until_nul(text);
    std::string_view value;
    while (!text.empty()) {
        std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
            value = line.substr(key.size() + 1);
    }
    return unquote(value);
}

std::string clean_command_line(std::string_view text) {
    std::string clean(trim(until_nul(text)));
    std::replace_if(clean.begin(), clean.end(), is_control, ' ');
    return clean;
}

Result<std::vector<bls::Entry>> read_entries(Volume& volume, std::string_view path,
                                             std::string_view architecture) {
    auto info = volume.info(path);
    if (!info) return info.error();
    if (info->is_directory) return Error{Errc::invalid, "is a directory"};
    File file{volume, path, info->size_bytes};
    pe::Image image = TRY(read_headers(file));
    if (!architecture.empty() &&
        !equals_ignoring_case(architecture, pe::architecture_of(image.machine)))
        return Error{Errc::unsupported, "image is for another architecture"};
    std::vector<bls::Entry> entries;
    std::uint32_t profiles = count_profiles(image);
    for (std::uint32_t profile = 0; profile < profiles; profile++)
        TRY(read_entry(file, image, profile, entries.emplace_back()));
    return entries;
}

} // namespace kindling::uki
