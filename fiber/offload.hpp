// SPDX-License-Identifier: MIT
//
// Calls that block and cannot be told not to: they run on another thread while the fiber is parked.
#pragma once

#include "fiber/loop.hpp"

#include <optional>

namespace kindling::fiber {

/// A call for another thread; lies in the frame of the fiber that waits for it.
class Offloaded : private Post {
public:
    explicit Offloaded(void (*call)(Offloaded&)) : Post(finished), call_(call) {}

    /// Makes the call on a thread of the pool and parks the running fiber until it has returned.
    /// Nothing interrupts that, for the call uses the frame of the fiber.
    ///
    /// Errors: no_memory (there is no thread, and none can be started); nothing has run then.
    Result<void> carry_out();

private:
    friend class OffloadPool;
    static void finished(Post& post);

    void (*call_)(Offloaded&);
    Loop* loop_ = nullptr;
    Offloaded* next_ = nullptr; ///< in the queue of the pool
    bool is_finished_ = false;
    WaitQueue waiting_;
};

/// What `function` returns, a Result; it must not touch anything of a fiber or a loop. Off a fiber
/// it is simply called. An interruption shows at the next wait: check for one first if it matters.
///
/// Errors: those of `function`; no_memory (no thread can be started).
template <class Function, class Returned = std::invoke_result_t<Function&>>
Returned offload(Function function) {
    Loop* loop = Loop::of_fiber();
    if (!loop) return function();
    struct Job : Offloaded {
        Job(Function& called, void (*call)(Offloaded&)) : Offloaded(call), function(called) {}
        Function& function;
        std::optional<Returned> returned;
    };
    Job job(function, [](Offloaded& self) {
        auto& it = static_cast<Job&>(self);
        it.returned.emplace(it.function());
    });
    TRY(job.carry_out());
    return std::move(*job.returned);
}

} // namespace kindling::fiber
