// SPDX-License-Identifier: MIT
#include "fiber/rw_lock.hpp"

#include "fiber/record.hpp"

namespace kindling::fiber {

ReadGuard::~ReadGuard() {
    if (lock_) lock_->end_reading();
}

WriteGuard::~WriteGuard() {
    if (lock_) lock_->end_writing();
}

ReadGuard WriteGuard::downgrade() && {
    RwLock& lock = *std::exchange(lock_, nullptr);
    lock.writer_ = nullptr;
    lock.readers_count_ = 1;
    lock.admit_all_readers();
    return ReadGuard(lock);
}

RwLock::~RwLock() {
    if (writer_) stop_for_bug("lock", readers_.name(), "destroyed while written by", writer_);
    if (readers_count_ > 0)
        stop_for_bug("lock", readers_.name(), "destroyed while it is read", nullptr);
}

Result<ReadGuard> RwLock::read() {
    TRY(check_interruption());
    Result<ReadGuard> entered = try_read();
    if (entered) return entered;
    if (writer_ == &running_fiber())
        stop_for_bug("lock", readers_.name(), "locked twice by", writer_);
    Request request("lock to read", next_order_++);
    TRY(readers_.park(request));
    return ReadGuard(*this);
}

Result<WriteGuard> RwLock::write() {
    TRY(check_interruption());
    Result<WriteGuard> entered = try_write();
    if (entered) return entered;
    if (writer_ == &running_fiber())
        stop_for_bug("lock", writers_.name(), "locked twice by", writer_);
    Request request("lock to write", next_order_++);
    TRY(writers_.park(request));
    return WriteGuard(*this);
}

Result<ReadGuard> RwLock::try_read() {
    if (writer_ || !writers_.is_empty())
        return Error{Errc::would_block, "the lock is written or waited for"};
    readers_count_++;
    return ReadGuard(*this);
}

// Nobody waits for a lock that is free: what frees it lets the next enter.
Result<WriteGuard> RwLock::try_write() {
    if (writer_ || readers_count_ > 0) return Error{Errc::would_block, "the lock is held"};
    writer_ = &running_fiber();
    return WriteGuard(*this);
}

std::uint64_t RwLock::order_of_first(const WaitQueue& requests) {
    return static_cast<const Request&>(*requests.first()).order;
}

/// A request has left: lets those readers in that wait behind no writer any more.
void RwLock::admit_readers() {
    if (writer_) return;
    while (!readers_.is_empty() &&
           (writers_.is_empty() || order_of_first(readers_) < order_of_first(writers_))) {
        readers_count_++;
        readers_.wake_one();
    }
}

void RwLock::admit_all_readers() {
    while (readers_.wake_one()) readers_count_++;
}

void RwLock::admit_writer() {
    if (writers_.is_empty()) return;
    writer_ = writers_.first()->fiber();
    writers_.wake_one();
}

void RwLock::end_reading() {
    if (--readers_count_ == 0) admit_writer();
}

void RwLock::end_writing() {
    writer_ = nullptr;
    admit_all_readers();
    if (readers_count_ == 0) admit_writer();
}

} // namespace kindling::fiber
