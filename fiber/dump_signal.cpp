// SPDX-License-Identifier: MIT
//
// The handler looks only at the loop of the thread that it runs on, which cannot change meanwhile,
// and lets the kernel tell the other threads: so it needs no lock.
#include "fiber/dump.hpp"
#include "fiber/loop.hpp"
#include "fiber/signal_text.hpp"
#include "host/error.hpp"

#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace kindling::fiber {

namespace {

/// `running()` is null or a fiber that has not left its stack for good.
void say_who_runs(const Loop& loop) {
    const Fiber* fiber = loop.running();
    if (!fiber) return;
    SignalText text;
    text.add("fiber ").add_name(fiber->name()).add(" runs; the dump follows when its turn ends\n");
    text.write_to_standard_error();
}

void on_signal(int signal, siginfo_t* info, void*) {
    int number = errno;
    if (Loop* loop = Loop::current()) {
        loop->request_dump();
        say_who_runs(*loop);
    }
    // One that came by tgkill has been passed on already.
    if (info->si_code != SI_TKILL)
        for (std::atomic<int>& each : kindling_fiber_registry.threads)
            if (int thread = each.load(); thread != 0 && thread != ::gettid())
                ::tgkill(::getpid(), thread, signal);
    errno = number;
}

} // namespace

Result<void> dump_on_signal(int signal) {
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    if (::sigaction(signal, &action, nullptr) != 0)
        return host::last_error("cannot catch the signal");
    return {};
}

} // namespace kindling::fiber
