// SPDX-License-Identifier: MIT
#include "core/loader_conf.hpp"

#include "base/text.hpp"
#include "core/glob.hpp"

#include <array>
#include <span>

namespace kindling::bls {

namespace {

constexpr std::uint64_t console_mode_max = 2147483647;

struct BoolOption {
    std::string_view name;
    bool LoaderConf::*field;
};

constexpr std::array<BoolOption, 8> bool_options{{
    {"editor", &LoaderConf::editor},
    {"auto-entries", &LoaderConf::auto_entries},
    {"auto-firmware", &LoaderConf::auto_firmware},
    {"auto-poweroff", &LoaderConf::auto_poweroff},
    {"auto-reboot", &LoaderConf::auto_reboot},
    {"beep", &LoaderConf::beep},
    {"reboot-for-bitlocker", &LoaderConf::reboot_for_bitlocker},
    {"strict-extras", &LoaderConf::strict_extras},
}};

// A setter stores `value`, or leaves what is there and returns false.

bool set_bool(bool& field, std::string_view value) {
    auto parsed = parse_bool(value);
    field = parsed.value_or(field);
    return parsed.has_value();
}

bool set_timeout(LoaderConf& conf, std::string_view value) {
    auto parsed = parse_timeout(value);
    conf.timeout_s = parsed.value_or(conf.timeout_s);
    return parsed.has_value();
}

bool set_pattern(std::string& pattern, std::string_view value) {
    if (value.size() > pattern_size_max) return false;
    if (value.starts_with('@') && value != "@saved") return false;
    pattern = value;
    return true;
}

bool set_reboot_on_error(LoaderConf& conf, std::string_view value) {
    auto parsed = parse_bool(value);
    if (!parsed && value != "auto") return false;
    conf.reboot_on_error = !parsed   ? RebootOnError::automatic
                           : *parsed ? RebootOnError::yes
                                     : RebootOnError::no;
    return true;
}

/// The place of `value` in `words`; nothing if it is none of them.
std::optional<std::size_t> find_word(std::span<const std::string_view> words,
                                     std::string_view value) {
    for (std::size_t i = 0; i < words.size(); i++)
        if (words[i] == value) return i;
    return std::nullopt;
}

/// Stores the index of `value` in `words` as the enumerator it stands for.
template <class Enum>
bool set_word(Enum& field, std::span<const std::string_view> words, std::string_view value) {
    auto place = find_word(words, value);
    if (place) field = static_cast<Enum>(*place);
    return place.has_value();
}

bool set_enroll_timeout(LoaderConf& conf, std::string_view value) {
    auto seconds = parse_decimal(value, timeout::seconds_max);
    if (!seconds && value != "hidden") return false;
    conf.secure_boot_enroll_timeout_s = seconds ? *seconds : timeout::menu_hidden;
    return true;
}

bool set_console_mode(LoaderConf& conf, std::string_view value) {
    bool is_word = value == "auto" || value == "max" || value == "keep";
    if (!is_word && !parse_decimal(value, console_mode_max)) return false;
    conf.console_mode = value;
    return true;
}

bool set_log_level(LoaderConf& conf, std::string_view value) {
    constexpr std::array<std::string_view, 8> levels{"emerg",   "alert",  "crit", "err",
                                                     "warning", "notice", "info", "debug"};
    if (!find_word(levels, value)) return false;
    conf.log_level = value;
    return true;
}

constexpr std::array<std::string_view, 4> enroll_words{"off", "manual", "if-safe", "force"};
constexpr std::array<std::string_view, 2> enroll_actions{"reboot", "shutdown"};

/// Applies one line; what is wrong with it, or null.
const char* apply(LoaderConf& conf, std::string_view key, std::string_view value) {
    auto expect = [](bool is_good, const char* what) { return is_good ? nullptr : what; };
    for (const BoolOption& option : bool_options)
        if (key == option.name)
            return expect(set_bool(conf.*option.field, value), "expected yes or no");
    if (key == "timeout")
        return expect(set_timeout(conf, value),
                      "expected seconds, menu-hidden, menu-force or menu-disabled");
    if (key == "default")
        return expect(set_pattern(conf.default_pattern, value), "expected a pattern or @saved");
    if (key == "preferred")
        return expect(set_pattern(conf.preferred_pattern, value), "expected a pattern or @saved");
    if (key == "reboot-on-error")
        return expect(set_reboot_on_error(conf, value), "expected yes, no or auto");
    if (key == "secure-boot-enroll")
        return expect(set_word(conf.secure_boot_enroll, enroll_words, value),
                      "expected off, manual, if-safe or force");
    if (key == "secure-boot-enroll-action")
        return expect(set_word(conf.secure_boot_enroll_shutdown, enroll_actions, value),
                      "expected reboot or shutdown");
    if (key == "secure-boot-enroll-timeout-sec")
        return expect(set_enroll_timeout(conf, value), "expected seconds or hidden");
    if (key == "console-mode")
        return expect(set_console_mode(conf, value), "expected a number, auto, max or keep");
    if (key == "log-level")
        return expect(set_log_level(conf, value), "expected a log level such as info");
    return "unknown option";
}

} // namespace

LoaderConf parse_loader_conf(std::string_view text, std::vector<Remark>& remarks) {
    LoaderConf conf;
    if (text.size() > loader_conf_size_max) {
        add_remark(remarks, 0, "file is over 1 MiB and ignored");
        return conf;
    }
    LineReader reader(text);
    while (auto line = reader.next())
        if (const char* what = apply(conf, line->key, line->value))
            add_remark(remarks, line->number, what);
    return conf;
}

std::optional<std::uint64_t> parse_timeout(std::string_view text) {
    if (text == "menu-hidden") return timeout::menu_hidden;
    if (text == "menu-force") return timeout::menu_force;
    if (text == "menu-disabled") return timeout::menu_disabled;
    auto seconds = parse_decimal(text, timeout::seconds_max);
    if (seconds) return *seconds;
    bool is_number = !text.empty() && consists_of(text, is_digit);
    if (is_number) return timeout::menu_force;
    return std::nullopt;
}

std::optional<bool> parse_bool(std::string_view text) {
    for (std::string_view word : {"1", "yes", "y", "true", "t", "on"})
        if (text == word) return true;
    for (std::string_view word : {"0", "no", "n", "false", "f", "off"})
        if (text == word) return false;
    return std::nullopt;
}

} // namespace kindling::bls
