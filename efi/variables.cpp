// SPDX-License-Identifier: MIT
#include "efi/variables.hpp"

#include "base/text.hpp"
#include "efi/system.hpp"

#include <string>

namespace kindling::efi {

namespace {

constexpr UINT32 access = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
constexpr std::size_t variables_max = 65536;

Result<std::u16string> to_name(std::string_view name) {
    if (name.empty() || name.size() > variable_name_max || !is_ascii(name))
        return Error{Errc::not_found, "bad variable name"};
    return to_ucs2(name);
}

EFI_STATUS write(const Guid& vendor, const std::u16string& name, Bytes data, UINT32 attributes) {
    EFI_GUID guid = to_efi(vendor);
    return runtime_services().SetVariable(to_efi(name.c_str()), &guid, attributes, data.size(),
                                          const_cast<std::byte*>(data.data()));
}

Error write_error(EFI_STATUS status) {
    Error error = to_error(status, "cannot write variable");
    if (error.code == Errc::no_memory) error.code = Errc::no_space;
    return error;
}

} // namespace

Result<std::vector<std::byte>> FirmwareVariables::get(const Guid& vendor, std::string_view name) {
    std::u16string name16 = TRY(to_name(name));
    EFI_GUID guid = to_efi(vendor);
    std::vector<std::byte> data;
    UINTN size = 0;
    EFI_STATUS status =
        runtime_services().GetVariable(to_efi(name16.c_str()), &guid, nullptr, &size, nullptr);
    if (status == EFI_BUFFER_TOO_SMALL) {
        if (size > variable_size_max) return Error{Errc::too_large, "variable too large"};
        data.resize(size);
        status = runtime_services().GetVariable(to_efi(name16.c_str()), &guid, nullptr, &size,
                                                data.data());
    }
    if (EFI_ERROR(status)) return to_error(status, "cannot read variable");
    data.resize(size);
    return data;
}

Result<void> FirmwareVariables::set(const Guid& vendor, std::string_view name, Bytes data,
                                    Storage storage) {
    if (data.empty()) return remove(vendor, name);
    std::u16string name16 = TRY(to_name(name));
    UINT32 attributes = access | (storage == Storage::non_volatile ? EFI_VARIABLE_NON_VOLATILE : 0);
    EFI_STATUS status = write(vendor, name16, data, attributes);
    if (status == EFI_INVALID_PARAMETER) {
        // One with other attributes is in the way.
        write(vendor, name16, {}, 0);
        status = write(vendor, name16, data, attributes);
    }
    if (EFI_ERROR(status)) return write_error(status);
    return {};
}

Result<void> FirmwareVariables::remove(const Guid& vendor, std::string_view name) {
    std::u16string name16 = TRY(to_name(name));
    EFI_STATUS status = write(vendor, name16, {}, 0);
    if (EFI_ERROR(status) && status != EFI_NOT_FOUND) return write_error(status);
    return {};
}

Result<std::vector<std::string>> list_variables(const Guid& vendor) {
    std::vector<std::string> names;
    std::vector<CHAR16> name(1024); // starts as an empty name, which asks for the first
    EFI_GUID guid{};
    for (std::size_t i = 0; i < variables_max; i++) {
        UINTN size = name.size() * sizeof(CHAR16);
        EFI_STATUS status = runtime_services().GetNextVariableName(&size, name.data(), &guid);
        if (status == EFI_NOT_FOUND) return names;
        if (EFI_ERROR(status)) return to_error(status, "cannot list variables");
        if (std::bit_cast<Guid>(guid) == vendor) names.push_back(from_efi(name.data()));
    }
    return names;
}

} // namespace kindling::efi
