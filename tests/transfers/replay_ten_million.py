"""Judge a stream meant to hurt, then run the journal alone again, and compare every answer.

The first pass is the path itself: a durable journal, chains, holds, retries, rules, lists and the
emergency stop changing in mid-stream. What each row was told (decision, rule, mask of objections,
excess, outcome) goes into a digest at once. The second pass knows only the journal: it computes
every answer anew, compares it with the recorded one, and must arrive at the same digest, the same
balances and the same memory of the gate. Run it as
``python -m tests.transfers.replay_ten_million [--transfers 10000000] [--seed 1] [--fault]``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sandrail.journal import Journal, frame_of
from sandrail.ledger import Outcome
from sandrail.transfers import (
    KIND_BATCH,
    Floor,
    InstructionBatch,
    InstructionError,
    JudgedBatch,
    ReplayMismatch,
    rebuild,
)
from sandrail.transfers.replay import KINDS
from tests.transfers.adversary import Adversary

__all__ = ["Compared", "compare_world", "faulty_replay"]

BATCH = 8_190
WORLD = 500_000
"""Transfers of one journal; then another world begins, with another seed."""
PARTIES = 400


class Compared(NamedTuple):
    """What one world came to.

    Attributes:
        transfers: rows answered; outcomes: how many of each, by name.
        inline_s, replay_s: seconds of the two passes.
    """

    transfers: int
    outcomes: dict[str, int]
    inline_s: float
    replay_s: float


class Digest:
    """Every answer in order, as one hash."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.outcomes = np.zeros(256, dtype=np.int64)

    def add(self, judged: JudgedBatch) -> None:
        """Take the answers to one batch."""
        for column in (*judged.found, judged.outcome, judged.expired, judged.balances):
            self._hash.update(np.ascontiguousarray(column).data)
        self.outcomes += np.bincount(judged.outcome, minlength=256)

    def state(self, floor: Floor) -> str:
        """Return the digest with where the floor stands now."""
        whole, used, parties = self._hash.copy(), int(floor.gate.totals[0]), floor.parties.count
        for column in (floor.gate.totals, floor.gate.events[:used], floor.gate.party[:parties]):
            whole.update(np.ascontiguousarray(column).data)
        whole.update(floor.book.state_hash().encode())
        return whole.hexdigest()


def compare_world(seed: int, transfers: int, folder: Path, *, rows: int = BATCH) -> Compared:
    """Judge so many transfers inline, replay them, and require equality to the bit.

    Raises:
        ReplayMismatch: an answer came out otherwise; AssertionError: where it ended did.
    """
    place = folder / f"world-{seed}.db"
    with Journal.create(place, name="replay") as journal:
        adversary = Adversary(seed, journal, parties=max(12, min(PARTIES, transfers // 50)))
        started = time.perf_counter()
        inline = _judge(adversary, transfers, rows)
        inline_s = time.perf_counter() - started
        wanted = inline.state(adversary.desk.floor)
        pack = adversary.desk.floor.terms.pack
    started = time.perf_counter()
    with Journal.open(place) as journal:
        replayed = Digest()
        with _listening(replayed.add):
            floor = rebuild(journal.facts(kinds=KINDS), pack)
        recorded = sum(frame_of(fact).rows for fact in journal.facts(kinds=[KIND_BATCH]))
    replay_s = time.perf_counter() - started
    assert replayed.state(floor) == wanted, f"seed {seed}: inline and replay end differently"
    assert recorded == int(inline.outcomes.sum()) == int(replayed.outcomes.sum())
    named = {Outcome(n).name: int(inline.outcomes[n]) for n in np.flatnonzero(inline.outcomes)}
    return Compared(recorded, named, inline_s, replay_s)


def _judge(adversary: Adversary, transfers: int, rows: int) -> Digest:
    digest, number = Digest(), 0
    with _listening(digest.add):
        while int(digest.outcomes.sum()) < transfers:
            adversary.act()
            batch: InstructionBatch = adversary.batch(rows)
            number += 1
            try:
                answers = adversary.desk.submit(batch, key=str(number))
            except InstructionError:
                continue
            adversary.hear(batch, answers.outcome)
    return digest


@contextmanager
def _listening(hear: Callable[[JudgedBatch], None]) -> Iterator[None]:
    """Let somebody hear every batch that a floor judges."""
    judge = Floor.judge

    def heard(self: Floor, *args: object) -> JudgedBatch:
        judged = judge(self, *args)  # type: ignore[arg-type]
        hear(judged)
        return judged

    Floor.judge = heard  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Floor.judge = judge  # type: ignore[method-assign]


@contextmanager
def faulty_replay() -> Iterator[None]:
    """Plant a fault: with every fact the replay counts one unit of client funds too many."""
    forgotten = rebuild.__globals__["apply_fact"]

    def forgetful(floor: Floor, fact: object) -> None:
        forgotten(floor, fact)
        floor.gate.totals[1] += 1

    rebuild.__globals__["apply_fact"] = forgetful
    try:
        yield
    finally:
        rebuild.__globals__["apply_fact"] = forgotten


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the comparison and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transfers", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="store_true", help="replay with a planted fault")
    asked = parser.parse_args()
    done, inline_s, replay_s = 0, 0.0, 0.0
    outcomes: dict[str, int] = {}
    seed = asked.seed
    while done < asked.transfers:
        with tempfile.TemporaryDirectory() as folder:
            try:
                if asked.fault:
                    with faulty_replay():
                        world = compare_world(seed, min(WORLD, asked.transfers), Path(folder))
                else:
                    world = compare_world(seed, min(WORLD, asked.transfers - done), Path(folder))
            except (ReplayMismatch, AssertionError) as error:
                _say(f"seed {seed}: NOT EQUAL: {error}")
                return 1
        done, seed = done + world.transfers, seed + 1
        inline_s, replay_s = inline_s + world.inline_s, replay_s + world.replay_s
        for name, count in world.outcomes.items():
            outcomes[name] = outcomes.get(name, 0) + count
        _say(f"{done:>12,} transfers equal; inline {inline_s:.0f} s, replay {replay_s:.0f} s")
    _say(", ".join(f"{name} {count:,}" for name, count in sorted(outcomes.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
