// SPDX-License-Identifier: MIT
//
// The verb `list`: the menu that the loader will show. Prints nothing.
#pragma once

#include "bootctl/entry_details.hpp"
#include "bootctl/json.hpp"
#include "bootctl/table.hpp"
#include "core/discovery.hpp"

namespace kindling {

struct ListRequest {
    SourceOptions source;
    std::string architecture = "x64"; ///< EFI name of the machine
    Progress* progress = nullptr;     ///< out, as it goes; may be null
};

struct ListReport {
    std::unique_ptr<BootSource> source;
    bls::Discovery discovery;
    std::unique_ptr<DetailReader> detail_reader; ///< what `details` point into
    std::vector<EntryDetails> details;           ///< of each entry
    std::optional<std::size_t> default_index;    ///< by loader.conf; no variables are read
    std::vector<Notice> remarks;                 ///< hidden entries and why, odd lines and files
    std::optional<Notice> failure;
    Errc failure_code = Errc::io; ///< only with `failure`
};

/// On a fiber several entries are read at once. After an interruption the failure is `cancelled`.
ListReport run_list(const ListRequest& request);

/// One block per entry, labels right-aligned to 13 columns.
std::string to_text(const ListReport& report, const OutputStyle& style);

/// An array with one object per entry. Source: bootctl(1), `list --json`.
std::string to_json(const ListReport& report, json::Layout layout);

} // namespace kindling
