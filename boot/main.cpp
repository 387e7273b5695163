// SPDX-License-Identifier: MIT
//
// The loader on firmware.
#include "efi/system.hpp"

using namespace kindling;

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    efi::set_system(image, table);
    efi::print("kindling " KINDLING_VERSION "\n");
    efi::stall(2'500'000);
    return EFI_NOT_FOUND;
}
