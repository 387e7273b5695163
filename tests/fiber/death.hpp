// SPDX-License-Identifier: MIT
//
// For tests of what stops the program.
#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::fiber {

/// Calls `function` in a child process. What that says on standard error before it aborts; empty
/// if it ends in any other way.
template <class Function>
std::string last_words(Function function) {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) return "";
    std::fflush(nullptr);
    pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // Catch2 would report a failure
        rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::dup2(pipe_ends[1], STDERR_FILENO);
        function();
        ::_exit(0);
    }
    ::close(pipe_ends[1]);
    std::string said;
    char buffer[512];
    for (ssize_t size; (size = ::read(pipe_ends[0], buffer, sizeof(buffer))) > 0;)
        said.append(buffer, static_cast<std::size_t>(size));
    ::close(pipe_ends[0]);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return "";
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : "";
}

} // namespace kindling::fiber
