// SPDX-License-Identifier: MIT
//
// The verb `predict`: register values of a boot that has not happened. Prints nothing.
#pragma once

#include "bootctl/json.hpp"
#include "bootctl/prediction.hpp"
#include "bootctl/table.hpp"

namespace kindling {

struct PredictRequest {
    SourceOptions source;
    PredictionOptions options;
    std::vector<std::uint8_t> pcrs;    ///< --pcr=; empty is every one that the entry determines
    std::vector<pcr::Algorithm> banks; ///< --bank=; empty is SHA-256
};

/// A register's value in one bank.
struct PredictedRegister {
    std::uint8_t pcr = 0;
    pcr::Algorithm bank = pcr::Algorithm::sha256;
    std::optional<pcr::Digest> value; ///< nothing if it cannot be known
};

struct PredictReport {
    std::unique_ptr<Prediction> prediction;
    std::vector<pcr::Algorithm> banks;
    std::vector<PredictedRegister> registers; ///< by bank, then by register
    std::vector<bool> is_shown;               ///< of each event of the plan: its register is wanted
    /// By bank, then by event; empty of an event that is not shown.
    std::vector<std::vector<pcr::Digest>> digests;
    std::optional<Notice> failure;
    Errc failure_code = Errc::io; ///< only with `failure`
};

/// On a fiber several files are read at once. After an interruption the failure is `cancelled`.
PredictReport run_predict(const PredictRequest& request);

/// Registers, then every event with origin and digest of the first bank.
std::string to_text(const PredictReport& report, const OutputStyle& style);

/// {"entry", "kind", "loader", "loadOptions", "banks": […], "pcrs": [{"pcr", "bank", "value"}],
/// "events": [{"pcr", "bank", "type", "tag", "actor", "description", "origin", "size", "digest",
/// "digests": [{"bank", "digest"}]}], "skipped": […], "remarks": […]}. See docs/predict.md.
std::string to_json(const PredictReport& report, json::Layout layout);

} // namespace kindling
