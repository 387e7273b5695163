# SPDX-License-Identifier: MIT
"""Disk images with an ESP and, if wanted, an XBOOTLDR partition; no mounts, no root.

Ids and file times are fixed, so the same contents give the same partition table and with it the
same PCR 5.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

MIB = 1024 * 1024
DISK_ID = "4B494E44-4C49-4E47-0000-000000000000"
ESP_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
XBOOTLDR_TYPE = "BC13C2FF-59E6-4262-A352-B275FD6F7172"
PARTITION_IDS = {
    "esp": "4B494E44-4C49-4E47-0000-000000000001",
    "xbootldr": "4B494E44-4C49-4E47-0000-000000000002",
}
FILE_TIME = 1_700_000_000  # seconds; any fixed even value will do

# What a tree says: path below the root -> bytes, text, a file to copy, or None for a directory.
Tree = dict[str, "bytes | str | pathlib.Path | None"]


def _run(*command, **options):
    """Runs a program; its output is shown only if it fails."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout.decode(errors='replace').strip()}")
    return done.stdout


def write_tree(root, tree: Tree):
    """Lays `tree` out below the directory `root`, all times fixed."""
    root = pathlib.Path(root)
    for path, contents in tree.items():
        target = root / path.lstrip("/")
        if contents is None:
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(contents, pathlib.Path):
            shutil.copyfile(contents, target)
        else:
            target.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    for directory, names, files in os.walk(root):
        for name in [*names, *files]:
            os.utime(os.path.join(directory, name), (FILE_TIME, FILE_TIME))


def _size_mib(tree: Tree):
    """A FAT32 size that holds `tree`: its files, rounded up, and room for what is written later."""
    size = 0
    for contents in tree.values():
        if isinstance(contents, pathlib.Path):
            size += contents.stat().st_size
        else:
            size += len(contents or b"")
        size += 4096
    return max(40, size * 21 // 20 // MIB + 16)


def _fill(image, start_mib, size_mib, label, tree):
    offset = start_mib * MIB
    # One sector a cluster as long as FAT32 needs it to have enough clusters.
    sectors_per_cluster = "1" if size_mib < 128 else "8"
    if size_mib >= 128 and size_mib < 260:
        sectors_per_cluster = "2"
    _run("mkfs.vfat", "-F", "32", "-s", sectors_per_cluster, "-n", label.upper(), "--invariant",
         "-i", "0badcafe" if label == "esp" else "0badcaff", "-h", str(offset // 512),
         f"--offset={offset // 512}", str(image), str(size_mib * 1024))
    with tempfile.TemporaryDirectory(dir=pathlib.Path(image).parent) as stage:
        write_tree(stage, tree)
        top = sorted(os.path.join(stage, name) for name in os.listdir(stage))
        if top:
            _run("mcopy", "-s", "-m", "-i", f"{image}@@{offset}", *top, "::/")


def build(image, esp: Tree, xbootldr: Tree | None = None):
    """Writes the disk image `image`: a GPT, an ESP with the tree `esp`, and XBOOTLDR if given."""
    image = pathlib.Path(image)
    image.parent.mkdir(parents=True, exist_ok=True)
    image.unlink(missing_ok=True)
    trees = {"esp": esp} if xbootldr is None else {"esp": esp, "xbootldr": xbootldr}
    table = ["label: gpt", f"label-id: {DISK_ID}", "unit: sectors"]
    places = []
    start = 1
    for label, tree in trees.items():
        size = _size_mib(tree)
        kind = ESP_TYPE if label == "esp" else XBOOTLDR_TYPE
        table.append(f"start={start * 2048}, size={size * 2048}, type={kind}, "
                     f"uuid={PARTITION_IDS[label]}, name={label}")
        places.append((start, size, label, tree))
        start += size
    with open(image, "wb") as file:
        file.truncate((start + 1) * MIB)
    _run("sfdisk", "--quiet", "--no-reread", str(image), input="\n".join(table).encode())
    for place in places:
        _fill(image, *place)
    return image


def esp_offset():
    """Byte offset of the ESP, for mtools."""
    return MIB


def read_file(image, path):
    """Contents of a file on the ESP of `image`."""
    return _run("mtype", "-i", f"{image}@@{esp_offset()}", "::" + path)


def list_files(image):
    """Paths of all files on the ESP of `image`."""
    text = _run("mdir", "-/", "-b", "-i", f"{image}@@{esp_offset()}", "::/").decode()
    return [line.removeprefix("::") for line in text.splitlines() if line and line[-1] != "/"]
