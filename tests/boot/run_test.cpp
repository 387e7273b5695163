// SPDX-License-Identifier: MIT
#include "boot/run.hpp"
#include "core/loader_interface.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_machine.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using namespace kindling::boot;
using loader_interface::vendor;

namespace {

constexpr Key enter{u'\r', 0};
constexpr Key escape{27, 0};

/// A whole machine with a kernel and a loader that is asked to run on it.
struct Bench {
    fakes::FakeVolume esp, xbootldr;
    fakes::FakeVariables variables;
    fakes::FakeTpm tpm;
    fakes::FakeScreen screen;
    fakes::FakeImages images;
    fakes::FakeClock clock;
    bool has_xbootldr = false;
    Facts facts{"x64",
                "/EFI/BOOT/BOOTX64.EFI",
                "4B494E44-4C49-4E47-0000-000000000001",
                "",
                "the loader",
                "Fake 1.00",
                "UEFI 2.70",
                "0x00000002"};

    Bench() {
        esp.add("/vmlinuz", "kernel");
        xbootldr.add("/vmlinuz", "kernel");
    }

    void add_entry(const std::string& name, const std::string& more = "") {
        esp.add("/loader/entries/" + name, "linux /vmlinuz\noptions id=" + name + "\n" + more);
    }

    void set(std::string_view name, std::string_view text) {
        REQUIRE(
            loader_interface::set_text(variables, name, text, Variables::Storage::non_volatile));
    }
    std::optional<std::string> get(std::string_view name) {
        return loader_interface::get_text(variables, name);
    }

    Outcome run() {
        Machine machine{esp,  has_xbootldr ? &xbootldr : nullptr, variables, tpm, screen, images,
                        clock};
        return boot::run(machine, facts);
    }

    /// File names of the entries that were started, in order.
    std::vector<std::string> started() const {
        std::vector<std::string> names;
        for (const auto& one : images.started)
            names.push_back(one.load_options.substr(one.load_options.find("id=") + 3));
        return names;
    }
    bool says(std::string_view text) const { return screen.shown.find(text) != std::string::npos; }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("without entries the loader says so and gives up", "[run]") {
    Bench bench;
    CHECK(bench.run() == Outcome::fail);
    CHECK(bench.says("error: /loader/entries, /EFI/Linux: there is nothing to boot"));
}

TEST_CASE("the variables of the interface tell who loaded and from where", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.add_entry("b.conf");
    bench.clock.power_on_us = 1234;
    bench.run();
    CHECK(bench.get("LoaderInfo") == "kindling " KINDLING_VERSION);
    CHECK(bench.get("LoaderDevicePartUUID") == bench.facts.device_part_uuid);
    CHECK(bench.get("LoaderImageIdentifier") == "the loader");
    CHECK(bench.get("LoaderFirmwareInfo") == "Fake 1.00");
    CHECK(bench.get("LoaderFirmwareType") == "UEFI 2.70");
    CHECK(bench.get("LoaderTpm2ActivePcrBanks") == "0x00000002");
    CHECK(bench.get("LoaderTimeInitUSec") == "1234");
    CHECK(bench.get("LoaderTimeExecUSec") == "1234");
    CHECK_FALSE(bench.get("LoaderDeviceURL"));
    CHECK(bench.get("LoaderEntrySelected") == "b.conf");
    const auto* features = bench.variables.find(vendor, "LoaderFeatures");
    REQUIRE(features);
    CHECK(read_u64(features->data, 0).value() == 0xd633f);
    const auto* ids = bench.variables.find(vendor, "LoaderEntries");
    REQUIRE(ids);
    std::vector<std::byte> expected = to_ucs2_bytes("b.conf");
    append(expected, to_ucs2_bytes("a.conf"));
    CHECK(ids->data == expected);
}

TEST_CASE("what an earlier stage told about the firmware stays", "[run]") {
    Bench bench;
    bench.set("LoaderFirmwareInfo", "First 9.99");
    bench.run();
    CHECK(bench.get("LoaderFirmwareInfo") == "First 9.99");
}

TEST_CASE("a machine whose variables cannot be written still boots, with warnings", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.variables.is_read_only = true;
    bench.images.start_errors = {{Errc::io, "came back"}};
    bench.run();
    CHECK(bench.started() == Names{"a.conf"});
    CHECK(bench.says("warning: LoaderInfo: "));
}

TEST_CASE("a hidden menu boots the default unless a key is pressed", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.add_entry("b.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    SECTION("no key") {
        CHECK(bench.run() == Outcome::fail);
        CHECK(bench.started() == Names{"b.conf"});
        CHECK(bench.screen.waits == std::vector<std::optional<std::uint32_t>>{100});
    }
    SECTION("a digit") {
        bench.screen.keys = {{u'2', 0}};
        CHECK(bench.run() == Outcome::fail);
        CHECK(bench.started() == Names{"a.conf"});
    }
    SECTION("another key opens the list") {
        bench.screen.keys = {{u'x', 0}, {u'2', 0}, escape};
        CHECK(bench.run() == Outcome::leave);
        CHECK(bench.started() == Names{"a.conf"});
        CHECK(bench.says("  1  b.conf"));
        CHECK(bench.says("came back"));
    }
}

TEST_CASE("menu-disabled reads no key", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.esp.add("/loader/loader.conf", "timeout menu-disabled\n");
    bench.images.start_errors = {{Errc::io, "came back"}};
    CHECK(bench.run() == Outcome::fail);
    CHECK(bench.screen.waits.empty());
}

TEST_CASE("time-outs count by variable before loader.conf, and one-shot before both", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.esp.add("/loader/loader.conf", "timeout 2\n");
    bench.images.start_errors = {{Errc::io, "came back"}, {Errc::io, "came back"}};
    std::size_t waits = 0;
    SECTION("loader.conf") {
        waits = 2;
    }
    SECTION("variable") {
        bench.set("LoaderConfigTimeout", "3");
        waits = 3;
    }
    SECTION("one-shot") {
        bench.set("LoaderConfigTimeout", "3");
        bench.set("LoaderConfigTimeoutOneShot", "1");
        waits = 1;
    }
    SECTION("variable that is no time-out") {
        bench.set("LoaderConfigTimeout", "soon");
        waits = 2;
    }
    bench.run();
    // One read per second, then one more when the failed entry led back to the list.
    REQUIRE(bench.screen.waits.size() == waits + 1);
    CHECK(bench.screen.waits[0] == 1000u);
    CHECK_FALSE(bench.screen.waits.back());
    CHECK_FALSE(bench.get("LoaderConfigTimeoutOneShot"));
}

TEST_CASE("a one-shot time-out of 0 shows the menu without an end", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.set("LoaderConfigTimeoutOneShot", "0");
    bench.screen.keys = {escape};
    CHECK(bench.run() == Outcome::leave);
    CHECK(bench.screen.waits == std::vector<std::optional<std::uint32_t>>{std::nullopt});
    CHECK(bench.started().empty());
}

TEST_CASE("the one-shot entry is booted once and not remembered", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.add_entry("b.conf");
    bench.esp.add("/loader/loader.conf", "default @saved\n");
    bench.set("LoaderEntryOneShot", "A.*");
    bench.set("LoaderEntryLastBooted", "b.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    bench.run();
    CHECK(bench.started() == Names{"a.conf"});
    CHECK_FALSE(bench.get("LoaderEntryOneShot"));
    CHECK(bench.get("LoaderEntrySelected") == "a.conf");
    CHECK(bench.get("LoaderEntryLastBooted") == "b.conf");
}

TEST_CASE("the last entry is remembered exactly while @saved is in use", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.add_entry("b.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    bench.screen.keys = {{u'2', 0}};
    SECTION("by loader.conf's default") {
        bench.esp.add("/loader/loader.conf", "default @saved\n");
        bench.run();
        CHECK(bench.get("LoaderEntryLastBooted") == "a.conf");
        const auto* kept = bench.variables.find(vendor, "LoaderEntryLastBooted");
        CHECK(kept->storage == Variables::Storage::non_volatile);
    }
    SECTION("by loader.conf's preferred") {
        bench.esp.add("/loader/loader.conf", "preferred @saved\n");
        bench.run();
        CHECK(bench.get("LoaderEntryLastBooted") == "a.conf");
    }
    SECTION("by the variable") {
        bench.set("LoaderEntryDefault", "@saved");
        bench.run();
        CHECK(bench.get("LoaderEntryLastBooted") == "a.conf");
    }
    SECTION("not in use") {
        bench.set("LoaderEntryLastBooted", "b.conf");
        bench.run();
        CHECK_FALSE(bench.get("LoaderEntryLastBooted"));
    }
}

TEST_CASE("a counted entry loses a try before it is started", "[run]") {
    Bench bench;
    bench.add_entry("a+3.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    bench.esp.add("/loader/loader.conf", "reboot-on-error no\n");
    CHECK(bench.run() == Outcome::fail);
    CHECK(bench.esp.renamed == Names{"/loader/entries/a+3.conf -> /loader/entries/a+2-1.conf"});
    CHECK(bench.get("LoaderBootCountPath") == "\\loader\\entries\\a+2-1.conf");
    CHECK(bench.get("LoaderEntrySelected") == "a.conf");
}

TEST_CASE("a second try from the list counts again", "[run]") {
    Bench bench;
    bench.add_entry("a+3.conf");
    bench.esp.add("/loader/loader.conf", "timeout menu-force\nreboot-on-error no\n");
    bench.images.start_errors = {{Errc::io, "came back"}, {Errc::io, "came back"}};
    bench.screen.keys = {enter, enter, escape};
    CHECK(bench.run() == Outcome::leave);
    REQUIRE(bench.esp.renamed.size() == 2);
    CHECK(bench.esp.renamed[1] == "/loader/entries/a+2-1.conf -> /loader/entries/a+1-2.conf");
}

TEST_CASE("a counter on a read-only volume is left alone without a word", "[run]") {
    Bench bench;
    bench.add_entry("a+3.conf");
    bench.esp.is_read_only = true;
    bench.run();
    CHECK(bench.started().front() == "a+3.conf");
    CHECK_FALSE(bench.get("LoaderBootCountPath"));
    CHECK_FALSE(bench.says("warning"));
}

TEST_CASE("a counter that cannot be written is a warning, and the entry is booted", "[run]") {
    Bench bench;
    bench.add_entry("a+3.conf");
    bench.esp.rename_error = Error{Errc::io, "cannot rename", 0, 7};
    bench.run();
    CHECK(bench.started().front() == "a+3.conf");
    CHECK(bench.says("warning: /loader/entries/a+3.conf: cannot rename (status 0x7)"));
}

TEST_CASE("the counter of an entry on XBOOTLDR is counted there", "[run]") {
    Bench bench;
    bench.has_xbootldr = true;
    bench.xbootldr.add("/loader/entries/x+1.conf", "linux /vmlinuz\n");
    bench.run();
    CHECK(bench.xbootldr.renamed.size() == 1);
    CHECK(bench.esp.renamed.empty());
}

TEST_CASE("an entry with tries left that fails reboots, unless somebody wants the list", "[run]") {
    Bench bench;
    bench.add_entry("a+1.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    SECTION("nobody") {
        CHECK(bench.run() == Outcome::reboot);
        CHECK(bench.screen.waits.back() == 5000u);
    }
    SECTION("somebody") {
        // The first read is that of the hidden menu.
        bench.esp.add("/loader/loader.conf", "timeout menu-disabled\n");
        bench.screen.keys = {{u'x', 0}, escape};
        CHECK(bench.run() == Outcome::leave);
        CHECK(bench.says("  1  a.conf"));
    }
}

TEST_CASE("reboot-on-error decides what a failed entry leads to", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    SECTION("automatic, not counted") {
        CHECK(bench.run() == Outcome::fail);
    }
    SECTION("always") {
        bench.esp.add("/loader/loader.conf", "reboot-on-error yes\n");
        CHECK(bench.run() == Outcome::reboot);
    }
}

TEST_CASE("a failed entry without tries left does not reboot", "[run]") {
    Bench bench;
    bench.add_entry("a+0-3.conf");
    bench.images.start_errors = {{Errc::io, "came back"}};
    CHECK(bench.run() == Outcome::fail);
}

TEST_CASE("a tool that ends leads to the list", "[run]") {
    Bench bench;
    bench.esp.add("/tool.efi", "a tool");
    bench.esp.add("/loader/entries/tool.conf", "efi /tool.efi\noptions id=tool\n");
    bench.screen.keys = {{u'1', 0}, escape};
    CHECK(bench.run() == Outcome::leave);
    CHECK(bench.started() == Names{"tool"});
    CHECK(bench.says("  1  tool.conf"));
}

TEST_CASE("without a keyboard nothing is started for ever", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.esp.add("/loader/loader.conf", "timeout 1\n");
    for (int i = 0; i < 10; i++) bench.images.start_errors.push_back({Errc::io, "came back"});
    CHECK(bench.run() == Outcome::fail);
    CHECK(bench.started().size() == 1);
}

TEST_CASE("a failure names the file and the reason", "[run]") {
    Bench bench;
    bench.add_entry("a.conf", "initrd /none\n");
    CHECK(bench.run() == Outcome::fail);
    CHECK(bench.says("error: /none: does not exist"));
    CHECK(bench.says("a.conf was not started"));
    CHECK(bench.started().empty());
}

TEST_CASE("loader.conf is measured as it is, before it is obeyed", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.esp.add("/loader/loader.conf", "timeout 0\nnonsense yes\n");
    bench.run();
    REQUIRE_FALSE(bench.tpm.sent.empty());
    CHECK(bench.tpm.sent[0].pcr == 5);
    CHECK(bench.tpm.sent[0].tag == 0xf5bc582a);
    CHECK(to_text(bench.tpm.sent[0].bytes) == "timeout 0\nnonsense yes\n");
    CHECK(bench.says("warning: /loader/loader.conf:2: "));
}

TEST_CASE("a loader.conf that cannot be measured is obeyed, with a warning", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.add_entry("b.conf");
    bench.esp.add("/loader/loader.conf", "default a*\n");
    bench.tpm.broken_pcrs = {5};
    bench.run();
    CHECK(bench.started().front() == "a.conf");
    CHECK(bench.says("warning: /loader/loader.conf: tpm refused the event"));
}

TEST_CASE("a loader.conf that cannot be read is a warning", "[run]") {
    Bench bench;
    bench.add_entry("a.conf");
    bench.esp.add("/loader/loader.conf", "x").read_error = Error{Errc::io, "cannot read"};
    bench.run();
    CHECK(bench.started().front() == "a.conf");
    CHECK(bench.says("warning: /loader/loader.conf: cannot read"));
}

TEST_CASE("hidden entries are told with file, line and reason, expected ones are not", "[run]") {
    Bench bench;
    bench.add_entry("good.conf");
    bench.esp.add("/loader/entries/two.conf", "linux /a\nefi /b\n");
    bench.esp.add("/loader/entries/none.conf", "linux /none\n");
    bench.esp.add("/loader/entries/other.conf", "linux /vmlinuz\narchitecture aa64\n");
    bench.run();
    CHECK(bench.says("warning: /loader/entries/two.conf:2: "));
    CHECK(bench.says("warning: /loader/entries/none.conf: /none does not exist"));
    CHECK_FALSE(bench.says("other.conf"));
}

TEST_CASE("strict-extras fails the entry of which an extra is skipped", "[run]") {
    Bench bench;
    bench.add_entry("a.conf", "extra /none.cred\n");
    SECTION("without") {
        bench.run();
        CHECK(bench.started().size() >= 1);
    }
    SECTION("with") {
        bench.esp.add("/loader/loader.conf", "strict-extras yes\n");
        CHECK(bench.run() == Outcome::fail);
        CHECK(bench.started().empty());
    }
    CHECK(bench.says("warning: /none.cred: does not exist"));
}
