#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The boot suite: the real loader starts Debian's kernel, which reports what it got.

    python3 tests/qemu/boot_test.py [PART-OF-NAME]...

Each case boots afresh, because registers only ever grow. Logs stay in build/boot-test/.
"""

import hashlib
import pathlib
import sys

import boot_case
from boot_case import Case, extra_lines, snippet
import comparison
from comparison import Check
import guest
import newc
import prediction
import uki


def content(name, size=700):
    """Bytes that no other name gives."""
    block = hashlib.sha256(name.encode()).digest()
    return (block * (size // len(block) + 1))[:size]


def extras(*names):
    """Contents of different, odd sizes by name."""
    return {name: content(name, 700 + 13 * i) for i, name in enumerate(names)}


def many(count):
    """`count` extras of all kinds, mixed."""
    kinds = ("cred", "sysext.raw", "confext.raw")
    return extras(*(f"item{i:02}.{kinds[i % 3]}" for i in range(count)))


def with_extras(name, contents, **more):
    return Case(name, entry=snippet(*extra_lines(contents)), extras=contents, **more)


def skip_cases():
    """All reasons for leaving an extra out, with a good one behind them."""
    good = extras("good.cred")
    bad = ["/x/missing.cred", "/x/empty.cred", "/x/folder.cred", "/x/readme.txt", "/x/ümlaut.cred",
           "/x/../x/good.cred"]
    entry = snippet(*(f"extra {path}" for path in bad), "extra /x/good.cred")
    files = {"x/empty.cred": b"", "x/folder.cred": None, "x/readme.txt": b"no extra",
             "x/ümlaut.cred": b"name is not ASCII"}
    yield Case("extras that cannot be packed are skipped and named", entry, files, good,
               skipped=bad, says=[path for path in bad if path.isascii()])
    yield Case("strict mode fails the entry instead", entry, files, good, ended="shell",
               loader_conf="timeout 0\nstrict-extras yes\n", says=["/x/missing.cred"])


def counted_checks(report, run):
    path = report.loader_variable("LoaderBootCountPath") or ""
    entries = [file for file in run.files if file.startswith("/loader/entries/")]
    return [Check("LoaderBootCountPath", "test+2-1.conf", path.replace("\\", "/").split("/")[-1]),
            Check("entries on the disk", ["/loader/entries/test+2-1.conf"], entries)]


def second_initrd(report, run):
    return [Check("a file of the second initrd", True, "@@SECOND" in run.text)]


def placement_cases():
    """Where entries may be and how they may look."""
    one = extras("one.cred")
    yield Case("an entry with CRLF line ends", snippet(*extra_lines(one)).replace("\n", "\r\n"),
               extras=one)
    yield with_extras("an entry on XBOOTLDR", one, on_xbootldr=True)
    yield with_extras("a counted entry", one, file_name="test+3.conf", checks=counted_checks)
    yield with_extras("the default of loader.conf is started, not the first", one,
                      loader_conf="timeout 0\ndefault te*\n",
                      others={"zz.conf": snippet().replace("version 1", "version 9")})
    first = snippet(options=boot_case.OPTIONS + " test.oneshot=test.conf")
    yield with_extras("the entry of LoaderEntryOneShot is started once", one, oneshot="test.conf",
                      others={"zz.conf": first.replace("version 1", "version 9")},
                      checks=oneshot_checks)
    yield with_extras("a machine without TPM", one, tpm=False)
    yield Case("nothing bootable", ended="shell")
    yield Case("a broken entry does not hide the good one", snippet(*extra_lines(one)),
               extras=one, others={"broken.conf": "title nothing to boot\n"})
    yield Case("a missing kernel fails the entry by name", snippet(kind="linux /none"),
               ended="shell", says=["/none"])


def uki_cases():
    """A unified image of our own stub, Debian's kernel and the guest's initrd."""
    release = b"ID=test\nVERSION_ID=1\nPRETTY_NAME=\"Test\"\n"
    stub = prediction.BUILD / "tests" / "firmware" / "kindling-test-stub.efi"
    unit = uki.build(stub.read_bytes(), [
        (".osrel", release), (".cmdline", boot_case.OPTIONS.encode()),
        (".uname", b"6.1.0-test"), (".initrd", guest.initrd().read_bytes()),
        (".linux", guest.kernel().read_bytes())])
    both = extras("one.cred", "two.sysext.raw", "three.confext.raw")
    for name, options in (("extras of a uki entry", ""),
                          ("extras of a uki entry with options", boot_case.OPTIONS + " more=1")):
        yield Case(name, snippet(*extra_lines(both), initrds=(), options=options,
                                 kind="uki /unit.efi"),
                   {"unit.efi": unit}, both,
                   unpacked=comparison.metadata_files(os_release=release))


def oneshot_checks(report, run):
    return [Check("LoaderEntryOneShot", None, report.loader_variable("LoaderEntryOneShot"))]


def cases():
    yield Case("no extras", snippet())
    yield with_extras("one credential", extras("one.cred"))
    yield with_extras("three credentials in odd order", extras("zeta.cred", "Alpha.CRED", "m.cred"))
    yield with_extras("all kinds mixed", extras("b.sysext.raw", "a.cred", "c.confext.raw",
                                                "a.sysext.raw", "z.cred"))
    yield with_extras("64 extras", many(64))
    yield from skip_cases()
    big = {"big.sysext.raw": content("big", 100 * 1024 * 1024)}
    yield with_extras("a 100 MiB extension", big, memory_mib=1024, timeout_s=240)
    both = extras("one.cred", "two.confext.raw")
    second = newc.archive(newc.file("second", b"@@SECOND", 0o644))
    yield Case("two initrds and extras",
               snippet(*extra_lines(both), initrds=("/initrd.img", "/second.img")),
               {"second.img": second}, both, checks=second_initrd)
    yield from uki_cases()
    yield from placement_cases()


def main():
    for needed in (prediction.LOADER, prediction.BOOTCTL):
        if not needed.exists():
            print(f"{needed} is missing: build first")
            return 1
    wanted = sys.argv[1:]
    logs = prediction.BUILD / "boot-test"
    passed = failed = 0
    for number, case in enumerate(cases(), 1):
        if wanted and not any(part in case.name for part in wanted):
            continue
        directory = pathlib.Path(logs, f"{number:02}")
        if boot_case.run_and_print(case, directory):
            passed += 1
        else:
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
