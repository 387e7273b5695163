// SPDX-License-Identifier: MIT
//
// The loader on firmware: builds the adapters, hands them to boot::run, tells the firmware how it
// ended.
#include "boot/run.hpp"
#include "boot/show.hpp"
#include "efi/clock.hpp"
#include "efi/disk.hpp"
#include "efi/facts.hpp"
#include "efi/images.hpp"
#include "efi/screen.hpp"
#include "efi/system.hpp"
#include "efi/tpm.hpp"
#include "efi/variables.hpp"

using namespace kindling;

namespace {

/// So that a message can be read before the firmware goes on and clears the screen.
constexpr std::uint64_t reading_time_us = 2'500'000;

std::string banks_text(std::uint32_t banks) {
    std::string text = "0x00000000";
    for (std::size_t i = text.size(); banks; banks >>= 4)
        text[--i] = "0123456789abcdef"[banks & 15];
    return text;
}

boot::Facts make_facts(const efi::Origin& origin, const efi::FileSystemVolume& esp,
                       efi::FirmwareTpm& tpm) {
    return {
        .architecture = "x64",
        .loader_path = origin.path,
        .device_part_uuid = efi::partition_uuid(esp),
        .device_url = origin.url,
        .image_identifier = origin.identifier,
        .firmware_info = efi::firmware_info(),
        .firmware_type = efi::firmware_type(),
        .tpm2_active_banks = banks_text(tpm.active_banks()),
    };
}

/// Errors: there is no volume to work on.
Result<boot::Outcome> run_loader(efi::TscClock& clock, efi::ConsoleScreen& screen) {
    efi::Origin origin = TRY(efi::origin());
    efi::FileSystemVolume esp = TRY(efi::own_volume(origin.device));
    std::vector<const efi::FileSystemVolume*> volumes{&esp};
    auto xbootldr = efi::find_xbootldr(esp);
    if (xbootldr)
        volumes.push_back(&*xbootldr);
    else if (xbootldr.error().code != Errc::not_found)
        boot::show(screen, boot::Severity::warning, "extended boot loader partition",
                   xbootldr.error());
    efi::FirmwareVariables variables;
    efi::FirmwareTpm tpm;
    efi::FirmwareImages images(std::move(volumes));
    Machine machine{esp, xbootldr ? &*xbootldr : nullptr, variables, tpm, screen, images, clock};
    return boot::run(machine, make_facts(origin, esp, tpm));
}

EFI_STATUS give_up() {
    efi::stall(reading_time_us);
    return EFI_LOAD_ERROR;
}

} // namespace

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    efi::set_system(image, table);
    efi::TscClock clock;
    efi::ConsoleScreen screen;
    auto outcome = run_loader(clock, screen);
    if (!outcome) {
        boot::show(screen, boot::Severity::error, "the loader's volume", outcome.error());
        if (outcome.error().code == Errc::unsupported)
            screen.print("It has no file system. Was the loader started from the network?\n");
        return give_up();
    }
    switch (*outcome) {
    case boot::Outcome::leave:
        return EFI_SUCCESS;
    case boot::Outcome::reboot:
        efi::runtime_services().ResetSystem(EfiResetCold, EFI_SUCCESS, 0, nullptr);
        break;
    case boot::Outcome::fail:
        break;
    }
    return give_up();
}
