// SPDX-License-Identifier: MIT
#include "fiber/virtual_poller.hpp"

#include "fiber/scope.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace kindling::fiber {

VirtualPoller::VirtualPoller(std::uint64_t seed)
    : random_(seed), is_shuffled_(seed != 0), bell_(Bell::create().value()) {}

void VirtualPoller::submit(Operation& operation) {
    ASSERT(operation.kind == Operation::Kind::poll);
    pending_.push_back(&operation);
}

void VirtualPoller::end(Operation& operation, std::int32_t result) {
    std::erase(pending_, &operation);
    ended_.append(operation, result);
}

void VirtualPoller::cancel(Operation& operation) {
    if (operation.is_ended) return;
    operation.is_cancelled = true;
    end(operation, -ECANCELED);
}

std::size_t VirtualPoller::close(int descriptor) {
    std::vector<Operation*> all = pending_;
    for (Operation* operation : all)
        if (operation->descriptor == descriptor) end(*operation, -EBADF);
    return 0;
}

void VirtualPoller::wake() {
    bell_.ring();
}

/// Ends what is ready; true if anything is, or somebody rang.
bool VirtualPoller::look(int timeout_ms) {
    std::vector<pollfd> polled{{bell_.descriptor(), POLLIN, 0}};
    for (Operation* operation : pending_)
        polled.push_back({operation->descriptor, static_cast<short>(operation->flags), 0});
    int count = ::poll(polled.data(), polled.size(), timeout_ms);
    ASSERT(count >= 0 || errno == EINTR); // There may be no more entries than descriptors.
    if (count <= 0) return false;
    if (polled[0].revents) bell_.answer();
    std::vector<std::pair<Operation*, std::int32_t>> ready;
    for (std::size_t i = 1; i < polled.size(); i++)
        if (polled[i].revents) ready.push_back({pending_[i - 1], polled[i].revents});
    for (std::size_t left = ready.size(); is_shuffled_ && left > 1; left--)
        std::swap(ready[left - 1], ready[random_.below(left)]);
    for (auto [operation, events] : ready) end(*operation, events & POLLNVAL ? -EBADF : events);
    return true;
}

void VirtualPoller::wait(std::uint64_t deadline_ns, Completions& completions) {
    bool has_some = look(0) || !ended_.is_empty();
    if (!has_some && deadline_ns == never_ns) look(-1);
    if (!has_some && deadline_ns != never_ns) now_ns_ = std::max(now_ns_, deadline_ns);
    completions.take_all(ended_);
}

} // namespace kindling::fiber
