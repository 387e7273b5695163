// SPDX-License-Identifier: MIT
#include "tests/fiber/switch/checks.hpp"

#include <exception>
#include <stdexcept>
#include <string>

namespace kindling::fiber::checks {

namespace {

std::string seen;

/// Suspends while it is destroyed.
struct Suspends {
    ~Suspends() {
        seen += std::to_string(std::uncaught_exceptions());
        go_out();
        seen += std::to_string(std::uncaught_exceptions());
    }
};

void throw_text(const char* text) {
    throw std::runtime_error(text);
}

/// What the exception that is being handled says.
std::string rethrown() {
    try {
        throw;
    } catch (const std::exception& error) {
        return error.what();
    }
}

void check_handlers() {
    seen.clear();
    try {
        throw_text("o");
    } catch (const std::exception&) {
        begin_inner([](void*) {
            seen += std::current_exception() ? "!" : "-";
            try {
                throw_text("i");
            } catch (const std::exception&) {
                go_out();
                seen += rethrown();
                go_out();
                seen += rethrown();
            }
            leave();
        });
        seen += rethrown();
        go_in();
        try {
            throw_text("p");
        } catch (const std::exception&) {
            go_in();
            seen += rethrown();
        }
        seen += rethrown();
    }
    check(seen == "-oiipo", "a handler that was suspended still has its own exception");
}

void check_unwinding() {
    seen.clear();
    begin_inner([](void*) {
        try {
            Suspends suspends;
            throw_text("i");
        } catch (const std::exception& error) {
            seen += error.what();
        }
        seen += std::to_string(std::uncaught_exceptions());
        leave();
    });
    seen += std::to_string(std::uncaught_exceptions());
    try {
        throw_text("o");
    } catch (const std::exception& error) {
        seen += error.what();
        go_in();
    }
    seen += std::to_string(std::uncaught_exceptions());
    check(seen == "10o1i00", "a destructor may suspend while an exception is on its way");
}

void throw_after_suspending() {
    Suspends suspends;
    go_out();
    throw_text("deep");
}

void check_throw_after_resume() {
    seen.clear();
    begin_inner([](void*) {
        try {
            throw_after_suspending();
        } catch (const std::exception& error) {
            seen += error.what();
        }
        leave();
    });
    go_in();
    go_in();
    check(seen == "11deep", "an exception that is thrown after a suspension is caught below it");
}

} // namespace

void check_exceptions() {
    check_handlers();
    check_unwinding();
    check_throw_after_resume();
}

} // namespace kindling::fiber::checks
