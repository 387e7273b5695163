// SPDX-License-Identifier: MIT
//
// One thing the system is asked to do for a fiber that waits for it. Programs use io.hpp.
#pragma once

#include <cerrno>
#include <cstdint>

namespace kindling::fiber {

class Wait;

/// Lives in the frame of the fiber that waits, with the memory it points to, until it has ended:
/// the fiber does not run before that, also when it is interrupted.
struct Operation {
    enum class Kind : std::uint8_t {
        poll, ///< `flags` are the events of poll(2); the result is what came of them
        read, ///< `address`, `length`, `offset` (all ones: the position of the file)
        write,
        readv, ///< `address` is an array of `length` iovec
        writev,
        recv, ///< `address`, `length`, `flags` of recv(2)
        send,
        recvmsg, ///< `address` is a msghdr
        sendmsg,
        accept,    ///< `address` is a sockaddr, `second` its socklen_t; `flags` of accept4(2)
        connect,   ///< `address` is a sockaddr of `offset` bytes
        openat2,   ///< `address` is a path, `second` an open_how of `length` bytes
        fsync,     ///< `flags` 1: data only
        statx,     ///< `address` is a path, `second` a struct statx, `length` the mask
        renameat2, ///< `address` and `second` are paths, `length` the second directory
        unlinkat,  ///< `address` is a path
        waitid,    ///< of a pidfd; `second` is a siginfo_t, `flags` the options, `length` P_PIDFD
    };
    static constexpr unsigned kind_count = 17;
    static constexpr std::uint64_t at_position = ~std::uint64_t{0};

    Kind kind = Kind::poll;
    /// Of `poll`: several may wait on one descriptor, and one of them is woken for each event.
    bool is_exclusive = false;
    std::int32_t descriptor = -1;
    std::uint32_t length = 0;
    std::uint32_t flags = 0;
    const void* address = nullptr;
    const void* second = nullptr;
    std::uint64_t offset = 0;

    /// Once it has ended what the system call returns: a count, a descriptor, or minus an errno.
    std::int32_t result = 0;

    /// True if it has ended because it was asked to.
    bool has_been_stopped() const { return is_cancelled && result == -ECANCELED; }

    // The poller's and the loop's:

    bool is_cancelled = false; ///< asked to end; it may have succeeded all the same
    bool is_ended = false;     ///< has a result, which may still have to be reported
    bool is_reported = false;  ///< nobody but its fiber knows it any more
    std::uint32_t slot = 0;
    Wait* wait = nullptr;                           ///< of the fiber
    Operation* next_of_wait = nullptr;              ///< others that the same wait is for
    Operation *previous = nullptr, *next = nullptr; ///< in a list of the poller, or of completions
};

/// As people call it: "openat2".
const char* name_of(Operation::Kind kind);

/// Operations that have ended, in the order in which they did.
class Completions {
public:
    bool is_empty() const { return !first_; }

    void append(Operation& operation, std::int32_t result) {
        operation.result = result;
        operation.is_ended = true;
        operation.previous = operation.next = nullptr;
        (last_ ? last_->next : first_) = &operation;
        last_ = &operation;
    }

    /// Null if there is none.
    Operation* take() {
        Operation* operation = first_;
        if (!operation) return nullptr;
        first_ = operation->next;
        if (!first_) last_ = nullptr;
        return operation;
    }

    /// Appends all of `other`, which is empty then.
    void take_all(Completions& other) {
        if (!other.first_) return;
        (last_ ? last_->next : first_) = other.first_;
        last_ = other.last_;
        other.first_ = other.last_ = nullptr;
    }

private:
    Operation *first_ = nullptr, *last_ = nullptr;
};

} // namespace kindling::fiber
