"""The durable ledger: a book whose every change is a fact before anybody hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.journal import Draft, Fact, Journal, Json, encode_frame, frame_of, json_payload
from sandrail.ledger.book import Balance, Book, TrialLine
from sandrail.ledger.codes import AccountFlag
from sandrail.ledger.errors import AccountError, BalanceError, HaltedError, KeyConflictError
from sandrail.ledger.facts import (
    ACCOUNTS_OPENED,
    ASSET_DEFINED,
    BATCH,
    FLAGS_SET,
    LEDGER_KINDS,
    apply_fact,
    asset_of_fact,
    batch_columns,
    key_of_batch,
)
from sandrail.ledger.limits import ASSETS_MAX, KEY_CHARS_MAX
from sandrail.ledger.rows import body_hash, checked_rows
from sandrail.ledger.state import ROW_DTYPES, RowColumns
from sandrail.money import Asset, Money
from sandrail.world import SYSTEM, AccountNo

__all__ = ["Ledger", "Posted"]

_NO_BALANCES = np.zeros((0, 8), dtype="<u8")
_RESERVED = {*ROW_DTYPES, "outcome"}


@dataclass(frozen=True, slots=True)
class Posted:
    """The durable answer to a batch.

    Attributes:
        seq: the fact that records it.
        outcomes: u1[rows], see ``Outcome``.
        debit_after, credit_after: u8[rows, 8], both accounts right after each row, as
            ``Balance.of`` reads them; empty for a repeated batch.
        repeated: whether the key had been used before, so that this is the first answer again.
    """

    seq: int
    outcomes: npt.NDArray[np.uint8]
    debit_after: npt.NDArray[np.uint64]
    credit_after: npt.NDArray[np.uint64]
    repeated: bool = False


class Ledger:
    """Books kept in a journal. One ledger object writes a journal at a time."""

    def __init__(self, journal: Journal, *, actor: str = SYSTEM.id) -> None:
        """Use ``Ledger.open``, which replays what the journal holds."""
        self.book = Book()
        self._journal = journal
        self._actor = actor
        self._assets: list[Asset] = []
        self._keys: dict[str, tuple[int, str]] = {}
        self._halted = False

    @classmethod
    def open(cls, journal: Journal, *, actor: str = SYSTEM.id) -> Ledger:
        """Replay the journal's facts into a book and be ready to post.

        Raises:
            ReplayError: a recorded outcome or balance does not follow from the facts before it.
            BalanceError: the debits of an asset differ from its credits after all facts.
        """
        ledger = cls(journal, actor=actor)
        for fact in journal.facts(kinds=LEDGER_KINDS):
            ledger.apply(fact)
        ledger.require_balance()
        return ledger

    def apply(self, fact: Fact) -> None:
        """Let a recorded fact happen to the book: on opening, or when another room committed it."""
        if fact.kind == ASSET_DEFINED:
            number, asset = asset_of_fact(fact)
            self._require_next_asset(number)
            self._assets.append(asset)
        apply_fact(self.book, fact)
        if fact.kind == BATCH:
            key, body = key_of_batch(fact)
            self._keys[key] = (fact.seq, body)

    # --- assets and accounts ---

    @property
    def assets(self) -> Sequence[Asset]:
        """The assets, by number."""
        return tuple(self._assets)

    def define_asset(self, asset: Asset, *, at_us: int) -> int:
        """Add an asset and return its number; defining the same asset again changes nothing.

        Raises:
            AccountError: another asset has that code, or there are too many.
        """
        for number, known in enumerate(self._assets):
            if known == asset:
                return number
            if known.code == asset.code:
                raise AccountError(
                    f"{asset.code} is already the code of another asset.",
                    why=f"That one has scale {known.scale} and kind {known.kind}.",
                    fix="Choose another code.",
                )
        number = len(self._assets)
        self._require_next_asset(number)
        payload = json_payload(
            {
                "asset_no": number,
                "code": asset.code,
                "scale": asset.scale,
                "kind": str(asset.kind),
                "caip19": asset.caip19,
            }
        )
        with self._commit_or_halt():
            self._journal.commit([Draft(ASSET_DEFINED, at_us, self._actor, payload)])
            self._assets.append(asset)
        return number

    def open_accounts(
        self,
        *,
        asset: npt.NDArray[np.int32],
        chart: npt.NDArray[np.int32],
        owner: npt.NDArray[np.int64],
        flags: npt.NDArray[np.uint32],
        at_us: int,
    ) -> AccountNo:
        """Open accounts, one per row of the columns; return the number of the first.

        Raises:
            AccountError: unequal columns, an unknown asset, or too many accounts.
        """
        if len(asset) and int(asset.max()) >= len(self._assets):
            raise AccountError(
                f"There is no asset {int(asset.max())}.",
                why=f"{len(self._assets)} assets are defined.",
                fix="Call define_asset first.",
            )
        first = self.book.account_count
        columns: dict[str, npt.NDArray[Any]] = {
            "asset": asset,
            "chart": chart,
            "owner": owner,
            "flags": flags,
        }
        self.book.require_accounts(asset=asset, chart=chart, owner=owner, flags=flags)
        with self._commit_or_halt():
            self.book.open_accounts(asset=asset, chart=chart, owner=owner, flags=flags)
            self._commit_frame(ACCOUNTS_OPENED, at_us, columns, {"first": first})
        return AccountNo(first)

    def open_account(
        self,
        *,
        asset: int,
        chart: int = 0,
        owner: int = -1,
        flags: AccountFlag = AccountFlag.NONE,
        at_us: int,
    ) -> AccountNo:
        """Open one account and return its number."""
        return self.open_accounts(
            asset=np.array([asset], "<i4"),
            chart=np.array([chart], "<i4"),
            owner=np.array([owner], "<i8"),
            flags=np.array([int(flags)], "<u4"),
            at_us=at_us,
        )

    def set_flags(
        self, flags: Mapping[int, AccountFlag], *, reason: str, at_us: int, actor: str | None = None
    ) -> Fact:
        """Freeze, unfreeze or close accounts, all or none, and record why.

        Raises:
            AccountError: there is no such account.
            AccountInUseError: an account to be closed holds money or a pending transfer.
            InstantError: ``at_us`` lies before the last batch.
        """
        self.book.require_instant(at_us)
        before = {account: self.book.flags(account) for account in flags}
        done = False
        try:
            for account, bits in flags.items():
                self.book.set_flags(account, bits)
            done = True
        finally:
            if not done:
                for account, bits in before.items():
                    self.book.set_flags(account, bits)
        columns = {
            "account": np.array(list(flags), dtype="<i8"),
            "flags": np.array([int(bits) for bits in flags.values()], dtype="<u4"),
        }
        with self._commit_or_halt():
            return self._commit_frame(FLAGS_SET, at_us, columns, {"reason": reason}, actor)

    # --- posting ---

    def post(
        self,
        rows: RowColumns,
        key: str,
        at_us: int,
        *,
        context: Mapping[str, npt.NDArray[Any]] | None = None,
    ) -> Posted:
        """Post a batch and return its durable outcomes.

        Args:
            rows: the batch.
            key: names the request for ever: the same key and body give the first answer again.
            at_us: the batch instant; not before the last one.
            context: further columns to record beside the rows, such as ``decision_hi`` and
                ``decision_lo`` (the decision behind each row) or ``valid_us`` (value dates).

        Raises:
            KeyConflictError: the key was used for another body.
            RowsError, InstantError: nothing was posted.
            HaltedError: an earlier commit failed.
        """
        rows = checked_rows(rows)
        body = body_hash(rows)
        known = self._keys.get(key)
        if known is not None:
            return self._repeat(key, known, body)
        self._require_key(key)
        extra = _checked_context(context, len(rows.id_lo))
        self.book.require_instant(at_us)
        self.book.reserve(len(rows.id_lo))
        with self._commit_or_halt():
            result = self.book.post(rows, at_us, with_balances=True)
            columns = batch_columns(rows, result) | extra
            fact = self._commit_frame(BATCH, at_us, columns, {"key": key, "body": body})
            self._keys[key] = (fact.seq, body)
        return Posted(fact.seq, result.outcomes, result.debit_after, result.credit_after)

    def next_key(self, name: str) -> str:
        """Return a batch key that was never used: the name and the place of the next fact."""
        return f"{name}/{self._journal.head.seq + 1}"

    def _repeat(self, key: str, known: tuple[int, str], body: str) -> Posted:
        seq, first_body = known
        if body != first_body:
            raise KeyConflictError(
                f"The key {key!r} was used for another batch.",
                why=f"Fact {seq} records it with the body {first_body[:16]}, this one has"
                f" {body[:16]}.",
                fix="Use a new key for a new request.",
                seq=seq,
            )
        outcomes = frame_of(self._journal.fact(seq)).columns["outcome"]
        return Posted(seq, outcomes, _NO_BALANCES, _NO_BALANCES, repeated=True)

    # --- reading ---

    def balance(self, account: int) -> Balance:
        """Return an account's four balances as of now."""
        return self.book.balance(account)

    def money(self, account: int) -> Money:
        """Return what a customer's account holds: credits less debits, posted.

        Raises:
            AmountError: the account has a debit balance.
        """
        return Money(self.asset_of(account), self.book.balance(account).net_credit)

    def asset_of(self, account: int) -> Asset:
        """Return the asset of an account."""
        return self._assets[self.book.asset_of(account)]

    def trial_balance(self) -> list[TrialLine]:
        """Return one line per asset."""
        return self.book.trial_balance()

    def require_balance(self) -> None:
        """Refuse to go on when debits and credits of an asset differ."""
        for line in self.book.trial_balance():
            if not line.balances:
                raise BalanceError(
                    f"Asset {line.asset} does not balance.",
                    why=f"Debits {line.debits_posted} posted, {line.debits_pending} pending;"
                    f" credits {line.credits_posted} and {line.credits_pending}.",
                    fix="Stop, keep the journal as it is, and run the ledger check.",
                )

    # --- inside ---

    def _commit_frame(
        self,
        kind: str,
        at_us: int,
        columns: Mapping[str, npt.NDArray[Any]],
        meta: Mapping[str, Json],
        actor: str | None = None,
    ) -> Fact:
        draft = Draft(kind, at_us, actor or self._actor, encode_frame(columns, meta))
        return self._journal.commit([draft])[0]

    @contextmanager
    def _commit_or_halt(self) -> Iterator[None]:
        """Change book and journal together; when that fails half-way, take no more changes.

        Whatever may refuse a request is asked before this begins.
        """
        if self._halted:
            raise HaltedError(
                "This ledger has stopped.",
                why="A commit failed, so its book may be ahead of its journal.",
                fix="Open the journal and the ledger again; what is recorded is sound.",
            )
        self._halted = True
        yield
        self._halted = False

    def _require_key(self, key: str) -> None:
        if not 0 < len(key) <= KEY_CHARS_MAX or not key.isprintable():
            raise KeyConflictError(
                f"{key[:KEY_CHARS_MAX]!r} cannot be a batch key.",
                why=f"A key has 1 to {KEY_CHARS_MAX} printable characters.",
                fix="Use a UUID, or a name such as day-3/purchases.",
                code="ledger.bad_key",
            )

    def _require_next_asset(self, number: int) -> None:
        if number != len(self._assets) or number >= ASSETS_MAX:
            raise AccountError(
                f"The asset number {number} cannot be given.",
                why=f"The next one is {len(self._assets)}; a book has at most {ASSETS_MAX}.",
                fix="Define assets through one ledger only.",
            )


def _checked_context(
    context: Mapping[str, npt.NDArray[Any]] | None, rows: int
) -> dict[str, npt.NDArray[Any]]:
    """Return the context columns; refuse one that would pass for a column of the ledger."""
    extra = dict(context or {})
    for name, column in extra.items():
        if name in _RESERVED or "." in name or len(column) != rows:
            raise AccountError(
                f"The context column {name} cannot be recorded.",
                why=f"It has {len(column)} rows for {rows}, or its name is one of the ledger's.",
                fix="Choose another name, without a dot, and give one value per row.",
            )
    return extra
