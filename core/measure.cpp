// SPDX-License-Identifier: MIT
#include "core/measure.hpp"

#include "base/text.hpp"

namespace kindling::pcr {

namespace {

/// "2 files: a.cred, b.cred".
std::string name_members(const initrd::Plan& initrd, cpio::ExtraKind kind) {
    std::string names;
    std::size_t count = 0;
    for (const initrd::PackedExtra& one : initrd.packed) {
        if (one.extra.kind != kind) continue;
        if (count++ > 0) names += ", ";
        names += one.extra.name;
    }
    return concat({to_decimal(count), count == 1 ? " file: " : " files: ", names});
}

} // namespace

Event make_event(std::uint8_t pcr, EventType type, Actor actor, std::string_view description,
                 std::string_view origin, std::vector<std::byte> bytes) {
    Event event = make_event(pcr, type, actor, description, origin, Bytes(bytes));
    event.owned = std::move(bytes); // its piece stays where it is
    return event;
}

Event make_event(std::uint8_t pcr, EventType type, Actor actor, std::string_view description,
                 std::string_view origin, Bytes bytes) {
    Event event;
    event.pcr = pcr;
    event.type = type;
    event.actor = actor;
    event.description = description;
    event.origin = origin;
    event.pieces.push_back(bytes);
    return event;
}

Event loader_conf_event(Bytes contents) {
    Event event = make_event(5, EventType::event_tag, Actor::loader, "loader.conf",
                             "/loader/loader.conf", contents);
    event.tag = loader_conf_tag;
    return event;
}

Event command_line_event(Actor actor, std::string_view text) {
    return make_event(12, EventType::ipl, actor, text, "command line", to_ucs2_bytes(text));
}

Plan entry_events(const initrd::Plan& initrd, Bytes blob, std::string_view load_options) {
    Plan plan;
    for (cpio::ExtraKind kind :
         {cpio::ExtraKind::credential, cpio::ExtraKind::sysext, cpio::ExtraKind::confext}) {
        Bytes archive = initrd::archive_of(initrd, blob, kind);
        if (archive.empty()) continue;
        const cpio::ExtraTarget& target = cpio::target_of(kind);
        plan.push_back(make_event(target.pcr, EventType::ipl, Actor::loader, target.description,
                                  name_members(initrd, kind), archive));
        plan.back().must_succeed = true;
    }
    if (!load_options.empty()) plan.push_back(command_line_event(Actor::loader, load_options));
    return plan;
}

} // namespace kindling::pcr
