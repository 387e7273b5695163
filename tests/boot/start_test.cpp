// SPDX-License-Identifier: MIT
#include "boot/start.hpp"

#include "base/hex.hpp"
#include "cpio/reader.hpp"
#include "tests/boot/start_bench.hpp"
#include "tests/catch.hpp"

#include <algorithm>

using namespace kindling;
using bls::EntryKind;
using tests::Bench, tests::image_path;
using Words = std::vector<std::string>;

namespace {

/// "path=contents" of all files in archives.
Words files_in(Bytes archives) {
    Words files;
    auto members = cpio::read_members(archives);
    REQUIRE(members);
    for (const cpio::MemberView& member : *members)
        if (member.is_type(cpio::type_file))
            files.push_back(member.name + "=" + std::string(to_text(member.contents)));
    return files;
}

Bytes behind(const std::vector<std::byte>& initrd, std::size_t offset) {
    return Bytes(initrd).subspan(offset);
}

const Error device_error{Errc::io, "cannot read", 0, 7};

} // namespace

TEST_CASE("an entry is loaded, packed, measured and started, in this order", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.clock.power_on_us = 1234567;
    bench.esp.add("/v/initrd", "INITRD");
    bench.entry.initrds = {"/v/initrd"};
    bench.entry.options = "quiet";
    bench.add_extra("/v/a.cred", "A");
    bench.add_extra("/v/b.sysext.raw", "B");
    bench.add_extra("/v/c.confext.raw", "C");
    REQUIRE(bench.start());
    CHECK(bench.journal == Words{"read /v/image.efi", "load /v/image.efi", "read /v/a.cred",
                                 "read /v/b.sysext.raw", "read /v/c.confext.raw", "read /v/initrd",
                                 "measure 12", "measure 13", "measure 12", "measure 12",
                                 "set LoaderTimeExecUSec", "set Report0", "start", "unload"});
    CHECK(bench.screen.shown.empty());
    CHECK(bench.at_file == image_path);
}

TEST_CASE("the firmware gets the image as it is on disk", "[boot][start]") {
    auto kind = GENERATE(EntryKind::linux_, EntryKind::efi, EntryKind::uki, EntryKind::type2);
    Bench bench(kind);
    bench.entry.options = "quiet";
    auto started = bench.started();
    CHECK(started.path == image_path);
    CHECK(started.load_options == "quiet");
    CHECK(started.initrd.empty());
    CHECK(bench.images.loaded_contents.size() == bench.esp.info(image_path)->size_bytes);
    CHECK(bench.images.volume == &bench.esp);
    CHECK(bench.images.unloaded.size() == 1);
}

TEST_CASE("files of an entry on XBOOTLDR come from there", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.entry.source = bls::EntrySource::xbootldr;
    bench.add_extra("/v/a.cred", "from the ESP");
    bench.xbootldr.add(image_path, "another image");
    bench.xbootldr.add("/v/a.cred", "from XBOOTLDR");
    CHECK(files_in(bench.started().initrd) == Words{".extra/credentials/a.cred=from XBOOTLDR"});
    CHECK(bench.images.volume == &bench.xbootldr);
    CHECK(to_text(bench.images.loaded_contents) == "another image");
}

TEST_CASE("a kernel gets its initrds in front of the extras", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.esp.add("/v/microcode", "MICRO");
    bench.esp.add("/v/initrd", "INITRD");
    bench.entry.initrds = {"/v/microcode", "/v/initrd"};
    bench.add_extra("/v/b.sysext.raw", "B");
    bench.add_extra("/v/a.cred", "A");
    bench.images.earlier_initrd = fakes::copy(to_bytes("ignored by kernels"));
    auto started = bench.started();
    CHECK(started.load_options == "initrd=\\v\\microcode initrd=\\v\\initrd");
    REQUIRE(started.initrd.size() > 16);
    CHECK(to_text(Bytes(started.initrd).first(16)) ==
          std::string_view("MICRO\0\0\0INITRD\0\0", 16));
    CHECK(files_in(behind(started.initrd, 16)) ==
          Words{".extra/credentials/a.cred=A", ".extra/sysext/b.sysext.raw=B"});
}

TEST_CASE("a single initrd keeps its exact bytes", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.esp.add("/v/initrd", "INITR");
    bench.entry.initrds = {"/v/initrd"};
    CHECK(to_text(bench.started().initrd) == "INITR");
    CHECK(bench.report_has("\"initrdSize\":5,\"packed\":[]"));
}

TEST_CASE("what is measured is what is handed over", "[boot][start]") {
    auto kind = GENERATE(EntryKind::linux_, EntryKind::uki);
    Bench bench(kind);
    bench.entry.options = "quiet";
    bench.add_extra("/v/a.cred", "A");
    bench.add_extra("/v/c.confext.raw", "C");
    bench.add_extra("/v/b.sysext.raw", "B");
    bench.add_extra("/v/d.cred", "D");
    auto started = bench.started();
    auto& sent = bench.tpm.sent;
    REQUIRE(sent.size() == 4);
    std::vector<std::byte> measured;
    for (std::size_t i = 0; i < 3; i++) append(measured, sent[i].bytes);
    CHECK(measured == started.initrd);
    CHECK(files_in(sent[0].bytes) ==
          Words{".extra/credentials/a.cred=A", ".extra/credentials/d.cred=D"});
    CHECK(files_in(sent[1].bytes) == Words{".extra/sysext/b.sysext.raw=B"});
    CHECK(files_in(sent[2].bytes) == Words{".extra/confext/c.confext.raw=C"});
    CHECK(to_hex(sent[3].bytes) == "7100750069006500740000"
                                   "00");
    CHECK(sent[3].description == "quiet");
    for (const auto& event : sent) CHECK(event.type == pcr::EventType::ipl);
}

TEST_CASE("an earlier initrd is joined in front of a UKI's extras", "[boot][start]") {
    auto kind = GENERATE(EntryKind::uki, EntryKind::type2);
    Bench bench(kind);
    bench.images.earlier_initrd = fakes::copy(to_bytes("EARLY"));
    bench.add_extra("/v/a.cred", "A");
    auto started = bench.started();
    REQUIRE(started.initrd.size() > 8);
    CHECK(to_text(Bytes(started.initrd).first(8)) == std::string_view("EARLY\0\0\0", 8));
    CHECK(files_in(behind(started.initrd, 8)) == Words{".extra/credentials/a.cred=A"});
    // The earlier stage has measured its own part.
    REQUIRE(bench.tpm.sent.size() == 1);
    CHECK(equal(bench.tpm.sent[0].bytes, behind(started.initrd, 8)));
    CHECK(bench.report_has("\"initrdSize\":" + std::to_string(started.initrd.size())));
}

TEST_CASE("without packed extras a UKI keeps what was registered", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.images.earlier_initrd = fakes::copy(to_bytes("EARLY"));
    SECTION("as none are listed") {
        REQUIRE(bench.started().initrd.empty());
        CHECK(std::count(bench.journal.begin(), bench.journal.end(), "previous") == 0);
    }
    SECTION("as all are skipped") {
        bench.entry.extras = {"/v/missing.cred"};
        REQUIRE(bench.started().initrd.empty());
    }
    SECTION("as all vanish while they are read") {
        bench.add_extra("/v/a.cred", "A");
        bench.esp.add("/v/a.cred", "A").read_error = device_error;
        REQUIRE(bench.started().initrd.empty());
        CHECK(bench.screen.shown == "warning: /v/a.cred: cannot read\n");
    }
    CHECK(bench.tpm.sent.empty());
    CHECK(bench.report_has("\"initrdSize\":0,\"packed\":[]"));
}

TEST_CASE("an earlier initrd that cannot be read is warned about", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.images.previous_error = device_error;
    bench.add_extra("/v/a.cred", "A");
    CHECK(files_in(bench.started().initrd) == Words{".extra/credentials/a.cred=A"});
    CHECK(bench.screen.shown == "warning: initrd of an earlier stage: cannot read (status 0x7)\n");
}

TEST_CASE("a UKI's initrd lines are not for us, and its profile is", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.entry.initrds = {"/v/missing"};
    bench.entry.profile = 2;
    bench.entry.options = "quiet";
    auto started = bench.started();
    CHECK(started.load_options == "@2 quiet");
    CHECK(started.initrd.empty());
}

TEST_CASE("options that the image has itself are neither passed nor measured", "[boot][start]") {
    Bench bench(EntryKind::type2);
    bench.entry.options = "embedded";
    bench.entry.options_implied = true;
    CHECK(bench.started().load_options.empty());
    CHECK(bench.tpm.sent.empty());
}

TEST_CASE("an efi entry is told that its extras do nothing", "[boot][start]") {
    Bench bench(EntryKind::efi);
    bench.entry.options = "shell";
    bench.add_extra("/v/a.cred", "A");
    auto started = bench.started();
    CHECK(started.initrd.empty());
    CHECK(started.load_options == "shell");
    CHECK(bench.screen.shown ==
          "warning: /loader/entries/a.conf: extra lines have no effect on an efi entry\n");
    CHECK(bench.tpm.sent.size() == 1);
    CHECK(bench.report_has("\"kind\":\"efi\""));
    CHECK(std::count(bench.journal.begin(), bench.journal.end(), "previous") == 0);
}

TEST_CASE("an entry with a URL is refused before anything is touched", "[boot][start]") {
    Bench bench(EntryKind::uki_url);
    CHECK(bench.failure().code == Errc::unsupported);
    CHECK(bench.at_file == "/loader/entries/a.conf");
    CHECK(bench.journal.empty());
}

TEST_CASE("skipped extras are named on the screen and the others packed", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.entry.extras = {"/v/missing.cred"};
    bench.add_extra("/v/a.txt", "A");
    bench.add_extra("/v/empty.cred", "");
    bench.add_extra("/v/b.cred", "B");
    CHECK(files_in(bench.started().initrd) == Words{".extra/credentials/b.cred=B"});
    CHECK(bench.screen.shown ==
          "warning: /v/missing.cred: does not exist\n"
          "warning: /v/a.txt: suffix is not .cred, .sysext.raw or .confext.raw\n"
          "warning: /v/empty.cred: is empty\n");
    CHECK(bench.report_has("\"strict\":false"));
    CHECK(bench.report_has(R"("packed":[{"path":"/v/b.cred","name":"b.cred",)"));
    CHECK(bench.report_has(R"({"path":"/v/missing.cred","reason":"does not exist"})"));
    CHECK(bench.report_has(R"({"path":"/v/empty.cred","reason":"is empty"})"));
}

TEST_CASE("an extra that fails while it is read is said once, like the others", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.entry.extras = {"/v/missing.cred"};
    bench.add_extra("/v/a.cred", "A");
    bench.add_extra("/v/b.cred", "B");
    bench.esp.add("/v/a.cred", "A").read_error = device_error;
    CHECK(files_in(bench.started().initrd) == Words{".extra/credentials/b.cred=B"});
    CHECK(bench.screen.shown == "warning: /v/missing.cred: does not exist\n"
                                "warning: /v/a.cred: cannot read\n");
    CHECK(bench.report_has(R"({"path":"/v/a.cred","reason":"cannot read"})"));
}

TEST_CASE("in strict mode a skipped extra fails the entry", "[boot][start]") {
    auto kind = GENERATE(EntryKind::linux_, EntryKind::uki);
    Bench bench(kind);
    bench.options.strict_extras = true;
    bench.add_extra("/v/a.cred", "A");
    SECTION("when it is looked at") {
        bench.entry.extras.push_back("/v/missing.cred");
        CHECK(bench.failure().code == Errc::invalid);
        CHECK(bench.at_file == "/v/missing.cred");
        CHECK(bench.screen.shown == "warning: /v/missing.cred: does not exist\n");
    }
    SECTION("when it is read") {
        bench.esp.add("/v/a.cred", "A").read_error = device_error;
        CHECK(bench.failure().code == Errc::invalid);
        CHECK(bench.at_file == "/v/a.cred");
        CHECK(bench.screen.shown == "warning: /v/a.cred: cannot read\n");
    }
    CHECK(bench.tpm.sent.empty());
    CHECK(bench.report().empty());
}

TEST_CASE("strict mode lets complete extras pass", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.options.strict_extras = true;
    bench.add_extra("/v/a.cred", "A");
    CHECK(files_in(bench.started().initrd) == Words{".extra/credentials/a.cred=A"});
    CHECK(bench.report_has("\"strict\":true"));
}

TEST_CASE("extras that cannot be measured are not handed over", "[boot][start]") {
    auto [kind, pcr] = GENERATE(table<EntryKind, int>({
        {EntryKind::linux_, 12},
        {EntryKind::linux_, 13},
        {EntryKind::uki, 12},
        {EntryKind::type2, 13},
    }));
    Bench bench(kind);
    bench.add_extra("/v/a.cred", "A");
    bench.add_extra("/v/b.sysext.raw", "B");
    bench.tpm.broken_pcrs = {static_cast<std::uint8_t>(pcr)};
    Error error = bench.failure();
    CHECK(error.code == Errc::io);
    CHECK(error.cause == 7);
    CHECK(bench.at_file == (pcr == 12 ? "1 file: a.cred" : "1 file: b.sysext.raw"));
    CHECK(bench.report().empty());
}

TEST_CASE("options that cannot be measured are warned about", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.entry.options = "quiet";
    bench.tpm.broken_pcrs = {12};
    CHECK(bench.started().load_options == "quiet");
    CHECK(bench.screen.shown == "warning: command line: tpm refused the event (status 0x7)\n");
    CHECK(bench.report_has("\"measured\":[]"));
}

TEST_CASE("without a TPM an entry starts and reports no events", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.tpm.present = false;
    bench.entry.options = "quiet";
    bench.add_extra("/v/a.cred", "A");
    CHECK_FALSE(bench.started().initrd.empty());
    CHECK(bench.screen.shown.empty());
    CHECK(bench.report_has("\"measured\":[]"));
}

TEST_CASE("a kernel without the initrd protocol is refused only with extras", "[boot][start]") {
    Bench bench(EntryKind::linux_, 0);
    bench.esp.add("/v/initrd", "INITRD");
    bench.entry.initrds = {"/v/initrd"};
    SECTION("packed ones") {
        bench.add_extra("/v/a.cred", "A");
        CHECK(bench.failure().code == Errc::unsupported);
        CHECK(bench.at_file == image_path);
        CHECK(bench.tpm.sent.empty());
    }
    SECTION("not with none") {
        CHECK(to_text(bench.started().initrd) == "INITRD");
    }
    SECTION("not with skipped ones") {
        bench.entry.extras = {"/v/missing.cred"};
        CHECK(to_text(bench.started().initrd) == "INITRD");
    }
}

TEST_CASE("a UKI is its stub, whatever its version", "[boot][start]") {
    Bench bench(EntryKind::uki, 0);
    bench.add_extra("/v/a.cred", "A");
    CHECK_FALSE(bench.started().initrd.empty());
}

TEST_CASE("an image that we cannot read headers of is left to the firmware", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.esp.add(image_path, "MZ, or something else");
    bench.add_extra("/v/a.cred", "A");
    CHECK_FALSE(bench.started().initrd.empty());
}

TEST_CASE("an image that cannot be loaded is an error about its file", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.add_extra("/v/a.cred", "A");
    Errc code{};
    SECTION("missing") {
        bench.esp.drop(image_path);
        code = Errc::not_found;
    }
    SECTION("a directory") {
        bench.esp.drop(image_path);
        bench.esp.make_directory(image_path);
        code = Errc::invalid;
    }
    SECTION("empty") {
        bench.esp.add(image_path, "");
        code = Errc::invalid;
    }
    SECTION("too large") {
        bench.esp.add(image_path, "x").claimed_size = boot::image_size_max + 1;
        code = Errc::too_large;
    }
    SECTION("too large for memory") {
        bench.images.memory_max = 10;
        code = Errc::no_memory;
    }
    SECTION("unreadable") {
        bench.esp.add(image_path, "x").read_error = device_error;
        code = Errc::io;
    }
    SECTION("forbidden by the signature policy") {
        bench.images.load_error = Error{Errc::denied, "security violation"};
        code = Errc::denied;
    }
    CHECK(bench.failure().code == code);
    CHECK(bench.at_file == image_path);
    CHECK(bench.tpm.sent.empty());
    CHECK(bench.images.loaded == 0);
}

TEST_CASE("an initrd that cannot be had is an error about its file", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.esp.add("/v/first", "FIRST");
    bench.entry.initrds = {"/v/first", "/v/initrd"};
    Errc code{};
    SECTION("missing") {
        code = Errc::not_found;
    }
    SECTION("a directory") {
        bench.esp.make_directory("/v/initrd");
        code = Errc::invalid;
    }
    SECTION("unreadable") {
        bench.esp.add("/v/initrd", "x").read_error = device_error;
        code = Errc::io;
    }
    SECTION("shorter than it said") {
        bench.esp.add("/v/initrd", "x").claimed_size = 2;
        code = Errc::truncated;
    }
    CHECK(bench.failure().code == code);
    CHECK(bench.at_file == "/v/initrd");
    CHECK(bench.tpm.sent.empty());
    CHECK(bench.images.unloaded.size() == 1);
}

TEST_CASE("no memory for the combined initrd fails the entry", "[boot][start]") {
    Bench bench(EntryKind::uki);
    bench.add_extra("/v/a.cred", std::string(100'000, 'A'));
    bench.images.memory_max = 50'000;
    CHECK(bench.failure().code == Errc::no_memory);
    CHECK(bench.images.unloaded.size() == 1);
    CHECK(bench.report().empty());
}

TEST_CASE("what a program returns is handed on, and it is unloaded", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.images.start_errors = {Error{Errc::io, "program failed", 0, 21}};
    auto result = bench.start();
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::io);
    CHECK(result.error().cause == 21);
    CHECK(bench.at_file == image_path);
    CHECK(bench.journal.back() == "unload");
    REQUIRE(bench.start());
    CHECK(bench.images.unloaded == std::vector<Images::Handle>{1, 2});
}

TEST_CASE("the report says what happened, with the digests that were sent", "[boot][start]") {
    Bench bench(EntryKind::type2);
    bench.entry.options = "quiet";
    bench.clock.start_us = 4321;
    bench.add_extra("/v/A.CRED", "A");
    REQUIRE(bench.start());
    auto& sent = bench.tpm.sent;
    REQUIRE(sent.size() == 2);
    std::string size = std::to_string(sent[0].bytes.size());
    CHECK(
        bench.report() ==
        "{\"version\":1,\"loader\":\"kindling " KINDLING_VERSION
        "\",\"entry\":\"a.conf\",\"kind\":\"type2\",\"strict\":false,\"timeUSec\":4321,"
        "\"initrdSize\":" +
            size +
            ",\"packed\":[{\"path\":\"/v/A.CRED\",\"name\":\"A.CRED\",\"kind\":\"credential\","
            "\"size\":1}],\"skipped\":[],\"measured\":[{\"pcr\":12,\"type\":\"EV_IPL\",\"size\":" +
            size + ",\"sha256\":\"" + to_hex(sha256(sent[0].bytes)) +
            "\",\"text\":\"Entry credentials initrd\"},{\"pcr\":12,\"type\":\"EV_IPL\","
            "\"size\":12,\"sha256\":\"" +
            to_hex(sha256(sent[1].bytes)) + "\",\"text\":\"quiet\"}]}");
    auto* variable = bench.variables.find(loader_interface::kindling_vendor, "Report0");
    CHECK(variable->storage == Variables::Storage::volatile_);
}

TEST_CASE("the time of starting is told where the clock is trusted", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    auto told = [&] { return loader_interface::get_text(bench.variables, "LoaderTimeExecUSec"); };
    REQUIRE(bench.start());
    CHECK(told() == std::nullopt);
    bench.clock.power_on_us = 98765432;
    REQUIRE(bench.start());
    CHECK(told() == "98765432");
}

TEST_CASE("variables that cannot be written stop no boot", "[boot][start]") {
    Bench bench(EntryKind::linux_);
    bench.clock.power_on_us = 1;
    bench.variables.is_read_only = true;
    bench.started();
    CHECK(bench.screen.shown == "warning: LoaderTimeExecUSec: variables are read-only\n"
                                "warning: the report variable: variables are read-only\n");
}
