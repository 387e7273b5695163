// SPDX-License-Identifier: MIT
//
// What loader.conf and the operating system's variables ask of the loader.
#pragma once

#include "core/loader_conf.hpp"
#include "core/machine.hpp"
#include "core/selection.hpp"

namespace kindling::boot {

struct Settings {
    bls::LoaderConf conf;
    bls::Wishes wishes;
    std::uint64_t timeout_s = bls::timeout::menu_hidden; ///< or a value of `bls::timeout`
    bool is_menu_wanted = false; ///< the operating system asked for the menu once
    bool uses_saved = false;     ///< "@saved" is in use, so the last boot is remembered
};

/// Measures loader.conf and parses it, then reads the variables. One-shot variables are removed as
/// soon as they are read. What is wrong is shown as a warning and has no effect.
///
/// Source: systemd, "The Boot Loader Interface"; loader.conf(5).
Settings read_settings(Machine& machine);

} // namespace kindling::boot
