"""What people write instead of a kernel: SQL per row, in Python and inside PostgreSQL.

Both refuse overdrafts, answer a repeated id with its first outcome, and commit a batch at once.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sandrail.ledger import RowColumns

__all__ = ["PostgresLoop", "SqliteRows"]

POSTED, OVERDRAFT = 1, 28

_SCHEMA = """
CREATE TABLE account (no INTEGER PRIMARY KEY, debits BIGINT NOT NULL, credits BIGINT NOT NULL,
                      guarded SMALLINT NOT NULL);
CREATE TABLE transfer (id {blob} PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL,
                       amount BIGINT NOT NULL, outcome SMALLINT NOT NULL){suffix};
"""


def _ids(rows: RowColumns) -> list[bytes]:
    both = np.empty((len(rows.id_hi), 2), dtype=">u8")
    both[:, 0], both[:, 1] = rows.id_hi, rows.id_lo
    data = both.tobytes()
    return [data[k : k + 16] for k in range(0, len(data), 16)]


def _accounts(accounts: int, funds: int) -> list[tuple[int, int, int, int]]:
    hot = [(0, accounts * funds, 0, 0), (1, 0, 1_000 * funds, 1)]
    return hot + [(no, 0, funds, 1) for no in range(2, accounts + 1)]


class SqliteRows:
    """Four statements a row from Python, WAL and FULL, one transaction a batch."""

    def __init__(self, path: Path, *, accounts: int, funds: int) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA.format(blob="BLOB", suffix=" WITHOUT ROWID"))
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO account VALUES (?, ?, ?, ?)", _accounts(accounts, funds))
        self._db.execute("COMMIT")

    def post(self, rows: RowColumns) -> npt.NDArray[np.uint8]:
        """Post a batch; return an outcome per row."""
        db, outcomes = self._db, []
        db.execute("BEGIN IMMEDIATE")
        columns = (rows.debit.tolist(), rows.credit.tolist(), rows.amount_lo.tolist())
        for id_, debit, credit, amount in zip(_ids(rows), *columns, strict=True):
            known = db.execute("SELECT outcome FROM transfer WHERE id = ?", (id_,)).fetchone()
            if known is not None:
                outcomes.append(known[0])
                continue
            taken = db.execute(
                "UPDATE account SET debits = debits + ?1"
                " WHERE no = ?2 AND (guarded = 0 OR debits + ?1 <= credits)",
                (amount, debit),
            )
            outcome = POSTED if taken.rowcount else OVERDRAFT
            if outcome == POSTED:
                db.execute(
                    "UPDATE account SET credits = credits + ? WHERE no = ?", (amount, credit)
                )
            db.execute(
                "INSERT INTO transfer VALUES (?, ?, ?, ?, ?)",
                (id_, debit, credit, amount, outcome),
            )
            outcomes.append(outcome)
        db.execute("COMMIT")
        return np.array(outcomes, dtype="u1")

    def close(self) -> None:
        """Close the database."""
        self._db.close()


_LOOP = """
CREATE FUNCTION post_batch(ids bytea[], debit_nos int[], credit_nos int[], amounts bigint[])
RETURNS smallint[] LANGUAGE plpgsql AS $$
DECLARE
    answers smallint[] := '{}';
    answer smallint;
    asked record;
BEGIN
    -- unnest, not ids[i]: an element of a bytea[] is found by walking the array.
    FOR asked IN SELECT * FROM unnest(ids, debit_nos, credit_nos, amounts)
                   AS row(id, debit, credit, amount) LOOP
        SELECT outcome INTO answer FROM transfer WHERE id = asked.id;
        IF NOT FOUND THEN
            UPDATE account SET debits = debits + asked.amount
             WHERE no = asked.debit AND (guarded = 0 OR debits + asked.amount <= credits);
            IF FOUND THEN
                UPDATE account SET credits = credits + asked.amount WHERE no = asked.credit;
                answer := 1;
            ELSE
                answer := 28;
            END IF;
            INSERT INTO transfer
            VALUES (asked.id, asked.debit, asked.credit, asked.amount, answer);
        END IF;
        answers := answers || answer;
    END LOOP;
    RETURN answers;
END $$;
"""


class PostgresLoop:
    """One call a batch: a loop in PL/pgSQL, next to the data."""

    def __init__(self, url: str, *, schema: str, accounts: int, funds: int) -> None:
        import psycopg

        self._db = psycopg.connect(url, autocommit=True)
        self._db.execute(f"CREATE SCHEMA {schema}".encode())
        self._db.execute(f"SET search_path TO {schema}".encode())
        self._db.execute(_SCHEMA.format(blob="BYTEA", suffix="").encode())
        self._db.execute(_LOOP.encode())
        with self._db.cursor() as cursor:
            cursor.executemany("INSERT INTO account VALUES (%s, %s, %s, %s)",
                               _accounts(accounts, funds))  # fmt: skip
        self._db.execute(b"ANALYZE account")
        # The loop's plans are made while the table is empty, when scanning all of it looks cheap.
        self._db.execute(b"SET enable_seqscan = off")

    def post(self, rows: RowColumns) -> npt.NDArray[np.uint8]:
        """Post a batch; return an outcome per row."""
        found = self._db.execute(
            "SELECT post_batch(%s::bytea[], %s::int[], %s::int[], %s::bigint[])",
            (_ids(rows), rows.debit.tolist(), rows.credit.tolist(), rows.amount_lo.tolist()),
        ).fetchone()
        assert found is not None
        return np.array(found[0], dtype="u1")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
