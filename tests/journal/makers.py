"""Makers of journal values for tests."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sandrail.journal import Draft, Fact, Head, Journal, encode_frame, json_payload

AT_US = 1_767_225_600_000_000


def draft(n: int, *, size: int = 0) -> Draft:
    """Return the ``n``-th of a row of distinct drafts, with ``size`` more bytes of payload."""
    payload = json_payload({"n": n, "text": "x" * size})
    return Draft(f"test.event{n % 3}", AT_US + n, f"tester:{n % 2}", payload)


def drafts(*numbers: int, size: int = 0) -> list[Draft]:
    return [draft(n, size=size) for n in numbers]


def frame_draft(rows: int, *, seed: int = 1) -> Draft:
    """Return a draft with a frame of ``rows`` transfers and a second table beside them."""
    random = np.random.default_rng(seed)
    columns = {
        "id_hi": random.integers(0, 2**63, rows, dtype=np.uint64),
        "id_lo": np.arange(rows, dtype=np.uint64),
        "debit": random.integers(0, 100, rows, dtype=np.int64),
        "outcome": random.integers(0, 5, rows, dtype=np.uint8),
        "tx_hash": random.integers(0, 256, (rows, 32), dtype=np.uint8),
        "touched.no": np.arange(3, dtype=np.int64),
    }
    return Draft("ledger.batch", AT_US, "firm:a", encode_frame(columns, {"key": f"k{seed}"}))


def filled(journal: Journal, count: int) -> Journal:
    """Commit ``count`` drafts in commits of one to three facts."""
    n = 0
    while n < count:
        step = min(1 + n % 3, count - n)
        journal.commit(drafts(*range(n, n + step)))
        n += step
    return journal


def heads(facts: Iterable[Fact]) -> list[Head]:
    return [fact.head for fact in facts]
