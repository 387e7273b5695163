// SPDX-License-Identifier: MIT
//
// The first line is the name of a file, the others are what is in it. Whatever they say, an entry
// keeps to its limits, its paths have one form, and counting down leads where it should.
#include "base/text.hpp"
#include "core/entry_name.hpp"
#include "core/type1.hpp"

#include <algorithm>

using namespace kindling;
using namespace kindling::bls;

namespace {

void check_name(std::string_view file_name, std::string_view suffix) {
    EntryName name = parse_entry_name(file_name, suffix);
    ASSERT(name.id == to_lower(name.id) && name.id.size() <= file_name.size());
    ASSERT(to_lower(strip_counter(file_name, suffix)) == name.id);
    auto next = count_down(file_name, suffix);
    ASSERT(next.has_value() == name.tries.has_value());
    if (!next) {
        ASSERT(name.id == to_lower(file_name));
        return;
    }
    ASSERT(name.tries->left <= tries_max && name.tries->done <= tries_max);
    EntryName after = parse_entry_name(*next, suffix);
    ASSERT(after.id == name.id && after.tries);
    ASSERT(after.tries->left == std::max(name.tries->left, 1u) - 1);
    ASSERT(after.tries->done == std::min(name.tries->done + 1, tries_max));
    ASSERT(is_entry_name(*next, suffix) == is_entry_name(file_name, suffix));
    // Only a DONE that was missing or was all nines makes the name longer.
    ASSERT(next->size() >= file_name.size() && next->size() <= file_name.size() + 2);
}

/// Checks what every list of lines has; the number of lines it may speak of.
std::uint64_t check_lines(std::string_view text) {
    LineReader reader(text);
    std::uint64_t last = 0;
    while (auto line = reader.next()) {
        ASSERT(line->number > last && !line->key.empty() && line->key[0] != '#');
        ASSERT(line->key.find_first_of(std::string_view(" \t\r\n\0", 5)) == line->key.npos);
        ASSERT(line->value.find_first_of(std::string_view("\r\n\0", 3)) == line->value.npos);
        last = line->number;
    }
    return last;
}

void check_path(const std::string& path) {
    ASSERT(path.size() > 1 && path.starts_with('/') && path.back() != '/');
    ASSERT(path.find("//") == path.npos && path.find('\\') == path.npos);
    ASSERT(!has_dot_component(path));
    ASSERT(normalize_path(path) == path);
}

void check_entry(const Entry& entry) {
    if (entry.kind == EntryKind::uki_url) {
        ASSERT(!entry.url.empty() && entry.image_path.empty());
    } else {
        ASSERT(entry.url.empty());
        check_path(entry.image_path);
    }
    for (const std::string& path : entry.initrds) check_path(path);
    for (const std::string& path : entry.devicetree_overlays) check_path(path);
    if (!entry.devicetree.empty()) check_path(entry.devicetree);
    for (const std::string& path : entry.extras)
        ASSERT(path.starts_with('/') && path.find("//") == path.npos);
    ASSERT(entry.initrds.size() <= initrds_max && entry.extras.size() <= extras_max);
    ASSERT(entry.devicetree_overlays.size() <= devicetree_overlays_max);
    ASSERT(entry.options.size() <= options_size_max);
    ASSERT(entry.architecture.empty() || equals_ignoring_case(entry.architecture, "x64"));
}

void check_text(std::string_view text) {
    std::uint64_t lines = check_lines(text);
    auto snippet = parse_entry(text, "x64");
    if (!snippet) {
        ASSERT(snippet.error().where <= lines && snippet.error().what[0] != '\0');
        return;
    }
    check_entry(snippet->entry);
    ASSERT(snippet->remarks.size() <= remarks_max);
    std::uint64_t last = 1;
    for (const Remark& remark : snippet->remarks) {
        ASSERT(remark.line >= last && remark.line <= lines);
        last = remark.line;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input = to_text(Bytes(reinterpret_cast<const std::byte*>(data), size));
    std::size_t name_size = std::min(input.find('\n'), input.size());
    check_name(input.substr(0, name_size), snippet_suffix);
    check_name(input.substr(0, name_size), uki_suffix);
    check_text(input.substr(std::min(name_size + 1, input.size())));
    return 0;
}
