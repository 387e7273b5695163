// SPDX-License-Identifier: MIT
//
// What a test with child processes must leave behind: nothing.
#pragma once

#include "fiber/process.hpp"

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/wait.h>

namespace kindling::fiber {

/// True if a child of ours exists, running or not collected.
inline bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

inline std::ptrdiff_t open_descriptors_count() {
    using Directory = std::filesystem::directory_iterator;
    return std::distance(Directory("/proc/self/fd"), Directory());
}

/// A command for the shell.
inline Command shell(std::string script) {
    Command command;
    command.arguments = {"sh", "-c", std::move(script)};
    return command;
}

} // namespace kindling::fiber
