"""The report: self-contained, the same every time, set in two scripts, true to its facts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from sandrail.evidence import (
    Dossier,
    PdfMissing,
    read_dossier,
    render_report,
    report_hash,
    write_pdf,
)
from sandrail.evidence import report as report_module
from sandrail.evidence.firm_cases import firm_cases
from sandrail.evidence.report import breakable, share
from sandrail.evidence.tally import Fate, Origin
from sandrail.evidence.view import View
from sandrail.journal import Draft, Journal, json_payload

TEMPLATES = Path(report_module.__file__).parent / "templates"
ARABIC = re.compile(r"[\u0600-\u06ff]")
PHYSICAL = re.compile(
    r"(?<![-\w])(left|right)\s*:|(margin|padding|border|text-align|float|clear)[-:]\s*(left|right)"
)


@pytest.fixture(scope="module")
def text(dossier: Dossier) -> str:
    return render_report(dossier)


@pytest.fixture(scope="module")
def page(text: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(text)


def test_the_same_facts_give_the_same_bytes(dossier: Dossier, journal: Journal, text: str) -> None:
    assert render_report(read_dossier(journal)) == text
    assert report_hash(dossier) == report_hash(read_dossier(journal))


def test_the_report_asks_nobody_for_anything(page: lxml.html.HtmlElement, text: str) -> None:
    assert not page.xpath("//script | //link | //img | //iframe | //object | //embed | //@src")
    assert not re.search(r"url\((?!#)|@import|@font-face", text)
    assert len(page.xpath("//style")) == 1


def test_no_element_carries_a_style_or_an_event(page: lxml.html.HtmlElement) -> None:
    assert not page.xpath("//@style")
    assert not [name for item in page.iter() for name in item.attrib if name.startswith("on")]


def test_the_style_sheet_knows_no_left_and_right() -> None:
    found = PHYSICAL.findall((TEMPLATES / "report.css").read_text("utf-8"))
    assert found == []
    assert PHYSICAL.search("margin-left: 1em") and PHYSICAL.search("p { left: 0 }")


def test_every_chart_speaks_and_stands_beside_its_table(page: lxml.html.HtmlElement) -> None:
    figures = page.xpath("//figure")
    assert len(figures) == 5
    for figure in figures:
        drawing = figure.find(".//svg")
        assert drawing is not None and drawing.get("role") == "img"
        named = (drawing.get("aria-labelledby") or "").split()
        assert [item.tag for key in named for item in drawing.iter() if item.get("id") == key] == [
            "title",
            "desc",
        ]
        assert len(figure.xpath(".//details//table//tbody/tr")) > 0


def test_ids_are_unique_and_drawings_are_well_formed(
    page: lxml.html.HtmlElement, dossier: Dossier
) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    view = View(dossier)
    for figure in (
        view.reserve_figure,
        view.fates_figure,
        view.reasons_figure,
        view.uses_figure,
        view.holdings_figure,
    ):
        root = etree.fromstring(str(figure.svg))
        assert not root.xpath("//@style")
        assert all(len(row) == len(figure.columns) for row in figure.rows)


def test_urdu_is_marked_and_runs_from_the_right(page: lxml.html.HtmlElement) -> None:
    loose = [
        words
        for words in page.xpath("//body//text()[normalize-space()]")
        if ARABIC.search(words)
        and not words.getparent().xpath("ancestor-or-self::*[@lang='ur'][@dir='rtl']")
    ]
    assert loose == []
    assert page.xpath("//*[@lang='ur']")
    assert page.get("lang") == "en" and page.get("dir") == "ltr"


def test_hashes_keep_their_direction(page: lxml.html.HtmlElement) -> None:
    for words in page.xpath("//body//text()"):
        if re.fullmatch(r"\s*[0-9a-f]{64}\s*", words):
            assert words.getparent().xpath("ancestor-or-self::bdi[@dir='ltr']")


def test_verdict_decision_and_books_are_told(text: str, dossier: Dossier) -> None:
    view = View(dossier)
    assert view.decision is not None
    assert f">{view.recommendation}<" in text and ">Wind-down ordered<" in text
    assert view.decision.maker.name in text and view.decision.checker.name in text
    assert dossier.tokens(dossier.last.supply_minor) in text
    assert dossier.head.hash.hex() in text
    for item in dossier.ending.hypotheses:
        assert item.statement in text.replace("&#39;", "'")


def test_placeholders_are_marked(page: lxml.html.HtmlElement, dossier: Dossier) -> None:
    view = View(dossier)
    assert view.placeholders > 0
    marks = page.xpath("//table[contains(@class, 'rules')]//span[@class='badge placeholder']")
    named = [rule for rule in view.rules if rule.status.value == "placeholder"]
    assert len(marks) == len(named)


def test_before_the_decision_the_report_says_so(dossier: Dossier, journal: Journal) -> None:
    then = read_dossier(journal, until=dossier.ending.seq)
    text = render_report(then)
    assert "Not yet taken" in text and "Wind-down ordered" not in text
    assert then.head.seq == dossier.ending.seq


def test_what_concerned_the_whole_firm_is_told(
    page: lxml.html.HtmlElement, dossier: Dossier
) -> None:
    """The stray credit of day 2 is a break that grows too old: a pause, lifted by two."""
    (case,) = firm_cases(dossier.facts)
    lifted = next(fact for fact in dossier.facts if fact.kind == "firm.lifted")
    assert (case.ended_seq, case.ended_us, case.by) == (lifted.seq, lifted.at_us, lifted.actor)
    assert case.confirmed_by and case.confirmed_by != case.by
    (row,) = page.xpath("//table[@class='firm']/tbody/tr")
    words = row.text_content()
    for told in (case.told.rule, case.told.reason, case.by, case.confirmed_by, case.because):
        assert told in words
    (standing,) = firm_cases(dossier.facts[: lifted.seq])
    assert standing.ended_seq == -1 and standing.told == case.told


def test_a_report_owed_has_a_clock_and_its_reference() -> None:
    told = {
        "effect": "REPORT", "rule": "G29.first_report", "subject": "outage", "since_us": 5,
        "due_us": 10, "limit": "1 day", "value": "an outage", "citation": "none", "reason": "Due.",
    }  # fmt: skip
    filed = {"rule": "G29.first_report", "subject": "outage", "reference": "PVARA-7"}
    journal = Journal.in_memory("firm")
    for at_us, kind, plain in ((5, "firm.report_due", told), (10, "firm.report_filed", filed)):
        journal.commit([Draft(kind, at_us, "firm:p", json_payload(plain))])
    (case,) = firm_cases(journal.facts())
    assert (case.because, case.by, case.ended_us, case.late) == ("PVARA-7", "firm:p", 10, True)
    assert not replace(case, ended_us=9).late


def test_counts_add_up(dossier: Dossier) -> None:
    view = View(dossier)
    rows = dossier.asked.of(Origin.CUSTOMER)
    assert view.asked == len(rows.seq) == sum(close.asked for close in dossier.days)
    assert view.totals[Fate.HELD] == sum(close.held for close in dossier.days)
    assert view.stopped == sum(view.totals[fate] for fate in (Fate.HELD, Fate.BLOCKED, Fate.FROZEN))
    assert sum(int(count.replace(",", "")) for _, count in view.holdings_figure.rows) == len(
        view.ledger[-1].holdings
    )


def test_names_from_an_application_cannot_break_out(dossier: Dossier) -> None:
    assert str(breakable("<b>.x")) == "&lt;b&gt;.<wbr>x"
    view = View(dossier)
    assert "<" not in view.firm[0] or "&lt;" in render_report(dossier)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "–"), (1, 3, "33.3 %"), (2, 3, "66.7 %"), (5, 5, "100.0 %"), (1, 2000, "0.1 %")],
)
def test_shares_are_rounded_to_the_nearest(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


def test_a_missing_extra_says_what_to_install(
    dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(PdfMissing) as caught:
        write_pdf(dossier, tmp_path / "report.pdf")
    assert "sandrail[pdf]" in caught.value.fix
