// SPDX-License-Identifier: MIT
#include "fiber/registry.hpp"

#include "fiber/gdb_section.hpp"
#include "fiber/loop.hpp"

#include <mutex>
#include <pthread.h>
#include <unistd.h>

constinit kindling::fiber::Registry kindling_fiber_registry;

namespace kindling::fiber {

namespace {

constinit std::mutex registry_mutex;

Registry& registry() {
    return kindling_fiber_registry;
}

} // namespace

/// The mutex is held over a fork, so that the list is whole in the child.
void Registry::watch_forks() {
    auto before = [] { registry_mutex.lock(); };
    auto in_parent = [] { registry_mutex.unlock(); };
    auto in_child = [] {
        Registered::forks++;
        // What runs here comes back to its loop at the next wait, and the loop stops.
        for (Registered* each = registry().first; each; each = each->next_)
            each->loop_->runs_left_ = 0;
        registry_mutex.unlock();
    };
    static const int installed = ::pthread_atfork(before, in_parent, in_child);
    ASSERT(installed == 0);
}

void Registry::add(Registered& loop) {
    watch_forks();
    std::lock_guard lock(registry_mutex);
    loop.fork_count_ = Registered::forks;
    loop.next_ = first;
    if (first) first->previous_ = &loop;
    first = &loop;
    for (loop.thread_place_ = 0; loop.thread_place_ < threads_max; loop.thread_place_++) {
        if (threads[loop.thread_place_] != 0) continue;
        threads[loop.thread_place_] = ::gettid();
        return;
    }
}

void Registry::remove(Registered& loop) {
    std::lock_guard lock(registry_mutex);
    (loop.previous_ ? loop.previous_->next_ : first) = loop.next_;
    if (loop.next_) loop.next_->previous_ = loop.previous_;
    if (loop.thread_place_ < threads_max) threads[loop.thread_place_] = 0;
}

Registered::Registered(Loop& loop) : loop_(&loop) {
    registry().add(*this);
}

Registered::~Registered() {
    registry().remove(*this);
}

} // namespace kindling::fiber
