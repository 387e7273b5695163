# SPDX-License-Identifier: MIT
"""Commands of gdb for programs with fibers, running or as a core dump:

    fibers                     a table of all
    fiber N                    backtraces show this one, until the program goes on
    fiber none                 ... show the thread again
    fiber apply all COMMAND    the command for each; numbers instead of "all" are fine
    fiber trace                what the fibers of each loop did last, if that was kept

Nothing is written to the program, not even registers: what a parked fiber was doing is told to gdb
as the caller of whatever its thread does now. Needs debug information.
"""

import gdb
import gdb.unwinder
from gdb.FrameDecorator import FrameDecorator

REGISTRY_VERSION = 2
# Program counter and stack pointer.
REGISTERS = {"i386:x86-64": ("rip", "rsp"), "aarch64": ("pc", "sp")}
STATES = {"initial": "not begun", "suspended": "parked"}


def follow(first, link):
    """The elements of an intrusive list."""
    while first:
        yield first.dereference()
        first = first.dereference()[link]


class Fiber:
    """One fiber as memory shows it."""

    def __init__(self, number, record, loop):
        self.number, self.record, self.loop = number, record, loop
        self.name = record["name_"].string(errors="replace")
        state = str(record["state_"]).rsplit("::", 1)[-1]
        self.state = STATES.get(state, state)
        self.wait = record["wait_"]

    @property
    def parked_at(self):
        """The stack pointer that it left behind; None if it is on its stack."""
        return None if self.state == "running" else int(self.record["context_"]["stack_pointer_"])

    def since(self):
        if not self.wait:
            return ""
        return f"{(int(self.loop['now_ns_']) - int(self.wait['since_ns_'])) / 1e9:.3f} s"

    def waits_for(self):
        if not self.wait:
            return ""
        text = self.wait["what_"].string()
        operation = self.wait["operation_"]
        if operation and int(operation["descriptor"]) >= 0:
            text += f" of descriptor {int(operation['descriptor'])}"
        queue = self.wait["queue_"]
        if queue and queue["name_"].string():
            text += f" \"{queue['name_'].string()}\""
        owner = owner_of(queue)
        if owner is None:
            return text
        fields = [field.name for field in owner.type.strip_typedefs().fields()]
        if "holder_" in fields and owner["holder_"]:
            text += f" held by {owner['holder_']['name_'].string()}"
        if "children_" in fields:
            names = [child["name_"].string()
                     for child in follow(owner["children_"], "next_of_group_")]
            text += " " + ", ".join(names)
        return text

    def origin(self):
        place = self.record["spawned_at_"]
        return f"{place['file'].string()}:{int(place['line'])}"

    def thread(self):
        """The thread of its loop, None if that is not known."""
        place = int(self.loop["registered_"]["thread_place_"])
        threads = registry()["threads"]
        if place > threads.type.range()[1]:
            return None
        number = int(threads[place]["_M_i"])
        return next((thread for thread in gdb.selected_inferior().threads()
                     if number in thread.ptid[1:]), None)


def owner_of(queue):
    """What the queue is part of, if the queue knows it."""
    if not queue:
        return None
    whole = queue.cast(queue.dynamic_type).dereference()
    for field in whole.type.fields():
        if field.type.code == gdb.TYPE_CODE_REF:
            return whole[field.name].referenced_value()
    return None


def registry():
    symbol = gdb.lookup_global_symbol("kindling_fiber_registry")
    if symbol is None:
        raise gdb.GdbError("this program has no fibers, or no debug information about them")
    found = symbol.value()
    if int(found["version"]) != REGISTRY_VERSION:
        raise gdb.GdbError(f"fibers of version {int(found['version'])}, "
                           f"but this script knows {REGISTRY_VERSION}")
    return found


def all_fibers():
    """Those of all loops, numbered from 1, the oldest of each loop first."""
    found = []
    for entry in follow(registry()["first"], "next_"):
        loop = entry["loop_"].dereference()
        records = list(follow(loop["all_"], "next_of_all_"))
        for record in reversed(records):
            found.append(Fiber(len(found) + 1, record, loop))
    return found


class Selection(gdb.unwinder.Unwinder):
    """Makes the selected fiber the caller of the innermost frame."""

    def __init__(self):
        super().__init__("kindling fiber")
        self.fiber = None
        self.innermost = None  # program counter and stack pointer of the thread
        self.parked_pc = None

    def select(self, fiber):
        """None is none."""
        self.fiber = None
        gdb.invalidate_cached_frames()
        if fiber is None:
            return
        names = REGISTERS[gdb.newest_frame().architecture().name()]
        self.innermost = [int(gdb.newest_frame().read_register(name)) for name in names]
        try:
            self.parked_pc = int(gdb.parse_and_eval("(unsigned long)&kindling_fiber_parked"))
        except gdb.error as error:
            raise gdb.GdbError("built with -Dfiber_context=ucontext: no backtraces") from error
        self.fiber = fiber
        gdb.invalidate_cached_frames()

    def __call__(self, pending):
        if self.fiber is None:
            return None
        names = REGISTERS[pending.architecture().name()]
        registers = [pending.read_register(name) for name in names]
        if [int(register) for register in registers] != self.innermost:
            return None
        info = pending.create_unwind_info(Identity(*registers))
        # The rest is found by the unwind tables of the switch, which know its frame.
        for name, register, value in zip(names, registers, (self.parked_pc, self.fiber.parked_at)):
            info.add_saved_register(name, gdb.Value(value).cast(register.type))
        return info


class Identity:
    """What gdb tells frames apart by."""

    def __init__(self, pc, sp):
        self.pc, self.sp = pc, sp


class Seam(FrameDecorator):
    """Stands for the frame of the thread, which has nothing to do with the fiber."""

    def function(self):
        return f"-- the thread; its callers are those of fiber {selection.fiber.name} --"

    def address(self):
        return None

    filename = line = frame_args = frame_locals = address


class SeamFilter:
    """Shows where the thread ends and the fiber begins."""

    def __init__(self):
        self.name, self.priority, self.enabled = "kindling fiber", 100, True
        gdb.frame_filters[self.name] = self

    def filter(self, frames):
        for frame in frames:
            is_seam = selection.fiber is not None and frame.inferior_frame().level() == 0
            yield Seam(frame) if is_seam else frame


def show(fiber):
    """Lets backtraces show a fiber, if it has any."""
    if fiber.state == "not begun":
        raise gdb.GdbError(f"fiber {fiber.number}, {fiber.name}, has not begun")
    selection.select(None)
    thread = fiber.thread()
    if thread is not None and thread.ptid != gdb.selected_thread().ptid:
        thread.switch()
    if fiber.parked_at is not None:
        selection.select(fiber)


def title(fiber):
    waits = f", waits for {fiber.waits_for()}" if fiber.wait else ""
    return f"Fiber {fiber.number} \"{fiber.name}\" ({fiber.state}{waits})"


class FibersCommand(gdb.Command):
    """A table of all fibers: number, state, since when it waits, name, what it waits for."""

    def __init__(self):
        super().__init__("fibers", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        fibers = all_fibers()
        print(f"  {'#':>4} {'state':9} {'since':>12}  {'name':20} waits for (spawned at)")
        for fiber in fibers:
            mark = "*" if selection.fiber and selection.fiber.number == fiber.number else " "
            print(f"{mark} {fiber.number:4} {fiber.state:9} {fiber.since():>12}  {fiber.name:20} "
                  f"{fiber.waits_for()} ({fiber.origin()})")
        print(f"{len(fibers)} fibers")


class FiberCommand(gdb.Command):
    """Selects a fiber by its number, or "none"; backtraces show it until the program goes on."""

    def __init__(self):
        super().__init__("fiber", gdb.COMMAND_STACK, prefix=True)

    def invoke(self, argument, from_tty):
        if argument == "none":
            selection.select(None)
        elif argument:
            show(numbered(argument))
        print(title(selection.fiber) if selection.fiber else "Backtraces show the thread")


class ApplyCommand(gdb.Command):
    """fiber apply all|N... COMMAND: the command for each fiber that has begun."""

    def __init__(self):
        super().__init__("fiber apply", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        words = argument.split()
        if words and words[0] == "all":
            fibers, count = all_fibers(), 1
        else:
            count = next((i for i, word in enumerate(words) if not word.isdigit()), len(words))
            fibers = [numbered(word) for word in words[:count]]
        command = " ".join(words[count:])
        if not fibers or not command:
            raise gdb.GdbError("usage: fiber apply all|N... COMMAND")
        before = selection.fiber
        try:
            for fiber in fibers:
                print(f"\n{title(fiber)}:")
                if fiber.state != "not begun":
                    show(fiber)
                    gdb.execute(command)
        finally:
            selection.select(before)


class TraceCommand(gdb.Command):
    """fiber trace: the last events of each loop, the oldest first."""

    def __init__(self):
        super().__init__("fiber trace", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        for entry in follow(registry()["first"], "next_"):
            events = kept_events(entry["loop_"].dereference()["trace_"])
            for event in events:
                before = (int(events[-1]["at_ns"]) - int(event["at_ns"])) // 1000
                kind = str(event["kind"]).rsplit("::", 1)[-1]
                reason = f", {event['reason'].string()}" if event["reason"] else ""
                print(f"-{before} us: {kind} {event['name'].string(errors='replace')}{reason}")
            print(f"{len(events)} events" if events else "no trace was kept")


def kept_events(trace):
    """Those in the ring, the oldest first."""
    count = int(trace["count_"]) if trace["events_"] else 0
    first = max(0, count - int(trace["events_max"]))
    return [trace["events_"][i % int(trace["slots"])] for i in range(first, count)]


def numbered(text):
    fibers = all_fibers()
    if not text.isdigit() or not 1 <= int(text) <= len(fibers):
        raise gdb.GdbError(f"no fiber \"{text}\"; \"fibers\" lists them")
    return fibers[int(text) - 1]


def forget(_):
    """What runs on has other frames."""
    selection.fiber = None


selection = Selection()
gdb.unwinder.register_unwinder(None, selection, replace=True)
gdb.events.cont.connect(forget)
SeamFilter()
FibersCommand()
FiberCommand()
ApplyCommand()
TraceCommand()
