// SPDX-License-Identifier: MIT
#include "bootctl/pager.hpp"

#include "host/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling {

namespace {

constexpr int exit_no_command = 127; // of the shell, and of the child that finds no shell

bool has_other_privileges() {
    return ::getauxval(AT_SECURE) || std::getenv("SUDO_UID") || std::getenv("PKEXEC_UID");
}

[[noreturn]] void become_pager(const std::string& command, int input) {
    ::dup2(input, STDIN_FILENO);
    ::setenv("LESS", "FRSXMK", 0);
    ::setenv("LESSCHARSET", "utf-8", 0);
    if (has_other_privileges()) ::setenv("LESSSECURE", "1", 1);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(exit_no_command);
}

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return; // The reader has seen enough.
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

std::string pager_command() {
    if (has_other_privileges()) return "less";
    for (const char* name : {"KINDLING_PAGER", "PAGER"})
        if (const char* command = std::getenv(name))
            return std::string_view(command) == "cat" ? "" : command;
    return "less";
}

bool needs_pager(int fd, std::string_view text) {
    winsize size{};
    if (!::isatty(fd) || ::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return false;
    return std::ranges::count(text, '\n') >= size.ws_row;
}

bool show_in_pager(std::string_view text) {
    std::string command = pager_command();
    int ends[2];
    if (command.empty() || ::pipe2(ends, O_CLOEXEC) != 0) return false;
    host::Fd input(ends[0]), output(ends[1]);
    pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) become_pager(command, input.get());
    input = {};
    // Ctrl-C is for the pager, and one that ends early is no error.
    auto interrupt = std::signal(SIGINT, SIG_IGN);
    auto broken_pipe = std::signal(SIGPIPE, SIG_IGN);
    write_all(output.get(), text);
    output = {};
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    std::signal(SIGINT, interrupt);
    std::signal(SIGPIPE, broken_pipe);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == exit_no_command);
}

} // namespace kindling
