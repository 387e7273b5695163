// SPDX-License-Identifier: MIT
#include "efi/firmware.hpp"

#include "base/text.hpp"
#include "efi/system.hpp"

namespace kindling::efi {

namespace {

Errc code_of(EFI_STATUS status) {
    switch (status) {
    case EFI_NOT_FOUND:
        return Errc::not_found;
    case EFI_ACCESS_DENIED:
    case EFI_SECURITY_VIOLATION:
    case EFI_WRITE_PROTECTED:
        return Errc::denied;
    case EFI_UNSUPPORTED:
        return Errc::unsupported;
    case EFI_VOLUME_FULL:
        return Errc::no_space;
    case EFI_OUT_OF_RESOURCES:
        return Errc::no_memory;
    default:
        return Errc::io;
    }
}

} // namespace

Error to_error(EFI_STATUS status, const char* what) {
    return Error{code_of(status), what, 0, status};
}

std::string from_efi(const CHAR16* text) {
    std::u16string copy;
    for (; text && *text; text++) copy.push_back(*text);
    return to_utf8(copy);
}

void* protocol_of(EFI_HANDLE handle, const Guid& protocol) {
    EFI_GUID guid = to_efi(protocol);
    void* found = nullptr;
    EFI_STATUS status = boot_services().HandleProtocol(handle, &guid, &found);
    return EFI_ERROR(status) ? nullptr : found;
}

void* find_protocol(const Guid& protocol) {
    EFI_GUID guid = to_efi(protocol);
    void* found = nullptr;
    EFI_STATUS status = boot_services().LocateProtocol(&guid, nullptr, &found);
    return EFI_ERROR(status) ? nullptr : found;
}

std::vector<EFI_HANDLE> handles_with(const Guid& protocol) {
    EFI_GUID guid = to_efi(protocol);
    EFI_HANDLE* handles = nullptr;
    UINTN count = 0;
    EFI_STATUS status =
        boot_services().LocateHandleBuffer(ByProtocol, &guid, nullptr, &count, &handles);
    if (EFI_ERROR(status)) return {};
    std::vector<EFI_HANDLE> found(handles, handles + count);
    boot_services().FreePool(handles);
    return found;
}

} // namespace kindling::efi
