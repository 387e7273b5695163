// SPDX-License-Identifier: MIT
//
// What the data of logged events holds, type by type. Lengths inside the data are not trusted.
// Source: TCG PC Client Platform Firmware Profile 1.06, section 10.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace kindling::pcr {

constexpr std::size_t gpt_header_size = 92;

/// The parts of an UEFI_GPT_DATA. Points into the event's data.
struct GptData {
    Bytes header;
    std::uint64_t count = 0;
    std::uint32_t entry_size = 0;
    Bytes entries; ///< `count` of them
};

/// Errors: truncated; invalid (size of entries); too_large.
Result<GptData> read_gpt_data(Bytes data);

/// The file that an EFI_IMAGE_LOAD_EVENT names, as its device path does, with backslashes; for an
/// image in a firmware volume "firmware file GUID"; empty if it names neither.
///
/// Errors: truncated; invalid (a node of the path is too short).
/// Source: UEFI 2.10, section 10.3.5.4, "File Path Media Device Path".
Result<std::string> image_file(Bytes data);

} // namespace kindling::pcr
