// SPDX-License-Identifier: MIT
#include "bootctl/eventlog_verb.hpp"

#include "bootctl/digest.hpp"
#include "core/event_text.hpp"
#include "host/files.hpp"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace kindling {

namespace {

constexpr std::size_t odd_digests_told_max = 8;

/// Remembers why there is no report; always false.
bool fail(EventlogReport& report, std::string text, std::string hint, Errc code) {
    report.failure = Notice{std::move(text), std::move(hint)};
    report.failure_code = code;
    return false;
}

bool contains(const std::vector<std::uint8_t>& pcrs, std::uint8_t pcr) {
    return std::find(pcrs.begin(), pcrs.end(), pcr) != pcrs.end();
}

/// "4, 5 and 9".
std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); i++) {
        if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
        text += names[i];
    }
    return text;
}

std::string list_of(const std::vector<std::uint8_t>& pcrs) {
    std::vector<std::string> names;
    for (std::uint8_t pcr : pcrs) names.push_back(std::to_string(pcr));
    return list_of(names);
}

std::string hint_for_log(const EventlogRequest& request, Errc code) {
    if (request.file) return {};
    if (code == Errc::denied) return "only root may read it; or name a copy of the log";
    if (code == Errc::not_found)
        return "this system has no TPM, or securityfs is not mounted; or name a copy of a log";
    return {};
}

Result<std::vector<std::byte>> read_bytes(const EventlogRequest& request) {
    if (request.file == "-") return host::read_stream(STDIN_FILENO, pcr::event_log_size_max);
    std::string path = request.file.value_or(running_event_log);
    host::Fd file = TRY(host::open_at(AT_FDCWD, path, O_RDONLY | O_NOCTTY));
    return host::read_stream(file.get(), pcr::event_log_size_max);
}

bool read_log(const EventlogRequest& request, EventlogReport& report) {
    bool is_standard_input = request.file == "-";
    std::string name =
        is_standard_input ? "standard input" : '"' + request.file.value_or(running_event_log) + '"';
    auto bytes = read_bytes(request);
    if (!bytes)
        return fail(report, "cannot read the event log " + name + ": " + reason_of(bytes.error()),
                    hint_for_log(request, bytes.error().code), bytes.error().code);
    report.bytes = std::move(*bytes);
    auto log = pcr::read_event_log(report.bytes);
    if (!log)
        return fail(report,
                    "cannot read the event log " + name + ": " + reason_of(log.error()) +
                        " (at byte " + std::to_string(log.error().where) + ")",
                    "", log.error().code);
    report.log = std::move(*log);
    return true;
}

bool choose_banks(const EventlogRequest& request, EventlogReport& report) {
    const std::vector<pcr::Algorithm>& known = report.log.algorithms;
    auto is_known = [&](pcr::Algorithm bank) {
        return std::find(known.begin(), known.end(), bank) != known.end();
    };
    if (known.empty())
        return fail(report, "the event log has only digests of unknown algorithms", "",
                    Errc::unsupported);
    report.banks = request.banks;
    if (report.banks.empty())
        report.banks = {is_known(pcr::Algorithm::sha256) ? pcr::Algorithm::sha256 : known.front()};
    for (pcr::Algorithm bank : report.banks) {
        if (is_known(bank)) continue;
        std::vector<std::string> names;
        for (pcr::Algorithm one : known) names.emplace_back(pcr::to_text(one));
        return fail(report, "the event log has no digests of " + std::string(pcr::to_text(bank)),
                    "it has " + list_of(names), Errc::not_found);
    }
    return true;
}

bool is_shown(const EventlogReport& report, std::uint32_t pcr) {
    return report.pcrs.empty() ||
           (pcr < pcr::registers && contains(report.pcrs, static_cast<std::uint8_t>(pcr)));
}

/// Remarks on events whose digest is not that of their data: such data may lie.
void check_digests(EventlogReport& report) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < report.log.events.size(); i++) {
        const pcr::LoggedEvent& event = report.log.events[i];
        if (!is_shown(report, event.pcr)) continue;
        for (pcr::Algorithm bank : report.banks) {
            auto expected = pcr::digest_of_data(hash, bank, event);
            if (!expected || equal(expected->view(), event.digest(bank))) continue;
            if (count++ < odd_digests_told_max)
                report.remarks.push_back({"event " + std::to_string(i) + " of the log (PCR " +
                                              std::to_string(event.pcr) + ", " +
                                              std::string(pcr::to_text(event.type)) +
                                              "): the digest is not that of its data",
                                          "do not trust its description"});
            break;
        }
    }
    if (count > odd_digests_told_max)
        report.remarks.push_back(
            {"the same holds for " + std::to_string(count - odd_digests_told_max) + " more events",
             ""});
}

/// The registers to compare: those predicted and, if some were asked for, only these.
bool choose_compared(EventlogReport& report, std::vector<std::uint8_t>& compared) {
    const std::vector<std::uint8_t>& predicted = report.prediction->pcrs;
    std::vector<std::uint8_t> left_out;
    for (std::uint8_t pcr : report.pcrs)
        if (!contains(predicted, pcr) && !contains(left_out, pcr)) left_out.push_back(pcr);
    for (std::uint8_t pcr : predicted)
        if (is_shown(report, pcr)) compared.push_back(pcr);
    if (compared.empty())
        return fail(report, "no register that was asked for can be predicted",
                    predicted.empty() ? "" : "predicted are PCR " + list_of(predicted),
                    Errc::unsupported);
    if (!left_out.empty())
        report.remarks.push_back(
            {"PCR " + list_of(left_out) + " cannot be predicted, so nothing is compared there",
             ""});
    return true;
}

bool compare_with_prediction(const EventlogRequest& request, EventlogReport& report,
                             std::vector<std::uint8_t>& compared) {
    auto source = BootSource::open(request.source);
    if (!source) {
        Notice why = explain(request.source, source.error());
        return fail(report, why.text, why.hint, source.error().code);
    }
    Notice why;
    auto prediction = make_prediction(**source, *request.against, why);
    if (!prediction) return fail(report, why.text, why.hint, prediction.error().code);
    report.prediction = std::move(*prediction);
    report.remarks.insert(report.remarks.end(), report.prediction->remarks.begin(),
                          report.prediction->remarks.end());
    if (!choose_compared(report, compared)) return false;
    for (pcr::Algorithm bank : report.banks) {
        auto rows = compare(hash, bank, report.prediction->plan, report.log, compared);
        bool is_first = bank == report.banks.front();
        bool differs = std::any_of(rows.begin(), rows.end(), [](const ComparedEvent& row) {
            return row.difference != Difference::none;
        });
        if (!is_first && !differs) continue;
        report.compared = std::move(rows);
        report.compared_bank = bank;
        if (differs) break;
    }
    return true;
}

void replay_registers(EventlogReport& report, const std::vector<std::uint8_t>& compared) {
    for (std::uint8_t pcr = 0; pcr < pcr::registers; pcr++) {
        bool has_events = std::any_of(
            report.log.events.begin(), report.log.events.end(), [&](const pcr::LoggedEvent& event) {
                return event.pcr == pcr && event.type != pcr::EventType::no_action;
            });
        bool is_compared = contains(compared, pcr);
        if (!is_compared && (!has_events || !is_shown(report, pcr))) continue;
        for (pcr::Algorithm bank : report.banks) {
            EventlogReport::Register row{pcr, bank, pcr::replay(hash, bank, report.log, pcr), {}};
            if (is_compared) row.predicted = pcr::fold(hash, bank, report.prediction->plan, pcr);
            report.registers.push_back(std::move(row));
        }
    }
}

} // namespace

bool EventlogReport::agrees() const {
    return prediction && !failure &&
           std::all_of(compared.begin(), compared.end(),
                       [](const ComparedEvent& row) { return row.difference == Difference::none; });
}

EventlogReport run_eventlog(const EventlogRequest& request) {
    EventlogReport report;
    report.pcrs = request.pcrs;
    std::vector<std::uint8_t> compared;
    if (!read_log(request, report) || !choose_banks(request, report)) return report;
    if (request.against && !compare_with_prediction(request, report, compared)) return report;
    check_digests(report);
    replay_registers(report, compared);
    return report;
}

} // namespace kindling
