// SPDX-License-Identifier: MIT
#include "fiber/process.hpp"
#include "fiber/stream.hpp"
#include "tests/fiber/children.hpp"
#include "tests/fiber/poller_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

namespace {

std::string megabyte() {
    std::string text(1 << 20, '\0');
    for (std::size_t i = 0; i < text.size(); i++) text[i] = static_cast<char>(i * 7 + i / 256);
    return text;
}

} // namespace

TEST_CASE("a megabyte goes through a command and comes back", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        std::string text = megabyte();
        CommandOutput result = TRY(run(shell("cat"), to_bytes(text)));
        CHECK(result.status.is_success());
        CHECK(result.standard_output == text);
        CHECK(result.standard_error.empty());
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("both outputs and the status are kept apart", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        CommandOutput result = TRY(run(shell("echo said; echo complained >&2; exit 3")));
        CHECK(result.status.code == 3);
        CHECK(result.standard_output == "said\n");
        CHECK(result.standard_error == "complained\n");
        return {};
    });
}

TEST_CASE("a command need not read its input", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        std::string text = megabyte();
        const char* script = GENERATE("exit 4", "exec <&-; echo after >&2; exit 4",
                                      "head -c 100000 >/dev/null; exit 4");
        CommandOutput result = TRY(run(shell(script), to_bytes(text)));
        CHECK(result.status.code == 4);
        return {};
    });
    sigset_t pending;
    REQUIRE(::sigpending(&pending) == 0);
    CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a command may close its outputs before it ends", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        CommandOutput result = TRY(run(shell("echo x; exec >&-; echo later >&2; exit 5")));
        CHECK(result.status.code == 5);
        CHECK(result.standard_output == "x\n");
        CHECK(result.standard_error == "later\n");
        result = TRY(run(shell("exec >&- 2>&-; kill -TERM $$")));
        CHECK(result.status.signal == SIGTERM);
        return {};
    });
}

TEST_CASE("a command that says too much is ended", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        const char* script = GENERATE("exec yes", "exec yes >&2");
        auto before = open_descriptors_count();
        auto result = run(shell(script), {}, 100'000);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == Errc::too_large);
        CHECK_FALSE(has_children());
        CHECK(open_descriptors_count() == before);
        CHECK(TRY(run(shell("echo 123"), {}, 4)).standard_output.size() == 4);
        CHECK(run(shell("echo 1234"), {}, 4).error().code == Errc::too_large);
        return {};
    });
}

TEST_CASE("a command that is not there says so", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        auto before = open_descriptors_count();
        Command command;
        command.arguments = {"no-such-program"};
        auto result = run(command, to_bytes("input"));
        REQUIRE_FALSE(result);
        CHECK(result.error().code == Errc::not_found);
        CHECK(open_descriptors_count() == before);
        CHECK_FALSE(has_children());
        return {};
    });
}

TEST_CASE("a cancelled run ends its command and collects it", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        auto before = open_descriptors_count();
        std::string ended;
        Group group(Policy::all_settled);
        TRY(group.spawn("runner", [&] {
            auto result = run(shell("exec sleep 1000"), to_bytes("x"));
            ended = result ? "ran" : to_text(result.error().code);
        }));
        TRY(this_fiber::yield());
        CHECK(has_children());
        group.cancel();
        (void)group.wait();
        CHECK(ended == "cancelled");
        CHECK_FALSE(has_children());
        CHECK(open_descriptors_count() == before);
        return {};
    });
}

TEST_CASE("a process left behind that holds the output is waited for until the deadline",
          "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        Pipe gate = TRY(make_pipe());
        Command command = shell("cat <&3 & exit 0");
        command.descriptors = {{gate.read_end.get(), 3}};
        {
            Deadline soon(Deadline::in_us(20'000));
            auto result = run(command);
            REQUIRE_FALSE(result);
            CHECK(result.error().code == Errc::timed_out);
        }
        CHECK_FALSE(has_children());
        // Without one it takes as long as that process does.
        Group group;
        std::string said;
        TRY(group.spawn("runner", [&]() -> Result<void> {
            Pipe second = TRY(make_pipe());
            command.descriptors = {{second.read_end.get(), 3}};
            TRY(write_all(second.write_end.get(), to_bytes("late")));
            second.write_end = host::Fd();
            said = TRY(run(command)).standard_output;
            return {};
        }));
        TRY(group.wait());
        CHECK(said == "late");
        return {};
    });
}

TEST_CASE("others run while a command does, and may feed it", "[fiber][run]") {
    on_each_poller([]() -> Result<void> {
        Pipe gate = TRY(make_pipe());
        Command command = shell("cat");
        command.descriptors = {{gate.read_end.get(), 0}}; // comes before the pipe
        std::string said;
        Group group;
        TRY(group.spawn("runner", [&]() -> Result<void> {
            said = TRY(run(command)).standard_output;
            return {};
        }));
        TRY(group.spawn("feeder", [&]() -> Result<void> {
            TRY(write_all(gate.write_end.get(), to_bytes("fed")));
            gate.write_end = host::Fd();
            return {};
        }));
        TRY(group.wait());
        CHECK(said == "fed");
        return {};
    });
}

TEST_CASE("a command has the surroundings it was given", "[fiber][run]") {
    Command command = shell("echo \"$SPICE,$HOME\"; pwd");
    command.environment = {"SPICE=mace"};
    command.directory = "/proc";
    CommandOutput result = run(command).value();
    CHECK(result.standard_output == "mace,\n/proc\n");
    // A path is looked for from that folder.
    command.arguments = {"./sh", "-c", "echo found"};
    command.directory = "/bin";
    CHECK(run(command).value().standard_output == "found\n");
}

TEST_CASE("off a fiber a run blocks", "[fiber][run]") {
    std::string text = megabyte();
    CommandOutput result = run(shell("cat; exit 9"), to_bytes(text)).value();
    CHECK(result.status.code == 9);
    CHECK(result.standard_output == text);
    CHECK_FALSE(has_children());
}
