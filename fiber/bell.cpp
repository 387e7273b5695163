// SPDX-License-Identifier: MIT
#include "fiber/bell.hpp"

#include "host/error.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace kindling::fiber {

Result<Bell> Bell::create() {
    host::Fd descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!descriptor) return host::last_error("cannot create an eventfd");
    return Bell(std::move(descriptor));
}

void Bell::ring() {
    std::uint64_t one = 1;
    // If its count is full it has been rung.
    [[maybe_unused]] ssize_t written = ::write(descriptor_.get(), &one, sizeof(one));
}

void Bell::answer() {
    std::uint64_t count = 0;
    [[maybe_unused]] ssize_t taken = ::read(descriptor_.get(), &count, sizeof(count));
}

} // namespace kindling::fiber
