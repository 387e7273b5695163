// SPDX-License-Identifier: MIT
#include "bootctl/list_verb.hpp"

#include "base/text.hpp"
#include "bootctl/loader_choice.hpp"
#include "core/entry_name.hpp"
#include "core/selection.hpp"
#include "fiber/wait.hpp"

namespace kindling {

namespace {

constexpr std::string_view loader_conf_path = "/loader/loader.conf";

/// "/efi/loader/entries/a.conf", line 3: WHAT
std::string about(const InstallTarget& target, std::string_view path, std::uint64_t line,
                  const std::string& what) {
    std::string text = quoted_name(target, path);
    if (line > 0) text += ", line " + std::to_string(line);
    return text + ": " + what;
}

Notice explain(BootSource& source, const bls::Hidden& hidden) {
    const InstallTarget& target = target_of(source, hidden.source);
    constexpr const char* hidden_because = "not in the menu: ";
    // Of an image, `where` is an offset.
    bool has_line = ends_with_ignoring_case(hidden.file_path, bls::snippet_suffix);
    if (hidden.subject.empty())
        return {about(target, hidden.file_path, has_line ? hidden.error.where : 0,
                      hidden_because + reason_of(hidden.error)),
                {}};
    bool is_missing = hidden.error.code == Errc::not_found;
    std::string reason = quoted_name(target, hidden.subject) + ' ' +
                         (is_missing ? "does not exist" : reason_of(hidden.error));
    return {about(target, hidden.file_path, 0, hidden_because + reason),
            is_missing ? "paths in an entry start at the root of the file system that it is on"
                       : ""};
}

/// What loader.conf wishes, for lack of variables.
bls::LoaderConf read_loader_conf(ListReport& report) {
    InstallTarget& target = report.source->esp_target();
    auto text = bls::read_whole(target.volume(), loader_conf_path, bls::loader_conf_size_max);
    if (!text) {
        if (text.error().code != Errc::not_found)
            report.remarks.push_back(
                {about(target, loader_conf_path, 0, reason_of(text.error())), {}});
        return {};
    }
    std::vector<bls::Remark> remarks;
    bls::LoaderConf conf = bls::parse_loader_conf(to_text(*text), remarks);
    for (const bls::Remark& remark : remarks)
        report.remarks.push_back({about(target, loader_conf_path, remark.line, remark.what), {}});
    return conf;
}

void choose_default(ListReport& report) {
    bls::LoaderConf conf = read_loader_conf(report);
    bls::Wishes wishes;
    wishes.conf_preferred = conf.preferred_pattern;
    wishes.conf_default = conf.default_pattern;
    auto selection = bls::select_default(report.discovery.entries, wishes);
    if (!selection) return;
    // "@saved" is in a variable. Only a pattern that counts before it can decide without.
    if (conf.uses_saved() && selection->reason != bls::Reason::preferred) {
        report.remarks.push_back(
            {"the default is the entry that was booted last, which is not known here", {}});
        return;
    }
    report.default_index = selection->index;
}

Result<void> look_at_entries(ListReport& report, const std::string& architecture,
                             Progress& progress) {
    report.detail_reader = std::make_unique<DetailReader>(*report.source, architecture);
    const std::vector<bls::Entry>& entries = report.discovery.entries;
    report.details = TRY(report.detail_reader->read(entries, progress));
    for (std::size_t i = 0; i < entries.size(); i++) {
        const bls::Entry& entry = entries[i];
        const EntryDetails& details = report.details[i];
        if (entry.kind != bls::EntryKind::linux_) continue;
        const InstallTarget& target = target_of(*report.source, entry.source);
        for (const std::string& path : entry.initrds)
            if (auto problem = details.problems.find(path); problem != details.problems.end())
                report.remarks.push_back(
                    {about(target, entry.file_path, 0,
                           "cannot start, initrd " + quoted_name(target, path) + ": " +
                               problem->second),
                     {}});
    }
    const auto& remarks = report.detail_reader->remarks();
    report.remarks.insert(report.remarks.end(), remarks.begin(), remarks.end());
    return {};
}

} // namespace

ListReport run_list(const ListRequest& request) {
    ListReport report;
    Progress unwatched;
    Progress& progress = request.progress ? *request.progress : unwatched;
    progress.begin("Looking for entries");
    auto source = BootSource::open(request.source);
    if (!source) {
        report.failure = explain(request.source, source.error());
        report.failure_code = source.error().code;
        return report;
    }
    report.source = std::move(*source);
    std::string loader_path = loader_path_of(*report.source, request.architecture);
    report.discovery = bls::discover(report.source->esp(), report.source->xbootldr(),
                                     {request.architecture, loader_path});
    for (const bls::Hidden& hidden : report.discovery.hidden)
        report.remarks.push_back(explain(*report.source, hidden));
    for (const bls::FileRemark& one : report.discovery.remarks)
        report.remarks.push_back({about(target_of(*report.source, one.source), one.file_path,
                                        one.remark.line, one.remark.what),
                                  {}});
    auto looked = look_at_entries(report, request.architecture, progress);
    if (looked) choose_default(report);
    // Discovery takes an interruption for files that cannot be read.
    if (looked) looked = fiber::check_interruption();
    if (!looked) {
        report.failure = {"cannot read the entries: " + reason_of(looked.error()), {}};
        report.failure_code = looked.error().code;
    }
    return report;
}

} // namespace kindling
