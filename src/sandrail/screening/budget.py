"""How many alarms a day staff can look at, what that costs in recall, and the curve drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from sandrail.screening.model import CurvePoint, Model, load_model

__all__ = ["BudgetPoint", "alert_budget", "curve_svg"]

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


def alert_budget(
    *, pattern: str, parties_a_day: int, alarms_a_day_max: int, model: Model | None = None
) -> BudgetPoint:
    """Return the most recall that a day's budget of alarms buys, from the stored curve.

    Where even the strictest measured point exceeds the budget, that point is returned and its
    number of alarms says so: a budget never hides what it cannot pay for.
    """
    curve = (model or load_model()).curves[pattern]
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
        colour, dash = _COLOURS[number % 4], _DASHES[number % 4]
        path = " ".join(f"{_x(p.false_ppm)},{_y(p.recall_ppm, recall_low_ppm)}" for p in points)
        out.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5" '
            f'stroke-dasharray="{dash}"/>'
        )
        y = bottom - 14 - 20 * (len(curves) - 1 - number)
        out.append(
            f'<line x1="{right - 190}" y1="{y - 4}" x2="{right - 160}" y2="{y - 4}" '
            f'stroke="{colour}" '
            f'stroke-width="2.5" stroke-dasharray="{dash}"/>'
            f'<text x="{right - 152}" y="{y}" fill="#1a1a1a">{escape(name)}</text>'
        )
    out += [] if chosen is None else _mark(chosen, recall_low_ppm)
    return "\n".join([*out, "</svg>", ""])


def _mark(chosen: CurvePoint, recall_low_ppm: int) -> list[str]:
    x, y = _x(chosen.false_ppm), _y(chosen.recall_ppm, recall_low_ppm)
    return [
        f'<circle cx="{x}" cy="{y}" r="6" fill="none" stroke="#1a1a1a"/>',
        f'<text x="{x + 10}" y="{y + 16}" fill="#1a1a1a">chosen</text>',
    ]
