// SPDX-License-Identifier: MIT
//
// Long output on a terminal is read in a pager.
#pragma once

#include <string>
#include <string_view>

namespace kindling {

/// The pager's command line for the shell; empty means none. KINDLING_PAGER, else PAGER, else
/// `less`; empty or "cat" is none. After a change of privileges, as by sudo, it is `less` in its
/// secure mode whatever the variables say: they are those of another user.
std::string pager_command();

/// True if `text` is on a terminal and has more lines than that shows.
bool needs_pager(int fd, std::string_view text);

/// Shows the text in the pager and waits for its end. False if there is no pager: then nothing was
/// shown.
bool show_in_pager(std::string_view text);

} // namespace kindling
