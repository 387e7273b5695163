// SPDX-License-Identifier: MIT
//
// What a program that stops itself said before.
#pragma once

#include <array>
#include <csignal>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::fiber {

/// Runs `function` in a child process. What it wrote on standard error if it ended by SIGABRT;
/// empty if it did not.
template <class Function>
std::string last_words(Function function) {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) return "";
    pid_t child = ::fork();
    if (child == 0) {
        // Catch2 would report the signal, and the system would keep a core.
        std::signal(SIGABRT, SIG_DFL);
        rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::dup2(pipe_ends[1], STDERR_FILENO);
        function();
        ::_exit(0);
    }
    ::close(pipe_ends[1]);
    std::string said;
    std::array<char, 4096> buffer;
    for (ssize_t size; (size = ::read(pipe_ends[0], buffer.data(), buffer.size())) > 0;)
        said.append(buffer.data(), static_cast<std::size_t>(size));
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : std::string();
}

} // namespace kindling::fiber
