// SPDX-License-Identifier: MIT
//
// Screen on the firmware's text console.
#pragma once

#include "core/machine.hpp"
#include "efi/firmware.hpp"

extern "C" {
#include <eficonex.h>
}

namespace kindling::efi {

/// The firmware resets the machine when a program is silent for this long.
constexpr std::uint64_t watchdog_period_s = 300;

class ConsoleScreen final : public Screen {
public:
    /// Looks for a keyboard.
    ConsoleScreen();

    void print(std::string_view text) override;
    void clear() override;
    Result<std::optional<Key>> read_key(std::optional<std::uint32_t> timeout_ms) override;

private:
    std::optional<Key> take_key();
    std::optional<Key> take_key_from(EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL& keyboard);

    // The console's keyboard, and the first other one for machines whose console has none that
    // works; it takes over once it delivers a key. Without either the plain protocol is used,
    // never together with these, or each key would come twice.
    EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL* keyboard_ = nullptr;
    EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL* other_keyboard_ = nullptr;
    SIMPLE_INPUT_INTERFACE* plain_keyboard_ = nullptr;
};

} // namespace kindling::efi
