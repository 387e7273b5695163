// SPDX-License-Identifier: MIT
//
// The firmware's own vocabulary: gnu-efi's headers, our Guid in its form, its status in ours.
#pragma once

#include "base/guid.hpp"
#include "base/result.hpp"

#include <bit>
#include <string>
#include <vector>

extern "C" {
#include <efi.h>
}

namespace kindling::efi {

/// The same 16 bytes, as firmware functions take them.
constexpr EFI_GUID to_efi(const Guid& guid) {
    return std::bit_cast<EFI_GUID>(guid);
}

/// A failed status as an Error; the status stays in `cause`.
Error to_error(EFI_STATUS status, const char* what);

/// gnu-efi's spelling of a UCS-2 text.
inline CHAR16* to_efi(char16_t* text) {
    return reinterpret_cast<CHAR16*>(text);
}
inline CHAR16* to_efi(const char16_t* text) {
    return reinterpret_cast<CHAR16*>(const_cast<char16_t*>(text));
}

/// A firmware text, which ends at its first NUL, as UTF-8. Null gives an empty text.
std::string from_efi(const CHAR16* text);

/// The interface that `handle` has, or null.
template <class Interface>
Interface* protocol_of(EFI_HANDLE handle, const Guid& protocol);

/// The first interface of its kind in the system, or null.
template <class Interface>
Interface* find_protocol(const Guid& protocol);

void* protocol_of(EFI_HANDLE handle, const Guid& protocol);
void* find_protocol(const Guid& protocol);

template <class Interface>
Interface* protocol_of(EFI_HANDLE handle, const Guid& protocol) {
    return static_cast<Interface*>(protocol_of(handle, protocol));
}
template <class Interface>
Interface* find_protocol(const Guid& protocol) {
    return static_cast<Interface*>(find_protocol(protocol));
}

/// Handles that have `protocol`; empty if there are none.
std::vector<EFI_HANDLE> handles_with(const Guid& protocol);

// Source: UEFI 2.10, at each protocol.
namespace protocols {
constexpr Guid loaded_image = "5b1b31a1-9562-11d2-8e3f-00a0c969723b"_guid;
constexpr Guid device_path = "09576e91-6d3f-11d2-8e39-00a0c969723b"_guid;
constexpr Guid device_path_to_text = "8b843e20-8132-4852-90cc-551a4e4a7f1c"_guid;
constexpr Guid simple_file_system = "964e5b22-6459-11d2-8e39-00a0c969723b"_guid;
constexpr Guid block_io = "964e5b21-6459-11d2-8e39-00a0c969723b"_guid;
constexpr Guid load_file2 = "4006c0c1-fcb3-403e-996d-4a6c8724e06d"_guid;
constexpr Guid simple_text_input_ex = "dd9e7534-7762-4698-8c14-f58517a625aa"_guid;
constexpr Guid tcg2 = "607f766c-7455-42be-930b-e4d76db2720f"_guid;
constexpr Guid cc_measurement = "96751a3d-72f4-41a6-a794-ed5d0e67ae6b"_guid;
} // namespace protocols

} // namespace kindling::efi
