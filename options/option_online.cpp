// SPDX-License-Identifier: MIT
#include "options/option_online.hpp"

#include "options/option_value.hpp"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kindling::options {
namespace {

/// False if the variable is not there, or no bool.
bool read_variable(const char* name, bool& value) {
    const char* text = getenv(name);
    return text && parse_bool(text, value) == ValueError::none;
}

bool is_in_chroot() {
    struct stat ours, first;
    if (stat("/proc/1/root", &first) < 0) {
        // Without /proc, which a chroot rarely has. Process 1 itself is in none.
        return errno == ENOENT && getpid() != 1;
    }
    if (stat("/", &ours) < 0) return false;
    return ours.st_dev != first.st_dev || ours.st_ino != first.st_ino;
}

} // namespace

bool is_offline() {
    bool value;
    if (read_variable("SYSTEMD_OFFLINE", value)) return value;
    if (read_variable("SYSTEMD_IN_CHROOT", value)) return value;
    if (read_variable("SYSTEMD_IGNORE_CHROOT", value) && value) return false;
    return is_in_chroot();
}

void check_online(VerbChoice& choice) {
    if (choice.error == VerbError::none && is_offline()) choice.error = VerbError::offline;
}

} // namespace kindling::options

void option_link_online_check() {}
