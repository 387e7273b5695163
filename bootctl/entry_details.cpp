// SPDX-License-Identifier: MIT
#include "bootctl/entry_details.hpp"

#include "bootctl/at_once.hpp"
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

void DetailReader::add(Neighbours& image, const std::vector<pcr::Companion>& addons,
                       CompanionSet& to) {
    append_files(to.files, addons);
    for (const pcr::Companion& one : addons) {
        auto options = addon_options(volume_of(source_, image.place), one.path, architecture_);
        if (options && !options->empty()) to.addons.push_back({one.path, *options});
        if (options || options.error().code == Errc::unsupported) continue;
        image.remarks.push_back(
            {quoted_name(target_of(source_, image.place), one.path) +
                 " is no add-on that can be used: " + reason_of(options.error()),
             {}});
    }
}

void DetailReader::look_beside(Neighbours& image) {
    std::string at_file;
    auto found = list_companions(volume_of(source_, image.place), image.image_path, at_file);
    if (!found) {
        image.remarks.push_back({quoted_name(target_of(source_, image.place), at_file) + ": " +
                                     reason_of(found.error()),
                                 {}});
        return;
    }
    add(image, found->addons, *image.own);
    for (const auto* each : {&found->credentials, &found->sysexts, &found->confexts})
        append_files(image.own->files, *each);
    if (!image.global) return;
    add(image, found->global_addons, *image.global);
    for (const auto* each :
         {&found->global_credentials, &found->global_sysexts, &found->global_confexts})
        append_files(image.global->files, *each);
}

/// Looks beside each image once, whichever entries name it.
Result<void> DetailReader::find_companions(std::span<const bls::Entry> entries) {
    std::vector<Neighbours> images;
    for (const bls::Entry& entry : entries) {
        if (!entry.is_uki()) continue;
        auto [global, is_first] = companions_.try_emplace({entry.source, std::string()});
        auto [own, is_new] = companions_.try_emplace({entry.source, entry.image_path});
        if (is_new)
            images.push_back({entry.source,
                              entry.image_path,
                              &own->second,
                              is_first ? &global->second : nullptr,
                              {}});
    }
    TRY(for_each_at_once("image", images.size(), [&](std::size_t i) -> Result<void> {
        look_beside(images[i]);
        return {};
    }));
    for (const Neighbours& image : images)
        remarks_.insert(remarks_.end(), image.remarks.begin(), image.remarks.end());
    return {};
}

EntryDetails DetailReader::look_at(const bls::Entry& entry) {
    EntryDetails details;
    Volume& volume = volume_of(source_, entry.source);
    details.root = target_of(source_, entry.source).name_of("");
    if (details.root.size() > 1 && details.root.ends_with('/')) details.root.pop_back();
    auto look_for = [&](const std::string& path) {
        if (const char* problem = path.empty() ? nullptr : problem_of(volume, path))
            details.problems.emplace(path, problem);
    };
    for (const std::string& path : entry.initrds) look_for(path);
    for (const std::string& path : entry.devicetree_overlays) look_for(path);
    look_for(entry.devicetree);
    details.extras = look_at_extras(volume, entry);
    details.cmdline = entry.options;
    if (!entry.is_uki()) return details;
    if (entry.options.empty()) details.cmdline = embedded_options(volume, entry);
    details.global_companions = &companions_.at({entry.source, std::string()});
    details.own_companions = &companions_.at({entry.source, entry.image_path});
    for (const CompanionSet* each : {details.global_companions, details.own_companions})
        for (const Addon& addon : each->addons) append_options(details.cmdline, addon.options);
    return details;
}

Result<std::vector<EntryDetails>> DetailReader::read(std::span<const bls::Entry> entries,
                                                     Progress& progress) {
    progress.begin("Reading entries", entries.size());
    TRY(find_companions(entries));
    std::vector<EntryDetails> details(entries.size());
    TRY(for_each_at_once("entry", entries.size(), [&](std::size_t i) -> Result<void> {
        details[i] = look_at(entries[i]);
        progress.done++;
        return {};
    }));
    return details;
}

} // namespace kindling
