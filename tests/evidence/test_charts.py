"""Charts: ticks that are round, lengths that are in proportion, text that cannot break out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sandrail.evidence.charts import FATE_PAINTS, Bar, bars, fates_chart, histogram, reserve_chart
from sandrail.evidence.svg import Scale, element, nice_ticks, shortened, text_at
from sandrail.evidence.tally import Fate

SHOWN = ("A title", "A summary")


def lengths(svg: object, name: str) -> list[str]:
    root = etree.fromstring(str(svg))
    return [item.get(name, "") for item in root.iter("{*}rect") if item.get("fill") == "#0072b2"]


@given(st.integers(1, 10**15))
def test_ticks_are_round_and_reach_the_top(top: int) -> None:
    ticks = nice_ticks(top)
    step = ticks[1] - ticks[0]
    assert ticks[0] == 0 and ticks[-1] >= top and ticks[-2] < top
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert len(ticks) <= 7


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (1_200, "1,200"), (4_800_000, "4.8 m"), (2_000_000, "2 m"), (3 * 10**9, "3 bn")],
)
def test_numbers_on_an_axis_are_short(value: int, words: str) -> None:
    assert shortened(value) == words


def test_a_scale_is_in_proportion() -> None:
    scale = Scale(200, 100, 300)
    assert [scale.at(value) for value in (0, 50, 101, 200)] == ["100", "150", "201", "300"]
    assert scale.span(33) == "33"
    assert Scale(3, 0, 10).span(1) == "3.3"


def test_text_is_escaped() -> None:
    assert "<script>" not in str(text_at(0, 0, "<script>"))
    assert '"><x' not in str(element("rect", fill='"><x'))
    svg = bars("x", [Bar("<b>&", 1, "<i>", "</svg>")], shown=("<t>", "&"))
    assert "<b>" not in str(svg) and etree.fromstring(str(svg)).tag.endswith("svg")


def test_bars_are_as_long_as_their_values() -> None:
    svg = bars("x", [Bar("a", 100, "100"), Bar("b", 50, "50"), Bar("c", 0, "0")], shown=SHOWN)
    assert lengths(svg, "width") == ["360", "180"]


def test_the_stack_of_a_day_is_as_high_as_what_was_asked() -> None:
    counts = dict.fromkeys(Fate, 0) | {Fate.ALLOWED: 30, Fate.HELD: 20}
    svg = fates_chart([(1, counts)], shown=SHOWN)
    root = etree.fromstring(str(svg))
    bars_only = [item for item in root.iter("{*}rect") if item.get("y") not in (None, "8")]
    # The axis reaches from 240 down to 44 pixels, and ends at 50.
    assert [item.get("height") for item in bars_only] == ["117.6", "78.4"]
    assert [item.get("y") for item in bars_only] == ["122.4", "44"]
    assert "frozen" not in str(svg)


def test_charts_of_nothing_are_drawn() -> None:
    for svg in (
        fates_chart([], shown=SHOWN),
        reserve_chart([], unit=100, currency="PKR", shown=SHOWN),
        bars("x", [], shown=SHOWN),
        histogram([], shown=SHOWN, axis="nothing"),
    ):
        assert etree.fromstring(str(svg)).get("role") == "img"


def test_fates_differ_in_colour_and_in_pattern() -> None:
    paints = [FATE_PAINTS[fate] for fate in Fate]
    assert len({paint.colour for paint in paints}) == len(paints)
    assert len({paint.hatch for paint in paints}) == len(paints)
