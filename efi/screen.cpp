// SPDX-License-Identifier: MIT
#include "efi/screen.hpp"

#include "base/text.hpp"
#include "efi/system.hpp"
#include "efi/timer.hpp"

#include <array>
#include <utility>

namespace kindling::efi {

namespace {

constexpr UINT64 watchdog_code = 0x10000; ///< lower codes belong to the firmware

bool works(EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL* keyboard) {
    return keyboard && boot_services().CheckEvent(keyboard->WaitForKeyEx) != EFI_INVALID_PARAMETER;
}

void feed_watchdog() {
    boot_services().SetWatchdogTimer(watchdog_period_s, watchdog_code, 0, nullptr);
}

} // namespace

ConsoleScreen::ConsoleScreen() {
    using Keyboard = EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL;
    EFI_HANDLE console = system_table().ConsoleInHandle;
    auto* first =
        console ? protocol_of<Keyboard>(console, protocols::simple_text_input_ex) : nullptr;
    if (works(first)) keyboard_ = first;
    auto* other = find_protocol<Keyboard>(protocols::simple_text_input_ex);
    if (other != first && works(other)) other_keyboard_ = other;
    if (!keyboard_) std::swap(keyboard_, other_keyboard_);
    if (!keyboard_) plain_keyboard_ = system_table().ConIn;
}

void ConsoleScreen::print(std::string_view text) {
    SIMPLE_TEXT_OUTPUT_INTERFACE* console = system_table().ConOut;
    if (!console) return;
    std::u16string line;
    for (char16_t unit : to_ucs2(text)) {
        if (unit == u'\n') line.push_back(u'\r');
        line.push_back(unit);
    }
    console->OutputString(console, to_efi(line.c_str()));
}

void ConsoleScreen::clear() {
    SIMPLE_TEXT_OUTPUT_INTERFACE* console = system_table().ConOut;
    if (console) console->ClearScreen(console);
}

std::optional<Key> ConsoleScreen::take_key_from(EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL& keyboard) {
    EFI_KEY_DATA data{};
    EFI_STATUS status = keyboard.ReadKeyStrokeEx(&keyboard, &data);
    if (EFI_ERROR(status)) return {};
    return Key{static_cast<char16_t>(data.Key.UnicodeChar), data.Key.ScanCode};
}

std::optional<Key> ConsoleScreen::take_key() {
    if (plain_keyboard_) {
        EFI_INPUT_KEY key{};
        EFI_STATUS status = plain_keyboard_->ReadKeyStroke(plain_keyboard_, &key);
        if (EFI_ERROR(status)) return {};
        return Key{static_cast<char16_t>(key.UnicodeChar), key.ScanCode};
    }
    if (auto key = take_key_from(*keyboard_)) return key;
    if (!other_keyboard_) return {};
    auto key = take_key_from(*other_keyboard_);
    if (key) keyboard_ = std::exchange(other_keyboard_, nullptr);
    return key;
}

Result<std::optional<Key>> ConsoleScreen::read_key(std::optional<std::uint32_t> timeout_ms) {
    if (!keyboard_ && !plain_keyboard_) return Error{Errc::io, "no keyboard"};
    // Waiting is on events only: polling for keys hangs on some machines.
    std::array<EFI_EVENT, 4> events{};
    UINTN count = 0;
    events[count++] = keyboard_ ? keyboard_->WaitForKeyEx : plain_keyboard_->WaitForKey;
    if (other_keyboard_) events[count++] = other_keyboard_->WaitForKeyEx;
    UINTN keyboards = count;
    Timer watchdog, deadline;
    TRY(watchdog.start(Timer::Kind::periodic, watchdog_period_s * 1000 / 2));
    events[count++] = watchdog.event();
    if (timeout_ms) {
        TRY(deadline.start(Timer::Kind::once, *timeout_ms));
        events[count++] = deadline.event();
    }
    feed_watchdog();
    while (true) {
        UINTN index = 0;
        EFI_STATUS status = boot_services().WaitForEvent(count, events.data(), &index);
        if (EFI_ERROR(status)) return Error{Errc::io, "cannot wait for a key", 0, status};
        if (index < keyboards) {
            // A modifier alone wakes us too, without a key.
            if (auto key = take_key()) return key;
        } else if (index == keyboards) {
            feed_watchdog();
        } else {
            return std::optional<Key>();
        }
    }
}

} // namespace kindling::efi
