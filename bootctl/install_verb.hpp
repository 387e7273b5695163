// SPDX-License-Identifier: MIT
//
// `install` as a whole: opens what was named, reads the loader, installs. Prints nothing.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/install.hpp"

namespace kindling {

struct InstallRequest {
    SourceOptions source;              ///< `is_writable` is ours to set
    std::optional<std::string> loader; ///< --loader=
    bool force = false;                ///< --force
    bool dry_run = false;              ///< --dry-run
};

/// What was done, or why nothing could be. Without changes and failure everything was in place
/// already, which is success.
InstallReport run_install(const InstallRequest& request);

} // namespace kindling
