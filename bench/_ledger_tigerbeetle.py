"""TigerBeetle on the same workload, through its own Python client, and by its own benchmark.

It needs the client from PyPI and a server: ``TIGERBEETLE_BIN`` names the program.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.ledger import RowColumns

__all__ = ["BATCH_MAX", "TigerBeetle", "own_benchmark", "tigerbeetle_client"]

BATCH_MAX = 8_189
"""Transfers in one message of one megabyte."""

STOP_S = 30
LEDGER, CODE = 1, 1


def tigerbeetle_client() -> ModuleType | None:
    """Return the client's package, or None when it is not installed."""
    try:
        import tigerbeetle
    except ImportError:
        return None
    module: ModuleType = tigerbeetle
    return module


class TigerBeetle:
    """One replica on a new data file, and its client in this process."""

    def __init__(self, client: ModuleType, address: str) -> None:
        self._tb, self._address = client, address

    @classmethod
    @contextmanager
    def started(cls, client: ModuleType, server: str) -> Iterator[TigerBeetle]:
        """Format a data file, start the server, stop it at the end; ``TMPDIR`` has to be a disk."""
        with tempfile.TemporaryDirectory(prefix="sandrail-bench-") as folder:
            data = str(Path(folder) / "0_0.tigerbeetle")
            layout = ["--cluster=0", "--replica=0", "--replica-count=1"]
            subprocess.run([server, "format", *layout, data], check=True, capture_output=True)
            process = subprocess.Popen(
                [server, "start", "--addresses=0", "--cache-grid=256MiB", data],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            assert process.stdout is not None
            try:
                port = int(process.stdout.readline())
                yield cls(client, f"127.0.0.1:{port}")
            finally:
                process.terminate()
                process.wait(STOP_S)

    def open_accounts(self, *, accounts: int, funds: int) -> None:
        """Open an outside account and guarded customers who hold ``funds``, the first more."""
        tb = self._tb
        guarded = tb.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
        outside = accounts + 1
        asked = [tb.Account(id=outside, ledger=LEDGER, code=CODE)]
        asked += [
            tb.Account(id=no, ledger=LEDGER, code=CODE, flags=guarded)
            for no in range(1, accounts + 1)
        ]
        funding = [
            tb.Transfer(
                id=no, debit_account_id=outside, credit_account_id=no,
                amount=funds * (1_000 if no == 1 else 1), ledger=LEDGER, code=CODE,
            )
            for no in range(1, accounts + 1)
        ]  # fmt: skip
        with tb.ClientSync(cluster_id=0, replica_addresses=self._address) as client:
            for start in range(0, len(asked), BATCH_MAX):
                client.create_accounts(asked[start : start + BATCH_MAX])
            for start in range(0, len(funding), BATCH_MAX):
                client.create_transfers(funding[start : start + BATCH_MAX])

    def transfers(self, rows: RowColumns) -> list[Any]:
        """Return the client's objects for a batch; made beforehand, so that no time counts."""
        columns = (rows.id_hi, rows.id_lo, rows.debit, rows.credit, rows.amount_lo)
        return [
            self._tb.Transfer(
                id=(hi << 64) | lo, debit_account_id=debit, credit_account_id=credit,
                amount=amount, ledger=LEDGER, code=CODE,
            )
            for hi, lo, debit, credit, amount in zip(*(c.tolist() for c in columns), strict=True)
        ]  # fmt: skip

    def post(self, batches: Sequence[Sequence[Any]]) -> npt.NDArray[np.bool_]:
        """Post batches one after the other; return whether each transfer was created."""
        accepted: list[bool] = []
        created = self._tb.CreateTransferStatus.CREATED
        with self._tb.ClientSync(cluster_id=0, replica_addresses=self._address) as client:
            for batch in batches:
                results = client.create_transfers(batch)
                accepted += [result.status == created for result in results]
        return np.array(accepted)

    def post_from_callers(self, transfers: Sequence[Any], callers: int) -> int:
        """Let callers post their share one by one, all at once; return how many were created."""
        return asyncio.run(self._call(transfers, callers))

    async def _call(self, transfers: Sequence[Any], callers: int) -> int:
        created = self._tb.CreateTransferStatus.CREATED
        async with self._tb.ClientAsync(cluster_id=0, replica_addresses=self._address) as client:

            async def caller(mine: Sequence[Any]) -> int:
                return sum(
                    [(await client.create_transfers([one]))[0].status == created for one in mine]
                )

            answers = await asyncio.gather(*(caller(transfers[k::callers]) for k in range(callers)))
        return sum(answers)


def own_benchmark(server: str, *, transfers: int) -> dict[str, float]:
    """Run the benchmark that the server brings along; nothing is refused in it."""
    done = subprocess.run(
        [server, "benchmark", f"--transfer-count={transfers}", "--account-count-hot=1",
         "--transfer-hot-percent=50"],
        capture_output=True, text=True, check=False, timeout=600, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    found = re.search(r"([\d.]+) tx/s", done.stdout + done.stderr)
    return {"tigerbeetle_own": float(found[1])} if found else {}
