// SPDX-License-Identifier: MIT
#include "bootctl/entry_details.hpp"

#include "bootctl/stub_companions.hpp"
#include "core/discovery.hpp"
#include "core/initrd.hpp"
#include "core/pe.hpp"
#include "core/uki.hpp"

namespace kindling {

namespace {

/// Why the file at `path` cannot be used; null if it can.
const char* problem_of(Volume& volume, const std::string& path) {
    auto info = volume.info(path);
    if (info) return info->is_directory ? "Is a directory" : nullptr;
    if (info.error().code == Errc::not_found) return "No such file or directory";
    return info.error().what;
}

ExtraState skip(Volume& volume, const std::string& path, const char* why) {
    ExtraState state{path, cpio::kind_of(path), std::nullopt, why};
    if (auto info = volume.info(path); info && !info->is_directory)
        state.size_bytes = info->size_bytes;
    return state;
}

/// The loader's own plan, in the order of the lines.
std::vector<ExtraState> look_at_extras(Volume& volume, const bls::Entry& entry) {
    bls::Entry extras_only = entry; // An initrd that is missing must not hide the extras.
    extras_only.initrds.clear();
    std::string at_file;
    auto plan = initrd::plan(volume, extras_only, 0, at_file);
    std::vector<ExtraState> states;
    std::size_t packed = 0, skipped = 0;
    for (const std::string& path : entry.extras) {
        if (!plan) {
            states.push_back(skip(volume, path, plan.error().what));
        } else if (packed < plan->packed.size() && plan->packed[packed].path == path) {
            const cpio::Extra& extra = plan->packed[packed++].extra;
            states.push_back({path, extra.kind, extra.size_bytes, nullptr});
        } else if (skipped < plan->skipped.size() && plan->skipped[skipped].path == path) {
            states.push_back(skip(volume, path, plan->skipped[skipped++].reason));
        } else {
            states.push_back(skip(volume, path, "this kind of entry gets no extras"));
        }
    }
    return states;
}

/// The command line inside the UKI that a snippet names.
std::string embedded_options(Volume& volume, const bls::Entry& entry) {
    auto profiles = uki::read_entries(volume, entry.image_path, {});
    if (!profiles) return {};
    for (const bls::Entry& each : *profiles)
        if (each.profile.value_or(0) == entry.profile.value_or(0)) return each.options;
    return {};
}

/// The command line that an add-on brings; empty if it brings none.
///
/// Errors: unsupported (for another machine); as those of reading a PE file.
Result<std::string> addon_options(Volume& volume, const std::string& path,
                                  std::string_view architecture) {
    auto file = TRY(bls::read_whole(volume, path, addon_size_max));
    pe::Image image = TRY(pe::parse(file));
    if (pe::architecture_of(image.machine) != architecture)
        return Error{Errc::unsupported, "is for another architecture"};
    for (const pe::Section& section : image.sections)
        if (section.name == ".cmdline")
            return uki::clean_command_line(to_text(TRY(pe::contents(file, section))));
    return std::string();
}

void append_files(std::vector<std::string>& to, const std::vector<pcr::Companion>& companions) {
    for (const pcr::Companion& one : companions) to.push_back(one.path);
}

void append_options(std::string& to, std::string_view options) {
    if (!to.empty() && !options.empty()) to += ' ';
    to += options;
}

} // namespace

Volume& volume_of(BootSource& source, bls::EntrySource place) {
    return place == bls::EntrySource::esp ? source.esp() : *source.xbootldr();
}

const InstallTarget& target_of(BootSource& source, bls::EntrySource place) {
    return place == bls::EntrySource::esp ? source.esp_target() : *source.xbootldr_target();
}

std::string quoted_name(const InstallTarget& target, std::string_view path) {
    return '"' + target.name_of(path) + '"';
}

void DetailReader::add(bls::EntrySource place, const std::vector<pcr::Companion>& addons,
                       CompanionSet& to) {
    append_files(to.files, addons);
    for (const pcr::Companion& one : addons) {
        auto options = addon_options(volume_of(source_, place), one.path, architecture_);
        if (options && !options->empty()) to.addons.push_back({one.path, *options});
        if (options || options.error().code == Errc::unsupported) continue;
        remarks_.push_back({quoted_name(target_of(source_, place), one.path) +
                                " is no add-on that can be used: " + reason_of(options.error()),
                            {}});
    }
}

void DetailReader::find_companions(const bls::Entry& entry, EntryDetails& details) {
    auto [global, is_first] = companions_.try_emplace({entry.source, std::string()});
    auto [own, is_new] = companions_.try_emplace({entry.source, entry.image_path});
    details.global_companions = &global->second;
    details.own_companions = &own->second;
    if (!is_new) return;
    std::string at_file;
    auto found = list_companions(volume_of(source_, entry.source), entry.image_path, at_file);
    if (!found) {
        remarks_.push_back({quoted_name(target_of(source_, entry.source), at_file) + ": " +
                                reason_of(found.error()),
                            {}});
        return;
    }
    add(entry.source, found->addons, own->second);
    for (const auto* each : {&found->credentials, &found->sysexts, &found->confexts})
        append_files(own->second.files, *each);
    if (!is_first) return;
    add(entry.source, found->global_addons, global->second);
    for (const auto* each :
         {&found->global_credentials, &found->global_sysexts, &found->global_confexts})
        append_files(global->second.files, *each);
}

EntryDetails DetailReader::read(const bls::Entry& entry) {
    EntryDetails details;
    Volume& volume = volume_of(source_, entry.source);
    details.root = target_of(source_, entry.source).name_of("");
    if (details.root.size() > 1 && details.root.ends_with('/')) details.root.pop_back();
    auto look_at = [&](const std::string& path) {
        if (const char* problem = path.empty() ? nullptr : problem_of(volume, path))
            details.problems.emplace(path, problem);
    };
    for (const std::string& path : entry.initrds) look_at(path);
    for (const std::string& path : entry.devicetree_overlays) look_at(path);
    look_at(entry.devicetree);
    details.extras = look_at_extras(volume, entry);
    details.cmdline = entry.options;
    if (!entry.is_uki()) return details;
    if (entry.options.empty()) details.cmdline = embedded_options(volume, entry);
    find_companions(entry, details);
    for (const CompanionSet* each : {details.global_companions, details.own_companions})
        for (const Addon& addon : each->addons) append_options(details.cmdline, addon.options);
    return details;
}

} // namespace kindling
