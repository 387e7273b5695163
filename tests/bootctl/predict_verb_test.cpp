// SPDX-License-Identifier: MIT
#include "bootctl/predict_verb.hpp"

#include "base/hex.hpp"
#include "tests/bootctl/esp_directory.hpp"

using namespace kindling;
using pcr::Algorithm;

namespace {

const std::string pcr12 = "20774c116fa3c36feb2e3cfc49c3b445bf6ca877088241cf5e55c4be520f3ef5";
const std::string options_digest =
    "469b01a64e200265a0de3391388b03211305ca3cd83cb29035af0c9c598af002";

struct BootDisk : tests::EspDirectory {
    PredictRequest request;

    BootDisk() {
        add("EFI/BOOT/BOOTX64.EFI", tests::loader());
        add("vmlinuz", tests::kernel());
        add("loader/entries/test.conf", "linux /vmlinuz\noptions root=/dev/sda2 quiet\n");
        request.source = options();
        request.options.entry_id = "test";
    }
    PredictReport run() const {
        PredictReport report = run_predict(request);
        INFO((report.failure ? report.failure->text : ""));
        REQUIRE_FALSE(report.failure);
        return report;
    }
};

std::string value_of(const PredictReport& report, std::uint8_t number, Algorithm bank) {
    for (const PredictedRegister& one : report.registers)
        if (one.pcr == number && one.bank == bank)
            return one.value ? to_hex(one.value->view()) : "unknown";
    return "absent";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("without options every register of the entry is shown in SHA-256", "[predict_verb]") {
    PredictReport report = BootDisk().run();
    CHECK(report.banks == std::vector{Algorithm::sha256});
    std::vector<int> shown;
    for (const PredictedRegister& one : report.registers) shown.push_back(one.pcr);
    CHECK(shown == std::vector{4, 9, 12, 13});
    CHECK(value_of(report, 12, Algorithm::sha256) == pcr12);
    CHECK(value_of(report, 13, Algorithm::sha256) == std::string(64, '0'));
    REQUIRE(report.is_shown.size() == report.prediction->plan.size());
    for (std::size_t i = 0; i < report.is_shown.size(); i++)
        CHECK(report.is_shown[i] == (report.prediction->plan[i].pcr != 5));
}

TEST_CASE("registers come by bank, then in the order asked for", "[predict_verb]") {
    BootDisk disk;
    disk.request.pcrs = {12, 13};
    disk.request.banks = {Algorithm::sha384, Algorithm::sha1};
    PredictReport report = disk.run();
    REQUIRE(report.registers.size() == 4);
    CHECK(report.registers[0].bank == Algorithm::sha384);
    CHECK(report.registers[1].pcr == 13);
    CHECK(report.registers[2].bank == Algorithm::sha1);
    CHECK(value_of(report, 12, Algorithm::sha1) == "af4d4ac26cf146aa8809834b69ccf7f043f0b17a");
    CHECK(value_of(report, 12, Algorithm::sha384) ==
          "aa0c03c178efc0a6e94649c167c85fefca72f20f90adcf0977fa5bd15499066f"
          "63b489ef76108cf9f28c94618d2d883b");
    CHECK(std::count(report.is_shown.begin(), report.is_shown.end(), true) == 1);
}

TEST_CASE("a register that the entry does not determine has no value and a remark",
          "[predict_verb]") {
    BootDisk disk;
    disk.request.pcrs = {5, 7, 12};
    PredictReport report = disk.run();
    CHECK(value_of(report, 5, Algorithm::sha256) == "unknown");
    CHECK(value_of(report, 7, Algorithm::sha256) == "unknown");
    CHECK(value_of(report, 12, Algorithm::sha256) == pcr12);
    std::vector<std::string> remarks;
    for (const Notice& remark : report.prediction->remarks) remarks.push_back(remark.text);
    CHECK(remarks ==
          std::vector<std::string>{"PCR 5 is left out, because the partition table is not known",
                                   "this entry does not determine PCR 5",
                                   "this entry does not determine PCR 7"});
    CHECK(contains(to_json(report, json::Layout::brief),
                   R"({"pcr":7,"bank":"sha256","value":null})"));
    CHECK(contains(to_text(report, {}), "  7  sha256  -\n"));
}

TEST_CASE("people get a table of registers and one of events", "[predict_verb]") {
    BootDisk disk;
    disk.request.pcrs = {12, 13};
    PredictReport report = disk.run();
    CHECK(to_text(report, {}) ==
          "PCR  BANK    VALUE\n"
          " 12  sha256  " +
              pcr12 +
              "\n"
              " 13  sha256  " +
              std::string(64, '0') +
              "\n"
              "\n"
              "PCR  TYPE    ACTOR   DESCRIPTION           ORIGIN        SIZE  DIGEST\n"
              " 12  EV_IPL  loader  root=/dev/sda2 quiet  command line    42  " +
              options_digest + "\n");
    OutputStyle plain;
    plain.has_legend = false;
    CHECK(to_text(report, plain).starts_with("12  sha256  " + pcr12));
    CHECK_FALSE(contains(to_text(report, plain), "PCR"));
}

TEST_CASE("a narrow terminal shortens events but no register", "[predict_verb]") {
    OutputStyle style;
    style.columns = 80;
    std::string text = to_text(BootDisk().run(), style);
    CHECK(contains(text, pcr12));
    CHECK_FALSE(contains(text, options_digest));
    CHECK(contains(text, "…"));
}

TEST_CASE("programs get one JSON document", "[predict_verb]") {
    BootDisk disk;
    disk.add("loader/entries/test.conf",
             "linux /vmlinuz\noptions root=/dev/sda2 quiet\nextra /none.cred\n");
    disk.request.pcrs = {12};
    PredictReport report = disk.run();
    CHECK(to_json(report, json::Layout::brief) ==
          R"({"entry":"test.conf","kind":"linux","loader":")" +
              disk.name_of("EFI/BOOT/BOOTX64.EFI") +
              R"(","loadOptions":"root=/dev/sda2 quiet","banks":["sha256"],)"
              R"("pcrs":[{"pcr":12,"bank":"sha256","value":")" +
              pcr12 +
              R"("}],"events":[{"pcr":12,"type":"EV_IPL","tag":null,"actor":"loader",)"
              R"("description":"root=/dev/sda2 quiet","origin":"command line","size":42,)"
              R"("bank":"sha256","digest":")" +
              options_digest + R"(","digests":[{"bank":"sha256","digest":")" + options_digest +
              R"("}]}],"skipped":[{"path":"/none.cred","reason":"file does not exist"}],)"
              R"("remarks":[{"text":"extra \"/none.cred\" is left out: file does not exist"},)"
              R"({"text":"PCR 5 is left out, because the partition table is not known",)"
              R"("hint":"name the whole disk with --image="}]})"
              "\n");
}

TEST_CASE("JSON names tags and the digests of every bank", "[predict_verb]") {
    BootDisk disk;
    disk.request.pcrs = {9};
    disk.request.banks = {Algorithm::sha1, Algorithm::sha256};
    std::string text = to_json(disk.run(), json::Layout::brief);
    CHECK(contains(text, R"("banks":["sha1","sha256"])"));
    CHECK(contains(text, R"("type":"EV_EVENT_TAG","tag":2403017453,"actor":"kernel")"));
    CHECK(contains(text, R"("bank":"sha1","digest":")"));
    CHECK(contains(text, R"({"bank":"sha256","digest":")" + options_digest + R"("})"));
}

TEST_CASE("each kind of entry has its name in JSON", "[predict_verb]") {
    BootDisk disk;
    disk.add("loader/entries/test.conf", "efi /vmlinuz\n");
    CHECK(contains(to_json(disk.run(), json::Layout::brief), R"("kind":"efi")"));
}

TEST_CASE("a source that cannot be opened fails with its path and a remedy", "[predict_verb]") {
    BootDisk disk;
    disk.request.source.esp_path = disk.name_of("none");
    PredictReport report = run_predict(disk.request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text.starts_with("cannot use \"" + disk.name_of("none")));
    CHECK_FALSE(report.failure->hint.empty());
    CHECK_FALSE(report.prediction);
}

TEST_CASE("an unknown entry fails with near ones", "[predict_verb]") {
    BootDisk disk;
    disk.request.options.entry_id = "tests";
    PredictReport report = run_predict(disk.request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text == "there is no entry \"tests\"");
    CHECK(report.failure->hint == "did you mean test.conf?");
}
