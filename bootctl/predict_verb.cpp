// SPDX-License-Identifier: MIT
#include "bootctl/predict_verb.hpp"

#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "fiber/wait.hpp"

#include <algorithm>

namespace kindling {

namespace {

PredictReport failed(Notice why, Errc code) {
    PredictReport report;
    report.failure = std::move(why);
    report.failure_code = code;
    return report;
}

PredictReport interrupted(const Error& error) {
    return failed({"cannot predict: " + reason_of(error), ""}, error.code);
}

bool contains(const std::vector<std::uint8_t>& numbers, std::uint8_t number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

std::string_view to_text(bls::EntryKind kind) {
    switch (kind) {
    case bls::EntryKind::linux_:
        return "linux";
    case bls::EntryKind::efi:
        return "efi";
    case bls::EntryKind::uki:
        return "uki";
    case bls::EntryKind::uki_url:
        return "uki-url";
    case bls::EntryKind::type2:
        return "type2";
    }
    return "";
}

/// Digests of the shown events, each computed once: there may be gigabytes behind one.
Result<void> hash_events(PredictReport& report, Progress& progress) {
    const pcr::Plan& plan = report.prediction->plan;
    std::uint64_t size_bytes = 0;
    for (std::size_t i = 0; i < plan.size(); i++)
        if (report.is_shown[i]) size_bytes += plan[i].size_bytes();
    progress.begin("Hashing", size_bytes * report.banks.size());
    for (pcr::Algorithm bank : report.banks) {
        std::vector<pcr::Digest>& digests = report.digests.emplace_back(plan.size());
        for (std::size_t i = 0; i < plan.size(); i++) {
            if (!report.is_shown[i]) continue;
            digests[i] = TRY(hash_in_turns(bank, plan[i].pieces, progress.done));
        }
    }
    return {};
}

/// What `pcr::fold` gives, from digests that are there already.
pcr::Digest fold(const PredictReport& report, std::size_t bank_index, std::uint8_t number) {
    const pcr::Plan& plan = report.prediction->plan;
    pcr::Algorithm bank = report.banks[bank_index];
    pcr::Digest value = pcr::initial_value(bank, number);
    for (std::size_t i = 0; i < plan.size(); i++)
        if (plan[i].pcr == number && plan[i].type != pcr::EventType::no_action)
            value = pcr::extend(hash, bank, value, report.digests[bank_index][i]);
    return value;
}

/// Fills in the values of `wanted` registers.
Result<void> fold_registers(PredictReport& report, const std::vector<std::uint8_t>& wanted,
                            Progress& progress) {
    Prediction& prediction = *report.prediction;
    for (const pcr::Event& event : prediction.plan)
        report.is_shown.push_back(contains(wanted, event.pcr));
    TRY(hash_events(report, progress));
    for (std::size_t i = 0; i < report.banks.size(); i++)
        for (std::uint8_t number : wanted) {
            PredictedRegister one{number, report.banks[i], {}};
            if (contains(prediction.pcrs, number)) one.value = fold(report, i, number);
            report.registers.push_back(one);
        }
    for (std::uint8_t number : wanted)
        if (!contains(prediction.pcrs, number))
            prediction.remarks.push_back(
                {"this entry does not determine PCR " + std::to_string(number), ""});
    return {};
}

void write_register(json::Writer& out, const PredictedRegister& one) {
    out.begin_object();
    out.number("pcr", one.pcr);
    out.text("bank", pcr::to_text(one.bank));
    if (one.value)
        out.text("value", to_hex(one.value->view()));
    else
        out.null("value");
    out.end_object();
}

void write_event(json::Writer& out, const PredictReport& report, std::size_t index) {
    const pcr::Event& event = report.prediction->plan[index];
    const std::vector<pcr::Algorithm>& banks = report.banks;
    out.begin_object();
    out.number("pcr", event.pcr);
    out.text("type", pcr::to_text(event.type));
    if (event.type == pcr::EventType::event_tag)
        out.number("tag", event.tag);
    else
        out.null("tag");
    out.text("actor", pcr::to_text(event.actor));
    out.text("description", event.description);
    out.text("origin", event.origin);
    out.number("size", event.size_bytes());
    std::vector<std::string> digests;
    for (const auto& of_bank : report.digests) digests.push_back(to_hex(of_bank[index].view()));
    out.text("bank", pcr::to_text(banks[0]));
    out.text("digest", digests[0]);
    out.key("digests");
    out.begin_array();
    for (std::size_t i = 0; i < banks.size(); i++) {
        out.begin_object();
        out.text("bank", pcr::to_text(banks[i]));
        out.text("digest", digests[i]);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void write_remarks(json::Writer& out, const Prediction& prediction) {
    out.key("skipped");
    out.begin_array();
    for (const initrd::SkippedExtra& one : prediction.skipped) {
        out.begin_object();
        out.text("path", one.path);
        out.text("reason", one.reason);
        out.end_object();
    }
    out.end_array();
    out.key("remarks");
    out.begin_array();
    for (const Notice& remark : prediction.remarks) {
        out.begin_object();
        out.text("text", remark.text);
        out.text_if("hint", remark.hint);
        out.end_object();
    }
    out.end_array();
}

Table registers_table(const PredictReport& report) {
    Table table{{{"PCR", true}, {"BANK"}, {"VALUE"}}, {}};
    for (const PredictedRegister& one : report.registers)
        table.rows.push_back({std::to_string(one.pcr), std::string(pcr::to_text(one.bank)),
                              one.value ? to_hex(one.value->view()) : ""});
    return table;
}

Table events_table(const PredictReport& report) {
    Table table{{{"PCR", true},
                 {"TYPE"},
                 {"ACTOR"},
                 {"DESCRIPTION", false, true},
                 {"ORIGIN", false, true},
                 {"SIZE", true},
                 {"DIGEST", false, true}},
                {}};
    const pcr::Plan& plan = report.prediction->plan;
    for (std::size_t i = 0; i < plan.size(); i++)
        if (report.is_shown[i])
            table.rows.push_back(
                {std::to_string(plan[i].pcr), std::string(pcr::to_text(plan[i].type)),
                 std::string(pcr::to_text(plan[i].actor)), plan[i].description, plan[i].origin,
                 std::to_string(plan[i].size_bytes()), to_hex(report.digests[0][i].view())});
    return table;
}

} // namespace

PredictReport run_predict(const PredictRequest& request) {
    auto source = BootSource::open(request.source);
    if (!source) return failed(explain(request.source, source.error()), source.error().code);
    Notice failure;
    Progress unwatched;
    Progress& progress = request.options.progress ? *request.options.progress : unwatched;
    auto prediction = make_prediction(**source, request.options, failure);
    // Discovery takes an interruption for files that cannot be read.
    if (auto on = fiber::check_interruption(); !on) return interrupted(on.error());
    if (!prediction) return failed(std::move(failure), prediction.error().code);
    PredictReport report;
    report.prediction = std::move(*prediction);
    report.banks = request.banks;
    if (report.banks.empty()) report.banks = {pcr::Algorithm::sha256};
    auto folded = fold_registers(
        report, request.pcrs.empty() ? report.prediction->pcrs : request.pcrs, progress);
    if (!folded) return interrupted(folded.error());
    return report;
}

std::string to_text(const PredictReport& report, const OutputStyle& style) {
    return render(registers_table(report), style) + '\n' + render(events_table(report), style);
}

std::string to_json(const PredictReport& report, json::Layout layout) {
    const Prediction& prediction = *report.prediction;
    json::Writer out(layout);
    out.begin_object();
    out.text("entry", prediction.entry.id);
    out.text("kind", to_text(prediction.entry.kind));
    out.text("loader", prediction.loader_path);
    out.text("loadOptions", prediction.load_options);
    out.key("banks");
    out.begin_array();
    for (pcr::Algorithm bank : report.banks) out.text(pcr::to_text(bank));
    out.end_array();
    out.key("pcrs");
    out.begin_array();
    for (const PredictedRegister& one : report.registers) write_register(out, one);
    out.end_array();
    out.key("events");
    out.begin_array();
    for (std::size_t i = 0; i < prediction.plan.size(); i++)
        if (report.is_shown[i]) write_event(out, report, i);
    out.end_array();
    write_remarks(out, prediction);
    out.end_object();
    return out.take();
}

} // namespace kindling
