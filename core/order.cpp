// SPDX-License-Identifier: MIT
#include "core/order.hpp"

#include "base/sorting.hpp"
#include "base/text.hpp"
#include "core/version.hpp"

#include <compare>
#include <string_view>

namespace kindling::bls {

namespace {

/// The id without the "@PROFILE" of a UKI.
std::string_view id_of_file(const Entry& entry) {
    constexpr std::string_view end = ".efi@";
    std::string_view id = entry.id;
    std::size_t at = entry.kind == EntryKind::type2 ? id.rfind(end) : id.npos;
    return at == id.npos ? id : id.substr(0, at + end.size() - 1);
}

std::weak_ordering compare_profiles(const Entry& a, const Entry& b) {
    return a.profile.value_or(0) <=> b.profile.value_or(0);
}

std::weak_ordering compare_by_sort_key(const Entry& a, const Entry& b) {
    if (a.sort_key.empty() || b.sort_key.empty()) return a.sort_key.empty() <=> b.sort_key.empty();
    if (auto order = a.sort_key <=> b.sort_key; order != 0) return order;
    if (auto order = a.machine_id <=> b.machine_id; order != 0) return order;
    if (auto order = compare_versions(b.version, a.version); order != 0) return order;
    return compare_profiles(a, b);
}

std::weak_ordering compare_tries(const std::optional<Tries>& a, const std::optional<Tries>& b) {
    if (!a || !b) return a.has_value() <=> b.has_value();
    if (a->left != b->left) return b->left <=> a->left;
    return a->done <=> b->done;
}

/// `less` if `a` stands before `b`. An order of all entries, also of odd ones: sorting relies on
/// it.
std::weak_ordering compare(const Entry& a, const Entry& b) {
    if (a.is_bad() != b.is_bad()) return a.is_bad() <=> b.is_bad();
    if (auto order = compare_by_sort_key(a, b); order != 0) return order;
    if (auto order = compare_versions(id_of_file(b), id_of_file(a)); order != 0) return order;
    if (auto order = compare_profiles(a, b); order != 0) return order;
    return compare_tries(a.tries, b.tries);
}

bool has_lower_title(const Entry& a, const Entry& b) {
    return a.show_title < b.show_title;
}

std::string_view version_of(const Entry& entry) {
    return entry.version;
}

std::string_view machine_of(const Entry& entry) {
    return std::string_view(entry.machine_id).substr(0, 8);
}

std::string_view id_of(const Entry& entry) {
    return entry.id;
}

/// Adds `detail` in parentheses to all titles that are not unique; false if there were none.
bool add_where_equal(std::vector<Entry>& entries, std::string_view (*detail)(const Entry&)) {
    std::vector<std::size_t> indices = sorted_indices<has_lower_title>(entries);
    auto title = [&](std::size_t i) -> std::string& { return entries[indices[i]].show_title; };
    bool found = false;
    for (std::size_t first = 0, end = 0; first < indices.size(); first = end) {
        for (end = first + 1; end < indices.size(); end++)
            if (title(end) != title(first)) break;
        if (end - first == 1) continue;
        found = true;
        for (std::size_t i = first; i < end; i++) {
            std::string_view text = detail(entries[indices[i]]);
            if (!text.empty()) append(title(i), {" (", text, ")"});
        }
    }
    return found;
}

} // namespace

bool is_before(const Entry& a, const Entry& b) {
    return compare(a, b) < 0;
}

void sort_entries(std::vector<Entry>& entries) {
    stable_sort<is_before>(entries);
}

void make_titles_unique(std::vector<Entry>& entries) {
    for (Entry& entry : entries) entry.show_title = entry.title.empty() ? entry.id : entry.title;
    for (auto detail : {version_of, machine_of, id_of})
        if (!add_where_equal(entries, detail)) return;
}

} // namespace kindling::bls
