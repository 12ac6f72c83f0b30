"""Is the judgement the one that the facts and the signed plan give?"""

from __future__ import annotations

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.dossier import DAY_CLOSED, Dossier, Told
from sandrail.evidence.measures import recomputed
from sandrail.evidence.opened import Opened, Wrong
from sandrail.evidence.tally import Fate, Origin, by_day
from sandrail.journal import parse_payload
from sandrail.trials import Comparison, Hypothesis

__all__ = ["check_outcome"]

LISTS_TOLD = "transfers.lists"
GRADUATE, NOT_YET = "graduate", "extend_or_wind_down"


def check_outcome(opened: Opened) -> str:
    """Counts of each day, measures, verdicts and recommendation come out again."""
    dossier = opened.dossier
    opened.require_replayed()
    _compare_counts(opened, dossier)
    _compare_lists(opened, dossier)
    ending = dossier.ending
    again = recomputed(dossier, opened.view.walked)
    for name, value in again.items():
        if ending.metrics.get(name) != value:
            why = f"{name} is given as {ending.metrics.get(name)}; the facts give {value}."
            raise Wrong(why, file=SLICE, fact=ending.seq)
    if [item.id for item in ending.hypotheses] != [item.id for item in dossier.plan.hypotheses]:
        why = "The hypotheses judged are not those of the plan."
        raise Wrong(why, file=SLICE, fact=ending.seq)
    for told, planned in zip(ending.hypotheses, dossier.plan.hypotheses, strict=True):
        _require_judged(told, planned, dossier)
    held = {item.id for item in ending.hypotheses if item.holds}
    earned = GRADUATE if held >= set(dossier.plan.exit.graduate_if) else NOT_YET
    if ending.recommendation != earned:
        why = f"It recommends {ending.recommendation}; the signed exit terms give {earned}."
        raise Wrong(why, file=SLICE, fact=ending.seq)
    used = [item.id for item in ending.hypotheses if item.metric in again]
    rest = len(ending.hypotheses) - len(used)
    return f"{len(used)} hypotheses measured again, {rest} judged on the trial's own measure"


def _compare_counts(opened: Opened, dossier: Dossier) -> None:
    rows = dossier.asked.of(Origin.CUSTOMER)
    counted = by_day(rows, [close.at_us for close in dossier.days])
    facts = [fact for fact in opened.facts if fact.kind == DAY_CLOSED]
    for fact, close, counts in zip(facts, dossier.days, counted, strict=True):
        found = {
            "asked": sum(counts.values()),
            "served": counts[Fate.ALLOWED] + counts[Fate.WARNED],
            "held": counts[Fate.HELD],
            "frozen": counts[Fate.FROZEN],
            "refused": counts[Fate.BLOCKED] + counts[Fate.REFUSED],
        }
        for name, value in found.items():
            if getattr(close, name) != value:
                why = (
                    f"Day {close.day} says {getattr(close, name)} {name}; the batches give {value}."
                )
                raise Wrong(why, file=SLICE, fact=fact.seq)


def _compare_lists(opened: Opened, dossier: Dossier) -> None:
    """A change of lists names the same lists, and the same publication, as the gate was told of."""
    told = [fact for fact in opened.facts if fact.kind == LISTS_TOLD]
    for update in dossier.list_updates:
        before = [parse_payload(fact) for fact in told if fact.seq < update.seq]
        known = before[-1] if before else {}
        for name, value in (("version", update.after), ("published_us", update.published_us)):
            if known.get(name) != value:
                why = f"It gives {value} as {name}; the gate was told {known.get(name)}."
                raise Wrong(why, file=SLICE, fact=update.seq)


def _require_judged(told: Told, planned: Hypothesis, dossier: Dossier) -> None:
    seq = dossier.ending.seq
    asked = (planned.statement, planned.metric, planned.comparison.value, planned.threshold)
    if (told.statement, told.metric, told.comparison, told.threshold) != asked:
        raise Wrong(f"{told.id} is not judged as it was signed.", file=SLICE, fact=seq)
    if told.value != dossier.ending.metrics.get(told.metric):
        raise Wrong(f"{told.id} has another value than was measured.", file=SLICE, fact=seq)
    holds = told.value is not None and Comparison(told.comparison).holds(told.value, told.threshold)
    if told.holds != holds:
        why = (
            f"{told.id} is said to {'hold' if told.holds else 'fail'}; {told.value} says otherwise."
        )
        raise Wrong(why, file=SLICE, fact=seq)
