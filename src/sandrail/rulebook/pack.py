"""A country's law as dated, cited data: the noun that every other room reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Final, Protocol, TypeVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.money import Asset, AssetKind
from sandrail.rulebook.calendars import Calendar
from sandrail.rulebook.capital import CapitalFormula, CapitalSum
from sandrail.rulebook.criteria import Criterion, Evaluation
from sandrail.rulebook.errors import UnknownEntryError
from sandrail.rulebook.forms import Form
from sandrail.rulebook.instruments import InstrumentKind
from sandrail.rulebook.perimeter import Activity, Prohibition
from sandrail.rulebook.regime import Authority, Deadline, Fee, Rate, Reason, ReportDuty
from sandrail.rulebook.resolve import RuleSet, rules_on
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.sources import Source
from sandrail.rulebook.stages import Stage
from sandrail.rulebook.texts import LocalText

__all__ = ["PACK_ID", "AssetEntry", "Pack"]

PACK_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_FORM: Final = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)
_DAY_MINUTES: Final = 24 * 60
_SCALE_MAX: Final = 18


class Entry(Protocol):
    """Anything a pack lists under an id."""

    @property
    def id(self) -> str:
        """Its id, unique in its section."""
        ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class AssetEntry:
    """A currency or other asset in which the pack states amounts."""

    code: str
    scale: Annotated[int, Field(strict=True, ge=0, le=_SCALE_MAX)]
    kind: AssetKind = AssetKind.FIAT


@dataclass(
    frozen=True,
    slots=True,
    kw_only=True,
    config=ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True),
)
class Pack:
    """A pack: metadata, sources, and one tuple per section of the file format.

    Attributes:
        id: short name, also the folder's name.
        title: whose rules these are.
        jurisdiction: ISO 3166-1 alpha-2 code, or a name where there is no such code.
        published: the day of this version.
        currency_code: code of the currency that limits are stated in.
        utc_offset_minutes: the zone in which its days begin.
        languages: languages in which public texts are complete, the first one leading.
        content_hash: SHA-256 over the canonical form of the files' content.
    """

    id: str
    title: LocalText
    jurisdiction: str
    published: date
    currency_code: Annotated[str, Field(alias="currency")]
    languages: tuple[str, ...]
    utc_offset_minutes: Annotated[int, Field(strict=True, ge=-_DAY_MINUTES, le=_DAY_MINUTES)]
    asset_entries: Annotated[tuple[AssetEntry, ...], Field(alias="assets")]
    sources: dict[str, Source]
    summary: LocalText | None = None
    rules: tuple[Rule, ...] = ()
    stages: tuple[Stage, ...] = ()
    authorities: tuple[Authority, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    activities: tuple[Activity, ...] = ()
    prohibitions: tuple[Prohibition, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    evaluation: Evaluation | None = None
    forms: tuple[Form, ...] = ()
    instruments: tuple[InstrumentKind, ...] = ()
    capital: tuple[CapitalFormula, ...] = ()
    capital_sum: CapitalSum = CapitalSum.SUM
    fees: tuple[Fee, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reports: tuple[ReportDuty, ...] = ()
    reasons: tuple[Reason, ...] = ()
    rates: tuple[Rate, ...] = ()
    content_hash: str = ""

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The assets in which amounts are stated, by code."""
        return MappingProxyType(
            {entry.code: Asset(entry.code, entry.scale, entry.kind) for entry in self.asset_entries}
        )

    @property
    def currency(self) -> Asset:
        """The asset that limits are stated in."""
        return self.assets[self.currency_code]

    def in_force(self, on: date) -> RuleSet:
        """Return what applies on a day; of several laws on one matter, the strictest."""
        return rules_on(self.rules, pack_id=self.id, on=on)

    def at_stage(self, rules: RuleSet, stage_id: str) -> RuleSet:
        """Return the rules with the limits that a firm has earned by reaching a stage."""
        stage = self.stage(stage_id)
        return rules.with_rules(
            replace(
                rules[limit.rule],
                value=limit.value,
                source=limit.source,
                status=limit.status,
                set_by=f"stage: {stage.id}",
            )
            for limit in stage.limits
        )

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by its id."""
        return self._entry(self.stages, stage_id, section="stages")

    def authority(self, authority_id: str) -> Authority:
        """Return an authority by its id."""
        return self._entry(self.authorities, authority_id, section="authorities")

    def activity(self, activity_id: str) -> Activity:
        """Return an activity by its id."""
        return self._entry(self.activities, activity_id, section="activities")

    def prohibition(self, prohibition_id: str) -> Prohibition:
        """Return a prohibition by its id."""
        return self._entry(self.prohibitions, prohibition_id, section="prohibitions")

    def criterion(self, criterion_id: str) -> Criterion:
        """Return a criterion by its id."""
        return self._entry(self.criteria, criterion_id, section="criteria")

    def form(self, form_id: str) -> Form:
        """Return a form by its id."""
        return self._entry(self.forms, form_id, section="forms")

    def instrument(self, instrument_id: str) -> InstrumentKind:
        """Return a kind of instrument by its id."""
        return self._entry(self.instruments, instrument_id, section="instruments")

    def deadline(self, deadline_id: str) -> Deadline:
        """Return a statutory clock by its id."""
        return self._entry(self.deadlines, deadline_id, section="deadlines")

    def report(self, report_id: str) -> ReportDuty:
        """Return a duty to report by its id."""
        return self._entry(self.reports, report_id, section="reports")

    def reason(self, reason_id: str) -> Reason:
        """Return a coded reason by its id."""
        return self._entry(self.reasons, reason_id, section="reasons")

    def calendar(self, calendar_id: str = "") -> Calendar:
        """Return a calendar by its id; the pack's first one when no id is given."""
        if not calendar_id and self.calendars:
            return self.calendars[0]
        return self._entry(self.calendars, calendar_id, section="calendars")

    def _entry(self, entries: tuple[E, ...], entry_id: str, *, section: str) -> E:
        for entry in entries:
            if entry.id == entry_id:
                return entry
        known = [entry.id for entry in entries]
        near = get_close_matches(entry_id, known, n=3)
        raise UnknownEntryError(
            f"The pack {self.id} has no {entry_id!r} among its {section}.",
            why=f"It has {', '.join(known) or 'none'}.",
            fix=f"Perhaps {' or '.join(near)}." if near else "Use one of these, or add it.",
            pack=self.id,
            section=section,
        )
