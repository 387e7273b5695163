// SPDX-License-Identifier: MIT
//
// The protocol by which Linux takes its initrd from whoever started it.
#pragma once

#include "core/machine.hpp"
#include "efi/device_path.hpp"

#include <memory>
#include <vector>

namespace kindling::efi {

/// Source: Linux, include/linux/efi.h, LINUX_EFI_INITRD_MEDIA_GUID.
constexpr Guid initrd_media = "5568e427-68fc-4f3d-ac74-ca555231cc68"_guid;

constexpr std::size_t displaced_providers_max = 16;

/// The path under which an initrd is found: a vendor media node, then the end.
DevicePath initrd_path();

/// Who provides the initrd now: a handle with that path and LoadFile2. Null if nobody does.
EFI_HANDLE initrd_provider();

/// An initrd that is on offer to the next program; withdrawn when it goes out of
/// scope, and who was displaced comes back.
class InitrdRegistration {
public:
    /// Offers `initrd`, which must stay where it is. Whoever offered one before loses its path and
    /// is remembered; see `restore_displaced`.
    ///
    /// Errors: io; no_memory.
    static Result<std::unique_ptr<InitrdRegistration>> offer(Bytes initrd);

    InitrdRegistration(const InitrdRegistration&) = delete;
    InitrdRegistration& operator=(const InitrdRegistration&) = delete;
    ~InitrdRegistration();

    /// Withdraws the offer; nothing happens the second time. If the firmware refuses, it is left
    /// with an empty offer, and this object must be leaked: the firmware points at it.
    ///
    /// Errors: io.
    Result<void> withdraw();

    /// Gives the providers that were displaced their path back, those that still exist.
    void restore_displaced();

private:
    // Its first field is what firmware calls us with.
    struct Provider {
        EFI_LOAD_FILE_PROTOCOL protocol;
        Bytes initrd;
    };
    struct Displaced {
        EFI_HANDLE handle;
        void* device_path;
    };

    explicit InitrdRegistration(Bytes initrd);
    Result<void> make_room();
    static EFI_STATUS EFIAPI load_file(EFI_LOAD_FILE_PROTOCOL* self, EFI_DEVICE_PATH* path,
                                       BOOLEAN boot_policy, UINTN* size, VOID* buffer);

    Provider provider_;
    DevicePath path_;
    EFI_HANDLE handle_ = nullptr;
    std::vector<Displaced> displaced_;
};

/// What the present provider offers, copied into fresh memory of `images`; empty if nobody offers
/// anything. Errors: no_memory; io.
Result<Pages> read_initrd(Images& images);

} // namespace kindling::efi
