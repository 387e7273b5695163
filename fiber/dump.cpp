// SPDX-License-Identifier: MIT
#include "fiber/dump.hpp"

#include "fiber/backtrace.hpp"
#include "fiber/group.hpp"
#include "fiber/loop.hpp"

#include <algorithm>
#include <cstdio>
#include <unordered_map>
#include <vector>

namespace kindling::fiber {

namespace {

constexpr std::size_t holders_named_max = 4;

/// The next of those that a fiber waits for.
const Fiber* holder_after(const Fiber& fiber, const Fiber* after) {
    const Wait* wait = fiber.waits_for();
    const WaitQueue* queue = wait ? wait->queue() : nullptr;
    return queue ? queue->holder(after) : nullptr;
}

bool is_child_of(const Fiber& child, const Fiber& parent) {
    return child.group() && child.group()->parent() == &parent;
}

const char* state_text(const Fiber& fiber) {
    switch (fiber.state()) {
    case State::initial:
        return "not begun";
    case State::ready:
        return "ready";
    case State::running:
        return "running";
    case State::suspended:
        return "parked";
    case State::completed:
        return "completed";
    }
    return "?";
}

/// "1.250 s"; empty for a fiber that is not parked.
std::string parked_time(const Fiber& fiber, std::uint64_t now_ns) {
    if (fiber.state() != State::suspended || !fiber.waits_for()) return {};
    std::uint64_t since_ns = fiber.waits_for()->since_ns();
    std::uint64_t milliseconds = (std::max(now_ns, since_ns) - since_ns) / 1'000'000;
    char text[32];
    std::snprintf(text, sizeof(text), "%llu.%03llu s",
                  static_cast<unsigned long long>(milliseconds / 1000),
                  static_cast<unsigned long long>(milliseconds % 1000));
    return text;
}

std::string origin(const Fiber& fiber) {
    std::string text = "  (";
    if (fiber.group()) text.append("child of ").append(fiber.group()->parent()->name()) += ", ";
    text.append("spawned at ").append(fiber.spawned_at().file) += ':';
    text += std::to_string(fiber.spawned_at().line) + ", priority " +
            std::to_string(fiber.priority()) + ", " + std::to_string(fiber.suspensions()) +
            " suspensions";
    return text;
}

/// The line of a fiber, and that of its backtrace if it has one.
std::string lines_of(const Fiber& fiber, std::uint64_t now_ns, const StackPool& stacks) {
    char columns[96];
    std::snprintf(columns, sizeof(columns), "  %-9s %12s  %-20s ", state_text(fiber),
                  parked_time(fiber, now_ns).c_str(), std::string(fiber.name()).c_str());
    std::string line = columns;
    std::string wait = wait_text(fiber);
    if (!wait.empty()) line += " waits for " + wait;
    line += origin(fiber) + ", stack " + std::to_string(stacks.used_bytes(fiber.stack())) + " of " +
            std::to_string(fiber.stack().size_bytes) + " bytes)";
    line = on_one_line(line) + "\n";
    std::string backtrace = backtrace_text(fiber);
    return backtrace.empty() ? line : line + "      at " + on_one_line(backtrace) + "\n";
}

/// Fibers each of which waits for the next, and the last for the first; empty if there is no
/// circle.
std::vector<const Fiber*> find_circle(const Loop& loop) {
    struct Step {
        const Fiber* fiber;
        const Fiber* holder; ///< that was looked at last
    };
    constexpr std::size_t leads_nowhere = ~std::size_t{0};
    std::unordered_map<const Fiber*, std::size_t> places; // in the path
    for (const Fiber* start = loop.first_fiber(); start; start = start->next()) {
        if (!places.try_emplace(start, 0).second) continue;
        std::vector<Step> path{{start, nullptr}};
        while (!path.empty()) {
            const Fiber* holder = holder_after(*path.back().fiber, path.back().holder);
            path.back().holder = holder;
            if (!holder) {
                places[path.back().fiber] = leads_nowhere;
                path.pop_back();
                continue;
            }
            auto [place, is_new] = places.try_emplace(holder, path.size());
            if (is_new) {
                path.push_back({holder, nullptr});
            } else if (place->second != leads_nowhere) {
                std::vector<const Fiber*> circle;
                for (std::size_t i = place->second; i < path.size(); i++)
                    circle.push_back(path[i].fiber);
                return circle;
            }
        }
    }
    return {};
}

} // namespace

std::string wait_text(const Fiber& fiber) {
    const Wait* wait = fiber.waits_for();
    if (!wait) return {};
    std::string text = wait->what();
    if (const Operation* operation = wait->operation(); operation && operation->descriptor >= 0)
        text += " of descriptor " + std::to_string(operation->descriptor);
    const WaitQueue* queue = wait->queue();
    if (queue && *queue->name()) text.append(" \"").append(queue->name()) += '"';
    std::size_t count = 0;
    for (const Fiber* each = nullptr; (each = holder_after(fiber, each)); count++) {
        if (count == 0) text += is_child_of(*each, fiber) ? " " : " held by ";
        if (count >= holders_named_max) continue;
        if (count > 0) text += ", ";
        text += each->name();
    }
    if (count > holders_named_max)
        text += " and " + std::to_string(count - holders_named_max) + " more";
    return text;
}

std::string dump(const Loop& loop) {
    std::vector<const Fiber*> fibers;
    for (const Fiber* each = loop.first_fiber(); each; each = each->next()) fibers.push_back(each);
    std::string text = "loop of " + std::to_string(fibers.size()) +
                       (fibers.size() == 1 ? " fiber\n" : " fibers\n");
    for (std::size_t i = fibers.size(); i-- > 0;)
        text += lines_of(*fibers[i], loop.now_ns(), loop.stacks());
    return text + loop_dump(loop);
}

std::string deadlock_report(const Loop& loop) {
    std::string text = "deadlock: nothing can wake a fiber any more; " + dump(loop);
    std::vector<const Fiber*> circle = find_circle(loop);
    if (circle.empty()) return text + "deadlock: nobody is known to hold what they wait for\n";
    std::string sentence;
    for (const Fiber* each : circle) {
        sentence += sentence.empty() ? "deadlock: " : "; ";
        sentence.append(each->name()).append(" waits for ") += wait_text(*each);
    }
    return text + on_one_line(sentence) + "\n";
}

} // namespace kindling::fiber
