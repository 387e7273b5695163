// SPDX-License-Identifier: MIT
#include "efi/system.hpp"

#include "base/result.hpp"

namespace kindling::efi {

namespace {

// The only mutable global of the loader.
constinit struct {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE* table;
} the_system{};

} // namespace

void set_system(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    the_system = {image, table};
}

EFI_HANDLE own_image() {
    return the_system.image;
}

EFI_SYSTEM_TABLE& system_table() {
    return *the_system.table;
}

EFI_BOOT_SERVICES& boot_services() {
    return *the_system.table->BootServices;
}

EFI_RUNTIME_SERVICES& runtime_services() {
    return *the_system.table->RuntimeServices;
}

void print(std::string_view text) {
    SIMPLE_TEXT_OUTPUT_INTERFACE* console = the_system.table->ConOut;
    if (!console) return;
    // In small pieces on the stack: this must work when memory is short. ASCII only, for panics.
    constexpr std::size_t piece = 64;
    CHAR16 line[piece + 2];
    for (std::size_t i = 0; i < text.size();) {
        std::size_t used = 0;
        for (; i < text.size() && used < piece; i++) {
            if (text[i] == '\n') line[used++] = '\r';
            line[used++] = static_cast<unsigned char>(text[i]) < 0x80 ? text[i] : '?';
        }
        line[used] = 0;
        console->OutputString(console, line);
    }
}

void stall(std::uint64_t time_us) {
    boot_services().Stall(time_us);
}

} // namespace kindling::efi
