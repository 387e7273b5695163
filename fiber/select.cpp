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

/// Which arm ended the wait: one that was given something before one that has only looked. Takes
/// all out of their places.
std::size_t Arm::winner(std::span<Arm* const> arms) {
    std::size_t winner = arms.size(), looked = arms.size(), earliest = 0;
    for (std::size_t i = 0; i < arms.size(); i++) {
        Place place = std::exchange(arms[i]->place_, {});
        if (place.wait && place.wait->is_done_) winner = i;
        if (place.operation && !place.operation->has_been_stopped()) looked = i;
        if (arms[i]->time_ns() < arms[earliest]->time_ns()) earliest = i;
        arms[i]->left();
    }
    if (winner < arms.size()) return winner;
    return looked < arms.size() ? looked : earliest;
}

Result<std::size_t> Arm::park(std::span<Arm* const> arms) {
    Loop* loop = Loop::of_fiber();
    ASSERT(loop);
    Wait whole("select");
    Wait* last = &whole;
    Operation *first_operation = nullptr, **next_operation = &first_operation;
    std::uint64_t until_ns = never_ns;
    for (Arm* arm : arms) {
        ASSERT(!arm->place_.wait && !arm->place_.operation);
        until_ns = std::min(until_ns, arm->time_ns());
        Place place = arm->place_ = arm->place();
        if (place.operation) {
            *next_operation = place.operation;
            next_operation = &place.operation->next_of_wait;
        }
        if (!place.wait) continue;
        place.wait->fiber_ = loop->running();
        place.queue->append(*place.wait);
        last->next_arm_ = place.wait;
        last = place.wait;
    }
    last->next_arm_ = &whole;
    Result<void> ended = first_operation ? loop->perform(whole, first_operation, until_ns)
                                         : loop->park(whole, nullptr, until_ns);
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
