// SPDX-License-Identifier: MIT
#include "fiber/overflow.hpp"

#include "fiber/loop.hpp"
#include "fiber/signal_text.hpp"
#include "host/error.hpp"

#include <csignal>
#include <mutex>
#include <sys/mman.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t alternate_bytes = 64 * 1024;
constexpr int signals[] = {SIGSEGV, SIGBUS};

struct sigaction actions_before[std::size(signals)];

struct sigaction& action_before(int signal) {
    return actions_before[signal == signals[0] ? 0 : 1];
}

/// Where a handler runs when the stack of its thread is full; given back when the thread ends.
class AlternateStack {
public:
    ~AlternateStack() {
        if (!memory_) return;
        stack_t none = {};
        none.ss_flags = SS_DISABLE;
        ::sigaltstack(&none, nullptr);
        ::munmap(memory_, alternate_bytes);
    }

    Result<void> install() {
        stack_t there = {};
        if (::sigaltstack(nullptr, &there) != 0) return host::last_error("no alternate stack");
        if (!(there.ss_flags & SS_DISABLE)) return {}; // Ours from before, or a sanitizer's.
        void* memory = ::mmap(nullptr, alternate_bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) return host::last_error("no memory for an alternate stack");
        memory_ = memory;
        stack_t ours = {};
        ours.ss_sp = memory;
        ours.ss_size = alternate_bytes;
        if (::sigaltstack(&ours, nullptr) != 0) return host::last_error("no alternate stack");
        return {};
    }

private:
    void* memory_ = nullptr;
};

thread_local AlternateStack alternate_stack;

bool is_in_guard(const Fiber& fiber, const void* address) {
    const std::byte* bottom = fiber.stack().bottom;
    auto* at = static_cast<const std::byte*>(address);
    return at < bottom && at >= bottom - StackPool::guard_bytes;
}

/// A fiber can only overflow on the thread of its loop, so nothing is looked at that another thread
/// changes. It is not always the one that counts as running: that changes just before a switch.
const Fiber* overflowed_fiber(const void* address) {
    Loop* loop = Loop::current();
    if (!loop) return nullptr;
    for (const Fiber* each = loop->first_fiber(); each; each = each->next())
        if (is_in_guard(*each, address)) return each;
    return nullptr;
}

void write_trace() {
    if (const Loop* loop = Loop::current()) loop->trace().write_to_standard_error();
}

/// Without one a fault ends the program, also where it was to be ignored.
bool has_handler_before(int signal) {
    const struct sigaction& before = action_before(signal);
    return (before.sa_flags & SA_SIGINFO) ||
           (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN);
}

void pass_on(int signal, siginfo_t* info, void* context) {
    const struct sigaction& before = action_before(signal);
    bool is_fault = info->si_code > 0; // else somebody sent it
    if (before.sa_flags & SA_SIGINFO) return before.sa_sigaction(signal, info, context);
    if (before.sa_handler == SIG_IGN && !is_fault) return;
    if (before.sa_handler != SIG_IGN && before.sa_handler != SIG_DFL)
        return before.sa_handler(signal);
    ::sigaction(signal, &before, nullptr);
    if (!is_fault) ::raise(signal); // The kernel sends no other; a fault is repeated by itself.
}

void on_fault(int signal, siginfo_t* info, void* context) {
    const Fiber* fiber = info->si_code > 0 ? overflowed_fiber(info->si_addr) : nullptr;
    if (!fiber) {
        if (info->si_code > 0 && !has_handler_before(signal)) write_trace();
        return pass_on(signal, info, context);
    }
    SignalText text;
    text.add("fiber ").add_name(fiber->name()).add(" overflowed its ");
    text.add(size_of(fiber->stack().stack_class) / 1024).add(" KiB stack\n");
    text.write_to_standard_error();
    write_trace();
    // The instruction runs again, and faults as if we had not been there.
    ::sigaction(signal, &action_before(signal), nullptr);
}

Result<void> install_handlers() {
    static constinit std::mutex mutex;
    static bool is_done = false;
    std::lock_guard lock(mutex);
    if (is_done) return {};
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (int signal : signals)
        if (::sigaction(signal, &action, &action_before(signal)) != 0)
            return host::last_error("cannot catch faults");
    is_done = true;
    return {};
}

} // namespace

Result<void> install_overflow_report() {
    TRY(alternate_stack.install());
    return install_handlers();
}

} // namespace kindling::fiber
