// SPDX-License-Identifier: MIT
//
// A lock that many may share who only read. Phase-fair: neither readers nor writers can keep the
// others out for ever.
//
// - A reader that comes while a writer waits, waits behind it.
// - When a writer ends, all readers that wait enter.
// - When the last reader ends, the writer that has waited longest enters.
#pragma once

#include "fiber/wait.hpp"

#include <utility>

namespace kindling::fiber {

class RwLock;

/// Shares a lock until its scope ends.
class [[nodiscard]] ReadGuard {
public:
    ReadGuard(ReadGuard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
    ReadGuard& operator=(ReadGuard&&) = delete;
    ~ReadGuard();

private:
    friend class RwLock;
    friend class WriteGuard;
    explicit ReadGuard(RwLock& lock) : lock_(&lock) {}

    RwLock* lock_;
};

/// Has a lock alone until its scope ends.
class [[nodiscard]] WriteGuard {
public:
    WriteGuard(WriteGuard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
    WriteGuard& operator=(WriteGuard&&) = delete;
    ~WriteGuard();

    /// Goes on as a reader, with no writer in between; all readers that wait enter too. This guard
    /// has nothing any more. There is no way up: two that wanted it would wait for each other.
    ReadGuard downgrade() &&;

private:
    friend class RwLock;
    explicit WriteGuard(RwLock& lock) : lock_(&lock) {}

    RwLock* lock_;
};

class RwLock {
public:
    /// `name` is static text for people.
    explicit RwLock(const char* name = "") : readers_(*this, name), writers_(*this, name) {}
    /// Destroying one that is held or waited for is a bug.
    ~RwLock();

    /// Reading or writing what this fiber writes is a bug: it would wait for itself. Errors:
    /// cancelled, timed_out.
    Result<ReadGuard> read();
    Result<WriteGuard> write();

    /// Errors: would_block, if it is held by a writer or waited for by one.
    Result<ReadGuard> try_read();
    /// Errors: would_block, if it is held or waited for.
    Result<WriteGuard> try_write();

    std::size_t readers_count() const { return readers_count_; }
    const Fiber* writer() const { return writer_; }

private:
    friend class ReadGuard;
    friend class WriteGuard;

    struct Request : Wait {
        Request(const char* what, std::uint64_t age) : Wait(what), order(age) {}
        std::uint64_t order; ///< of arrival, readers and writers together
    };
    struct Requests : WaitQueue {
        Requests(RwLock& owner, const char* name) : WaitQueue(name), lock(owner) {}
        void left() override { lock.admit_readers(); }
        const Fiber* holder(const Fiber* after) const override {
            return after ? nullptr : lock.writer_;
        }
        RwLock& lock;
    };

    static std::uint64_t order_of_first(const WaitQueue& requests);
    void admit_readers();
    void admit_all_readers();
    void admit_writer();
    void end_reading();
    void end_writing();

    Requests readers_;
    Requests writers_;
    std::size_t readers_count_ = 0; ///< inside
    Fiber* writer_ = nullptr;       ///< inside
    std::uint64_t next_order_ = 0;
};

} // namespace kindling::fiber
