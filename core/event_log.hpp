// SPDX-License-Identifier: MIT
//
// The TCG event log: reading it, replaying it, saying what an event is about. Input is hostile.
// Source: TCG PC Client Platform Firmware Profile 1.06, sections 9 and 10.
#pragma once

#include "core/pcr.hpp"

#include <string>
#include <vector>

namespace kindling::pcr {

constexpr std::uint64_t event_log_size_max = 16 * 1024 * 1024;
constexpr std::uint32_t event_log_algorithms_max = 64;
constexpr std::size_t event_log_events_max = 65536;

/// A digest in a log. Algorithms we do not know are kept with their number.
struct LoggedDigest {
    std::uint16_t algorithm = 0;
    Bytes bytes;
};

/// One record. Points into the log.
struct LoggedEvent {
    std::uint64_t offset = 0; ///< in the log
    std::uint32_t pcr = 0;
    EventType type = EventType::no_action; ///< may be a number that is not in the list
    std::vector<LoggedDigest> digests;     ///< in the order of the log
    Bytes data;

    /// The digest of one bank; empty if there is none.
    Bytes digest(Algorithm algorithm) const;
};

struct EventLog {
    bool is_crypto_agile = false;      ///< else the old form, SHA-1 only
    std::vector<Algorithm> algorithms; ///< those we know, in the log's order
    std::vector<LoggedEvent> events;   ///< without the header record
};

/// Reads a whole log. Points into `bytes`.
///
/// Errors: truncated (ends inside a record); too_large (over a limit above); invalid (register
/// number, digest count, algorithm not announced); `where` is the byte offset of the record.
Result<EventLog> read_event_log(Bytes bytes);

/// The value of a register after all its events. The start value heeds StartupLocality and H-CRTM
/// events of PCR 0. Nothing if an event has no digest of that bank.
std::optional<Digest> replay(HashFunction hash, Algorithm algorithm, const EventLog& log,
                             std::uint8_t pcr);

/// The tag and the text of an EV_EVENT_TAG event; nothing if its data is malformed.
struct TaggedText {
    std::uint32_t tag = 0;
    std::string text; ///< UTF-8
};
std::optional<TaggedText> tagged_text(const LoggedEvent& event);

/// What the event's data says, for people, in one line: the text of an IPL, tagged or action event;
/// the variable's name; the device path's file; the number of partitions. Control characters are
/// escaped. Empty where the data says nothing readable.
std::string describe(const LoggedEvent& event);

/// What must be wrong if this is not the digest: for types whose digest is that of their data
/// (separator, action, GPT, …) the data's, in `algorithm`; nothing for the others.
std::optional<Digest> digest_of_data(HashFunction hash, Algorithm algorithm,
                                     const LoggedEvent& event);

} // namespace kindling::pcr
