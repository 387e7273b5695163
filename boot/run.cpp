// SPDX-License-Identifier: MIT
#include "boot/run.hpp"

#include "base/text.hpp"
#include "boot/bookkeeping.hpp"
#include "boot/menu.hpp"
#include "boot/settings.hpp"
#include "boot/show.hpp"
#include "boot/start.hpp"
#include "core/discovery.hpp"
#include "core/loader_interface.hpp"

#include <algorithm>

namespace kindling::boot {

namespace {

using namespace loader_interface;

/// A menu that nobody asked for, because nothing may start by itself, waits this long.
constexpr std::uint64_t needed_menu_timeout_s = 10;
constexpr std::uint32_t reboot_wait_ms = 5000;

constexpr std::uint64_t features = config_timeout | config_timeout_one_shot | entry_default |
                                   entry_oneshot | boot_counting | xbootldr | sort_key |
                                   saved_entry | menu_disable | multi_profile_uki | type1_uki |
                                   tpm2_active_pcr_banks | entry_preferred;

struct Fact {
    std::string_view name;
    std::string Facts::*text;
};

/// Where a first-stage loader may have said something already, which then counts.
constexpr Fact unless_set[] = {
    {"LoaderDevicePartUUID", &Facts::device_part_uuid},
    {"LoaderDeviceURL", &Facts::device_url},
    {"LoaderImageIdentifier", &Facts::image_identifier},
    {"LoaderFirmwareInfo", &Facts::firmware_info},
    {"LoaderFirmwareType", &Facts::firmware_type},
    {"LoaderTpm2ActivePcrBanks", &Facts::tpm2_active_banks},
};

void tell_bytes(Machine& machine, std::string_view name, Bytes data) {
    check(machine.screen, name,
          machine.variables.set(vendor, name, data, Variables::Storage::volatile_));
}

/// Writes a time if the clock knows one.
void tell_time(Machine& machine, std::string_view name) {
    if (auto now = machine.clock.since_power_on_us()) tell(machine, name, to_decimal(*now));
}

/// What the operating system may want to know about loader and firmware.
void introduce(Machine& machine, const Facts& facts) {
    tell_time(machine, "LoaderTimeInitUSec");
    tell(machine, "LoaderInfo", "kindling " KINDLING_VERSION);
    std::vector<std::byte> bits;
    append_u64(bits, features);
    tell_bytes(machine, "LoaderFeatures", bits);
    for (const Fact& fact : unless_set)
        check(machine.screen, fact.name,
              set_text_if_unset(machine.variables, fact.name, facts.*fact.text));
}

void show_findings(Screen& screen, const bls::Discovery& found) {
    for (const bls::Hidden& hidden : found.hidden) {
        if (hidden.is_expected) continue;
        if (hidden.subject.empty()) {
            show(screen, Severity::warning, hidden.file_path, hidden.error);
            continue;
        }
        show(screen, Severity::warning, hidden.file_path,
             concat({printable(hidden.subject), " ", hidden.error.what}));
    }
    for (const bls::FileRemark& one : found.remarks)
        show(screen, Severity::warning, one.file_path,
             Error{Errc::invalid, one.remark.what, one.remark.line});
}

/// All ids in menu order, each with its NUL.
void tell_entries(Machine& machine, const std::vector<bls::Entry>& entries) {
    std::vector<std::byte> ids;
    for (const bls::Entry& entry : entries) append(ids, to_ucs2_bytes(entry.id));
    tell_bytes(machine, "LoaderEntries", ids);
}

/// Chooses and starts entries until there is nothing left to do.
class Session {
public:
    Session(Machine& machine, Settings& settings, std::vector<bls::Entry>& entries)
        : machine_(machine), settings_(settings), entries_(entries),
          selection_(*bls::select_default(entries_, settings_.wishes)) {
        if (selection_.reason == bls::Reason::nothing &&
            settings_.timeout_s == bls::timeout::menu_hidden)
            settings_.timeout_s = needed_menu_timeout_s;
    }

    Outcome run() {
        Choice choice = choose_first();
        while (choice.what == Choice::What::boot) {
            std::uint32_t tries_left =
                entries_[choice.index].tries ? entries_[choice.index].tries->left : 0;
            bool succeeded = start(choice);
            if (!succeeded && wants_reboot(tries_left) && !stops_reboot()) return Outcome::reboot;
            if (!succeeded && !is_menu_open_) return Outcome::fail;
            choice = show_menu(std::nullopt);
            // Without a keyboard the same would happen again, for ever.
            if (!choice.by_key) return succeeded ? Outcome::leave : Outcome::fail;
        }
        return Outcome::leave;
    }

private:
    Choice choose_first() {
        std::uint64_t timeout_s = settings_.timeout_s;
        std::size_t index = selection_.index;
        if (!settings_.is_menu_wanted) {
            if (timeout_s == bls::timeout::menu_disabled) return {Choice::What::boot, index, false};
            if (timeout_s == bls::timeout::menu_hidden) {
                Choice choice = ask_hidden(machine_.screen, entries_.size(), index);
                return choice.what == Choice::What::show_menu ? show_menu(std::nullopt) : choice;
            }
        }
        if (timeout_s > bls::timeout::seconds_max) return show_menu(std::nullopt);
        return show_menu(static_cast<std::uint32_t>(timeout_s));
    }

    Choice show_menu(std::optional<std::uint32_t> timeout_s) {
        is_menu_open_ = true;
        tell_time(machine_, "LoaderTimeMenuUSec");
        return ask(machine_.screen, entries_, selection_.index, timeout_s);
    }

    bool start(const Choice& choice) {
        std::string id = entries_[choice.index].id;
        machine_.screen.print(
            concat({"kindling " KINDLING_VERSION ": starting ", printable(id), "\n"}));
        count_try(machine_, entries_, choice.index);
        const bls::Entry& entry = entries_[choice.index];
        bool is_one_shot =
            selection_.reason == bls::Reason::one_shot && choice.index == selection_.index;
        save_selection(machine_, settings_, entry, is_one_shot);
        std::string at_file;
        auto done = start_entry(machine_, entry, {settings_.conf.strict_extras}, at_file);
        if (done) {
            // An EFI tool that has ended: somebody is there and wants to go on.
            is_menu_open_ = true;
            return true;
        }
        show(machine_.screen, Severity::error, at_file, done.error());
        machine_.screen.print(concat({printable(id), " was not started\n"}));
        return false;
    }

    bool wants_reboot(std::uint32_t tries_left) const {
        switch (settings_.conf.reboot_on_error) {
        case bls::RebootOnError::yes:
            return true;
        case bls::RebootOnError::no:
            return false;
        case bls::RebootOnError::automatic:
            return tries_left > 0;
        }
        return false;
    }

    /// True if somebody pressed a key before the time was over; the list is opened then.
    bool stops_reboot() {
        machine_.screen.print("Rebooting in 5 s; any key shows the entries instead.\n");
        auto key = machine_.screen.read_key(reboot_wait_ms);
        if (key && *key) is_menu_open_ = true;
        return key && *key;
    }

    Machine& machine_;
    Settings& settings_;
    std::vector<bls::Entry>& entries_;
    bls::Selection selection_;
    bool is_menu_open_ = false;
};

} // namespace

Outcome run(Machine& machine, const Facts& facts) {
    introduce(machine, facts);
    Settings settings = read_settings(machine);
    bls::Discovery found =
        bls::discover(machine.esp, machine.xbootldr, {facts.architecture, facts.loader_path});
    show_findings(machine.screen, found);
    tell_entries(machine, found.entries);
    if (found.entries.empty()) {
        show(machine.screen, Severity::error, "/loader/entries, /EFI/Linux",
             "there is nothing to boot");
        return Outcome::fail;
    }
    return Session(machine, settings, found.entries).run();
}

} // namespace kindling::boot
