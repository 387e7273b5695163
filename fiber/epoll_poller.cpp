// SPDX-License-Identifier: MIT
//
// Waits with epoll. A descriptor is registered once, edge-triggered, and stays so until it is
// closed: a wait costs no epoll_ctl. That is right because whoever waits has tried first: what
// comes after that try is a new edge.
#include "fiber/poller.hpp"

#include "fiber/bell.hpp"
#include "fiber/clock.hpp"
#include "fiber/feature.hpp"
#include "fiber/scope.hpp"
#include "host/error.hpp"
#include "host/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <vector>

namespace kindling::fiber {

namespace {

constexpr std::uint32_t always = POLLERR | POLLHUP;
constexpr std::uint64_t bell_key = ~std::uint64_t{0};
constexpr std::size_t events_max = 64;

struct Descriptor {
    bool is_registered = false;
    std::uint32_t generation = 0; ///< events of one that was closed are not those of its successor
    Operation *first = nullptr, *last = nullptr;
};

class EpollPoller : public Poller {
public:
    EpollPoller(host::Fd epoll, Bell bell) : epoll_(std::move(epoll)), bell_(std::move(bell)) {}

    std::uint64_t now_ns() override { return monotonic_ns(); }
    bool can_wake() const override { return pending_count_ > 0 || !ended_.is_empty(); }
    bool can_do(Operation::Kind kind) const override { return kind == Operation::Kind::poll; }
    int descriptor() override { return epoll_.get(); }
    std::string describe() const override { return has_nanoseconds_ ? "epoll (pwait2)" : "epoll"; }

    PollerContents contents() const override;

    void wait(std::uint64_t deadline_ns, Completions& completions) override;
    void wake() override;
    void submit(Operation& operation) override;
    void cancel(Operation& operation) override;
    void pass_on(int descriptor, std::uint32_t events) override;
    std::size_t close(int descriptor) override;

private:
    int wait_for_events(std::uint64_t deadline_ns);
    int register_descriptor(int number, Descriptor& descriptor);
    void end(Operation& operation, std::int32_t result);
    void dispatch(const epoll_event& event);
    void wake_waiting(Descriptor& descriptor, std::uint32_t events);

    host::Fd epoll_;
    Bell bell_;
    std::vector<Descriptor> descriptors_; ///< by number
    std::size_t pending_count_ = 0;
    Completions ended_;
    bool has_nanoseconds_ = !is_disabled("epoll_pwait2");
    epoll_event events_[events_max];
};

int EpollPoller::register_descriptor(int number, Descriptor& descriptor) {
    epoll_event event{};
    // All that poll(2) knows.
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND |
                   EPOLLWRNORM | EPOLLWRBAND | EPOLLMSG | EPOLLET;
    event.data.u64 =
        std::uint64_t{++descriptor.generation} << 32 | static_cast<std::uint32_t>(number);
    // One that is there already was closed and opened again behind our back, as a copy that kept
    // the file: a change makes the kernel look at its state anew, as adding does.
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, number, &event) != 0 &&
        (errno != EEXIST || ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, number, &event) != 0))
        return -errno;
    descriptor.is_registered = true;
    return 0;
}

void EpollPoller::submit(Operation& operation) {
    ASSERT(operation.kind == Operation::Kind::poll);
    pending_count_++;
    int number = operation.descriptor;
    if (number < 0) return end(operation, -EBADF);
    if (static_cast<std::size_t>(number) >= descriptors_.size())
        descriptors_.resize(
            std::max(static_cast<std::size_t>(number) + 1, 2 * descriptors_.size()));
    Descriptor& descriptor = descriptors_[static_cast<std::size_t>(number)];
    operation.previous = descriptor.last;
    operation.next = nullptr;
    (descriptor.last ? descriptor.last->next : descriptor.first) = &operation;
    descriptor.last = &operation;
    if (descriptor.is_registered) return;
    if (int error = register_descriptor(number, descriptor)) end(operation, error);
}

void EpollPoller::end(Operation& operation, std::int32_t result) {
    if (operation.descriptor >= 0) {
        Descriptor& descriptor = descriptors_[static_cast<std::size_t>(operation.descriptor)];
        (operation.previous ? operation.previous->next : descriptor.first) = operation.next;
        (operation.next ? operation.next->previous : descriptor.last) = operation.previous;
    }
    pending_count_--;
    ended_.append(operation, result);
}

void EpollPoller::cancel(Operation& operation) {
    if (operation.is_ended) return;
    operation.is_cancelled = true;
    end(operation, -ECANCELED);
}

/// Wakes whoever waits for some of `events`: of those who will take what there is only the first.
void EpollPoller::wake_waiting(Descriptor& descriptor, std::uint32_t events) {
    std::uint32_t taken = 0;
    for (Operation *operation = descriptor.first, *next; operation; operation = next) {
        next = operation->next;
        std::uint32_t matching = events & (operation->flags | always);
        bool is_taken = operation->is_exclusive && (taken & operation->flags);
        if (!matching || is_taken) continue;
        if (operation->is_exclusive) taken |= operation->flags;
        end(*operation, static_cast<std::int32_t>(matching));
    }
}

void EpollPoller::pass_on(int number, std::uint32_t events) {
    auto index = static_cast<std::size_t>(number);
    if (number < 0 || index >= descriptors_.size() || !descriptors_[index].first) return;
    wake_waiting(descriptors_[index], events);
}

std::size_t EpollPoller::close(int number) {
    auto index = static_cast<std::size_t>(number);
    if (number < 0 || index >= descriptors_.size()) return 0;
    Descriptor& descriptor = descriptors_[index];
    while (descriptor.first) end(*descriptor.first, -EBADF);
    // A copy elsewhere would keep the registration alive.
    if (descriptor.is_registered) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, number, nullptr);
    descriptor.is_registered = false;
    return 0;
}

PollerContents EpollPoller::contents() const {
    PollerContents contents;
    for (std::size_t i = 0; i < descriptors_.size(); i++) {
        if (descriptors_[i].is_registered) contents.descriptors.push_back(static_cast<int>(i));
        for (const Operation* each = descriptors_[i].first; each; each = each->next)
            contents.operations.push_back(each);
    }
    return contents;
}

void EpollPoller::wake() {
    bell_.ring();
}

void EpollPoller::dispatch(const epoll_event& event) {
    if (event.data.u64 == bell_key) {
        bell_.answer();
        return;
    }
    Descriptor& descriptor = descriptors_[static_cast<std::uint32_t>(event.data.u64)];
    if (descriptor.generation != event.data.u64 >> 32) return;
    wake_waiting(descriptor, event.events);
}

int EpollPoller::wait_for_events(std::uint64_t deadline_ns) {
    std::uint64_t now = deadline_ns == 0 || deadline_ns == never_ns ? 0 : now_ns();
    std::uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
    if (has_nanoseconds_) {
        timespec limit{static_cast<time_t>(left / 1'000'000'000),
                       static_cast<long>(left % 1'000'000'000)};
        int count = ::epoll_pwait2(epoll_.get(), events_, events_max,
                                   deadline_ns == never_ns ? nullptr : &limit, nullptr);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
        has_nanoseconds_ = false; // before Linux 5.11, and in containers that do not know it
    }
    std::uint64_t milliseconds = std::min<std::uint64_t>((left + 999'999) / 1'000'000, 1 << 30);
    return ::epoll_wait(epoll_.get(), events_, events_max,
                        deadline_ns == never_ns ? -1 : static_cast<int>(milliseconds));
}

void EpollPoller::wait(std::uint64_t deadline_ns, Completions& completions) {
    if (!ended_.is_empty()) deadline_ns = 0;
    int count = wait_for_events(deadline_ns);
    for (int i = 0; i < count; i++) dispatch(events_[i]);
    completions.take_all(ended_);
}

} // namespace

Result<std::unique_ptr<Poller>> create_epoll_poller() {
    host::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return host::last_error("cannot create an epoll instance");
    Bell bell = TRY(Bell::create());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = bell_key;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.descriptor(), &event) != 0)
        return host::last_error("cannot watch an eventfd");
    return std::unique_ptr<Poller>(new EpollPoller(std::move(epoll), std::move(bell)));
}

} // namespace kindling::fiber
