// SPDX-License-Identifier: MIT
#include "core/type1.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace kindling::bls {

namespace {

/// `path` with '/' before each component and nowhere else; empty if there is no component.
std::string unify_separators(std::string_view path) {
    std::string unified;
    unified.reserve(path.size() + 1);
    bool at_separator = true;
    for (char c : path) {
        bool is_separator = c == '/' || c == '\\';
        if (!is_separator && at_separator) unified += '/';
        if (!is_separator) unified += c;
        at_separator = is_separator;
    }
    return unified;
}

Result<std::string> parse_path(std::string_view value, std::uint64_t line) {
    auto path = normalize_path(value);
    if (!path) return Error{Errc::invalid, "path is empty or has a . or .. component", line};
    return std::move(*path);
}

struct TextKey {
    std::string_view name;
    std::string Entry::*field;
};

constexpr std::array<TextKey, 4> text_keys{{
    {"title", &Entry::title},
    {"version", &Entry::version},
    {"machine-id", &Entry::machine_id},
    {"sort-key", &Entry::sort_key},
}};

struct ImageKey {
    std::string_view name;
    EntryKind kind;
};

constexpr std::array<ImageKey, 4> image_keys{{
    {"linux", EntryKind::linux_},
    {"efi", EntryKind::efi},
    {"uki", EntryKind::uki},
    {"uki-url", EntryKind::uki_url},
}};

/// Reads one snippet line by line.
class SnippetParser {
public:
    explicit SnippetParser(std::string_view architecture) : architecture_(architecture) {}

    Result<void> apply(const Line& line);
    Result<Snippet> finish();

private:
    Result<void> set_image(EntryKind kind, const Line& line);
    Result<void> set_architecture(const Line& line);
    Result<void> add_initrd(const Line& line);
    Result<void> add_options(const Line& line);
    Result<void> add_extra(const Line& line);
    Result<void> set_devicetree(const Line& line);
    Result<void> add_devicetree_overlays(const Line& line);
    void set_profile(const Line& line);

    void remark(std::uint64_t line, const char* what) { add_remark(snippet_.remarks, line, what); }
    void remark_if_blank(const Line& line) {
        if (line.value.find_first_of(" \t") != line.value.npos)
            remark(line.number, "path has a blank, where some tools end it");
    }

    Snippet snippet_;
    Entry& entry_ = snippet_.entry;
    std::string_view architecture_;
    bool has_image_ = false;
    // Where each stood first; 0 if nowhere.
    std::uint64_t initrd_line_ = 0, extra_line_ = 0, profile_line_ = 0;
};

Result<void> SnippetParser::apply(const Line& line) {
    for (const TextKey& key : text_keys) {
        if (line.key != key.name) continue;
        entry_.*key.field = line.value;
        return {};
    }
    for (const ImageKey& key : image_keys)
        if (line.key == key.name) return set_image(key.kind, line);
    if (line.key == "options") return add_options(line);
    if (line.key == "initrd") return add_initrd(line);
    if (line.key == "extra") return add_extra(line);
    if (line.key == "architecture") return set_architecture(line);
    if (line.key == "devicetree") return set_devicetree(line);
    if (line.key == "devicetree-overlay") return add_devicetree_overlays(line);
    if (line.key == "profile") set_profile(line);
    return {}; // Keys we do not know are skipped: the specification may grow.
}

Result<void> SnippetParser::set_image(EntryKind kind, const Line& line) {
    if (has_image_ && entry_.kind != kind)
        return Error{Errc::invalid, "entry has two different things to boot", line.number};
    has_image_ = true;
    entry_.kind = kind;
    if (kind == EntryKind::uki_url) {
        if (line.value.empty()) return Error{Errc::invalid, "url is empty", line.number};
        entry_.url = line.value;
        return {};
    }
    entry_.image_path = TRY(parse_path(line.value, line.number));
    remark_if_blank(line);
    return {};
}

Result<void> SnippetParser::set_architecture(const Line& line) {
    if (!architecture_.empty() && !equals_ignoring_case(line.value, architecture_))
        return Error{Errc::unsupported, "entry is for another architecture", line.number};
    entry_.architecture = line.value;
    return {};
}

Result<void> SnippetParser::add_initrd(const Line& line) {
    if (entry_.initrds.size() == initrds_max)
        return Error{Errc::too_large, "too many initrds", line.number};
    entry_.initrds.push_back(TRY(parse_path(line.value, line.number)));
    if (initrd_line_ == 0) initrd_line_ = line.number;
    remark_if_blank(line);
    return {};
}

Result<void> SnippetParser::add_options(const Line& line) {
    if (line.value.empty()) return {};
    std::size_t size = entry_.options.size() + line.value.size() + !entry_.options.empty();
    if (size > options_size_max) return Error{Errc::too_large, "options are too long", line.number};
    if (!entry_.options.empty()) entry_.options += ' ';
    entry_.options += line.value;
    return {};
}

Result<void> SnippetParser::add_extra(const Line& line) {
    if (entry_.extras.size() == extras_max)
        return Error{Errc::too_large, "too many extras", line.number};
    std::string path = unify_separators(line.value);
    entry_.extras.push_back(path.empty() ? "/" : std::move(path));
    if (extra_line_ == 0) extra_line_ = line.number;
    remark_if_blank(line);
    return {};
}

Result<void> SnippetParser::set_devicetree(const Line& line) {
    entry_.devicetree = TRY(parse_path(line.value, line.number));
    remark_if_blank(line);
    remark(line.number, "devicetree is not applied yet");
    return {};
}

/// The only key with a list of paths on one line.
Result<void> SnippetParser::add_devicetree_overlays(const Line& line) {
    for (std::string_view rest = line.value; !rest.empty(); rest = trim_blanks(rest)) {
        if (entry_.devicetree_overlays.size() == devicetree_overlays_max)
            return Error{Errc::too_large, "too many devicetree overlays", line.number};
        std::size_t size = std::min(rest.find_first_of(" \t"), rest.size());
        entry_.devicetree_overlays.push_back(TRY(parse_path(rest.substr(0, size), line.number)));
        rest.remove_prefix(size);
    }
    remark(line.number, "devicetree-overlay is not applied yet");
    return {};
}

void SnippetParser::set_profile(const Line& line) {
    auto number = parse_decimal(line.value, std::numeric_limits<std::uint32_t>::max());
    if (!number) return remark(line.number, "profile must be a number up to 4294967295");
    entry_.profile = static_cast<std::uint32_t>(*number);
    if (profile_line_ == 0) profile_line_ = line.number;
}

Result<Snippet> SnippetParser::finish() {
    if (!has_image_) return Error{Errc::invalid, "entry has nothing to boot"};
    bool is_linux = entry_.kind == EntryKind::linux_;
    if (initrd_line_ != 0 && !is_linux) remark(initrd_line_, "initrd is for linux only");
    if (extra_line_ != 0 && !is_linux && !entry_.is_uki())
        remark(extra_line_, "extra is for linux and uki only");
    if (profile_line_ != 0 && (is_linux || entry_.kind == EntryKind::efi))
        remark(profile_line_, "profile is for uki and uki-url only");
    return std::move(snippet_);
}

} // namespace

Result<Snippet> parse_entry(std::string_view text, std::string_view architecture) {
    if (text.size() > snippet_size_max) return Error{Errc::too_large, "snippet is over 1 MiB"};
    SnippetParser parser(architecture);
    LineReader reader(text);
    while (auto line = reader.next()) TRY(parser.apply(*line));
    return parser.finish();
}

std::optional<std::string> normalize_path(std::string_view path) {
    std::string unified = unify_separators(path);
    if (unified.empty() || has_dot_component(unified)) return std::nullopt;
    return unified;
}

bool has_dot_component(std::string_view path) {
    while (!path.empty()) {
        std::size_t end = std::min(path.find('/'), path.size());
        std::string_view component = path.substr(0, end);
        if (component == "." || component == "..") return true;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return false;
}

} // namespace kindling::bls
