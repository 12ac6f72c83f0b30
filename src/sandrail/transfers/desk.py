"""The desk: the one path that every transfer takes.

``submit`` judges and posts a batch and returns when the answer is durable. Everything the desk does
is a fact in the journal; opening a desk runs the facts again and checks every answer on the way.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls import Consent, Findings, PartyStatus
from sandrail.journal import (
    Draft,
    Fact,
    Head,
    Journal,
    Json,
    SnapshotWarning,
    encode_frame,
    frame_of,
    json_payload,
)
from sandrail.ledger import AccountFlag, ChartCode
from sandrail.rulebook import Pack, Permission
from sandrail.transfers.answers import Answers
from sandrail.transfers.batch_fact import (
    KIND_BATCH,
    JudgedBatch,
    RequestRows,
    bytes_column,
    decode_batch,
    encode_batch,
)
from sandrail.transfers.checks import (
    require_asset,
    require_classes,
    require_consents_fit,
    require_new_customers,
    require_parties,
    require_reserve,
    require_screens,
)
from sandrail.transfers.drafts import draft_accounts, draft_asset
from sandrail.transfers.duties import require_duty
from sandrail.transfers.errors import DeskBroken, DeskExists, NotAllowed, OnboardingError
from sandrail.transfers.firm_facts import consented, draft_due, draft_observed
from sandrail.transfers.floor import Floor
from sandrail.transfers.instructions import (
    Instruction,
    InstructionBatch,
    batch_of,
    body_hash,
    checked,
)
from sandrail.transfers.keeping import keep_floor, kept_floor
from sandrail.transfers.limits import SNAPSHOT_AFTER_FACTS
from sandrail.transfers.replay import KIND_OPENED, KINDS, apply_fact, rebuild
from sandrail.transfers.requests import Place, key_digest
from sandrail.transfers.terms import DeskTerms
from sandrail.transfers.wallet_facts import draft_decided
from sandrail.world import SYSTEM, AccountNo, Actor, Clock, SandrailError

__all__ = ["Desk"]


class Desk:
    """One firm's desk under one permission; a journal has at most one writer and so one desk."""

    def __init__(self, journal: Journal, floor: Floor, clock: Clock) -> None:
        """Take over a rebuilt floor; callers use ``create`` or ``open``."""
        self.journal = journal
        self.floor = floor
        self.clock = clock
        self._broken = False
        self._last: tuple[int, JudgedBatch] | None = None
        self._last_program = ""
        self._known_seq, self._kept_seq = journal.head.seq, -1

    @classmethod
    def create(cls, journal: Journal, terms: DeskTerms, clock: Clock) -> Desk:
        """Open a new desk and record its terms.

        Raises:
            DeskExists: the journal has a desk.
        """
        if next(iter(journal.facts(kinds=(KIND_OPENED,))), None) is not None:
            raise DeskExists(
                f"The journal {journal.name} has a desk.",
                why="A journal has one desk, and the facts of two could not be told apart.",
                fix="Open that desk, or give the new one a journal of its own.",
            )
        now_us = clock.now_us()
        floor = Floor(terms, at_us=now_us)
        desk = cls(journal, floor, clock)
        payload = terms.as_plain() | {"program": floor.program.content_hash}
        desk.record(
            (KIND_OPENED, json_payload(payload)),
            *(draft_asset(number, asset.asset) for number, asset in enumerate(terms.assets)),
            draft_accounts(floor, floor.contra_accounts()),
        )
        return desk

    @classmethod
    def open(cls, journal: Journal, pack: Pack, clock: Clock, *, use_snapshot: bool = True) -> Desk:
        """Rebuild the desk that the journal describes, checking every answer it recorded.

        A snapshot that ``keep_snapshot`` left saves the facts before it; the facts after it are
        run again. One that cannot be used is passed over with a ``SnapshotWarning``. Whoever proves
        something rebuilds the floor from the facts and never looks at it.

        Raises:
            ReplayMismatch: an answer cannot be reproduced, or there is no desk in the journal.
        """
        kept, upto = kept_floor(journal, pack) if use_snapshot else (None, -1)
        floor = rebuild(journal.facts(upto + 1, kinds=KINDS), pack, after=kept)
        desk = cls(journal, floor, clock)
        desk._kept_seq = upto
        return desk

    def keep_snapshot(self) -> Head:
        """Keep the desk as it is beside the journal, so that opening is fast; return up to where.

        Do it at a quiet moment; ``close`` does when it is worth it.

        Raises:
            DeskBroken: a commit failed, or facts were recorded that this desk was not told of.
            SnapshotError: a payload that went into the desk was redacted meanwhile.
        """
        self._require_sound()
        head = keep_floor(self.journal, self.floor, known_seq=self._known_seq)
        self._kept_seq = head.seq
        return head

    def close(self) -> None:
        """Leave the desk; a snapshot is kept when many facts came since the last one.

        The journal stays open. A snapshot that cannot be kept is no loss and only warned of.
        """
        if self._broken or self.journal.head.seq - self._kept_seq < SNAPSHOT_AFTER_FACTS:
            return
        try:
            self.keep_snapshot()
        except SandrailError as error:
            text = f"No snapshot of the desk was kept: {error}"
            warnings.warn(text, SnapshotWarning, stacklevel=2)

    # --- people, lists, reserves, orders ---

    def onboard(
        self,
        refs: Sequence[str],
        customer_class: npt.NDArray[np.uint8] | None = None,
        *,
        consent: Consent | None = None,
        actor: Actor = SYSTEM,
    ) -> range:
        """Take customers on and open their accounts; all of them or none. Returns their numbers.

        Args:
            consent: what all of them agreed to; without it nothing enters from or to them where
                the pack asks for consent.

        Raises:
            OnboardingError: onboarding is paused, the permission allows no more customers, a
                reference is used twice, or the classes are not one a customer.
        """
        classes = np.zeros(len(refs), dtype=np.uint8) if customer_class is None else customer_class
        require_classes(len(refs), classes)
        if consent is not None:
            require_consents_fit(self.floor, consent)
        self._refuse_onboarding(refs)
        meta: dict[str, Json] = {"refs": list(refs), "first_account": self.floor.book.account_count}
        first = self.floor.parties.count
        self.record(
            draft_accounts(self.floor, self.floor.holder_accounts(len(refs))),
            ("transfers.onboarded", encode_frame({"customer_class": classes}, meta)),
            *([] if consent is None else [consented(first + np.arange(len(refs)), consent)]),
            actor=actor,
        )
        return range(first, first + len(refs))

    def open_account(
        self, asset: int, chart: ChartCode, flags: AccountFlag, *, actor: Actor = SYSTEM
    ) -> AccountNo:
        """Open an account of the firm itself, such as redemptions payable; return its number."""
        require_asset(self.floor, asset)
        columns: dict[str, npt.NDArray[Any]] = {
            "asset": np.array([asset], dtype=np.int32),
            "chart": np.array([chart], dtype=np.int32),
            "owner": np.array([-1], dtype=np.int64),
            "flags": np.array([flags], dtype=np.uint32),
        }
        number = self.floor.book.account_count
        self.record(draft_accounts(self.floor, columns), actor=actor)
        return AccountNo(number)

    def set_screening(
        self,
        parties: npt.NDArray[np.int64],
        screen: npt.NDArray[np.uint8],
        *,
        list_version: str,
        actor: Actor = SYSTEM,
    ) -> None:
        """Record what screening decided about parties under a list version.

        Raises:
            InstructionError: of a customer who is not there, or not one decision a customer.
        """
        require_screens(self.floor, parties, screen)
        columns: dict[str, npt.NDArray[Any]] = {
            "party": parties.astype(np.int64),
            "screen": screen.astype(np.uint8),
        }
        payload = encode_frame(columns, {"list_version": list_version})
        self.record(("transfers.screened", payload), actor=actor)

    def set_lists(self, version: str, *, published_us: int, actor: Actor = SYSTEM) -> None:
        """Record which sanctions lists are in use and when the oldest was published."""
        plain = {"version": version, "published_us": published_us}
        self.record(("transfers.lists", json_payload(plain)), actor=actor)

    def set_reserve(
        self,
        asset: int,
        *,
        reserve_minor: int,
        attested_us: int,
        evidence: str,
        actor: Actor = SYSTEM,
    ) -> None:
        """Record an attested reserve, in minor units of the pack's currency.

        Args:
            evidence: SHA-256 of the statement it was read from.

        Raises:
            InstructionError: the asset is unknown, or the amount is none.
        """
        require_reserve(self.floor, asset, reserve_minor)
        plain = {
            "asset": asset,
            "reserve_minor": reserve_minor,
            "attested_us": attested_us,
            "evidence": evidence,
        }
        self.record(("transfers.reserve", json_payload(plain)), actor=actor)

    def set_status(
        self, parties: npt.NDArray[np.int64], status: PartyStatus, *, reason: str, actor: Actor
    ) -> None:
        """Freeze, unfreeze or close customers, with the reason.

        Raises:
            InstructionError: one of them was never onboarded.
        """
        require_parties(self.floor, parties)
        columns = {"party": parties.astype(np.int64)}
        payload = encode_frame(columns, {"status": int(status), "reason": reason})
        self.record(("transfers.status", payload), actor=actor)

    def change_permission(
        self, permission: Permission, *, actor: Actor, confirmed_by: Actor
    ) -> None:
        """Enforce another permission, such as the next stage, from the next row on.

        What customers used of a limit before still counts under the new one.

        Raises:
            NotAllowed: not two people of the authority, or the permission is another firm's.
            ConditionError, PackMismatchError: it does not fit the pack.
        """
        signed = self.require_duty("transfers.permission", actor, confirmed_by)
        before = self.floor.terms.permission
        if permission.firm_id != before.firm_id:
            raise NotAllowed(
                "The permission stays as it is.",
                why=f"It is {permission.firm_id}'s; this desk is {before.firm_id}'s.",
                fix="Give the desk a permission of its own firm.",
                code="transfers.another_firm",
            )
        now_us = self.instant()
        if now_us >= self.floor.firm.next_us:
            self._tell(now_us)
        program = replace(self.floor.terms, permission=permission).compile(now_us)
        plain: dict[str, object] = {
            "permission": permission.as_plain(),
            "program": program.content_hash,
        }
        payload = json_payload(plain | signed)
        self.record(("transfers.permission", payload), actor=actor, at_us=now_us)

    def pause(self, *, reason: str, actor: Actor) -> None:
        """Stop the firm: one supervisor is enough, and the next row already feels it.

        Raises:
            NotAllowed: the actor is no supervisor.
        """
        plain = {"reason": reason} | self.require_duty("transfers.paused", actor)
        self.record(("transfers.paused", json_payload(plain)), actor=actor)

    def resume(self, *, reason: str, actor: Actor, confirmed_by: Actor) -> None:
        """Let the firm go on: two people are needed.

        Raises:
            NotAllowed: both are the same person, or one of them is no supervisor.
        """
        plain = {"reason": reason} | self.require_duty("transfers.resumed", actor, confirmed_by)
        self.record(("transfers.resumed", json_payload(plain)), actor=actor)

    def require_duty(
        self, kind: str, actor: Actor, confirmed_by: Actor | None = None
    ) -> dict[str, object]:
        """Require that these people may do an act; return what its fact records of them.

        Raises:
            NotAllowed: a role that may not, or one person alone where it takes two.
        """
        return require_duty(kind, self.floor.terms.permission.firm_id, actor, confirmed_by)

    # --- transfers ---

    def submit(
        self, batch: InstructionBatch | Sequence[Instruction], *, key: str, actor: Actor = SYSTEM
    ) -> Answers:
        """Judge and post a batch; durable on return. The same key and body get the same answer.

        Raises:
            InstructionError: the batch cannot be read; the refusal is journalled, nothing moved.
            KeyConflict: the key was used for another body; journalled likewise.
            DeskBroken: a commit failed; open the desk again.
        """
        try:
            columns = batch if isinstance(batch, InstructionBatch) else batch_of(batch)
            exact = checked(columns, assets=len(self.floor.terms.assets))
            self.floor.wallets.require_known(exact.wallet, exact.debtor, exact.creditor)
            name, body = key_digest(key), body_hash(exact)
            place = self.floor.requests.find(name, body)
        except SandrailError as error:
            self.refuse(error, actor=actor)
            raise
        if place is None:
            rows = np.array([exact.rows], dtype=np.int64)
            requests = RequestRows(bytes_column([name]), bytes_column([body]), rows)
            seq, _ = self.submit_new(exact, requests, actor=actor)
            return self.answers(Place(seq, 0, exact.rows), repeated=False)
        return self.answers(place, repeated=True)

    def submit_new(
        self, batch: InstructionBatch, requests: RequestRows, *, actor: Actor = SYSTEM
    ) -> tuple[int, JudgedBatch]:
        """Judge and post requests whose keys are new, as one batch in one commit.

        Args:
            batch: the instructions of all requests, checked, one request after the other.
            requests: their keys and bodies.

        Returns:
            the fact that records the answers, and the answers.
        """
        self._require_sound()
        now_us = self.instant()
        if now_us >= self.floor.firm.next_us:
            self._tell(now_us)
        laid, asked = self.floor.lay_out(batch)
        # From here on memory is ahead of the disk until the commit has returned.
        self._broken = True
        judged = self.floor.judge(laid, asked, requests, now_us, batch.wallet)
        fact = self._commit_batch(judged, now_us, actor)
        self.floor.requests.add_fact(fact.seq, *requests)
        self._broken = False
        self._last = (fact.seq, judged)
        self._last_program = self.floor.program.content_hash
        return self._last

    def answers(self, place: Place, *, repeated: bool) -> Answers:
        """Return the recorded answer to a request."""
        judged, program_hash = self._judged(place.seq)
        part = slice(place.first_row, place.first_row + place.rows)
        terms = self.floor.terms.assets
        at_par = np.array([t.price_numerator == t.price_denominator for t in terms])
        return Answers(
            seq=place.seq,
            repeated=repeated,
            outcome=judged.outcome[part],
            found=Findings._make(column[part] for column in judged.found),
            program=self.floor.programs[program_hash],
            currency=self.floor.terms.pack.currency,
            at_par=at_par[judged.asked.asset[part]],
        )

    def refuse(self, error: SandrailError, *, actor: Actor = SYSTEM) -> None:
        """Record that a request was refused before it became instructions."""
        plain = {"code": error.stable_code, "what": error.what, "why": error.why}
        self.record(("transfers.refused", json_payload(plain)), actor=actor)

    # --- inside ---

    def _tell(self, now_us: int) -> None:
        """Record what took effect by itself before a batch of the same instant is judged."""
        drafts, _, _ = draft_due(self.floor.firm, now_us)
        for fact in self._commit([Draft(kind, now_us, SYSTEM.id, data) for kind, data in drafts]):
            apply_fact(self.floor, fact)

    def _commit_batch(self, judged: JudgedBatch, now_us: int, actor: Actor) -> Fact:
        payload = encode_batch(judged, program_hash=self.floor.program.content_hash)
        drafts = [Draft(KIND_BATCH, now_us, actor.id, payload)]
        designated = self.floor.designated_in(judged.found, judged.asked)
        if designated.size:
            meta: dict[str, Json] = {
                "status": int(PartyStatus.FROZEN),
                "reason": "G19: designated person",
            }
            frozen = encode_frame({"party": designated}, meta)
            drafts.append(Draft("transfers.status", now_us, SYSTEM.id, frozen))
            self.floor.set_status(designated, PartyStatus.FROZEN)
        if self.floor.wallets.unstated:
            kind, stated = draft_decided(self.floor.wallets)
            drafts.append(Draft(kind, now_us, SYSTEM.id, stated))
            self.floor.wallets.unstated = []
        return self._commit(drafts)[0]

    def instant(self) -> int:
        """Return the desk's instant: its clock, which never runs backwards."""
        return max(self.clock.now_us(), self.floor.now_us)

    def record(
        self, *drafts: tuple[str, bytes], actor: Actor = SYSTEM, at_us: int | None = None
    ) -> None:
        """Commit small facts at once, then take them over exactly as a replay would.

        Args:
            at_us: an instant that ``instant`` gave a moment ago; now when not given.
        """
        self._require_sound()
        now_us = self.instant() if at_us is None else at_us
        facts = [Draft(kind, now_us, actor.id, payload) for kind, payload in drafts]
        committed = self._commit(facts)
        # From here on the disk is ahead of memory until every fact is taken over.
        self._broken = True
        for fact in committed:
            apply_fact(self.floor, fact)
        self._broken = False

    def _commit(self, drafts: Sequence[Draft]) -> list[Fact]:
        facts = self.journal.commit(drafts)
        self._known_seq = facts[-1].seq
        return facts

    def _judged(self, seq: int) -> tuple[JudgedBatch, str]:
        """Return a recorded batch, and the hash of the program that judged it."""
        if self._last is not None and self._last[0] == seq:
            return self._last[1], self._last_program
        frame = frame_of(self.journal.fact(seq))
        return decode_batch(frame), str(frame.meta["program"])

    def _require_sound(self) -> None:
        if self._broken:
            raise DeskBroken(
                "The desk takes nothing more.",
                why="A commit failed, and what is in memory may be ahead of what is durable.",
                fix="Open the desk again; it starts from the last durable fact.",
            )

    def _refuse_onboarding(self, refs: Sequence[str]) -> None:
        self._refuse_while_paused()
        require_new_customers(self.floor, refs, self.instant())

    def _refuse_while_paused(self) -> None:
        """Look at the desk's own position first: client funds may have filled up meanwhile."""
        now_us, book = self.instant(), self.floor.firm
        paused = book.onboarding_paused(now_us)
        if paused is None:
            told, customers = self.floor.position(now_us), self.floor.parties.count
            paused = book.after(told, customers=customers).onboarding_paused(now_us)
            if paused is not None:
                drafts, _ = draft_observed(book, (told,), now_us, customers=customers)
                self.record(*drafts, at_us=now_us)
        if paused is not None:
            raise OnboardingError(
                "Nobody is taken on for now.",
                why=f"{paused.reason} {paused.citation}",
                fix="Cure the cause and have two people lift the pause.",
                code="transfers.onboarding_paused",
                rule=paused.rule,
            )
