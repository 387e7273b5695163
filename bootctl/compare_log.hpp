// SPDX-License-Identifier: MIT
//
// An event log beside a prediction: which events differ, and in what.
#pragma once

#include "core/event_log.hpp"
#include "core/pcr.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling {

enum class Difference : std::uint8_t {
    none,       ///< predicted and logged, the same digest
    changed,    ///< the same event over other bytes
    missing,    ///< predicted, not in the log
    unexpected, ///< in the log, not predicted
};
std::string_view to_text(Difference difference);

/// One row: an event of the plan, of the log, or both.
struct ComparedEvent {
    std::uint8_t pcr = 0;
    Difference difference = Difference::none;
    const pcr::Event* predicted = nullptr;
    const pcr::LoggedEvent* logged = nullptr;
    std::optional<pcr::Digest> expected, actual;
    std::string what; ///< of a difference, for people: "command line is … in the log, … predicted"
};

/// Aligns the events of each of `pcrs`, in order of the registers. The bank is one that the log
/// has.
std::vector<ComparedEvent> compare(pcr::HashFunction hash, pcr::Algorithm bank,
                                   const pcr::Plan& plan, const pcr::EventLog& log,
                                   const std::vector<std::uint8_t>& pcrs);

} // namespace kindling
