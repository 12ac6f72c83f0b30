"""Derives cases and instruments from entries. The same functions run live and on replay.

An entry that contradicts the tables is refused here too, although the commands never write one:
the rule is checked before the write and again after the read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from sandrail.casework.application import Application, InstrumentKind
from sandrail.casework.case import (
    Appeal,
    Case,
    ConflictOfInterest,
    Consultation,
    Decision,
    Finding,
    FindingState,
    Instrument,
    Question,
    Score,
    ScoreSheet,
    Verdict,
    Version,
    Vote,
)
from sandrail.casework.entry import Entry, Grounds, items, number, table, texts
from sandrail.casework.errors import BrokenCaseError
from sandrail.casework.lifecycle import APPEALABLE, Act, Need, State, transitions_from
from sandrail.casework.read import application_from_data
from sandrail.rulebook import Permission
from sandrail.world import digest, iso

__all__ = ["advance_case", "advance_instrument", "check_entry", "finding_id"]

_RECENT: Final[dict[str, Application]] = {}
"""Applications read lately, by content: an entry is looked at before and after it is written."""

_RECENT_MAX: Final = 64

_DECIDING: Final = frozenset(
    {
        Act.APPROVED,
        Act.REFUSED,
        Act.UPHELD,
        Act.REMITTED,
        Act.ISSUED,
        Act.GRADUATED,
        Act.WIND_DOWN_ORDERED,
        Act.PROHIBITED_DEFERRED,
        Act.REVOKED,
        Act.EXTENDED,
        Act.EXTENSION_DECLINED,
        Act.SET_ASIDE,
    }
)


def check_entry(entry: Entry, *, state: State, last_us: int) -> None:
    """Check an entry against the table: state, people, grounds, time.

    Raises:
        BrokenCaseError: it contradicts the table, so this room did not write it.
    """
    rows = [row for row in transitions_from(entry.source, entry.act) if row.target is entry.target]
    if entry.source is not state or not rows:
        raise _broken(
            entry, f"{entry.act} leads from {entry.source} to {entry.target}; it is {state}."
        )
    row = rows[0]
    if entry.at_us < last_us:
        raise _broken(entry, f"It happened at {iso(entry.at_us)}, before the entry it follows.")
    if entry.by.role not in row.makers:
        raise _broken(entry, f"A {entry.by.role} does not do this.")
    if row.checkers:
        checker = entry.checker
        if checker is None or checker.id == entry.by.id or checker.role not in row.checkers:
            raise _broken(entry, "The second person is missing, the same, or of another role.")
    if row.need is not Need.NOTHING and entry.grounds is None:
        raise _broken(entry, "It has no reason.")
    if row.need is Need.REASON_AND_EVIDENCE and not (entry.grounds and entry.grounds.evidence):
        raise _broken(entry, "It has no evidence.")


def advance_case(case: Case | None, entry: Entry) -> Case:
    """Return the case after ``entry``; ``case`` is None before the first entry."""
    if case is None:
        check_entry(entry, state=State.NEW, last_us=entry.at_us)
        return _opened(entry)
    check_entry(entry, state=case.state, last_us=case.last_us)
    moved = replace(case, state=entry.target, history=(*case.history, entry))
    if entry.act in _DECIDING:
        moved = replace(moved, decisions=(*moved.decisions, _decision(entry)))
    change = _CASE_CHANGES.get(entry.act)
    try:
        return moved if change is None else change(moved, entry)
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(entry, f"Its data cannot be read: {error!r}.") from error


def advance_instrument(
    instrument: Instrument | None,
    entry: Entry,
    *,
    conflicts: tuple[ConflictOfInterest, ...] = (),
) -> Instrument:
    """Return the instrument after ``entry``; ``instrument`` is None before the first entry.

    ``conflicts`` are those declared in its application: they go on with a new instrument.
    """
    try:
        if instrument is None:
            check_entry(entry, state=State.NEW, last_us=entry.at_us)
            return replace(_created(entry), conflicts=conflicts)
        check_entry(entry, state=instrument.state, last_us=instrument.last_us)
        moved = replace(instrument, state=entry.target, history=(*instrument.history, entry))
        if entry.act in _DECIDING:
            moved = replace(moved, decisions=(*moved.decisions, _decision(entry)))
        change = _INSTRUMENT_CHANGES.get(entry.act)
        return moved if change is None else change(moved, entry)
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(entry, f"Its data cannot be read: {error!r}.") from error


def finding_id(case: Case) -> str:
    """Return the id that the next finding of the case gets."""
    return f"{case.id}/{case.round}.{len(case.findings) + 1}"


# ---- applications


def _opened(entry: Entry) -> Case:
    version = _version(entry, 1)
    return Case(
        id=entry.subject,
        firm_id=version.application.firm.id,
        kind=version.application.instrument,
        state=entry.target,
        opened_us=entry.at_us,
        history=(entry,),
        versions=(version,),
    )


def _version(entry: Entry, count: int) -> Version:
    data = dict(table(entry.data["application"]))
    original = data.pop("content_hash", None) if entry.redacted_under else None
    content_hash = digest(data)
    application = _RECENT.get(content_hash) or application_from_data(data)
    if len(_RECENT) >= _RECENT_MAX:
        _RECENT.pop(next(iter(_RECENT)))
    _RECENT[content_hash] = application
    return Version(
        number=count,
        content_hash=str(original or content_hash),
        application=application,
        at_us=entry.at_us,
        seq=entry.seq,
        redacted_under=entry.redacted_under,
    )


def _saved(case: Case, entry: Entry) -> Case:
    version = _version(entry, len(case.versions) + 1)
    return replace(case, versions=(*case.versions, version), self_check_hash=None)


def _self_checked(case: Case, entry: Entry) -> Case:
    return replace(case, self_check_hash=str(entry.data["report_hash"]))


def _asked(case: Case, entry: Entry) -> Case:
    question = Question(texts(entry.data["points"]), entry.source, entry.at_us)
    return replace(case, questions=(*case.questions, question))


def _answered(case: Case, entry: Entry) -> Case:
    question = case.questions[-1]
    if entry.target is not question.asked_in:
        raise _broken(entry, f"The question was asked in {question.asked_in}.")
    answered = replace(question, answered_us=entry.at_us)
    case = replace(case, questions=(*case.questions[:-1], answered))
    return _saved(case, entry) if "application" in entry.data else case


def _conflict(case: Case, entry: Entry) -> Case:
    conflict = ConflictOfInterest(entry.by, str(entry.data["nature"]))
    return replace(case, conflicts=(*case.conflicts, conflict))


def _scored(case: Case, entry: Entry) -> Case:
    scores = tuple(
        Score(str(row["criterion"]), number(row["points"]), texts(row["evidence"]))
        for row in map(table, items(entry.data["scores"]))
    )
    if any(sheet.scorer.id == entry.by.id for sheet in case.sheets):
        raise _broken(entry, "The scorer has scored before.")
    return replace(case, sheets=(*case.sheets, ScoreSheet(entry.by, scores, entry.seq)))


def _moderated(case: Case, entry: Entry) -> Case:
    criterion = str(entry.data["criterion"])
    return replace(case, moderated=case.moderated | {criterion: number(entry.data["points"])})


def _found(case: Case, entry: Entry) -> Case:
    finding = Finding(
        id=finding_id(case),
        criterion=str(entry.data["criterion"]),
        verdict=Verdict(str(entry.data["verdict"])),
        text=str(entry.data["text"]),
        evidence=texts(entry.data["evidence"]),
        author=entry.by,
    )
    return replace(case, findings=(*case.findings, finding))


def _reviewed(state: FindingState) -> Callable[[Case, Entry], Case]:
    def change(case: Case, entry: Entry) -> Case:
        finding = case.finding(str(entry.data["finding"]))
        if finding is None or finding.state is not FindingState.PROPOSED:
            raise _broken(entry, "There is no such open finding.")
        if finding.author.id == entry.by.id:
            raise _broken(entry, "The author reviewed their own finding.")
        reviewed = replace(finding, state=state, reviewer=entry.by)
        return replace(
            case, findings=tuple(reviewed if it.id == finding.id else it for it in case.findings)
        )

    return change


def _consulted(case: Case, entry: Entry) -> Case:
    asked = tuple(
        Consultation(str(row["agency"]), str(row["question"]), entry.at_us, number(row["due_us"]))
        for row in map(table, items(entry.data["agencies"]))
    )
    return replace(case, consultations=asked)


def _agency_answered(case: Case, entry: Entry) -> Case:
    def answered(it: Consultation) -> Consultation:
        return replace(
            it,
            answer=str(entry.data["answer"]),
            objection=bool(entry.data["objection"]),
            officer=entry.by,
        )

    return _with_consultation(case, entry, answered)


def _silence(case: Case, entry: Entry) -> Case:
    return _with_consultation(case, entry, lambda it: replace(it, silent=True))


def _with_consultation(
    case: Case, entry: Entry, change: Callable[[Consultation], Consultation]
) -> Case:
    agency = str(entry.data["agency"])
    open_ = [it.agency for it in case.consultations if not it.closed]
    if agency not in open_:
        raise _broken(entry, f"{agency} has no open question.")
    changed = tuple(change(it) if it.agency == agency else it for it in case.consultations)
    return replace(case, consultations=changed)


def _voted(case: Case, entry: Entry) -> Case:
    if any(vote.member.id == entry.by.id for vote in case.votes):
        raise _broken(entry, "The member has voted before.")
    note = entry.grounds.note if entry.grounds else ""
    vote = Vote(entry.by, bool(entry.data["in_favour"]), note)
    return replace(case, votes=(*case.votes, vote))


def _approved(case: Case, entry: Entry) -> Case:
    return replace(case, conditions=texts(entry.data["conditions"]), conditions_met=())


def _condition_met(case: Case, entry: Entry) -> Case:
    condition = str(entry.data["condition"])
    if condition not in case.conditions or condition in case.conditions_met:
        raise _broken(entry, f"{condition} is not an open condition.")
    return replace(case, conditions_met=(*case.conditions_met, condition))


def _issued(case: Case, entry: Entry) -> Case:
    return replace(case, instrument_id=str(entry.data["instrument"]))


def _remitted(case: Case, entry: Entry) -> Case:
    """Start the evaluation afresh; what was done stays in the history."""
    return replace(
        case,
        findings=(),
        sheets=(),
        moderated={},
        consultations=(),
        votes=(),
        round=case.round + 1,
    )


_CASE_CHANGES: Final[Mapping[Act, Callable[[Case, Entry], Case]]] = {
    Act.SAVED: _saved,
    Act.AMENDED: _saved,
    Act.SELF_CHECKED: _self_checked,
    Act.ASKED: _asked,
    Act.ANSWERED: _answered,
    Act.CONFLICT_DECLARED: _conflict,
    Act.SCORED: _scored,
    Act.MODERATED: _moderated,
    Act.FOUND: _found,
    Act.CONFIRMED: _reviewed(FindingState.CONFIRMED),
    Act.REJECTED: _reviewed(FindingState.REJECTED),
    Act.CONSULTED: _consulted,
    Act.AGENCY_ANSWERED: _agency_answered,
    Act.SILENCE_RECORDED: _silence,
    Act.VOTED: _voted,
    Act.APPROVED: _approved,
    Act.CONDITION_MET: _condition_met,
    Act.ISSUED: _issued,
    Act.REMITTED: _remitted,
}


# ---- instruments


def _created(entry: Entry) -> Instrument:
    permission = Permission.from_plain(entry.data["permission"])
    return Instrument(
        id=entry.subject,
        kind=InstrumentKind(permission.instrument),
        firm_id=permission.firm_id,
        application_id=str(entry.data["application"]),
        state=entry.target,
        permission=permission,
        history=(entry,),
        onboarding_to_us=number(entry.data["onboarding_to_us"]),
        operates=bool(entry.data["operates"]),
    )


def _new_permission(instrument: Instrument, entry: Entry) -> Instrument:
    permission = Permission.from_plain(entry.data["permission"])
    before = instrument.permission
    if (permission.id, permission.firm_id) != (before.id, before.firm_id):
        raise _broken(entry, "The permission is another one.")
    return replace(instrument, permission=permission)


def _adopted(instrument: Instrument, entry: Entry) -> Instrument:
    if instrument.permission.pack_hash != str(entry.data["former_hash"]):
        raise _broken(entry, "It stood under another version of the pack.")
    adopted = _new_permission(instrument, entry)
    return replace(adopted, onboarding_to_us=number(entry.data["onboarding_to_us"]))


def _extended(instrument: Instrument, entry: Entry) -> Instrument:
    extended = _new_permission(instrument, entry)
    return replace(
        extended,
        onboarding_to_us=number(entry.data["onboarding_to_us"]),
        onboarding_stopped=False,
        extension_asked_us=None,
    )


def _suspended(instrument: Instrument, entry: Entry) -> Instrument:
    return replace(instrument, suspended_from=entry.source)


def _resumed(instrument: Instrument, entry: Entry) -> Instrument:
    if entry.target is not instrument.suspended_from:
        raise _broken(entry, f"It was suspended in {instrument.suspended_from}.")
    return replace(instrument, suspended_from=None)


def _appealed(instrument: Instrument, entry: Entry) -> Instrument:
    against = number(entry.data["against"])
    if instrument.entry(against).act not in APPEALABLE or instrument.open_appeal is not None:
        raise _broken(entry, f"Nothing in fact {against} can be appealed now.")
    return replace(instrument, appeals=(*instrument.appeals, Appeal(against, entry.at_us)))


def _judged(instrument: Instrument, entry: Entry) -> Instrument:
    appeal = instrument.open_appeal
    if appeal is None or number(entry.data["against"]) != appeal.against:
        raise _broken(entry, "No such appeal is open.")
    attacked = instrument.entry(appeal.against)
    undone = entry.act is Act.SET_ASIDE and entry.source is attacked.target
    if entry.target is not (attacked.source if undone else entry.source):
        raise _broken(entry, f"The appeal was about a step from {attacked.source}.")
    judged = replace(
        instrument, appeals=(*instrument.appeals[:-1], replace(appeal, outcome=entry.act.value))
    )
    if undone and attacked.act is Act.SUSPENDED:
        judged = replace(judged, suspended_from=None)
    return _new_permission(judged, entry) if "permission" in entry.data else judged


def _conflicted(instrument: Instrument, entry: Entry) -> Instrument:
    conflict = ConflictOfInterest(entry.by, str(entry.data["nature"]))
    return replace(instrument, conflicts=(*instrument.conflicts, conflict))


_INSTRUMENT_CHANGES: Final[Mapping[Act, Callable[[Instrument, Entry], Instrument]]] = {
    Act.EXAM_RECORDED: lambda it, entry: replace(it, exam_passed=bool(entry.data["passed"])),
    Act.DRILL_RECORDED: lambda it, entry: replace(it, drill_passed=bool(entry.data["passed"])),
    Act.STAGE_OPENED: _new_permission,
    Act.NARROWED: _new_permission,
    Act.PACK_ADOPTED: _adopted,
    Act.SUSPENDED: _suspended,
    Act.RESUMED: _resumed,
    Act.EXTENSION_REQUESTED: lambda it, entry: replace(it, extension_asked_us=entry.at_us),
    Act.EXTENDED: _extended,
    Act.EXTENSION_DECLINED: lambda it, entry: replace(it, extension_asked_us=None),
    Act.FINAL_REPORTED: lambda it, entry: replace(it, final_report_hash=_first_evidence(entry)),
    Act.APPEALED: _appealed,
    Act.UPHELD: _judged,
    Act.SET_ASIDE: _judged,
    Act.CONFLICT_DECLARED: _conflicted,
    Act.ONBOARDING_STOPPED: lambda it, entry: replace(it, onboarding_stopped=True),
}


def _first_evidence(entry: Entry) -> str:
    return _grounds(entry).evidence[0]


def _decision(entry: Entry) -> Decision:
    if entry.checker is None:
        raise _broken(entry, "A decision has two people.")
    return Decision(
        subject=entry.subject,
        outcome=entry.act.value,
        grounds=_grounds(entry),
        maker=entry.by,
        checker=entry.checker,
        at_us=entry.at_us,
        seq=entry.seq,
    )


def _grounds(entry: Entry) -> Grounds:
    if entry.grounds is None:
        raise _broken(entry, "It has no reason.")
    return entry.grounds


def _broken(entry: Entry, why: str) -> BrokenCaseError:
    return BrokenCaseError(
        f"The entry {entry.act} of {entry.subject} cannot stand (fact {entry.seq}).",
        why=why,
        fix="Restore the journal from a backup whose checkpoint you trust.",
        seq=entry.seq,
        subject=entry.subject,
    )
