// SPDX-License-Identifier: MIT
//
// /loader/loader.conf.
#pragma once

#include "core/line_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::bls {

constexpr std::size_t loader_conf_size_max = 1024 * 1024; ///< bytes of the file

/// How long the menu is shown. The numbers are those that tools store in EFI variables.
/// Source: systemd, "The Boot Loader Interface", LoaderConfigTimeout.
namespace timeout {
constexpr std::uint64_t menu_hidden = 0;
constexpr std::uint64_t seconds_min = 1;
constexpr std::uint64_t seconds_max = 4294967293;
constexpr std::uint64_t unset = 4294967294;
constexpr std::uint64_t menu_force = 4294967295; ///< menu without time-out
constexpr std::uint64_t menu_disabled = 4294967296;
} // namespace timeout

enum class RebootOnError : std::uint8_t { no, yes, automatic };
enum class SecureBootEnroll : std::uint8_t { off, manual, if_safe, force };

/// All options; those of features that we do not have are checked and kept.
/// Source: loader.conf(5).
struct LoaderConf {
    std::uint64_t timeout_s = timeout::menu_hidden; ///< or a value of `timeout`
    std::string default_pattern;                    ///< glob or "@saved"; empty if none
    std::string preferred_pattern;                  ///< the same
    bool editor = true;
    bool auto_entries = true;
    bool auto_firmware = true;
    bool auto_poweroff = false;
    bool auto_reboot = false;
    bool beep = false;
    bool reboot_for_bitlocker = false;
    RebootOnError reboot_on_error = RebootOnError::automatic;
    SecureBootEnroll secure_boot_enroll = SecureBootEnroll::if_safe;
    bool secure_boot_enroll_shutdown = false;        ///< action: else reboot
    std::uint64_t secure_boot_enroll_timeout_s = 15; ///< or `timeout::menu_hidden`
    std::string console_mode = "keep";               ///< number, "auto", "max", "keep"
    std::string log_level = "info";
    bool strict_extras = false; ///< ours: a skipped extra fails its entry

    bool uses_saved() const { return default_pattern == "@saved" || preferred_pattern == "@saved"; }
};

/// Reads the text. A bad value leaves the previous one and gives a remark, as does an unknown
/// option; nothing is an error. A text over `loader_conf_size_max` is ignored, with a remark.
LoaderConf parse_loader_conf(std::string_view text, std::vector<Remark>& remarks);

/// "3", "menu-hidden", "menu-force", "menu-disabled". A number over `seconds_max` is cut to 2^32-1
/// as systemd-boot does. Nothing for other texts.
std::optional<std::uint64_t> parse_timeout(std::string_view text);

/// 1 yes y true t on, 0 no n false f off; case counts.
std::optional<bool> parse_bool(std::string_view text);

} // namespace kindling::bls
