"""Facts about the firm: how they are written, and how a replay takes them over.

A consequence is recorded although it follows from the observations. A replay computes it again: one
that is missing, invented or altered is a mismatch, not a matter of belief.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sandrail.controls import (
    OBSERVATIONS,
    Consent,
    Consequence,
    Effect,
    FirmBook,
    Observation,
    PositionTaken,
    read_observation,
    told_as_plain,
)
from sandrail.journal import Fact, Json, encode_frame, frame_of, json_payload, parse_payload
from sandrail.transfers.duties import duty_flaw
from sandrail.transfers.errors import mismatch
from sandrail.transfers.floor import Floor

__all__ = [
    "APPLY",
    "KIND_OBSERVED",
    "Drafted",
    "consented",
    "draft_due",
    "draft_observed",
    "require_signed",
    "require_told",
]

Drafted = tuple[str, bytes]
"""Kind and payload of a fact that is not committed yet."""

KIND_OBSERVED = "firm.observed"
KINDS = {
    Effect.WARN: "firm.warned",
    Effect.BLOCK: "firm.refused",
    Effect.PAUSE_ONBOARDING: "firm.paused",
    Effect.PAUSE_ISSUE: "firm.paused",
    Effect.PAUSE_FIRM: "firm.paused",
    Effect.ESCALATE: "firm.escalated",
    Effect.REPORT: "firm.report_due",
}


def draft_due(book: FirmBook, now_us: int) -> tuple[list[Drafted], list[Consequence], FirmBook]:
    """Return facts for all that takes effect by ``now_us``, and the book afterwards."""
    drafts: list[Drafted] = []
    news: list[Consequence] = []
    while due := book.due(now_us):
        for one in due:
            drafts.append((KINDS[one.effect], json_payload(one.as_plain())))
            news.append(one)
            book = book.tell(one)
    return drafts, news, book


def draft_observed(
    book: FirmBook, told: Sequence[Observation], now_us: int, *, customers: int
) -> tuple[list[Drafted], list[Consequence]]:
    """Return facts for observations and for all that follows from them by ``now_us``.

    Raises:
        ObservationError: one of them could not be read back from the journal.
    """
    drafts, news, book = draft_due(book, now_us)
    for one in told:
        plain = told_as_plain(one)
        read_observation(plain, OBSERVATIONS)
        drafts.append((KIND_OBSERVED, json_payload(plain)))
        more, follows, book = draft_due(book.after(one, customers=customers), now_us)
        drafts += more
        news += follows
    return drafts, news


def consented(parties: npt.NDArray[np.int64], consent: Consent) -> tuple[str, bytes]:
    """Return the fact that customers agreed."""
    meta: dict[str, Json] = {"version": consent.version, "languages": list(consent.languages)}
    return "transfers.consented", encode_frame({"party": parties.astype(np.int64)}, meta)


def require_told(floor: Floor, fact: Fact) -> None:
    """Refuse a fact before which something took effect that the journal does not tell.

    Raises:
        ReplayMismatch: naming what is missing.
    """
    owed = floor.firm.due(fact.at_us)
    if owed:
        one = owed[0]
        raise mismatch(fact, f"Before it {one.effect} under {one.rule} took effect, unrecorded.")


def require_signed(fact: Fact, plain: Mapping[str, Any]) -> None:
    """Refuse a fact of an act that was not the people's to do who did it.

    Raises:
        ReplayMismatch: naming what is wrong with them.
    """
    flaw = duty_flaw(fact.kind, fact.actor, plain)
    if flaw:
        raise mismatch(fact, flaw)


def _observed(floor: Floor, fact: Fact) -> None:
    require_told(floor, fact)
    told = read_observation(_plain(fact), OBSERVATIONS)
    if isinstance(told, PositionTaken) and told != floor.position(told.at_us):
        raise mismatch(fact, "The position it records is not the desk's own.")
    if told.at_us > fact.at_us:
        raise mismatch(fact, "It observes something that had not happened yet.")
    floor.observe(told)


def _followed(floor: Floor, fact: Fact) -> None:
    plain = _plain(fact)
    owed = floor.firm.due(fact.at_us)
    if not owed or owed[0].as_plain() != dict(plain) or KINDS[owed[0].effect] != fact.kind:
        raise mismatch(fact, "Run again, another consequence follows at this place, or none.")
    floor.firm = floor.firm.tell(owed[0])


def _closed(floor: Floor, fact: Fact) -> None:
    require_signed(fact, _plain(fact))
    keys = [(str(e), str(r), str(s)) for e, r, s in cast("list[list[str]]", _plain(fact)["cases"])]
    standing = {one.key: one for one in floor.firm.standing}
    wanted = fact.kind == "firm.lifted"
    found = [standing[key].effect.pauses for key in keys if key in standing]
    if not keys or found != [wanted] * len(keys):
        raise mismatch(fact, "What it closes does not stand.")
    floor.firm = floor.firm.close(keys)


def _filed(floor: Floor, fact: Fact) -> None:
    plain = _plain(fact)
    require_signed(fact, plain)
    key = (Effect.REPORT.value, str(plain["rule"]), str(plain["subject"]))
    if key not in {one.key for one in floor.firm.reports}:
        raise mismatch(fact, "The report that it files is not owed.")
    floor.firm = floor.firm.file(key)


def _consented(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    parties = frame.columns["party"]
    if parties.size and not 0 <= int(parties.min()) <= int(parties.max()) < floor.parties.count:
        raise mismatch(fact, "It names a customer that was never onboarded.")
    languages = tuple(str(name) for name in cast("list[str]", frame.meta["languages"]))
    floor.give_consent(parties, Consent(str(frame.meta["version"]), languages))


def _plain(fact: Fact) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", parse_payload(fact))


APPLY: dict[str, Callable[[Floor, Fact], None]] = {
    KIND_OBSERVED: _observed,
    **dict.fromkeys(sorted(set(KINDS.values())), _followed),
    "firm.lifted": _closed,
    "firm.answered": _closed,
    "firm.report_filed": _filed,
    "transfers.consented": _consented,
}
"""How each fact about the firm is taken over."""
