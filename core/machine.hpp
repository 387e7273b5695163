// SPDX-License-Identifier: MIT
//
// The only door to the machine. The loader's adapters stand in efi/, the tool's in bootctl/, the
// tests' in tests/fakes/. Code behind this header sees bytes, paths and texts, never a handle.
#pragma once

#include "base/bytes.hpp"
#include "base/guid.hpp"
#include "base/sha256.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling {

namespace pcr {
struct Event;
}

/// What a directory says about one of its members, or a volume about a path.
struct FileInfo {
    std::string name; ///< as stored on disk, with its case; no directories
    std::uint64_t size_bytes = 0;
    bool is_directory = false;
    bool is_read_only = false;
};

/// A mounted file system. Paths are UTF-8, '/'-separated, and start at its root; a leading '/' is
/// optional. Names are found without regard to ASCII case, as FAT does.
class Volume {
public:
    virtual ~Volume() = default;

    /// Members of `directory`, sorted by the bytes of their names, without "." and "..".
    ///
    /// Errors: not_found; invalid (not a directory); too_large (over `directory_members_max`); io.
    virtual Result<std::vector<FileInfo>> list(std::string_view directory) = 0;

    /// What `path` is. Errors: not_found; io.
    virtual Result<FileInfo> info(std::string_view path) = 0;

    /// Reads from `offset` until `into` is full or the file ends; the number of bytes read.
    ///
    /// Errors: not_found; invalid (a directory); io.
    virtual Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                                     MutableBytes into) = 0;

    /// Gives the file at `path` another name in the same directory.
    ///
    /// Errors: not_found; exists; denied (read-only file or volume); io.
    virtual Result<void> rename(std::string_view path, std::string_view new_name) = 0;
};

constexpr std::size_t directory_members_max = 16384;

/// EFI variables. A name is ASCII; data is raw bytes.
class Variables {
public:
    enum class Storage : std::uint8_t { volatile_, non_volatile };

    virtual ~Variables() = default;

    /// Errors: not_found; too_large (over 64 KiB); io.
    virtual Result<std::vector<std::byte>> get(const Guid& vendor, std::string_view name) = 0;

    /// Writes with boot-service and runtime access. Errors: denied; no_space; io.
    virtual Result<void> set(const Guid& vendor, std::string_view name, Bytes data,
                             Storage storage) = 0;

    /// Removing a variable that is not there is success. Errors: denied; io.
    virtual Result<void> remove(const Guid& vendor, std::string_view name) = 0;
};

/// The measuring devices of the machine: TPM 2.0, confidential-computing registers, both or none.
class Tpm {
public:
    virtual ~Tpm() = default;

    /// True if an event would be extended anywhere.
    virtual bool is_present() = 0;

    /// TCG2 bits of the active banks (bit 0 SHA-1, 1 SHA-256, 2 SHA-384, 3 SHA-512); 0 without TPM.
    virtual std::uint32_t active_banks() = 0;

    /// Extends and logs `event`, whose bytes must be one piece. The SHA-256 digest that was
    /// extended; nothing if no device is present, which is success.
    ///
    /// Errors: io (a device that is present refused).
    virtual Result<std::optional<Sha256Digest>> measure(const pcr::Event& event) = 0;
};

/// A key press: `character` for printing keys, Enter is '\r', Escape 27; 0 for all others, which
/// `scan_code` then names as in UEFI 2.10, table 12.2.
struct Key {
    char16_t character = 0;
    std::uint16_t scan_code = 0;
};

/// The text console.
class Screen {
public:
    virtual ~Screen() = default;

    /// Shows UTF-8 text; "\n" starts a new line.
    virtual void print(std::string_view text) = 0;

    /// Removes what is on the screen.
    virtual void clear() = 0;

    /// Waits for a key; nothing if none came within `timeout_ms`, or for ever without one.
    ///
    /// Errors: io (no keyboard works).
    virtual Result<std::optional<Key>> read_key(std::optional<std::uint32_t> timeout_ms) = 0;
};

/// Time that passes. Never goes back.
class Clock {
public:
    virtual ~Clock() = default;

    /// Microseconds since power-on; nothing where the counter cannot be trusted (virtual machines).
    virtual std::optional<std::uint64_t> since_power_on_us() = 0;

    /// Microseconds since the program started.
    virtual std::uint64_t since_start_us() = 0;
};

/// Memory for payload, taken as pages; given back when it goes out of scope.
class Pages {
public:
    using Release = void (*)(std::byte* data, std::size_t size_bytes);

    Pages() = default;
    Pages(std::byte* data, std::size_t size_bytes, Release release)
        : data_(data), size_bytes_(size_bytes), release_(release) {}
    Pages(Pages&& other) noexcept { swap(other); }
    Pages& operator=(Pages&& other) noexcept {
        Pages(std::move(other)).swap(*this);
        return *this;
    }
    ~Pages() {
        if (data_) release_(data_, size_bytes_);
    }

    /// The whole piece, exactly as long as asked for.
    MutableBytes bytes() { return {data_, size_bytes_}; }
    Bytes bytes() const { return {data_, size_bytes_}; }

private:
    void swap(Pages& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_bytes_, other.size_bytes_);
        std::swap(release_, other.release_);
    }

    std::byte* data_ = nullptr;
    std::size_t size_bytes_ = 0;
    Release release_ = nullptr;
};

/// EFI programs: loading, handing over, starting.
class Images {
public:
    /// A loaded program. 0 is none.
    using Handle = std::uintptr_t;

    virtual ~Images() = default;

    /// Page memory of `size_bytes`, zeroed only where the firmware does so; below 4 GiB if
    /// possible. A size of 0 gives an empty piece. Errors: no_memory.
    virtual Result<Pages> allocate(std::uint64_t size_bytes) = 0;

    /// Lets the firmware verify and load `contents`, which came from `path` on `volume`.
    ///
    /// Errors: denied (signature policy); unsupported (another architecture); invalid (not a PE
    /// program); io.
    virtual Result<Handle> load(Volume& volume, std::string_view path, Bytes contents) = 0;

    /// What an earlier stage registered with the initrd protocol; empty if nothing.
    ///
    /// Errors: no_memory; io.
    virtual Result<Pages> previous_initrd() = 0;

    /// Registers `initrd` (if not empty), hands over `load_options` (UTF-8; empty leaves them
    /// alone) and starts the program. Returns when the program returns, with its initrd
    /// unregistered again. `initrd` is borrowed until then.
    ///
    /// Errors: io (could not register, or the program failed; `cause` is its status).
    virtual Result<void> start(Handle image, std::string_view load_options, Bytes initrd) = 0;

    /// Gives the program's memory back. Nothing happens for 0.
    virtual void unload(Handle image) = 0;
};

/// Everything the loader is handed. Built in `main`, borrowed by everybody else.
struct Machine {
    Volume& esp;
    Volume* xbootldr; ///< null if there is none
    Variables& variables;
    Tpm& tpm;
    Screen& screen;
    Images& images;
    Clock& clock;
};

} // namespace kindling
