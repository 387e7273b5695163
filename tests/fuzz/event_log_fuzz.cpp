// SPDX-License-Identifier: MIT
//
// Logs are read, every event is described and checked, every register replayed; then the log is
// compared with a plan that has an event of each kind.
#include "base/text.hpp"
#include "bootctl/compare_log.hpp"
#include "bootctl/digest.hpp"
#include "core/event_text.hpp"
#include "core/measure.hpp"

using namespace kindling;
using namespace kindling::pcr;

namespace {

/// The longest line: every byte escaped, "..." behind.
constexpr std::size_t described_max = 4 * line_size_max + 3;

bool is_harmless(std::string_view line) {
    for (char c : line)
        if (static_cast<unsigned char>(c) < 32 || c == 127) return false;
    return true;
}

void look_at(const LoggedEvent& event, const EventLog& log, std::size_t size) {
    ASSERT(event.offset < size && event.data.size() < size);
    ASSERT(event.pcr < registers || event.type == EventType::no_action);
    std::string text = describe(event);
    ASSERT(text.size() <= described_max && is_harmless(text));
    if (auto tagged = tagged_text(event)) ASSERT(event.type == EventType::event_tag);
    for (Algorithm bank : log.algorithms) {
        ASSERT(event.digest(bank).size() == digest_size_bytes(bank));
        digest_of_data(hash, bank, event);
    }
}

Plan make_plan() {
    Plan plan;
    std::vector<std::byte> table(100 + 128);
    table[84] = std::byte{128};
    table[92] = std::byte{1};
    plan.push_back(make_event(4, EventType::efi_boot_services_application, Actor::firmware,
                              "/vmlinuz", "a kernel", to_ucs2_bytes("x")));
    plan.push_back(make_event(4, EventType::separator, Actor::firmware, "separator", "zeros",
                              std::vector<std::byte>(4)));
    plan.push_back(
        make_event(4, EventType::efi_action, Actor::firmware, "Exit", "text", to_bytes("Exit")));
    plan.push_back(
        make_event(5, EventType::efi_gpt_event, Actor::firmware, "GPT", "table", std::move(table)));
    plan.push_back(loader_conf_event(to_bytes("timeout 0\n")));
    plan.push_back(make_event(11, EventType::ipl, Actor::stub, ".linux", "a UKI", to_bytes("x")));
    plan.push_back(make_event(12, EventType::ipl, Actor::loader, "Entry credentials initrd",
                              "1 file: a.cred", to_bytes("x")));
    plan.push_back(command_line_event(Actor::loader, "quiet"));
    return plan;
}

void compare_with_plan(Algorithm bank, const EventLog& log) {
    static const Plan plan = make_plan();
    std::size_t predicted = 0;
    for (const ComparedEvent& row : compare(hash, bank, plan, log, {4, 5, 11, 12})) {
        ASSERT(row.predicted || row.logged);
        ASSERT(row.what.empty() == (row.difference == Difference::none));
        ASSERT(is_harmless(row.what));
        if (row.predicted) predicted++;
    }
    ASSERT(predicted == plan.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes input(reinterpret_cast<const std::byte*>(data), size);
    auto log = read_event_log(input);
    if (!log) {
        ASSERT(log.error().where <= size);
        return 0;
    }
    for (const LoggedEvent& event : log->events) look_at(event, *log, size);
    for (std::uint8_t pcr = 0; pcr < registers; pcr++)
        for (Algorithm bank : log->algorithms) ASSERT(replay(hash, bank, *log, pcr));
    if (!log->algorithms.empty()) compare_with_plan(log->algorithms.front(), *log);
    return 0;
}
