// SPDX-License-Identifier: MIT
//
// For tests: a clock that jumps instead of waiting, and events in an order that a seed decides.
#pragma once

#include "fiber/bell.hpp"
#include "fiber/poller.hpp"
#include "fiber/random.hpp"

#include <vector>

namespace kindling::fiber {

/// Descriptors are real ones. When none is ready the clock jumps to the deadline; without a
/// deadline it waits for them, as for another process. What is ready at the same moment ends in an
/// order that `seed` decides; 0 is the order of submission.
class VirtualPoller : public Poller {
public:
    explicit VirtualPoller(std::uint64_t seed = 0);

    std::uint64_t now_ns() override { return now_ns_; }
    void wait(std::uint64_t deadline_ns, Completions& completions) override;
    void wake() override;
    bool can_wake() const override { return !pending_.empty() || !ended_.is_empty(); }
    bool can_do(Operation::Kind kind) const override { return kind == Operation::Kind::poll; }
    void submit(Operation& operation) override;
    void cancel(Operation& operation) override;
    void pass_on(int, std::uint32_t) override {}
    std::size_t close(int descriptor) override;
    bool has_real_time() const override { return false; }
    std::string describe() const override { return "virtual time"; }
    PollerContents contents() const override { return {{pending_.begin(), pending_.end()}, {}}; }

    void advance_ns(std::uint64_t by_ns) { now_ns_ += by_ns; }

private:
    bool look(int timeout_ms);
    void end(Operation& operation, std::int32_t result);

    std::uint64_t now_ns_ = 1'000'000'000;
    Random random_;
    bool is_shuffled_;
    Bell bell_;
    std::vector<Operation*> pending_;
    Completions ended_;
};

} // namespace kindling::fiber
