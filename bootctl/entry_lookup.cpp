// SPDX-License-Identifier: MIT
#include "bootctl/entry_lookup.hpp"

#include "base/text.hpp"
#include "core/entry_name.hpp"
#include "options/option_text.hpp"

#include <algorithm>

namespace kindling {

namespace {

constexpr std::size_t named_ids_max = 10; ///< in a hint
constexpr unsigned distance_max = 2;      ///< of a name that was probably meant

std::string without_suffix(std::string_view id) {
    for (std::string_view suffix : {bls::snippet_suffix, bls::uki_suffix})
        if (ends_with_ignoring_case(id, suffix))
            return std::string(id.substr(0, id.size() - suffix.size()));
    return std::string(id);
}

/// Every name of an entry besides its id.
std::vector<std::string> other_names(const bls::Entry& entry) {
    std::vector<std::string> names{without_suffix(entry.id)};
    if (entry.kind != bls::EntryKind::type2) return names;
    std::uint32_t profile = entry.profile.value_or(0);
    std::string file = entry.id.substr(0, profile > 0 ? entry.id.rfind('@') : std::string::npos);
    names.push_back(file + '@' + std::to_string(profile));
    names.push_back(without_suffix(file) + '@' + std::to_string(profile));
    if (profile > 0) names.push_back(without_suffix(file) + entry.id.substr(file.size()));
    return names;
}

bool has_other_name(const bls::Entry& entry, std::string_view name) {
    std::vector<std::string> names = other_names(entry);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& one) { return equals_ignoring_case(one, name); });
}

std::string_view file_name_of(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// The ids that file names of hidden entries would give.
std::string hidden_id(const bls::Hidden& hidden) {
    std::string_view name = file_name_of(hidden.file_path);
    bool is_uki = ends_with_ignoring_case(name, bls::uki_suffix);
    return bls::parse_entry_name(name, is_uki ? bls::uki_suffix : bls::snippet_suffix).id;
}

bool is_called(const bls::Hidden& hidden, std::string_view name) {
    std::string id = hidden_id(hidden);
    std::string_view file = name.substr(0, name.rfind('@'));
    for (std::string_view wanted : {name, file})
        if (equals_ignoring_case(id, wanted) || equals_ignoring_case(without_suffix(id), wanted))
            return true;
    return false;
}

/// "esp.img:/loader/entries/a.conf, line 3: too many initrds".
std::string describe(BootSource& source, const bls::Hidden& hidden) {
    InstallTarget& target = hidden.source == bls::EntrySource::xbootldr ? *source.xbootldr_target()
                                                                        : source.esp_target();
    std::string text = target.name_of(hidden.file_path);
    if (hidden.error.where > 0 && ends_with_ignoring_case(hidden.file_path, bls::snippet_suffix))
        text += ", line " + std::to_string(hidden.error.where);
    if (!hidden.subject.empty()) text += ": " + hidden.subject;
    return text + ": " + reason_of(hidden.error);
}

std::string join(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), named_ids_max); i++)
        text += (i > 0 ? ", " : "") + names[i];
    if (names.size() > named_ids_max)
        text += " and " + std::to_string(names.size() - named_ids_max) + " more";
    return text;
}

bool is_near(std::string_view a, std::string_view b) {
    auto to_text = [](const std::string& text) { return options::Text(text.data(), text.size()); };
    std::string lower_a = to_lower(without_suffix(a)), lower_b = to_lower(without_suffix(b));
    if (std::min(lower_a.size(), lower_b.size()) > distance_max &&
        (lower_a.starts_with(lower_b) || lower_b.starts_with(lower_a)))
        return true;
    return options::edit_distance(to_text(lower_a), to_text(lower_b), distance_max) <= distance_max;
}

std::string hint_for(const bls::Discovery& discovery, std::string_view name) {
    std::vector<std::string> near, all;
    for (const bls::Entry& entry : discovery.entries) {
        all.push_back(entry.id);
        if (is_near(entry.id, name)) near.push_back(entry.id);
    }
    if (all.empty()) return "there are no entries at all";
    if (!near.empty()) return "did you mean " + join(near) + "?";
    return "there are " + join(all);
}

Error explain_missing(BootSource& source, const bls::Discovery& discovery, std::string_view name,
                      Notice& failure) {
    for (const bls::Hidden& hidden : discovery.hidden) {
        if (!is_called(hidden, name)) continue;
        failure = {"the loader does not show \"" + std::string(name) +
                       "\": " + describe(source, hidden),
                   ""};
        return {Errc::not_found, "entry is hidden"};
    }
    failure = {"there is no entry \"" + std::string(name) + "\"", hint_for(discovery, name)};
    return {Errc::not_found, "no such entry"};
}

} // namespace

Result<bls::Entry> look_up_entry(BootSource& source, const bls::Discovery& discovery,
                                 std::string_view name, std::vector<Notice>& remarks,
                                 Notice& failure) {
    std::vector<const bls::Entry*> found;
    for (const bls::Entry& entry : discovery.entries)
        if (equals_ignoring_case(entry.id, name)) found.push_back(&entry);
    bool is_full_id = !found.empty();
    if (!is_full_id)
        for (const bls::Entry& entry : discovery.entries)
            if (has_other_name(entry, name)) found.push_back(&entry);
    if (found.empty()) return explain_missing(source, discovery, name, failure);
    std::vector<std::string> ids;
    for (const bls::Entry* entry : found) ids.push_back(entry->id);
    if (std::count(ids.begin(), ids.end(), ids[0]) != static_cast<std::ptrdiff_t>(ids.size())) {
        failure = {"\"" + std::string(name) + "\" may be " + join(ids), "name one in full"};
        return Error{Errc::invalid, "name fits several entries"};
    }
    if (found.size() > 1) {
        bool is_on_esp = found[0]->source == bls::EntrySource::esp;
        remarks.push_back({"there are " + std::to_string(found.size()) + " entries \"" + ids[0] +
                               "\"; assumed is the first in the menu, \"" + found[0]->file_path +
                               "\" on " + (is_on_esp ? "the ESP" : "XBOOTLDR"),
                           ""});
    }
    return *found[0];
}

} // namespace kindling
