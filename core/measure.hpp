// SPDX-License-Identifier: MIT
//
// What the loader measures. The loader sends these events in this order; the predictor folds the
// same list.
#pragma once

#include "core/initrd.hpp"
#include "core/pcr.hpp"

#include <string_view>

namespace kindling::pcr {

constexpr std::uint32_t loader_conf_tag = 0xf5bc582a;

/// `loader.conf` as read, before it is parsed: PCR 5, a tagged event. Borrows `contents`.
/// Source: systemd, "TPM2 PCR Measurements Made by systemd", PCR 5.
Event loader_conf_event(Bytes contents);

/// A command line in UTF-16 with its NUL, the text itself as description: PCR 12.
/// Source: systemd, "TPM2 PCR Measurements Made by systemd", PCR 12.
Event command_line_event(Actor actor, std::string_view text);

/// Everything the loader measures between loading the image and starting it: the archives of
/// extras in the order credentials (PCR 12), system extensions (13), configuration extensions
/// (12), then the load options if there are any. Borrows `blob`, the filled combined initrd.
Plan entry_events(const initrd::Plan& initrd, Bytes blob, std::string_view load_options);

/// One piece of text or bytes that the event owns.
Event make_event(std::uint8_t pcr, EventType type, Actor actor, std::string_view description,
                 std::string_view origin, std::vector<std::byte> bytes);
/// The same over borrowed bytes.
Event make_event(std::uint8_t pcr, EventType type, Actor actor, std::string_view description,
                 std::string_view origin, Bytes bytes);

} // namespace kindling::pcr
