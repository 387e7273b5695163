// SPDX-License-Identifier: MIT
//
// Waits with io_uring: operations themselves are submitted, all of a turn with one system call.
//
// liburing 2.3 writes to the array of indexes that IORING_SETUP_NO_SQARRAY does away with, so that
// flag is not used. Everything else is probed, never concluded from a version.
#include "fiber/poller.hpp"

#include "fiber/bell.hpp"
#include "fiber/clock.hpp"
#include "fiber/feature.hpp"
#include "fiber/io_uring_numbers.hpp"
#include "fiber/scope.hpp"
#include "host/error.hpp"
#include "host/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <liburing.h>
#include <poll.h>
#include <vector>

namespace kindling::fiber {

namespace {

constexpr unsigned submissions_max = 128;
constexpr unsigned completions_max = 4 * submissions_max;
constexpr std::uint64_t bell_tag = ~std::uint64_t{1}; // all ones are liburing's own timeouts
constexpr std::uint64_t cancel_tag = ~std::uint64_t{2};

/// A set-up to try.
struct Step {
    const char* name;
    unsigned flags;
};
constexpr Step steps[] = {
    {"defer_taskrun", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                          IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL},
    {"coop_taskrun",
     IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL},
    {"plain", 0},
};

bool is_deferred(const Step& step) {
    return (step.flags & IORING_SETUP_DEFER_TASKRUN) != 0;
}

/// 0 or an errno.
int set_up(io_uring& ring, const Step& step) {
    io_uring_params parameters{};
    parameters.flags = step.flags | IORING_SETUP_CQSIZE;
    parameters.cq_entries = completions_max;
    int error = -::io_uring_queue_init_params(submissions_max, &ring, &parameters);
    if (error != 0) return error;
    // Without these a completion could be lost, or a read could change the file's position.
    constexpr unsigned wanted = IORING_FEAT_NODROP | IORING_FEAT_RW_CUR_POS;
    if ((parameters.features & wanted) == wanted) return 0;
    ::io_uring_queue_exit(&ring);
    return ENOSYS;
}

/// How an operation is submitted, and what switches it off.
struct Way {
    const char* name;
    int opcode;
};
constexpr Way ways[Operation::kind_count] = {
    {"poll", IORING_OP_POLL_ADD},      {"read", IORING_OP_READ},
    {"write", IORING_OP_WRITE},        {"readv", IORING_OP_READV},
    {"writev", IORING_OP_WRITEV},      {"recv", IORING_OP_RECV},
    {"send", IORING_OP_SEND},          {"recvmsg", IORING_OP_RECVMSG},
    {"sendmsg", IORING_OP_SENDMSG},    {"accept", IORING_OP_ACCEPT},
    {"connect", IORING_OP_CONNECT},    {"openat2", IORING_OP_OPENAT2},
    {"fsync", IORING_OP_FSYNC},        {"statx", IORING_OP_STATX},
    {"renameat2", IORING_OP_RENAMEAT}, {"unlinkat", IORING_OP_UNLINKAT},
    {"waitid", io_uring_op_waitid},
};

class IoUringPoller : public Poller {
public:
    IoUringPoller(io_uring& ring, const Step& step, Bell bell) : bell_(std::move(bell)) {
        begin(ring, step);
    }
    ~IoUringPoller() override { ::io_uring_queue_exit(&ring_); }

    std::uint64_t now_ns() override { return monotonic_ns(); }
    bool can_wake() const override { return pending_count_ > 0 || !ended_.is_empty(); }
    bool can_do(Operation::Kind kind) const override {
        return can_do_[static_cast<std::size_t>(kind)];
    }

    void wait(std::uint64_t deadline_ns, Completions& completions) override;
    void wake() override;
    void submit(Operation& operation) override;
    void cancel(Operation& operation) override;
    void pass_on(int, std::uint32_t) override {} // each has a wait of its own in the kernel
    std::size_t close(int descriptor) override;
    int descriptor() override;
    std::string describe() const override;
    PollerContents contents() const override;

private:
    /// Names an operation to the kernel: a completion of an earlier one in the slot is not ours.
    struct Slot {
        Operation* operation = nullptr;
        std::uint32_t generation = 0;
        std::uint32_t next_free = 0;
        bool is_closing = false;
    };

    void begin(io_uring& ring, const Step& step);
    io_uring_sqe& entry();
    std::uint32_t take_slot();
    std::uint64_t tag(std::uint32_t slot) const;
    void cancel_slot(std::uint32_t slot);
    void install_bell();
    void answer(const io_uring_cqe& completion);
    void enter(std::uint64_t deadline_ns);
    bool must_enter() const;

    io_uring ring_;
    const Step* step_ = nullptr;
    Bell bell_;
    bool has_bell_ = false;
    bool is_bell_multishot_ = !is_disabled("multishot_poll");
    bool is_registered_ = false;
    bool can_do_[Operation::kind_count] = {};
    std::vector<Slot> slots_;
    std::uint32_t first_free_ = 0; ///< counts from 1; 0 is none
    std::size_t pending_count_ = 0;
    Completions ended_;
};

/// Takes over a new ring.
void IoUringPoller::begin(io_uring& ring, const Step& step) {
    ring_ = ring;
    step_ = &step;
    has_bell_ = false;
    // A child after fork must not write into our ring.
    ::io_uring_ring_dontfork(&ring_);
    if (!is_disabled("registered_ring")) is_registered_ = ::io_uring_register_ring_fd(&ring_) == 1;
    io_uring_probe* probe = is_disabled("probe") ? nullptr : ::io_uring_get_probe_ring(&ring_);
    for (std::size_t i = 0; i < Operation::kind_count; i++)
        can_do_[i] = i == 0 || (probe && ::io_uring_opcode_supported(probe, ways[i].opcode) &&
                                !is_disabled(ways[i].name));
    ::io_uring_free_probe(probe);
}

std::string IoUringPoller::describe() const {
    std::string text = "io_uring (";
    text += step_->name;
    if (is_registered_) text += ", registered ring";
    for (std::size_t i = 0; i < Operation::kind_count; i++)
        if (!can_do_[i]) text += std::string(", no ") + ways[i].name;
    return text + ")";
}

PollerContents IoUringPoller::contents() const {
    PollerContents contents;
    for (const Slot& each : slots_)
        if (each.operation) contents.operations.push_back(each.operation);
    return contents;
}

/// Room for one more submission. The ring limits what is staged, not what is under way.
io_uring_sqe& IoUringPoller::entry() {
    io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
    while (!entry) {
        int count = ::io_uring_submit(&ring_);
        // The kernel may want its completions to be collected first.
        if (count == -EBUSY || count == -EAGAIN) enter(0);
        entry = ::io_uring_get_sqe(&ring_);
    }
    return *entry;
}

std::uint32_t IoUringPoller::take_slot() {
    if (first_free_ == 0) {
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    std::uint32_t slot = first_free_ - 1;
    first_free_ = slots_[slot].next_free;
    return slot;
}

std::uint64_t IoUringPoller::tag(std::uint32_t slot) const {
    return std::uint64_t{slots_[slot].generation & 0x7fffffff} << 32 | slot;
}

void IoUringPoller::submit(Operation& operation) {
    const Way& way = ways[static_cast<std::size_t>(operation.kind)];
    io_uring_sqe& sqe = entry();
    // The fields of an Operation are where the kernel has them for its kind.
    ::io_uring_prep_rw(way.opcode, &sqe, operation.descriptor, operation.address, operation.length,
                       operation.second ? reinterpret_cast<std::uint64_t>(operation.second)
                                        : operation.offset);
    sqe.rw_flags = static_cast<int>(operation.flags);
    if (operation.kind == Operation::Kind::poll)
        ::io_uring_prep_poll_add(&sqe, operation.descriptor, operation.flags);
    if (operation.kind == Operation::Kind::waitid) {
        sqe.file_index = operation.flags;
        sqe.rw_flags = 0;
    }
    std::uint32_t slot = take_slot();
    slots_[slot].operation = &operation;
    slots_[slot].is_closing = false;
    operation.slot = slot;
    sqe.user_data = tag(slot);
    pending_count_++;
}

void IoUringPoller::cancel_slot(std::uint32_t slot) {
    std::uint64_t wanted = tag(slot); // before room is made: that can end it
    io_uring_sqe& sqe = entry();
    ::io_uring_prep_cancel64(&sqe, wanted, 0);
    sqe.user_data = cancel_tag;
}

void IoUringPoller::cancel(Operation& operation) {
    if (operation.is_ended || operation.is_cancelled) return;
    operation.is_cancelled = true;
    cancel_slot(operation.slot);
}

std::size_t IoUringPoller::close(int descriptor) {
    std::size_t count = 0;
    for (std::uint32_t slot = 0; slot < slots_.size(); slot++) {
        Operation* operation = slots_[slot].operation;
        if (!operation || operation->descriptor != descriptor) continue;
        count++;
        if (std::exchange(slots_[slot].is_closing, true) || operation->is_cancelled) continue;
        cancel_slot(slot);
    }
    return count;
}

/// Whoever polls a ring is not woken for work that is deferred to our next wait. So that is given
/// up, for a ring cannot change.
int IoUringPoller::descriptor() {
    if (!is_deferred(*step_)) return ring_.ring_fd;
    if (pending_count_ > 0 || !ended_.is_empty()) return -1;
    for (const Step& step : steps) {
        io_uring ring;
        if (is_deferred(step) || is_disabled(step.name) || set_up(ring, step) != 0) continue;
        ::io_uring_queue_exit(&ring_);
        begin(ring, step);
        return ring_.ring_fd;
    }
    return -1;
}

void IoUringPoller::wake() {
    bell_.ring();
}

void IoUringPoller::install_bell() {
    io_uring_sqe& sqe = entry();
    ::io_uring_prep_poll_add(&sqe, bell_.descriptor(), POLLIN);
    if (is_bell_multishot_) sqe.len = IORING_POLL_ADD_MULTI;
    sqe.user_data = bell_tag;
    has_bell_ = true;
}

void IoUringPoller::answer(const io_uring_cqe& completion) {
    std::uint64_t key = completion.user_data;
    if (key == bell_tag) {
        bell_.answer();
        if (!(completion.flags & IORING_CQE_F_MORE)) has_bell_ = false;
        if (completion.res == -EINVAL) is_bell_multishot_ = false; // before Linux 5.13
        return;
    }
    if (key == cancel_tag || key == LIBURING_UDATA_TIMEOUT) return;
    auto number = static_cast<std::uint32_t>(key);
    if (number >= slots_.size() || !slots_[number].operation || tag(number) != key) return;
    Slot& slot = slots_[number];
    Operation& operation = *std::exchange(slot.operation, nullptr);
    std::int32_t result = completion.res;
    if (slot.is_closing && result == -ECANCELED) result = -EBADF;
    slot.generation++;
    slot.next_free = first_free_;
    first_free_ = number + 1;
    pending_count_--;
    ended_.append(operation, result);
}

/// True if the kernel has something to do or to say that it does not show by itself.
bool IoUringPoller::must_enter() const {
    unsigned flags = IO_URING_READ_ONCE(*ring_.sq.kflags);
    return ::io_uring_sq_ready(&ring_) > 0 ||
           (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

void IoUringPoller::enter(std::uint64_t deadline_ns) {
    io_uring_cqe* first = nullptr;
    if (::io_uring_cq_ready(&ring_) > 0) deadline_ns = 0;
    if (deadline_ns == 0) {
        if (must_enter()) ::io_uring_submit_and_get_events(&ring_);
    } else {
        std::uint64_t now = deadline_ns == never_ns ? 0 : now_ns();
        std::uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
        __kernel_timespec limit{static_cast<long long>(left / 1'000'000'000),
                                static_cast<long long>(left % 1'000'000'000)};
        // Whatever it says, what counts is which completions are there.
        ::io_uring_submit_and_wait_timeout(&ring_, &first, 1,
                                           deadline_ns == never_ns ? nullptr : &limit, nullptr);
    }
    unsigned head = 0, count = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_, head, completion) {
        answer(*completion);
        count++;
    }
    ::io_uring_cq_advance(&ring_, count);
}

void IoUringPoller::wait(std::uint64_t deadline_ns, Completions& completions) {
    if (!has_bell_) install_bell();
    enter(ended_.is_empty() ? deadline_ns : 0);
    completions.take_all(ended_);
}

} // namespace

Result<std::unique_ptr<Poller>> create_io_uring_poller() {
    Bell bell = TRY(Bell::create());
    if (is_disabled("io_uring")) return Error{Errc::unsupported, "io_uring is disabled"};
    int error = 0;
    for (const Step& step : steps) {
        if (is_disabled(step.name)) continue;
        io_uring ring;
        error = set_up(ring, step);
        if (error == 0)
            return std::unique_ptr<Poller>(new IoUringPoller(ring, step, std::move(bell)));
    }
    Error refused = host::error_from(error, "the kernel refuses io_uring");
    refused.code = Errc::unsupported;
    return refused;
}

} // namespace kindling::fiber
