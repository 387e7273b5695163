// SPDX-License-Identifier: MIT
#include "efi/tpm.hpp"

#include "base/text.hpp"
#include "efi/tcg2.hpp"

#include <algorithm>
#include <cstddef>

namespace kindling::efi {

namespace {

constexpr std::uint32_t event_header_size = 14; ///< from HeaderSize to EventType
constexpr std::size_t log_entry_digests_max = 16;

std::optional<Tcg2Capability> capability_of(Tcg2& tcg2) {
    Tcg2Capability capability{};
    capability.size = sizeof capability;
    EFI_STATUS status = tcg2.get_capability(&tcg2, &capability);
    // Everything up to the manufacturer is in all versions.
    if (EFI_ERROR(status) || capability.size < offsetof(Tcg2Capability, banks)) return {};
    return capability;
}

Tcg2* usable_tcg2() {
    auto* tcg2 = find_protocol<Tcg2>(protocols::tcg2);
    if (!tcg2) return nullptr;
    auto capability = capability_of(*tcg2);
    return capability && capability->tpm_present ? tcg2 : nullptr;
}

CcMeasurement* usable_cc() {
    auto* cc = find_protocol<CcMeasurement>(protocols::cc_measurement);
    if (!cc) return nullptr;
    CcCapability capability{};
    capability.size = sizeof capability;
    EFI_STATUS status = cc->get_capability(cc, &capability);
    if (EFI_ERROR(status) || !(capability.event_log_formats & cc_log_format_tcg2)) return nullptr;
    return cc;
}

/// Nothing at address 0 is refused, though nothing at another address may be measured.
EFI_PHYSICAL_ADDRESS address_of(Bytes data) {
    static constexpr std::byte nothing{};
    return reinterpret_cast<std::uintptr_t>(data.empty() ? &nothing : data.data());
}

/// A number in a log, which need not be aligned.
template <class T>
T load(const std::byte* from) {
    T value;
    std::copy_n(from, sizeof value, reinterpret_cast<std::byte*>(&value));
    return value;
}

/// The SHA-256 digest of a log entry, if it is of this register and type and has one.
std::optional<Sha256Digest> digest_in(const std::byte* entry, const pcr::Event& event) {
    // The log does not say how long its last entry is; each step reads what the one before allows.
    if (load<std::uint32_t>(entry) != event.pcr) return {};
    if (load<pcr::EventType>(entry + 4) != event.type) return {};
    std::uint32_t count = load<std::uint32_t>(entry + 8);
    if (count > log_entry_digests_max) return {};
    std::size_t at = 12;
    for (std::uint32_t i = 0; i < count; i++) {
        auto algorithm = load<pcr::Algorithm>(entry + at);
        std::size_t size = pcr::digest_size_bytes(algorithm);
        if (size == 0) return {};
        at += 2;
        if (algorithm == pcr::Algorithm::sha256) {
            Sha256Digest digest;
            std::copy_n(entry + at, size, digest.begin());
            return digest;
        }
        at += size;
    }
    return {};
}

/// What the TPM's own log says it was extended with. Asking spares us hashing the data again.
std::optional<Sha256Digest> logged_digest(Tcg2& tcg2, const pcr::Event& event) {
    EFI_PHYSICAL_ADDRESS start = 0, last = 0;
    BOOLEAN truncated = FALSE;
    EFI_STATUS status = tcg2.get_event_log(&tcg2, tcg2_log_format, &start, &last, &truncated);
    if (EFI_ERROR(status) || truncated || last == 0 || last == start) return {};
    return digest_in(reinterpret_cast<const std::byte*>(last), event);
}

Result<void> extend_cc(CcMeasurement& cc, const pcr::Event& event, Bytes data) {
    UINT32 index = 0;
    EFI_STATUS status = cc.map_pcr(&cc, event.pcr, &index);
    if (EFI_ERROR(status)) return Error{Errc::io, "no such measurement register", 0, status};
    // These logs know no tags: every event is an IPL event with its description.
    auto structure = event_structure(index, pcr::EventType::ipl, to_ucs2_bytes(event.description));
    status = cc.hash_log_extend_event(&cc, 0, address_of(data), data.size(), structure.data());
    if (EFI_ERROR(status)) return Error{Errc::io, "measurement register refused", 0, status};
    return {};
}

Result<void> extend_tcg2(Tcg2& tcg2, const pcr::Event& event, Bytes data) {
    auto structure = event_structure(event.pcr, event.type, event_data(event));
    EFI_STATUS status =
        tcg2.hash_log_extend_event(&tcg2, 0, address_of(data), data.size(), structure.data());
    // A full log is no reason to refuse: the register was extended.
    if (status == EFI_VOLUME_FULL) return {};
    if (EFI_ERROR(status)) return Error{Errc::io, "TPM refused the event", 0, status};
    return {};
}

} // namespace

std::vector<std::byte> event_structure(std::uint32_t register_index, pcr::EventType type,
                                       Bytes data) {
    std::vector<std::byte> structure;
    append_u32(structure, static_cast<std::uint32_t>(4 + event_header_size + data.size()));
    append_u32(structure, event_header_size);
    append_u16(structure, 1);
    append_u32(structure, register_index);
    append_u32(structure, static_cast<std::uint32_t>(type));
    append(structure, data);
    return structure;
}

std::vector<std::byte> event_data(const pcr::Event& event) {
    std::vector<std::byte> description = to_ucs2_bytes(event.description);
    if (event.type != pcr::EventType::event_tag) return description;
    std::vector<std::byte> data;
    append_u32(data, event.tag);
    append_u32(data, static_cast<std::uint32_t>(description.size()));
    append(data, description);
    return data;
}

FirmwareTpm::FirmwareTpm() : tcg2_(usable_tcg2()), cc_(usable_cc()) {}

std::uint32_t FirmwareTpm::active_banks() {
    if (!tcg2_) return 0;
    auto capability = capability_of(*tcg2_);
    if (!capability) return 0;
    ProtocolVersion version = capability->structure_version;
    if (version.major < 1 || (version.major == 1 && version.minor < 1) ||
        capability->size < sizeof(Tcg2Capability))
        return active_banks_unknown;
    UINT32 banks = 0;
    EFI_STATUS status = tcg2_->get_active_banks(tcg2_, &banks);
    return EFI_ERROR(status) ? capability->active_banks : banks;
}

Result<std::optional<Sha256Digest>> FirmwareTpm::measure(const pcr::Event& event) {
    ASSERT(event.pieces.size() <= 1);
    Bytes data = event.pieces.empty() ? Bytes() : event.pieces[0];
    if (!is_present()) return std::optional<Sha256Digest>();
    if (cc_) TRY(extend_cc(*cc_, event, data));
    if (tcg2_) {
        TRY(extend_tcg2(*tcg2_, event, data));
        if (auto digest = logged_digest(*tcg2_, event)) return digest;
    }
    return std::optional(sha256(data));
}

} // namespace kindling::efi
