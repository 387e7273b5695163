#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One command line of 25 options and 12 verbs, with this library, getopt_long and CLI11.

    python3 tests/bench/options_bench.py [PREFIX]
    python3 tests/bench/options_bench.py --compare     only: do the three read alike?

The programs are built as users build them: -O2 -DNDEBUG, a section for each function, unused ones
removed; the library so, and with the flags that options/meson.build gives its files. Runs of ours
and of the peers take turns; the least time of each counts, for whatever disturbs a run makes it
longer. docs/testing.md says what the figures mean.
"""

import itertools
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = pathlib.Path("tests/bench/options")
COMMON = ["-std=c++20", "-O2", "-DNDEBUG", "-ffunction-sections", "-fdata-sections", "-I."]
COMPILERS = {"gcc": "g++", "clang": "clang++"}
KINDS = ("options", "getopt", "cli11")
COMPILE_RUNS = {"options": 15, "getopt": 15, "cli11": 1}
SIZE_PARSER_MAX = 32768
SIZE_FULL_MAX = 65536
HOSTILE_NS_MAX = 1000000
GROWTH_MAX = 2.5
BOOTCTL = ROOT / "build/bootctl/bootctl"  # tools/bench builds it before
ANSWER_MS_MAX = 5
ANSWER_RUNS = 200
ANSWER_ENTRIES = 12
SHAPES = ("alternating", "short", "prefixes", "bundles", "values", "unknown", "ambiguous",
          "positional")
# A machine is now and then slow for as long as a whole run lasts.
MEASURE_RUNS = {"options": 9, "getopt": 9, "cli11": 3}

SAME_LINES = """

--help
list --help
--version
-qvv list
list
-qv --store=/srv/depot -k /etc/depot.key save --exclude *.o --jobs=4 -n --checksum=sha256 /home /etc
save -x a -x b --exclude=c file other
--color=never --no-pager --no-legend --json=pretty list
-j --cache /var/cache show one
-H user@host --host=other check
--tag=x -t y forget a b c
--since=2h --timeout 90 --limit=100 -a list
--compress=zstd save a
save a --compress
--rate=10M copy a b
--rate 512 --force -J64 copy -f a b
restore a
restore a b
save -- -x --force
-nqvaf prune
-s/srv -k/key init
diff a b
mount /mnt
--color=red list
--json=xml list
--limit=0 list
--limit=x list
--jobs=65 list
--rate=10Q list
--since=soon list
--checksum=md5 list
--unknown list
-Z list
--tag
-t
nothing
init more
copy a
copy a b c
diff a
show
save
mount
"""
# CLI11 takes the next word for an empty value, and a flag with a value.
LINES_BUT_FOR_CLI11 = """
--store= list
--quiet=yes list
--compress save
--no list
--no-p list
--checks=none -vvq list
"""


def texts_of(variable):
    """The list that options/meson.build gives the variable."""
    text = (ROOT / "options" / "meson.build").read_text()
    listed = re.search(rf"^{variable} = (?:files\(|\[)(.*?)[)\]]$", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"'([^']+)'", listed.group(1))


def library_sources():
    """Those that options/meson.build puts into the library, each with its flags."""
    flags, fast = texts_of("options_flags"), texts_of("options_fast_sources")
    small = flags + texts_of("options_small_flags")
    return [(ROOT / "options" / name, flags if name in fast else small)
            for name in texts_of("options_sources")]


def compile_time_ns(compiler, source, output):
    """Processor time of the compiler and what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run([compiler, *COMMON, "-c", str(source), "-o", str(output)])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds * 1e9


def run(command):
    environment = dict(os.environ, CCACHE_DISABLE="1")
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL)


def figure(name, value, unit, peer=None, peer_value=None):
    ratio = round(value / peer_value, 4) if peer_value else None
    print(json.dumps({"name": name, "value": value, "unit": unit, "peer": peer,
                      "peer_value": peer_value, "ratio": ratio}), flush=True)


class Programs:
    """The three programs, in a directory of their own."""

    def __init__(self, work):
        self.work = pathlib.Path(work)
        objects = []
        for source, flags in library_sources():
            objects.append(str(self.work / f"{source.stem}.o"))
            run(["g++", *COMMON, *flags, "-c", str(source), "-o", objects[-1]])
        self.library = [str(self.work / "liboptions.a")]
        run(["ar", "rcs", *self.library, *objects])

    def compile(self, source, flags):
        """The object, made once."""
        output = self.work / "-".join([pathlib.Path(source).stem, *flags, "object.o"])
        if not output.exists():
            run(["g++", *COMMON, *flags, "-c", str(SOURCES / source), "-o", str(output)])
        return str(output)

    def link(self, kind, name, mains, flags=()):
        output = self.work / f"{name}-{kind}"
        objects = [self.compile(each, flags) for each in (*mains, f"with_{kind}.cpp")]
        library = self.library if kind == "options" else []
        run(["g++", *flags, *objects, *library, "-Wl,--gc-sections", "-o", str(output)])
        return output

    def stripped_size(self, kind, flags=()):
        program = self.link(kind, "size", ["run_main.cpp"], flags)
        run(["strip", str(program)])
        return program.stat().st_size

    def measure(self, programs, parses, *lines):
        """For each line, a shape and a number of words, and each program: the nanoseconds of a
        parse, and what the last of them allocated. All run in turns, so that a slow while of the
        machine is not all that is seen of one."""
        best = {line: {} for line in lines}
        for turn in range(max(MEASURE_RUNS.values())):
            for line, (kind, program) in itertools.product(lines, programs.items()):
                if turn >= MEASURE_RUNS[kind]:
                    continue
                shape, words = line
                done = subprocess.run([program, shape, str(words), str(parses)], check=True,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                time_ns, allocations, _ = done.stderr.split()
                if kind not in best[line] or float(time_ns) < best[line][kind][0]:
                    best[line][kind] = (float(time_ns), int(allocations))
        return best


def compile_figures(programs):
    for name, compiler in COMPILERS.items():
        best = {}
        for turn in range(max(COMPILE_RUNS.values())):
            for kind in KINDS:
                if turn < COMPILE_RUNS[kind]:
                    taken = compile_time_ns(compiler, SOURCES / f"with_{kind}.cpp",
                                            programs.work / "timed.o")
                    best[kind] = min(taken, best.get(kind, taken))
        figure(f"options.compile_{name}", round(best["options"]), "ns", "getopt_long",
               round(best["getopt"]))
        figure(f"options.compile_{name}_cli11", round(best["options"]), "ns", "CLI11",
               round(best["cli11"]))


def size_figures(programs):
    flags = ["-DWITHOUT_HELP"]
    figure("options.size_parser", programs.stripped_size("options", flags), "bytes", "limit",
           SIZE_PARSER_MAX)
    figure("options.size_full", programs.stripped_size("options", ["-DWITH_OUTPUTS"]), "bytes",
           "limit", SIZE_FULL_MAX)
    figure("options.size_getopt", programs.stripped_size("getopt"), "bytes")
    figure("options.size_cli11", programs.stripped_size("cli11"), "bytes")


def parse_figures(programs):
    mains = ["measure_main.cpp", "count_allocations.cpp"]
    linked = {kind: programs.link(kind, "measure", mains) for kind in KINDS}
    line = ("typical", 12)
    typical = programs.measure(linked, 20000, line)[line]
    del linked["cli11"]
    figure("options.parse_typical", round(typical["options"][0], 1), "ns", "getopt_long",
           round(typical["getopt"][0], 1))
    figure("options.parse_typical_cli11", round(typical["options"][0], 1), "ns", "CLI11",
           round(typical["cli11"][0], 1))
    measured = programs.measure(linked, 5, *((shape, 10000) for shape in SHAPES))
    hostile = {shape: best for (shape, _), best in measured.items()}
    for shape, times in hostile.items():
        figure(f"options.parse_hostile_10000_{shape}", round(times["options"][0]), "ns",
               "getopt_long", round(times["getopt"][0]))
    worst = max(SHAPES, key=lambda shape: hostile[shape]["options"][0])
    figure("options.parse_hostile_10000", round(hostile[worst]["options"][0]), "ns",
           "getopt_long", round(max(times["getopt"][0] for times in hostile.values())))
    only = {"options": linked["options"]}
    twice = programs.measure(only, 5, *itertools.product(SHAPES, (10000, 20000)))
    figure("options.parse_growth", round(max(
        twice[shape, 20000]["options"][0] / twice[shape, 10000]["options"][0] for shape in SHAPES),
        2), "times", "limit", GROWTH_MAX)
    counts = [each["options"][1] for each in [typical, *hostile.values()]]
    figure("options.allocations", max(counts), "calls", "CLI11", typical["cli11"][1])


def relocations_in(program, pattern):
    """Dynamic relocations that fall into sections whose name matches."""
    read = subprocess.run(["readelf", "-SW", "-rW", str(program)], check=True, text=True,
                          capture_output=True).stdout
    ranges = []
    for name, address, size in re.findall(
            r"^ *\[ *\d+\] (\S+) +\S+ +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)", read, re.MULTILINE):
        if re.fullmatch(pattern, name):
            ranges.append(range(int(address, 16), int(address, 16) + int(size, 16)))
    if not ranges:
        raise RuntimeError(f"{program} has no section {pattern}")
    offsets = [int(each, 16) for each in re.findall(r"^([0-9a-f]{12,16}) ", read, re.MULTILINE)]
    if not offsets:
        raise RuntimeError(f"{program} has no relocations at all; it is no PIE")
    return sum(any(offset in each for each in ranges) for offset in offsets)


def relocation_figures(programs):
    program = programs.link("options", "relocations", ["run_main.cpp"], ["-fPIE", "-pie"])
    figure("options.relocations", relocations_in(program, "kindling_.*"), "entries")


def complete_figures(programs):
    """What a shell waits for when it completes a name on a disk, the start included."""
    entries = programs.work / "esp/loader/entries"
    entries.mkdir(parents=True)
    (programs.work / "esp/linux").touch()
    for number in range(ANSWER_ENTRIES):
        (entries / f"entry-{number}.conf").write_text(f"title Entry {number}\nlinux /linux\n")
    words = [BOOTCTL, "complete-values", "entries", "--", f"--esp-path={programs.work / 'esp'}",
             "predict"]
    times = []
    for _ in range(ANSWER_RUNS):
        start = time.perf_counter()
        told = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
        times.append((time.perf_counter() - start) * 1000)
        if len(told.splitlines()) != ANSWER_ENTRIES:
            raise RuntimeError(f"bootctl completes to {told}")
    figure("options.complete_value", round(min(times), 2), "ms", "limit", ANSWER_MS_MAX)


def answer(program, line):
    """Exit status and what the program prints; pages are laid out by each in its way."""
    done = subprocess.run([program, *line.split()], capture_output=True, text=True)
    is_page = "Usage: depot" in done.stdout or "--checksum" in done.stdout
    return done.returncode, "the page" if is_page else done.stdout


def compare(programs):
    """How many lines were read, and what differs between the three."""
    linked = {kind: programs.link(kind, "run", ["run_main.cpp"]) for kind in KINDS}
    wrong, count = [], 0
    for lines, kinds in ((SAME_LINES, KINDS), (LINES_BUT_FOR_CLI11, KINDS[:2])):
        for line in lines.splitlines()[1:]:
            count += 1
            answers = {kind: answer(linked[kind], line) for kind in kinds}
            if len(set(answers.values())) > 1:
                wrong.append(f"'{line}' is not read alike: {answers}")
    return count, wrong


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as work:
        programs = Programs(work)
        count, wrong = compare(programs)
        print("".join(each + "\n" for each in wrong), file=sys.stderr, end="")
        if prefix == "--compare":
            print(f"{count - len(wrong)} passed, {len(wrong)} failed")
        if wrong or prefix == "--compare":
            return 1 if wrong else 0
        parts = {"compile": compile_figures, "size": size_figures, "parse": parse_figures,
                 "allocations": parse_figures, "relocations": relocation_figures,
                 "complete": complete_figures}
        wanted = [part for name, part in parts.items()
                  if f"options.{name}".startswith(prefix) or prefix.startswith(f"options.{name}")]
        for part in dict.fromkeys(wanted):
            part(programs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
