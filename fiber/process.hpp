// SPDX-License-Identifier: MIT
//
// Child processes. A child has an owner, which does not leave it running or uncollected: when it
// goes out of scope the child is ended. Waiting for a child parks the fiber; off a fiber it blocks.
//
// Starting one stops the thread until the program is loaded, as vfork(2) does.
#pragma once

#include "base/bytes.hpp"
#include "host/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace kindling::fiber {

/// The two ends of a pipe, close-on-exec.
struct Pipe {
    host::Fd read_end, write_end;
};

/// Errors: io with EMFILE or ENFILE.
Result<Pipe> make_pipe();

/// A descriptor of ours, and its number in the child.
struct MappedDescriptor {
    int ours = -1;
    int number = -1; ///< 0 to 255
};

/// What to start, and in which surroundings.
struct Command {
    /// The first is the program: a path, or a name that is looked for in our PATH.
    std::vector<std::string> arguments;
    /// "NAME=value"; absent: ours.
    std::optional<std::vector<std::string>> environment;
    /// Empty: ours. A program with a relative path is looked for there.
    std::string directory;
    /// What the child has open, and nothing else, but /dev/null for those of 0 to 2 that are not
    /// given. Of two for one number the later counts. They stay ours too.
    std::vector<MappedDescriptor> descriptors;
    /// How long it may take to end after SIGTERM before its owner kills it; see kill_and_wait.
    std::uint64_t grace_us = 5'000'000;
};

/// How a child ended.
struct ExitStatus {
    int code = 0;   ///< what it gave to exit(3)
    int signal = 0; ///< what killed it; 0 if it exited

    bool is_success() const { return code == 0 && signal == 0; }
};

/// Owns a child.
class Process {
public:
    /// Starts it, with no signal blocked or ignored.
    ///
    /// Errors: invalid (no arguments, a zero byte in one, a number out of range); else as errno
    /// says about the program, the directory or the descriptors. Then no child is left.
    static Result<Process> spawn(const Command& command);

    Process(Process&&) noexcept = default;
    Process& operator=(Process&& other) noexcept;
    /// Ends a child that was not waited for with `kill_and_wait`, whatever interrupts the fiber.
    ~Process();

    pid_t id() const { return id_; }
    /// Its pidfd, readable once it has ended; borrowed.
    int descriptor() const { return handle_.get(); }

    /// Sends a signal. Errors: not_found (it has ended and was collected); as errno says.
    Result<void> signal(int number);

    /// Waits until it has ended and collects it; later calls give the same again.
    ///
    /// Errors: cancelled, timed_out; io with ECHILD (somebody else has collected it, or SIGCHLD is
    /// ignored).
    Result<ExitStatus> wait();

private:
    Process(pid_t id, host::Fd handle, std::uint64_t grace_us)
        : id_(id), handle_(std::move(handle)), grace_us_(grace_us) {}

    pid_t id_;
    host::Fd handle_;
    std::uint64_t grace_us_;
    bool is_collected_ = false;
    ExitStatus status_;
};

/// Sends SIGTERM, after `grace_us` SIGKILL, and collects the child. Nothing interrupts that.
///
/// limit_us  how long it may take to end once it was killed: the kernel may hold it, or who traces
/// it
///
/// Errors: timed_out (it was killed and has not ended; the log names it, and it is left
/// uncollected); else as Process::wait, but for interruptions.
Result<ExitStatus> kill_and_wait(Process& child, std::uint64_t grace_us,
                                 std::uint64_t limit_us = 5'000'000);

/// How a command ended and what it wrote.
struct CommandOutput {
    ExitStatus status;
    std::string standard_output, standard_error;
};

/// Runs a command with `input` as its standard input, and waits until it has ended and all that
/// hold its output have closed it: a process it left behind too, so a Deadline is in place. The
/// command need not read the input. What `descriptors` says about 0 to 2 comes before the pipes.
///
/// Errors: as Process::spawn; cancelled, timed_out; too_large (one of the outputs is longer than
/// `output_bytes_max`). Then the child is ended and collected.
Result<CommandOutput> run(const Command& command, Bytes input = {},
                          std::size_t output_bytes_max = 1 << 20);

} // namespace kindling::fiber
