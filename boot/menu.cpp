// SPDX-License-Identifier: MIT
#include "boot/menu.hpp"

#include "base/text.hpp"
#include "boot/show.hpp"

#include <algorithm>

namespace kindling::boot {

namespace {

constexpr char16_t escape_key = 27;
constexpr std::uint16_t escape_scan_code = 0x17;
constexpr std::size_t typed_max = 5; ///< digits of a number that is being typed

bool is_digit_key(const Key& key) {
    return key.character >= u'0' && key.character <= u'9';
}

bool is_leave_key(const Key& key) {
    return key.character == escape_key || key.scan_code == escape_scan_code ||
           key.character == u'q' || key.character == u'Q';
}

/// The entry that a typed number means; nothing if there is no such entry.
std::optional<std::size_t> entry_of(std::string_view typed, std::size_t entries) {
    auto number = parse_decimal(typed, entries);
    if (!number || *number == 0) return std::nullopt;
    return static_cast<std::size_t>(*number - 1);
}

void show_list(Screen& screen, std::span<const bls::Entry> entries, std::size_t default_index) {
    screen.print("\n");
    for (std::size_t i = 0; i < entries.size(); i++) {
        std::string number = to_decimal(i + 1);
        std::string_view blanks =
            std::string_view("   ").substr(std::min<std::size_t>(number.size(), 3));
        std::string line = concat({i == default_index ? " *" : "  ", blanks, number, "  ",
                                   printable(entries[i].show_title)});
        if (entries[i].tries)
            append(line, {" (", to_decimal(entries[i].tries->left), " tries left)"});
        line += '\n';
        screen.print(line);
    }
    screen.print("\n");
    screen.print(entries.size() > 9 ? "Number and Enter: boot that entry. "
                                    : "Number: boot that entry. ");
    screen.print("Enter: boot the default (*). Esc: back to the firmware.\n");
}

/// Keys after the list is shown; the time-out is over or has been stopped.
class Dialogue {
public:
    Dialogue(Screen& screen, std::size_t entries, std::size_t default_index)
        : screen_(screen), entries_(entries), default_index_(default_index) {}

    /// The choice that `key` completes, if it does.
    std::optional<Choice> press(const Key& key) {
        if (is_leave_key(key)) return Choice{Choice::What::leave, 0, true};
        if (key.character == u'\r' || key.character == u'\n') return enter();
        if (!is_digit_key(key) || typed_.size() == typed_max) return std::nullopt;
        typed_ += static_cast<char>(key.character);
        if (entries_ <= 9) return enter();
        screen_.print(typed_.substr(typed_.size() - 1));
        return std::nullopt;
    }

private:
    std::optional<Choice> enter() {
        if (typed_.empty()) return Choice{Choice::What::boot, default_index_, true};
        auto index = entry_of(typed_, entries_);
        if (index) return Choice{Choice::What::boot, *index, true};
        screen_.print(concat({"\nThere is no entry ", typed_, ".\n"}));
        typed_.clear();
        return std::nullopt;
    }

    Screen& screen_;
    std::size_t entries_;
    std::size_t default_index_;
    std::string typed_;
};

/// The key that stopped the time-out; nothing if none did.
Result<std::optional<Key>> count_down(Screen& screen, std::uint32_t timeout_s) {
    screen.print(
        concat({"Booting the default in ", to_decimal(timeout_s), " s; any key stops that.\n"}));
    for (std::uint32_t second = 0; second < timeout_s; second++) {
        auto key = screen.read_key(1000);
        if (!key || *key) return key;
    }
    return std::optional<Key>();
}

} // namespace

Choice ask_hidden(Screen& screen, std::size_t entries, std::size_t default_index) {
    auto key = screen.read_key(hidden_menu_wait_ms);
    if (!key || !*key) return {Choice::What::boot, default_index};
    if (is_digit_key(**key)) {
        char digit = static_cast<char>((*key)->character);
        if (auto index = entry_of({&digit, 1}, entries)) return {Choice::What::boot, *index, true};
    }
    return {Choice::What::show_menu, 0, true};
}

Choice ask(Screen& screen, std::span<const bls::Entry> entries, std::size_t default_index,
           std::optional<std::uint32_t> timeout_s) {
    show_list(screen, entries, default_index);
    Dialogue dialogue(screen, entries.size(), default_index);
    auto key = timeout_s ? count_down(screen, *timeout_s) : screen.read_key(std::nullopt);
    while (key && *key) {
        if (auto choice = dialogue.press(**key)) return *choice;
        key = screen.read_key(std::nullopt);
    }
    return {Choice::What::boot, default_index};
}

} // namespace kindling::boot
