// SPDX-License-Identifier: MIT
//
// Everything that a boot of one entry will measure, from the files on a boot source.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/notice.hpp"
#include "bootctl/progress.hpp"
#include "core/predict_uki.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kindling {

struct PredictionOptions {
    std::string entry_id;              ///< with or without ".conf" or ".efi"; case means nothing
    std::optional<std::string> loader; ///< the loader that will run; else the one on the ESP
    std::string architecture = "x64";  ///< EFI name of the machine
    Progress* progress = nullptr;      ///< out, as it goes; may be null
};

/// The plan and all that it borrows. Stays where it is made.
struct Prediction {
    bls::Entry entry;
    std::string loader_path; ///< for people
    std::string load_options;
    pcr::Plan plan;
    std::vector<std::uint8_t> pcrs; ///< registers that the plan determines, ascending
    std::vector<Notice> remarks;    ///< skipped extras, what makes a register unsure, assumptions
    std::vector<initrd::SkippedExtra> skipped;

    // What the plan points into.
    std::vector<std::byte> loader, loader_conf, image, initrd_blob;
    std::vector<std::byte> gpt_event;
    initrd::Plan initrd;
    std::vector<std::vector<std::byte>> companion_files;
    pcr::Companions companions;
    pcr::Arena arena;
};

/// Reads every file and makes the plan. PCR 5 is left out of `pcrs` with a remark if the partition
/// table is unknown (a directory), and with it everything that depends on it.
///
/// failure  out: what to tell a person if this fails
///
/// Errors: not_found (no such entry, or it is hidden: the remark says why); unsupported (a kind
/// that cannot be predicted); those of reading and of `pcr::predict_linux` and `pcr::predict_uki`.
Result<std::unique_ptr<Prediction>>
make_prediction(BootSource& source, const PredictionOptions& options, Notice& failure);

} // namespace kindling
