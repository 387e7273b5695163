// SPDX-License-Identifier: MIT
#include "boot/report.hpp"

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "core/loader_interface.hpp"

namespace kindling::boot {

namespace {

std::string_view name_of(bls::EntryKind kind) {
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

// A member behind those that `json`, an object without its end, has already.

void add(std::string& json, std::string_view key, std::string_view raw_value) {
    append(json, {json.ends_with('{') ? "" : ",", "\"", key, "\":", raw_value});
}

void add_text(std::string& json, std::string_view key, std::string_view value) {
    add(json, key, quote_json(value));
}

void add_number(std::string& json, std::string_view key, std::uint64_t value) {
    add(json, key, to_decimal(value));
}

void describe(std::string& json, const initrd::PackedExtra& one) {
    add_text(json, "path", one.path);
    add_text(json, "name", one.extra.name);
    add_text(json, "kind", cpio::to_text(one.extra.kind));
    add_number(json, "size", one.extra.size_bytes);
}

void describe(std::string& json, const initrd::SkippedExtra& one) {
    add_text(json, "path", one.path);
    add_text(json, "reason", one.reason);
}

void describe(std::string& json, const Measured& one) {
    add_number(json, "pcr", one.pcr);
    add_text(json, "type", pcr::to_text(one.type));
    add_number(json, "size", one.size_bytes);
    add_text(json, "sha256", to_hex(one.digest));
    add_text(json, "text", one.description);
}

template <class T>
void add_list(std::string& json, std::string_view key, const std::vector<T>& items) {
    add(json, key, "[");
    for (const T& item : items) {
        json += json.ends_with('[') ? "{" : ",{";
        describe(json, item);
        json += '}';
    }
    json += ']';
}

std::string piece_name(std::size_t index) {
    return concat({"Report", to_decimal(index)});
}

} // namespace

std::string to_json(const Report& report) {
    std::string json = "{";
    add_number(json, "version", 1);
    add_text(json, "loader", "kindling " KINDLING_VERSION);
    add_text(json, "entry", report.entry->id);
    add_text(json, "kind", name_of(report.entry->kind));
    add(json, "strict", report.strict ? "true" : "false");
    add_number(json, "timeUSec", report.time_us);
    add_number(json, "initrdSize", report.initrd->size_bytes);
    add_list(json, "packed", report.initrd->packed);
    add_list(json, "skipped", report.initrd->skipped);
    add_list(json, "measured", report.measured);
    json += '}';
    return json;
}

Result<void> write_report(Variables& variables, const Report& report) {
    const Guid& vendor = loader_interface::kindling_vendor;
    std::string json = to_json(report);
    std::size_t pieces = (json.size() + report_piece_max - 1) / report_piece_max;
    if (pieces > report_pieces_max) return Error{Errc::too_large, "report is too long"};
    for (std::size_t i = 0; i < pieces; i++) {
        auto piece = std::string_view(json).substr(i * report_piece_max, report_piece_max);
        TRY(variables.set(vendor, piece_name(i), to_bytes(piece), Variables::Storage::volatile_));
    }
    for (std::size_t i = pieces; variables.get(vendor, piece_name(i)); i++)
        TRY(variables.remove(vendor, piece_name(i)));
    return {};
}

} // namespace kindling::boot
