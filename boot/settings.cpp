// SPDX-License-Identifier: MIT
#include "boot/settings.hpp"

#include "boot/show.hpp"
#include "core/discovery.hpp"
#include "core/loader_interface.hpp"
#include "core/measure.hpp"

namespace kindling::boot {

namespace {

constexpr std::string_view loader_conf_path = "/loader/loader.conf";
constexpr std::string_view saved = "@saved";

void read_loader_conf(Machine& machine, bls::LoaderConf& conf) {
    auto text = bls::read_whole(machine.esp, loader_conf_path, bls::loader_conf_size_max);
    if (!text) {
        if (text.error().code != Errc::not_found)
            show(machine.screen, Severity::warning, loader_conf_path, text.error());
        return;
    }
    // Measured before it is parsed, so that a parser's bug cannot hide what was read.
    auto digest = machine.tpm.measure(pcr::loader_conf_event(*text));
    if (!digest) show(machine.screen, Severity::warning, loader_conf_path, digest.error());
    std::vector<bls::Remark> remarks;
    conf = bls::parse_loader_conf(to_text(*text), remarks);
    for (const bls::Remark& remark : remarks)
        show(machine.screen, Severity::warning, loader_conf_path,
             Error{Errc::invalid, remark.what, remark.line});
}

/// The text of a variable that counts once.
std::optional<std::string> take(Machine& machine, std::string_view name) {
    auto text = loader_interface::get_text(machine.variables, name);
    if (text) check(machine.screen, name, loader_interface::remove(machine.variables, name));
    return text;
}

std::optional<std::uint64_t> to_timeout(Screen& screen, std::string_view name,
                                        const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    auto value = bls::parse_timeout(*text);
    if (!value) show(screen, Severity::warning, name, "is no time-out");
    return value;
}

void apply_timeouts(Machine& machine, Settings& settings) {
    settings.timeout_s = settings.conf.timeout_s;
    constexpr std::string_view name = "LoaderConfigTimeout", once = "LoaderConfigTimeoutOneShot";
    auto text = loader_interface::get_text(machine.variables, name);
    if (auto value = to_timeout(machine.screen, name, text)) settings.timeout_s = *value;
    if (auto value = to_timeout(machine.screen, once, take(machine, once))) {
        settings.is_menu_wanted = true;
        settings.timeout_s =
            *value == bls::timeout::menu_hidden ? bls::timeout::menu_force : *value;
    }
    if (settings.timeout_s == bls::timeout::unset) settings.timeout_s = settings.conf.timeout_s;
}

} // namespace

Settings read_settings(Machine& machine) {
    Settings settings;
    read_loader_conf(machine, settings.conf);
    apply_timeouts(machine, settings);
    bls::Wishes& wishes = settings.wishes;
    auto get = [&](std::string_view name) {
        return loader_interface::get_text(machine.variables, name);
    };
    wishes.one_shot = take(machine, "LoaderEntryOneShot");
    wishes.preferred = get("LoaderEntryPreferred");
    wishes.default_ = get("LoaderEntryDefault");
    wishes.last_booted = get("LoaderEntryLastBooted");
    wishes.conf_preferred = settings.conf.preferred_pattern;
    wishes.conf_default = settings.conf.default_pattern;
    settings.uses_saved =
        settings.conf.uses_saved() || wishes.preferred == saved || wishes.default_ == saved;
    return settings;
}

} // namespace kindling::boot
