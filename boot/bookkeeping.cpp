// SPDX-License-Identifier: MIT
#include "boot/bookkeeping.hpp"

#include "base/text.hpp"
#include "boot/show.hpp"
#include "core/entry_name.hpp"
#include "core/loader_interface.hpp"

#include <algorithm>

namespace kindling::boot {

namespace {

bool is_counted(const bls::Entry& entry) {
    return entry.tries && (entry.kind == bls::EntryKind::linux_ || entry.is_uki());
}

std::string to_backslashes(std::string path) {
    std::replace(path.begin(), path.end(), '/', '\\');
    return path;
}

/// All entries of a renamed file; a UKI with profiles has several.
void follow_rename(std::vector<bls::Entry>& entries, bls::EntrySource source,
                   const std::string& old_path, const std::string& new_path,
                   const std::optional<bls::Tries>& tries) {
    for (bls::Entry& entry : entries) {
        if (entry.source != source || entry.file_path != old_path) continue;
        if (entry.image_path == old_path) entry.image_path = new_path;
        entry.file_path = new_path;
        entry.tries = tries;
    }
}

} // namespace

void count_try(Machine& machine, std::vector<bls::Entry>& entries, std::size_t index) {
    const bls::Entry& entry = entries[index];
    if (!is_counted(entry)) return;
    std::string_view suffix =
        entry.kind == bls::EntryKind::type2 ? bls::uki_suffix : bls::snippet_suffix;
    std::string old_path = entry.file_path;
    std::size_t name_at = old_path.rfind('/') + 1;
    auto new_name = bls::count_down(std::string_view(old_path).substr(name_at), suffix);
    if (!new_name) return;
    bls::EntrySource source = entry.source;
    Volume& volume = source == bls::EntrySource::xbootldr ? *machine.xbootldr : machine.esp;
    if (auto renamed = volume.rename(old_path, *new_name); !renamed) {
        if (renamed.error().code != Errc::denied)
            show(machine.screen, Severity::warning, old_path, renamed.error());
        return;
    }
    std::string new_path = concat({std::string_view(old_path).substr(0, name_at), *new_name});
    follow_rename(entries, source, old_path, new_path,
                  bls::parse_entry_name(*new_name, suffix).tries);
    tell(machine, "LoaderBootCountPath", to_backslashes(new_path));
}

void save_selection(Machine& machine, const Settings& settings, const bls::Entry& entry,
                    bool is_one_shot) {
    constexpr std::string_view last_booted = "LoaderEntryLastBooted";
    tell(machine, "LoaderEntrySelected", entry.id);
    if (is_one_shot) return;
    const std::optional<std::string>& last = settings.wishes.last_booted;
    if (settings.uses_saved && last != entry.id)
        tell(machine, last_booted, entry.id, Variables::Storage::non_volatile);
    if (!settings.uses_saved && last)
        check(machine.screen, last_booted,
              loader_interface::remove(machine.variables, last_booted));
}

} // namespace kindling::boot
