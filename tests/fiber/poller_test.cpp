// SPDX-License-Identifier: MIT
//
// Far more operations end at once than a poller reports, or the kernel has room for, in one go.
#include "fiber/poller.hpp"

#include "fiber/io.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <fstream>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace kindling;
using namespace kindling::fiber;

namespace {

constexpr std::size_t waiters_count = 3000; // a completion ring has 512 entries

/// poll(2) takes as many entries as there may be descriptors.
class ManyDescriptors {
public:
    ManyDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit all{before_.rlim_max, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &all);
    }
    ManyDescriptors(const ManyDescriptors&) = delete;
    ManyDescriptors& operator=(const ManyDescriptors&) = delete;
    ~ManyDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

/// The completions of a ring that the kernel keeps aside, for want of room; absent if it does not
/// tell.
std::optional<std::size_t> kept_aside_count(int ring) {
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(ring));
    std::optional<std::size_t> count;
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("CqOverflowList:"))
            count = 0;
        else if (count && line.find("user_data=") != std::string::npos)
            ++*count;
        else if (count)
            break;
    }
    return count;
}

/// True if the completions of its ring are there as soon as what ends the operations returns.
bool completes_at_once(const Poller& poller) {
    std::string text = poller.describe();
    return text.starts_with("io_uring") && text.find("defer_taskrun") == std::string::npos;
}

/// Fibers that all poll the same descriptor.
class Waiters {
public:
    Result<void> start(int fd) {
        for (std::size_t i = 0; i < waiters_count; i++) {
            auto wait = [this, i, fd] {
                auto events = poll(fd, POLLIN);
                wakes_[i]++;
                successes_count_ += events && *events == POLLIN;
            };
            TRY(group_.spawn("waiter", wait, {.stack_class = StackClass::kib_64}));
        }
        TRY(this_fiber::sleep_for_us(10));
        CHECK(operations_count() == waiters_count);
        return {};
    }

    Group& group() { return group_; }

    /// Waits until all have ended, of which so many with success, and nothing is left.
    void end(std::size_t successes_count) {
        (void)group_.wait();
        CHECK(wakes_ == std::vector<int>(waiters_count, 1));
        CHECK(successes_count_ == successes_count);
        CHECK(operations_count() == 0);
        CHECK_FALSE(Loop::current()->poller().can_wake());
    }

private:
    static std::size_t operations_count() {
        return Loop::current()->poller().contents().operations.size();
    }

    std::vector<int> wakes_ = std::vector<int>(waiters_count);
    std::size_t successes_count_ = 0;
    Group group_{Policy::all_settled};
};

} // namespace

TEST_CASE("more completions at once than the ring has places wake every fiber once",
          "[fiber][poller]") {
    ManyDescriptors many;
    on_each_poller([]() -> Result<void> {
        Loop& loop = *Loop::current();
        bool can_watch = completes_at_once(loop.poller());
        int ring = can_watch ? loop.descriptor() : -1;
        host::Fd event(::eventfd(0, EFD_CLOEXEC));
        Waiters waiters;
        TRY(waiters.start(event.get()));
        std::uint64_t one = 1;
        REQUIRE(::write(event.get(), &one, sizeof(one)) == sizeof(one));
        auto kept_aside = kept_aside_count(ring);
        if (can_watch && kept_aside) CHECK(*kept_aside > waiters_count / 2);
        waiters.end(waiters_count);
        if (kept_aside) CHECK(kept_aside_count(ring) == std::size_t{0});
        return {};
    });
}

TEST_CASE("more cancellations at once than the ring has places end every fiber once",
          "[fiber][poller]") {
    ManyDescriptors many;
    on_each_poller([]() -> Result<void> {
        host::Fd event(::eventfd(0, EFD_CLOEXEC));
        Waiters waiters;
        TRY(waiters.start(event.get()));
        waiters.group().cancel();
        waiters.end(0);
        // A poller that lost count would now wait for what does not come, or report what is gone.
        return this_fiber::sleep_for_us(10);
    });
}
