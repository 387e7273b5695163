// SPDX-License-Identifier: MIT
//
// In what a logged event differs from the predicted one, as concretely as the log allows: it keeps
// texts, paths and partition tables, and of everything else only a digest. All texts are safe to
// show on a terminal.
#pragma once

#include "core/event_log.hpp"
#include "core/pcr.hpp"

#include <string>

namespace kindling {

/// What two events must have in common to be the same event over other bytes.
struct EventKind {
    pcr::EventType type = pcr::EventType::ipl;
    std::uint32_t tag = 0; ///< of an event_tag event
    std::string name;      ///< of an archive or a section of a UKI, whose text is always the same

    friend bool operator==(const EventKind&, const EventKind&) = default;
};
EventKind kind_of(const pcr::Event& event);
EventKind kind_of(const pcr::LoggedEvent& event);

/// Both are of one kind, their digests differ.
std::string explain_change(const pcr::Event& predicted, const pcr::LoggedEvent& logged);
std::string explain_missing(const pcr::Event& predicted);
std::string explain_unexpected(const pcr::LoggedEvent& logged);

} // namespace kindling
