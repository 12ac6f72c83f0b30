"""What has to be done before the next act: each check names everything that is still missing."""

from __future__ import annotations

from sandrail.casework.case import Case, FindingState, Verdict
from sandrail.casework.errors import NotReadyError
from sandrail.casework.law import Law
from sandrail.casework.permissions import SCORERS
from sandrail.casework.scoring import differing_criteria

__all__ = ["require_committee", "require_consulted", "require_evaluated", "require_gates"]


def require_evaluated(case: Case, law: Law) -> None:
    """Two blind scores, moderated where they differ; every gate confirmed; no finding waiting."""
    problems = []
    if law.scorecard and len(case.sheets) < SCORERS:
        problems.append(f"{len(case.sheets)} of {SCORERS} blind scores are in")
    for criterion in differing_criteria(case, by_at_least=law.moderation_difference):
        if criterion not in case.moderated:
            problems.append(f"{criterion} is not moderated")
    for finding in case.findings:
        if finding.state is FindingState.PROPOSED:
            problems.append(f"the finding {finding.id} is not reviewed")
    for gate in law.gates:
        if case.confirmed(gate) is None:
            problems.append(f"the gate {gate} has no confirmed finding")
    if problems:
        raise NotReadyError(
            f"The evaluation of {case.id} is not done.",
            why=f"Still open: {'; '.join(problems)}.",
            fix="Finish these first.",
            code="casework.evaluation_open",
        )


def require_consulted(case: Case, law: Law) -> None:
    """Every agency that has to be asked has answered, or its silence is on record."""
    open_ = [it.agency for it in case.consultations if not it.closed]
    asked = {it.agency for it in case.consultations}
    missing = [it for it in law.agencies_for(case.application) if it not in asked]
    if open_ or missing:
        raise NotReadyError(
            f"{case.id} cannot go to the committee.",
            why=f"Not answered: {', '.join(open_) or 'none'}; "
            f"not asked: {', '.join(missing) or 'none'}.",
            fix="Consult them; where one stays silent past the date, record the silence.",
            code="casework.consultation_open",
        )


def require_committee(case: Case, law: Law, *, in_favour: bool) -> None:
    """A quorum of votes, and more than half of them for the outcome."""
    quorum = law.evaluation.quorum_min
    favour = sum(vote.in_favour for vote in case.votes)
    wanted = favour if in_favour else len(case.votes) - favour
    if len(case.votes) < quorum or 2 * wanted <= len(case.votes):
        raise NotReadyError(
            f"The committee has not decided to {'approve' if in_favour else 'refuse'} {case.id}.",
            why=f"{len(case.votes)} votes of {quorum} needed; {favour} in favour.",
            fix="Collect the votes; a tie decides nothing.",
            code="casework.no_quorum",
        )


def require_gates(case: Case, law: Law) -> None:
    """Every gate met, by a confirmed finding, and a score from which a grant may be proposed."""
    failed = []
    for gate in law.gates:
        finding = case.confirmed(gate)
        if finding is None or finding.verdict is not Verdict.MET:
            failed.append(f"{gate}: {finding.verdict if finding else 'not confirmed'}")
    if failed:
        raise NotReadyError(
            f"{case.id} cannot be approved.",
            why=f"A gate is not passed ({'; '.join(failed)}).",
            fix="Ask the firm to close the gap, or refuse with this reason.",
            code="casework.gate_not_passed",
        )
    if not law.scorecard:
        return
    percent, needed = law.weighted_percent(case), law.evaluation.pass_percent
    if percent is None or percent < needed:
        shown = "none, as scores are missing" if percent is None else f"{percent} percent"
        raise NotReadyError(
            f"{case.id} cannot be approved.",
            why=f"A grant may be proposed from a weighted score of {needed} percent on; "
            f"it has {shown}.",
            fix="Refuse with the reasons, or ask the firm for what would raise the score.",
            code="casework.score_too_low",
        )
