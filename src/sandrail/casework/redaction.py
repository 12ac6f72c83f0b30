"""Removing personal data from a case by law, so that the case can still be read and carried on.

The journal keeps the hash of every fact, whatever is taken out of it. What is left of an entry
(who, when, from which state to which, on which grounds, the application without its people) is put
into a ``casework.redacted`` entry first; from then on the case is derived from that. A payload that
was removed without it leaves a gap: the one case that cannot be told any more is withheld, and
every other case opens as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandrail.casework.entry import KIND_PREFIX, KINDS, Entry, items, number, table
from sandrail.casework.errors import BrokenCaseError
from sandrail.casework.lifecycle import Act
from sandrail.journal import REDACTED_KIND, Fact, parse_payload, read_redaction
from sandrail.world import InputError, Role, digest

__all__ = ["MASK", "READ_KINDS", "Gap", "read_entries", "what_remains"]

MASK: Final = "redacted"
"""What stands where personal data stood."""

READ_KINDS: Final = (*KINDS, REDACTED_KIND)
"""Every kind of fact that is needed to tell all cases."""

_RECORD: Final = KIND_PREFIX + Act.REDACTED.value
_FIRM_ROLES: Final = frozenset(
    {Role.FIRM_PREPARER.value, Role.FIRM_SIGNATORY.value, Role.FIRM_ENGINEER.value, Role.MLRO.value}
)
_TEXTS: Final = frozenset({"text", "answer", "nature", "question"})
_OF_A_PERSON: Final = frozenset({"name", "control", "qualification", "conflicts", "contact"})
_OPTIONAL: Final = frozenset({"name_ur", "national_id", "born_on"})
_OF_THE_FIRM: Final = frozenset({"contact_email", "complaints_and_enforcement"})


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact of a case whose payload is gone and that nothing stands in for.

    Attributes:
        seq: its place in the journal.
        act: what was done.
        at_us: when.
        actor: id of who did it.
        law: why it was removed, in the words of the journal's record of it.
    """

    seq: int
    act: Act
    at_us: int
    actor: str
    law: str


def read_entries(facts: Iterable[Fact]) -> Iterator[Entry | Gap]:
    """Yield the entries of all cases in the journal's order, and a gap where one is gone.

    Args:
        facts: those of ``READ_KINDS``, up to the end of the journal: what stands in for a redacted
            entry comes later than the entry itself.

    Raises:
        BrokenCaseError: a fact has not the shape of an entry.
    """
    facts = [fact for fact in facts if fact.kind in READ_KINDS]
    remains, laws = _records(facts)
    for fact in facts:
        if fact.kind == REDACTED_KIND:
            continue
        if not fact.is_redacted:
            yield Entry.from_fact(fact)
        elif fact.seq in remains:
            left, law = remains[fact.seq]
            yield Entry.from_payload(fact, left, redacted_under=law)
        else:
            act = Act(fact.kind.removeprefix(KIND_PREFIX))
            yield Gap(fact.seq, act, fact.at_us, fact.actor, laws.get(fact.seq, ""))


def _records(
    facts: Sequence[Fact],
) -> tuple[dict[int, tuple[Mapping[str, object], str]], dict[int, str]]:
    """Return what is left of entries, and the laws by which payloads went, by sequence."""
    remains: dict[int, tuple[Mapping[str, object], str]] = {}
    laws: dict[int, str] = {}
    for fact in facts:
        if fact.is_redacted or fact.kind not in (_RECORD, REDACTED_KIND):
            continue
        try:
            if fact.kind == _RECORD:
                data = table(parse_payload(fact)["data"])
                remains[number(data["seq"])] = (table(data["remains"]), str(data["law"]))
            else:
                record = read_redaction(fact)
                laws[record.seq] = record.reason
        except (KeyError, TypeError, InputError) as error:
            raise BrokenCaseError(
                f"Fact {fact.seq} does not record a redaction.",
                why=f"{type(error).__name__}: {error}.",
                fix="Restore the journal from a backup whose checkpoint you trust.",
                seq=fact.seq,
            ) from error
    return remains, laws


def what_remains(entry: Entry) -> dict[str, object]:
    """Return an entry's payload without personal data and free text.

    Names of officers stay, as they act in public office; ids of people stay, as the head of the
    fact names them anyway. Of an application the firm and everything about its product stay.
    """
    payload = entry.payload()
    for part in ("by", "checker"):
        if part in payload:
            payload[part] = _actor(table(payload[part]))
    if "note" in payload:
        payload["note"] = ""
    payload["data"] = {key: _without_text(key, value) for key, value in entry.data.items()}
    return payload


def _actor(actor: Mapping[str, object]) -> dict[str, object]:
    return {**actor, "name": MASK} if actor["role"] in _FIRM_ROLES else dict(actor)


def _without_text(key: str, value: object) -> object:
    if key == "application" and isinstance(value, dict):
        return _application(value)
    if key in _TEXTS:
        return MASK
    if key == "points" and isinstance(value, list | tuple):
        return [MASK for _ in value]
    if key == "agencies":
        return [{**table(row), "question": MASK} for row in items(value)]
    return value


def _application(data: Mapping[str, object]) -> dict[str, object]:
    """Return an application without its people, and with the hash of what it was."""
    kept = {key: value for key, value in data.items() if key != "content_hash"}
    firm = dict(table(kept["firm"]))
    firm |= {key: MASK for key in _OF_THE_FIRM if key in firm}
    firm["owners"] = [_person(row) for row in items(firm["owners"])]
    perimeter = dict(table(kept["perimeter"]))
    held = items(perimeter.get("existing_authorisations", ()))
    perimeter["existing_authorisations"] = [
        {key: MASK if key == "contact" else value for key, value in table(row).items()}
        for row in held
    ]
    return {
        **kept,
        "firm": firm,
        "perimeter": perimeter,
        "people": [_person(row) for row in items(kept["people"])],
        "content_hash": data.get("content_hash", digest(dict(data))),
    }


def _person(row: object) -> dict[str, object]:
    return {
        key: MASK if key in _OF_A_PERSON else value
        for key, value in table(row).items()
        if key not in _OPTIONAL
    }
