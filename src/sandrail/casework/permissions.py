"""``may``: the one place that says who may do what, to which case, in which state.

The web, the command line and the core itself ask here; none of them decides by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sandrail.casework.application import Track
from sandrail.casework.case import Case, Instrument
from sandrail.casework.errors import ForbiddenError, StateError
from sandrail.casework.lifecycle import Act, State, Transition, transitions_from
from sandrail.world import Actor, Role, SandrailError

__all__ = ["SCORERS", "Denial", "Permit", "View", "may", "require"]

SCORERS: Final = 2
"""Blind scorers of one application: a pair, because agreement is measured between two."""

_FIRM_ROLES: Final = frozenset(
    {
        Role.FIRM_PREPARER,
        Role.FIRM_SIGNATORY,
        Role.FIRM_ENGINEER,
        Role.MLRO,
    }
)
_OUTSIDE_ROLES: Final = _FIRM_ROLES | {Role.PUBLIC, Role.AGENCY_OFFICER}
_ON_APPEAL: Final = frozenset({Act.UPHELD, Act.SET_ASIDE})
_DECIDED_BY: Final = frozenset(
    {
        Act.SCORED,
        Act.MODERATED,
        Act.FOUND,
        Act.CONFIRMED,
        Act.REJECTED,
        Act.REFERRED,
        Act.VOTED,
        Act.APPROVED,
        Act.REFUSED,
    }
)


class View(StrEnum):
    """What somebody wants to look at."""

    CASE = "view_case"
    SCORES = "view_scores"
    FINDINGS = "view_findings"
    VOTES = "view_votes"


@dataclass(frozen=True, slots=True)
class Permit:
    """Yes; and, for an act, to which states it may lead."""

    targets: tuple[State, ...] = ()
    rows: tuple[Transition, ...] = ()

    @property
    def granted(self) -> bool:
        """True."""
        return True


@dataclass(frozen=True, slots=True)
class Denial:
    """No, with the rule that says so.

    Attributes:
        code: stable code of the reason.
        why: the reason in a sentence.
        fix: who or what could make it a yes.
        wrong_state: the act does not fit the state, whoever asks.
    """

    code: str
    why: str
    fix: str
    wrong_state: bool = False

    @property
    def granted(self) -> bool:
        """False."""
        return False

    def error(self, what: str) -> SandrailError:
        """Return the denial as the error that a command raises."""
        kind = StateError if self.wrong_state else ForbiddenError
        return kind(what, why=self.why, fix=self.fix, code=self.code)


Subject = Case | Instrument | None


def may(
    actor: Actor,
    action: Act | View,
    subject: Subject = None,
    *,
    about: str = "",
    as_checker: bool = False,
) -> Permit | Denial:
    """Say whether ``actor`` may do ``action`` to ``subject``, and if not, by which rule.

    Args:
        actor: who asks.
        action: an act of the lifecycle, or something to look at.
        subject: the case or the instrument; None for an application that is yet to be started.
        about: the finding, the agency or the firm that the act is about, where there is one.
        as_checker: the actor agrees to the act instead of doing it.
    """
    if isinstance(action, View):
        return _may_view(actor, action, subject)
    state = State.NEW if subject is None else subject.state
    rows = transitions_from(state, action)
    if not rows:
        return Denial(
            "casework.wrong_state",
            f"Nothing is {_words(action)} in the state {_words(state)}.",
            f"Allowed now: {_allowed(state)}.",
            wrong_state=True,
        )
    roles = rows[0].checkers if as_checker else rows[0].makers
    if actor.role not in roles:
        return Denial(
            "casework.not_permitted",
            f"A {_words(actor.role)} does not do this; {_any_of(roles)} does.",
            f"Ask {_any_of(roles)}.",
        )
    denial = _outsider(actor, subject, about=about)
    if denial is None and subject is not None:
        denial = _conflict(actor, action, subject)
    if denial is None and isinstance(subject, Case):
        denial = _separation(actor, action, subject, about=about)
    if denial is None and isinstance(subject, Instrument) and action in _ON_APPEAL:
        denial = _judging(actor, subject)
    return denial or Permit(tuple(row.target for row in rows), rows)


def require(
    actor: Actor,
    action: Act | View,
    subject: Subject = None,
    *,
    about: str = "",
    as_checker: bool = False,
) -> Permit:
    """Return the permit, or raise the denial.

    Raises:
        StateError: the act does not fit the state.
        ForbiddenError: this person may not do it.
    """
    answer = may(actor, action, subject, about=about, as_checker=as_checker)
    if isinstance(answer, Denial):
        verb = "check" if as_checker else "do"
        raise answer.error(f"{actor.name} may not {verb} '{_words(action)}' on {_name(subject)}.")
    return answer


def _outsider(actor: Actor, subject: Subject, *, about: str) -> Denial | None:
    """A firm acts for itself only."""
    firm_id = about if subject is None else subject.firm_id
    if actor.role in _FIRM_ROLES and actor.organisation != firm_id:
        return Denial(
            "casework.other_firm",
            f"{actor.name} acts for {actor.organisation}, and this belongs to {firm_id}.",
            "Ask a person of that firm.",
        )
    if actor.role not in _OUTSIDE_ROLES and actor.organisation == firm_id:
        return Denial(
            "casework.conflict_of_interest",
            f"{actor.name} belongs to the firm that the case is about.",
            "Ask an officer who does not.",
        )
    return None


def _conflict(actor: Actor, act: Act, subject: Case | Instrument) -> Denial | None:
    """Whoever has declared a conflict of interest takes no further part."""
    if not subject.conflicted(actor) or act is Act.CONFLICT_DECLARED:
        return None
    return Denial(
        "casework.conflict_of_interest",
        f"{actor.name} has declared a conflict of interest in {subject.id}.",
        "Ask a colleague who has none.",
    )


def _separation(actor: Actor, act: Act, case: Case, *, about: str) -> Denial | None:
    """The rules that keep one person from doing two things in one case."""
    match act:
        case Act.SCORED:
            return _scoring(actor, case)
        case Act.CONFIRMED | Act.REJECTED:
            return _reviewing(actor, case, finding_id=about)
        case Act.VOTED:
            return _voting(actor, case)
        case Act.AGENCY_ANSWERED:
            return _answering(actor, case, agency=about)
        case Act.UPHELD | Act.REMITTED:
            return _appealing(actor, case)
        case Act.APPROVED if case.state is State.EVALUATION:
            return _express(case)
        case _:
            return None


def _scoring(actor: Actor, case: Case) -> Denial | None:
    if any(sheet.scorer.id == actor.id for sheet in case.sheets):
        return Denial(
            "casework.scored_already",
            f"{actor.name} has scored this application; a blind score is given once.",
            "Correct it through moderation.",
        )
    if len(case.sheets) >= SCORERS:
        return Denial(
            "casework.scored_already",
            f"The application has its {SCORERS} blind scores.",
            "Moderate the criteria on which they differ.",
        )
    return None


def _reviewing(actor: Actor, case: Case, *, finding_id: str) -> Denial | None:
    finding = case.finding(finding_id)
    if finding is not None and finding.author.id == actor.id:
        return Denial(
            "casework.same_person",
            f"{actor.name} wrote the finding {finding_id}; the author never confirms it.",
            "Ask a second officer to look at the evidence.",
        )
    return None


def _voting(actor: Actor, case: Case) -> Denial | None:
    if any(vote.member.id == actor.id for vote in case.votes):
        return Denial("casework.voted_already", f"{actor.name} has voted.", "A vote is given once.")
    if any(sheet.scorer.id == actor.id for sheet in case.sheets) or any(
        finding.author.id == actor.id for finding in case.findings
    ):
        return Denial(
            "casework.same_person",
            f"{actor.name} evaluated this application and cannot judge the evaluation.",
            "Ask another member of the committee.",
        )
    return None


def _answering(actor: Actor, case: Case, *, agency: str) -> Denial | None:
    if agency and actor.organisation != agency:
        return Denial(
            "casework.other_agency",
            f"{actor.name} is of {actor.organisation}, and {agency} was asked.",
            f"Ask an officer of {agency}.",
        )
    if not any(it.agency == actor.organisation and not it.closed for it in case.consultations):
        return Denial(
            "casework.other_agency",
            f"{actor.organisation} has no open question in this case.",
            "Send the answer as a letter; it becomes evidence.",
        )
    return None


def _appealing(actor: Actor, case: Case) -> Denial | None:
    earlier = {
        person.id for entry in case.history if entry.act in _DECIDED_BY for person in entry.people
    }
    if actor.id in earlier:
        return _took_part(actor)
    return None


def _judging(actor: Actor, instrument: Instrument) -> Denial | None:
    """Whoever did anything else about an instrument does not judge an appeal about it."""
    others = (entry for entry in instrument.history if entry.act not in _ON_APPEAL)
    if any(person.id == actor.id for entry in others for person in entry.people):
        return _took_part(actor)
    return None


def _took_part(actor: Actor) -> Denial:
    return Denial(
        "casework.same_person",
        f"{actor.name} took part in the decision that is appealed.",
        "The panel is made of people who did not.",
    )


def _express(case: Case) -> Denial | None:
    if case.application.track is Track.EXPRESS:
        return None
    return Denial(
        "casework.wrong_state",
        "Only an application on the express track is approved without consultation and committee.",
        "Refer it to the committee.",
        wrong_state=True,
    )


def _may_view(actor: Actor, view: View, subject: Subject) -> Permit | Denial:
    if subject is None:
        return Denial("casework.unknown", "There is nothing to look at.", "Name a case.")
    own = actor.role in _FIRM_ROLES and actor.organisation == subject.firm_id
    inside = actor.role not in _OUTSIDE_ROLES
    if view is View.CASE:
        asked = isinstance(subject, Case) and any(
            it.agency == actor.organisation for it in subject.consultations
        )
        if own or inside or asked:
            return Permit()
    elif inside and isinstance(subject, Case):
        if subject.conflicted(actor):
            return Denial(
                "casework.conflict_of_interest",
                f"{actor.name} has declared a conflict of interest in {subject.id}.",
                "A colleague can look.",
            )
        if view is not View.SCORES or len(subject.sheets) >= SCORERS:
            return Permit()
        return Denial(
            "casework.blind",
            f"Scores are blind until {SCORERS} are in; there are {len(subject.sheets)}.",
            "Score first, or wait.",
        )
    return Denial(
        "casework.not_permitted",
        f"A {_words(actor.role)} of {actor.organisation} does not see this.",
        "The public register shows what is public.",
    )


def _name(subject: Subject) -> str:
    return "a new application" if subject is None else subject.id


def _words(value: StrEnum) -> str:
    return value.value.replace("_", " ")


def _any_of(roles: tuple[Role, ...]) -> str:
    return " or ".join(f"a {_words(role)}" for role in roles) if roles else "nobody else"


def _allowed(state: State) -> str:
    acts = [act for act in Act if transitions_from(state, act)]
    return ", ".join(_words(act) for act in acts) or "nothing, the case is closed"
