// SPDX-License-Identifier: MIT
//
// Variables on the runtime services.
#pragma once

#include "core/machine.hpp"

namespace kindling::efi {

constexpr std::size_t variable_size_max = 64 * 1024; ///< bytes of data
constexpr std::size_t variable_name_max = 255;       ///< characters

class FirmwareVariables final : public Variables {
public:
    Result<std::vector<std::byte>> get(const Guid& vendor, std::string_view name) override;
    /// Empty data removes the variable, as firmware defines it.
    Result<void> set(const Guid& vendor, std::string_view name, Bytes data,
                     Storage storage) override;
    Result<void> remove(const Guid& vendor, std::string_view name) override;
};

/// The names of all variables of `vendor`, in the firmware's order. Errors: io.
Result<std::vector<std::string>> list_variables(const Guid& vendor);

} // namespace kindling::efi
