// SPDX-License-Identifier: MIT
//
// Measuring through the firmware: TCG2 for a TPM, the CC protocol for confidential machines. If
// both are there both are extended, so that a fake virtual device cannot hide events.
#pragma once

#include "core/machine.hpp"
#include "core/pcr.hpp"
#include "efi/firmware.hpp"

#include <vector>

namespace kindling::efi {

struct Tcg2;
struct CcMeasurement;

/// The value of `active_banks` for a TCG2 protocol older than 1.1, which cannot say.
constexpr std::uint32_t active_banks_unknown = 0xffffffff;

class FirmwareTpm final : public Tpm {
public:
    /// Looks for the protocols.
    FirmwareTpm();

    bool is_present() override { return tcg2_ || cc_; }
    std::uint32_t active_banks() override;
    Result<std::optional<Sha256Digest>> measure(const pcr::Event& event) override;

private:
    Tcg2* tcg2_ = nullptr;        ///< null if there is no TPM
    CcMeasurement* cc_ = nullptr; ///< null if there are no such registers
};

/// The structure that TCG2 and CC take: header and event data.
/// Source: TCG EFI Protocol Specification 1.00, section 6.2.3, EFI_TCG2_EVENT; UEFI 2.10, 38.2.3.
std::vector<std::byte> event_structure(std::uint32_t register_index, pcr::EventType type,
                                       Bytes data);

/// What a log keeps of `event`: its description in UTF-16 with NUL, behind tag and length for a
/// tagged event.
/// Source: TCG PC Client Platform Firmware Profile 1.06, sections 10.4.2.6 and 10.4.1.
std::vector<std::byte> event_data(const pcr::Event& event);

} // namespace kindling::efi
