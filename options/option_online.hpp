// SPDX-License-Identifier: MIT
//
// Verbs that need the running system, see VERB_ONLINE_ONLY. Most programs have none and do not
// contain this: the macro asks for it by `option_link_online_check`, and what is always there
// refers to it weakly.
#pragma once

#include "options/option_verb.hpp"

namespace kindling::options {

/// True in a chroot, or where the environment says that nothing is running. SYSTEMD_OFFLINE and
/// SYSTEMD_IN_CHROOT, a bool, decide in that order; else SYSTEMD_IGNORE_CHROOT=1 says no; else the
/// root directory is compared with that of process 1, which only root may see: others get false.
[[gnu::cold]] bool is_offline();

/// Sets the error `offline` if it is so and nothing else is wrong.
[[gnu::cold]] void check_online(VerbChoice& choice);

} // namespace kindling::options
