# SPDX-License-Identifier: MIT
"""A second, independent opinion on TCG event logs. The product's own reader is core/event_log."""

import dataclasses
import hashlib
import struct

EV_NO_ACTION = 3
NAMES = {0x0004: "sha1", 0x000b: "sha256", 0x000c: "sha384", 0x000d: "sha512"}


@dataclasses.dataclass
class Event:
    pcr: int
    type: int
    digests: dict[str, str]  # bank -> hex
    data: bytes


def read(log: bytes) -> list[Event]:
    """All events of a crypto-agile log, without the header record."""
    size = struct.unpack_from("<I", log, 28)[0]
    header = log[32:32 + size]
    if header[:16] != b"Spec ID Event03\0":
        raise ValueError("not a crypto-agile event log")
    count = struct.unpack_from("<I", header, 24)[0]
    sizes = dict(struct.unpack_from("<HH", header, 28 + 4 * i) for i in range(count))
    events, at = [], 32 + size
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            algorithm = struct.unpack_from("<H", log, at)[0]
            digest = log[at + 2:at + 2 + sizes[algorithm]]
            digests[NAMES.get(algorithm, hex(algorithm))] = digest.hex()
            at += 2 + sizes[algorithm]
        size = struct.unpack_from("<I", log, at)[0]
        if at + 4 + size > len(log):
            raise ValueError("event leaves the log")
        events.append(Event(pcr, kind, digests, log[at + 4:at + 4 + size]))
        at += 4 + size
    return events


def replay(events: list[Event], bank: str) -> dict[int, str]:
    """Register values after all `events`; only registers that some event names."""
    values = {}
    for event in events:
        size = hashlib.new(bank).digest_size
        start = b"\xff" * size if 17 <= event.pcr <= 22 else bytes(size)
        if event.type == EV_NO_ACTION:
            if event.pcr == 0 and event.data.startswith(b"StartupLocality\0"):
                values[0] = bytes(size - 1) + event.data[16:17]
            continue
        old = values.get(event.pcr, start)
        values[event.pcr] = hashlib.new(bank, old + bytes.fromhex(event.digests[bank])).digest()
    return {pcr: value.hex() for pcr, value in sorted(values.items())}
