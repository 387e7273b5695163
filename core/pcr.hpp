// SPDX-License-Identifier: MIT
//
// What is measured: events, lists of them, and folding a list into register values.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::pcr {

/// Hash algorithms of PCR banks, by their TCG number.
/// Source: TCG Algorithm Registry 1.32, table 3.
enum class Algorithm : std::uint16_t {
    sha1 = 0x0004,
    sha256 = 0x000b,
    sha384 = 0x000c,
    sha512 = 0x000d,
};

/// 20, 32, 48 or 64.
std::size_t digest_size_bytes(Algorithm algorithm);
/// "sha1", "sha256", "sha384", "sha512".
std::string_view to_text(Algorithm algorithm);
/// Errors: invalid (another name).
Result<Algorithm> parse_algorithm(std::string_view name);

/// A digest of any bank, stored in place.
struct Digest {
    std::array<std::byte, 64> bytes{};
    std::uint8_t size_bytes = 0;

    Bytes view() const { return Bytes(bytes).first(size_bytes); }
    friend bool operator==(const Digest& a, const Digest& b) { return equal(a.view(), b.view()); }
};

/// Copies `bytes`, at most 64 of them.
Digest make_digest(Bytes bytes);

/// Hashes the pieces in order. The host's implementation is libcrypto, see bootctl/digest.hpp.
using HashFunction = Digest (*)(Algorithm algorithm, std::span<const Bytes> pieces);

/// Event types; any other number may appear in a log.
/// Source: TCG PC Client Platform Firmware Profile 1.06, section 10.4.1.
enum class EventType : std::uint32_t {
    post_code = 1,
    no_action = 3,
    separator = 4,
    action = 5,
    event_tag = 6,
    s_crtm_contents = 7,
    s_crtm_version = 8,
    cpu_microcode = 9,
    platform_config_flags = 10,
    table_of_devices = 11,
    compact_hash = 12,
    ipl = 13,
    efi_variable_driver_config = 0x80000001,
    efi_variable_boot = 0x80000002,
    efi_boot_services_application = 0x80000003,
    efi_boot_services_driver = 0x80000004,
    efi_runtime_services_driver = 0x80000005,
    efi_gpt_event = 0x80000006,
    efi_action = 0x80000007,
    efi_platform_firmware_blob = 0x80000008,
    efi_handoff_tables = 0x80000009,
    efi_platform_firmware_blob2 = 0x8000000a,
    efi_handoff_tables2 = 0x8000000b,
    efi_variable_boot2 = 0x8000000c,
    efi_hcrtm_event = 0x80000010,
    efi_variable_authority = 0x800000e0,
    efi_spdm_firmware_blob = 0x800000e1,
    efi_spdm_firmware_config = 0x800000e2,
};

/// "EV_IPL" and so on; empty for a number that is not in the list.
std::string_view to_text(EventType type);

/// Who sends an event.
enum class Actor : std::uint8_t { firmware, loader, stub, kernel };
std::string_view to_text(Actor actor);

/// One event before it is sent: which bytes go into which register, and what the log will say.
/// Movable, not copyable: `pieces` may point into `owned`.
struct Event {
    std::uint8_t pcr = 0;
    EventType type = EventType::ipl;
    std::uint32_t tag = 0; ///< of an event_tag event
    Actor actor = Actor::loader;
    /// The boot stops if this event cannot be sent: it stands for contents we hand over.
    bool must_succeed = false;
    /// The event text of an IPL or tagged event; for people only otherwise.
    std::string description;
    /// Where the bytes come from, for people: "/loader/loader.conf", "3 credentials".
    std::string origin;
    /// What is hashed, in order. Borrowed, from the caller's input or from `owned`.
    std::vector<Bytes> pieces;
    std::vector<std::byte> owned;

    Event() = default;
    Event(Event&&) = default;
    Event& operator=(Event&&) = default;

    std::uint64_t size_bytes() const;
};

/// Events in the order in which they are sent.
using Plan = std::vector<Event>;

constexpr std::size_t registers = 24;

/// The value a register starts with: zeros, ones for 17 to 22.
/// Source: TCG PC Client Platform TPM Profile 1.05, section 4.6.2.
Digest initial_value(Algorithm algorithm, std::uint8_t pcr);

/// H(value | digest). Source: TPM 2.0 library, part 1, section 17.2.
Digest extend(HashFunction hash, Algorithm algorithm, const Digest& value, const Digest& digest);

/// The digest of an event's bytes.
Digest digest_of(HashFunction hash, Algorithm algorithm, const Event& event);

/// What register `pcr` holds after all events of `plan`, starting from `initial_value`.
Digest fold(HashFunction hash, Algorithm algorithm, const Plan& plan, std::uint8_t pcr);

} // namespace kindling::pcr
