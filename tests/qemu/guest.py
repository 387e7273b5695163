# SPDX-License-Identifier: MIT
"""The guest of the tests: Debian's kernel, fetched but not installed, and an initrd that reports.

    python3 tests/qemu/guest.py     fetches and builds both, and prints their paths
"""

import os
import pathlib
import subprocess

import newc

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUEST = ROOT / "build" / "guest"
BUSYBOX = pathlib.Path("/bin/busybox")

# Report lines carry no blank in front of a path, so that any path survives.
INIT = rb"""#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t securityfs sec /sys/kernel/security
dmesg -n 1
insmod /lib/efivarfs.ko && mount -t efivarfs efi /sys/firmware/efi/efivars

echo
echo "@@BEGIN cmdline"
cat /proc/cmdline
echo "@@END cmdline"

[ -e /second ] && cat /second && echo

echo "@@BEGIN files"
[ -d /.extra ] && find /.extra | sort | while read -r path; do
    sum=-
    [ -f "$path" ] && sum=$(sha256sum <"$path" | cut -d' ' -f1)
    stat -c "%f %u %g %s $sum %n" "$path"
done
echo "@@END files"

echo "@@BEGIN pcrs"
for bank in /sys/class/tpm/tpm0/pcr-*; do
    [ -d "$bank" ] || continue
    for pcr in $(seq 0 23); do
        echo "${bank##*/pcr-} $pcr $(cat "$bank/$pcr")"
    done
done
echo "@@END pcrs"

echo "@@BEGIN event-log"
log=/sys/kernel/security/tpm0/binary_bios_measurements
[ -e $log ] && base64 $log
echo "@@END event-log"

echo "@@BEGIN variables"
cd /sys/firmware/efi/efivars
for name in Loader* Stub* *-6b696e64-6c69-4e67-a5d1-0c9f3e72b84d; do
    [ -e "$name" ] && echo "$name $(base64 -w 0 "$name")"
done
echo "@@END variables"

# For the next boot, if the command line wants it: attributes, then the text in UTF-16.
id=$(sed -n 's/.*test\.oneshot=\([^ ]*\).*/\1/p' /proc/cmdline)
if [ -n "$id" ]; then
    { printf '\007\000\000\000'; echo -n "$id" | sed 's/./&\n/g' | while read -r letter; do
        printf '%s\000' "$letter"; done; printf '\000\000'; } >/oneshot
    cat /oneshot >LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f && sync
fi

echo "@@BEGIN done"
echo "@@END done"
poweroff -f
"""


def _unpacked():
    """Root of the unpacked kernel package; fetched on the first call."""
    unpacked = GUEST / "unpacked"
    if not list(unpacked.glob("boot/vmlinuz-*")):
        subprocess.run([ROOT / "tools" / "setup", "kernel", unpacked], check=True,
                       stdin=subprocess.DEVNULL)
    return unpacked


def kernel() -> pathlib.Path:
    """Debian's cloud kernel; fetched with apt on the first call."""
    return max(_unpacked().glob("boot/vmlinuz-*"))


def initrd() -> pathlib.Path:
    """An initrd of a static busybox whose /init reports and powers off. Same bytes on each call."""
    efivarfs, = _unpacked().glob("lib/modules/*/kernel/fs/efivarfs/efivarfs.ko")
    data = newc.archive(
        newc.directory("bin"), newc.directory("dev"), newc.directory("lib"),
        newc.character_device("dev/console", 5, 1),
        newc.file("bin/busybox", BUSYBOX.read_bytes()),
        newc.file("lib/efivarfs.ko", efivarfs.read_bytes(), 0o644),
        newc.file("init", INIT),
        compress=True)
    path = GUEST / "initrd.img"
    if not path.exists() or path.read_bytes() != data:
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(data)
        part.rename(path)
    return path


if __name__ == "__main__":
    print(kernel())
    print(initrd())
