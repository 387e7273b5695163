// SPDX-License-Identifier: MIT
//
// What a test with child processes must leave behind: nothing.
#pragma once

#include "fiber/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

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

/// A process that traces another, so that whoever waits for that one never hears of its end.
class Tracer {
public:
    explicit Tracer(pid_t traced) {
        Pipe attached = make_pipe().value();
        id_ = ::fork();
        if (id_ == 0) {
            bool is_attached = ::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) == 0;
            if (is_attached) (void)write(attached.write_end.get(), std::array<std::byte, 1>());
            attached.write_end = host::Fd();
            while (is_attached) ::pause();
            ::_exit(1);
        }
        attached.write_end = host::Fd();
        std::array<std::byte, 1> byte;
        is_attached_ = ::read(attached.read_end.get(), byte.data(), 1) == 1;
    }
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;
    ~Tracer() { end(); }

    bool is_attached() const { return is_attached_; }
    void end() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);
        while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
        }
        id_ = -1;
    }

private:
    pid_t id_;
    bool is_attached_ = false;
};

} // namespace kindling::fiber
