// SPDX-License-Identifier: MIT
#include "fiber/signals.hpp"

#include "fiber/io.hpp"
#include "fiber/wait.hpp"
#include "host/error.hpp"

#include <cerrno>
#include <sys/signalfd.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

Result<sigset_t> to_set(std::span<const int> numbers) {
    sigset_t set;
    ::sigemptyset(&set);
    for (int number : numbers) {
        // The system would silently leave out the two that cannot be blocked.
        bool is_refused = number == SIGCHLD || number == SIGKILL || number == SIGSTOP;
        if (is_refused || ::sigaddset(&set, number) != 0)
            return Error{Errc::invalid, "a signal that cannot be waited for"};
    }
    if (numbers.empty()) return Error{Errc::invalid, "no signal to wait for"};
    return set;
}

} // namespace

Result<SignalSet> SignalSet::create(std::span<const int> numbers) {
    sigset_t set = TRY(to_set(numbers)), before;
    // It is our own descriptor, so that it may be one that does not block.
    host::Fd descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor) return host::last_error("cannot create a signalfd");
    if (int error = ::pthread_sigmask(SIG_BLOCK, &set, &before))
        return host::error_from(error, "cannot block signals");
    return SignalSet(std::move(descriptor), before);
}

SignalSet::~SignalSet() {
    if (descriptor_) ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

Result<int> SignalSet::next() {
    TRY(check_interruption());
    for (;;) {
        signalfd_siginfo info;
        // Not `fiber::read`: io_uring may read in a thread of its own, which does not see signals
        // that were sent to this thread alone.
        ssize_t size = ::read(descriptor_.get(), &info, sizeof(info));
        if (size == sizeof(info)) return static_cast<int>(info.ssi_signo);
        if (size < 0 && errno != EAGAIN && errno != EINTR)
            return host::last_error("cannot read a signal");
        TRY(poll(descriptor_.get(), POLLIN));
    }
}

} // namespace kindling::fiber
