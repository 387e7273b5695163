// SPDX-License-Identifier: MIT
//
// posix_spawn starts the child on a stack of its own, shares our memory until the program is
// loaded, and so can say why that failed: fit for the small stack of a fiber.
#include "fiber/process.hpp"

#include "fiber/clock.hpp"
#include "fiber/fiber.hpp"
#include "fiber/io.hpp"
#include "fiber/log.hpp"
#include "fiber/loop.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr int number_max = 255;
constexpr int standard_numbers = 3;

/// What is done in the child before the program; remembers the first error.
class Preparation {
public:
    Preparation() {
        keep(::posix_spawn_file_actions_init(&actions_));
        keep(::posix_spawnattr_init(&attributes_));
    }
    ~Preparation() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    Preparation(const Preparation&) = delete;
    Preparation& operator=(const Preparation&) = delete;

    void reset_signals() {
        sigset_t all, none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        keep(::posix_spawnattr_setsigdefault(&attributes_, &all));
        keep(::posix_spawnattr_setsigmask(&attributes_, &none));
        keep(::posix_spawnattr_setflags(&attributes_,
                                        POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    }

    void change_directory(const std::string& directory) {
        keep(::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()));
    }

    void map(const std::vector<MappedDescriptor>& descriptors);

    /// The id of the child, or minus an errno.
    pid_t start(char* const* arguments, char* const* environment) {
        pid_t id = -1;
        if (error_ == 0)
            keep(
                ::posix_spawnp(&id, arguments[0], &actions_, &attributes_, arguments, environment));
        return error_ == 0 ? id : -error_;
    }

private:
    void keep(int error) {
        if (error_ == 0) error_ = error;
    }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
    std::vector<host::Fd> lifted_;
    int error_ = 0;
};

void Preparation::map(const std::vector<MappedDescriptor>& descriptors) {
    int end = standard_numbers; // of the numbers the child has
    for (const MappedDescriptor& each : descriptors) end = std::max(end, each.number + 1);
    std::vector<bool> is_mapped(static_cast<std::size_t>(end));
    for (const MappedDescriptor& each : descriptors) {
        int source = each.ours;
        // One that lies among the numbers of the child could be overwritten before it is copied.
        if (source < end) {
            host::Fd copy(::fcntl(source, F_DUPFD_CLOEXEC, end));
            if (!copy) return keep(errno);
            source = copy.get();
            lifted_.push_back(std::move(copy));
        }
        keep(::posix_spawn_file_actions_adddup2(&actions_, source, each.number));
        is_mapped[static_cast<std::size_t>(each.number)] = true;
    }
    for (int number = 0; number < end; number++) {
        if (is_mapped[static_cast<std::size_t>(number)]) continue;
        if (number < standard_numbers)
            keep(::posix_spawn_file_actions_addopen(&actions_, number, "/dev/null",
                                                    number == 0 ? O_RDONLY : O_WRONLY, 0));
        else
            keep(::posix_spawn_file_actions_addclose(&actions_, number));
    }
    keep(::posix_spawn_file_actions_addclosefrom_np(&actions_, end));
}

/// Texts as exec wants them; they stay with their owner. Errors: invalid (a zero byte).
Result<std::vector<char*>> to_pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
        if (text.find('\0') != std::string::npos)
            return Error{Errc::invalid, "a zero byte in an argument of a command"};
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

Result<pid_t> start(const Command& command) {
    if (command.arguments.empty()) return Error{Errc::invalid, "a command without a program"};
    if (command.directory.find('\0') != std::string::npos)
        return Error{Errc::invalid, "a zero byte in the directory of a command"};
    for (const MappedDescriptor& each : command.descriptors)
        if (each.number < 0 || each.number > number_max || each.ours < 0)
            return Error{Errc::invalid, "a descriptor of a command is out of range"};
    auto arguments = TRY(to_pointers(command.arguments));
    std::vector<char*> environment;
    if (command.environment) environment = TRY(to_pointers(*command.environment));
    Preparation preparation;
    preparation.reset_signals();
    preparation.map(command.descriptors);
    if (!command.directory.empty()) preparation.change_directory(command.directory);
    pid_t id =
        preparation.start(arguments.data(), command.environment ? environment.data() : environ);
    if (id < 0) return host::error_from(-id, "cannot start a program");
    return id;
}

// Until a tracer lets go of a child that has ended.
constexpr std::uint64_t tracer_pause_us = 10'000;
// How often it is seen whether the time is over for a child that was killed.
constexpr std::uint64_t killed_look_us = 100'000;

/// Collects a child that has ended. 0, also if it has not and WNOHANG is among `options`, or minus
/// an errno.
int collect(int handle, int options, siginfo_t& info) {
    int result = 0;
    do result = ::waitid(P_PIDFD, static_cast<id_t>(handle), &info, WEXITED | options);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : -errno;
}

/// The same by an operation that the poller can do.
Result<int> wait_by_operation(Loop& loop, int handle, siginfo_t& info) {
    Operation operation;
    operation.kind = Operation::Kind::waitid;
    do {
        TRY(check_interruption());
        operation.descriptor = handle;
        operation.length = P_PIDFD;
        operation.flags = WEXITED;
        operation.second = &info;
        TRY(loop.perform(operation, "child process"));
    } while (operation.result == -EINTR);
    return operation.result;
}

/// The same once the descriptor shows that the child has ended.
Result<int> wait_by_descriptor(int handle, siginfo_t& info) {
    TRY(poll(handle, POLLIN));
    for (;;) {
        int result = collect(handle, WNOHANG, info);
        if (result != 0 || info.si_pid != 0) return result;
        TRY(this_fiber::sleep_for_us(tracer_pause_us));
    }
}

bool has_timed_out(const Result<ExitStatus>& ended) {
    return !ended && ended.error().code == Errc::timed_out;
}

Result<ExitStatus> wait_at_most(Process& child, std::uint64_t limit_us) {
    Deadline limit(Deadline::in_us(limit_us));
    pollfd entry{child.descriptor(), POLLIN, 0};
    if (!Loop::of_fiber() && TRY(ppoll({&entry, 1}, limit_us)) == 0)
        return Error{Errc::timed_out, "the child has not ended"};
    return child.wait();
}

} // namespace

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return host::last_error("cannot create a pipe");
    return Pipe{host::Fd(ends[0]), host::Fd(ends[1])};
}

Result<Process> Process::spawn(const Command& command) {
    // Keeps a place for the pidfd, so that no child begins that could not be watched.
    host::Fd place(::eventfd(0, EFD_CLOEXEC));
    if (!place) return host::last_error("no descriptor is left for a child");
    pid_t id = TRY(start(command));
    place = host::Fd();
    host::Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    if (handle) return Process(id, std::move(handle), command.grace_us);
    Error error = host::last_error("cannot watch a child");
    ::kill(id, SIGKILL);
    while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
    }
    return error;
}

Process& Process::operator=(Process&& other) noexcept {
    Process taken(std::move(other));
    std::swap(id_, taken.id_);
    std::swap(handle_, taken.handle_);
    std::swap(grace_us_, taken.grace_us_);
    std::swap(is_collected_, taken.is_collected_);
    std::swap(status_, taken.status_);
    return *this;
}

Process::~Process() {
    if (handle_ && !is_collected_) (void)kill_and_wait(*this, grace_us_);
}

Result<void> Process::signal(int number) {
    if (is_collected_) return Error{Errc::not_found, "the child has ended"};
    if (::syscall(SYS_pidfd_send_signal, handle_.get(), number, nullptr, 0) == 0) return {};
    int error = errno;
    Error failed = host::error_from(error, "cannot send a signal");
    if (error == ESRCH) failed.code = Errc::not_found;
    return failed;
}

Result<ExitStatus> Process::wait() {
    TRY(check_interruption());
    if (is_collected_) return status_;
    Loop* loop = Loop::of_fiber();
    siginfo_t info{};
    int result = 0;
    if (!loop)
        result = collect(handle_.get(), 0, info);
    else if (loop->poller().can_do(Operation::Kind::waitid))
        result = TRY(wait_by_operation(*loop, handle_.get(), info));
    else
        result = TRY(wait_by_descriptor(handle_.get(), info));
    // Another fiber may have collected it meanwhile.
    if (is_collected_) return status_;
    if (result != 0) return host::error_from(-result, "cannot collect a child");
    is_collected_ = true;
    bool has_exited = info.si_code == CLD_EXITED;
    status_ = has_exited ? ExitStatus{info.si_status, 0} : ExitStatus{0, info.si_status};
    return status_;
}

Result<ExitStatus> kill_and_wait(Process& child, std::uint64_t grace_us, std::uint64_t limit_us) {
    Shield shield(never_ns);
    (void)child.signal(SIGTERM); // If it has ended already, the wait says how.
    auto ended = wait_at_most(child, grace_us);
    if (ended) return ended;
    (void)child.signal(SIGKILL);
    // The clock of the loop may be one of a test, but the kernel needs real time for this.
    std::uint64_t until_us = monotonic_ns() / 1000 + limit_us;
    do ended = wait_at_most(child, std::min(limit_us, killed_look_us));
    while (has_timed_out(ended) && monotonic_ns() / 1000 < until_us);
    if (has_timed_out(ended))
        log_plain("child " + std::to_string(child.id()) +
                  " was killed and does not end; nobody waits for it any more");
    return ended;
}

} // namespace kindling::fiber
