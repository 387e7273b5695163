#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the loader a second time, in another directory, and compares the bytes.

    python3 tests/firmware/reproducible_test.py SOURCE LOADER.efi COMPILER
"""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile


def main():
    source, loader, compiler = sys.argv[1:]
    c_compiler = compiler.replace("clang++", "clang").replace("g++", "gcc").replace("c++", "cc")
    with tempfile.TemporaryDirectory(prefix="kindling-second-") as directory:
        # Deeper than the first, so that relative names differ too.
        build = pathlib.Path(directory) / "a" / "b"
        subprocess.run(["meson", "setup", build, source, "-Dtests=false", "-Defi=enabled"],
                       check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "CXX": compiler, "CC": c_compiler})
        subprocess.run(["ninja", "-C", build, "-j", "2", "boot/kindling-bootx64.efi"],
                       check=True, stdout=subprocess.DEVNULL)
        same = (build / "boot" / "kindling-bootx64.efi").read_bytes() == \
            pathlib.Path(loader).read_bytes()
    if not same:
        print(f"two builds of the loader with {shlex.quote(compiler)} differ")
    print("1 passed, 0 failed" if same else "0 passed, 1 failed")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
