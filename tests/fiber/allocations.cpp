// SPDX-License-Identifier: MIT
#include "tests/fiber/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count;

} // namespace

void* operator new(std::size_t size) {
    count++;
    void* memory = std::malloc(size ? size : 1);
    if (!memory) throw std::bad_alloc();
    return memory;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    count++;
    return std::malloc(size ? size : 1);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace kindling::fiber {

std::size_t allocations_count() {
    return count;
}

} // namespace kindling::fiber
