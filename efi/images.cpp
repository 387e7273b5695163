// SPDX-License-Identifier: MIT
#include "efi/images.hpp"

#include "base/text.hpp"
#include "efi/initrd.hpp"
#include "efi/system.hpp"

namespace kindling::efi {

namespace {

constexpr std::uint64_t page_size = 4096;
constexpr EFI_PHYSICAL_ADDRESS low_memory_end = 0xffffffff;

constexpr Guid console_control = "f42f7782-012e-4c12-9956-49f94304f721"_guid;

/// Of old Apple and EDK firmware, where a program may leave the console in graphics mode.
/// Source: EDK, ConsoleControl.h.
struct ConsoleControl {
    EFI_STATUS(EFIAPI* get_mode)(ConsoleControl* self, UINT32* mode, BOOLEAN*, BOOLEAN*);
    EFI_STATUS(EFIAPI* set_mode)(ConsoleControl* self, UINT32 mode);
};

void restore_text_mode() {
    constexpr UINT32 text_mode = 0;
    if (auto* control = find_protocol<ConsoleControl>(console_control))
        control->set_mode(control, text_mode);
}

void free_pages(std::byte* data, std::size_t size_bytes) {
    boot_services().FreePages(reinterpret_cast<std::uintptr_t>(data),
                              align_up(size_bytes, page_size) / page_size);
}

EFI_HANDLE to_handle(Images::Handle image) {
    return reinterpret_cast<EFI_HANDLE>(image);
}

EFI_LOADED_IMAGE* loaded_image(Images::Handle image) {
    return protocol_of<EFI_LOADED_IMAGE>(to_handle(image), protocols::loaded_image);
}

Error load_error(EFI_STATUS status) {
    switch (status) {
    case EFI_SECURITY_VIOLATION:
    case EFI_ACCESS_DENIED:
        return {Errc::denied, "refused by Secure Boot", 0, status};
    case EFI_UNSUPPORTED:
        return {Errc::unsupported, "for another architecture", 0, status};
    case EFI_LOAD_ERROR:
    case EFI_INVALID_PARAMETER:
        return {Errc::invalid, "not an EFI program", 0, status};
    default:
        return to_error(status, "cannot load program");
    }
}

} // namespace

Result<Images::Handle> load_image(const DevicePath& path, Bytes contents) {
    EFI_HANDLE image = nullptr;
    EFI_STATUS status =
        boot_services().LoadImage(FALSE, own_image(), path.empty() ? nullptr : to_efi(path),
                                  const_cast<std::byte*>(contents.data()), contents.size(), &image);
    if (EFI_ERROR(status)) {
        // After a security violation the program stays loaded, for whoever wants to ask the user.
        if (image) boot_services().UnloadImage(image);
        return load_error(status);
    }
    return reinterpret_cast<Images::Handle>(image);
}

Result<Pages> FirmwareImages::allocate(std::uint64_t size_bytes) {
    if (size_bytes == 0) return Pages();
    if (size_bytes > SIZE_MAX - page_size) return Error{Errc::no_memory, "out of memory"};
    UINTN pages = align_up(size_bytes, page_size) / page_size;
    EFI_PHYSICAL_ADDRESS address = low_memory_end;
    EFI_STATUS status =
        boot_services().AllocatePages(AllocateMaxAddress, EfiLoaderData, pages, &address);
    if (EFI_ERROR(status))
        status = boot_services().AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &address);
    if (EFI_ERROR(status)) return Error{Errc::no_memory, "out of memory", 0, status};
    return Pages(reinterpret_cast<std::byte*>(address), size_bytes, free_pages);
}

Result<Images::Handle> FirmwareImages::load(Volume& volume, std::string_view path, Bytes contents) {
    for (const FileSystemVolume* known : volumes_)
        if (known == &volume)
            return load_image(TRY(with_file(known->device_path(), path)), contents);
    return load_image({}, contents);
}

Result<Pages> FirmwareImages::previous_initrd() {
    return read_initrd(*this);
}

Result<void> FirmwareImages::start(Handle image, std::string_view load_options, Bytes initrd) {
    std::unique_ptr<InitrdRegistration> offer;
    if (!initrd.empty()) offer = TRY(InitrdRegistration::offer(initrd));
    std::vector<std::byte> options;
    if (!load_options.empty()) {
        EFI_LOADED_IMAGE* program = loaded_image(image);
        if (!program) return Error{Errc::io, "program has no LoadedImage protocol"};
        options = to_ucs2_bytes(load_options);
        program->LoadOptions = options.data();
        program->LoadOptionsSize = static_cast<UINT32>(options.size());
    }
    CHAR16* exit_data = nullptr;
    UINTN exit_data_size = 0;
    EFI_STATUS status = boot_services().StartImage(to_handle(image), &exit_data_size, &exit_data);
    if (exit_data) boot_services().FreePool(exit_data);
    restore_text_mode();
    // A program that stays resident must not find our options where other things are by then.
    if (EFI_LOADED_IMAGE* program = loaded_image(image); program && !options.empty()) {
        program->LoadOptions = nullptr;
        program->LoadOptionsSize = 0;
    }
    if (offer) {
        auto withdrawn = offer->withdraw();
        if (!withdrawn) {
            // Better lost than freed.
            static_cast<void>(offer.release());
            return withdrawn.error();
        }
        // Also after success: what an earlier stage offered is for the next program again.
        offer->restore_displaced();
    }
    if (EFI_ERROR(status)) return Error{Errc::io, "program failed", 0, status};
    return {};
}

void FirmwareImages::unload(Handle image) {
    // Firmware has unloaded an application that returned already, and then refuses.
    if (image) boot_services().UnloadImage(to_handle(image));
}

} // namespace kindling::efi
