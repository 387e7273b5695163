// SPDX-License-Identifier: MIT
#include "fiber/shadow_stack.hpp"

#include "fiber/switch.hpp"
#include "host/error.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr long number_of_map_shadow_stack = 453; // __NR_map_shadow_stack, Linux 6.6
constexpr unsigned long with_token = 1;          // SHADOW_STACK_SET_TOKEN
constexpr std::size_t page_bytes = 4096;

/// A call takes 16 bytes of the stack at least, because that stays aligned, and 8 of these.
std::size_t shadow_bytes(std::size_t size_bytes) {
    return (size_bytes / 2 + page_bytes - 1) / page_bytes * page_bytes;
}

} // namespace

Result<void*> map_shadow_stack(std::size_t size_bytes) {
    if (!kindling_fiber_open_shadow)
        return Error{Errc::unsupported, "this build cannot switch shadow stacks"};
    long at = ::syscall(number_of_map_shadow_stack, nullptr, shadow_bytes(size_bytes), with_token);
    if (at == -1) {
        Error error = host::last_error("cannot map a shadow stack");
        error.code = Errc::no_memory;
        return error;
    }
    void* top = reinterpret_cast<std::byte*>(at) + shadow_bytes(size_bytes);
    kindling_fiber_open_shadow(top);
    return top;
}

void unmap_shadow_stack(std::size_t size_bytes, void* top) {
    ::munmap(static_cast<std::byte*>(top) - shadow_bytes(size_bytes), shadow_bytes(size_bytes));
}

} // namespace kindling::fiber
