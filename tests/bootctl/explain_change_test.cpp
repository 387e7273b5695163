// SPDX-License-Identifier: MIT
#include "bootctl/explain_change.hpp"

#include "core/measure.hpp"
#include "tests/catch.hpp"
#include "tests/core/event_log_builder.hpp"

using namespace kindling;
using namespace kindling::tests;

namespace {

using pcr::Actor;
using pcr::Event;

pcr::LoggedEvent logged(EventType type, Bytes data, std::uint32_t pcr = 12) {
    pcr::LoggedEvent event;
    event.pcr = pcr;
    event.type = type;
    event.data = data;
    return event;
}

Event predicted(EventType type, std::string_view description, std::string_view origin,
                std::vector<std::byte> bytes, std::uint8_t pcr = 12) {
    return pcr::make_event(pcr, type, Actor::firmware, description, origin, std::move(bytes));
}

std::string explain_gpt(const std::vector<std::byte>& logged_data,
                        const std::vector<std::byte>& predicted_data) {
    return explain_change(
        predicted(EventType::efi_gpt_event, "GPT", "partition table", predicted_data, 5),
        logged(EventType::efi_gpt_event, logged_data, 5));
}

} // namespace

TEST_CASE("a changed command line is shown beside the predicted one", "[explain_change]") {
    Event event = pcr::command_line_event(Actor::loader, "root=LABEL=x");
    auto text = to_ucs2_bytes("root=LABEL=x debug\x1b");
    CHECK(explain_change(event, logged(EventType::ipl, text)) ==
          "command line is \"root=LABEL=x debug\\x1b\" in the log, \"root=LABEL=x\" predicted");
    auto same = to_ucs2_bytes("root=LABEL=x");
    CHECK(explain_change(event, logged(EventType::ipl, same)) ==
          "\"root=LABEL=x\" has other bytes; predicted from command line");
    event.pcr = 9;
    CHECK(explain_change(event, logged(EventType::ipl, text, 9)) ==
          "text is \"root=LABEL=x debug\\x1b\" in the log, \"root=LABEL=x\" predicted");
}

TEST_CASE("a changed archive says what may have changed and where it came from",
          "[explain_change]") {
    Event event = predicted(EventType::ipl, "Entry credentials initrd", "2 files: a.cred, b.cred",
                            bytes_of("x"));
    auto text = to_ucs2_bytes("Entry credentials initrd");
    CHECK(explain_change(event, logged(EventType::ipl, text)) ==
          "the archive \"Entry credentials initrd\" has other bytes (names, order, sizes or "
          "contents of the extras changed); predicted from 2 files: a.cred, b.cred");
}

TEST_CASE("a changed section names itself", "[explain_change]") {
    Event event = predicted(EventType::ipl, ".osrel", "/EFI/Linux/x.efi", bytes_of("x"), 11);
    auto text = to_ucs2_bytes(".osrel");
    CHECK(explain_change(event, logged(EventType::ipl, text, 11)) ==
          "section .osrel has other bytes; predicted from /EFI/Linux/x.efi");
}

TEST_CASE("a changed tagged event shows its text or its origin", "[explain_change]") {
    Event conf = pcr::loader_conf_event(to_bytes("timeout 0\n"));
    auto data = tagged_data(pcr::loader_conf_tag, to_ucs2_bytes("loader.conf"));
    CHECK(explain_change(conf, logged(EventType::event_tag, data, 5)) ==
          "\"loader.conf\" has other bytes; predicted from /loader/loader.conf");
    Event profile = predicted(EventType::event_tag, "1", "profile", to_ucs2_bytes("1"));
    profile.tag = 0x13aed6db;
    auto two = tagged_data(0x13aed6db, to_ucs2_bytes("2"));
    CHECK(explain_change(profile, logged(EventType::event_tag, two)) ==
          "text is \"2\" in the log, \"1\" predicted");
    Event options = predicted(EventType::event_tag, "LOADED_IMAGE::LoadOptions", "command line",
                              to_ucs2_bytes("quiet"), 9);
    options.tag = 0x8f3b22ed;
    auto text = tagged_data(0x8f3b22ed, bytes_of("LOADED_IMAGE::LoadOptions"));
    CHECK(explain_change(options, logged(EventType::event_tag, text, 9)) ==
          "the kernel got another command line; predicted is \"quiet\"");
}

TEST_CASE("a changed image shows its path where that differs", "[explain_change]") {
    auto [description, path, what] = GENERATE(table<const char*, const char*, const char*>({
        {"/K/vmlinuz", "\\k\\vmlinuz", "the image \\k\\vmlinuz has other contents"},
        {"/k/vmlinuz", "\\k\\other", "image is \\k\\other in the log, /k/vmlinuz predicted"},
        {"the loader", "\\EFI\\BOOT\\BOOTX64.EFI",
         "the image \\EFI\\BOOT\\BOOTX64.EFI has other contents than predicted for the "
         "loader"},
        {"/k/vmlinuz", "", "another image than /k/vmlinuz was started"},
    }));
    auto data = image_data({path});
    Event event = predicted(EventType::efi_boot_services_application, description,
                            "Authenticode of the image", bytes_of("x"), 4);
    CHECK(explain_change(event, logged(EventType::efi_boot_services_application, data, 4)) == what);
}

TEST_CASE("a changed partition table says which partition and what of it", "[explain_change]") {
    auto table = gpt_data({"esp", "root", "home"});
    auto other = table;
    CHECK(explain_gpt(gpt_data({"esp"}), table) ==
          "number of partitions is 1 in the log, 3 predicted");
    other[100 + 128 + 32] = std::byte{1};
    CHECK(explain_gpt(other, table) ==
          "the partition table has changed: partition 2 \"root\": place or size");
    other[100 + 128 + 56] = std::byte{'R'};
    other[100 + 128] = std::byte{1};
    other[100 + 2 * 128 + 16] = std::byte{1};
    CHECK(explain_gpt(other, table) ==
          "the partition table has changed: partition 2 \"root\": type, place or size, name; "
          "partition 3 \"home\": id");
    other = table;
    other[100 + 48] = std::byte{1};
    CHECK(explain_gpt(other, table) ==
          "the partition table has changed: partition 1 \"esp\": flags");
    CHECK(explain_gpt(std::vector<std::byte>(99), table) ==
          "the partition table in the log is malformed");
    CHECK(explain_gpt(table, bytes_of("x")) ==
          "the partition table has other bytes; predicted from partition table");
}

TEST_CASE("a changed header of a partition table says what is known of it", "[explain_change]") {
    auto table = gpt_data({"esp"});
    auto other = table;
    other[16] = std::byte{1}; // a checksum
    CHECK(explain_gpt(other, table) == "the header of the partition table has other bytes");
    other[32] = std::byte{99};
    CHECK(explain_gpt(other, table) ==
          "size of the disk is 100 in the log, 1 predicted (in blocks)");
    other[56] = std::byte{1};
    CHECK(explain_gpt(other, table) ==
          "id of the disk is 00000001-0000-0000-0000-000000000000 in the log, "
          "00000000-0000-0000-0000-000000000000 predicted");
}

TEST_CASE("many changed partitions are not all listed", "[explain_change]") {
    std::vector<std::string> names, others;
    for (int i = 0; i < 6; i++) {
        names.push_back("a" + std::to_string(i));
        others.push_back("b" + std::to_string(i));
    }
    CHECK(explain_gpt(gpt_data(others), gpt_data(names)) ==
          "the partition table has changed: partition 1 \"a0\": name; partition 2 \"a1\": name; "
          "partition 3 \"a2\": name; partition 4 \"a3\": name; and more");
}

TEST_CASE("a changed separator shows its bytes", "[explain_change]") {
    Event event =
        predicted(EventType::separator, "separator", "4 zero bytes", std::vector<std::byte>(4), 4);
    std::vector<std::byte> error{std::byte{1}, {}, {}, {}};
    std::vector<std::byte> zeros(4), many(20);
    CHECK(explain_change(event, logged(EventType::separator, error, 4)) ==
          "separator is 01000000 in the log, 00000000 predicted");
    CHECK(explain_change(event, logged(EventType::separator, zeros, 4)) ==
          "the separator 00000000 has another digest");
    CHECK(explain_change(event, logged(EventType::separator, many, 4)) ==
          "separator is 00000000000000000000000000000000... in the log, 00000000 predicted");
}

TEST_CASE("a changed action shows both texts", "[explain_change]") {
    Event event = predicted(EventType::efi_action, "Calling", "text", bytes_of("Calling"), 4);
    CHECK(explain_change(event, logged(EventType::efi_action, to_bytes("Returning"), 4)) ==
          "text is \"Returning\" in the log, \"Calling\" predicted");
}

TEST_CASE("missing and unexpected events show what is known of them", "[explain_change]") {
    CHECK(explain_missing(predicted(EventType::ipl, "a\nb", "a file", {})) ==
          "\"a\\x0ab\" is not in the log; predicted from a file");
    CHECK(explain_missing(predicted(EventType::ipl, "", "", {})) == "an event is not in the log");
    auto text = to_ucs2_bytes("quiet");
    CHECK(explain_unexpected(logged(EventType::ipl, text)) ==
          "\"quiet\" is in the log, but not predicted");
    CHECK(explain_unexpected(logged(EventType::ipl, {})) ==
          "an event is in the log, but not predicted");
}

TEST_CASE("archives are told from each other and from command lines", "[explain_change]") {
    auto kind_of_text = [](const char* text) {
        return kind_of(predicted(EventType::ipl, text, "", {}));
    };
    EventKind cmdline = kind_of_text("quiet");
    CHECK(cmdline.name.empty());
    CHECK(kind_of_text("root=x init=/bin/my initrd") == cmdline);
    for (const char* text :
         {"Entry credentials initrd", "Entry system extension initrd",
          "Entry configuration extension initrd", "Credentials initrd", "System extension initrd",
          "Configuration extension initrd", "Global credentials initrd",
          "Global system extension initrd", "Global configuration extension initrd"}) {
        CHECK(kind_of_text(text).name == text);
        auto data = to_ucs2_bytes(text);
        CHECK(kind_of(logged(EventType::ipl, data)).name == text);
    }
}
