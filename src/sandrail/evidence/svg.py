"""The smallest drawing kit that a chart needs: elements, scales and ticks. No style attributes.

Drawings carry presentation attributes and classes only, so that they show under a strict content
policy, in print and in a PDF alike. Everything that could be data is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = [
    "GRID",
    "QUIET",
    "TEXT",
    "Figure",
    "Paint",
    "Scale",
    "drawing",
    "element",
    "nice_ticks",
    "pattern",
    "shortened",
    "text_at",
]

TEXT = "#1b1f24"
QUIET = "#5b6470"
GRID = "#d9dee3"
FONTS = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"

_KINDS = {
    "label": ("11", TEXT, None),
    "value": ("11", TEXT, "600"),
    "tick": ("10.5", QUIET, None),
    "quiet": ("10", QUIET, None),
}
"""Size, colour and weight of a text; attributes, because not every printer reads our styles."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How a series looks; colours are told apart by colour-blind readers, patterns by printers.

    Attributes:
        name: of the series; key: short, for ids.
        colour: of the area; hatch: path of the pattern drawn over it, empty for none.
    """

    name: str
    key: str
    colour: str
    hatch: str = ""

    def fill(self, chart: str) -> str:
        """Return the value of a ``fill`` attribute in the chart of that name."""
        return f"url(#{chart}-{self.key})" if self.hatch else self.colour


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the rows it was drawn from.

    Attributes:
        name: short, unique in the report; title: what it shows; summary: what it says.
        svg: the drawing.
        columns: headings; rows: the very rows that were drawn, as text.
    """

    name: str
    title: str
    summary: str
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a quantity from 0 to ``top`` onto pixels from ``start`` to ``end``."""

    top: int
    start: int
    end: int

    def at(self, value: int) -> str:
        """Return the position of a value, to a tenth of a pixel, without binary fractions."""
        tenths = 10 * self.start + (10 * (self.end - self.start) * value) // max(self.top, 1)
        return _tenths(tenths)

    def span(self, value: int) -> str:
        """Return the length of a value."""
        return _tenths(abs(10 * (self.end - self.start) * value // max(self.top, 1)))


def element(tag: str, *content: object, **attributes: object) -> Markup:
    """Return an element; an underscore in an attribute's name stands for a hyphen."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(escape(part) for part in content)
    return Markup(f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>")


def text_at(
    x: object, y: object, words: object, *, anchor: str = "start", kind: str = "label",
    dy: str | None = None,
) -> Markup:  # fmt: skip
    """Return a text; ``kind`` is label, tick, value or quiet, which says its size and weight."""
    size, colour, weight = _KINDS[kind]
    return element(
        "text",
        escape(words),
        x=x,
        y=y,
        dy=dy,
        text_anchor=anchor,
        font_family=FONTS,
        font_size=size,
        font_weight=weight,
        fill=colour,
        class_=kind,
    )


def pattern(chart: str, paint: Paint) -> Markup:
    """Return the definition of a hatched fill; empty for a plain one."""
    if not paint.hatch:
        return Markup("")
    return element(
        "pattern",
        element("rect", width=8, height=8, fill=paint.colour),
        element("path", d=paint.hatch, stroke="#ffffff", stroke_width="1.6", fill="none"),
        id=f"{chart}-{paint.key}",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )


def nice_ticks(top: int, *, count: int = 5) -> list[int]:
    """Return round values from 0 to at least ``top``, about ``count`` steps of 1, 2 or 5."""
    if top <= 0:
        return [0, 1]
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * count >= top:
                size = step * factor
                return [size * n for n in range(-(-top // size) + 1)]
        step *= 10


def shortened(value: int) -> str:
    """Return a whole number for an axis: 1,200 stays, 4,800,000 becomes 4.8 m."""
    for size, letter in ((10**9, "bn"), (10**6, "m")):
        if value >= size:
            whole, tenth = divmod(value * 10 // size, 10)
            return f"{whole}.{tenth} {letter}" if tenth else f"{whole} {letter}"
    return f"{value:,}"


def drawing(
    name: str, *content: object, width: int, height: int, title: str, summary: str,
    paints: Sequence[Paint] = (),
) -> Markup:  # fmt: skip
    """Return a whole drawing with its title and description for those who cannot see it."""
    hatches = Markup("").join(pattern(name, paint) for paint in paints)
    return element(
        "svg",
        element("title", escape(title), id=f"{name}-title"),
        element("desc", escape(summary), id=f"{name}-desc"),
        element("defs", hatches) if hatches else Markup(""),
        *content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="chart",
    )


def _tenths(value: int) -> str:
    whole, tenth = divmod(value, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
