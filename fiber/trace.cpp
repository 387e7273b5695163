// SPDX-License-Identifier: MIT
#include "fiber/trace.hpp"

#include "fiber/record.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace kindling::fiber {

namespace {

static_assert(sizeof(Trace::Event::name) == name_size_max + 1);

const char* text_of(Trace::Kind kind) {
    switch (kind) {
    case Trace::Kind::ready:
        return " ready ";
    case Trace::Kind::run:
        return " run ";
    case Trace::Kind::park:
        return " park ";
    }
    return " ? ";
}

/// Why a fiber left its stack, or was to come back to it.
const char* reason_of(const Fiber& fiber) {
    if (fiber.waits_for()) return fiber.waits_for()->what();
    switch (fiber.state()) {
    case State::initial:
        return "spawned";
    case State::completed:
        return "ended";
    default:
        return "yield";
    }
}

} // namespace

Trace::Trace() {
    const char* text = std::getenv("KINDLING_FIBER_TRACE");
    if (text && *text) switch_on();
}

void Trace::switch_on() {
    memory_ = std::make_unique<Event[]>(slots);
    events_ = memory_.get();
    count_ = 0;
}

void Trace::switch_off() {
    events_ = nullptr;
    memory_.reset();
}

void Trace::add(Kind kind, const Fiber& fiber, const char* reason, std::uint64_t now_ns) {
    Event& event = events_[count_ % slots];
    event.at_ns = now_ns;
    event.fiber = &fiber;
    event.reason = reason;
    std::memcpy(event.name, fiber.name().data(), fiber.name().size() + 1);
    event.kind = kind;
    // Last, also for the compiler: a signal handler sees whole events.
    std::atomic_signal_fence(std::memory_order_release);
    count_++;
}

void Trace::add_ready(const Fiber& fiber, std::uint64_t now_ns) {
    add(Kind::ready, fiber, reason_of(fiber), now_ns);
}

void Trace::add_switch(const Fiber* from, const Fiber* to, std::uint64_t now_ns) {
    if (from) add(Kind::park, *from, reason_of(*from), now_ns);
    if (to) add(Kind::run, *to, nullptr, now_ns);
}

/// The one before it of the same fiber; null if it is not kept.
const Trace::Event* Trace::event_before(std::size_t number) const {
    for (std::size_t i = number; i-- > first();)
        if (event(i).fiber == event(number).fiber &&
            std::strcmp(event(i).name, event(number).name) == 0)
            return &event(i);
    return nullptr;
}

SignalText Trace::line(std::size_t number) const {
    const Event& it = event(number);
    const Event* before = event_before(number);
    SignalText text;
    text.add("trace -").add((event(count_ - 1).at_ns - it.at_ns) / 1000).add(" us:");
    text.add(text_of(it.kind)).add_name(it.name);
    if (it.reason) text.add(", ").add(it.reason);
    if (before) text.add(", after ").add((it.at_ns - before->at_ns) / 1000).add(" us");
    return text;
}

std::string Trace::text() const {
    std::string text;
    for (std::size_t i = is_on() ? first() : count_; i < count_; i++)
        text.append(line(i).text()) += '\n';
    return text;
}

void Trace::write_to_standard_error() const {
    for (std::size_t i = is_on() ? first() : count_; i < count_; i++)
        line(i).add("\n").write_to_standard_error();
}

} // namespace kindling::fiber
