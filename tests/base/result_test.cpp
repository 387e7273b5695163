// SPDX-License-Identifier: MIT
#include "base/result.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace kindling;

namespace {

/// Counts how often it is copied; its moves leave 0 behind.
struct Counted {
    int value = 0;
    int copies = 0;

    explicit Counted(int initial) : value(initial) {}
    Counted(const Counted& other) : value(other.value), copies(other.copies + 1) {}
    Counted(Counted&& other) noexcept
        : value(std::exchange(other.value, 0)), copies(other.copies) {}
};

const Error wrong{Errc::truncated, "ends early", 7, 42};

Result<int> half(int number) {
    if (number % 2) return wrong;
    return number / 2;
}

Result<int> quarter(int number) {
    int once = TRY(half(number));
    return TRY(half(once));
}

Result<void> check_half(int number) {
    TRY(half(number));
    return {};
}

Result<std::unique_ptr<int>> box(bool fails) {
    if (fails) return wrong;
    return std::make_unique<int>(5);
}

Result<int> unbox(bool fails) {
    std::unique_ptr<int> boxed = TRY(box(fails));
    return *boxed;
}

Result<std::string> text_of(bool fails) {
    if (fails) return wrong;
    return "a literal is made into a string";
}

struct Ended {
    int signal = 0; ///< 0: by exiting
    std::string said;
};

/// Runs `action` in a child and returns what became of it and what it wrote to standard error.
template <class Action>
Ended run_in_child(Action action) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        std::signal(SIGABRT, SIG_DFL); // Catch2 has a handler of its own
        action();
        _exit(0);
    }
    close(ends[1]);
    Ended ended;
    char buffer[256];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof(buffer))) > 0;)
        ended.said.append(buffer, static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    return ended;
}

void check_same(const Error& a, const Error& b) {
    CHECK(a.code == b.code);
    CHECK(std::string(a.what) == b.what);
    CHECK(a.where == b.where);
    CHECK(a.cause == b.cause);
}

} // namespace

TEST_CASE("a result is its value or its error", "[result]") {
    Result<int> good = 5;
    CHECK(good);
    CHECK(good.has_value());
    CHECK(good.value() == 5);
    CHECK(*good == 5);
    Result<int> bad = wrong;
    CHECK_FALSE(bad);
    CHECK_FALSE(bad.has_value());
    check_same(bad.error(), wrong);
    CHECK(Result<int>(5).value_or(3) == 5);
    CHECK(Result<int>(wrong).value_or(3) == 3);
    Result<void> done;
    CHECK(done);
    done.value();
    Result<void> failed = wrong;
    CHECK_FALSE(failed);
    check_same(failed.error(), wrong);
}

TEST_CASE("an error without words has the first code and says nothing", "[result]") {
    Error error;
    CHECK(error.code == Errc::invalid);
    CHECK(std::string(error.what).empty());
    CHECK(error.where == 0);
    CHECK(error.cause == 0);
}

TEST_CASE("a handed-on error is unchanged and ends the function", "[result]") {
    CHECK(quarter(8).value() == 2);
    check_same(quarter(7).error(), wrong);
    check_same(quarter(6).error(), wrong);
    CHECK(check_half(2));
    check_same(check_half(3).error(), wrong);
}

TEST_CASE("values that can only be moved pass through", "[result]") {
    CHECK(unbox(false).value() == 5);
    check_same(unbox(true).error(), wrong);
    Result<std::unique_ptr<int>> boxed = box(false);
    std::unique_ptr<int> taken = std::move(boxed).value();
    CHECK(*taken == 5);
    CHECK(*boxed == nullptr); // moved from, still a value
    CHECK(boxed.has_value());
    CHECK(*box(true).value_or(std::make_unique<int>(9)) == 9);
}

TEST_CASE("values are moved where they can be, copied where they are kept", "[result]") {
    auto make = []() -> Result<Counted> { return Counted(3); };
    auto hand_on = [&]() -> Result<Counted> { return TRY(make()); };
    Counted moved = std::move(hand_on()).value();
    CHECK(moved.value == 3);
    CHECK(moved.copies == 0);
    Result<Counted> kept = Counted(4);
    Counted copied = kept.value();
    CHECK(copied.copies == 1);
    CHECK(kept->value == 4);
}

TEST_CASE("the value of a result can be changed in place", "[result]") {
    Result<std::string> text = text_of(false);
    text->append("!");
    *text += "!";
    text.value() += "!";
    const auto& seen = text;
    CHECK(*seen == "a literal is made into a string!!!");
    CHECK(seen->size() == seen.value().size());
    check_same(text_of(true).error(), wrong);
}

TEST_CASE("a result of an optional tells nothing from an error", "[result]") {
    Result<std::optional<int>> nothing = std::optional<int>();
    CHECK(nothing);
    CHECK_FALSE(nothing->has_value());
    Result<std::optional<int>> bad = wrong;
    CHECK_FALSE(bad);
    Result<bool> no = false;
    CHECK(no);
    CHECK_FALSE(*no);
}

TEST_CASE("each code has a lower-case name of its own", "[result]") {
    std::vector<std::string> names;
    for (int code = 0; code <= static_cast<int>(Errc::cancelled); code++) {
        std::string name = to_text(static_cast<Errc>(code));
        CHECK(name != "unknown error");
        CHECK(std::find(names.begin(), names.end(), name) == names.end());
        CHECK(std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
        names.push_back(std::move(name));
    }
    CHECK(names.size() == 11);
    CHECK(std::string(to_text(static_cast<Errc>(200))) == "unknown error");
}

TEST_CASE("a broken assertion names itself and aborts", "[result]") {
    Ended ended = run_in_child([] { ASSERT(1 + 1 == 3); });
    CHECK(ended.signal == SIGABRT);
    CHECK(ended.said.find("result_test.cpp:") != std::string::npos);
    CHECK(ended.said.find("bug: assertion failed: 1 + 1 == 3\n") != std::string::npos);
    Ended held = run_in_child([] { ASSERT(1 + 1 == 2); });
    CHECK(held.signal == 0);
    CHECK(held.said.empty());
}

TEST_CASE("asking a result for what it does not have aborts", "[result]") {
    Result<int> good = 5;
    Result<int> bad = wrong;
    Result<void> done;
    Result<void> failed = wrong;
    CHECK(run_in_child([&] { static_cast<void>(bad.value()); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(*bad); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(std::move(bad).value()); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(std::as_const(bad).value()); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(good.error()); }).signal == SIGABRT);
    CHECK(run_in_child([&] { failed.value(); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(done.error()); }).signal == SIGABRT);
    CHECK(run_in_child([&] { static_cast<void>(good.value()); }).signal == 0);
}
