// SPDX-License-Identifier: MIT
//
// What a UKI's stub and the kernel inside measure, on top of firmware and loader. Modelled on the
// systemd stub; a stub that does less measures less.
//
// Assumed: no boot secret, no SMBIOS command line, no `console=` that the stub derives from the
// firmware, Secure Boot off; of several `.dtbauto` and `.efifw` sections, the stub takes the first.
#pragma once

#include "core/mapped_sections.hpp"
#include "core/predict.hpp"

#include <string>
#include <vector>

namespace kindling::pcr {

/// A file beside a UKI, or a global one.
struct Companion {
    std::string path; ///< on the volume, for people
    std::string name; ///< base name as stored on disk
    Bytes contents;
};

/// Files that a stub picks up by itself, each list in the order of names. All borrowed.
/// Source: systemd-stub(7), "Companion files".
struct Companions {
    std::vector<Companion> global_addons, addons; ///< *.addon.efi
    std::vector<Companion> credentials, global_credentials;
    std::vector<Companion> sysexts, global_sysexts;
    std::vector<Companion> confexts, global_confexts;
};

/// Bytes that no file holds and a prediction needs: archives, zeros behind sections.
using Arena = pe::Arena;

/// Events of an entry of kind `uki` or type 2: those of `predict_loader`, then the stub's: profile,
/// sections (PCR 11), passed command line, add-ons and companions; then those of the kernel inside,
/// which gets the combined initrd of loader, image and companions.
///
/// arena  keeps what the plan borrows and the inputs do not hold; must outlive the plan
///
/// Errors: invalid, truncated, too_large (loader, image or add-on is no proper PE file, a section
/// is over a limit, a companion's name cannot be packed); not_found (no `.linux` section, no such
/// profile).
/// Source: systemd, "TPM2 PCR Measurements Made by systemd"; systemd-stub(7).
Result<Plan> predict_uki(const BootInputs& inputs, const Companions& companions, Arena& arena);

} // namespace kindling::pcr
