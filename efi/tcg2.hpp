// SPDX-License-Identifier: MIT
//
// The two measuring protocols, which gnu-efi does not declare.
#pragma once

#include "efi/firmware.hpp"

namespace kindling::efi {

struct ProtocolVersion {
    UINT8 major, minor;
};

/// Source: TCG EFI Protocol Specification 1.00, section 6.4.
struct Tcg2Capability {
    UINT8 size;
    ProtocolVersion structure_version;
    ProtocolVersion protocol_version;
    UINT32 hash_algorithms;
    UINT32 event_log_formats;
    BOOLEAN tpm_present;
    UINT16 command_size_max;
    UINT16 response_size_max;
    UINT32 manufacturer;
    UINT32 banks; ///< this and the next since version 1.1
    UINT32 active_banks;
};

constexpr UINT32 tcg2_log_format = 2; ///< crypto agile

/// Source: TCG EFI Protocol Specification 1.00, section 6.2.
struct Tcg2 {
    EFI_STATUS(EFIAPI* get_capability)(Tcg2* self, Tcg2Capability* capability);
    EFI_STATUS(EFIAPI* get_event_log)
    (Tcg2* self, UINT32 format, EFI_PHYSICAL_ADDRESS* start, EFI_PHYSICAL_ADDRESS* last_entry,
     BOOLEAN* truncated);
    EFI_STATUS(EFIAPI* hash_log_extend_event)
    (Tcg2* self, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 data_size, void* event);
    void* submit_command;
    EFI_STATUS(EFIAPI* get_active_banks)(Tcg2* self, UINT32* banks);
    void* set_active_banks;
    void* result_of_set_active_banks;
};

/// Source: UEFI 2.10, section 38.2.2.
struct CcCapability {
    UINT8 size;
    ProtocolVersion structure_version;
    ProtocolVersion protocol_version;
    UINT32 hash_algorithms;
    UINT32 event_log_formats; ///< a bit mask; bit 1 is the TCG2 format
    UINT8 type, subtype;
};

constexpr UINT32 cc_log_format_tcg2 = 2;

/// Source: UEFI 2.10, section 38.2.
struct CcMeasurement {
    EFI_STATUS(EFIAPI* get_capability)(CcMeasurement* self, CcCapability* capability);
    void* get_event_log;
    EFI_STATUS(EFIAPI* hash_log_extend_event)
    (CcMeasurement* self, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 data_size, void* event);
    EFI_STATUS(EFIAPI* map_pcr)(CcMeasurement* self, UINT32 pcr, UINT32* register_index);
};

} // namespace kindling::efi
