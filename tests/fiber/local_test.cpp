// SPDX-License-Identifier: MIT
#include "fiber/local.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <functional>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// Says when it goes, once it has a name.
struct Noisy {
    ~Noisy() {
        if (here) here->say("~" + name);
        if (at_end) at_end();
    }
    VirtualLoop* here = nullptr;
    std::string name;
    std::function<void()> at_end;
};

} // namespace

TEST_CASE("each fiber has its own value, and so has the thread", "[fiber][local]") {
    static FiberLocal<int> number;
    VirtualLoop here;
    *number = 100;
    auto result = here.run([&]() -> Result<void> {
        CHECK(*number == 0);
        Group group;
        for (int i = 1; i <= 3; i++)
            TRY(group.spawn("each", [&, i]() -> Result<void> {
                *number = i;
                TRY(this_fiber::yield());
                here.say(std::to_string(*number));
                return {};
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"1", "2", "3"});
    CHECK(*number == 100);
}

TEST_CASE("values of a fiber go in reverse order, after its function and before its group hears",
          "[fiber][local]") {
    static FiberLocal<Noisy> first, second, late;
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", [&]() -> Result<void> {
            first->name = "first";
            first->here = &here;
            second->name = "second";
            second->here = &here;
            second->at_end = [&] {
                late->name = "late"; // made anew by a destructor, and destroyed all the same
                late->here = &here;
                CHECK(group.running_count() == 1);
            };
            here.say("returns");
            return {};
        }));
        TRY(group.wait());
        here.say("group");
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"returns", "~second", "~late", "~first", "group"});
}

TEST_CASE("a future hears of the end when the values are gone", "[fiber][local]") {
    static FiberLocal<Noisy> value;
    VirtualLoop here;
    Future<int>* awaited = nullptr;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        auto child = [&]() -> Result<int> {
            value->name = "value";
            value->here = &here;
            value->at_end = [&] { here.say(awaited->is_resolved() ? "too early" : "not yet"); };
            return 1;
        };
        Future<int> future = TRY(group.spawn_future("child", child));
        awaited = &future;
        TRY(group.wait());
        here.say(future.is_resolved() ? "resolved" : "not resolved");
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"~value", "not yet", "resolved"});
}

TEST_CASE("a binding holds for its scope and the fibers started in it", "[fiber][local]") {
    static Scoped<std::string> trace, other;
    VirtualLoop here;
    auto seen = [&] { return trace.get() ? *trace.get() : std::string("none"); };
    Scoped<std::string>::Binding of_thread(trace, "thread");
    auto result = here.run([&]() -> Result<void> {
        here.say(seen());
        Group group;
        {
            Scoped<std::string>::Binding bound(trace, "outer");
            Scoped<std::string>::Binding unrelated(other, "x");
            TRY(group.spawn("child", [&]() -> Result<void> {
                here.say(seen()); // though the scope has ended
                Scoped<std::string>::Binding inner(trace, "inner");
                TRY(this_fiber::yield());
                here.say(seen());
                return {};
            }));
            Scoped<std::string>::Binding later(trace, "later");
        }
        here.say(seen());
        CHECK(other.get() == nullptr);
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"thread", "thread", "outer", "inner"});
    CHECK(seen() == "thread");
}

TEST_CASE("a binding that only a fiber shares goes when the fiber ends", "[fiber][local]") {
    static Scoped<std::unique_ptr<Noisy>> held;
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        {
            auto noisy = std::make_unique<Noisy>();
            noisy->here = &here;
            noisy->name = "value";
            Scoped<std::unique_ptr<Noisy>>::Binding bound(held, std::move(noisy));
            TRY(group.spawn("child", [&] { here.say("child"); }));
            TRY(group.spawn("never", [] {}));
        }
        here.say("scope");
        group.cancel();
        (void)group.wait();
        Group second;
        {
            auto noisy = std::make_unique<Noisy>();
            noisy->here = &here;
            noisy->name = "second";
            Scoped<std::unique_ptr<Noisy>>::Binding bound(held, std::move(noisy));
            TRY(second.spawn("child", [&] { here.say("child"); }));
        }
        TRY(second.wait());
        here.say("end");
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"scope", "~value", "child", "~second", "end"});
}
