# SPDX-License-Identifier: MIT
"""Disk images with an ESP and, if wanted, an XBOOTLDR partition; no mounts, no root.

Ids and file times are fixed, so the same contents give the same partition table and with it the
same PCR 5.
"""

import os
import pathlib
import shlex
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


def _run(*command, commands=None, **options):
    """Runs a program, quietly unless it fails. `commands` collects it as a line for a shell."""
    command = [str(part) for part in command]
    if commands is not None:
        text = options.get("input", b"").decode()
        commands.append(f"printf %s {shlex.quote(text)} | {shlex.join(command)}" if text
                        else shlex.join(command))
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
    fix_times(root)


def fix_times(root):
    """Gives everything below `root` the same time."""
    for directory, names, files in os.walk(root):
        for name in [*names, *files]:
            os.utime(os.path.join(directory, name), (FILE_TIME, FILE_TIME))


def _size_mib(root):
    """A FAT32 size that holds what is below `root`, with room for what is written later."""
    size = sum(os.path.getsize(os.path.join(directory, name)) + 4096
               for directory, _, files in os.walk(root) for name in files)
    return max(40, size * 21 // 20 // MIB + 16)


def _fill(image, start_mib, size_mib, label, root, commands):
    sector = start_mib * MIB // 512
    # FAT32 needs 65525 clusters: small ones on a small partition.
    sectors_per_cluster = 1 if size_mib < 128 else 2 if size_mib < 260 else 8
    _run("mkfs.vfat", "-F", "32", "-s", sectors_per_cluster, "-n", label.upper(), "--invariant",
         "-i", "0badcafe" if label == "esp" else "0badcaff", "-h", sector, f"--offset={sector}",
         image, size_mib * 1024, commands=commands)
    top = sorted(os.path.join(root, name) for name in os.listdir(root))
    if top:
        _run("mcopy", "-s", "-m", "-i", f"{image}@@{start_mib}M", *top, "::/", commands=commands)


def build_from(image, esp, xbootldr=None, commands=None):
    """Writes the disk image `image`: a GPT, an ESP and perhaps XBOOTLDR with the contents of the
    directories of these names. `commands` collects what a shell would have to run."""
    image = pathlib.Path(image)
    image.parent.mkdir(parents=True, exist_ok=True)
    image.unlink(missing_ok=True)
    roots = {"esp": esp} if xbootldr is None else {"esp": esp, "xbootldr": xbootldr}
    table = ["label: gpt", f"label-id: {DISK_ID}", "unit: sectors"]
    places, start = [], 1
    for label, root in roots.items():
        size = _size_mib(root)
        kind = ESP_TYPE if label == "esp" else XBOOTLDR_TYPE
        table.append(f"start={start * 2048}, size={size * 2048}, type={kind}, "
                     f"uuid={PARTITION_IDS[label]}, name={label}")
        places.append((start, size, label, root))
        start += size
    _run("truncate", "-s", f"{start + 1}M", image, commands=commands)
    _run("sfdisk", "--quiet", "--no-reread", image, input="\n".join(table + [""]).encode(),
         commands=commands)
    for place in places:
        _fill(image, *place, commands)
    return image


def build(image, esp: Tree, xbootldr: Tree | None = None):
    """The same from trees in memory."""
    image = pathlib.Path(image)
    image.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=image.parent) as stage:
        roots = []
        for label, tree in (("esp", esp), ("xbootldr", xbootldr)):
            if tree is not None:
                root = pathlib.Path(stage, label)
                root.mkdir()
                write_tree(root, tree)
                roots.append(root)
        return build_from(image, *roots)


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
