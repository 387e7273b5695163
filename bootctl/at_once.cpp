// SPDX-License-Identifier: MIT
#include "bootctl/at_once.hpp"

#include "fiber/group.hpp"

namespace kindling {

Result<void> for_each_at_once(std::string_view name, std::size_t count,
                              const std::function<Result<void>(std::size_t)>& work) {
    fiber::Loop* loop = fiber::Loop::current();
    if (!loop || !loop->running()) {
        for (std::size_t i = 0; i < count; i++) TRY(work(i));
        return {};
    }
    fiber::Group group{{.policy = fiber::Policy::all, .running_max = at_once_max}};
    Result<void> spawned;
    for (std::size_t i = 0; i < count && spawned; i++)
        spawned = group.spawn(name, [&work, i] { return work(i); });
    // If one has failed, that is why the next was not let in.
    TRY(group.wait());
    return spawned;
}

} // namespace kindling
