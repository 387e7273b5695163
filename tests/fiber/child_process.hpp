// SPDX-License-Identifier: MIT
//
// A function in a child of fork, for what ends the program.
#pragma once

#include <csignal>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::fiber {

struct Ended {
    int signal = 0;   ///< 0: it returned
    std::string said; ///< on standard error
};

/// What became of a child that called `function`.
template <class Function>
Ended end_of_child(Function function) {
    int ends[2];
    if (::pipe(ends) != 0) return {-1, "no pipe"};
    pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        rlimit none = {};
        ::setrlimit(RLIMIT_CORE, &none);
        for (int signal : {SIGABRT, SIGSEGV}) ::signal(signal, SIG_DFL); // not Catch2's
        function();
        ::_exit(0);
    }
    ::close(ends[1]);
    Ended ended;
    char text[4096];
    for (ssize_t size; (size = ::read(ends[0], text, sizeof(text))) > 0;)
        ended.said.append(text, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    return ended;
}

} // namespace kindling::fiber
