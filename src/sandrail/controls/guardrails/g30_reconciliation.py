"""G30: a difference between books that stays unexplained for too long pauses the firm by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, money, stops
from sandrail.controls.firm.dates import ends_us
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, RowTest
from sandrail.world import iso

__all__ = ["CONTROL", "FIRM", "BreakClosed", "BreakOpened"]

AGE = "G30.break_age_max"
SIZE = "G30.break_value_max"
TITLE = "Reconciliation"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakOpened(Observation):
    """Two books differ.

    Attributes:
        case: the break's reference.
        between: which books.
        minor: the difference in the pack's currency; the sign does not matter.
    """

    case: str
    between: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakClosed(Observation):
    """A difference was explained.

    Attributes:
        case: the break's reference.
        because: the explanation.
    """

    case: str
    because: str


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return stops(setting, AGE, ENTRIES)


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    age, size = setting.rule(AGE), setting.rule(SIZE)
    if age is None:
        return
    closed_us: dict[str, int] = {}
    for end in view.of(BreakClosed):
        closed_us[end.case] = max(end.at_us, closed_us.get(end.case, end.at_us))
    major = 10**setting.pack.currency.scale
    for one in view.of(BreakOpened):
        small = size is not None and not size.crossed_by(Fraction(abs(one.minor), major))
        # A difference that comes back under its old name is open again.
        if one.at_us <= closed_us.get(one.case, one.at_us - 1) or small:
            continue
        # At exactly the age a limit that includes its value is still kept.
        since_us = ends_us(setting, age, one.at_us) + int(age.inclusive)
        text = money(setting, abs(one.minor))
        because = (
            f"The break {one.case} between {one.between} over {text} has been open since "
            f"{iso(one.at_us)}."
        )
        yield from Breach(age, one.case, since_us, text, because, scope=Effect.PAUSE_FIRM).follows(
            setting
        )


CONTROL = Control("G30", TITLE, (AGE,), _compile)
FIRM = FirmControl("G30", TITLE, (AGE, SIZE), (BreakOpened, BreakClosed), _judge)
