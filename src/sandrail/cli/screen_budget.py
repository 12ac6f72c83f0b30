"""``sandrail screen budget``: what a day's alarms buy, and what they cost in recall."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.places import write_whole
from sandrail.cli.speaking import JsonFlag, Speaker, percent
from sandrail.screening import CurvePoint, IdentityError, alert_budget, curve_svg, load_model

__all__ = ["budget"]

_PPM = 1_000_000


def budget(
    parties_a_day: Annotated[int, typer.Option(min=1, help="Customers screened a day.")],
    alarms_a_day: Annotated[int, typer.Option(min=0, help="False alarms staff can look at a day.")],
    pattern: Annotated[
        str, typer.Option(help="What is known: latin, latin+dob, cross (other script), cross+dob.")
    ] = "latin",
    svg: Annotated[Path | None, typer.Option(help="Draw the curve, the point marked.")] = None,
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
    point = alert_budget(
        pattern=pattern, parties_a_day=parties_a_day, alarms_a_day_max=alarms_a_day, model=model
    )
    marked = next(
        one
        for one in model.curves[pattern]
        if (one.threshold_milli, one.recall_ppm) == (point.threshold_milli, point.recall_ppm)
    )
    if svg is not None:
        write_whole(svg, _picture(pattern, marked))
    within = point.alarms_a_day <= alarms_a_day
    shipped = model.review_milli[pattern]
    speaker.line(
        f"{pattern}: an officer looks from {point.threshold_milli / 1000:+.1f} on "
        f"(shipped: {shipped / 1000:+.1f})."
    )
    speaker.line(
        f"Found: {percent(point.recall_ppm)} of listed persons; missed: "
        f"{percent(_PPM - point.recall_ppm // 100 * 100)}. "
        f"About {point.alarms_a_day:,} false alarms a day among {parties_a_day:,}."
    )
    if not within:
        speaker.line(
            f"The budget of {alarms_a_day:,} is too small: no measured point asks for less.",
            "bold yellow",
        )
    speaker.line(
        "Measured on strangers of many countries. Bearers of very common names ring far oftener "
        "without a date of birth: measure on your own book.",
        "dim",
    )
    speaker.answer(
        {**point._asdict(), "pattern": pattern, "within_budget": within, "false_ppm":
         marked.false_ppm, "shipped_threshold_milli": shipped, "model": model.version,
         "svg": str(svg or "")}
    )  # fmt: skip


def _picture(pattern: str, marked: CurvePoint) -> str:
    curves = {pattern: load_model().curves[pattern]}
    low = min((one.recall_ppm for one in curves[pattern]), default=_PPM) // 100_000 * 100_000
    title = f"Listed persons found, and innocent ones held up ({pattern})"
    return curve_svg(dict(curves), title=title, recall_low_ppm=low, chosen=marked)
