// SPDX-License-Identifier: MIT
//
// What the compiler and the headers of the standard library expect to be there. No library is
// linked, so all of it is here: the entry point, memory functions, operator new, and the ways in
// which a bug ends.
#include "base/result.hpp"
#include "efi/system.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

using namespace kindling;

namespace {

/// Says what broke and returns to the firmware. Never hangs: the firmware goes on to its next
/// boot option.
[[noreturn]] void panic(std::string_view what, std::string_view detail = {}) {
    efi::print("\nkindling: internal error: ");
    efi::print(what);
    efi::print(detail);
    efi::print("\n");
    efi::stall(2'500'000);
    efi::boot_services().Exit(efi::own_image(), EFI_ABORTED, 0, nullptr);
    // Exit cannot return for the running image; if it does, only a reset is left.
    efi::runtime_services().ResetSystem(EfiResetCold, EFI_ABORTED, 0, nullptr);
    __builtin_trap();
}

} // namespace

namespace kindling {

void assertion_failed(const char* expression, const char* file, int line) {
    char digits[12];
    std::size_t at = sizeof digits;
    do digits[--at] = static_cast<char>('0' + line % 10);
    while ((line /= 10) != 0);
    efi::print("\n");
    efi::print(file);
    efi::print(":");
    efi::print(std::string_view(digits + at, sizeof digits - at));
    panic("assertion failed: ", expression);
}

} // namespace kindling

// Small allocations only; payload is allocated as pages and can fail with an Error.
void* operator new(std::size_t size_bytes) {
    void* memory = nullptr;
    EFI_STATUS status = efi::boot_services().AllocatePool(EfiLoaderData, size_bytes, &memory);
    if (EFI_ERROR(status)) panic("out of memory");
    return memory;
}
void* operator new[](std::size_t size_bytes) {
    return operator new(size_bytes);
}
void operator delete(void* memory) noexcept {
    if (memory) efi::boot_services().FreePool(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    operator delete(memory);
}

// Where the standard library throws, it calls these; here such a throw is a bug of ours.
namespace std {
void __throw_bad_alloc() {
    panic("out of memory");
}
void __throw_bad_array_new_length() {
    panic("array too long");
}
void __throw_length_error(const char* what) {
    panic("length: ", what);
}
void __throw_logic_error(const char* what) {
    panic("logic: ", what);
}
void __throw_out_of_range(const char* what) {
    panic("range: ", what);
}
void __throw_out_of_range_fmt(const char* what, ...) {
    panic("range: ", what);
}
void __throw_bad_function_call() {
    panic("empty function");
}
void __glibcxx_assert_fail(const char*, int, const char*, const char* what) noexcept {
    panic("library: ", what);
}
} // namespace std

extern "C" {

/// The program's own code, in the compiler's calling convention.
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table);

/// Where the firmware enters, in its calling convention.
EFI_STATUS EFIAPI efi_start(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    return efi_main(image, table);
}

void abort() {
    panic("abort");
}
void __cxa_pure_virtual() {
    panic("pure virtual call");
}

// Compiled with -fno-builtin, or a compiler would turn each loop into a call of itself.
void* memcpy(void* to, const void* from, std::size_t size) {
    void* result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return result;
}
void* memmove(void* to, const void* from, std::size_t size) {
    auto target = reinterpret_cast<std::uintptr_t>(to);
    if (target - reinterpret_cast<std::uintptr_t>(from) >= size) return memcpy(to, from, size);
    auto* d = static_cast<unsigned char*>(to);
    auto* s = static_cast<const unsigned char*>(from);
    while (size--) d[size] = s[size];
    return to;
}
void* memset(void* to, int value, std::size_t size) {
    void* result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return result;
}
int memcmp(const void* a, const void* b, std::size_t size) {
    auto* p = static_cast<const unsigned char*>(a);
    auto* q = static_cast<const unsigned char*>(b);
    for (; size--; p++, q++)
        if (*p != *q) return *p - *q;
    return 0;
}
// Clang makes this of a memcmp whose sign nobody looks at.
int bcmp(const void* a, const void* b, std::size_t size) {
    return memcmp(a, b, size);
}
void* memchr(const void* in, int value, std::size_t size) {
    auto* p = static_cast<const unsigned char*>(in);
    for (; size--; p++)
        if (*p == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(p);
    return nullptr;
}
std::size_t strlen(const char* text) {
    std::size_t size = 0;
    while (text[size]) size++;
    return size;
}

} // extern "C"
