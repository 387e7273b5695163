// SPDX-License-Identifier: MIT
//
// A loop whose clock jumps, and what fibers did in it, in order.
#pragma once

#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/virtual_poller.hpp"

#include <string>
#include <vector>

namespace kindling::fiber {

class VirtualLoop {
public:
    /// Time that a test lets pass is no turn that took long.
    VirtualLoop() { loop_.long_turns().set_limit_ns(0); }

    template <class Function>
    Result<void> run(Function function) {
        return loop_.run("first", function);
    }

    void say(std::string text) { said_.push_back(std::move(text)); }
    const std::vector<std::string>& said() const { return said_; }

    std::uint64_t now_us() { return poller_.now_ns() / 1000; }
    VirtualPoller& poller() { return poller_; }
    Loop& loop() { return loop_; }

private:
    VirtualPoller poller_;
    Loop loop_{poller_};
    std::vector<std::string> said_;
};

/// "ok", or what went wrong.
inline std::string text_of(const Result<void>& result) {
    return result ? "ok" : to_text(result.error().code);
}

} // namespace kindling::fiber
