// SPDX-License-Identifier: MIT
//
// Decides who rings the doorbell of a loop that sleeps, so that nobody rings for one that is awake.
#pragma once

#include <atomic>
#include <cstdint>

namespace kindling::fiber {

/// Whether the loop sleeps, whether somebody has woken it, and how much was published: in one word,
/// because changes of one word have one order that all threads agree on. Either a publisher sees
/// that the loop is armed, or the loop sees what was published before it armed.
///
/// Bit 0: armed, bit 1: signalled, bits 2 to 63: the sequence, which never wraps.
///
/// `Atomic` is std::atomic, but for a test that explores every order of the steps.
/// Source: own design, after the sleep-intent words of event loops that wait on an eventfd.
template <template <class> class Atomic>
class BasicWaker {
public:
    /// From any thread, once the item lies where the loop looks for it. True if the caller has to
    /// ring. One atomic step if the loop is awake.
    bool publish() {
        std::uint64_t before = word_.fetch_add(one_item, std::memory_order_release);
        return (before & states) == armed && signal();
    }

    /// From any thread: the next sleep is refused, or the one under way ends. True if the caller
    /// has to ring: at most one does from one `arm` to the next.
    bool signal() {
        std::uint64_t before = word_.fetch_or(signalled, std::memory_order_release);
        return (before & states) == armed;
    }

    /// By the loop, before it sleeps: from now on publishers ring. False if it must not sleep. If
    /// true it has to look once more whether there is an item, because one that was published
    /// before did not ring.
    bool arm() { return (word_.fetch_or(armed, std::memory_order_acquire) & signalled) == 0; }

    /// By the loop, after each sleep, and after each that was refused.
    void disarm() { word_.fetch_and(~states, std::memory_order_acquire); }

    /// How many items were published so far.
    std::uint64_t published() const { return word_.load(std::memory_order_acquire) / one_item; }

protected:
    static constexpr std::uint64_t armed = 1, signalled = 2, states = 3, one_item = 4;

    Atomic<std::uint64_t> word_{0};
};

using Waker = BasicWaker<std::atomic>;

} // namespace kindling::fiber
