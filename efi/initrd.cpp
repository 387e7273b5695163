// SPDX-License-Identifier: MIT
#include "efi/initrd.hpp"

#include "efi/system.hpp"

#include <algorithm>

namespace kindling::efi {

DevicePath initrd_path() {
    DevicePath path;
    append(path, to_bytes(std::string_view("\x04\x03\x14\x00", 4)));
    append(path, initrd_media.bytes);
    append(path, to_bytes(std::string_view("\x7f\xff\x04\x00", 4)));
    return path;
}

EFI_HANDLE initrd_provider() {
    EFI_GUID guid = to_efi(protocols::load_file2);
    DevicePath path = initrd_path();
    EFI_DEVICE_PATH* rest = to_efi(path);
    EFI_HANDLE handle = nullptr;
    EFI_STATUS status = boot_services().LocateDevicePath(&guid, &rest, &handle);
    // A provider of a part of the path is none of ours.
    if (EFI_ERROR(status) || !IsDevicePathEndType(rest)) return nullptr;
    return handle;
}

InitrdRegistration::InitrdRegistration(Bytes initrd)
    : provider_{{&InitrdRegistration::load_file}, initrd}, path_(initrd_path()) {}

Result<std::unique_ptr<InitrdRegistration>> InitrdRegistration::offer(Bytes initrd) {
    std::unique_ptr<InitrdRegistration> offer(new InitrdRegistration(initrd));
    TRY(offer->make_room());
    EFI_GUID path_guid = to_efi(protocols::device_path), file_guid = to_efi(protocols::load_file2);
    EFI_STATUS status = boot_services().InstallMultipleProtocolInterfaces(
        &offer->handle_, &path_guid, to_efi(offer->path_), &file_guid, &offer->provider_, nullptr);
    if (EFI_ERROR(status)) {
        offer->handle_ = nullptr;
        offer->restore_displaced();
        return to_error(status, "cannot register initrd");
    }
    return offer;
}

Result<void> InitrdRegistration::make_room() {
    EFI_GUID guid = to_efi(protocols::device_path);
    for (std::size_t i = 0; i < displaced_providers_max; i++) {
        EFI_HANDLE handle = initrd_provider();
        if (!handle) return {};
        void* path = protocol_of(handle, protocols::device_path);
        // Its owner keeps LoadFile2 and will remove that itself.
        EFI_STATUS status = boot_services().UninstallProtocolInterface(handle, &guid, path);
        if (EFI_ERROR(status)) break;
        displaced_.push_back({handle, path});
    }
    restore_displaced();
    return Error{Errc::io, "another initrd cannot be displaced", 0, EFI_DEVICE_ERROR};
}

void InitrdRegistration::restore_displaced() {
    EFI_GUID guid = to_efi(protocols::device_path);
    while (!displaced_.empty()) {
        Displaced last = displaced_.back();
        displaced_.pop_back();
        // Gone, or given another path meanwhile.
        if (!protocol_of(last.handle, protocols::load_file2) ||
            protocol_of(last.handle, protocols::device_path) || initrd_provider())
            continue;
        boot_services().InstallProtocolInterface(&last.handle, &guid, EFI_NATIVE_INTERFACE,
                                                 last.device_path);
    }
}

Result<void> InitrdRegistration::withdraw() {
    if (!handle_) return {};
    EFI_GUID path_guid = to_efi(protocols::device_path), file_guid = to_efi(protocols::load_file2);
    // Somebody may have displaced us as we do others; then this fails and that is fine.
    boot_services().UninstallProtocolInterface(handle_, &path_guid, to_efi(path_));
    EFI_STATUS status = boot_services().UninstallProtocolInterface(handle_, &file_guid, &provider_);
    if (EFI_ERROR(status)) {
        // Firmware still points here. It gets nothing from now on, so the initrd may be freed.
        provider_.initrd = {};
        return Error{Errc::io, "cannot unregister initrd", 0, status};
    }
    handle_ = nullptr;
    return {};
}

InitrdRegistration::~InitrdRegistration() {
    // Users that must know whether it worked call it themselves.
    if (withdraw()) restore_displaced();
}

EFI_STATUS EFIAPI InitrdRegistration::load_file(EFI_LOAD_FILE_PROTOCOL* self, EFI_DEVICE_PATH* path,
                                                BOOLEAN boot_policy, UINTN* size, VOID* buffer) {
    if (!self || !path || !size) return EFI_INVALID_PARAMETER;
    if (boot_policy) return EFI_UNSUPPORTED;
    Bytes initrd = reinterpret_cast<Provider*>(self)->initrd;
    if (initrd.empty()) return EFI_NOT_FOUND;
    bool fits = buffer && *size >= initrd.size();
    *size = initrd.size();
    if (!fits) return EFI_BUFFER_TOO_SMALL;
    std::copy(initrd.begin(), initrd.end(), static_cast<std::byte*>(buffer));
    return EFI_SUCCESS;
}

Result<Pages> read_initrd(Images& images) {
    EFI_HANDLE handle = initrd_provider();
    auto* provider =
        handle ? protocol_of<EFI_LOAD_FILE_PROTOCOL>(handle, protocols::load_file2) : nullptr;
    if (!provider) return Pages();
    DevicePath end = cut({}, 0);
    EFI_DEVICE_PATH* rest = to_efi(end);
    UINTN size = 0;
    EFI_STATUS status = provider->LoadFile(provider, rest, FALSE, &size, nullptr);
    if (status == EFI_NOT_FOUND || (status == EFI_BUFFER_TOO_SMALL && size == 0)) return Pages();
    if (status != EFI_BUFFER_TOO_SMALL)
        return Error{Errc::io, "cannot get the size of the previous initrd", 0, status};
    Pages pages = TRY(images.allocate(size));
    UINTN read = size;
    status = provider->LoadFile(provider, rest, FALSE, &read, pages.bytes().data());
    if (EFI_ERROR(status) || read != size)
        return Error{Errc::io, "cannot read the previous initrd", 0, status};
    return pages;
}

} // namespace kindling::efi
