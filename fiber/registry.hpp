// SPDX-License-Identifier: MIT
//
// All loops of the program, where a debugger finds them: the symbol `kindling_fiber_registry`.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace kindling::fiber {

class Loop;

/// Changes when gdb_script.py must read something else.
constexpr std::uint32_t registry_version = 2;

/// A loop's place in the list of all; part of the loop.
class Registered {
public:
    /// Called on the thread of the loop.
    explicit Registered(Loop& loop);
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered();

    /// False in a child of fork, which has no right to the loop: its kernel objects are shared with
    /// the parent, and the stacks are copies of what goes on there.
    bool is_of_this_process() const { return fork_count_ == forks; }

private:
    friend struct Registry;

    static inline std::uint32_t forks = 0; ///< between the first process and this one

    Loop* loop_;
    Registered *previous_ = nullptr, *next_ = nullptr;
    std::uint32_t fork_count_ = 0;
    std::size_t thread_place_ = 0; ///< in Registry::threads
};

/// The anchor of what can be seen from outside.
struct Registry {
    static constexpr std::size_t threads_max = 64;

    std::uint32_t version = registry_version;
    Registered* first = nullptr;
    /// Kernel ids of threads with loops, for a signal handler, which must not lock; 0 is free.
    std::atomic<int> threads[threads_max] = {};

    /// From any thread.
    void add(Registered& loop);
    void remove(Registered& loop);

private:
    static void watch_forks();
};

} // namespace kindling::fiber

extern "C" kindling::fiber::Registry kindling_fiber_registry;
