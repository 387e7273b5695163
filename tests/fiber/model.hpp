// SPDX-License-Identifier: MIT
//
// Runs a primitive beside a simple reference of it. A driver takes random steps: a worker begins a
// call, with or without a deadline; a worker that waits is cancelled; time passes; somebody gives
// back or wakes. Each step is made on both, and in the end of a few all calls must have come out
// the same. KINDLING_TEST_SEED replays a failure; time is virtual.
#pragma once

#include "fiber/random.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <optional>

namespace kindling::fiber {

constexpr int model_steps = 100'000;

/// The seed of every model test: from the environment, or always the same.
inline std::uint64_t model_seed() {
    const char* text = std::getenv("KINDLING_TEST_SEED");
    return text ? std::strtoull(text, nullptr, 10) : 20260101;
}

/// A scope that can be cancelled from outside, and has a deadline.
class Interruptible : public Scope {
public:
    explicit Interruptible(std::uint64_t at_ns = never_ns) : Scope(at_ns, false) {}
    using Scope::cancel_inside;
};

/// How a call came out, or that it has not yet.
enum class Outcome : std::uint8_t { pending, ok, cancelled, timed_out, broken, closed, failed };

inline Outcome outcome_of(const Result<void>& result) {
    if (result) return Outcome::ok;
    switch (result.error().code) {
    case Errc::cancelled:
        return Outcome::cancelled;
    case Errc::timed_out:
        return Outcome::timed_out;
    case Errc::broken:
        return Outcome::broken;
    case Errc::closed:
        return Outcome::closed;
    default:
        return Outcome::failed;
    }
}

/// Who is in a queue of the reference.
struct Waiter {
    std::size_t worker;
    std::uint64_t kind = 0; ///< of request, or how many; what the model likes
    std::uint64_t deadline_ns = never_ns;
    std::uint64_t order = 0; ///< of parking
};

class Model {
public:
    using Call = std::function<Result<void>()>;
    static constexpr std::size_t workers_count = 6;

    explicit Model(std::uint64_t seed) : random(seed) {}
    virtual ~Model() = default;

    /// Takes the steps; to be called in the first fiber.
    Result<void> run(int steps = model_steps) {
        Group group;
        for (std::size_t i = 0; i < workers_count; i++)
            TRY(group.spawn("worker", [this, i] { work(i); }));
        TRY(this_fiber::yield());
        for (int step = 0; step < steps; step++) {
            take_step();
            if (one_in(3)) compare(step);
            if (has_failed_) return Error{Errc::invalid, "the reference says otherwise"};
        }
        finish();
        settle();
        compare(steps);
        is_over_ = true;
        for (Worker& worker : workers_) worker.begin.wake_one();
        return group.wait();
    }

protected:
    /// Begins a call of a worker that does nothing, on both sides; or does what needs no worker.
    virtual void act() = 0;
    /// The reference's side of an interruption: `waiter` has left the queue.
    virtual void left(const Waiter& waiter) = 0;
    /// The reference's side of a worker that runs again after it was woken.
    virtual void ran(std::size_t) {}
    /// What must be the same besides the outcomes.
    virtual bool is_same() { return true; }
    /// Ends all that is under way.
    virtual void finish() = 0;

    /// Lets a worker make a call, with a deadline now and then, and tells whether the reference has
    /// to make it too: not so if it was interrupted at once.
    bool start(std::size_t index, Call call) {
        Worker& worker = workers_[index];
        worker.call = std::move(call);
        worker.real = worker.expected = Outcome::pending;
        worker.deadline_ns = never_ns;
        worker.is_cancelled_at_once = one_in(20);
        if (one_in(3)) worker.deadline_ns = now_ns() + 1000 * random.below(20);
        bool begins = !worker.is_cancelled_at_once && worker.deadline_ns > now_ns();
        if (worker.is_cancelled_at_once)
            worker.expected = Outcome::cancelled;
        else if (!begins)
            worker.expected = Outcome::timed_out;
        worker.begin.wake_one();
        yield_once();
        return begins;
    }

    /// The same for a call that never waits.
    void do_now(std::size_t index, Call call) {
        Worker& worker = workers_[index];
        worker.call = std::move(call);
        worker.real = Outcome::pending;
        worker.expected = Outcome::ok;
        worker.deadline_ns = never_ns;
        worker.is_cancelled_at_once = false;
        worker.begin.wake_one();
        yield_once();
    }

    /// For the reference: the call of a worker that begins to wait in a queue.
    void enqueue(std::size_t worker, std::uint64_t kind = 0) {
        queue.push_back({worker, kind, workers_[worker].deadline_ns, order_++});
    }

    /// For the reference: the worker that waits at `place` gets what it waits for.
    void grant(std::size_t place, Outcome outcome = Outcome::ok) {
        std::size_t worker = queue[place].worker;
        queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(place));
        expect(worker, outcome);
        woken_.push_back(worker);
    }

    void expect(std::size_t worker, Outcome outcome) { workers_[worker].expected = outcome; }
    const Fiber* fiber_of(std::size_t worker) const { return workers_[worker].fiber; }

    /// How a worker's call must come out if it is to begin a wait now; pending if nothing
    /// interrupts it.
    Outcome interruption_of(std::size_t worker) const {
        if (workers_[worker].is_cancelled) return Outcome::cancelled;
        return workers_[worker].deadline_ns <= clock_ns_ ? Outcome::timed_out : Outcome::pending;
    }

    /// Says that the two sides differ in something that was tried.
    void differ(const char* what) {
        has_failed_ = true;
        UNSCOPED_INFO(what);
    }

    Outcome expected(std::size_t worker) const { return workers_[worker].expected; }

    /// A worker that has no call under way; nothing if all have one.
    std::optional<std::size_t> idle() {
        std::size_t first = random.below(workers_count);
        for (std::size_t i = 0; i < workers_count; i++) {
            std::size_t index = (first + i) % workers_count;
            if (workers_[index].real != Outcome::pending) return index;
        }
        return {};
    }

    std::optional<std::size_t> place_of_kind(std::uint64_t kind) const {
        for (std::size_t i = 0; i < queue.size(); i++)
            if (queue[i].kind == kind) return i;
        return {};
    }

    /// Lets everything run that is ready, on both sides.
    void settle() {
        while (!woken_.empty() || is_any_ready()) yield_once();
    }

    bool one_in(std::uint64_t count) { return random.below(count) == 0; }

    static std::uint64_t now_ns() { return Loop::current()->now_ns(); }

    Random random;
    std::vector<Waiter> queue; ///< the reference's, in the order of arrival
    /// Set while a worker waits for what nothing interrupts.
    std::array<bool, workers_count> is_promised{};

private:
    struct Worker {
        Fiber* fiber = nullptr;
        Interruptible* scope = nullptr;
        WaitQueue begin;
        Call call;
        std::uint64_t deadline_ns = never_ns;
        bool is_cancelled_at_once = false;
        bool is_cancelled = false;
        Outcome real = Outcome::ok;
        Outcome expected = Outcome::ok;
    };

    void work(std::size_t index) {
        Worker& worker = workers_[index];
        worker.fiber = Loop::current()->running();
        for (;;) {
            Wait wait("a call");
            worker.begin.park(wait).value();
            if (is_over_) return;
            Interruptible scope(worker.deadline_ns);
            worker.scope = &scope;
            worker.is_cancelled = worker.is_cancelled_at_once;
            if (worker.is_cancelled) scope.cancel_inside();
            Outcome outcome = outcome_of(worker.call());
            worker.scope = nullptr;
            worker.real = outcome;
        }
    }

    void take_step() {
        switch (random.below(8)) {
        case 0:
            return cancel_one();
        case 1:
            return pass_time();
        default:
            return act();
        }
    }

    void cancel_one() {
        std::size_t index = random.below(workers_count);
        Worker& worker = workers_[index];
        if (!worker.scope) return;
        worker.is_cancelled = true;
        worker.scope->cancel_inside();
        for (std::size_t i = 0; i < queue.size(); i++)
            if (queue[i].worker == index && !is_promised[index])
                return leave(i, Outcome::cancelled);
    }

    void pass_time() {
        settle();
        std::uint64_t us = 1 + random.below(5), until_ns = now_ns() + 1000 * us;
        this_fiber::sleep_for_us(us).value();
        // All whose time comes at once leave before the first of them runs.
        for (auto next = next_to_expire(until_ns); next; next = next_to_expire(until_ns)) {
            clock_ns_ = queue[*next].deadline_ns;
            for (; next; next = next_to_expire(clock_ns_)) leave(*next, Outcome::timed_out);
            while (!woken_.empty()) run_woken();
        }
        clock_ns_ = until_ns;
        settle();
    }

    std::optional<std::size_t> next_to_expire(std::uint64_t until_ns) const {
        std::optional<std::size_t> next;
        auto time_of = [this](std::size_t i) {
            return std::pair(queue[i].deadline_ns, queue[i].order);
        };
        for (std::size_t i = 0; i < queue.size(); i++) {
            if (queue[i].deadline_ns > until_ns || is_promised[queue[i].worker]) continue;
            if (!next || time_of(i) < time_of(*next)) next = i;
        }
        return next;
    }

    void leave(std::size_t place, Outcome outcome) {
        Waiter waiter = queue[place];
        queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(place));
        woken_.push_back(waiter.worker);
        expect(waiter.worker, outcome);
        left(waiter);
    }

    /// All that is ready now runs once.
    void yield_once() {
        this_fiber::yield().value();
        run_woken();
    }

    void run_woken() {
        std::vector<std::size_t> batch;
        batch.swap(woken_);
        for (std::size_t worker : batch) ran(worker);
    }

    bool is_any_ready() const {
        return std::any_of(workers_.begin(), workers_.end(), [](const Worker& worker) {
            return worker.fiber->state() == State::ready;
        });
    }

    void compare(int step) {
        settle();
        for (std::size_t i = 0; i < workers_count; i++) {
            if (workers_[i].real == workers_[i].expected) continue;
            has_failed_ = true;
            UNSCOPED_INFO("step " << step << ", worker " << i << ": outcome "
                                  << int(workers_[i].real) << ", by the reference "
                                  << int(workers_[i].expected));
        }
        if (is_same()) return;
        has_failed_ = true;
        UNSCOPED_INFO("step " << step << ": the states differ");
    }

    std::array<Worker, workers_count> workers_;
    std::vector<std::size_t> woken_; ///< by the reference, and have not run yet
    std::uint64_t order_ = 0;
    std::uint64_t clock_ns_ = now_ns(); ///< what the reference takes for now
    bool is_over_ = false;
    bool has_failed_ = false;
};

/// Runs `Tested`, a Model, in virtual time; the seed is printed if it fails.
template <class Tested>
void check_model() {
    std::uint64_t seed = model_seed();
    INFO("replay with KINDLING_TEST_SEED=" << seed);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Tested model(seed);
        return model.run();
    });
    CHECK(text_of(result) == "ok");
}

} // namespace kindling::fiber
