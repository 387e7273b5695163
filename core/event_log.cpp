// SPDX-License-Identifier: MIT
#include "core/event_log.hpp"

#include "core/event_text.hpp"

#include <algorithm>

namespace kindling::pcr {

namespace {

constexpr std::uint64_t old_digest_size = 20;
constexpr std::string_view specification_id{"Spec ID Event0", 14};
constexpr std::string_view agile_specification_id{"Spec ID Event03\0", 16};
constexpr std::string_view startup_locality{"StartupLocality\0", 16};
constexpr std::byte hcrtm_locality{4};

/// What the header of a crypto-agile log says about one algorithm.
struct AnnouncedDigest {
    std::uint16_t algorithm = 0;
    std::uint16_t size_bytes = 0;
};
using Announcement = std::vector<AnnouncedDigest>;

bool starts_with(Bytes bytes, std::string_view text) {
    return kindling::to_text(bytes).starts_with(text);
}

bool is_known(std::uint16_t algorithm) {
    return digest_size_bytes(static_cast<Algorithm>(algorithm)) > 0;
}

/// Reads the algorithms from the data of the header record. What follows them, the vendor's own
/// bytes, is of no use to us.
Result<Announcement> read_header(Bytes data) {
    ByteReader reader(data);
    TRY(reader.skip(agile_specification_id.size() + 8)); // platform class, version, uintn size
    std::uint32_t count = TRY(reader.u32());
    if (count == 0) return Error{Errc::invalid, "event log announces no algorithm"};
    if (count > event_log_algorithms_max)
        return Error{Errc::too_large, "event log announces too many algorithms"};
    Announcement announced;
    for (std::uint32_t i = 0; i < count; i++) {
        AnnouncedDigest next{TRY(reader.u16()), TRY(reader.u16())};
        std::size_t known_size = digest_size_bytes(static_cast<Algorithm>(next.algorithm));
        if (next.size_bytes == 0 || (known_size > 0 && next.size_bytes != known_size))
            return Error{Errc::invalid, "event log announces a digest of the wrong size"};
        for (const AnnouncedDigest& other : announced)
            if (other.algorithm == next.algorithm)
                return Error{Errc::invalid, "event log announces an algorithm twice"};
        announced.push_back(next);
    }
    return announced;
}

Result<void> read_digests(ByteReader& reader, const Announcement& announced, LoggedEvent& event) {
    if (TRY(reader.u32()) != announced.size())
        return Error{Errc::invalid, "event has another number of digests than announced"};
    std::uint64_t seen = 0; // a bit for each announced algorithm
    static_assert(event_log_algorithms_max <= 64);
    event.digests.reserve(announced.size());
    for (std::size_t i = 0; i < announced.size(); i++) {
        std::uint16_t algorithm = TRY(reader.u16());
        auto found =
            std::find_if(announced.begin(), announced.end(), [&](const AnnouncedDigest& digest) {
                return digest.algorithm == algorithm;
            });
        if (found == announced.end())
            return Error{Errc::invalid, "event has a digest of an algorithm not announced"};
        std::uint64_t bit = std::uint64_t{1} << (found - announced.begin());
        if (seen & bit) return Error{Errc::invalid, "event has two digests of one algorithm"};
        seen |= bit;
        event.digests.push_back({algorithm, TRY(reader.take(found->size_bytes))});
    }
    return {};
}

/// The next record; in the old form if nothing is announced.
Result<LoggedEvent> read_record(ByteReader& reader, const Announcement& announced) {
    LoggedEvent event;
    event.offset = reader.offset();
    event.pcr = TRY(reader.u32());
    event.type = static_cast<EventType>(TRY(reader.u32()));
    // Events that extend nothing name any register, real logs have 0xffffffff.
    if (event.pcr >= registers && event.type != EventType::no_action)
        return Error{Errc::invalid, "event is for a register that does not exist"};
    if (announced.empty()) {
        std::uint16_t algorithm = static_cast<std::uint16_t>(Algorithm::sha1);
        event.digests.push_back({algorithm, TRY(reader.take(old_digest_size))});
    } else {
        TRY(read_digests(reader, announced, event));
    }
    std::uint32_t size = TRY(reader.u32());
    event.data = TRY(reader.take(size));
    return event;
}

Error at_record(Error error, std::uint64_t offset) {
    if (error.code == Errc::truncated) error.what = "event log ends inside an event";
    error.where = offset;
    return error;
}

/// Learns the form of the log from its first record; true if that is a header and no event.
Result<bool> take_header(const LoggedEvent& first, EventLog& log, Announcement& announced) {
    log.algorithms = {Algorithm::sha1};
    bool is_header =
        first.type == EventType::no_action && starts_with(first.data, specification_id);
    if (!is_header || !starts_with(first.data, agile_specification_id)) return is_header;
    auto header = read_header(first.data);
    if (!header && header.error().code == Errc::truncated)
        return Error{Errc::invalid, "header of the event log is too short"};
    announced = TRY(std::move(header));
    log.is_crypto_agile = true;
    log.algorithms.clear();
    for (const AnnouncedDigest& digest : announced)
        if (is_known(digest.algorithm))
            log.algorithms.push_back(static_cast<Algorithm>(digest.algorithm));
    return true;
}

/// What the last byte of PCR 0 holds before its first event.
/// Source: TCG PC Client Platform Firmware Profile 1.06, section 10.4.5.3.
std::byte start_of_pcr0(const EventLog& log) {
    std::byte start{0};
    for (const LoggedEvent& event : log.events) {
        if (event.pcr == 0 && event.type == EventType::efi_hcrtm_event) return hcrtm_locality;
        if (event.type == EventType::no_action && starts_with(event.data, startup_locality) &&
            event.data.size() > startup_locality.size())
            start = event.data[startup_locality.size()];
    }
    return start;
}

bool has_digest_of_data(EventType type) {
    switch (type) {
    case EventType::separator:
    case EventType::action:
    case EventType::s_crtm_version:
    case EventType::efi_variable_driver_config:
    case EventType::efi_gpt_event:
    case EventType::efi_action:
    case EventType::efi_variable_boot2:
    case EventType::efi_variable_authority:
        return true;
    default:
        return false;
    }
}

} // namespace

Bytes LoggedEvent::digest(Algorithm algorithm) const {
    for (const LoggedDigest& one : digests)
        if (one.algorithm == static_cast<std::uint16_t>(algorithm)) return one.bytes;
    return {};
}

Result<EventLog> read_event_log(Bytes bytes) {
    if (bytes.empty()) return Error{Errc::truncated, "event log is empty"};
    if (bytes.size() > event_log_size_max)
        return Error{Errc::too_large, "event log is over 16 MiB"};
    EventLog log;
    Announcement announced;
    ByteReader reader(bytes);
    while (!reader.at_end()) {
        std::uint64_t offset = reader.offset();
        auto event = read_record(reader, announced);
        if (!event) return at_record(event.error(), offset);
        if (offset == 0) {
            auto is_header = take_header(*event, log, announced);
            if (!is_header) return is_header.error();
            if (*is_header) continue;
        }
        if (log.events.size() == event_log_events_max)
            return Error{Errc::too_large, "event log has too many events", offset};
        log.events.push_back(std::move(*event));
    }
    return log;
}

std::optional<Digest> replay(HashFunction hash, Algorithm algorithm, const EventLog& log,
                             std::uint8_t pcr) {
    Digest value = initial_value(algorithm, pcr);
    if (pcr == 0) value.bytes[value.size_bytes - 1u] = start_of_pcr0(log);
    for (const LoggedEvent& event : log.events) {
        if (event.pcr != pcr || event.type == EventType::no_action) continue;
        Bytes digest = event.digest(algorithm);
        if (digest.size() != value.size_bytes) return std::nullopt;
        value = extend(hash, algorithm, value, make_digest(digest));
    }
    return value;
}

std::optional<TaggedText> tagged_text(const LoggedEvent& event) {
    auto tag = read_u32(event.data, 0);
    auto size = read_u32(event.data, 4);
    if (event.type != EventType::event_tag || !tag || !size) return std::nullopt;
    auto text = slice(event.data, 8, *size);
    if (!text) return std::nullopt;
    return TaggedText{*tag, decode_text(*text)};
}

std::optional<Digest> digest_of_data(HashFunction hash, Algorithm algorithm,
                                     const LoggedEvent& event) {
    if (!has_digest_of_data(event.type)) return std::nullopt;
    return hash(algorithm, std::span<const Bytes>(&event.data, 1));
}

} // namespace kindling::pcr
