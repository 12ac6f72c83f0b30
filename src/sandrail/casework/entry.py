"""One act in a case, as it is journalled: who, with whom, when, from where to where, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sandrail.casework.errors import ApplicationError, BrokenCaseError, ForbiddenError
from sandrail.casework.lifecycle import Act, State
from sandrail.casework.limits import EVIDENCE_MAX, NOTE_CHARS_MAX, REASONS_MAX
from sandrail.journal import Draft, Fact, json_payload, parse_payload
from sandrail.world import Actor, Role

__all__ = ["KINDS", "KIND_PREFIX", "Entry", "Grounds", "Pair"]

KIND_PREFIX = "casework."
KINDS: tuple[str, ...] = tuple(KIND_PREFIX + act.value for act in Act)
"""Every kind of fact that this room writes."""

_HASH = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,79}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two different people: one proposes, the other agrees.

    Attributes:
        maker: who proposes.
        checker: who has looked for themselves and agrees.
    """

    maker: Actor
    checker: Actor

    def __post_init__(self) -> None:
        if self.maker.id == self.checker.id:
            raise ForbiddenError(
                f"{self.maker.name} cannot be both maker and checker.",
                why="The four-eyes rule: whoever proposes an act does not approve it.",
                fix="Ask a second person to check.",
                code="casework.same_person",
                actor=self.maker.id,
            )


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why an act is done: coded reasons, and the hashes of what they rest on.

    Attributes:
        reasons: codes of the pack's reason register; at least one.
        evidence: SHA-256 hashes of artefacts, hexadecimal.
        note: free text for people; never the only reason.
    """

    reasons: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.reasons) <= REASONS_MAX:
            raise _bad_grounds("At least one coded reason is needed.")
        for code in self.reasons:
            if not _CODE.fullmatch(code):
                raise _bad_grounds(f"{code[:80]!r} is not a reason code.")
        if len(self.evidence) > EVIDENCE_MAX:
            raise _bad_grounds(f"At most {EVIDENCE_MAX} artefacts are named in one act.")
        for item in self.evidence:
            if not _HASH.fullmatch(item):
                raise _bad_grounds(f"{item[:70]!r} is not a SHA-256 in hexadecimal.")
        if len(self.note) > NOTE_CHARS_MAX:
            raise _bad_grounds(f"A note has at most {NOTE_CHARS_MAX} characters.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act.

    Attributes:
        subject: id of the application or the instrument.
        act: what was done.
        by: who did it.
        at_us: when, in microseconds since the epoch.
        source: state before.
        target: state after.
        checker: the second person, where the act needs two.
        grounds: reasons and evidence, where the act needs them.
        data: what else the act carries, as plain data.
        seq: its place in the journal; -1 before it is recorded.
        redacted_under: the law by which personal data was removed from it; empty for none.
    """

    subject: str
    act: Act
    by: Actor
    at_us: int
    source: State
    target: State
    checker: Actor | None = None
    grounds: Grounds | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    seq: int = -1
    redacted_under: str = ""

    @property
    def kind(self) -> str:
        """The kind of the fact."""
        return KIND_PREFIX + self.act.value

    @property
    def people(self) -> tuple[Actor, ...]:
        """Everybody who stands for the act."""
        return (self.by,) if self.checker is None else (self.by, self.checker)

    def draft(self) -> Draft:
        """Return the entry as a draft for the journal."""
        return Draft(self.kind, self.at_us, self.by.id, json_payload(self.payload()))

    def payload(self) -> dict[str, object]:
        """Return what the fact carries, as plain data."""
        payload: dict[str, object] = {
            "subject": self.subject,
            "by": actor_data(self.by),
            "source": self.source.value,
            "target": self.target.value,
            "data": dict(self.data),
        }
        if self.checker is not None:
            payload["checker"] = actor_data(self.checker)
        if self.grounds is not None:
            payload["reasons"] = list(self.grounds.reasons)
            payload["evidence"] = list(self.grounds.evidence)
            payload["note"] = self.grounds.note
        return payload

    @classmethod
    def from_fact(cls, fact: Fact) -> Entry:
        """Read a recorded entry back.

        Raises:
            ChainError: its payload was redacted.
            BrokenCaseError: the fact has not the shape that ``draft`` writes.
        """
        return cls.from_payload(fact, parse_payload(fact))

    @classmethod
    def from_payload(
        cls, fact: Fact, payload: Mapping[str, object], *, redacted_under: str = ""
    ) -> Entry:
        """Read an entry from a fact and what it carried, or what was left of that.

        Raises:
            BrokenCaseError: it has not the shape that ``payload`` writes.
        """
        try:
            checker = payload.get("checker")
            grounds = None
            if "reasons" in payload:
                grounds = Grounds(
                    texts(payload["reasons"]), texts(payload["evidence"]), str(payload["note"])
                )
            return cls(
                subject=str(payload["subject"]),
                act=Act(fact.kind.removeprefix(KIND_PREFIX)),
                by=actor_from(payload["by"]),
                at_us=fact.at_us,
                source=State(str(payload["source"])),
                target=State(str(payload["target"])),
                checker=None if checker is None else actor_from(checker),
                grounds=grounds,
                data=table(payload["data"]),
                seq=fact.seq,
                redacted_under=redacted_under,
            )
        except (KeyError, ValueError, TypeError, ApplicationError) as error:
            raise BrokenCaseError(
                f"Fact {fact.seq} is not an entry of a case.",
                why=f"{type(error).__name__}: {error}.",
                fix="Restore the journal from a backup whose checkpoint you trust.",
                seq=fact.seq,
            ) from error


def actor_data(actor: Actor) -> dict[str, object]:
    """Return an actor as plain data."""
    return {
        "id": actor.id,
        "name": actor.name,
        "role": actor.role.value,
        "organisation": actor.organisation,
    }


def actor_from(value: object) -> Actor:
    """Read an actor from plain data; a missing part is a ``KeyError``."""
    data = table(value)
    return Actor(
        id=str(data["id"]),
        name=str(data["name"]),
        role=Role(str(data["role"])),
        organisation=str(data["organisation"]),
    )


def table(value: object) -> Mapping[str, object]:
    """Return ``value`` as an object of plain data, or raise ``TypeError``."""
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected where {type(value).__name__} is")
    return cast("Mapping[str, object]", value)


def items(value: object) -> Sequence[object]:
    """Return ``value`` as a list of plain data, or raise ``TypeError``."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list was expected where {type(value).__name__} is")
    return value


def texts(value: object) -> tuple[str, ...]:
    """Return ``value`` as texts, or raise ``TypeError``."""
    found = tuple(items(value))
    if not all(isinstance(item, str) for item in found):
        raise TypeError("texts were expected")
    return cast("tuple[str, ...]", found)


def number(value: object) -> int:
    """Return ``value`` as a whole number, or raise ``TypeError``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number was expected where {type(value).__name__} is")
    return value


def _bad_grounds(why: str) -> ApplicationError:
    return ApplicationError(
        "The grounds of the act cannot be recorded.",
        why=why,
        fix="Give reason codes of the pack and the SHA-256 of each artefact.",
        code="casework.bad_grounds",
    )
