"""``sandrail screen budget``: what a day's alarms buy, and what they cost in recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.options import LISTS, ListsOption
from sandrail.cli.places import write_whole
from sandrail.cli.screen_index import AllowStale, UnFile, lists_to_stand_on
from sandrail.cli.speaking import JsonFlag, Speaker, percent
from sandrail.screening import (
    BudgetPoint,
    CurvePoint,
    IdentityError,
    Screener,
    alarm_margin,
    alert_budget,
    count_rows,
    curve_of_customers,
    curve_svg,
    load_model,
    read_parties,
)

__all__ = ["budget"]

_PPM = 1_000_000
_STRANGERS = "strangers of many countries"


def budget(
    parties_a_day: Annotated[int, typer.Option(min=1, help="Customers screened a day.")],
    alarms_a_day: Annotated[int, typer.Option(min=0, help="False alarms staff can look at a day.")],
    pattern: Annotated[
        str, typer.Option(help="What is known: latin, latin+dob, cross (other script), cross+dob.")
    ] = "latin",
    svg: Annotated[Path | None, typer.Option(help="Draw the curve, the point marked.")] = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            help="Measure alarms on these customers (csv or parquet with party_no), not strangers."
        ),
    ] = None,
    lists: ListsOption = LISTS,
    un_file: UnFile = None,
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Say which threshold a day's budget of alarms pays for, and who is then missed."""
    speaker = Speaker(as_json=json_)
    model = load_model()
    if pattern not in model.curves:
        raise IdentityError(
            f"There is no curve for {pattern!r}.",
            why="A point can only be chosen where it was measured.",
            fix=f"Use one of {', '.join(model.curves)}.",
            code="screening.no_curve",
        )
    curves: dict[str, Sequence[CurvePoint]] = {_STRANGERS: model.curves[pattern]}
    measured_on = _STRANGERS
    if customers is not None:
        standing = lists_to_stand_on(lists, un_file, allow_stale=allow_stale)
        margins = _margins(speaker, Screener(standing.index), customers)
        measured_on = f"your {len(margins):,} customers"
        curves[measured_on] = curve_of_customers(margins, pattern=pattern, model=model)
    curve = curves[measured_on]
    point = alert_budget(
        pattern=pattern, parties_a_day=parties_a_day, alarms_a_day_max=alarms_a_day, curve=curve
    )
    marked = next(
        one
        for one in curve
        if (one.threshold_milli, one.recall_ppm) == (point.threshold_milli, point.recall_ppm)
    )
    if svg is not None:
        write_whole(svg, _picture(pattern, curves, marked))
    within, shipped = point.alarms_a_day <= alarms_a_day, model.review_milli[pattern]
    _tell(speaker, pattern, point, shipped_milli=shipped, parties_a_day=parties_a_day)
    if not within:
        speaker.line(
            f"The budget of {alarms_a_day:,} is too small: no measured point asks for less.",
            "bold yellow",
        )
    advice = _advice(curve, pattern, own=customers is not None)
    speaker.line(f"Measured on {measured_on}. {advice}", "dim")
    speaker.answer(
        {**point._asdict(), "pattern": pattern, "within_budget": within, "false_ppm":
         marked.false_ppm, "shipped_threshold_milli": shipped, "model": model.version,
         "svg": str(svg or ""), "measured_on": measured_on}
    )  # fmt: skip


def _tell(
    speaker: Speaker, pattern: str, point: BudgetPoint, *, shipped_milli: int, parties_a_day: int
) -> None:
    speaker.line(
        f"{pattern}: an officer looks from {point.threshold_milli / 1000:+.1f} on "
        f"(shipped: {shipped_milli / 1000:+.1f})."
    )
    speaker.line(
        f"Found: {percent(point.recall_ppm)} of listed persons; missed: "
        f"{percent(_PPM - point.recall_ppm // 100 * 100)}. "
        f"About {point.alarms_a_day:,} false alarms a day among {parties_a_day:,}."
    )


def _margins(speaker: Speaker, screener: Screener, customers: Path) -> list[int | None]:
    """Screen every customer; return how far above its threshold each one's likeliest match is."""
    margins = []
    with speaker.progress() as bar:
        task = bar.add_task("Screening", total=count_rows(customers))
        for identity in read_parties(customers):
            margins.append(alarm_margin(screener, identity))
            bar.advance(task)
    if not margins:
        raise IdentityError(
            f"{customers.name} holds no customer.",
            why="A share of nobody is no measure.",
            fix="Give a file with a row a customer: party_no, name, and what else is known.",
            code="screening.no_customers",
        )
    return margins


def _advice(curve: Sequence[CurvePoint], pattern: str, *, own: bool) -> str:
    if not own:
        return (
            "Bearers of very common names ring far oftener without a date of birth: "
            "measure your own with --customers."
        )
    more = "the father's name and the number"
    if "dob" not in pattern:
        more = f"a date of birth, {more}"
    return (
        f"At the strictest point {percent(curve[0].false_ppm)} of them still ring, most because a "
        f"listed person is called exactly so: {more} tell them apart, no threshold does."
    )


def _picture(pattern: str, curves: Mapping[str, Sequence[CurvePoint]], marked: CurvePoint) -> str:
    lowest = min(one.recall_ppm for curve in curves.values() for one in curve)
    title = f"Listed persons found, and innocent ones held up ({pattern})"
    low = lowest // 100_000 * 100_000
    return curve_svg(dict(curves), title=title, recall_low_ppm=low, chosen=marked)
