"""The charts of a report, drawn from the same rows that stand in the table beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sandrail.evidence.limits import CHART_ROWS_MAX, REASONS_SHOWN_MAX
from sandrail.evidence.svg import (
    GRID,
    QUIET,
    TEXT,
    Paint,
    Scale,
    drawing,
    element,
    nice_ticks,
    shortened,
    text_at,
)
from sandrail.evidence.tally import Fate

__all__ = ["FATE_PAINTS", "Bar", "bars", "fates_chart", "histogram", "reserve_chart"]

WIDTH = 720
BLUE = "#0072b2"
_DIAGONAL = "M-2 2l4-4M0 8l8-8M6 10l4-4"
_CROSS = _DIAGONAL + "M-2 6l4 4M0 0l8 8M6-2l4 4"

FATE_PAINTS: Mapping[Fate, Paint] = {
    Fate.ALLOWED: Paint("allowed", "allowed", BLUE),
    Fate.WARNED: Paint("warned", "warned", "#56b4e9", "M4 0v8"),
    Fate.HELD: Paint("held", "held", "#e69f00", _DIAGONAL),
    Fate.BLOCKED: Paint("blocked", "blocked", "#d55e00", _CROSS),
    Fate.FROZEN: Paint("frozen", "frozen", "#7b3f98", "M0 4h8"),
    Fate.REFUSED: Paint("refused on the books", "refused", "#8a939c", "M0 2h8M0 6h8"),
}
"""Colours of Okabe and Ito, which most colour-blind readers tell apart, each with a pattern."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar.

    Attributes:
        label: what is counted; value: its length; text: what is written at its end.
        note: written under the label, quiet.
    """

    label: str
    value: int
    text: str
    note: str = ""


def reserve_chart(
    days: Sequence[tuple[int, int, int, int]], *, unit: int, currency: str, shown: Sequence[str]
) -> Markup:
    """Draw supply, liability and reserve at every day's end.

    Args:
        days: number of the day, supply, liability and reserve in minor units.
        unit: minor units of one whole unit.
        currency: what whole units are called.
        shown: title and summary.
    """
    days = days[:CHART_ROWS_MAX]
    left, right, top, bottom, height = 62, WIDTH - 128, 28, 226, 262
    ticks = nice_ticks(max((max(line[1:]) for line in days), default=0) // unit)
    y = Scale(ticks[-1] * unit, bottom, top)
    x = Scale(max(len(days) - 1, 1), left, right)
    parts = _grid([(y.at(tick * unit), shortened(tick)) for tick in ticks], left, right)
    points = [[f"{x.at(n)} {y.at(line[k])}" for n, line in enumerate(days)] for k in (1, 2, 3)]
    supply, liability, reserve = ("M" + "L".join(line) for line in points)
    area = f"{reserve}L{x.at(len(days) - 1)} {bottom}L{left} {bottom}Z"
    parts += [
        element("path", d=area, fill="#cfe8df"),
        element("path", d=reserve, fill="none", stroke="#009e73", stroke_width="6",
                stroke_linejoin="round", stroke_opacity="0.55"),
        element("path", d=liability, fill="none", stroke=BLUE, stroke_width="2.4"),
        element("path", d=supply, fill="none", stroke="#ffffff", stroke_width="1.2",
                stroke_dasharray="5 5"),
        element("line", x1=left, x2=right, y1=bottom, y2=bottom, stroke=TEXT),
        *_day_ticks([line[0] for line in days], x, bottom),
        text_at(left - 8, top - 14, f"{currency}", anchor="end", kind="quiet"),
    ]  # fmt: skip
    if days:
        parts += _endings(days[-1], y, right)
    return drawing("reserve", *parts, width=WIDTH, height=height, title=shown[0], summary=shown[1])


def _endings(last: tuple[int, int, int, int], y: Scale, right: int) -> list[Markup]:
    """Label the three lines at their end, however close together they lie."""
    wanted = sorted(
        ((y.at(minor), name, colour, dash)
         for minor, name, colour, dash in (
             (last[3], "reserve at bank", "#009e73", ""),
             (last[2], "owed by ledger", BLUE, ""),
             (last[1], "supply on chain", BLUE, "5 5"))),
        key=lambda item: (int(item[0].partition(".")[0]), item[1]),
    )  # fmt: skip
    lowest = int(wanted[0][0].partition(".")[0])
    parts = []
    for place, (_, name, colour, dash) in enumerate(wanted):
        at = lowest + 4 + 16 * place
        parts.append(
            element("line", x1=right + 6, x2=right + 22, y1=at - 4, y2=at - 4, stroke=colour,
                    stroke_width=6 if name.startswith("reserve") else 2.4,
                    stroke_opacity="0.55" if name.startswith("reserve") else None,
                    stroke_dasharray=dash or None)
        )  # fmt: skip
        parts.append(text_at(right + 27, at, name))
    return parts


def fates_chart(days: Sequence[tuple[int, Mapping[Fate, int]]], *, shown: Sequence[str]) -> Markup:
    """Draw instructions a day, stacked by how they ended."""
    days = days[:CHART_ROWS_MAX]
    left, right, top, bottom, height = 46, WIDTH - 10, 44, 240, 276
    used = [fate for fate in Fate if any(counts[fate] for _, counts in days)]
    ticks = nice_ticks(max((sum(counts.values()) for _, counts in days), default=0))
    y = Scale(ticks[-1], bottom, top)
    step = (right - left) * 10 // max(len(days), 1)
    parts = _grid([(y.at(tick), f"{tick:,}") for tick in ticks], left, right)
    for place, (_, counts) in enumerate(days):
        below = 0
        for fate in used:
            if counts[fate]:
                below += counts[fate]
                parts.append(
                    element("rect", x=_tenth(left * 10 + place * step + step // 8), y=y.at(below),
                            width=_tenth(step * 3 // 4), height=y.span(counts[fate]),
                            fill=FATE_PAINTS[fate].fill("fates"))
                )  # fmt: skip
    parts.append(element("line", x1=left, x2=right, y1=bottom, y2=bottom, stroke=TEXT))
    parts += [
        text_at(_tenth(left * 10 + n * step + step // 2), bottom + 16, day, anchor="middle",
                kind="tick")
        for n, (day, _) in enumerate(days)
        if day == 1 or day % _every(len(days)) == 0
    ]  # fmt: skip
    parts.append(text_at((left + right) // 2, bottom + 32, "day of the trial", anchor="middle",
                         kind="quiet"))  # fmt: skip
    parts += _legend([FATE_PAINTS[fate] for fate in used], left)
    paints = [FATE_PAINTS[fate] for fate in used]
    return drawing("fates", *parts, width=WIDTH, height=height, title=shown[0], summary=shown[1],
                   paints=paints)  # fmt: skip


def bars(
    name: str, rows: Sequence[Bar], *, shown: Sequence[str], top: int = 0, colour: str = BLUE
) -> Markup:
    """Draw horizontal bars with a label at both ends; ``top`` is the longest value's scale."""
    rows = rows[:REASONS_SHOWN_MAX]
    longest = max((len(row.label) for row in rows), default=0)
    left, right, line = min(max(250, 6 * longest + 16), 330), WIDTH - 110, 34
    scale = Scale(top or max((row.value for row in rows), default=1), left, right)
    height = 14 + line * len(rows)
    parts = [element("line", x1=left, x2=left, y1=6, y2=height - 8, stroke=QUIET)]
    if top:
        parts.append(element("line", x1=right, x2=right, y1=6, y2=height - 8, stroke=TEXT,
                             stroke_dasharray="3 3"))  # fmt: skip
    for place, row in enumerate(rows):
        y = 10 + line * place
        length = scale.span(row.value)
        if row.value:
            parts.append(element("rect", x=left, y=y, width=length, height=18, fill=colour))
        end = int(length.partition(".")[0]) + left + 6
        parts.append(text_at(end, y + 14, row.text, kind="value"))
        parts.append(text_at(left - 8, y + (9 if row.note else 14), row.label, anchor="end"))
        if row.note:
            parts.append(text_at(left - 8, y + 21, row.note, anchor="end", kind="quiet"))
    return drawing(name, *parts, width=WIDTH, height=height, title=shown[0], summary=shown[1])


def histogram(rows: Sequence[tuple[str, int]], *, shown: Sequence[str], axis: str) -> Markup:
    """Draw upright bars, one a class, with its count above it."""
    left, right, top, bottom, height = 46, WIDTH - 10, 26, 190, 232
    ticks = nice_ticks(max((count for _, count in rows), default=0), count=4)
    y = Scale(ticks[-1], bottom, top)
    step = (right - left) * 10 // max(len(rows), 1)
    parts = _grid([(y.at(tick), f"{tick:,}") for tick in ticks], left, right)
    for place, (label, count) in enumerate(rows):
        middle = _tenth(left * 10 + place * step + step // 2)
        parts.append(
            element("rect", x=_tenth(left * 10 + place * step + step // 10), y=y.at(count),
                    width=_tenth(step * 8 // 10), height=y.span(count), fill=BLUE)
        )  # fmt: skip
        above = int(y.at(count).partition(".")[0]) - 5
        parts.append(text_at(middle, above, f"{count:,}", anchor="middle", kind="value"))
        parts.append(text_at(middle, bottom + 16, label, anchor="middle", kind="tick"))
    parts.append(element("line", x1=left, x2=right, y1=bottom, y2=bottom, stroke=TEXT))
    parts.append(text_at((left + right) // 2, bottom + 34, axis, anchor="middle", kind="quiet"))
    return drawing("holdings", *parts, width=WIDTH, height=height, title=shown[0],
                   summary=shown[1])  # fmt: skip


def _grid(ticks: Sequence[tuple[str, str]], left: int, right: int) -> list[Markup]:
    parts = []
    for at, words in ticks:
        parts.append(element("line", x1=left, x2=right, y1=at, y2=at, stroke=GRID))
        parts.append(text_at(left - 8, at, words, anchor="end", kind="tick", dy="0.33em"))
    return parts


def _day_ticks(days: Sequence[int], x: Scale, bottom: int) -> list[Markup]:
    parts = [
        text_at(x.at(place), bottom + 16, day, anchor="middle", kind="tick")
        for place, day in enumerate(days)
        if day == 1 or day % _every(len(days)) == 0
    ]
    middle = (x.start + x.end) // 2
    parts.append(text_at(middle, bottom + 32, "day of the trial", anchor="middle", kind="quiet"))
    return parts


def _legend(paints: Sequence[Paint], left: int) -> list[Markup]:
    parts, at = [], left
    for paint in paints:
        parts.append(element("rect", x=at, y=8, width=14, height=14, fill=paint.fill("fates")))
        parts.append(text_at(at + 19, 19, paint.name))
        at += 36 + 7 * len(paint.name)
    return parts


def _every(days: int) -> int:
    """Return how many days lie between two labels of the axis."""
    return next((step for step in (5, 10, 30, 50) if days <= 12 * step), 100)


def _tenth(value: int) -> str:
    whole, tenth = divmod(value, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
