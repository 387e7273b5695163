// SPDX-License-Identifier: MIT
#include "options/option_online.hpp"
#include "options/option_print.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/skip.hpp"

#include <cstdlib>
#include <filesystem>

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

TEST_CASE("a chroot is seen by its root directory", "[options][verb]") {
    if (::geteuid() != 0) return kindling::skip("only root may enter a chroot");
    std::string root = std::filesystem::temp_directory_path() / "kindling-online-XXXXXX";
    REQUIRE(::mkdtemp(root.data()));
    CHECK(offline({}, root.c_str()) == 1);
    CHECK(offline({{"SYSTEMD_IGNORE_CHROOT", "1"}}, root.c_str()) == 0);
    CHECK(offline({{"SYSTEMD_IN_CHROOT", "0"}}, root.c_str()) == 0);
    CHECK(::rmdir(root.c_str()) == 0);
}
