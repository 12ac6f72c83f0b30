"""Runs a trial from its first fact to its outcome, day by day on its own clock.

The order within a step is fixed: the bank's news, money in, transfers, money out, the bank's news
again. Everything that decides is below this room; the run only brings requests and takes notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sandrail.journal import Draft, Journal, json_payload
from sandrail.rulebook import Condition
from sandrail.trials.adversaries import Surroundings, invite
from sandrail.trials.customers import Customers
from sandrail.trials.day import DayRun, Notes
from sandrail.trials.measure import Yardstick, measure, transfer_counts
from sandrail.trials.onboarding import listed_persons
from sandrail.trials.outcome import (
    AttackReport,
    DayClose,
    HypothesisVerdict,
    TrialOutcome,
    judge_hypotheses,
    recommend,
)
from sandrail.trials.plan import AdversaryKind, Stage
from sandrail.trials.population import draw_people
from sandrail.trials.reconciling import BREAK_KINDS, age_hours_max, break_lives
from sandrail.trials.setting import (
    Setting,
    World,
    build_world,
    require_permitted,
)
from sandrail.trials.stages import StageKeeper
from sandrail.world import SYSTEM

__all__ = ["Progress", "TrialRun", "run_trial"]

Progress = Callable[["Moment"], None]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a running trial is, for a progress bar.

    Attributes:
        day, days: of the trial.
        customers: admitted.
        instructions: judged so far.
    """

    day: int
    days: int
    customers: int
    instructions: int


def run_trial(
    setting: Setting,
    journal: Journal,
    *,
    rehearsal: bool = False,
    progress: Progress | None = None,
    amendments: Mapping[int, Sequence[Condition]] = MappingProxyType({}),
) -> TrialOutcome:
    """Run a whole trial and return its outcome; everything that happened is in the journal.

    Args:
        setting: plan, pack, permission, lists, seed and engine.
        journal: open for writing; what it holds already, such as the casework, stays before.
        rehearsal: allow an unsigned plan.
        progress: told once a day.
        amendments: conditions that other rules put in force on the morning of a day.

    Raises:
        UnsignedPlan, NotPermitted: the plan may not be run as it is.
        BooksDisagree: ledger and chain parted; the journal shows where.
    """
    run = TrialRun(setting, journal, rehearsal=rehearsal)
    for day in range(1, setting.plan.days + 1):
        run.one_day(day, amendments.get(day, ()))
        if progress is not None:
            progress(run.moment(day))
    return run.finish()


class TrialRun:
    """A trial in progress.

    Attributes:
        setting: what it is run with.
        world: its running parts.
        customers: who takes part.
        closes: the ends of the days so far.
        stages: which stage is open, and its limits.
    """

    def __init__(self, setting: Setting, journal: Journal, *, rehearsal: bool = False) -> None:
        require_permitted(setting, rehearsal=rehearsal)
        self.setting = setting
        self.journal = journal
        self._record_opening(rehearsal)
        self.world: World = build_world(setting, journal)
        rules, plan = setting.rules(), setting.plan
        self._around = Surroundings(
            minor_per_unit=10**plan.token_scale,
            transfer_max_minor=rules["G05.transfer_max"].money(setting.pack).minor,
            daily_max_minor=rules["G06.daily_value_max"].money(setting.pack).minor,
            holding_max_minor=rules["G04.holding_max"].money(setting.pack).minor,
            listed=listed_persons(setting.lists),
        )
        self.adversaries = invite(
            plan.adversaries,
            token=setting.token,
            around=self._around,
            seed=setting.seed,
            on=plan.start,
        )
        people = draw_people(plan.population, seed=setting.seed, on=plan.start)
        self.customers = Customers(people, self.adversaries, setting, self.world)
        self.notes = Notes()
        self.closes: list[DayClose] = []
        self.stages = StageKeeper(plan, self.world.desk, setting.officers, office=setting.office)
        self._day = DayRun(setting, self.world, self.customers, self.adversaries, self.notes)

    @property
    def stage(self) -> Stage:
        """The stage that is open."""
        return self.stages.now

    def one_day(self, day: int, amended: Sequence[Condition] = ()) -> DayClose:
        """Run one day to its close; ``amended`` conditions apply from its morning on."""
        now_us = self.setting.day_starts_us(day)
        self.world.clock.advance_to(now_us)
        self.world.desk.set_lists(self.customers.list_version, published_us=now_us)
        self.customers.unfreeze()
        self._open_stage(day)
        if amended:
            self.stages.amend(amended)
        self.customers.admit(customers_max=self.stage.customers_max)
        if self.customers.admitted >= self.stage.customers_max and self._is_last_stage:
            self.customers.knock()
        self._day.run(day, self._around)
        close = self._day.close(day)
        self.closes.append(close)
        self._record("trials.day_closed", close.as_data())
        return close

    def moment(self, day: int) -> Moment:
        """Return where the trial is."""
        rows = self.notes.tape.rows()
        days = self.setting.plan.days
        return Moment(day, days, self.customers.admitted, len(rows.kind))

    def metrics(self) -> dict[str, int | None]:
        """Return every metric on the evidence so far."""
        lives = break_lives(self.journal.facts(kinds=BREAK_KINDS))
        self.notes.tally.break_age_hours_max = age_hours_max(lives, self.world.clock.now_us())
        self.notes.tally.freeze_us = self.customers.freeze_us_max
        return measure(
            self.notes.tape.rows(),
            closes=self.closes,
            counted=self.notes.tally,
            by=self._yardstick(),
            customers=self.customers.admitted,
        ) | {"applicants_refused": self.customers.refused}

    def finish(self) -> TrialOutcome:
        """Judge the hypotheses, record the end, leave the desk and return the outcome."""
        metrics = self.metrics()
        plan = self.setting.plan
        verdicts = judge_hypotheses(plan.hypotheses, metrics)
        attacks = self._attack_reports()
        self._record(
            "trials.finished",
            {
                "verdicts": [verdict.as_data() for verdict in verdicts],
                "recommendation": recommend(plan, verdicts).value,
                "metrics": metrics,
                "attacks": [attack.as_data() for attack in attacks],
            },
        )
        self.world.desk.close()
        last = self.closes[-1]
        return TrialOutcome(
            trial_id=self.setting.trial_id,
            plan_hash=plan.content_hash,
            pack_hash=self.setting.pack.content_hash,
            permission_hash=self.setting.permission.content_hash,
            seed=self.setting.seed.value,
            journal_hash=self.journal.head.hash.hex(),
            journal_facts=self.journal.head.seq + 1,
            chain_digest=self.world.product.token.chain.head().digest.hex(),
            archive_digest=self.world.bank.archive.head,
            verdicts=verdicts,
            recommendation=recommend(plan, verdicts),
            transfers=transfer_counts(self.notes.tape.rows()),
            reasons=dict(sorted(self.notes.reasons.items(), key=lambda item: (-item[1], item[0]))),
            metrics=metrics,
            days=tuple(self.closes),
            attacks=attacks,
            supply_minor=last.supply_minor,
            liability_minor=last.liability_minor,
            reserve_minor=last.reserve_minor,
        )

    # --- inside ---

    @property
    def _is_last_stage(self) -> bool:
        return self.stages.now is self.setting.plan.stages[-1]

    def _open_stage(self, day: int) -> None:
        """Narrow on drift; else open the next stage when its day has come and its gate holds."""
        if day == 1:
            self.stages.begin()
        elif not self.stages.review(day, self._judged(self.stage.gate)):
            following = self.stages.following
            if following is not None and day >= following.from_day:
                self.stages.judge(following, day, self._judged(following.gate))

    def _judged(self, gate: Sequence[str]) -> tuple[HypothesisVerdict, ...]:
        """Judge the hypotheses of a gate on the evidence so far; an empty gate costs nothing."""
        asked = [item for item in self.setting.plan.hypotheses if item.id in gate]
        return judge_hypotheses(asked, self.metrics()) if asked else ()

    def _yardstick(self) -> Yardstick:
        labels = {
            plan.kind: number for number, plan in enumerate(self.setting.plan.adversaries, start=1)
        }
        splitter = self.customers.recruits.get(labels.get(AdversaryKind.LIMIT_SPLITTER, 0), ())
        parties = [int(self.customers.party[row]) for row in splitter]
        return Yardstick(
            transfer_max=self.stages.line("G05.transfer_max"),
            daily_max=self.stages.line("G06.daily_value_max"),
            holding_max=self.stages.line("G04.holding_max"),
            labels=labels,
            splitters=tuple(party for party in parties if party >= 0),
            designated=self.customers.designated,
        )

    def _attack_reports(self) -> tuple[AttackReport, ...]:
        reports = []
        for adversary in self.adversaries:
            attempts, stopped = self.notes.attempts[adversary.label]
            reasons: Counter[str] = self.notes.attack_reasons[adversary.label]
            ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
            reports.append(
                AttackReport(
                    name=adversary.name,
                    label=adversary.label,
                    attempts=attempts,
                    stopped=stopped,
                    reasons=tuple(ranked),
                    story=f"{adversary.tried} {stopped} of {attempts} attempts were stopped.",
                )
            )
        return tuple(reports)

    def _record_opening(self, rehearsal: bool) -> None:
        setting = self.setting
        payload = {
            "trial": setting.trial_id,
            "plan": setting.plan.as_data(),
            "plan_terms_hash": setting.plan.terms_hash,
            "plan_hash": setting.plan.content_hash,
            "pack": setting.pack.id,
            "pack_hash": setting.pack.content_hash,
            "permission": setting.permission.as_plain(),
            "lists": [one.version for one in setting.lists],
            "seed": setting.seed.value,
            "rehearsal": rehearsal,
        }
        draft = Draft("trials.opened", setting.starts_us, SYSTEM.id, json_payload(payload))
        self.journal.commit([draft])

    def _record(self, kind: str, payload: Mapping[str, object]) -> None:
        now_us = self.world.clock.now_us()
        self.journal.commit([Draft(kind, now_us, SYSTEM.id, json_payload(payload))])
