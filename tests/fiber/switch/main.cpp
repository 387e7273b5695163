// SPDX-License-Identifier: MIT
#include "fiber/sanitizer.hpp"
#include "tests/fiber/switch/checks.hpp"

#include <cstdio>
#include <new>

namespace kindling::fiber::checks {

namespace {

constexpr std::size_t stack_bytes = 256 * 1024;
alignas(64) std::byte stack[stack_bytes];

int passed = 0;
int failed = 0;

} // namespace

Context outer, inner;

void check(bool holds, const char* what) {
    (holds ? passed : failed)++;
    if (!holds) std::printf("FAILED: %s\n", what);
}

void begin_inner(void (*entry)(void*)) {
    // A context is prepared once in its life.
    sanitizer::forget({stack, stack_bytes});
    inner.~Context();
    new (&inner) Context;
    inner.prepare({stack, stack_bytes}, entry);
    go_in();
}

void go_out() {
    inner.switch_to(outer, nullptr);
}

void go_in() {
    outer.switch_to(inner, nullptr);
}

void leave() {
    inner.switch_to(outer, nullptr, true);
    __builtin_unreachable();
}

} // namespace kindling::fiber::checks

using namespace kindling::fiber::checks;

int main() {
    check_registers();
    check_alignment();
    check_exceptions();
    check_backtraces();
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
