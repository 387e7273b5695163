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
        // Without /proc, which a chroot rarely has. It may be there but hide other processes.
        return errno == ENOENT && access("/proc/self", F_OK) < 0;
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

} // namespace kindling::options
