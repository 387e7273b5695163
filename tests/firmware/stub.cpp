// SPDX-License-Identifier: MIT
//
// A small UKI stub for tests: measures its sections, takes the command line and the initrd that an
// earlier stage left, adds its own, and starts the kernel in `.linux`. It does what a loader can
// see of the systemd stub, without profiles, add-ons and companions.
#include "base/text.hpp"
#include "core/loader_interface.hpp"
#include "core/measure.hpp"
#include "cpio/companions.hpp"
#include "efi/images.hpp"
#include "efi/initrd.hpp"
#include "efi/screen.hpp"
#include "efi/system.hpp"
#include "efi/tpm.hpp"
#include "efi/variables.hpp"

#include <algorithm>
#include <array>

using namespace kindling;

namespace {

constexpr std::size_t sections_max = 96;
constexpr std::uint64_t page_size = 4096;

// Source: UAPI.5; the order in which the stub measures. `.pcrsig` is left out on purpose.
constexpr std::array<std::string_view, 14> measured_sections{
    ".linux", ".osrel", ".cmdline", ".initrd",  ".ucode",   ".splash", ".dtb",
    ".uname", ".sbat",  ".pcrpkey", ".profile", ".dtbauto", ".hwids",  ".efifw"};

/// The contents of a section of the running image, as mapped; empty if there is none.
/// Source: Microsoft, "PE Format".
Result<Bytes> section(Bytes image, std::string_view name) {
    std::uint64_t coff = TRY(read_u32(image, 0x3c)) + 4ull;
    std::size_t count = TRY(read_u16(image, coff + 2));
    std::uint64_t table = coff + 20 + TRY(read_u16(image, coff + 16));
    if (count > sections_max) return Error{Errc::too_large, "too many sections"};
    for (std::size_t i = 0; i < count; i++) {
        Bytes header = TRY(slice(image, table + i * 40, 40));
        std::string_view found = to_text(header.first(8));
        if (found.substr(0, found.find('\0')) != name) continue;
        return slice(image, TRY(read_u32(header, 12)), TRY(read_u32(header, 8)));
    }
    return Bytes();
}

/// Control characters at the ends are dropped, inside they become blanks.
std::string clean(std::string text) {
    auto is_control = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
    while (!text.empty() && is_control(text.back())) text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_control));
    std::replace_if(text.begin(), text.end(), is_control, ' ');
    return text;
}

/// What we were started with, without the profile in front; empty if nothing.
std::string passed_command_line(const EFI_LOADED_IMAGE& self) {
    if (!self.LoadOptions) return {};
    Bytes options(static_cast<const std::byte*>(self.LoadOptions), self.LoadOptionsSize);
    std::string text = from_ucs2_bytes(options);
    // Some firmware passes binary data to what it boots by itself.
    if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; })) return {};
    if (text.starts_with('@')) {
        std::size_t end = text.find_first_not_of("0123456789", 1);
        if (end == text.npos) return {};
        if (text[end] == ' ') text.erase(0, end + 1);
    }
    return clean(std::move(text));
}

Result<void> measure_sections(Tpm& tpm, Bytes image) {
    for (std::string_view name : measured_sections) {
        Bytes contents = TRY(section(image, name));
        if (contents.empty()) continue;
        std::string with_nul(name);
        with_nul.push_back('\0');
        for (Bytes bytes : {to_bytes(with_nul), contents})
            TRY(tpm.measure(
                pcr::make_event(11, pcr::EventType::ipl, pcr::Actor::stub, name, name, bytes)));
    }
    return {};
}

/// The parts one after the other, each padded to a multiple of 4.
Result<Pages> join(Images& images, std::span<const Bytes> parts) {
    std::uint64_t size = 0;
    for (Bytes part : parts) size += align_up(part.size(), 4);
    Pages blob = TRY(images.allocate(size));
    std::byte* to = blob.bytes().data();
    for (Bytes part : parts) {
        to = std::copy(part.begin(), part.end(), to);
        to = std::fill_n(to, align_up(part.size(), 4) - part.size(), std::byte{0});
    }
    return blob;
}

/// An archive that puts `contents` to `.extra/os-release`; empty for empty contents.
Result<std::vector<std::byte>> os_release_archive(Bytes contents) {
    if (contents.empty()) return std::vector<std::byte>();
    cpio::CompanionTarget target{".extra", 0555, 0444};
    std::vector<cpio::Companion> files{{"os-release", contents.size()}};
    auto layout = TRY(cpio::lay_out(target, files));
    std::vector<std::byte> archive(layout.size_bytes);
    cpio::write_frame(target, files, layout, archive);
    std::copy(contents.begin(), contents.end(),
              archive.begin() + static_cast<std::ptrdiff_t>(layout.payloads[0].offset));
    return archive;
}

/// Copies a kernel's headers and sections to where its headers want them, in new memory.
/// Source: Microsoft, "PE Format", "Optional Header" and "Section Table".
Result<MutableBytes> map_kernel(Bytes file) {
    std::uint64_t coff = TRY(read_u32(file, 0x3c)) + 4ull;
    std::uint64_t optional = coff + 20;
    std::size_t count = TRY(read_u16(file, coff + 2));
    std::uint64_t table = optional + TRY(read_u16(file, coff + 16));
    std::uint32_t size = TRY(read_u32(file, optional + 56));
    EFI_PHYSICAL_ADDRESS address = 0xffffffff;
    EFI_STATUS status = efi::boot_services().AllocatePages(
        AllocateMaxAddress, EfiLoaderCode, align_up(size, page_size) / page_size, &address);
    if (EFI_ERROR(status)) return efi::to_error(status, "no memory for the kernel");
    MutableBytes memory(reinterpret_cast<std::byte*>(address), size);
    std::fill(memory.begin(), memory.end(), std::byte{0});
    std::uint32_t headers_size = TRY(read_u32(file, optional + 60));
    Bytes headers = TRY(slice(file, 0, headers_size));
    std::copy(headers.begin(), headers.end(), memory.begin());
    for (std::size_t i = 0; i < count; i++) {
        Bytes header = TRY(slice(file, table + i * 40, 40));
        std::uint32_t virtual_size = TRY(read_u32(header, 8)), to = TRY(read_u32(header, 12));
        std::uint32_t raw_size = TRY(read_u32(header, 16)), from = TRY(read_u32(header, 20));
        std::uint32_t used = std::min(virtual_size, raw_size);
        Bytes contents = TRY(slice(file, from, used));
        TRY(slice(memory, to, used));
        std::copy(contents.begin(), contents.end(), memory.subspan(to).begin());
    }
    return memory;
}

/// Starts the kernel as ourselves, as the systemd stub does: the firmware does not load it, and so
/// does not measure it into PCR 4; it is in PCR 11 already. Returns if the kernel does.
Result<void> start_kernel(EFI_LOADED_IMAGE& self, Bytes file, std::string_view command_line,
                          Bytes initrd) {
    std::uint64_t coff = TRY(read_u32(file, 0x3c)) + 4ull;
    std::uint32_t entry_address = TRY(read_u32(file, coff + 20 + 16));
    MutableBytes kernel = TRY(map_kernel(file));
    auto offer = TRY(efi::InitrdRegistration::offer(initrd));
    std::vector<std::byte> options = to_ucs2_bytes(command_line);
    self.ImageBase = kernel.data();
    self.ImageSize = kernel.size();
    self.LoadOptions = options.data();
    self.LoadOptionsSize = static_cast<UINT32>(options.size());
    using Entry = EFI_STATUS(EFIAPI*)(EFI_HANDLE, EFI_SYSTEM_TABLE*);
    auto entry = reinterpret_cast<Entry>(kernel.data() + entry_address);
    return efi::to_error(entry(efi::own_image(), &efi::system_table()), "the kernel came back");
}

Result<void> run() {
    auto* self = efi::protocol_of<EFI_LOADED_IMAGE>(efi::own_image(), efi::protocols::loaded_image);
    if (!self) return Error{Errc::io, "no LoadedImage protocol"};
    Bytes image(static_cast<const std::byte*>(self->ImageBase), self->ImageSize);
    Bytes linux_image = TRY(section(image, ".linux"));
    if (linux_image.empty()) return Error{Errc::not_found, "no .linux section"};

    efi::FirmwareTpm tpm;
    efi::FirmwareVariables variables;
    TRY(measure_sections(tpm, image));
    TRY(loader_interface::set_text(variables, "StubInfo", "kindling-test-stub"));
    TRY(loader_interface::set_text(variables, "StubPcrKernelImage", "11"));

    std::string command_line = passed_command_line(*self);
    if (!command_line.empty()) {
        TRY(tpm.measure(pcr::command_line_event(pcr::Actor::stub, command_line)));
        TRY(loader_interface::set_text(variables, "StubPcrKernelParameters", "12"));
    } else {
        command_line = clean(std::string(to_text(TRY(section(image, ".cmdline")))));
    }

    efi::FirmwareImages images({});
    Pages previous = TRY(images.previous_initrd());
    Bytes os_release = TRY(section(image, ".osrel"));
    auto archive = TRY(os_release_archive(os_release));
    std::array<Bytes, 3> parts{previous.bytes(), TRY(section(image, ".initrd")), archive};
    Pages initrd = TRY(join(images, parts));
    return start_kernel(*self, linux_image, command_line, initrd.bytes());
}

} // namespace

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    efi::set_system(image, table);
    auto result = run();
    if (result) return EFI_SUCCESS;
    efi::print("kindling-test-stub: ");
    efi::print(result.error().what);
    efi::print("\n");
    return EFI_LOAD_ERROR;
}
