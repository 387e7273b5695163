// SPDX-License-Identifier: MIT
#include "base/hex.hpp"
#include "boot/report.hpp"
#include "core/loader_interface.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace kindling;

namespace {

/// Variables of our own vendor GUID, in order of writing.
class ReportVariables : public Variables {
public:
    std::vector<std::pair<std::string, std::vector<std::byte>>> values;
    std::vector<std::string> removed;

    Result<std::vector<std::byte>> get(const Guid&, std::string_view name) override {
        for (auto& [key, value] : values)
            if (key == name) return value;
        return Error{Errc::not_found, "no such variable"};
    }
    Result<void> set(const Guid& vendor, std::string_view name, Bytes data, Storage) override {
        CHECK(vendor == loader_interface::kindling_vendor);
        values.push_back({std::string(name), {data.begin(), data.end()}});
        return {};
    }
    Result<void> remove(const Guid&, std::string_view name) override {
        std::erase_if(values, [&](auto& one) { return one.first == name; });
        removed.push_back(std::string(name));
        return {};
    }
};

} // namespace

TEST_CASE("a report names what was packed, skipped and measured", "[boot][report]") {
    bls::Entry entry;
    entry.id = "a.conf";
    initrd::Plan plan;
    plan.size_bytes = 524;
    plan.packed.push_back({"/x/foo.cred", {cpio::ExtraKind::credential, "FOO.CRED", 6}});
    plan.skipped.push_back({"/x/bar.txt", "not found"});
    boot::Report report{&entry, &plan, true, {}, 77};
    report.measured.push_back(
        {12, pcr::EventType::ipl, 524, Sha256Digest{}, "Entry credentials initrd"});
    CHECK(boot::to_json(report) ==
          R"({"version":1,"loader":"kindling )" KINDLING_VERSION
          R"(","entry":"a.conf","kind":"linux","strict":true,"timeUSec":77,"initrdSize":524,)"
          R"("packed":[{"path":"/x/foo.cred","name":"FOO.CRED","kind":"credential","size":6}],)"
          R"("skipped":[{"path":"/x/bar.txt","reason":"not found"}],)"
          R"("measured":[{"pcr":12,"type":"EV_IPL","size":524,"sha256":")" +
              std::string(64, '0') + R"(","text":"Entry credentials initrd"}]})");
}

TEST_CASE("a report stays JSON whatever a path holds", "[boot][report]") {
    bls::Entry entry;
    initrd::Plan plan;
    plan.skipped.push_back({"/a\"b\\c\n\x7f\xc3\xa9", "not found"});
    plan.skipped.push_back({"/\xff", "not found"});
    boot::Report report{&entry, &plan, false, {}, 0};
    std::string json = boot::to_json(report);
    CHECK(json.find(R"("path":"/a\"b\\c\u000a\u007fé")") != std::string::npos);
    CHECK(json.find("\"path\":\"/\xef\xbf\xbd\"") != std::string::npos);
}

TEST_CASE("a long report is cut into pieces and an older tail is removed", "[boot][report]") {
    bls::Entry entry;
    initrd::Plan plan;
    for (int i = 0; i < 100; i++) plan.skipped.push_back({std::string(200, 'x'), "not found"});
    boot::Report report{&entry, &plan, false, {}, 0};
    std::string json = boot::to_json(report);
    ReportVariables variables;
    variables.values.push_back({"Report6", {}});
    variables.values.push_back({"Report7", {}});
    REQUIRE(boot::write_report(variables, report));
    std::string joined;
    for (auto& [name, value] : variables.values) {
        CHECK(value.size() <= boot::report_piece_max);
        joined += to_text(value);
    }
    CHECK(joined == json);
    CHECK(variables.values.size() == (json.size() + 4095) / 4096);
    CHECK(variables.removed == std::vector<std::string>{"Report6", "Report7"});
}

TEST_CASE("a report beyond all limits is refused before anything is written", "[boot][report]") {
    bls::Entry entry;
    initrd::Plan plan;
    plan.skipped.push_back(
        {std::string(boot::report_piece_max * boot::report_pieces_max, 'x'), "not found"});
    boot::Report report{&entry, &plan, false, {}, 0};
    ReportVariables variables;
    auto written = boot::write_report(variables, report);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::too_large);
    CHECK(variables.values.empty());
}
