// SPDX-License-Identifier: MIT
//
// The files that a UKI's stub picks up by itself, from the volume of the image.
// Source: systemd-stub(7), "Companion files".
#pragma once

#include "core/machine.hpp"
#include "core/predict_uki.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling {

constexpr std::uint64_t companions_size_max = 4ull * 1024 * 1024 * 1024; ///< all files together

/// The names of one image's companions, by where the stub looks; contents are unset.
///
/// image_path  of the UKI; a boot counter in it does not count
/// at_file     out: the directory being read, for the message of a failure
///
/// Errors: as the volume's, but a directory that does not exist has no companions.
Result<pcr::Companions> list_companions(Volume& volume, std::string_view image_path,
                                        std::string& at_file);

bool is_empty(const pcr::Companions& companions);

/// Reads the contents of all into `files`, which must live as long as `companions`.
///
/// at_file  out: the file being read
///
/// Errors: too_large (over `companions_size_max`); as the volume's.
Result<void> read_companions(Volume& volume, pcr::Companions& companions,
                             std::vector<std::vector<std::byte>>& files, std::string& at_file);

} // namespace kindling
