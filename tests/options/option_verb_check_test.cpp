// SPDX-License-Identifier: MIT
#include "options/option_online.hpp"
#include "options/option_print.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/skip.hpp"

#include <cstdlib>
#include <filesystem>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>

using namespace kindling::options;

namespace {

struct Variable {
    const char* name;
    const char* value;
};

void set(const std::vector<Variable>& variables) {
    for (const char* name : {"SYSTEMD_OFFLINE", "SYSTEMD_IN_CHROOT", "SYSTEMD_IGNORE_CHROOT"})
        ::unsetenv(name);
    for (const Variable& each : variables) ::setenv(each.name, each.value, 1);
}

/// What `is_offline` says with these variables, in a chroot or not; 2 if that cannot be made.
int offline(const std::vector<Variable>& variables, const char* root = nullptr) {
    return run_in_child([&] {
               set(variables);
               if (root && ::chroot(root) < 0) return 2;
               return is_offline() ? 1 : 0;
           })
        .exit_status;
}

/// Runs its verbs, one of which needs the running system.
int run(const Words& words) {
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    FOREACH_OPTION(option, parser) {
        // It takes the labels for expressions.
        // clang-format off
        switch (option) {
        OPTION_COMMON_QUIET:
            break;
        }
    }
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    switch (choice.id) {
    VERB_FULL(VERB_ONLINE_ONLY, "reload", "[UNIT]", 0, 1, nullptr, 0, "Read units again"):
    VERB_ALIAS("again", "reload"):
        return 10;
    VERB_NOARG("show-units", "Show what is there"):
        return 11;
    VERB_TYPED("limit", "WHEN [PORT...]", "early|late;uint:1..65535,", 1, VERB_ANY, "Set limits"):
        return 20 + static_cast<int>(choice.value(0).number) +
               static_cast<int>(choice.value(9).number);
    VERB_TYPED("delay", "TIME", "duration:ms", 1, 1, "Wait"):
        return static_cast<int>(choice.value(0).number / 1000);
    VERB_COMMON_HELP:
        return 12;
    }
    // clang-format on
    return print_error(choice);
}

ChildResult run_with(const std::vector<Variable>& variables, const Words& words) {
    return run_in_child([&] {
        set(variables);
        return run(words);
    });
}

} // namespace

TEST_CASE("a verb that needs the running system is left out offline", "[options][verb]") {
    for (const char* name : {"reload", "again"}) {
        ChildResult child = run_with({{"SYSTEMD_OFFLINE", "1"}}, {"-q", name});
        CHECK(child.exit_status == 0);
        CHECK(child.output == "note: verb 'reload' does nothing in a chroot or offline\n");
        child = run_with({{"SYSTEMD_OFFLINE", "0"}}, {name, "unit"});
        CHECK(child.exit_status == 10);
        CHECK(child.output.empty());
    }
    CHECK(run_with({{"SYSTEMD_OFFLINE", "1"}}, {"show-units"}).exit_status == 11);
}

TEST_CASE("wrong words are an error offline too", "[options][verb]") {
    ChildResult child = run_with({{"SYSTEMD_OFFLINE", "1"}}, {"reload", "one", "two"});
    CHECK(child.exit_status == exit_usage);
    CHECK(child.output.starts_with("error: verb 'reload' takes fewer arguments"));
    CHECK(run_with({{"SYSTEMD_OFFLINE", "1"}}, {"--wrong", "reload"}).exit_status == exit_usage);
}

TEST_CASE("arguments of a verb are of its types", "[options][verb]") {
    auto run_plain = [](const Words& words) { return run_with({}, words); };
    CHECK(run_plain({"limit", "late"}).exit_status == 21);
    CHECK(run_plain({"limit", "early", "1,2", "65535", ""}).exit_status == 20);
    CHECK(run_plain({"delay", "30"}).exit_status == 30);
    CHECK(run_plain({"help", "anything"}).exit_status == 12);
    ChildResult child = run_plain({"limit", "erly"});
    CHECK(child.exit_status == exit_usage);
    CHECK(child.output == "error: invalid value 'erly' for WHEN of verb 'limit': expected early or "
                          "late\n"
                          "hint: did you mean 'early'? Try 'program limit --help'.\n");
    child = run_plain({"limit", "late", "1", "80,0"});
    CHECK(child.exit_status == exit_usage);
    CHECK(child.output == "error: invalid value '80,0' for PORT of verb 'limit': expected a number "
                          "from 1 to 65535\n"
                          "hint: Try 'program limit --help'.\n");
    child = run_plain({"delay", "\x1b"});
    CHECK(child.output.starts_with("error: invalid value '\\x1b' for TIME of verb 'delay': "
                                   "expected a duration"));
    // A beginning will not do: the program reads the word itself.
    CHECK(run_plain({"limit", "la"}).exit_status == exit_usage);
    // The count comes first.
    CHECK(run_plain({"delay", "x", "y"}).output.starts_with("error: verb 'delay' takes fewer"));
}

TEST_CASE("a choice that is left out has a cause and no hint", "[options][verb]") {
    ChildResult child = run_in_child([] {
        set({{"SYSTEMD_OFFLINE", "yes"}});
        const char* const words[] = {"reload"};
        VerbChoice choice = choose_verb(VERB_TABLE, 1, words);
        FileSink out(STDOUT_FILENO);
        write_cause(out.sink(), choice);
        out.write("|");
        write_hint(out.sink(), choice, "tool");
        out.flush();
        return choice.error == VerbError::offline && choice.id == error_id ? 0 : 1;
    });
    CHECK(child.exit_status == 0);
    CHECK(child.output == "verb 'reload' does nothing in a chroot or offline|");
}

TEST_CASE("the environment says what is offline", "[options][verb]") {
    CHECK(offline({{"SYSTEMD_OFFLINE", "yes"}}) == 1);
    CHECK(offline({{"SYSTEMD_OFFLINE", "no"}, {"SYSTEMD_IN_CHROOT", "1"}}) == 0);
    CHECK(offline({{"SYSTEMD_OFFLINE", "perhaps"}, {"SYSTEMD_IN_CHROOT", "1"}}) == 1);
    CHECK(offline({{"SYSTEMD_IN_CHROOT", "0"}}) == 0);
    CHECK(offline({{"SYSTEMD_IGNORE_CHROOT", "1"}}) == 0);
}

TEST_CASE("processes that are hidden are no chroot", "[options][verb]") {
    int status = run_in_child([] {
                     set({});
                     uid_t nobody = 65534;
                     bool hides_others =
                         ::unshare(CLONE_NEWNS) == 0 &&
                         ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("proc", "/proc", "proc", 0, "hidepid=2") == 0 &&
                         ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                         ::setresuid(nobody, nobody, nobody) == 0 && ::access("/proc/1", F_OK) < 0;
                     if (!hides_others) return 2;
                     return is_offline() ? 1 : 0;
                 }).exit_status;
    if (status == 2) return kindling::skip("only root may hide processes");
    CHECK(status == 0);
}

TEST_CASE("a chroot is seen by its root directory", "[options][verb]") {
    if (::geteuid() != 0) return kindling::skip("only root may enter a chroot");
    std::string root = std::filesystem::temp_directory_path() / "kindling-online-XXXXXX";
    REQUIRE(::mkdtemp(root.data()));
    CHECK(offline({}, root.c_str()) == 1);
    CHECK(offline({{"SYSTEMD_IGNORE_CHROOT", "1"}}, root.c_str()) == 0);
    CHECK(offline({{"SYSTEMD_IN_CHROOT", "0"}}, root.c_str()) == 0);
    CHECK(::rmdir(root.c_str()) == 0);
}
