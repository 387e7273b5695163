// SPDX-License-Identifier: MIT
#include "fiber/rw_lock.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// One queue of readers and writers as they came.
class RwLockModel : public Model {
public:
    using Model::Model;

private:
    enum Kind : std::uint64_t { reading, writing };

    void act() override {
        if (one_in(8)) return try_both();
        auto worker = idle();
        if (!worker) return;
        if (readers_[*worker]) return end_read(*worker);
        if (writers_[*worker]) return end_write(*worker, one_in(3));
        one_in(3) ? write(*worker) : read(*worker);
    }

    void read(std::size_t worker) {
        bool begins = start(worker, [this, worker]() -> Result<void> {
            readers_[worker].emplace(TRY(lock_.read()));
            return {};
        });
        if (!begins) return;
        enqueue(worker, reading);
        admit();
    }

    void write(std::size_t worker) {
        bool begins = start(worker, [this, worker]() -> Result<void> {
            writers_[worker].emplace(TRY(lock_.write()));
            return {};
        });
        if (!begins) return;
        enqueue(worker, writing);
        admit();
    }

    void try_both() {
        bool is_waited_for = place_of_kind(writing).has_value();
        if (lock_.try_read().has_value() != (!is_written_ && !is_waited_for)) differ("try_read");
        if (lock_.try_write().has_value() != (!is_written_ && readers_count_ == 0))
            differ("try_write");
    }

    void end_read(std::size_t worker) {
        readers_[worker].reset();
        readers_count_--;
        admit();
    }

    void end_write(std::size_t worker, bool as_reader) {
        if (as_reader) {
            readers_[worker].emplace(std::move(*writers_[worker]).downgrade());
            readers_count_++;
        }
        writers_[worker].reset();
        is_written_ = false;
        while (auto place = place_of_kind(reading)) {
            readers_count_++;
            grant(*place);
        }
        admit();
    }

    /// From the front, as far as it goes.
    void admit() {
        while (!queue.empty() && !is_written_) {
            if (queue[0].kind == writing) {
                if (readers_count_ > 0) return;
                is_written_ = true;
            } else {
                readers_count_++;
            }
            grant(0);
        }
    }

    void left(const Waiter&) override { admit(); }
    bool is_same() override {
        return lock_.readers_count() == readers_count_ &&
               (lock_.writer() != nullptr) == is_written_;
    }
    void finish() override {
        for (settle(); is_written_ || readers_count_ > 0; settle())
            for (std::size_t worker = 0; worker < workers_count; worker++) {
                if (readers_[worker]) end_read(worker);
                if (writers_[worker]) end_write(worker, false);
            }
    }

    RwLock lock_;
    std::array<std::optional<ReadGuard>, workers_count> readers_;
    std::array<std::optional<WriteGuard>, workers_count> writers_;
    std::size_t readers_count_ = 0;
    bool is_written_ = false;
};

} // namespace

TEST_CASE("a lock for readers and writers does as its reference does", "[fiber][rw_lock][model]") {
    check_model<RwLockModel>();
}

TEST_CASE("readers share, and take turns with writers", "[fiber][rw_lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RwLock lock;
        Group group;
        auto read = [&]() -> Result<void> {
            ReadGuard guard = TRY(lock.read());
            here.say(std::string(this_fiber::name()) + " of " +
                     std::to_string(lock.readers_count()));
            return this_fiber::sleep_for_us(10);
        };
        auto write = [&]() -> Result<void> {
            WriteGuard guard = TRY(lock.write());
            here.say(std::string(this_fiber::name()));
            return this_fiber::sleep_for_us(10);
        };
        TRY(group.spawn("r1", read));
        TRY(group.spawn("w1", write));
        TRY(group.spawn("r2", read)); // behind w1, though r1 reads
        TRY(group.spawn("w2", write));
        TRY(group.spawn("r3", read)); // with r2, when w1 ends
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"r1 of 1", "w1", "r2 of 2", "r3 of 2", "w2"});
}

TEST_CASE("a writer that gives up lets the readers behind it in", "[fiber][rw_lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RwLock lock;
        std::optional<ReadGuard> first(TRY(lock.read()));
        Group group;
        TRY(group.spawn("writer", [&] {
            Deadline limit(Deadline::in_us(10));
            auto guard = lock.write();
            here.say(guard ? "written" : "gave up");
        }));
        TRY(group.spawn("reader", [&] {
            auto guard = lock.read();
            here.say("read");
        }));
        TRY(this_fiber::sleep_for_us(5));
        CHECK(here.said().empty());
        TRY(group.wait());
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.now_us() == 1'000'000 + 10);
    CHECK(here.said() == Said{"read", "gave up"});
}

TEST_CASE("a writer can go on as a reader", "[fiber][rw_lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RwLock lock;
        Group group;
        WriteGuard guard = TRY(lock.write());
        TRY(group.spawn("writer", [&] {
            auto other = lock.write();
            here.say("written");
        }));
        TRY(group.spawn("reader", [&] {
            auto other = lock.read();
            here.say("read");
        }));
        TRY(this_fiber::yield());
        {
            ReadGuard reading = std::move(guard).downgrade();
            CHECK(lock.readers_count() == 2);
            TRY(this_fiber::sleep_for_us(5));
            CHECK(here.said() == Said{"read"});
        }
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"read", "written"});
}

TEST_CASE("misuse of a lock for readers and writers stops the program", "[fiber][rw_lock]") {
    auto in_fiber = [](auto function) {
        return last_words([&] {
            VirtualLoop here;
            (void)here.run(function);
        });
    };
    CHECK_THAT(in_fiber([] {
                   RwLock lock("map");
                   WriteGuard guard = lock.write().value();
                   (void)lock.read();
               }),
               Catch::Contains("lock map locked twice by first"));
    CHECK_THAT(in_fiber([] {
                   std::optional<WriteGuard> guard;
                   RwLock lock("map");
                   guard.emplace(lock.write().value());
               }),
               Catch::Contains("lock map destroyed while written by first"));
    CHECK_THAT(in_fiber([] {
                   std::optional<ReadGuard> guard;
                   RwLock lock("map");
                   guard.emplace(lock.read().value());
               }),
               Catch::Contains("lock map destroyed while it is read"));
}
