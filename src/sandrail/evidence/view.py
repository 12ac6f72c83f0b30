"""What a report shows, put into words and rows from a dossier. No number enters from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sandrail.casework import Decision, Entry
from sandrail.evidence.books import LedgerDay, ledger_days
from sandrail.evidence.charts import (
    FATE_PAINTS,
    Bar,
    bars,
    fates_chart,
    histogram,
    reserve_chart,
)
from sandrail.evidence.dossier import Dossier, Told
from sandrail.evidence.firm_cases import FirmCase, firm_cases
from sandrail.evidence.measures import Uses, uses_of
from sandrail.evidence.screening_part import ScreeningPart, screening_part
from sandrail.evidence.svg import Figure
from sandrail.evidence.tally import Fate, Origin, by_day, ranked_reasons
from sandrail.evidence.words import (
    ADVERSARIES,
    COMPARISONS,
    DECISIONS,
    LEDGER_WORDS,
    RECOMMENDATIONS,
    URDU_RECOMMENDATIONS,
    plain,
)
from sandrail.money import Money
from sandrail.rulebook import Rule, RuleSet, effective_rules
from sandrail.world import MINUTE_US, Actor, date_of, start_of_day

__all__ = ["Attack", "Reason", "Use", "View"]

BINS = 10
BP = 10_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why instructions were not simply allowed.

    Attributes:
        id: of the rule, or the ledger's word; title, limit, citation: for the reader.
        count: how often.
    """

    id: str
    title: str
    limit: str
    citation: str
    count: int


@dataclass(frozen=True, slots=True)
class Attack:
    """What an adversary did and what became of it.

    Attributes:
        title, story: for the reader; day: of the trial, from 1.
        attempts, stopped: how many; reasons: what stopped them, with counts.
        hypotheses: those of the plan that tell whether it got what it wanted.
    """

    title: str
    story: str
    day: int
    attempts: int
    stopped: int
    reasons: str
    hypotheses: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How far a limit was used.

    Attributes:
        rule: id; title: for the reader.
        reached: the most that was reached, in words; limit: what is allowed, in words.
        used_bp: the one over the other, basis points.
    """

    rule: str
    title: str
    reached: str
    limit: str
    used_bp: int


_ABOUT = {
    "sanctioned_person": ("sanctioned_value_minor", "sanctioned_attempts_stopped_bp"),
    "namesake": ("namesakes_served_bp",),
    "structurer": ("structuring_stopped_bp",),
    "limit_splitter": ("splitter_overshoot_minor",),
    "over_minter": ("unbacked_mint_minor",),
    "webhook_repeater": ("duplicate_credits",),
}
"""The measures that tell whether an adversary got what it wanted."""


class View:
    """A dossier as its report shows it."""

    def __init__(self, dossier: Dossier) -> None:
        self.d = dossier
        self.offset = dossier.pack.utc_offset_minutes

    # --- names and times ---

    def day(self, at_us: int) -> str:
        """Return a date such as ``4 January 2027``, in the pack's zone."""
        on = date_of(at_us, utc_offset_minutes=self.offset)
        return f"{on.day} {on:%B %Y}"

    def instant(self, at_us: int) -> str:
        """Return date and minute, in the pack's zone."""
        on = date_of(at_us, utc_offset_minutes=self.offset)
        minutes = (at_us - start_of_day(on, utc_offset_minutes=self.offset)) // MINUTE_US
        return f"{on.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}"

    @cached_property
    def zone(self) -> str:
        """Return the zone of every time in the report."""
        sign = "-" if self.offset < 0 else "+"
        return f"UTC{sign}{abs(self.offset) // 60:02d}:{abs(self.offset) % 60:02d}"

    @cached_property
    def firm(self) -> tuple[str, str]:
        """The firm's name, in English and in Urdu; its id where no application is at hand."""
        if self.d.case is None:
            return self.d.plan.firm_id, ""
        firm = self.d.case.application.firm
        return firm.legal_name, firm.legal_name_ur or ""

    def urdu_name(self, actor: Actor) -> str:
        """Return a person's name in Urdu, as the application gives it; empty if it does not."""
        people = () if self.d.case is None else self.d.case.application.people
        return next((person.name_ur or "" for person in people if person.id == actor.id), "")

    @cached_property
    def authority(self) -> tuple[str, str]:
        """The authority whose pack this is, in English and in Urdu."""
        first = next(iter(self.d.pack.authorities), None)
        name = self.d.pack.title if first is None else first.name
        return name.in_language("en"), name.in_language("ur") if name.has("ur") else ""

    def organisation(self, code: str) -> str:
        """Return an organisation's code as people write it."""
        known = {one.id.lower(): one.id for one in self.d.pack.authorities}
        return known.get(code.lower(), self.firm[0] if code == self.d.plan.firm_id else code)

    # --- verdict ---

    @cached_property
    def recommendation(self) -> str:
        """The recommendation in words."""
        return RECOMMENDATIONS.get(self.d.ending.recommendation, self.d.ending.recommendation)

    @cached_property
    def recommendation_ur(self) -> str:
        """The recommendation in Urdu."""
        return URDU_RECOMMENDATIONS[self.d.ending.recommendation]

    @cached_property
    def decision(self) -> Decision | None:
        """The decision about the instrument, if one was taken."""
        made = () if self.d.instrument is None else self.d.instrument.decisions
        return made[-1] if made else None

    def decision_word(self, decision: Decision) -> str:
        """Return a decision in words."""
        return DECISIONS.get(decision.outcome, plain(decision.outcome).capitalize())

    @cached_property
    def held(self) -> int:
        """How many hypotheses held."""
        return sum(item.holds for item in self.d.ending.hypotheses)

    @cached_property
    def failed(self) -> tuple[Told, ...]:
        """The hypotheses that did not hold."""
        return tuple(item for item in self.d.ending.hypotheses if not item.holds)

    def threshold(self, item: Told) -> str:
        """Return what was claimed of a measure."""
        return f"{COMPARISONS[item.comparison]} {self.quantity(item.threshold, item.unit)}"

    def quantity(self, value: int | None, unit: str) -> str:
        """Return a measure with its unit."""
        if value is None:
            return "nothing to measure"
        if unit == "minor":
            return f"{self.d.token.code} {Money(self.d.token, value).text()}"
        if unit == "basis_points":
            return f"{value // 100}.{value % 100:02d} %"
        if unit == "hours":
            return f"{value} h"
        if unit == "minutes":
            hours, minutes = divmod(value, 60)
            return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
        return f"{value:,}"

    def hours(self, us: int) -> str:
        """Return a length of time in hours and minutes, rounded up to the minute."""
        hours, minutes = divmod(-(-us // MINUTE_US), 60)
        return f"{hours} h {minutes:02d} min"

    # --- instructions ---

    @cached_property
    def days(self) -> list[dict[Fate, int]]:
        """Fates of the customers' instructions, a day."""
        rows = self.d.asked.of(Origin.CUSTOMER)
        return by_day(rows, [close.at_us for close in self.d.days])

    @cached_property
    def totals(self) -> dict[Fate, int]:
        """Fates of the customers' instructions, in all."""
        return {fate: sum(day[fate] for day in self.days) for fate in Fate}

    @cached_property
    def asked(self) -> int:
        """How much customers asked, in all."""
        return sum(self.totals.values())

    @cached_property
    def stopped(self) -> int:
        """How many instructions the gate did not let through."""
        return self.totals[Fate.HELD] + self.totals[Fate.BLOCKED] + self.totals[Fate.FROZEN]

    @cached_property
    def unbacked(self) -> int:
        """How often an issue was asked that no deposit stood behind."""
        return len(self.d.asked.of(Origin.UNBACKED).seq)

    @cached_property
    def repeated(self) -> int:
        """How many notices of deposits came again."""
        return len(self.d.asked.of(Origin.REPEATED).seq)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason, most frequent first."""
        ranked = ranked_reasons(self.d.asked.of(Origin.CUSTOMER), self.d.program)
        return tuple(self._reason(name, count) for name, count in ranked)

    def _reason(self, name: str, count: int) -> Reason:
        for ref in self.d.program.rules:
            if ref.id == name:
                return Reason(name, ref.title, ref.limit_text, ref.citation, count)
        words = LEDGER_WORDS.get(name, plain(name.lower()).capitalize())
        return Reason(name, words, "", "The books, not a rule", count)

    @cached_property
    def attacks(self) -> tuple[Attack, ...]:
        """Each adversary's fate."""
        plans = list(self.d.plan.adversaries)
        found = []
        for report in self.d.ending.attacks:
            planned = plans[report.label - 1]
            title, story = ADVERSARIES.get(report.name, (plain(report.name), ""))
            about = _ABOUT.get(report.name, ())
            found.append(
                Attack(
                    title=title,
                    story=story.format(size=planned.size),
                    day=planned.day,
                    attempts=report.attempts,
                    stopped=report.stopped,
                    reasons=", ".join(
                        f"{LEDGER_WORDS.get(name, name)} ({count})"
                        for name, count in report.reasons
                    ),
                    hypotheses=tuple(
                        item for item in self.d.ending.hypotheses if item.metric in about
                    ),
                )
            )
        return tuple(found)

    # --- limits ---

    @cached_property
    def rules(self) -> RuleSet:
        """The rules that bound the firm at the end, after every stage."""
        return self._each_rules[-1]

    @cached_property
    def _each_rules(self) -> tuple[RuleSet, ...]:
        """The rules under each permission that was in force."""
        return tuple(effective_rules(self.d.pack, given, us) for us, _, given in self.d.permissions)

    @cached_property
    def enforced(self) -> tuple[Rule, ...]:
        """The rules that the gate enforced, by id."""
        ids = {ref.id for ref in self.d.program.rules}
        return tuple(rule for rule in self.rules if rule.id in ids)

    @cached_property
    def other_rules(self) -> tuple[Rule, ...]:
        """The rules that bind the firm and that people, not the gate, watch."""
        ids = {ref.id for ref in self.d.program.rules}
        return tuple(rule for rule in self.rules if rule.id not in ids)

    @cached_property
    def placeholders(self) -> int:
        """How many of the enforced rules carry a value that no authority has set."""
        return sum(rule.status.value == "placeholder" for rule in self.enforced)

    @cached_property
    def walked(self) -> Uses:
        """The peaks that a walk over every row finds."""
        return uses_of(self.d)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """How far the main limits were used."""
        return tuple(self._use(rule_id, reached) for rule_id, reached in self._reached())

    def _reached(self) -> Iterator[tuple[str, int]]:
        uses = self.walked
        yield "G02.customers_max", self.d.last.customers
        yield "G05.transfer_max", uses.transfer_minor
        yield "G06.daily_value_max", uses.day_minor
        yield "G04.holding_max", uses.holding_minor
        yield "G07.client_funds_max", max(close.liability_minor for close in self.d.days)

    def _use(self, rule_id: str, reached: int) -> Use:
        # What was reached under a wider limit is not held against one that was narrowed later.
        rule = max((rules[rule_id] for rules in self._each_rules), key=self._limit)
        limit = self._limit(rule)
        if isinstance(rule.value, int):
            text = f"{reached:,}"
        else:
            text = f"{rule.unit} {Money(self.d.pack.currency, reached).text()}"
        title = rule.title.in_language("en")
        return Use(rule_id, title, text, rule.text, reached * BP // max(limit, 1))

    def _limit(self, rule: Rule) -> int:
        """Return a limit as a number: a count, or minor units of the pack's currency."""
        if isinstance(rule.value, int):
            return rule.integer
        return rule.money(self.d.pack).minor

    @cached_property
    def screening(self) -> ScreeningPart:
        """Lists, verdicts and changes, and the fate of each who was sent to try them."""
        return screening_part(self.d)

    @cached_property
    def firm_cases(self) -> tuple[FirmCase, ...]:
        """Pauses, escalations and reports owed, each with its end."""
        return firm_cases(self.d.facts)

    # --- people ---

    @cached_property
    def acts(self) -> tuple[Entry, ...]:
        """Acts that somebody stands for with a name: everything in the case and the instrument."""
        case = () if self.d.case is None else self.d.case.history
        own = () if self.d.instrument is None else self.d.instrument.history
        return tuple(sorted((*case, *own), key=lambda entry: entry.seq))

    # --- figures ---

    @cached_property
    def reserve_figure(self) -> Figure:
        """Supply, liability and reserve at every day's end."""
        d = self.d
        title = "Supply on the chain, liability of the ledger, reserve at the bank"
        spare = min((c.reserve_minor - c.supply_minor for c in d.days), default=0)
        agree = all(c.supply_minor == c.liability_minor for c in d.days)
        covered = (
            f"by at least {d.pack.currency.code} {d.money(spare)} more" if spare > 0 else "in full"
        )
        summary = (
            f"At each of the {len(d.days)} days' ends the supply equals the liability, and the "
            f"reserve covers it {covered}."
            if agree and spare >= 0
            else "There are days' ends at which the three books do not agree; see the table."
        )
        lines = [(c.day, c.supply_minor, c.liability_minor, c.reserve_minor) for c in d.days]
        svg = reserve_chart(
            lines,
            unit=10**d.token.scale,
            currency=d.pack.currency.code,
            shown=(title, summary),
        )
        rows = tuple(
            (str(day), d.tokens(supply), d.tokens(owed), d.money(reserve))
            for day, supply, owed, reserve in lines
        )
        return Figure("reserve", title, summary, svg, ("Day", "Supply", "Liability", "Reserve"),
                      rows)  # fmt: skip

    @cached_property
    def fates_figure(self) -> Figure:
        """Instructions a day by how they ended."""
        title = "What customers asked each day, by how it ended"
        summary = (
            f"{self.asked:,} instructions in {len(self.days)} days: "
            + ", ".join(
                f"{count:,} {FATE_PAINTS[fate].name}" for fate, count in self.totals.items()
            )
            + "."
        )
        numbered = [(c.day, counts) for c, counts in zip(self.d.days, self.days, strict=True)]
        svg = fates_chart(numbered, shown=(title, summary))
        rows = tuple(
            (str(day), *(f"{counts[fate]:,}" for fate in Fate)) for day, counts in numbered
        )
        columns = ("Day", *(FATE_PAINTS[fate].name.capitalize() for fate in Fate))
        return Figure("fates", title, summary, svg, columns, rows)

    @cached_property
    def reasons_figure(self) -> Figure:
        """Reasons, ranked."""
        title = "Why instructions were held, stopped or refused"
        rows = [Bar(one.title, one.count, f"{one.count:,}", one.id) for one in self.reasons]
        first = self.reasons[0].title if self.reasons else "nothing"
        summary = f"{len(rows)} reasons; the most frequent is “{first}”."
        table = tuple(
            (one.id, one.title, one.limit or "–", f"{one.count:,}") for one in self.reasons
        )
        svg = bars("reasons", rows, shown=(title, summary))
        return Figure("reasons", title, summary, svg, ("Rule", "What it says", "Limit", "Count"),
                      table)  # fmt: skip

    @cached_property
    def uses_figure(self) -> Figure:
        """How far the main limits were used."""
        title = "How far the main limits were used"
        rows = [
            Bar(use.title, use.used_bp, f"{use.used_bp // 100} %", use.rule) for use in self.uses
        ]
        over = [use.rule for use in self.uses if use.used_bp > BP]
        summary = (
            f"Over its limit: {', '.join(over)}."
            if over
            else "The most that was reached, as a share of the limit; the dashed line is the limit."
        )
        svg = bars("uses", rows, shown=(title, summary), top=BP, colour="#009e73")
        table = tuple(
            (use.rule, use.title, use.reached, use.limit, f"{use.used_bp // 100} %")
            for use in self.uses
        )
        columns = ("Rule", "What it limits", "Most reached", "Limit", "Used")
        return Figure("uses", title, summary, svg, columns, table)

    @cached_property
    def holdings_figure(self) -> Figure:
        """Holdings at the end, by size."""
        d = self.d
        held = sorted(self.ledger[-1].holdings.values())
        limit = self.rules["G04.holding_max"].money(d.pack).minor
        counts = [0] * BINS
        for minor in held:
            counts[min(minor * BINS // limit, BINS - 1)] += 1
        unit = 10**d.token.scale
        edges = [limit * n // BINS // unit for n in range(BINS + 1)]
        labels = [f"{low // 1000}–{high // 1000}" for low, high in pairwise(edges)]
        title = "Holdings of customers at the end"
        empty = d.last.customers - len(held)
        summary = (
            f"{len(held)} customers hold tokens, {empty} hold none; the limit is {edges[-1]:,}."
        )
        rows = list(zip(labels, counts, strict=True))
        axis = f"thousand {d.token.code} held; the last class ends at the limit"
        svg = histogram(rows, shown=(title, summary), axis=axis)
        table = tuple((label, f"{count:,}") for label, count in rows)
        return Figure("holdings", title, summary, svg, ("Thousand " + d.token.code, "Customers"),
                      table)  # fmt: skip

    @cached_property
    def ledger(self) -> list[LedgerDay]:
        """The ledger at every day's end."""
        return ledger_days(self.d.facts)
