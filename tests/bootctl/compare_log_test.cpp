// SPDX-License-Identifier: MIT
#include "bootctl/compare_log.hpp"

#include "core/measure.hpp"
#include "tests/catch.hpp"
#include "tests/core/event_log_builder.hpp"

using namespace kindling;
using namespace kindling::tests;

namespace {

using pcr::Actor;
using pcr::Event;
using pcr::Plan;

/// Takes the bytes for their own digest, so that a plan can be made of the digests in a log.
pcr::Digest same_bytes(pcr::Algorithm, std::span<const Bytes> pieces) {
    return pcr::make_digest(pieces[0]);
}

/// A plan that predicts exactly what `log` holds, for `same_bytes`.
Plan plan_of(const pcr::EventLog& log) {
    Plan plan;
    for (const pcr::LoggedEvent& event : log.events) {
        plan.push_back(pcr::make_event(static_cast<std::uint8_t>(event.pcr), event.type,
                                       Actor::firmware, pcr::describe(event), "the log",
                                       event.digest(Algorithm::sha256)));
        if (auto tagged = pcr::tagged_text(event)) plan.back().tag = tagged->tag;
    }
    return plan;
}

Event ipl(std::uint8_t pcr, std::string_view description, std::string_view contents) {
    return pcr::make_event(pcr, EventType::ipl, Actor::stub, description, "a file",
                           bytes_of(contents));
}

/// A log of IPL events in one register, each a text and its contents.
LogBuilder log_of(std::uint8_t pcr,
                  const std::vector<std::pair<std::string, std::string>>& events) {
    LogBuilder builder;
    for (const auto& [text, contents] : events)
        builder.add(pcr, EventType::ipl, to_ucs2_bytes(text), to_bytes(contents));
    return builder;
}

/// "same, changed a b, missing a, unexpected b", with the texts of the events.
std::string summary_of(const std::vector<ComparedEvent>& rows) {
    std::string text;
    for (const ComparedEvent& row : rows) {
        CHECK((row.predicted != nullptr) == row.expected.has_value());
        CHECK((row.logged != nullptr) == row.actual.has_value());
        CHECK(row.what.empty() == (row.difference == Difference::none));
        if (!text.empty()) text += ", ";
        text += row.difference == Difference::none ? "same" : to_text(row.difference);
        if (row.predicted) text += ' ' + row.predicted->description;
        if (row.logged) text += ' ' + pcr::describe(*row.logged);
    }
    return text;
}

const std::vector<std::uint8_t> all_registers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

} // namespace

TEST_CASE("a log agrees with a plan of the same digests", "[compare_log]") {
    auto bytes = real_log();
    auto log = pcr::read_event_log(bytes).value();
    Plan plan = plan_of(log);
    auto rows = compare(same_bytes, Algorithm::sha256, plan, log, all_registers);
    REQUIRE(rows.size() == 29);
    for (std::size_t i = 0; i < rows.size(); i++) {
        CHECK(rows[i].difference == Difference::none);
        CHECK(rows[i].what.empty());
        CHECK(rows[i].expected == rows[i].actual);
        if (i > 0) CHECK(rows[i].pcr >= rows[i - 1].pcr);
    }
}

TEST_CASE("one flipped bit of a digest is that event changed and nothing else", "[compare_log]") {
    auto bytes = real_log();
    auto whole = pcr::read_event_log(bytes).value();
    Plan plan = plan_of(whole);
    for (std::size_t i = 0; i < whole.events.size(); i++) {
        for (unsigned bit = 0; bit < 256; bit += 15) {
            std::vector<std::byte> flipped = bytes;
            flipped[whole.events[i].offset + 14 + bit / 8] ^= std::byte(1 << bit % 8);
            auto log = pcr::read_event_log(flipped).value();
            auto rows = compare(same_bytes, Algorithm::sha256, plan, log, all_registers);
            REQUIRE(rows.size() == 29);
            std::size_t differing = 0;
            for (const ComparedEvent& row : rows) {
                if (row.difference == Difference::none) continue;
                differing++;
                CHECK(row.difference == Difference::changed);
                CHECK(row.logged == &log.events[i]);
                CHECK(row.predicted == &plan[i]);
                CHECK_FALSE(row.what.empty());
            }
            CHECK(differing == 1);
        }
    }
}

TEST_CASE("an event taken out of a log is missing and one added is unexpected", "[compare_log]") {
    auto bytes = real_log();
    auto whole = pcr::read_event_log(bytes).value();
    Plan plan = plan_of(whole);
    for (std::size_t i = 0; i < whole.events.size(); i++) {
        std::uint64_t start = whole.events[i].offset;
        std::uint64_t end = i + 1 < whole.events.size() ? whole.events[i + 1].offset : bytes.size();
        auto at = [&](std::uint64_t offset) { return bytes.begin() + static_cast<long>(offset); };
        std::vector<std::byte> shorter(bytes.begin(), at(start));
        shorter.insert(shorter.end(), at(end), bytes.end());
        std::vector<std::byte> longer(bytes.begin(), at(end));
        longer.insert(longer.end(), at(start), bytes.end());
        for (Difference expected : {Difference::missing, Difference::unexpected}) {
            const auto& changed = expected == Difference::missing ? shorter : longer;
            auto log = pcr::read_event_log(changed).value();
            auto rows = compare(same_bytes, Algorithm::sha256, plan, log, all_registers);
            std::vector<const ComparedEvent*> differing;
            for (const ComparedEvent& row : rows)
                if (row.difference != Difference::none) differing.push_back(&row);
            REQUIRE(differing.size() == 1);
            CHECK(differing[0]->difference == expected);
            const pcr::Digest& digest = expected == Difference::missing
                                            ? differing[0]->expected.value()
                                            : differing[0]->actual.value();
            CHECK(equal(digest.view(), whole.events[i].digest(Algorithm::sha256)));
        }
    }
}

TEST_CASE("events are aligned over insertions, removals and changes", "[compare_log]") {
    Plan plan;
    plan.push_back(ipl(12, "Entry credentials initrd", "C"));
    plan.push_back(ipl(12, "Entry configuration extension initrd", "F"));
    plan.push_back(ipl(12, "root=/dev/sda", "root=/dev/sda"));
    using Events = std::vector<std::pair<std::string, std::string>>;
    using Row = std::tuple<Events, std::string>;
    auto [events, summary] = GENERATE(
        Row{{{"Entry credentials initrd", "C"},
             {"Entry configuration extension initrd", "F"},
             {"root=/dev/sda", "root=/dev/sda"}},
            "same Entry credentials initrd Entry credentials initrd, "
            "same Entry configuration extension initrd Entry configuration extension initrd, "
            "same root=/dev/sda root=/dev/sda"},
        Row{{{"Entry configuration extension initrd", "F"}, {"root=/dev/sda", "root=/dev/sda"}},
            "missing Entry credentials initrd, "
            "same Entry configuration extension initrd Entry configuration extension initrd, "
            "same root=/dev/sda root=/dev/sda"},
        Row{{{"Entry credentials initrd", "C"},
             {"Entry configuration extension initrd", "F"},
             {"root=/dev/sdb", "root=/dev/sdb"}},
            "same Entry credentials initrd Entry credentials initrd, "
            "same Entry configuration extension initrd Entry configuration extension initrd, "
            "changed root=/dev/sda root=/dev/sdb"},
        // An archive is never taken for another archive, nor for a command line.
        Row{{{"Entry configuration extension initrd", "G"}, {"quiet", "quiet"}, {"more", "more"}},
            "missing Entry credentials initrd, "
            "changed Entry configuration extension initrd Entry configuration extension initrd, "
            "changed root=/dev/sda quiet, unexpected more"},
        Row{{{"Credentials initrd", "C2"}},
            "missing Entry credentials initrd, missing Entry configuration extension initrd, "
            "missing root=/dev/sda, unexpected Credentials initrd"},
        Row{Events(), "missing Entry credentials initrd, missing Entry configuration extension "
                      "initrd, missing root=/dev/sda"},
        // The same bytes are the same event, whatever the log calls them.
        Row{{{"Lie", "C"}, {"root=/dev/sda", "F"}, {"x", "root=/dev/sda"}},
            "same Entry credentials initrd Lie, "
            "same Entry configuration extension initrd root=/dev/sda, same root=/dev/sda x"},
        // Swapped: one of both stays in its place.
        Row{{{"Entry configuration extension initrd", "F"},
             {"Entry credentials initrd", "C"},
             {"root=/dev/sda", "root=/dev/sda"}},
            "missing Entry credentials initrd, "
            "same Entry configuration extension initrd Entry configuration extension initrd, "
            "unexpected Entry credentials initrd, same root=/dev/sda root=/dev/sda"});
    LogBuilder builder = log_of(12, events);
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha256, plan, log, {12});
    CHECK(summary_of(rows) == summary);
}

TEST_CASE("of two command lines the one with the same text is paired", "[compare_log]") {
    Plan plan;
    plan.push_back(ipl(12, "a", "a"));
    plan.push_back(ipl(12, "b", "b"));
    LogBuilder builder = log_of(12, {{"b", "B"}});
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha256, plan, log, {12});
    CHECK(summary_of(rows) == "missing a, changed b b");
}

TEST_CASE("a section of a UKI is compared with the section of that name", "[compare_log]") {
    Plan plan;
    for (const char* name : {".linux", ".osrel", ".cmdline"}) {
        plan.push_back(ipl(11, name, std::string(name) + "name"));
        plan.push_back(ipl(11, name, std::string(name) + "contents"));
    }
    LogBuilder builder = log_of(11, {{".linux", ".linuxname"},
                                     {".linux", "other kernel"},
                                     {".cmdline", ".cmdlinename"},
                                     {".cmdline", "other options"}});
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha256, plan, log, {11});
    CHECK(summary_of(rows) == "same .linux .linux, changed .linux .linux, missing .osrel, "
                              "missing .osrel, same .cmdline .cmdline, changed .cmdline .cmdline");
}

TEST_CASE("tagged events are the same only with the same tag", "[compare_log]") {
    Plan plan;
    plan.push_back(pcr::loader_conf_event(to_bytes("timeout 0\n")));
    LogBuilder builder;
    std::uint32_t tag = GENERATE(0xf5bc582au, 0xf5bc582bu);
    builder.add(5, EventType::event_tag, tagged_data(tag, to_ucs2_bytes("loader.conf")),
                to_bytes("timeout 1\n"));
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha256, plan, log, {5});
    CHECK(summary_of(rows) == (tag == 0xf5bc582a ? "changed loader.conf loader.conf"
                                                 : "missing loader.conf, unexpected loader.conf"));
}

TEST_CASE("events that extend nothing and other registers are not compared", "[compare_log]") {
    Plan plan;
    plan.push_back(ipl(12, "a", "a"));
    plan.push_back(ipl(13, "b", "b"));
    LogBuilder builder;
    builder.add(12, EventType::no_action, to_bytes("StartupLocality"));
    builder.add(12, EventType::ipl, to_ucs2_bytes("a"), to_bytes("a"));
    builder.add(13, EventType::ipl, to_ucs2_bytes("c"), to_bytes("c"));
    auto log = pcr::read_event_log(builder.bytes()).value();
    CHECK(summary_of(compare(kindling::hash, Algorithm::sha256, plan, log, {12})) == "same a a");
    CHECK(compare(kindling::hash, Algorithm::sha256, plan, log, {}).empty());
    CHECK(summary_of(compare(kindling::hash, Algorithm::sha256, plan, log, {13, 12, 13, 200})) ==
          "same a a, changed b c");
}

TEST_CASE("a bank is compared by its own digests", "[compare_log]") {
    Plan plan;
    plan.push_back(ipl(12, "a", "a"));
    LogBuilder builder({Algorithm::sha1, Algorithm::sha256});
    builder.add(12, EventType::ipl, to_ucs2_bytes("a"), to_bytes("a"));
    std::vector<std::byte> bytes = builder.bytes();
    bytes[bytes.size() - 8 - 1] ^= std::byte{1}; // in the SHA-256 digest
    auto log = pcr::read_event_log(bytes).value();
    CHECK(summary_of(compare(kindling::hash, Algorithm::sha1, plan, log, {12})) == "same a a");
    CHECK(summary_of(compare(kindling::hash, Algorithm::sha256, plan, log, {12})) == "changed a a");
}

TEST_CASE("an event without a digest of the bank is never the same", "[compare_log]") {
    Plan plan;
    plan.push_back(ipl(12, "a", "a"));
    LogBuilder builder = log_of(12, {{"a", "a"}});
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha512, plan, log, {12});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].difference == Difference::changed);
    CHECK_FALSE(rows[0].actual);
}

TEST_CASE("very long lists are compared position by position", "[compare_log]") {
    Plan plan;
    LogBuilder builder;
    std::vector<std::byte> zeros(4);
    constexpr std::size_t count = 2000;
    for (std::size_t i = 0; i < count; i++) {
        std::string text = std::to_string(i);
        plan.push_back(ipl(12, text, text));
        std::string logged = i == 7 ? "changed" : text;
        if (i == 9) {
            builder.add(12, EventType::separator, zeros);
            continue;
        }
        builder.add(12, EventType::ipl, to_ucs2_bytes(logged), to_bytes(logged));
    }
    builder.add(12, EventType::separator, zeros);
    auto log = pcr::read_event_log(builder.bytes()).value();
    auto rows = compare(kindling::hash, Algorithm::sha256, plan, log, {12});
    std::vector<ComparedEvent> differing;
    for (const ComparedEvent& row : rows)
        if (row.difference != Difference::none) differing.push_back(row);
    CHECK(rows.size() == count + 2);
    CHECK(summary_of(differing) == "changed 7 changed, missing 9, unexpected zeros, "
                                   "unexpected zeros");
}

TEST_CASE("differences have names", "[compare_log]") {
    CHECK(to_text(Difference::none) == "none");
    CHECK(to_text(Difference::changed) == "changed");
    CHECK(to_text(Difference::missing) == "missing");
    CHECK(to_text(Difference::unexpected) == "unexpected");
}
