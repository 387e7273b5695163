// SPDX-License-Identifier: MIT
//
// The verb `eventlog`: shows and replays an event log, and holds it against a prediction. Prints
// nothing.
#pragma once

#include "bootctl/compare_log.hpp"
#include "bootctl/json.hpp"
#include "bootctl/prediction.hpp"
#include "bootctl/table.hpp"

namespace kindling {

/// Where Linux shows the log of the running boot.
constexpr const char* running_event_log = "/sys/kernel/security/tpm0/binary_bios_measurements";

struct EventlogRequest {
    std::optional<std::string> file;          ///< else `running_event_log`; "-" is standard input
    std::optional<PredictionOptions> against; ///< --against=
    SourceOptions source;                     ///< only with `against`
    std::vector<std::uint8_t> pcrs;           ///< --pcr=; empty is all
    std::vector<pcr::Algorithm> banks;        ///< --bank=; empty is the best that the log has
};

struct EventlogReport {
    std::vector<std::byte> bytes; ///< what `log` points into
    pcr::EventLog log;
    std::vector<pcr::Algorithm> banks;
    struct Register {
        std::uint8_t pcr = 0;
        pcr::Algorithm bank = pcr::Algorithm::sha256;
        std::optional<pcr::Digest> value;     ///< nothing if an event has no digest of that bank
        std::optional<pcr::Digest> predicted; ///< only with `against`, of registers compared
    };
    std::vector<Register> registers; ///< replayed, only registers with events or compared ones
    std::vector<std::uint8_t> pcrs;  ///< what is shown; empty is all
    std::unique_ptr<Prediction> prediction; ///< only with `against`
    std::vector<ComparedEvent> compared;    ///< only with `against`, in `compared_bank`
    pcr::Algorithm compared_bank = pcr::Algorithm::sha256; ///< the first that differs, if any does
    std::vector<Notice> remarks;
    std::optional<Notice> failure;
    Errc failure_code = Errc::io; ///< only with `failure`

    /// True if everything predicted is in the log and nothing else, in the registers compared.
    bool agrees() const;
};

EventlogReport run_eventlog(const EventlogRequest& request);

/// The events and the registers; with `against` the registers compared and the events that differ.
/// Empty after a failure.
std::string to_text(const EventlogReport& report, const OutputStyle& style);

/// One object, see docs/eventlog.md. Empty after a failure.
std::string to_json(const EventlogReport& report, json::Layout layout);

} // namespace kindling
