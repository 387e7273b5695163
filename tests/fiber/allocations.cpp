// SPDX-License-Identifier: MIT
#include "tests/fiber/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count;

} // namespace

// All forms that share a deallocation have to be replaced together, or a sanitizer sees a mismatch.

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    count++;
    return std::malloc(size ? size : 1);
}

void* operator new(std::size_t size) {
    void* memory = ::operator new(size, std::nothrow);
    if (!memory) throw std::bad_alloc();
    return memory;
}

void* operator new[](std::size_t size) {
    return ::operator new(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return ::operator new(size, std::nothrow);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

void operator delete[](void* memory) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace kindling::fiber {

std::size_t allocations_count() {
    return count;
}

} // namespace kindling::fiber
