"""A real process writes a journal and is killed with SIGKILL, again and again.

``python -m tests.journal.killing WHERE --kills 500`` forks a writer per round, kills it after some
milliseconds and asks the journal whether everything the writer acknowledged is there, once. This
tests the order of acknowledgement and the taking over of the writer's place; the power cut, which
also takes what was written but not synced, is the simulator's. Every second writer keeps so small a
log that it is killed while that is extended, written back and begun anew.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import struct
import sys
import time
from random import Random

from sandrail.journal import Draft, Journal, WriterError, json_payload
from sandrail.journal.stores.driver import STDLIB, LogSizes

ACK = struct.Struct(">q8s")
TAKEOVER_TRIES = 400
SMALL_LOG = LogSizes(extend_after=2, kept_bytes=2_000_000, write_back_bytes=200_000)


class Lost(AssertionError):
    """An acknowledged fact is not there, or one is there twice."""


def kill_rounds(
    where: str, *, kills: int, seed: int, longest_ms: int, acknowledge_first: bool
) -> dict[str, int]:
    """Kill ``kills`` writers, each after 2 to ``longest_ms`` ms, and return what was counted.

    Raises:
        Lost: an acknowledged fact is missing or doubled.
    """
    random = Random(seed)
    Journal.create(where, name="killed").close()
    acknowledged = 0
    silent = 0
    for number in range(kills):
        small_log = number % 2 == 1
        seconds = random.uniform(0.002, longest_ms / 1_000)
        acks = _one_round(where, seconds, acknowledge_first, small_log)
        with _take_over(where) as journal:
            _compare(journal, acks)
            acknowledged += len(acks)
            silent += not acks
            total = journal.head.seq + 1
    return {"kills": kills, "acknowledged": acknowledged, "facts": total, "silent_rounds": silent}


def _one_round(
    where: str, seconds: float, acknowledge_first: bool, small_log: bool
) -> list[tuple[int, bytes]]:
    """Fork a writer, wait for its first word, kill it, and return what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            if small_log:
                object.__setattr__(STDLIB, "log_sizes", SMALL_LOG)
            _write_for_ever(where, writing, acknowledge_first)
        finally:
            os._exit(1)
    os.close(writing)
    data = os.read(reading, ACK.size)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while chunk := os.read(reading, 1 << 16):
        data += chunk
    os.close(reading)
    return [ACK.unpack_from(data, at) for at in range(0, len(data) - ACK.size + 1, ACK.size)]


def _write_for_ever(where: str, pipe: int, acknowledge_first: bool) -> None:
    journal = _take_over(where)
    random = Random(journal.head.seq)
    while True:
        n = journal.head.seq + 1
        drafts = [
            Draft("killed.event", k, "writer", json_payload({"n": k, "text": "x" * size}))
            for k, size in enumerate(random.choices((0, 300, 20_000), k=random.randint(1, 4)), n)
        ]
        if acknowledge_first:  # the planted fault
            os.write(pipe, ACK.pack(drafts[-1].at_us, bytes(8)))
        facts = journal.commit(drafts)
        if not acknowledge_first:
            os.write(pipe, b"".join(ACK.pack(fact.seq, fact.hash[:8]) for fact in facts))


def _take_over(where: str) -> Journal:
    """Open for writing; a database needs a moment to notice that the last writer is dead."""
    for _ in range(TAKEOVER_TRIES):
        try:
            return Journal.open(where)
        except WriterError:
            time.sleep(0.005)
    return Journal.open(where)


def _compare(journal: Journal, acks: list[tuple[int, bytes]]) -> None:
    places = {}
    for fact in journal.facts():
        if not fact.payload.startswith(b'{"n":%d,' % fact.seq):
            raise Lost(f"fact {fact.seq} is not the one that was written there")
        places[fact.seq] = fact.hash[:8]
    for seq, start in acks:
        if seq not in places or (any(start) and places[seq] != start):
            raise Lost(f"fact {seq} was acknowledged and is not there")


def main() -> int:
    """Run from the command line; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="tests.journal.killing")
    parser.add_argument("where", help="path or postgresql:// URL of a journal to make")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest-ms", type=int, default=30, help="how long a writer may live")
    parser.add_argument("--acknowledge-first", action="store_true", help="plant the fault")
    options = parser.parse_args()
    try:
        counted = kill_rounds(
            options.where,
            kills=options.kills,
            seed=options.seed,
            longest_ms=options.longest_ms,
            acknowledge_first=options.acknowledge_first,
        )
    except Lost as lost:
        sys.stdout.write(json.dumps({"lost": str(lost)}) + "\n")
        return 1
    sys.stdout.write(json.dumps(counted) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
