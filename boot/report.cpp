// SPDX-License-Identifier: MIT
#include "boot/report.hpp"

#include "base/hex.hpp"
#include "base/json_text.hpp"
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

std::string describe(const initrd::PackedExtra& one) {
    return "{\"path\":" + quote_json(one.path) + ",\"name\":" + quote_json(one.extra.name) +
           ",\"kind\":" + quote_json(cpio::to_text(one.extra.kind)) +
           ",\"size\":" + std::to_string(one.extra.size_bytes) + "}";
}

std::string describe(const initrd::SkippedExtra& one) {
    return "{\"path\":" + quote_json(one.path) + ",\"reason\":" + quote_json(one.reason) + "}";
}

std::string describe(const Measured& one) {
    return "{\"pcr\":" + std::to_string(one.pcr) +
           ",\"type\":" + quote_json(pcr::to_text(one.type)) +
           ",\"size\":" + std::to_string(one.size_bytes) + ",\"sha256\":\"" + to_hex(one.digest) +
           "\",\"text\":" + quote_json(one.description) + "}";
}

template <class T>
std::string list(const std::vector<T>& items) {
    std::string out = "[";
    for (const T& item : items) {
        if (out.size() > 1) out += ',';
        out += describe(item);
    }
    return out + ']';
}

std::string piece_name(std::size_t index) {
    return "Report" + std::to_string(index);
}

} // namespace

std::string to_json(const Report& report) {
    return "{\"version\":1,\"loader\":\"kindling " KINDLING_VERSION "\",\"entry\":" +
           quote_json(report.entry->id) + ",\"kind\":" + quote_json(name_of(report.entry->kind)) +
           ",\"strict\":" + (report.strict ? "true" : "false") +
           ",\"timeUSec\":" + std::to_string(report.time_us) +
           ",\"initrdSize\":" + std::to_string(report.initrd->size_bytes) +
           ",\"packed\":" + list(report.initrd->packed) +
           ",\"skipped\":" + list(report.initrd->skipped) +
           ",\"measured\":" + list(report.measured) + "}";
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
