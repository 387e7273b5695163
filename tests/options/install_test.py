#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs the option parser into a new prefix and uses it as other programs would.

    python3 tests/options/install_test.py [NAME...]     only tests whose name has one of the words

The examples are built from there with GCC and Clang, shared and static, by pkg-config and by
Meson, also as a subproject, and then run. Nothing of the build directory is used.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILERS = [("gcc", "g++"), ("clang", "clang++")]
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1"]
C_FLAGS = ["-std=c11"]
CPP_FLAGS = ["-std=c++20", "-fno-exceptions", "-fno-rtti"]
EXAMPLES = ["hello.c", "shorten.c", "shorten.cpp", "notes.cpp"]
# CLI11 reports with exceptions, and the bridge to it has to catch them: these are built with them.
BRIDGED = ["repeat_first_step.cpp", "repeat_last_step.cpp"]
BRIDGED_FLAGS = [flag for flag in CPP_FLAGS if flag != "-fno-exceptions"]
# One needs nothing of ours, the other fibers, which are not installed.
ELSEWHERE = ["hello_getopt.c", "echo.cpp"]

MESON_PROJECT = """project('user', 'c', 'cpp', default_options: ['c_std=c11', 'cpp_std=c++20'])
{subproject}
options = dependency('kindling-options')
foreach source : {sources}
  executable(source.replace('.', '-'), source, dependencies: options, c_args: {flags},
    cpp_args: {flags} + {cpp_flags})
endforeach
"""


class Skip(Exception):
    """What the test needs is not there."""


def run(*command, check=True, env=None, **more):
    words = [str(word) for word in command]
    # Flags of the build that runs this test are not those of a user.
    clean = {name: value for name, value in os.environ.items()
             if name not in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "DESTDIR")}
    done = subprocess.run(words, capture_output=True, text=True, check=False,
                          env=clean | (env or {}), **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def need(program):
    if not shutil.which(program):
        raise Skip(f"no {program}")


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}:\n  is     {actual!r}\n  not    {expected!r}")


class Installed:
    """A prefix with the library in it, made once for all tests."""

    def __init__(self, work):
        self.work, self.prefix = work, work / "prefix"
        run("meson", "setup", work / "build", ROOT, "-Donly_options=true", "-Dwerror=true",
            f"--prefix={self.prefix}", "--libdir=lib", "-Doptimization=1")
        run("ninja", "-C", work / "build", "-j1")
        run("meson", "install", "-C", work / "build")
        self.library = self.prefix / "lib"
        self.headers = self.prefix / "include/kindling/options"
        self.env = {"PKG_CONFIG_PATH": str(self.library / "pkgconfig")}

    def flags(self, *words):
        return run("pkg-config", *words, env=self.env).stdout.split()


def libraries_of(path):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", path).stdout)


def test_the_prefix_is_complete(it):
    for name in ("libkindling-options.a", "libkindling-options.so.0.1.0",
                 "pkgconfig/kindling-options.pc", "pkgconfig/kindling-options-cli11.pc"):
        assert (it.library / name).is_file(), name
    assert (it.library / "libkindling-options.so").is_symlink()
    named = {f"options/{path.name}" for path in it.headers.iterdir()}
    for path in it.headers.iterdir():
        used = set(re.findall(r'#include "(.*)"', path.read_text()))
        assert used <= named, f"{path.name} includes what is not installed: {used - named}"
    # Nothing in it points back to where it was built.
    for path in (it.library / "pkgconfig").iterdir():
        assert str(ROOT) not in path.read_text(), path


def test_the_manual_pages_are_in_the_prefix(it):
    need("scdoc")
    for page in ("man7/options.7", "man3/foreach_option.3"):
        assert (it.prefix / "share/man" / page).stat().st_size > 2000, page


def test_the_shared_library_needs_no_runtime_of_cpp(it):
    shared = it.library / "libkindling-options.so"
    equal(libraries_of(shared), ["libc.so.6"], "libraries")
    assert "[libkindling-options.so.0]" in run("readelf", "-d", shared).stdout
    undefined = run("nm", "-D", "--undefined-only", shared).stdout
    assert not re.search(r" U _Z| __gxx| __cxa_(?!finalize)", undefined), undefined
    archive = run("nm", "--undefined-only", it.library / "libkindling-options.a").stdout
    assert not re.search(r"_ZN?St|__gxx|_Znwm|_ZdlPv|__cxa_", archive), archive


def test_headers_bring_no_header_of_the_cpp_library(it):
    source = it.work / "one.cpp"
    for compiler in ("g++", "clang++"):
        need(compiler)
        for header in ("option.hpp", "option.h"):
            source.write_text(f"#include <options/{header}>\n")
            listed = run(compiler, "-std=c++20", "-M", *it.flags("--cflags", "kindling-options"),
                         source).stdout
            assert header in listed
            assert "/c++/" not in re.sub(r"\S*/(stdbool|stddef|stdint|string)\.h\b", "", listed), \
                listed


def test_every_header_compiles_alone(it):
    for path in sorted(it.headers.iterdir()):
        bridge = path.name.startswith("option_cli11")
        if bridge or path.name == "option_declare.h":
            continue
        languages = [("g++", "cpp", CPP_FLAGS)]
        if path.suffix == ".h":
            languages.append(("gcc", "c", C_FLAGS))
        for compiler, suffix, flags in languages:
            source = it.work / f"alone.{suffix}"
            source.write_text(f"#include <options/{path.name}>\nint main(void) {{ return 0; }}\n")
            run(compiler, *flags, *FLAGS, *it.flags("--cflags", "kindling-options"),
                "-fsyntax-only", source)


def test_the_commands_of_the_tutorial_work(it):
    directory = it.work / "tutorial"
    shutil.copytree(ROOT / "examples", directory)
    text = (ROOT / "options/README.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    assert len(blocks) >= 2, blocks
    env = it.env | {"LD_LIBRARY_PATH": str(it.library),
                    "PATH": f"{it.prefix / 'bin'}:{os.environ['PATH']}"}
    for line in "".join(blocks).splitlines():
        run("bash", "-ec", line, cwd=directory, env=env)
    assert (directory / "hello.fish").stat().st_size > 0


def test_the_tool_makes_completions_from_a_program(it):
    tool = it.prefix / "bin/kindling-options"
    program = it.work / "hello"
    run("gcc", *C_FLAGS, ROOT / "examples/hello.c", "-o", program, f"-Wl,-rpath,{it.library}",
        *it.flags("--cflags", "--libs", "kindling-options"))
    for shell in ("bash", "zsh", "fish"):
        script = run(tool, "completion", shell, program).stdout
        assert "hello" in script and "Whom to greet" in script, script


def test_the_manual_names_every_macro_and_function(it):
    page = (ROOT / "docs/man/foreach_option.3.scd").read_text()
    named = set(re.findall(r"\b\w+\b", page))
    declared = set(re.findall(r"\b(option_\w+)\(", (it.headers / "option.h").read_text()))
    for header in ("option_macros.h", "option_common.h"):
        declared |= set(re.findall(r"^#define ((?:OPTION|VERB|COMMAND|FOREACH)\w*[A-Z])\b",
                                   (it.headers / header).read_text(), re.M))
    declared.discard("OPTION_JOIN")
    assert len(declared) > 100, declared
    assert declared <= named, f"not in the manual: {sorted(declared - named)}"


def check_shorten(program, directory):
    (directory / "file").write_text("".join(f"line {n}\n" for n in range(1, 21)))
    def result(*words, env=None):
        done = run(program, *words, check=False, cwd=directory, env=env)
        return done.returncode, done.stdout, done.stderr
    equal(result("-n2", "file"), (0, "line 1\nline 2\n", ""), "lines")
    equal(result("--skip=1,3", "-s", "5", "-n", "3", "file"),
          (0, "line 2\nline 4\nline 6\n", ""), "skipped")
    equal(result("--bytes", "9", "-q", "file", "file"), (0, "line 1\nliline 1\nli", ""), "bytes")
    equal(result("--color=always", "-n1", "file", "file", env={"TERM": "dumb"})[1],
          "\033[1mfile:\033[0m\nline 1\n" * 2, "colors")
    equal(result("-n1", "-o", "out", "file"), (0, "", ""), "output")
    equal((directory / "out").read_text(), "line 1\n", "file written")
    equal(result("--lines=x", "file"),
          (2, "", "error: invalid value 'x' for option '--lines': expected a number of 0 or more\n"
                  f"hint: Try '{program.name} --help'.\n"), "wrong value")
    equal(result("--lnes=1"),
          (2, "", "error: unrecognized option '--lnes'\n"
                  f"hint: did you mean '--lines'? Try '{program.name} --help'.\n"), "wrong name")
    equal(result("absent"),
          (1, "", "error: cannot open 'absent': No such file or directory\n"), "no such file")
    equal(result("--version"), (0, "shorten 1.0\n", ""), "version")
    status, page, _ = result("--help")
    assert status == 0 and "Print the beginning of files." in page and "--skip=N[,N...]" in page
    # SIGPIPE, and what is left of it when it is ignored.
    for ignore in ("", "trap '' PIPE; "):
        line = f"{ignore}{{ {program} --help; echo $? >&2; }} | true; {ignore}:"
        done = run("bash", "-c", f"{ignore}{{ sleep 0.1; {program} --help; echo $? >&3; }} "
                   "3>status | true", cwd=directory)
        equal((done.stderr, (directory / "status").read_text()), ("", "141\n"), line)


def check_notes(program, directory):
    (directory / "notes.txt").unlink(missing_ok=True)
    def result(*words):
        done = run(program, *words, check=False, cwd=directory)
        return done.returncode, done.stdout, done.stderr
    equal(result("add", "one", "two"), (0, "", ""), "add")
    equal(result("-n"), (0, "1 one\n2 two\n", ""), "the default verb")
    equal(result("add"), (2, "", "error: verb 'add' needs more arguments\n"
                          f"hint: Usage: {program.name} add TEXT...\n"), "too few")
    equal(result("lst")[2], "error: unknown verb 'lst'\nhint: did you mean 'list'? "
                            f"Try '{program.name} --help'.\n", "wrong verb")


def check_hello(program, directory):
    def result(*words):
        done = run(program, *words, check=False, cwd=directory)
        return done.returncode, done.stdout, done.stderr
    equal(result("-n", "you"), (0, "Hello, you!\n", ""), "hello")
    equal(result("you"), (2, "", "error: unexpected argument 'you'\n"
                          f"hint: Try '{program.name} --help'.\n"), "too many")


def check_repeat(program, directory):
    done = run(program, "-n2", "--upper", "a", "b", "--separator=-", cwd=directory)
    equal(done.stdout, "A-B-A-B\n", "repeat")
    done = run(program, "--count", "0", "a", check=False, cwd=directory)
    equal((done.returncode, done.stderr.split("\n")[0]),
          (2, "error: invalid value '0' for option '--count': expected a number from 1 to 100"),
          "wrong count")


def check_program(source, program, directory):
    stem = source.split(".")[0]
    check = {"hello": check_hello, "shorten": check_shorten, "notes": check_notes}
    check.get(stem, check_repeat)(program, directory)


def build_examples(it, compilers, sources, package, more):
    """Each compiled once, linked shared and static, and run."""
    directory = it.work / f"{compilers[0]}-{package}"
    directory.mkdir()
    for source in sources:
        is_c = source.endswith(".c")
        compiler = compilers[0] if is_c else compilers[1]
        program = directory / source.replace(".", "-")
        compiled = directory / f"{source}.o"
        run(compiler, *(C_FLAGS if is_c else more), *FLAGS, *it.flags("--cflags", package),
            "-c", ROOT / "examples" / source, "-o", compiled)
        libs = it.flags("--libs", package)
        run(compiler, compiled, "-o", program, *libs, f"-Wl,-rpath,{it.library}")
        assert "libkindling-options.so.0" in libraries_of(program)
        check_program(source, program, directory)
        libs = it.flags("--static", "--libs", package)
        run(compiler, compiled, "-o", program, "-Wl,-Bstatic", *libs, "-Wl,-Bdynamic")
        assert "libkindling-options.so.0" not in libraries_of(program)
        check_program(source, program, directory)
        if is_c:
            equal(libraries_of(program), ["libc.so.6"], "libraries of a program in C")


def test_no_example_is_left_out(it):
    equal({path.name for path in (ROOT / "examples").glob("*.c*")},
          {*EXAMPLES, *BRIDGED, *ELSEWHERE}, "examples")


def test_gcc_builds_the_examples(it):
    need("g++")
    build_examples(it, COMPILERS[0], EXAMPLES, "kindling-options", CPP_FLAGS)


def test_clang_builds_the_examples(it):
    need("clang++")
    build_examples(it, COMPILERS[1], EXAMPLES, "kindling-options", CPP_FLAGS)


def need_cli11():
    if run("pkg-config", "--exists", "CLI11", check=False).returncode != 0:
        raise Skip("no CLI11")


def test_gcc_builds_the_bridged_examples(it):
    need_cli11()
    build_examples(it, COMPILERS[0], BRIDGED, "kindling-options-cli11", BRIDGED_FLAGS)


def test_clang_builds_the_bridged_examples(it):
    need("clang++")
    need_cli11()
    build_examples(it, COMPILERS[1], BRIDGED, "kindling-options-cli11", BRIDGED_FLAGS)


def check_compiled_as_asked(build, compilers):
    """By what Meson told Ninja: the compiler, the language and no exceptions, for each example."""
    commands = {pathlib.Path(each["file"]).name: each["command"].split()
                for each in json.loads((build / "compile_commands.json").read_text())}
    for source in EXAMPLES:
        is_c = source.endswith(".c")
        wanted = [compilers[0 if is_c else 1], *(C_FLAGS if is_c else CPP_FLAGS), *FLAGS]
        missing = [word for word in wanted if word not in commands[source]]
        assert not missing, f"{source} is compiled without {missing}: {commands[source]}"


def build_with_meson(it, name, compilers, targets=(), env=None):
    """A project that uses the library, installed or, if the name says so, as a subproject."""
    need(compilers[1])
    directory, is_subproject = it.work / f"{compilers[0]}-{name}", name == "subproject"
    directory.mkdir()
    for source in EXAMPLES:
        shutil.copy(ROOT / "examples" / source, directory)
    (directory / "meson.build").write_text(MESON_PROJECT.format(
        subproject="subproject('kindling')" if is_subproject else "", sources=EXAMPLES,
        flags=FLAGS, cpp_flags=CPP_FLAGS[1:]))
    if is_subproject:
        kindling = directory / "subprojects/kindling"
        for part in ("options", "docs/man"):
            shutil.copytree(ROOT / part, kindling / part)
        for file in ("meson.build", "meson_options.txt"):
            shutil.copy(ROOT / file, kindling)
    env = {"CC": compilers[0], "CXX": compilers[1]} | (env or {})
    build = directory / "build"
    run("meson", "setup", build, directory, env=env)
    run("ninja", "-C", build, *targets, env=env)
    check_compiled_as_asked(build, compilers)
    for source in EXAMPLES:
        check_program(source, build / source.replace(".", "-"), directory)


def test_meson_finds_it_by_pkg_config_with_gcc(it):
    build_with_meson(it, "meson", COMPILERS[0], env=it.env)


def test_meson_finds_it_by_pkg_config_with_clang(it):
    build_with_meson(it, "meson", COMPILERS[1], env=it.env)


def test_meson_builds_it_as_a_subproject_with_gcc(it):
    build_with_meson(it, "subproject", COMPILERS[0])


def test_meson_builds_it_as_a_subproject_with_clang(it):
    # Only what the programs need: the rest of the subproject was built with GCC.
    build_with_meson(it, "subproject", COMPILERS[1],
                     [source.replace(".", "-") for source in EXAMPLES])


def main():
    wanted = sys.argv[1:]
    tests = [(name[5:], function) for name, function in globals().items()
             if name.startswith("test_") and (not wanted or any(w in name for w in wanted))]
    passed = failed = skipped = 0
    for program in ("meson", "ninja", "pkg-config", "gcc"):
        need(program)
    with tempfile.TemporaryDirectory() as work:
        it = Installed(pathlib.Path(work).resolve())
        for name, function in tests:
            try:
                function(it)
                passed += 1
            except Skip as reason:
                skipped += 1
                print(f"SKIP {name}: {reason}")
            except AssertionError as failure:
                failed += 1
                print(f"FAIL {name}: {failure}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
