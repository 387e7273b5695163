// SPDX-License-Identifier: MIT
#include "fiber/dump.hpp"
#include "fiber/loop.hpp"

#include <unistd.h>

namespace kindling::fiber {

namespace {

/// "descriptor 5 (socket:[17])".
std::string descriptor_text(int descriptor) {
    std::string number = std::to_string(descriptor);
    char target[256];
    ssize_t size = ::readlink(("/proc/self/fd/" + number).c_str(), target, sizeof(target));
    std::string text = "descriptor " + number;
    if (size > 0) text.append(" (").append(target, static_cast<std::size_t>(size)) += ')';
    return text;
}

std::string line_of(const Operation& operation) {
    std::string text = std::string("operation ") + name_of(operation.kind);
    if (operation.descriptor >= 0) text += " of " + descriptor_text(operation.descriptor);
    // Those of a wait that is over belong to nobody for a moment.
    const Fiber* fiber = operation.wait ? operation.wait->fiber() : nullptr;
    if (fiber) text.append(" for ").append(fiber->name());
    if (operation.is_cancelled) text += ", cancelled";
    return on_one_line(text) + "\n";
}

} // namespace

const char* name_of(Operation::Kind kind) {
    constexpr const char* names[] = {"poll",     "read",    "write",   "readv",   "writev",
                                     "recv",     "send",    "recvmsg", "sendmsg", "accept",
                                     "connect",  "openat2", "fsync",   "statx",   "renameat2",
                                     "unlinkat", "waitid"};
    static_assert(std::size(names) == Operation::kind_count);
    return names[static_cast<std::size_t>(kind)];
}

std::string loop_dump(const Loop& loop) {
    PollerContents contents = loop.poller().contents();
    std::string text;
    for (const Operation* each : contents.operations) text += line_of(*each);
    for (int each : contents.descriptors)
        text += on_one_line("registered " + descriptor_text(each)) + "\n";
    for (Priority each = 0; each < priority_count; each++)
        if (std::uint64_t turns = loop.turns_waited(each))
            text += "priority " + std::to_string(each) + " waited " + std::to_string(turns) +
                    (turns == 1 ? " turn\n" : " turns\n");
    for (const std::string& part : {loop.stacks().marks().text(), loop.trace().text()})
        text += part;
    return text;
}

} // namespace kindling::fiber
