// SPDX-License-Identifier: MIT
#include "core/loader_conf.hpp"

#include "core/glob.hpp"
#include "tests/catch.hpp"

using namespace kindling::bls;

namespace {

struct Parsed {
    LoaderConf conf;
    std::vector<Remark> remarks;
};

Parsed parse(std::string_view text) {
    Parsed parsed;
    parsed.conf = parse_loader_conf(text, parsed.remarks);
    return parsed;
}

constexpr const char* all_options = "# how we boot\n"
                                    "timeout 5\n"
                                    "default arch-*\n"
                                    "preferred @saved\n"
                                    "editor no\n"
                                    "auto-entries off\n"
                                    "auto-firmware 0\n"
                                    "auto-poweroff yes\n"
                                    "auto-reboot on\n"
                                    "beep 1\n"
                                    "reboot-for-bitlocker t\n"
                                    "reboot-on-error no\n"
                                    "secure-boot-enroll force\n"
                                    "secure-boot-enroll-action shutdown\n"
                                    "secure-boot-enroll-timeout-sec hidden\n"
                                    "console-mode max\n"
                                    "log-level debug\n"
                                    "strict-extras true\n";

} // namespace

TEST_CASE("without options everything has its default", "[loader_conf]") {
    Parsed parsed = parse("");
    CHECK(parsed.remarks.empty());
    CHECK(parsed.conf.timeout_s == timeout::menu_hidden);
    CHECK(parsed.conf.default_pattern.empty());
    CHECK(parsed.conf.preferred_pattern.empty());
    CHECK(parsed.conf.editor);
    CHECK(parsed.conf.auto_entries);
    CHECK(parsed.conf.auto_firmware);
    CHECK_FALSE(parsed.conf.auto_poweroff);
    CHECK_FALSE(parsed.conf.strict_extras);
    CHECK(parsed.conf.reboot_on_error == RebootOnError::automatic);
    CHECK(parsed.conf.secure_boot_enroll == SecureBootEnroll::if_safe);
    CHECK(parsed.conf.secure_boot_enroll_timeout_s == 15);
    CHECK(parsed.conf.console_mode == "keep");
    CHECK_FALSE(parsed.conf.uses_saved());
}

TEST_CASE("every option is read", "[loader_conf]") {
    Parsed parsed = parse(all_options);
    CHECK(parsed.remarks.empty());
    CHECK(parsed.conf.timeout_s == 5);
    CHECK(parsed.conf.default_pattern == "arch-*");
    CHECK(parsed.conf.preferred_pattern == "@saved");
    CHECK(parsed.conf.uses_saved());
    CHECK_FALSE(parsed.conf.editor);
    CHECK_FALSE(parsed.conf.auto_entries);
    CHECK_FALSE(parsed.conf.auto_firmware);
    CHECK(parsed.conf.auto_poweroff);
    CHECK(parsed.conf.auto_reboot);
    CHECK(parsed.conf.beep);
    CHECK(parsed.conf.reboot_for_bitlocker);
    CHECK(parsed.conf.reboot_on_error == RebootOnError::no);
    CHECK(parsed.conf.secure_boot_enroll == SecureBootEnroll::force);
    CHECK(parsed.conf.secure_boot_enroll_shutdown);
    CHECK(parsed.conf.secure_boot_enroll_timeout_s == timeout::menu_hidden);
    CHECK(parsed.conf.console_mode == "max");
    CHECK(parsed.conf.log_level == "debug");
    CHECK(parsed.conf.strict_extras);
}

TEST_CASE("words stand for what they say", "[loader_conf]") {
    CHECK(parse("reboot-on-error yes").conf.reboot_on_error == RebootOnError::yes);
    CHECK(parse("reboot-on-error no\nreboot-on-error auto").conf.reboot_on_error ==
          RebootOnError::automatic);
    CHECK(parse("secure-boot-enroll off").conf.secure_boot_enroll == SecureBootEnroll::off);
    CHECK(parse("secure-boot-enroll manual").conf.secure_boot_enroll == SecureBootEnroll::manual);
    CHECK(parse("secure-boot-enroll force\nsecure-boot-enroll if-safe").conf.secure_boot_enroll ==
          SecureBootEnroll::if_safe);
    CHECK_FALSE(parse("secure-boot-enroll-action shutdown\nsecure-boot-enroll-action reboot")
                    .conf.secure_boot_enroll_shutdown);
    CHECK(parse("secure-boot-enroll-timeout-sec 30").conf.secure_boot_enroll_timeout_s == 30);
    CHECK(parse("console-mode 2147483647").conf.console_mode == "2147483647");
    CHECK(parse("default @saved").conf.uses_saved());
}

TEST_CASE("a bad value leaves the one before and says what is expected", "[loader_conf]") {
    auto [line, what] = GENERATE(table<const char*, const char*>({
        {"timeout soon", "expected seconds, menu-hidden, menu-force or menu-disabled"},
        {"timeout -1", "expected seconds, menu-hidden, menu-force or menu-disabled"},
        {"timeout 99999999999999999999999x",
         "expected seconds, menu-hidden, menu-force or menu-disabled"},
        {"default @other", "expected a pattern or @saved"},
        {"preferred @Saved", "expected a pattern or @saved"},
        {"editor Yes", "expected yes or no"},
        {"strict-extras 2", "expected yes or no"},
        {"beep \"\"", "expected yes or no"},
        {"reboot-on-error maybe", "expected yes, no or auto"},
        {"secure-boot-enroll IF-SAFE", "expected off, manual, if-safe or force"},
        {"secure-boot-enroll-action halt", "expected reboot or shutdown"},
        {"secure-boot-enroll-timeout-sec never", "expected seconds or hidden"},
        {"secure-boot-enroll-timeout-sec 4294967294", "expected seconds or hidden"},
        {"console-mode large", "expected a number, auto, max or keep"},
        {"console-mode 2147483648", "expected a number, auto, max or keep"},
        {"log-level loud", "expected a log level such as info"},
        {"Timeout 3", "unknown option"},
        {"random-seed-mode off", "unknown option"},
    }));
    INFO(line);
    Parsed before = parse(all_options);
    Parsed parsed = parse(std::string(all_options) + line + "\ntimeout 7\n");
    REQUIRE(parsed.remarks.size() == 1);
    CHECK(parsed.remarks[0].line == 19);
    CHECK(std::string(parsed.remarks[0].what) == what);
    CHECK(parsed.conf.timeout_s == 7);
    CHECK(parsed.conf.default_pattern == before.conf.default_pattern);
    CHECK(parsed.conf.preferred_pattern == before.conf.preferred_pattern);
    CHECK(parsed.conf.editor == before.conf.editor);
    CHECK(parsed.conf.strict_extras == before.conf.strict_extras);
    CHECK(parsed.conf.beep == before.conf.beep);
    CHECK(parsed.conf.reboot_on_error == before.conf.reboot_on_error);
    CHECK(parsed.conf.secure_boot_enroll == before.conf.secure_boot_enroll);
    CHECK(parsed.conf.secure_boot_enroll_shutdown == before.conf.secure_boot_enroll_shutdown);
    CHECK(parsed.conf.secure_boot_enroll_timeout_s == before.conf.secure_boot_enroll_timeout_s);
    CHECK(parsed.conf.console_mode == before.conf.console_mode);
    CHECK(parsed.conf.log_level == before.conf.log_level);
}

TEST_CASE("a bad time-out alone leaves the default", "[loader_conf]") {
    CHECK(parse("timeout soon").conf.timeout_s == timeout::menu_hidden);
    CHECK(parse("timeout 3\ntimeout soon").conf.timeout_s == 3);
}

TEST_CASE("the last line of an option counts, and may take a pattern back", "[loader_conf]") {
    CHECK(parse("timeout 3\ntimeout 4\n").conf.timeout_s == 4);
    CHECK(parse("default a\ndefault \"\"\n").conf.default_pattern.empty());
}

TEST_CASE("a pattern that would match nothing is not taken", "[loader_conf]") {
    std::string longest(pattern_size_max, 'a');
    CHECK(parse("default " + longest).conf.default_pattern == longest);
    Parsed parsed = parse("default " + longest + "a");
    CHECK(parsed.conf.default_pattern.empty());
    CHECK(parsed.remarks.size() == 1);
}

TEST_CASE("time-outs are seconds or words", "[loader_conf]") {
    CHECK(parse_timeout("0") == timeout::menu_hidden);
    CHECK(parse_timeout("3") == 3);
    CHECK(parse_timeout("003") == 3);
    CHECK(parse_timeout("menu-hidden") == timeout::menu_hidden);
    CHECK(parse_timeout("menu-force") == timeout::menu_force);
    CHECK(parse_timeout("menu-disabled") == timeout::menu_disabled);
    CHECK(parse_timeout("4294967293") == timeout::seconds_max);
    CHECK(parse_timeout("4294967294") == timeout::menu_force);
    CHECK(parse_timeout("4294967296") == timeout::menu_force);
    CHECK(parse_timeout("99999999999999999999999") == timeout::menu_force);
    for (const char* text :
         {"", "-1", "+1", "3s", " 3", "0x3", "Menu-Force", "hidden", "99999999999999999999999s"}) {
        INFO(text);
        CHECK_FALSE(parse_timeout(text));
    }
}

TEST_CASE("booleans are the words of the manual and no others", "[loader_conf]") {
    for (const char* text : {"1", "yes", "y", "true", "t", "on"}) CHECK(parse_bool(text) == true);
    for (const char* text : {"0", "no", "n", "false", "f", "off"}) CHECK(parse_bool(text) == false);
    for (const char* text : {"", "Yes", "YES", "2", "yes ", "ye", "enabled", "01"})
        CHECK_FALSE(parse_bool(text));
}

TEST_CASE("a file that is too large is ignored with a remark", "[loader_conf]") {
    std::string text = "timeout 3\n";
    text.resize(loader_conf_size_max, '\n');
    CHECK(parse(text).conf.timeout_s == 3);
    Parsed parsed = parse(text + '\n');
    CHECK(parsed.conf.timeout_s == timeout::menu_hidden);
    REQUIRE(parsed.remarks.size() == 1);
    CHECK(parsed.remarks[0].line == 0);
}

TEST_CASE("a file of nothing but mistakes has a limited number of remarks", "[loader_conf]") {
    std::string text;
    for (int i = 0; i < 10'000; i++) text += "a b\n";
    CHECK(parse(text).remarks.size() == remarks_max);
}

TEST_CASE("a loader.conf cut anywhere has a value of the whole or its default", "[loader_conf]") {
    std::string text = all_options;
    LoaderConf none = parse("").conf, whole = parse(text).conf;
    for (std::size_t size = 0; size <= text.size(); size++) {
        Parsed cut = parse(text.substr(0, size));
        CHECK((cut.conf.timeout_s == none.timeout_s || cut.conf.timeout_s == whole.timeout_s));
        CHECK(whole.default_pattern.starts_with(cut.conf.default_pattern));
        CHECK((cut.conf.log_level == none.log_level || cut.conf.log_level == whole.log_level));
        CHECK(cut.remarks.size() <= 1);
    }
}
