#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tables of options survive every way of building: one program, built in many ways, must always
have the same records in the order of its source, read command lines alike, print the same page.

    python3 tests/options/build_matrix_test.py [NAME]     only the builds whose name has that in it

tests/options/matrix/ holds the program, with two functions that parse in one unit, a second unit,
namespaces, verbs, groups, aliases and hidden names. It is compiled as C and as C++.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "options" / "matrix"
COUNTER = ROOT / "tests" / "bench" / "options" / "count_allocations.cpp"
COMPILERS = {"gcc": ("gcc", "g++"), "clang": ("clang", "clang++")}
LANGUAGES = {"c": ["-x", "c", "-std=c11"], "c++": ["-x", "c++", "-std=c++20"]}
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
SECTIONS = ("kindling_options", "kindling_verbs", "kindling_commands")

LINES = {
    "bare --zulu -aX --alp=y --maybe -x w --maybe=m -- -h":
        "zulu alpha=X alpha=y maybe x maybe=m word=w word=-h right",
    "bare --first-unit": "wrong",
    "bare --exec": "wrong",
    "named -vA --numbers=7,8 --hidden --exec --all -v":
        "verbose alpha number=seven number=another hidden exec word=--all word=-v right",
    "named --old-alpha --color=al --numbers=100": "alpha color=al wrong",
    "named --zulu": "wrong",
    "shared -21 --also-f --also-second": "second-unit first-unit also-first also-second list right",
    "shared ls x": "list=x right",
    "shared remote add a b": "remote add=b right",
    "shared remote remove q r": "remote remove=q right",
    "shared remote list": "wrong",
    "shared internal": "internal right",
    "shared --alpha": "wrong",
}


@dataclasses.dataclass(frozen=True)
class Build:
    """One way of building the program."""

    compiler: str
    language: str
    what: str
    flags: tuple = ("-O2",)          # of the program's units
    link: tuple = ()
    library: tuple = ("-O2",)        # flags of the library and of what shows the tables
    needs: tuple = ()                # programs that a machine may lack
    order: tuple = ("first", "second")
    counts: bool = True              # allocations, which sanitizers count themselves

    @property
    def name(self):
        return f"{self.compiler} {self.language} {self.what}"


def builds_of(compiler, language):
    def build(what, *flags, **more):
        return Build(compiler, language, what, flags or ("-O2",), **more)

    def linker(name, *flags):
        return {"link": (f"-fuse-ld={name}", "-Wl,--gc-sections", *flags),
                "needs": (f"ld.{name}",)}

    apart = ("-ffunction-sections", "-fdata-sections")
    for level in ("-O0", "-O2", "-Os"):
        yield build(level, level)
        yield build(f"{level} gc-sections bfd", level, *apart, **linker("bfd"))
        yield build(f"{level} gc-sections lld", level, *apart, **linker("lld"))
    yield build("units the other way round", order=("second", "first"))
    for name in ("bfd", "lld"):
        yield build(f"start-stop-gc {name}", "-O2", *apart, **linker(name, "-Wl,-z,start-stop-gc"))
    # A static C library has no place for functions that count in front of its own.
    yield build("static-pie", "-O2", "-fPIE", link=("-static-pie",), counts=False)
    yield build("no-pie", "-O2", "-fno-pie", link=("-no-pie",))
    sanitizers = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    for level in ("-O0", "-O2"):
        yield build(f"{level} sanitizers", level, *sanitizers, link=sanitizers,
                    library=("-O1", *sanitizers), counts=False)
    if compiler == "gcc":
        yield build("lto", "-O2", "-flto", link=("-flto", "-O2"), library=("-O2", "-flto"))
        yield build("lto in one part", "-O2", "-flto", library=("-O2", "-flto"),
                    link=("-flto", "-O2", "-flto-partition=none", "-Wl,--gc-sections"))
    else:
        for kind in ("full", "thin"):
            flag = f"-flto={kind}"
            yield build(f"lto {kind}", "-O2", flag, library=("-O2", flag), needs=("ld.lld",),
                        link=(flag, "-O2", "-fuse-ld=lld", "-Wl,--gc-sections"))


class Failure(Exception):
    pass


class Workshop:
    """Compiles; what is the same for several builds is compiled once."""

    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.made = {}

    def run(self, command):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0 or done.stderr:
            raise Failure(f"{' '.join(map(str, command))}\n{done.stderr.strip()[-2000:]}")

    def compile(self, command, source):
        key = (*command, str(source))
        if key not in self.made:
            output = self.work / f"{len(self.made)}-{pathlib.Path(source).stem}.o"
            self.run([*command, "-I.", "-c", str(source), "-o", str(output)])
            self.made[key] = str(output)
        return self.made[key]

    def unit(self, build, name):
        compiler = COMPILERS[build.compiler][0]
        return self.compile((compiler, *LANGUAGES[build.language], *STRICT, "-fPIC", *build.flags),
                            HERE / f"{name}.c")

    def library(self, build):
        """Objects of the library and of what shows the tables."""
        compiler = COMPILERS[build.compiler][1]
        command = (compiler, "-std=c++20", "-DNDEBUG", "-fPIC", "-ffunction-sections",
                   "-fdata-sections", *build.library)
        objects = [self.compile((*command, "-fno-exceptions", "-fno-rtti"), source)
                   for source in library_sources()]
        shows = [*command, "-DCOUNTS_ALLOCATIONS"] if build.counts else command
        objects.append(self.compile(tuple(shows), HERE / "dump.cpp"))
        if build.counts:
            objects.append(self.compile(command, COUNTER))
        return objects

    def program(self, build):
        output = self.work / "program"
        main = self.compile((COMPILERS[build.compiler][1], *build.flags), HERE / "dump_main.cpp")
        units = [self.unit(build, name) for name in build.order]
        self.run([COMPILERS[build.compiler][1], *build.link, main, *units, *self.library(build),
                  "-o", str(output)])
        return output

    def shared_library(self, build):
        """A library with the tables, and a program beside it that has others."""
        library, program = self.work / "libplugin.so", self.work / "host"
        compiler = COMPILERS[build.compiler][1]
        units = [self.unit(build, name) for name in build.order]
        self.run([compiler, "-shared", "-Wl,--gc-sections", *units, *self.library(build), "-o",
                  str(library)])
        self.run([compiler, self.unit(build, "host_main"), *self.library(build)[:-2], str(library),
                  f"-Wl,-rpath,{self.work}", "-o", str(program)])
        return library, program


def library_sources():
    """Those that options/meson.build puts into the library."""
    text = (ROOT / "options" / "meson.build").read_text()
    listed = re.search(r"options_sources = files\((.*?)\)", text, re.DOTALL).group(1)
    return [ROOT / "options" / name for name in re.findall(r"'([^']+)'", listed)]


def blocks_of(text):
    """The records of each namespace; which namespace comes first is the compiler's affair."""
    tables, blocks = {}, []
    for line in text.splitlines():
        if line == "namespace":
            blocks.append([])
        elif line.startswith("table "):
            tables[line] = sorted(blocks)
            blocks = []
        elif blocks:
            blocks[-1].append(line)
        else:
            raise Failure(f"the table says '{line}'")
    return tables


def with_units_swapped(tables):
    """The namespace of both units in the other order of the two, which is the linker's affair."""
    return {name: sorted(block[2:] + block[:2] if "[first-unit]" in "".join(block) else block
                         for block in blocks) for name, blocks in tables.items()}


def ask(program, words, counts):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("OPTION_ABBREVIATIONS", "COLUMNS")}
    done = subprocess.run([str(program), *words], capture_output=True, text=True, timeout=20,
                          env=environment, stdin=subprocess.DEVNULL)
    text = done.stdout
    if done.returncode != 0:
        raise Failure(f"{words} ended with {done.returncode}: {done.stderr[-2000:]}")
    if counts:
        text, _, allocations = text.rpartition(" allocations=")
        if allocations.strip() != "0":
            raise Failure(f"{words} allocated: {allocations.strip() or 'nobody counted'}")
    return text


def check_answers(program, counts, before=()):
    expected = blocks_of((HERE / "table.txt").read_text())
    got = blocks_of(ask(program, [*before, "table"], counts))
    if got not in (expected, with_units_swapped(expected)):
        raise Failure(f"the tables are others:\n{got}")
    if ask(program, [*before, "help", "named"], counts) != (HERE / "help.txt").read_text():
        raise Failure("the page of help is another")
    for line, wanted in LINES.items():
        answer = " ".join(ask(program, [*before, *line.split()], counts).split("\n")).strip()
        if answer != wanted:
            raise Failure(f"'{line}' is read as '{answer}'")


def check_sections(program):
    """Read-only, and nothing in them is changed when the program starts."""
    read = subprocess.run(["readelf", "-SW", "-rW", str(program)], check=True, text=True,
                          capture_output=True).stdout
    found = {}
    for name, address, size, flags in re.findall(
            r"^ *\[ *\d+\] (\S+) +\S+ +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ +(\w+) ",
            read, re.MULTILINE):
        if name.startswith("kindling"):
            found[name] = range(int(address, 16), int(address, 16) + int(size, 16))
            if "A" not in flags or "W" in flags:
                raise Failure(f"{name} has the flags {flags}")
    if sorted(found) != sorted(SECTIONS):
        raise Failure(f"the sections are {sorted(found)}")
    offsets = [int(each, 16) for each in re.findall(r"^([0-9a-f]{12,16}) ", read, re.MULTILINE)]
    if not offsets:
        raise Failure("readelf shows no relocations at all")
    for name, place in found.items():
        if any(offset in place for offset in offsets):
            raise Failure(f"{name} has relocations")


def check_program(workshop, build):
    program = workshop.program(build)
    check_sections(program)
    check_answers(program, build.counts)


def check_shared(workshop, build):
    library, program = workshop.shared_library(build)
    check_sections(library)
    own = sorted(["of-the-program", "help"])
    alone = ask(program, ["--of-the-program"], False).split()
    if alone[0] != "of-the-program" or sorted(alone[1:]) != own:
        raise Failure(f"the program sees {alone}")
    foreign = ask(program, ["--zulu"], False).split()
    if foreign[-1] != "wrong":
        raise Failure(f"the program took an option of the library: {foreign}")
    head = "".join(each + "\n" for each in alone[1:])
    read = ask(program, ["-h", "bare", "--of-the-program"], True)
    if read != head + "wrong\n":
        raise Failure(f"the library took an option of the program: {read}")
    table = ask(program, ["-h", "table"], True).removeprefix(head)
    expected = blocks_of((HERE / "table.txt").read_text())
    if blocks_of(table) not in (expected, with_units_swapped(expected)):
        raise Failure(f"the library sees other tables:\n{table}")


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed, failed, skipped = 0, 0, 0
    checks = []
    for compiler in COMPILERS:
        for language in LANGUAGES:
            checks += [(check_program, build) for build in builds_of(compiler, language)]
            checks.append((check_shared, Build(compiler, language, "shared library")))
    with tempfile.TemporaryDirectory() as work:
        workshop = Workshop(work)
        for check, build in checks:
            if wanted not in build.name:
                continue
            lacks = [each for each in (*COMPILERS[build.compiler], "readelf", *build.needs)
                     if not shutil.which(each)]
            if lacks:
                print(f"skipped: {build.name}: no {', '.join(lacks)}")
                skipped += 1
                continue
            try:
                check(workshop, build)
                passed += 1
            except (Failure, subprocess.TimeoutExpired) as failure:
                print(f"FAILED: {build.name}: {failure}")
                failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
