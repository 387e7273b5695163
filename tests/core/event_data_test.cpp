// SPDX-License-Identifier: MIT
#include "core/event_data.hpp"

#include "base/hex.hpp"
#include "tests/catch.hpp"
#include "tests/core/event_log_builder.hpp"

using namespace kindling;
using namespace kindling::pcr;
using namespace kindling::tests;

namespace {

std::string described(EventType type, Bytes data) {
    LoggedEvent event;
    event.type = type;
    event.data = data;
    return describe(event);
}

std::vector<std::byte> hex(std::string_view text) {
    return from_hex(text).value();
}

std::vector<std::byte> concat(std::vector<std::byte> a, Bytes b) {
    append(a, b);
    return a;
}

} // namespace

TEST_CASE("every event of a real log says what it is about", "[event_data]") {
    auto bytes = real_log();
    auto log = read_event_log(bytes).value();
    std::vector<std::string> lines;
    for (const LoggedEvent& event : log.events) lines.push_back(describe(event));
    CHECK(lines == std::vector<std::string>{
                       "", // the firmware has no version text
                       "base 0x820000, length 0xe0000",
                       "base 0x900000, length 0xc00000",
                       "SecureBoot = 0",
                       "PK",
                       "KEK",
                       "db",
                       "dbx",
                       "zeros",
                       "BootOrder",
                       "Boot0001: UEFI Misc Device",
                       "Boot0000: UiApp",
                       "Boot0002: EFI Internal Shell",
                       "Calling EFI Application from Boot Option",
                       "zeros",
                       "zeros",
                       "zeros",
                       "zeros",
                       "zeros",
                       "zeros",
                       "zeros",
                       "Returning from EFI Application from Boot Option",
                       "Calling EFI Application from Boot Option",
                       "firmware file 7c04a583-9e3e-4f1c-ad65-e05268d0b4d1",
                       "1 partition",
                       "\\vmlinuz.efi",
                       "LOADED_IMAGE::LoadOptions",
                       "Exit Boot Services Invocation",
                       "Exit Boot Services Returned with Success",
                   });
}

TEST_CASE("texts of events are shown, whoever wrote them", "[event_data]") {
    CHECK(described(EventType::ipl, to_ucs2_bytes("root=LABEL=x quiet")) == "root=LABEL=x quiet");
    CHECK(described(EventType::ipl, bytes_of({"MokList\0", 8})) == "MokList");
    CHECK(described(EventType::ipl, to_bytes("\x1b[2Jclear")) == "\\x1b[2Jclear");
    CHECK(described(EventType::ipl, std::vector<std::byte>(3, std::byte{0xff})).empty());
    CHECK(described(EventType::event_tag, tagged_data(7, to_ucs2_bytes("loader.conf"))) ==
          "loader.conf");
    CHECK(described(EventType::event_tag, tagged_data(0x40010001, hex("ffff00"))) ==
          "tag 0x40010001");
    CHECK(described(EventType::event_tag, hex("ff")).empty());
    CHECK(described(EventType::efi_action, to_bytes("Exit")) == "Exit");
    CHECK(described(EventType::action, to_bytes("Start")) == "Start");
    CHECK(described(EventType::compact_hash, bytes_of({"BitLocker\0", 10})) == "BitLocker");
    CHECK(described(EventType::efi_hcrtm_event, to_bytes("HCRTM")) == "HCRTM");
    CHECK(described(EventType::cpu_microcode, hex("0102ff")).empty());
    CHECK(described(EventType::table_of_devices, to_bytes("NVRAM")) == "NVRAM");
    CHECK(described(static_cast<EventType>(0x80001234), to_bytes("x")).empty());
}

TEST_CASE("a separator says which kind it is", "[event_data]") {
    CHECK(described(EventType::separator, hex("00000000")) == "zeros");
    CHECK(described(EventType::separator, hex("ffffffff")) == "ones");
    CHECK(described(EventType::separator, hex("01000000")) == "error");
    CHECK(described(EventType::separator, hex("02000000")) == "02000000");
    CHECK(described(EventType::separator, to_bytes("WBCL")) == "WBCL");
    CHECK(described(EventType::separator, {}).empty());
    CHECK(described(EventType::separator, std::vector<std::byte>(99, std::byte{0x80})) ==
          "80808080808080808080808080808080");
}

TEST_CASE("versions are texts or GUIDs", "[event_data]") {
    CHECK(described(EventType::s_crtm_version, to_ucs2_bytes("1.02")) == "1.02");
    CHECK(described(EventType::s_crtm_version, bytes_of({"1.02\0", 5})) == "1.02");
    CHECK(described(EventType::s_crtm_version, hex("61dfe48bca93d211aa0d00e098032b8c")) ==
          "8be4df61-93ca-11d2-aa0d-00e098032b8c");
    CHECK(described(EventType::s_crtm_version, std::vector<std::byte>(16)).empty());
    CHECK(described(EventType::s_crtm_version, hex("0000")).empty());
}

TEST_CASE("events that extend nothing show their signature", "[event_data]") {
    CHECK(described(EventType::no_action, to_bytes({"StartupLocality\0\3", 17})) ==
          "StartupLocality = 3");
    CHECK(described(EventType::no_action, to_bytes({"StartupLocality\0", 16})) ==
          "StartupLocality");
    CHECK(described(EventType::no_action, to_bytes({"SP800-155 Event\0\x11\x22", 18})) ==
          "SP800-155 Event");
    CHECK(described(EventType::no_action, hex("ff")).empty());
    CHECK(described(EventType::efi_spdm_firmware_blob, to_bytes({"SPDM Device Sec\0\1\0", 18})) ==
          "SPDM Device Sec");
}

TEST_CASE("firmware blobs show where they lie", "[event_data]") {
    auto range = hex("000082000000000000000e0000000000");
    CHECK(described(EventType::efi_platform_firmware_blob, range) ==
          "base 0x820000, length 0xe0000");
    CHECK(described(EventType::efi_platform_firmware_blob, Bytes(range).first(15)).empty());
    auto blob2 = concat(bytes_of("\x05PEIFV"), range);
    CHECK(described(EventType::efi_platform_firmware_blob2, blob2) ==
          "PEIFV, base 0x820000, length 0xe0000");
    CHECK(described(EventType::s_crtm_contents, blob2) == "PEIFV, base 0x820000, length 0xe0000");
    CHECK(described(EventType::post_code, range) == "base 0x820000, length 0xe0000");
    CHECK(described(EventType::post_code, to_bytes("ACPI DATA")) == "ACPI DATA");
    auto unnamed = concat(hex("00"), hex("00000000000000000000000000000000"));
    CHECK(described(EventType::efi_platform_firmware_blob2, unnamed) == "base 0x0, length 0x0");
    for (std::size_t size = 0; size < blob2.size(); size++)
        CHECK(described(EventType::efi_platform_firmware_blob2, Bytes(blob2).first(size)).empty());
    CHECK(described(EventType::efi_handoff_tables, hex("0200000000000000")) == "2 tables");
    CHECK(described(EventType::efi_handoff_tables2,
                    concat(bytes_of("\x06SMBIOS"), hex("0100000000000000"))) == "SMBIOS, 1 table");
}

TEST_CASE("variables show their name and what is short in their value", "[event_data]") {
    EventType type = GENERATE(EventType::efi_variable_driver_config, EventType::efi_variable_boot,
                              EventType::efi_variable_boot2, EventType::efi_variable_authority);
    CHECK(described(type, variable_data("db", hex("010203"))) == "db");
    CHECK(described(type, variable_data("SecureBoot", hex("01"))) == "SecureBoot = 1");
    CHECK(described(type, variable_data("a\nb", {})) == "a\\x0ab");
    auto option = concat(hex("010000000400"), to_ucs2_bytes("Linux Boot Manager"));
    CHECK(described(type, variable_data("Boot00fA", option)) == "Boot00fA: Linux Boot Manager");
    CHECK(described(type, variable_data("Boot0001", hex("0100"))) == "Boot0001");
    CHECK(described(type, variable_data("BootNext", option)) == "BootNext");
    auto whole = variable_data("SecureBoot", hex("01"));
    for (std::size_t size = 0; size < whole.size(); size++)
        CHECK(described(type, Bytes(whole).first(size)).empty());
    whole[16 + 7] = std::byte{0xff}; // a name of 2^63 units and more
    CHECK(described(type, whole).empty());
}

TEST_CASE("an image shows the file of its device path", "[event_data]") {
    EventType type =
        GENERATE(EventType::efi_boot_services_application, EventType::efi_boot_services_driver,
                 EventType::efi_runtime_services_driver);
    using Row = std::tuple<std::vector<std::string>, std::string>;
    auto [nodes, file] = GENERATE(Row{{"\\EFI\\BOOT\\BOOTX64.EFI"}, "\\EFI\\BOOT\\BOOTX64.EFI"},
                                  Row{{"\\EFI", "BOOT", "x.efi"}, "\\EFI\\BOOT\\x.efi"},
                                  Row{{"\\EFI\\", "\\x.efi"}, "\\EFI\\x.efi"},
                                  Row{{"", "x", ""}, "x"}, Row{std::vector<std::string>(), ""});
    CHECK(described(type, image_data(nodes)) == file);
}

TEST_CASE("an image event cut anywhere shows nothing", "[event_data]") {
    auto whole = image_data({"\\EFI", "x.efi"});
    for (std::size_t size = 0; size < whole.size(); size++) {
        auto file = image_file(Bytes(whole).first(size));
        REQUIRE_FALSE(file);
        CHECK(file.error().code == Errc::truncated);
    }
}

TEST_CASE("nodes of a device path are not trusted", "[event_data]") {
    auto data = image_data({"\\x.efi"});
    std::size_t first_node = 32;
    data[first_node + 2] = std::byte(GENERATE(0, 1, 3));
    auto file = image_file(data);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == Errc::invalid);
    CHECK(file.error().where == 0);
    data[first_node + 2] = std::byte{0xff};
    CHECK(image_file(data).error().code == Errc::truncated);
}

TEST_CASE("images without a file show what they come from", "[event_data]") {
    auto image_of = [](const std::vector<std::byte>& path) {
        std::vector<std::byte> data(24);
        append_u64(data, path.size());
        append(data, path);
        return image_file(data);
    };
    CHECK(image_of(path_node(4, 6, hex("83a5047c3e9e1c4fad65e05268d0b4d1"))).value() ==
          "firmware file 7c04a583-9e3e-4f1c-ad65-e05268d0b4d1");
    CHECK(image_of(path_node(4, 6, hex("83"))).error().code == Errc::truncated);
    CHECK(image_of(path_node(4, 8, std::vector<std::byte>(20))).value() == "option ROM");
    CHECK(image_of(concat(path_node(0x7f, 0xff, {}), path_node(4, 4, to_ucs2_bytes("x"))))
              .value()
              .empty());
    CHECK(image_of({}).value().empty());
}

TEST_CASE("a partition table is counted and taken apart", "[event_data]") {
    auto data = gpt_data({"esp", "root"});
    auto gpt = read_gpt_data(data);
    REQUIRE(gpt);
    CHECK(gpt->count == 2);
    CHECK(gpt->entry_size == 128);
    CHECK(gpt->entries.size() == 256);
    CHECK(described(EventType::efi_gpt_event, data) == "2 partitions");
    CHECK(described(EventType::efi_gpt_event, gpt_data({"esp"})) == "1 partition");
    for (std::size_t size = 0; size < data.size(); size++) {
        auto part = read_gpt_data(Bytes(data).first(size));
        REQUIRE_FALSE(part);
        CHECK(part.error().code == Errc::truncated);
        CHECK(described(EventType::efi_gpt_event, Bytes(data).first(size)).empty());
    }
    data[99] = std::byte{0xff};
    CHECK(read_gpt_data(data).error().code == Errc::too_large);
    data[84] = std::byte{0};
    CHECK(read_gpt_data(data).error().code == Errc::invalid);
    CHECK(read_gpt_data(data).error().where == 84);
}
