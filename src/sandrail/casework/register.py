"""The public register: who may do what, on which conditions, since when; and the reasons register.

Both are derived from the journal and from nothing else. A snapshot names the last fact that it
rests on, so that anyone with the journal can derive it again and see that nothing was rewritten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sandrail.casework.application import Firm
from sandrail.casework.case import Case, Instrument
from sandrail.casework.docket import Docket
from sandrail.casework.entry import Entry
from sandrail.casework.errors import RegisterError
from sandrail.casework.lifecycle import Act
from sandrail.casework.limits import ANONYMITY_GROUP_MIN
from sandrail.casework.redaction import READ_KINDS, read_entries
from sandrail.casework.supervising import doors
from sandrail.journal import Head, Journal
from sandrail.rulebook import (
    Pack,
    PackMismatchError,
    Permission,
    UnknownEntryError,
    effective_rules,
)
from sandrail.world import date_of, digest, iso

__all__ = [
    "Change",
    "ReasonsEntry",
    "RegisterEntry",
    "Snapshot",
    "changes",
    "prove_not_rewritten",
    "reasons_register",
    "register_as_of",
    "register_entries",
    "take_snapshot",
]

FORMAT: Final = "sandrail/register/1"
Limits = tuple[tuple[str, str], ...]
"""Rule ids and their values as a person reads them."""

_LIMITS: Final = ("G01", "G02", "G04", "G05", "G06", "G07", "G08")
_PUBLIC_ACTS: Final = frozenset(
    {
        Act.INSTRUMENT_CREATED,
        Act.STAGE_OPENED,
        Act.NARROWED,
        Act.SUSPENDED,
        Act.RESUMED,
        Act.EXTENDED,
        Act.GRADUATED,
        Act.WIND_DOWN_ORDERED,
        Act.PROHIBITED_DEFERRED,
        Act.ONBOARDING_STOPPED,
        Act.EXPIRED,
        Act.REVOKED,
        Act.APPEALED,
        Act.UPHELD,
        Act.SET_ASIDE,
        Act.PACK_ADOPTED,
        Act.ENDED,
    }
)
_REASONED: Final = frozenset(
    {
        Act.APPROVED,
        Act.REFUSED,
        Act.UPHELD,
        Act.REMITTED,
        Act.SET_ASIDE,
        Act.NARROWED,
        Act.SUSPENDED,
        Act.EXTENDED,
        Act.EXTENSION_DECLINED,
        Act.GRADUATED,
        Act.WIND_DOWN_ORDERED,
        Act.PROHIBITED_DEFERRED,
        Act.REVOKED,
    }
)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One instrument as the public sees it.

    Attributes:
        id: public id.
        firm_id: id of its holder.
        firm_name: legal name.
        firm_name_ur: the same in Urdu; empty where there is none.
        kind: kind of instrument.
        status: state of the instrument.
        stage: stage of the test; empty for none.
        products: what it covers.
        valid_from: ISO 8601 instant.
        valid_to: ISO 8601 instant.
        limits: rule id and value as a person reads it, with conditions applied.
        open_for: what the firm may do: ``onboarding``, ``transfers``, ``redemptions``.
        history: date, act and journal sequence of every public act, oldest first.
        seq: sequence of the last of them.
    """

    id: str
    firm_id: str
    firm_name: str
    firm_name_ur: str
    kind: str
    status: str
    stage: str
    products: tuple[str, ...]
    valid_from: str
    valid_to: str
    limits: tuple[tuple[str, str], ...]
    open_for: tuple[str, ...]
    history: tuple[tuple[str, str, int], ...]
    seq: int

    def as_data(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return {
            "id": self.id,
            "firm_id": self.firm_id,
            "firm_name": self.firm_name,
            "firm_name_ur": self.firm_name_ur,
            "kind": self.kind,
            "status": self.status,
            "stage": self.stage,
            "products": list(self.products),
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "limits": [{"rule": rule, "value": value} for rule, value in self.limits],
            "open_for": list(self.open_for),
            "history": [{"on": on, "act": act, "seq": seq} for on, act, seq in self.history],
            "seq": self.seq,
        }


@dataclass(frozen=True, slots=True)
class ReasonsEntry:
    """A decision with its reasons, without the firm.

    Attributes:
        quarter: ``2026-Q3``; a day would give the firm away.
        kind: instrument asked for.
        outcome: what was decided.
        reasons: code and text in the pack's words.
        activities: what it was about; empty where too few decisions share it.
    """

    quarter: str
    kind: str
    outcome: str
    reasons: tuple[tuple[str, str], ...]
    activities: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return {
            "quarter": self.quarter,
            "kind": self.kind,
            "outcome": self.outcome,
            "reasons": [{"code": code, "text": text} for code, text in self.reasons],
            "activities": list(self.activities),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One public act, for readers that follow the register."""

    seq: int
    id: str
    act: str
    at: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register as it stood after a fact.

    Attributes:
        journal: name of the journal.
        head: the fact it rests on.
        at_us: the instant at which it was read.
        entries: every instrument ever issued, by public id.
    """

    journal: str
    head: Head
    at_us: int
    entries: tuple[RegisterEntry, ...]

    def as_data(self) -> dict[str, object]:
        """Return the snapshot as plain data."""
        return {
            "format": FORMAT,
            "journal": self.journal,
            "seq": self.head.seq,
            "hash": self.head.hash.hex(),
            "at_us": self.at_us,
            "entries": [entry.as_data() for entry in self.entries],
        }

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical snapshot."""
        return digest(self.as_data())


def register_entries(docket: Docket, pack: Pack, *, at_us: int) -> Iterator[RegisterEntry]:
    """Yield every instrument ever issued, in the order of issue."""
    told: dict[object, Limits] = {}
    for instrument in docket.instruments.values():
        case = docket.cases.get(instrument.application_id)
        firm = case.application.firm if case is not None else None
        limits = _limits(instrument.permission, pack, told)
        yield _entry(instrument, firm, pack, limits=limits, at_us=at_us)


def take_snapshot(journal: Journal, docket: Docket, pack: Pack, *, at_us: int) -> Snapshot:
    """Return the register as of the journal's last fact."""
    entries = sorted(register_entries(docket, pack, at_us=at_us), key=lambda it: it.id)
    return Snapshot(journal.name, journal.head, at_us, tuple(entries))


def register_as_of(journal: Journal, pack: Pack, *, at_us: int) -> Snapshot:
    """Return the register as it stood at an instant: what was recorded later is not told."""
    seq = _last_until(journal, at_us)
    docket = Docket()
    for item in read_entries(journal.facts(until=seq + 1, kinds=READ_KINDS)):
        docket.replay(item)
    head = journal.genesis if seq < 0 else Head(seq, journal.fact(seq).hash)
    entries = sorted(register_entries(docket, pack, at_us=at_us), key=lambda it: it.id)
    return Snapshot(journal.name, head, at_us, tuple(entries))


def _last_until(journal: Journal, at_us: int) -> int:
    """Return the last fact that was recorded by an instant; facts stand in the order of time."""
    size = journal.head.seq + 1
    return bisect_right(range(size), at_us, key=lambda seq: journal.fact(seq).at_us) - 1


def changes(docket: Docket, *, since: int) -> tuple[Change, ...]:
    """Return the public acts of facts from sequence ``since`` on, in the journal's order."""
    found = [
        Change(entry.seq, instrument.id, entry.act.value, iso(entry.at_us))
        for instrument in docket.instruments.values()
        for entry in instrument.history
        if entry.seq >= since and entry.act in _PUBLIC_ACTS
    ]
    return tuple(sorted(found, key=lambda it: it.seq))


def prove_not_rewritten(snapshot: Snapshot, journal: Journal, pack: Pack) -> tuple[Change, ...]:
    """Check that a journal still tells what a snapshot of its register told, and what came after.

    The journal must hold the fact that the snapshot names, unchanged, and deriving the register
    from the facts up to it must give the same entries. Everything since is then an addition.

    Returns:
        The public acts after the snapshot.

    Raises:
        RegisterError: the journal holds another history, or the register was another one.
    """
    if snapshot.journal != journal.name or not journal.contains(snapshot.head):
        raise RegisterError(
            f"The journal {journal.name} does not hold fact {snapshot.head.seq} as it was.",
            why=f"The snapshot names the hash {snapshot.head.hash.hex()[:16]}.",
            fix="Ask the authority for the journal that its published checkpoint belongs to.",
            seq=snapshot.head.seq,
        )
    docket = Docket()
    later = Docket()
    for item in read_entries(journal.facts(kinds=READ_KINDS)):
        later.replay(item)
        if item.seq <= snapshot.head.seq:
            docket.replay(item)
    derived = {it.id: it for it in register_entries(docket, pack, at_us=snapshot.at_us)}
    told = {it.id: it for it in snapshot.entries}
    for entry_id in sorted(derived.keys() | told.keys()):
        if derived.get(entry_id) != told.get(entry_id):
            raise RegisterError(
                f"The register entry {entry_id} is not what the journal tells.",
                why=f"At fact {snapshot.head.seq} it is derived differently from the facts.",
                fix="Compare the two; one of them was changed after it was published.",
                seq=snapshot.head.seq,
                entry=entry_id,
            )
    return changes(later, since=snapshot.head.seq + 1)


def reasons_register(docket: Docket, pack: Pack) -> tuple[ReasonsEntry, ...]:
    """Return every decision with its reasons, without names, sorted so that order tells nothing.

    Activities are left out where fewer than ``ANONYMITY_GROUP_MIN`` decisions of a quarter share
    kind and activities, because they would point at a firm.
    """
    found: list[ReasonsEntry] = []
    for case in docket.cases.values():
        subjects: list[Case | Instrument] = [case]
        if case.instrument_id is not None:
            subjects += [it for it in [docket.instruments.get(case.instrument_id)] if it]
        for subject in subjects:
            for entry in subject.history:
                if entry.act in _REASONED:
                    found.append(_reasons_entry(entry, case, pack))
    groups: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for it in found:
        key = (it.quarter, it.kind, it.activities)
        groups[key] = groups.get(key, 0) + 1
    return tuple(sorted((_anonymous(it, groups) for it in found), key=_sort_key))


def _anonymous(
    it: ReasonsEntry, groups: Mapping[tuple[str, str, tuple[str, ...]], int]
) -> ReasonsEntry:
    if groups[it.quarter, it.kind, it.activities] >= ANONYMITY_GROUP_MIN:
        return it
    return ReasonsEntry(it.quarter, it.kind, it.outcome, it.reasons, ())


def _sort_key(it: ReasonsEntry) -> tuple[str, ...]:
    return (it.quarter, it.kind, it.outcome, *(code for code, _ in it.reasons), *it.activities)


def _reasons_entry(entry: Entry, case: Case, pack: Pack) -> ReasonsEntry:
    day = date_of(entry.at_us, utc_offset_minutes=pack.utc_offset_minutes)
    titles = {reason.id: str(reason.title) for reason in pack.reasons}
    codes = entry.grounds.reasons if entry.grounds else ()
    return ReasonsEntry(
        quarter=f"{day.year}-Q{(day.month + 2) // 3}",
        kind=case.kind.value,
        outcome=entry.act.value,
        reasons=tuple((code, titles.get(code, code)) for code in codes),
        activities=tuple(sorted(case.application.perimeter.activities)),
    )


def _entry(
    instrument: Instrument, firm: Firm | None, pack: Pack, *, limits: Limits, at_us: int
) -> RegisterEntry:
    permission = instrument.permission
    open_ = doors(instrument, at_us)
    public = [entry for entry in instrument.history if entry.act in _PUBLIC_ACTS]
    return RegisterEntry(
        id=instrument.id,
        firm_id=instrument.firm_id,
        firm_name=firm.legal_name if firm else instrument.firm_id,
        firm_name_ur=(firm.legal_name_ur or "") if firm else "",
        kind=instrument.kind.value,
        status=instrument.state.value,
        stage=permission.stage,
        products=permission.products,
        valid_from=iso(permission.valid_from_us),
        valid_to=iso(permission.valid_to_us),
        limits=limits,
        open_for=tuple(
            name
            for name, is_open in (
                ("onboarding", open_.onboarding),
                ("transfers", open_.transfers),
                ("redemptions", open_.redemptions),
            )
            if is_open and instrument.operates
        ),
        history=tuple(
            (
                date_of(it.at_us, utc_offset_minutes=pack.utc_offset_minutes).isoformat(),
                it.act.value,
                it.seq,
            )
            for it in public
        ),
        seq=public[-1].seq,
    )


def _limits(permission: Permission, pack: Pack, told: dict[object, Limits]) -> Limits:
    """Return the limits as they bind; the bare conditions under another version of the pack.

    Many firms have the same ones: ``told`` keeps what was worked out before.
    """
    day = date_of(permission.valid_from_us, utc_offset_minutes=pack.utc_offset_minutes)
    own = tuple((it.rule_id, it.value, it.unit) for it in permission.conditions)
    key = (day, permission.pack_hash, permission.stage, own)
    if key not in told:
        try:
            rules = effective_rules(pack, permission, permission.valid_from_us)
            told[key] = tuple((it.id, it.text) for it in rules if it.guardrail in _LIMITS)
        except (PackMismatchError, UnknownEntryError):
            told[key] = tuple((rule_id, f"{value} {unit}") for rule_id, value, unit in own)
    return told[key]
