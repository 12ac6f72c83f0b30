"""The durable ledger: a book whose every change is a fact before anybody hears of it."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.journal import (
    Draft,
    Fact,
    Head,
    Journal,
    Json,
    Snapshot,
    SnapshotWarning,
    encode_frame,
    frame_of,
    json_payload,
)
from sandrail.ledger.book import Balance, Book, TrialLine
from sandrail.ledger.codes import AccountFlag
from sandrail.ledger.errors import (
    AccountError,
    BalanceError,
    HaltedError,
    KeyConflictError,
    SnapshotDamagedError,
)
from sandrail.ledger.facts import (
    ACCOUNTS_OPENED,
    ASSET_DEFINED,
    BATCH,
    FLAGS_SET,
    LEDGER_KINDS,
    apply_fact,
    asset_of_fact,
    batch_columns,
    differs,
    key_of_batch,
    rows_of_frame,
)
from sandrail.ledger.history import book_as_of
from sandrail.ledger.limits import ASSETS_MAX, KEY_CHARS_MAX, RECENT_ROWS_MAX
from sandrail.ledger.rows import body_hash, checked_rows
from sandrail.ledger.snapshot import (
    BOOK_FORM,
    book_from_parts,
    book_to_parts,
    keys_from_parts,
    keys_to_parts,
)
from sandrail.ledger.state import ROW_DTYPES, RowColumns
from sandrail.money import Asset, AssetKind, Money
from sandrail.world import SYSTEM, AccountNo, InputError, parse_canonical

__all__ = ["Ledger", "Posted"]

SNAPSHOT_NAME = "ledger.book"
_RESERVED = {*ROW_DTYPES, "outcome"}


@dataclass(frozen=True, slots=True)
class Posted:
    """The durable answer to a batch.

    Attributes:
        seq: the fact that records it.
        outcomes: u1[rows], see ``Outcome``.
        debit_after, credit_after: u8[rows, 8], both accounts right after each row, as
            ``Balance.of`` reads them; the first answer's, also for a repeated batch.
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
        self._keys: dict[str, int] = {}
        self._recent: OrderedDict[int, Posted] = OrderedDict()
        self._recent_rows = 0
        self._read_until = 0
        self._halted = False

    @classmethod
    def open(cls, journal: Journal, *, actor: str = SYSTEM.id, use_snapshot: bool = True) -> Ledger:
        """Rebuild the book from the journal's facts and be ready to post.

        A snapshot that ``keep_snapshot`` left saves the facts before it; the facts after it are
        replayed. One that cannot be used is passed over with a ``SnapshotWarning``, and all facts
        are replayed. ``check_book`` never looks at it.

        Raises:
            ReplayError: a recorded outcome or balance does not follow from the facts before it.
            BalanceError: the debits of an asset differ from its credits after all facts.
        """
        ledger = cls(journal, actor=actor)
        found = journal.snapshot(SNAPSHOT_NAME, version=BOOK_FORM) if use_snapshot else None
        if found is not None:
            ledger._start_from(found)
        for fact in journal.facts(ledger._read_until, kinds=LEDGER_KINDS):
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
            self._keys[key_of_batch(fact)[0]] = fact.seq
        self._read_until = fact.seq + 1

    def keep_snapshot(self) -> Head:
        """Keep the book as it is beside the journal, so that opening is fast; return up to where.

        It costs one transaction of about 64 bytes a transfer: do it at a quiet moment or on
        closing, not after every batch.

        Raises:
            HaltedError: an earlier commit failed, so the book may be ahead of its journal.
            AccountError: facts were recorded that this ledger has not been told of.
        """
        self._require_running()
        head = self._journal.head
        missed = next(self._journal.facts(self._read_until, kinds=LEDGER_KINDS), None)
        if missed is not None:
            raise AccountError(
                "This book is behind its journal.",
                why=f"Fact {missed.seq} ({missed.kind}) was recorded by somebody else.",
                fix="Pass it to Ledger.apply, or open the ledger again.",
            )
        keys, book = keys_to_parts(self._keys), book_to_parts(self.book)
        header = {
            "assets": [_plain_asset(number, asset) for number, asset in enumerate(self._assets)],
            "key_parts": len(keys),
        }
        parts = [json_payload(header), *keys, *book]
        self._journal.put_snapshot(SNAPSHOT_NAME, parts, head=head, version=BOOK_FORM)
        return head

    def _start_from(self, found: Snapshot) -> None:
        """Take the state of a snapshot; leave everything as it is when that is damaged."""
        try:
            header = parse_canonical(found.parts[0])
            if not isinstance(header, dict) or type(header.get("key_parts")) is not int:
                raise SnapshotDamagedError("It has no header of a ledger.")
            split = 1 + header["key_parts"]
            assets = [_asset_of(plain) for plain in header["assets"]]
            keys, book = keys_from_parts(found.parts[1:split]), book_from_parts(found.parts[split:])
        except (InputError, KeyError, TypeError, ValueError) as error:
            warnings.warn(
                f"The snapshot {SNAPSHOT_NAME} cannot be read ({error}); all facts are replayed.",
                SnapshotWarning,
                stacklevel=3,
            )
            return
        self._assets, self._keys, self.book = assets, keys, book
        self._read_until = found.head.seq + 1

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
        payload = json_payload(_plain_asset(number, asset))
        with self._commit_or_halt():
            facts = self._journal.commit([Draft(ASSET_DEFINED, at_us, self._actor, payload)])
            self._assets.append(asset)
            self._read_until = facts[0].seq + 1
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
        known = self._keys.get(key)
        if known is not None:
            return self._repeat(key, known, rows)
        self._require_key(key)
        body = body_hash(rows)
        extra = _checked_context(context, len(rows.id_lo))
        self.book.require_instant(at_us)
        self.book.reserve(len(rows.id_lo))
        with self._commit_or_halt():
            result = self.book.post(rows, at_us, with_balances=True)
            columns = batch_columns(rows, result) | extra
            fact = self._commit_frame(BATCH, at_us, columns, {"key": key, "body": body})
            self._keys[key] = fact.seq
        posted = Posted(fact.seq, result.outcomes, result.debit_after, result.credit_after)
        self._remember(posted)
        return posted

    def next_key(self, name: str) -> str:
        """Return a batch key that was never used: the name and the place of the next fact."""
        return f"{name}/{self._journal.head.seq + 1}"

    def _repeat(self, key: str, seq: int, rows: RowColumns) -> Posted:
        """Return the first answer again, balances and all.

        That of a recent batch is still in memory. For an older one the facts before it are
        replayed, since balances after each row are not recorded.
        """
        fact = self._journal.fact(seq)
        body, first_body = body_hash(rows), key_of_batch(fact)[1]
        if body != first_body:
            raise KeyConflictError(
                f"The key {key!r} was used for another batch.",
                why=f"Fact {seq} records it with the body {first_body[:16]}, this one has"
                f" {body[:16]}.",
                fix="Use a new key for a new request.",
                seq=seq,
            )
        first = self._recent.get(seq)
        if first is None:
            first = self._answer_of(fact)
            self._remember(first)
        return replace(first, repeated=True)

    def _answer_of(self, fact: Fact) -> Posted:
        frame = frame_of(fact)
        result = book_as_of(self._journal, seq=fact.seq - 1).post(
            rows_of_frame(frame), fact.at_us, with_balances=True
        )
        if not np.array_equal(result.outcomes, frame.columns["outcome"]):
            raise differs(fact, "Its outcomes are not those of the facts before it.")
        return Posted(fact.seq, result.outcomes, result.debit_after, result.credit_after)

    def _remember(self, posted: Posted) -> None:
        self._recent[posted.seq] = posted
        self._recent_rows += len(posted.outcomes)
        while self._recent_rows > RECENT_ROWS_MAX and len(self._recent) > 1:
            self._recent_rows -= len(self._recent.popitem(last=False)[1].outcomes)

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
        fact = self._journal.commit([draft])[0]
        self._read_until = fact.seq + 1
        return fact

    @contextmanager
    def _commit_or_halt(self) -> Iterator[None]:
        """Change book and journal together; when that fails half-way, take no more changes.

        Whatever may refuse a request is asked before this begins.
        """
        self._require_running()
        self._halted = True
        yield
        self._halted = False

    def _require_running(self) -> None:
        if self._halted:
            raise HaltedError(
                "This ledger has stopped.",
                why="A commit failed, so its book may be ahead of its journal.",
                fix="Open the journal and the ledger again; what is recorded is sound.",
            )

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


def _plain_asset(number: int, asset: Asset) -> dict[str, Json]:
    return {
        "asset_no": number,
        "code": asset.code,
        "scale": asset.scale,
        "kind": str(asset.kind),
        "caip19": asset.caip19,
    }


def _asset_of(plain: Mapping[str, Any]) -> Asset:
    return Asset(plain["code"], plain["scale"], AssetKind(plain["kind"]), plain["caip19"])


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
