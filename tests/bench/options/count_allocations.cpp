// SPDX-License-Identifier: MIT
//
// Counts what a program allocates, from C and C++, by standing in front of the C library.
#include <new>
#include <stddef.h>

extern "C" {

size_t allocations_count;

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* at, size_t size);

void* malloc(size_t size) {
    allocations_count++;
    return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
    allocations_count++;
    return __libc_calloc(count, size);
}

void* realloc(void* at, size_t size) {
    allocations_count++;
    return __libc_realloc(at, size);
}
}

void* operator new(size_t size) {
    void* at = malloc(size);
    if (!at) __builtin_trap();
    return at;
}
