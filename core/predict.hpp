// SPDX-License-Identifier: MIT
//
// The events of a whole boot, by everyone who measures into PCR 4, 5, 9, 11, 12 and 13, from the
// firmware's call of the loader to the kernel's first instruction behind the boot services.
//
// Assumed: the firmware starts our loader as a boot option without anything else being tried
// before, Secure Boot keys and shim do not put images of their own in between, and nobody edits
// the command line.
#pragma once

#include "core/measure.hpp"

#include <optional>

namespace kindling::pcr {

/// The files of one boot. All borrowed; they must outlive the plan.
struct BootInputs {
    Bytes loader;                     ///< the loader's own file
    std::optional<Bytes> loader_conf; ///< unset if the file does not exist
    std::optional<Bytes> gpt_event;   ///< `gpt::event_bytes` of the boot disk; unset if unknown
    const bls::Entry* entry = nullptr;
    Bytes image; ///< the entry's kernel or UKI
    const initrd::Plan* initrd = nullptr;
    Bytes initrd_blob;             ///< filled
    std::string_view load_options; ///< `bls::load_options`
};

/// Events of an entry of kind `linux`. Without `gpt_event` the plan has no such event and its PCR 5
/// is not the real one; the caller must say so.
///
/// Errors: invalid, truncated, too_large (loader or kernel is no PE image).
/// Source: TCG PC Client Platform Firmware Profile 1.06, section 3.3.4; Linux,
/// drivers/firmware/efi.
Result<Plan> predict_linux(const BootInputs& inputs);

/// The firmware's and the loader's events up to the start of the entry's image; the beginning of
/// every prediction.
Result<Plan> predict_loader(const BootInputs& inputs);

/// The firmware's event for a program that goes through LoadImage: PCR 4, its Authenticode digest.
/// Borrows `file`. Errors: invalid, truncated, too_large (no PE image).
Result<Event> image_event(Bytes file, std::string_view path);

/// What the EFI stub of `kernel` measures: its load options and its initrd, each only if there is
/// one and this kernel is new enough to do so, and what the firmware measures when boot services
/// end. The pieces of the initrd are hashed as one.
/// Source: Linux, drivers/firmware/efi/libstub/efi-stub-helper.c.
void append_kernel_events(Plan& plan, Bytes kernel, std::string_view load_options,
                          std::vector<Bytes> initrd);

} // namespace kindling::pcr
