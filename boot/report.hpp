// SPDX-License-Identifier: MIT
//
// What the loader did with the extras of the entry it starts, as JSON in volatile variables under
// our own vendor GUID. Format: docs/report.md.
#pragma once

#include "core/entry.hpp"
#include "core/initrd.hpp"
#include "core/machine.hpp"
#include "core/pcr.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling::boot {

/// An event that was sent.
struct Measured {
    std::uint8_t pcr = 0;
    pcr::EventType type = pcr::EventType::ipl;
    std::uint64_t size_bytes = 0;
    Sha256Digest digest{};
    std::string description;
};

struct Report {
    const bls::Entry* entry = nullptr;
    const initrd::Plan* initrd = nullptr;
    bool strict = false;
    std::vector<Measured> measured;
    std::uint64_t time_us = 0; ///< from the loader's start to here
};

/// The report as one line of JSON.
std::string to_json(const Report& report);

/// Firmware limits the size of a variable, so the text is cut into pieces of at most this many
/// bytes: `Report0`, `Report1`, …
constexpr std::size_t report_piece_max = 4096;
constexpr std::size_t report_pieces_max = 64;

/// Writes the pieces and removes what an earlier, longer report left behind.
///
/// Errors: those of `Variables::set`; too_large (over `report_pieces_max` pieces).
Result<void> write_report(Variables& variables, const Report& report);

} // namespace kindling::boot
