// SPDX-License-Identifier: MIT
//
// Runs a function in a process of its own: for what stops a program, and for what it prints.
#pragma once

#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::options {

struct ChildResult {
    bool was_stopped = false; ///< by abort
    int exit_status = -1;     ///< what the function gave; -1 if it did not end by itself
    std::string output;       ///< standard output and error
};

/// What is written must fit into a pipe.
inline ChildResult run_in_child(const std::function<int()>& run) {
    int ends[2];
    if (::pipe(ends) != 0) return {};
    std::cout.flush(); // What waits there would be written twice.
    std::fflush(nullptr);
    pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL); // Catch2 reports signals.
        rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::_exit(run());
    }
    ::close(ends[1]);
    ChildResult result;
    char buffer[4096];
    for (ssize_t size; (size = ::read(ends[0], buffer, sizeof(buffer))) > 0;)
        result.output.append(buffer, static_cast<size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    result.was_stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
    return result;
}

} // namespace kindling::options
