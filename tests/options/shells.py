# SPDX-License-Identifier: MIT
"""Starts shells and asks them to complete, as a person would with the tabulator key."""

import os
import pty
import re
import select
import subprocess
import time

TIMEOUT_S = 20
# In bash, called as readline calls it.
BASH_ASK = """
source "$1"
eval "$3"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function=$(complete -p "${COMP_WORDS[0]##*/}") || exit 1
function=${function#*-F }
"${function%% *}" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}"
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
"""
# Notes what is added while it is added. Calls with -O, -A and -D only try.
ZSH_START = """
PS1='> ' PS2= RPS1=
unsetopt beep zle_bracketed_paste 2>/dev/null
LISTMAX=0
[[ -z $FUNCTIONS ]] || fpath=("$FUNCTIONS" "${(@)fpath}")
autoload -Uz compinit && compinit -u -D
compadd() {
    builtin compadd "$@"
    local result=$?
    if [[ ${argv[(I)-[OAD]]} = 0 ]]; then
        local -a added
        builtin compadd -O added "$@"
        print -rl -- "${(@)added}" >>"$ADDED"
    fi
    return result
}
"""
FISH_ASK = """
source $argv[1]
complete -C $argv[2]
"""


def environment(bin_directory, home, **more):
    """Nothing of the person's own set-up gets in."""
    return {"PATH": f"{bin_directory}:{os.environ['PATH']}", "HOME": home, "TERM": "xterm",
            "LC_ALL": "C.UTF-8", "HISTFILE": "", "INPUTRC": "/dev/null", **more}


class Terminal:
    """A shell on a terminal of its own."""

    # What is shown then: it asks for brackets around what is pasted, or puts the cursor behind a
    # prompt.
    READY = {"bash": r"\x1b\[\?2004h", "zsh": r"\x1b\[\?2004h", "fish": r"\x1b\[K\r\x1b\[\d+C"}

    def __init__(self, words, env, directory):
        self.shown, self.ready = b"", self.READY[words[0]]
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.chdir(directory)
            os.execvpe(words[0], words, env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.master)  # hangs up
        os.waitpid(self.process, 0)

    def send(self, text):
        os.write(self.master, text.encode())

    def read_until(self, pattern, start=0):
        """Waits until what was shown since `start` has the pattern; the match."""
        end = time.monotonic() + TIMEOUT_S
        while True:
            match = re.compile(pattern.encode(), re.S).search(self.shown, start)
            if match:
                return match
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError(f"no {pattern!r} in {self.shown[start:]!r}")
            try:
                self.shown += os.read(self.master, 4096)
            except OSError as error:
                raise AssertionError(f"the shell ended: {self.shown!r}") from error

    def wait_until_ready(self, start=0):
        """Until the shell reads keys itself; before, the terminal would take a tabulator."""
        self.read_until(self.ready, start)

    def run(self, line):
        """Runs a line and waits until the shell is ready for another one; what was shown."""
        start = len(self.shown)
        self.send(f"{line}; echo do''ne\r")
        match = self.read_until(r"done\r?\n", start)
        self.wait_until_ready(match.end())
        return self.shown[start:match.end()].decode()

    def words_after_tab(self, line):
        """Types a line and a tabulator; the words of the line as the shell then reads them."""
        start = len(self.shown)
        self.send(line + "\t")
        self.send("\x01show-words \r")
        match = self.read_until(r"<\[(.*?)\]>", start)
        self.wait_until_ready(match.end())
        return match[1].decode().split("|")[1:]


class Shell:
    """One shell with a script to ask."""

    def __init__(self, name, script, bin_directory, work):
        self.name, self.script, self.work = name, script, work
        self.env = environment(bin_directory, os.path.join(work, "home"),
                               ADDED=os.path.join(work, "added"))

    def run(self, *words):
        done = subprocess.run(words, env=self.env, cwd=self.work, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TIMEOUT_S, check=False, text=True)
        if done.returncode or done.stderr:
            raise AssertionError(f"{self.name}: {done}")
        return done.stdout

    def close(self):
        """Ends what runs."""

    def process_id(self):
        """Of a process that completions can see."""
        return os.getpid()

    def start(self):
        """An interactive one that has read the script."""
        words = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"],
                 "fish": ["fish", "--no-config", "-i"]}[self.name]
        terminal = Terminal(words, self.env, self.work)
        terminal.wait_until_ready()
        if self.name == "zsh":
            start = os.path.join(self.work, "start.zsh")
            with open(start, "w", encoding="utf-8") as file:
                file.write(ZSH_START)
            terminal.run(f"source {start}")
        terminal.run(f"source {self.script}")
        return terminal


class Bash(Shell):
    """Also knows what would replace the word that the cursor is in."""

    def ask(self, line, setting=""):
        answer = self.run("bash", "--norc", "--noprofile", "-c", BASH_ASK, "bash", self.script,
                          line, setting)
        return sorted(answer.splitlines())


class Fish(Shell):
    """Gives whole words; descriptions stand behind a tabulator."""

    def ask_with_help(self, line):
        answer = self.run("fish", "--no-config", "-c", FISH_ASK, self.script, line)
        pairs = (each.partition("\t") for each in answer.splitlines())
        return {value: help for value, _, help in pairs}

    def ask(self, line):
        return sorted(self.ask_with_help(line))


class Zsh(Shell):
    """Can only be asked on a terminal, where one stays open."""

    def __init__(self, name, script, bin_directory, work, functions=""):
        super().__init__(name, script, bin_directory, work)
        self.env["FUNCTIONS"] = functions
        self.terminal = self.start()

    def process_id(self):
        return self.terminal.process  # its own completions are about this terminal

    def close(self):
        self.terminal.__exit__()

    def ask(self, line):
        added = self.env["ADDED"]
        open(added, "w", encoding="utf-8").close()
        # Then the line is given up: another one tells when it is done.
        self.listing = self.terminal.run(line + "\t\x05\x15true")
        with open(added, encoding="utf-8") as file:
            return sorted(set(file.read().splitlines()) - {""})
