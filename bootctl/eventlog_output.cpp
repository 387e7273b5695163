// SPDX-License-Identifier: MIT
//
// What `eventlog` shows, as text and as JSON.
#include "base/hex.hpp"
#include "bootctl/eventlog_verb.hpp"
#include "core/event_text.hpp"

#include <algorithm>

namespace kindling {

namespace {

constexpr std::size_t digits_on_terminal = 16;

bool is_shown(const EventlogReport& report, const pcr::LoggedEvent& event) {
    return report.pcrs.empty() ||
           std::find(report.pcrs.begin(), report.pcrs.end(), event.pcr) != report.pcrs.end();
}

/// "0x" and all digits of a number of `digits` digits.
std::string to_number(std::uint32_t value, int digits) {
    std::string text = "0x";
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        text += "0123456789abcdef"[value >> shift & 0xf];
    return text;
}

/// A name, or the number of a type that has none.
std::string name_of(pcr::EventType type) {
    std::string_view name = pcr::to_text(type);
    return name.empty() ? to_number(static_cast<std::uint32_t>(type), 8) : std::string(name);
}

std::string name_of(std::uint16_t algorithm) {
    std::string_view name = pcr::to_text(static_cast<pcr::Algorithm>(algorithm));
    return name.empty() ? to_number(algorithm, 4) : std::string(name);
}

std::string hex_of(const std::optional<pcr::Digest>& digest) {
    return digest ? to_hex(digest->view()) : std::string();
}

/// In a table of events a terminal shows only the beginning, to leave room for the description.
std::string short_hex_of(Bytes digest, const OutputStyle& style) {
    std::string hex = to_hex(digest);
    if (style.columns == 0 || hex.size() <= digits_on_terminal) return hex;
    return hex.substr(0, digits_on_terminal) + (style.use_unicode ? "…" : "...");
}

std::string heading(std::string_view text, const OutputStyle& style) {
    return style.has_legend ? emphasized(text, style) + '\n' : std::string();
}

std::string show_events(const EventlogReport& report, const OutputStyle& style) {
    pcr::Algorithm bank = report.banks.front();
    Table table;
    table.columns = {{"PCR", true},
                     {"TYPE"},
                     {"DIGEST (" + std::string(pcr::to_text(bank)) + ')'},
                     {"DESCRIPTION", false, true}};
    for (const pcr::LoggedEvent& event : report.log.events) {
        if (!is_shown(report, event)) continue;
        std::string pcr = event.pcr < pcr::registers ? std::to_string(event.pcr) : "";
        table.rows.push_back({pcr, name_of(event.type), short_hex_of(event.digest(bank), style),
                              pcr::describe(event)});
    }
    return render(table, style);
}

std::string show_registers(const EventlogReport& report, const OutputStyle& style) {
    Table table;
    table.columns = {{"PCR", true}, {"BANK"}, {"VALUE"}};
    for (const EventlogReport::Register& row : report.registers)
        table.rows.push_back(
            {std::to_string(row.pcr), std::string(pcr::to_text(row.bank)), hex_of(row.value)});
    return render(table, style);
}

std::string mark_of(const EventlogReport::Register& row, const OutputStyle& style) {
    if (!row.predicted) return {};
    bool is_same = row.value == row.predicted;
    if (!style.use_unicode) return is_same ? "ok" : "differs";
    return is_same ? "✓ ok" : "✗ differs";
}

std::string show_compared(const EventlogReport& report, const OutputStyle& style) {
    Table table;
    table.columns = {
        {"PCR", true}, {"BANK"}, {"RESULT"}, {"LOG", false, true}, {"PREDICTED", false, true}};
    for (const EventlogReport::Register& row : report.registers)
        table.rows.push_back({std::to_string(row.pcr), std::string(pcr::to_text(row.bank)),
                              mark_of(row, style), hex_of(row.value), hex_of(row.predicted)});
    return render(table, style);
}

pcr::EventType type_of(const ComparedEvent& row) {
    return row.logged ? row.logged->type : row.predicted->type;
}

std::string show_differences(const EventlogReport& report, const OutputStyle& style) {
    std::string lines;
    std::size_t count = 0;
    for (const ComparedEvent& row : report.compared) {
        if (row.difference == Difference::none) continue;
        count++;
        lines += "  PCR " + std::to_string(row.pcr) + ", " + name_of(type_of(row)) + ", " +
                 std::string(to_text(row.difference)) + ": " + row.what + '\n';
    }
    if (count == 0)
        return "No difference: the log agrees with the prediction for \"" +
               pcr::one_line(report.prediction->entry.id) + "\".\n";
    std::string title =
        std::to_string(count) + (count == 1 ? " event differs:" : " events differ:");
    return emphasized(title, style) + '\n' + lines;
}

void write_digest(json::Writer& writer, std::string_view name,
                  const std::optional<pcr::Digest>& digest) {
    if (digest) {
        writer.text(name, hex_of(digest));
    } else {
        writer.null(name);
    }
}

void write_type(json::Writer& writer, pcr::EventType type) {
    writer.number("type", static_cast<std::uint32_t>(type));
    std::string_view name = pcr::to_text(type);
    if (name.empty()) {
        writer.null("typeName");
    } else {
        writer.text("typeName", name);
    }
}

void write_event(json::Writer& writer, std::size_t index, const pcr::LoggedEvent& event) {
    writer.begin_object();
    writer.number("index", index);
    writer.number("offset", event.offset);
    writer.number("pcr", event.pcr);
    write_type(writer, event.type);
    writer.key("digests");
    writer.begin_array();
    for (const pcr::LoggedDigest& digest : event.digests) {
        writer.begin_object();
        writer.text("algorithm", name_of(digest.algorithm));
        writer.text("digest", to_hex(digest.bytes));
        writer.end_object();
    }
    writer.end_array();
    writer.number("size", event.data.size());
    writer.text("description", pcr::describe(event));
    writer.end_object();
}

void begin_register(json::Writer& writer, const EventlogReport::Register& row) {
    writer.begin_object();
    writer.number("pcr", row.pcr);
    writer.text("bank", pcr::to_text(row.bank));
}

void write_difference(json::Writer& writer, const EventlogReport& report,
                      const ComparedEvent& row) {
    writer.begin_object();
    writer.number("pcr", row.pcr);
    writer.text("difference", to_text(row.difference));
    if (row.logged) {
        writer.number("index", static_cast<std::uint64_t>(row.logged - report.log.events.data()));
    } else {
        writer.null("index");
    }
    write_type(writer, type_of(row));
    write_digest(writer, "predicted", row.expected);
    write_digest(writer, "logged", row.actual);
    writer.text("what", row.what);
    writer.end_object();
}

void write_against(json::Writer& writer, const EventlogReport& report) {
    writer.key("against");
    writer.begin_object();
    writer.text("entry", report.prediction->entry.id);
    writer.boolean("agrees", report.agrees());
    writer.key("pcrs");
    writer.begin_array();
    for (const EventlogReport::Register& row : report.registers) {
        if (!row.predicted) continue;
        begin_register(writer, row);
        write_digest(writer, "predicted", row.predicted);
        write_digest(writer, "log", row.value);
        writer.boolean("agrees", row.value == row.predicted);
        writer.end_object();
    }
    writer.end_array();
    writer.text("bank", pcr::to_text(report.compared_bank));
    writer.key("differences");
    writer.begin_array();
    for (const ComparedEvent& row : report.compared)
        if (row.difference != Difference::none) write_difference(writer, report, row);
    writer.end_array();
    writer.end_object();
}

} // namespace

std::string to_text(const EventlogReport& report, const OutputStyle& style) {
    if (report.failure) return {};
    if (report.prediction)
        return heading("Registers", style) + show_compared(report, style) + '\n' +
               show_differences(report, style);
    return heading("Events", style) + show_events(report, style) + '\n' +
           heading("Registers after these events", style) + show_registers(report, style);
}

std::string to_json(const EventlogReport& report, json::Layout layout) {
    if (report.failure) return {};
    json::Writer writer(layout);
    writer.begin_object();
    writer.key("algorithms");
    writer.begin_array();
    for (pcr::Algorithm algorithm : report.log.algorithms) writer.text(pcr::to_text(algorithm));
    writer.end_array();
    writer.key("events");
    writer.begin_array();
    for (std::size_t i = 0; i < report.log.events.size(); i++)
        if (is_shown(report, report.log.events[i])) write_event(writer, i, report.log.events[i]);
    writer.end_array();
    writer.key("pcrs");
    writer.begin_array();
    for (const EventlogReport::Register& row : report.registers) {
        begin_register(writer, row);
        write_digest(writer, "value", row.value);
        writer.end_object();
    }
    writer.end_array();
    if (report.prediction) write_against(writer, report);
    writer.end_object();
    return writer.take();
}

} // namespace kindling
