// SPDX-License-Identifier: MIT
#include "bootctl/eventlog_verb.hpp"

#include "base/hex.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/core/event_log_builder.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/host/temporary_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::tests;

namespace {

constexpr const char* real_log_path = KINDLING_TEST_DATA "/event_log/ovmf_linux.bin";
const std::vector<std::byte> zeros(4);

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return text;
}

/// A log file, shown.
EventlogReport report_on(Bytes log, EventlogRequest request = {}) {
    TemporaryDirectory directory;
    request.file = directory.path() + "/log";
    REQUIRE(host::write_file_atomically(*request.file, log));
    return run_eventlog(request);
}

/// An ESP with one entry, "a.conf", and the log of a boot of it.
struct Boot {
    TemporaryDirectory directory;
    EventlogRequest request;

    Boot() {
        std::string esp = directory.path() + "/esp";
        std::filesystem::create_directories(esp + "/loader/entries");
        PeImage loader, kernel;
        loader.sections = {{".text", "the loader", {}, {}, {}, {}}};
        kernel.sections = {{".text", "LOADED_IMAGE::LoadOptions, Linux initrd", {}, {}, {}, {}}};
        write("/loader.efi", loader.build());
        write("/esp/vmlinuz", kernel.build());
        write("/esp/initrd", bytes_of("an initrd"));
        write("/esp/a.cred", bytes_of("secret"));
        set_options("quiet");
        request.source.esp_path = esp;
        request.file = directory.path() + "/log";
        request.against = PredictionOptions{"a", directory.path() + "/loader.efi", "x64"};
    }
    void write(const std::string& path, Bytes bytes) const {
        REQUIRE(host::write_file_atomically(directory.path() + path, bytes));
    }
    void set_options(const std::string& options) const {
        write("/esp/loader/entries/a.conf", to_bytes("linux /vmlinuz\ninitrd /initrd\n"
                                                     "extra /a.cred\noptions " +
                                                     options + '\n'));
    }

    /// What a boot of the entry as it is now will log; `forget` leaves out events.
    std::vector<std::byte> log(std::vector<Algorithm> banks = {Algorithm::sha256},
                               bool (*forget)(const pcr::Event&) = nullptr) const {
        auto source = BootSource::open(request.source);
        REQUIRE(source);
        Notice failure;
        auto prediction = make_prediction(**source, *request.against, failure);
        INFO(failure.text);
        REQUIRE(prediction);
        LogBuilder builder(std::move(banks));
        for (const pcr::Event& event : (*prediction)->plan) {
            if (forget && forget(event)) continue;
            std::vector<std::byte> hashed;
            for (Bytes piece : event.pieces) append(hashed, piece);
            builder.add(event.pcr, event.type, data_of(event, hashed), hashed);
        }
        return builder.bytes();
    }
    EventlogReport run(Bytes log) const {
        write("/log", log);
        return run_eventlog(request);
    }

private:
    static std::vector<std::byte> data_of(const pcr::Event& event,
                                          const std::vector<std::byte>& hashed) {
        std::vector<std::byte> text = to_ucs2_bytes(event.description);
        if (event.type == EventType::ipl) return text;
        if (event.type == EventType::event_tag) return tagged_data(event.tag, text);
        if (event.type == EventType::efi_boot_services_application)
            return image_data({"\\" + event.description.substr(1)});
        return hashed;
    }
};

std::vector<std::string> differences_of(const EventlogReport& report) {
    std::vector<std::string> lines;
    for (const ComparedEvent& row : report.compared)
        if (row.difference != Difference::none)
            lines.push_back(std::to_string(row.pcr) + ' ' + std::string(to_text(row.difference)) +
                            ": " + row.what);
    return lines;
}

} // namespace

TEST_CASE("a real log is shown and replayed", "[eventlog_verb]") {
    EventlogRequest request;
    request.file = real_log_path;
    auto report = run_eventlog(request);
    REQUIRE_FALSE(report.failure);
    CHECK(report.remarks.empty());
    CHECK_FALSE(report.agrees()); // nothing was compared
    CHECK(report.banks == std::vector{Algorithm::sha256});
    REQUIRE(report.registers.size() == 9);
    CHECK(report.registers[8].pcr == 9);
    CHECK(to_hex(report.registers[8].value.value().view()) ==
          "73689c659d84f187c407ec3c3cc12b8a3a2f3baad9c9749f7e85504a5a2718d1");
    request.pcrs = {9};
    CHECK(to_text(run_eventlog(request), {}) ==
          joined({
              "Events",
              "PCR  TYPE          DIGEST (sha256)                                                 "
              "  DESCRIPTION",
              "  9  EV_EVENT_TAG  7f850dcc6dff2d0c896845f56b84bb4a72528f806b2ae2234c448dd3555ef8e5"
              "  LOADED_IMAGE::LoadOptions",
              "",
              "Registers after these events",
              "PCR  BANK    VALUE",
              "  9  sha256  73689c659d84f187c407ec3c3cc12b8a3a2f3baad9c9749f7e85504a5a2718d1",
          }));
}

TEST_CASE("a terminal gets shorter digests, and no legend if it wants none", "[eventlog_verb]") {
    EventlogRequest request;
    request.file = real_log_path;
    request.pcrs = {3};
    bool has_unicode = GENERATE(false, true);
    OutputStyle style{80, false, has_unicode, false};
    std::string ellipsis = has_unicode ? "…" : "...";
    CHECK(to_text(run_eventlog(request), style) ==
          joined({
              "3  EV_SEPARATOR  df3f619804a92fdb" + ellipsis + "  zeros",
              "",
              "3  sha256  3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969",
          }));
}

TEST_CASE("what a log says cannot change the terminal", "[eventlog_verb]") {
    LogBuilder builder;
    auto text = to_ucs2_bytes("\x1b[2J\n\u202e");
    builder.add(12, EventType::ipl, text).add(0xffffffff, EventType::no_action, zeros);
    builder.add(8, static_cast<EventType>(0x1234abcd), to_bytes("x"));
    auto report = report_on(builder.bytes());
    std::string shown = to_text(report, {});
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\\x1b[2J\\x0a\\u202e") != std::string::npos);
    CHECK(shown.find("\n  -  EV_NO_ACTION") != std::string::npos);
    CHECK(shown.find("\n  8  0x1234abcd") != std::string::npos);
    CHECK(to_json(report, json::Layout::brief).find("\\\\x1b[2J\\\\x0a\\\\u202e") !=
          std::string::npos);
}

TEST_CASE("events and registers are the same in JSON", "[eventlog_verb]") {
    LogBuilder builder({Algorithm::sha1, Algorithm::sha256});
    builder.add(4, EventType::separator, zeros);
    builder.add(12, static_cast<EventType>(0x80001234), to_bytes("abc"));
    EventlogRequest request;
    request.banks = {Algorithm::sha1};
    request.pcrs = {12};
    auto report = report_on(builder.bytes(), request);
    CHECK(to_json(report, json::Layout::brief) ==
          "{\"algorithms\":[\"sha1\",\"sha256\"],\"events\":[{\"index\":1,\"offset\":145,"
          "\"pcr\":12,\"type\":2147488308,\"typeName\":null,\"digests\":[{\"algorithm\":\"sha1\","
          "\"digest\":\"a9993e364706816aba3e25717850c26c9cd0d89d\"},{\"algorithm\":\"sha256\","
          "\"digest\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}],"
          "\"size\":3,\"description\":\"\"}],\"pcrs\":[{\"pcr\":12,\"bank\":\"sha1\","
          "\"value\":\"ccd5bd41458de644ac34a2478b58ff819bef5acf\"}]}\n");
}

TEST_CASE("a log that cannot be read is named, with what is wrong", "[eventlog_verb]") {
    EventlogRequest request;
    request.file = "/nonexistent/log";
    auto report = run_eventlog(request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text.starts_with("cannot read the event log \"/nonexistent/log\": "));
    CHECK(report.failure->hint.empty());
    CHECK(to_text(report, {}).empty());
    CHECK(to_json(report, json::Layout::brief).empty());
    CHECK_FALSE(report.agrees());

    LogBuilder builder;
    builder.add(4, EventType::separator, zeros);
    report = report_on(Bytes(builder.bytes()).first(builder.bytes().size() - 1));
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::truncated);
    CHECK(report.failure->text.ends_with("event log ends inside an event (at byte 65)"));
}

TEST_CASE("without a name the log of the running boot is read, or there is a hint",
          "[eventlog_verb]") {
    auto report = run_eventlog({});
    if (report.failure) {
        CHECK(report.failure->text.find(running_event_log) != std::string::npos);
        CHECK_FALSE(report.failure->hint.empty());
    } else {
        CHECK_FALSE(report.registers.empty());
    }
}

TEST_CASE("\"-\" is standard input", "[eventlog_verb]") {
    int saved = ::dup(STDIN_FILENO);
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    auto bytes = real_log();
    REQUIRE(::write(pipe[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::close(pipe[1]);
    ::dup2(pipe[0], STDIN_FILENO);
    ::close(pipe[0]);
    EventlogRequest request;
    request.file = "-";
    auto whole = run_eventlog(request);
    auto empty = run_eventlog(request);
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
    CHECK(whole.log.events.size() == 29);
    REQUIRE(empty.failure);
    CHECK(empty.failure->text ==
          "cannot read the event log standard input: event log is empty (at byte 0)");
}

TEST_CASE("banks are those asked for, or the best of the log", "[eventlog_verb]") {
    LogBuilder both({Algorithm::sha1, Algorithm::sha256});
    LogBuilder other({Algorithm::sha384, Algorithm::sha1});
    LogBuilder old{std::vector<Algorithm>()};
    for (LogBuilder* builder : {&both, &other, &old}) builder->add(4, EventType::separator, zeros);
    CHECK(report_on(both.bytes()).banks == std::vector{Algorithm::sha256});
    CHECK(report_on(other.bytes()).banks == std::vector{Algorithm::sha384});
    CHECK(report_on(old.bytes()).banks == std::vector{Algorithm::sha1});
    EventlogRequest request;
    request.banks = {Algorithm::sha256, Algorithm::sha1};
    auto report = report_on(both.bytes(), request);
    REQUIRE(report.registers.size() == 2);
    CHECK(report.registers[0].bank == Algorithm::sha256);
    CHECK(report.registers[1].bank == Algorithm::sha1);
    CHECK(report.registers[1].value->size_bytes == 20);
    report = report_on(other.bytes(), request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text == "the event log has no digests of sha256");
    CHECK(report.failure->hint == "it has sha384 and sha1");
}

TEST_CASE("a log of unknown algorithms only is refused", "[eventlog_verb]") {
    LogBuilder builder;
    std::vector<std::byte> bytes = builder.bytes();
    bytes[32 + 28] = std::byte{0x12};
    auto report = report_on(bytes);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::unsupported);
    CHECK(report.failure->text == "the event log has only digests of unknown algorithms");
}

TEST_CASE("data that does not have the digest beside it is remarked on", "[eventlog_verb]") {
    LogBuilder builder;
    for (int i = 0; i < 10; i++)
        builder.add(4, EventType::efi_action, to_bytes("shown"), to_bytes("hashed"));
    builder.add(5, EventType::separator, zeros);
    auto report = report_on(builder.bytes());
    REQUIRE(report.remarks.size() == 9);
    CHECK(report.remarks[0].text ==
          "event 0 of the log (PCR 4, EV_EFI_ACTION): the digest is not that of its data");
    CHECK(report.remarks[0].hint == "do not trust its description");
    CHECK(report.remarks[8].text == "the same holds for 2 more events");
    EventlogRequest request;
    request.pcrs = {5};
    CHECK(report_on(builder.bytes(), request).remarks.empty());
}

TEST_CASE("the log of a predicted boot agrees", "[eventlog_verb]") {
    Boot boot;
    auto report = boot.run(boot.log());
    REQUIRE_FALSE(report.failure);
    CHECK(differences_of(report).empty());
    CHECK(report.agrees());
    for (const auto& row : report.registers) {
        INFO("PCR " << int(row.pcr));
        CHECK(row.predicted.has_value() == (row.pcr != 5));
        if (row.predicted) CHECK(row.value == row.predicted);
    }
    std::string text = to_text(report, {0, false, true, true});
    CHECK(text.find("\n  9  sha256  ✓ ok") != std::string::npos);
    CHECK(text.find("\n  5  sha256  -") != std::string::npos);
    CHECK(text.find("differs") == std::string::npos);
    CHECK(
        text.ends_with("\n\nNo difference: the log agrees with the prediction for \"a.conf\".\n"));
    std::string json = to_json(report, json::Layout::brief);
    CHECK(json.find("\"against\":{\"entry\":\"a.conf\",\"agrees\":true,\"pcrs\":[{\"pcr\":4,") !=
          std::string::npos);
    CHECK(json.ends_with(",\"bank\":\"sha256\",\"differences\":[]}}\n"));
}

TEST_CASE("a changed command line is found in the log", "[eventlog_verb]") {
    Boot boot;
    auto log = boot.log();
    boot.set_options("quiet debug");
    auto report = boot.run(log);
    REQUIRE_FALSE(report.failure);
    CHECK_FALSE(report.agrees());
    CHECK(differences_of(report) ==
          std::vector<std::string>{
              "9 changed: the kernel got another command line; predicted is \"initrd=\\initrd "
              "quiet debug\"",
              "12 changed: command line is \"initrd=\\initrd quiet\" in the log, "
              "\"initrd=\\initrd quiet debug\" predicted",
          });
    std::string text = to_text(report, {0, false, false, true});
    CHECK(text.find("\n  4  sha256  ok ") != std::string::npos);
    CHECK(text.find("\n 12  sha256  differs ") != std::string::npos);
    CHECK(text.find("\n2 events differ:\n  PCR 9, EV_EVENT_TAG, changed: the kernel got ") !=
          std::string::npos);
    std::string json = to_json(report, json::Layout::brief);
    CHECK(json.find("\"agrees\":false,\"pcrs\"") != std::string::npos);
    CHECK(json.find("\"differences\":[{\"pcr\":9,\"difference\":\"changed\",\"index\":") !=
          std::string::npos);
    boot.request.pcrs = {4, 13};
    CHECK(boot.run(log).agrees());
}

TEST_CASE("each changed file is told by its event", "[eventlog_verb]") {
    Boot boot;
    auto log = boot.log();
    auto [path, differences] = GENERATE(table<const char*, std::vector<std::string>>({
        {"/esp/initrd",
         {"9 changed: \"Linux initrd\" has other bytes; predicted from combined initrd"}},
        {"/esp/a.cred",
         {"9 changed: \"Linux initrd\" has other bytes; predicted from combined initrd",
          "12 changed: the archive \"Entry credentials initrd\" has other bytes (names, order, "
          "sizes or contents of the extras changed); predicted from 1 file: a.cred"}},
        {"/esp/vmlinuz", {"4 changed: the image \\vmlinuz has other contents"}},
    }));
    auto contents = host::read_file(boot.directory.path() + path, 1 << 20).value();
    contents.back() ^= std::byte{1};
    boot.write(path, contents);
    CHECK(differences_of(boot.run(log)) == differences);
}

TEST_CASE("an event that was never sent is missing", "[eventlog_verb]") {
    Boot boot;
    auto log = boot.log({Algorithm::sha256}, [](const pcr::Event& event) {
        return event.pcr == 12 || event.type == EventType::separator;
    });
    auto report = boot.run(log);
    CHECK(differences_of(report) ==
          std::vector<std::string>{
              "4 missing: \"separator\" is not in the log; predicted from 4 zero bytes",
              "12 missing: \"Entry credentials initrd\" is not in the log; predicted from 1 file: "
              "a.cred",
              "12 missing: \"initrd=\\initrd quiet\" is not in the log; predicted from command "
              "line",
          });
    // The register is shown although the log has nothing for it.
    auto found = std::find_if(report.registers.begin(), report.registers.end(),
                              [](const auto& row) { return row.pcr == 12; });
    REQUIRE(found != report.registers.end());
    CHECK(to_hex(found->value.value().view()) == std::string(64, '0'));
    CHECK(to_json(report, json::Layout::brief)
              .find("{\"pcr\":4,\"difference\":\"missing\",\"index\":null,\"type\":4,"
                    "\"typeName\":\"EV_SEPARATOR\",\"predicted\":"
                    "\"df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119\","
                    "\"logged\":null,\"what\":") != std::string::npos);
}

TEST_CASE("a difference in the second bank alone is found", "[eventlog_verb]") {
    Boot boot;
    boot.request.banks = {Algorithm::sha256, Algorithm::sha1};
    auto log = boot.log({Algorithm::sha1, Algorithm::sha256});
    CHECK(boot.run(log).agrees());
    auto events = pcr::read_event_log(log).value().events;
    log[events[0].offset + 14] ^= std::byte{1}; // in the SHA-1 digest
    auto report = boot.run(log);
    CHECK_FALSE(report.agrees());
    CHECK(report.compared_bank == Algorithm::sha1);
    CHECK(differences_of(report).size() == 1);
    std::string text = to_text(report, {0, false, false, true});
    CHECK(text.find("\n  4  sha256  ok") != std::string::npos);
    CHECK(text.find("\n  4  sha1    differs") != std::string::npos);
}

TEST_CASE("registers that cannot be predicted are not compared", "[eventlog_verb]") {
    Boot boot;
    auto log = boot.log();
    boot.request.pcrs = {0, 4};
    auto report = boot.run(log);
    CHECK(report.agrees());
    REQUIRE_FALSE(report.remarks.empty());
    CHECK(report.remarks.back().text == "PCR 0 cannot be predicted, so nothing is compared there");
    boot.request.pcrs = {0, 7};
    report = boot.run(log);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::unsupported);
    CHECK(report.failure->text == "no register that was asked for can be predicted");
    CHECK(report.failure->hint == "predicted are PCR 4, 9, 12 and 13");
    CHECK_FALSE(report.agrees());
}

TEST_CASE("nothing is compared without an entry or an ESP", "[eventlog_verb]") {
    Boot boot;
    auto log = boot.log();
    boot.request.against->entry_id = "b";
    auto report = boot.run(log);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text.find("\"b\"") != std::string::npos);
    boot.request.source.esp_path = boot.directory.path() + "/none";
    report = boot.run(log);
    REQUIRE(report.failure);
    CHECK(report.failure->text.find("/none") != std::string::npos);
}
