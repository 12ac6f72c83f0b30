"""How many alarms a day staff can look at, what that costs in recall, and the curve drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from sandrail.screening.limits import SHOWN_BELOW_MILLI
from sandrail.screening.model import CurvePoint, Model, load_model
from sandrail.screening.nouns import NUMBER_PATTERNS, PartyIdentity
from sandrail.screening.screen import Screener

__all__ = ["BudgetPoint", "alarm_margin", "alert_budget", "curve_of_customers", "curve_svg"]

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 380, 64, 44, 24, 56
_COLOURS = ("#1d5b79", "#b5472b", "#3f7d3b", "#7a4fa0")
_DASHES = ("", "7 4", "2 3", "10 3 2 3")


class BudgetPoint(NamedTuple):
    """What a threshold means for a day's work.

    Attributes:
        threshold_milli: log-odds from which a person must look.
        alarms_a_day: expected false alarms.
        recall_ppm: listed persons still found, per million.
    """

    threshold_milli: int
    alarms_a_day: int
    recall_ppm: int


def alarm_margin(screener: Screener, identity: PartyIdentity) -> int | None:
    """Return how far above its threshold the likeliest match of a party is, None for no match.

    In thousandths of log-odds. A match by a number does not count: no threshold silences it.
    """
    margins = [
        sum(line.weight_milli for line in match.evidence) - screener.threshold_milli(match.pattern)
        for match in screener.screen(identity).matches
        if match.pattern not in NUMBER_PATTERNS
    ]
    return max(margins, default=None)


def curve_of_customers(
    margins: Sequence[int | None], *, pattern: str, model: Model | None = None
) -> tuple[CurvePoint, ...]:
    """Return the stored curve with the alarms of one's own customers in place of strangers'.

    Args:
        margins: of each customer, by :func:`alarm_margin`; nobody among them is taken to be listed.
        pattern: whose recall is read; all thresholds are moved by as much as that of this pattern.

    Returns:
        Points from a little below the shipped threshold upwards, strictest first: what lies
        further below is never weighed to its end.
    """
    stored = model or load_model()
    shipped, curve = stored.review_milli[pattern], stored.curves[pattern]
    known = [margin for margin in margins if margin is not None]
    thresholds = {p.threshold_milli for p in curve} | {shipped}
    points = []
    for threshold in sorted(thresholds, reverse=True):
        if threshold >= shipped - SHOWN_BELOW_MILLI:
            alarms = sum(margin >= threshold - shipped for margin in known)
            false_ppm = 1_000_000 * alarms // max(len(margins), 1)
            points.append(CurvePoint(threshold, _recall_at(curve, threshold), false_ppm))
    return tuple(points)


def _recall_at(curve: Sequence[CurvePoint], threshold_milli: int) -> int:
    """Return the recall (per million) at a threshold, on a line between the measured points."""
    rising = sorted(curve)
    thresholds = [float(p.threshold_milli) for p in rising]
    recalls = [float(p.recall_ppm) for p in rising]
    return round(float(np.interp(threshold_milli, thresholds, recalls)))


def alert_budget(
    *,
    pattern: str,
    parties_a_day: int,
    alarms_a_day_max: int,
    model: Model | None = None,
    curve: Sequence[CurvePoint] | None = None,
) -> BudgetPoint:
    """Return the most recall that a day's budget of alarms buys, from the stored curve or another.

    Where even the strictest measured point exceeds the budget, that point is returned and its
    number of alarms says so: a budget never hides what it cannot pay for.
    """
    curve = curve or (model or load_model()).curves[pattern]
    points = [
        BudgetPoint(p.threshold_milli, -(-p.false_ppm * parties_a_day // 1_000_000), p.recall_ppm)
        for p in curve
    ]
    within = [p for p in points if p.alarms_a_day <= alarms_a_day_max]
    if within:
        return max(within, key=lambda p: (p.recall_ppm, p.threshold_milli))
    return min(points, key=lambda p: (p.alarms_a_day, -p.recall_ppm))


def _x(false_ppm: int) -> int:
    """Place a false rate on a logarithmic axis from 0.01 to 100 per cent."""
    share = math.log10(max(false_ppm, 100) / 100) / 4
    return _LEFT + round(share * (_WIDTH - _LEFT - _RIGHT))


def _y(recall_ppm: int, low_ppm: int) -> int:
    share = max(recall_ppm - low_ppm, 0) / (1_000_000 - low_ppm)
    return _HEIGHT - _BOTTOM - round(share * (_HEIGHT - _TOP - _BOTTOM))


def curve_svg(
    curves: dict[str, Sequence[CurvePoint]],
    *,
    title: str,
    recall_low_ppm: int = 800_000,
    chosen: CurvePoint | None = None,
) -> str:
    """Return operating curves as one self-contained SVG: recall over false alarms.

    Args: points by the name of the curve, the title, where the upward axis begins, and the point
    to mark, if any.
    """
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" font-weight="600" fill="#1a1a1a">'
        f"{escape(title)}</text>",
    ]
    for ppm, label in (
        (100, "0.01%"),
        (1_000, "0.1%"),
        (10_000, "1%"),
        (100_000, "10%"),
        (1_000_000, "100%"),
    ):
        out.append(
            f'<line x1="{_x(ppm)}" y1="{_TOP}" x2="{_x(ppm)}" y2="{bottom}" stroke="#e3e3e3"/>'
        )
        out.append(
            f'<text x="{_x(ppm)}" y="{bottom + 18}" text-anchor="middle" fill="#444">{label}</text>'
        )
    for step in range(5):
        ppm = recall_low_ppm + step * (1_000_000 - recall_low_ppm) // 4
        y = _y(ppm, recall_low_ppm)
        out.append(f'<line x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}" stroke="#e3e3e3"/>')
        text = f"{ppm // 10_000}.{ppm // 1_000 % 10}%"
        out.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#444">{text}</text>')
    out.append(
        f'<text x="{(_LEFT + right) // 2}" y="{_HEIGHT - 12}" text-anchor="middle" fill="#444">'
        "innocent people held up (logarithmic)</text>"
    )
    for number, (name, points) in enumerate(curves.items()):
        below = len(curves) - 1 - number
        out += _drawn(name, points, number, y_label=bottom - 14 - 20 * below, low=recall_low_ppm)
    out += [] if chosen is None else _mark(chosen, recall_low_ppm)
    return "\n".join([*out, "</svg>", ""])


def _drawn(
    name: str, points: Sequence[CurvePoint], number: int, *, y_label: int, low: int
) -> list[str]:
    """Return a curve as a line, or as a dot where it has one point, and its name."""
    colour, dash = _COLOURS[number % 4], _DASHES[number % 4]
    places = [(_x(p.false_ppm), _y(p.recall_ppm, low)) for p in points]
    path = " ".join(f"{x},{y}" for x, y in places)
    line = f'stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
    right, y = _WIDTH - _RIGHT, y_label
    dot = '<circle cx="{}" cy="{}" r="5" fill="{}"/>'
    return [
        f'<polyline points="{path}" fill="none" {line}',
        *(dot.format(*place, colour) for place in places if len(places) == 1),
        f'<line x1="{right - 190}" y1="{y - 4}" x2="{right - 160}" y2="{y - 4}" {line}'
        f'<text x="{right - 152}" y="{y}" fill="#1a1a1a">{escape(name)}</text>',
    ]


def _mark(chosen: CurvePoint, recall_low_ppm: int) -> list[str]:
    x, y = _x(chosen.false_ppm), _y(chosen.recall_ppm, recall_low_ppm)
    return [
        f'<circle cx="{x}" cy="{y}" r="6" fill="none" stroke="#1a1a1a"/>',
        f'<text x="{x + 10}" y="{y + 16}" fill="#1a1a1a">chosen</text>',
    ]
