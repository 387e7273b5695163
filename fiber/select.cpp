// SPDX-License-Identifier: MIT
#include "fiber/select.hpp"

#include "fiber/loop.hpp"

#include <algorithm>

namespace kindling::fiber {

Arm::Place FutureArm::place() {
    ASSERT(future_.is_pending());
    ASSERT(future_.fiber() != Loop::current()->running());
    return {&future_.waiting_, &node_.emplace("future")};
}

bool TimeArm::try_now() {
    return at_ns_ <= Loop::current()->now_ns();
}

/// Which arm ended the wait. Forgets the waits.
std::size_t Arm::winner(std::span<Arm* const> arms) {
    std::size_t winner = arms.size(), earliest = 0;
    for (std::size_t i = 0; i < arms.size(); i++) {
        Wait* wait = std::exchange(arms[i]->wait_, nullptr);
        if (wait && wait->is_done_) winner = i;
        if (arms[i]->time_ns() < arms[earliest]->time_ns()) earliest = i;
    }
    return winner < arms.size() ? winner : earliest;
}

Result<std::size_t> Arm::park(std::span<Arm* const> arms) {
    Loop* loop = Loop::current();
    ASSERT(loop && loop->running());
    Wait whole("select");
    Wait* last = &whole;
    std::uint64_t until_ns = never_ns;
    for (Arm* arm : arms) {
        ASSERT(!arm->wait_);
        until_ns = std::min(until_ns, arm->time_ns());
        Place place = arm->place();
        arm->wait_ = place.wait;
        if (!place.wait) continue;
        place.wait->fiber_ = loop->running();
        place.queue->append(*place.wait);
        last->next_arm_ = place.wait;
        last = place.wait;
    }
    last->next_arm_ = &whole;
    Result<void> ended = loop->park(whole, nullptr, until_ns);
    std::size_t place = winner(arms);
    if (!ended) return ended.error();
    arms[place]->won();
    return place;
}

Result<std::size_t> select_among(std::span<Arm* const> arms, std::size_t start) {
    if (arms.empty()) return Error{Errc::invalid, "a select of nothing"};
    TRY(check_interruption());
    for (std::size_t i = 0; i < arms.size(); i++) {
        std::size_t place = (start + i) % arms.size();
        if (arms[place]->try_now()) return place;
    }
    return Arm::park(arms);
}

std::size_t next_select_start() {
    Loop* loop = Loop::current();
    return loop ? loop->next_select_start() : 0;
}

} // namespace kindling::fiber
