// SPDX-License-Identifier: MIT
//
// Whether there is a running system, for verbs with VERB_ONLINE_ONLY.
#pragma once

namespace kindling::options {

/// True in a chroot, or where the environment says that nothing is running. SYSTEMD_OFFLINE and
/// SYSTEMD_IN_CHROOT, a bool, decide in that order; else SYSTEMD_IGNORE_CHROOT=1 says no; else the
/// root directory is compared with that of process 1, which only root may see: others get false.
bool is_offline();

} // namespace kindling::options
