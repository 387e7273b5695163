// SPDX-License-Identifier: MIT
#include "fiber/run.hpp"

#include "fiber/group.hpp"
#include "fiber/poller.hpp"
#include "fiber/signals.hpp"

#include <cstdlib>
#include <optional>
#include <vector>

namespace kindling::fiber {

namespace {

constexpr int status_of_signals = 128; ///< of the shell, for a program that a signal ended

std::vector<int> signals_to_take() {
    std::vector<int> numbers;
    for (int number : {SIGINT, SIGTERM}) {
        struct sigaction action {};
        ::sigaction(number, nullptr, &action);
        if (action.sa_handler != SIG_IGN) numbers.push_back(number);
    }
    return numbers;
}

/// Ends the process the way the signal does that nobody catches.
void raise_for_good(int number) {
    std::signal(number, SIG_DFL);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, number);
    ::raise(number);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

Result<void> watch(SignalSet& signals, int& received) {
    received = TRY(signals.next());
    Loop::current()->request_exit();
    raise_for_good(TRY(signals.next()));
    return {};
}

Result<std::optional<SignalSet>> take_signals() {
    std::vector<int> numbers = signals_to_take();
    std::optional<SignalSet> signals;
    if (!numbers.empty()) signals.emplace(TRY(SignalSet::create(numbers)));
    return signals;
}

Result<void> run_watched(std::string_view name, const std::function<Result<void>()>& function,
                         int& received) {
    // Before the poller, which may have threads.
    std::optional<SignalSet> signals = TRY(take_signals());
    std::unique_ptr<Poller> poller = TRY(create_poller());
    Loop loop(*poller);
    return loop.run(name, [&]() -> Result<void> {
        Group watcher(Policy::all_settled);
        if (signals)
            TRY(watcher.spawn(
                "signals", [&] { return watch(*signals, received); }, 0));
        return function();
    });
}

} // namespace

bool Outcome::was_stopped() const {
    return signal != 0 && !result && result.error().code == Errc::cancelled;
}

int Outcome::exit_status() const {
    if (was_stopped()) return status_of_signals + signal;
    return result ? EXIT_SUCCESS : EXIT_FAILURE;
}

Outcome run(std::string_view name, const std::function<Result<void>()>& function) {
    Outcome outcome;
    outcome.result = run_watched(name, function, outcome.signal);
    return outcome;
}

} // namespace kindling::fiber
