// SPDX-License-Identifier: MIT
//
// Whatever loader.conf says, its values are of those that exist, and the last lines decide: a text
// that comes twice says the same as once.
#include "base/bytes.hpp"
#include "core/glob.hpp"
#include "core/loader_conf.hpp"

using namespace kindling;
using namespace kindling::bls;

namespace {

void check_pattern(const std::string& pattern) {
    ASSERT(pattern.size() <= pattern_size_max);
    ASSERT(!pattern.starts_with('@') || pattern == "@saved");
}

void check(const LoaderConf& conf) {
    ASSERT(conf.timeout_s <= timeout::menu_disabled && conf.timeout_s != timeout::unset);
    check_pattern(conf.default_pattern);
    check_pattern(conf.preferred_pattern);
    ASSERT(conf.reboot_on_error <= RebootOnError::automatic);
    ASSERT(conf.secure_boot_enroll <= SecureBootEnroll::force);
    ASSERT(conf.secure_boot_enroll_timeout_s <= timeout::seconds_max);
    ASSERT(!conf.console_mode.empty() && !conf.log_level.empty());
}

bool is_same(const LoaderConf& a, const LoaderConf& b) {
    return a.timeout_s == b.timeout_s && a.default_pattern == b.default_pattern &&
           a.preferred_pattern == b.preferred_pattern && a.editor == b.editor &&
           a.auto_entries == b.auto_entries && a.auto_firmware == b.auto_firmware &&
           a.auto_poweroff == b.auto_poweroff && a.auto_reboot == b.auto_reboot &&
           a.beep == b.beep && a.reboot_for_bitlocker == b.reboot_for_bitlocker &&
           a.reboot_on_error == b.reboot_on_error && a.strict_extras == b.strict_extras &&
           a.secure_boot_enroll == b.secure_boot_enroll &&
           a.secure_boot_enroll_shutdown == b.secure_boot_enroll_shutdown &&
           a.secure_boot_enroll_timeout_s == b.secure_boot_enroll_timeout_s &&
           a.console_mode == b.console_mode && a.log_level == b.log_level;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(to_text(Bytes(reinterpret_cast<const std::byte*>(data), size)));
    std::vector<Remark> remarks, more_remarks;
    LoaderConf conf = parse_loader_conf(text, remarks);
    check(conf);
    ASSERT(remarks.size() <= remarks_max);
    for (std::size_t i = 1; i < remarks.size(); i++)
        ASSERT(remarks[i - 1].line < remarks[i].line && remarks[i].what[0] != '\0');
    std::string twice = text + '\n' + text;
    if (twice.size() <= loader_conf_size_max)
        ASSERT(is_same(parse_loader_conf(twice, more_remarks), conf));
    return 0;
}
