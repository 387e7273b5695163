// SPDX-License-Identifier: MIT
//
// Waiting for any of several descriptors.
#include "fiber/clock.hpp"
#include "fiber/io.hpp"
#include "fiber/loop.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <vector>

namespace kindling::fiber {

namespace {

constexpr std::size_t entries_on_stack_max = 8;

bool can_wake(const pollfd& entry) {
    return entry.fd >= 0;
}

/// Off a fiber, or to look without waiting. A signal does not end it.
Result<std::size_t> poll_blocking(std::span<pollfd> entries,
                                  std::optional<std::uint64_t> limit_us) {
    constexpr std::uint64_t day_us = 86'400'000'000; // The sum stays in the range of the clock.
    std::uint64_t left_ns = std::min(limit_us.value_or(0), 36'500 * day_us) * 1000;
    std::uint64_t end_ns = left_ns ? monotonic_ns() + left_ns : 0;
    for (;;) {
        timespec left{static_cast<time_t>(left_ns / 1'000'000'000),
                      static_cast<long>(left_ns % 1'000'000'000)};
        int count = ::ppoll(entries.data(), entries.size(), limit_us ? &left : nullptr, nullptr);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return host::last_error("cannot poll");
        std::uint64_t now_ns = left_ns ? monotonic_ns() : 0;
        left_ns = end_ns > now_ns ? end_ns - now_ns : 0;
    }
}

/// Parks until one of `entries` has an event, or the time has come.
Result<void> wait_for_any(Loop& loop, std::span<const pollfd> entries,
                          std::span<Operation> operations, std::uint64_t until_ns) {
    Operation* last = nullptr;
    std::size_t used = 0;
    for (const pollfd& entry : entries) {
        if (!can_wake(entry)) continue;
        Operation& operation = operations[used++];
        operation.descriptor = entry.fd;
        operation.flags = static_cast<std::uint16_t>(entry.events);
        if (last) last->next_of_wait = &operation;
        last = &operation;
    }
    return loop.perform(used ? operations.data() : nullptr, "poll", until_ns);
}

} // namespace

Result<std::size_t> ppoll(std::span<pollfd> entries, std::optional<std::uint64_t> timeout_us) {
    Loop* loop = Loop::of_fiber();
    std::size_t wakers = static_cast<std::size_t>(std::ranges::count_if(entries, can_wake));
    if (wakers == 0 && !timeout_us) return Error{Errc::invalid, "nothing can end this poll"};
    if (!loop) return poll_blocking(entries, timeout_us);
    TRY(check_interruption());
    std::size_t count = TRY(poll_blocking(entries, 0));
    if (count > 0 || timeout_us == 0) return count;
    std::uint64_t until_ns = timeout_us ? Deadline::in_us(*timeout_us) : never_ns;
    std::array<Operation, entries_on_stack_max> few;
    std::vector<Operation> many(wakers > few.size() ? wakers : 0);
    auto waited =
        wait_for_any(*loop, entries, many.empty() ? std::span<Operation>(few) : many, until_ns);
    if (!waited) {
        for (pollfd& entry : entries) entry.revents = 0;
        return waited.error();
    }
    // Events that came together with the end of the time count.
    return poll_blocking(entries, 0);
}

Result<short> poll(int fd, short events) {
    pollfd entry{fd, events, 0};
    for (;;) {
        std::size_t count = TRY(ppoll({&entry, 1}, std::nullopt));
        if (count > 0) return entry.revents;
    }
}

} // namespace kindling::fiber
