// SPDX-License-Identifier: MIT
#include "fiber/poller.hpp"

#include <cstdlib>
#include <string_view>

namespace kindling::fiber {

Result<std::unique_ptr<Poller>> create_poller() {
    const char* text = std::getenv("KINDLING_POLLER");
    std::string_view wanted = text ? text : "";
    if (wanted == "io_uring") return create_io_uring_poller();
    if (wanted == "epoll") return create_epoll_poller();
    if (!wanted.empty())
        return Error{Errc::invalid, "KINDLING_POLLER is neither epoll nor io_uring"};
    if (auto poller = create_io_uring_poller()) return poller;
    return create_epoll_poller();
}

} // namespace kindling::fiber
