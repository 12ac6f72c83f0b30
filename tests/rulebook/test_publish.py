"""What is published comes from the pack, in its languages, and shows every status."""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import html

from sandrail.rulebook import (
    GUARDRAILS,
    Pack,
    Status,
    UnknownEntryError,
    diff_packs,
    find_packs,
    load_pack,
    parse_pack,
    publish_comparison,
    publish_form,
    publish_guidelines,
    publish_perimeter,
    style_source,
)
from sandrail.rulebook.publish import answer_at
from sandrail.rulebook.words import WORDS, guardrail_title

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art" / "application.toml"

PHYSICAL_CSS = re.compile(
    r"(margin|padding|border)-(left|right|top|bottom)|text-align:\s*(left|right)|float:|[^-]width:"
)


@pytest.fixture(scope="module")
def pakistan() -> Pack:
    return load_pack("pakistan")


def _page(text: str) -> html.HtmlElement:
    page = html.fromstring(text)
    assert isinstance(page, html.HtmlElement)
    return page


@pytest.mark.parametrize("pack_id", sorted(find_packs()))
def test_every_pack_has_a_guideline_in_each_of_its_languages(pack_id: str) -> None:
    pack = load_pack(pack_id)
    for language in pack.languages:
        page = _page(publish_guidelines(pack, language))
        assert page.get("lang") == language
        assert page.get("dir") == ("rtl" if language == "ur" else "ltr")
        ids = Counter(page.xpath("//@id"))
        assert not [name for name, count in ids.items() if count > 1]
        assert {anchor[1:] for anchor in page.xpath("//a/@href")} <= set(ids)
        for rule in pack.in_force(pack.published):
            assert f"rule-{rule.id}" in ids


def test_the_page_is_self_contained_and_has_no_physical_direction(pakistan: Pack) -> None:
    for text in (
        publish_guidelines(pakistan, "ur"),
        publish_form(pakistan, "sandbox_application", language="ur"),
        publish_perimeter(pakistan, "en"),
    ):
        page = _page(text)
        assert not page.xpath("//script | //link | //img | //iframe")
        assert not PHYSICAL_CSS.search(text.split("</style>")[0])


def test_urdu_pages_hold_urdu_texts_and_isolate_english_ones(pakistan: Pack) -> None:
    text = publish_guidelines(pakistan, "ur")
    page = _page(text)
    row = page.xpath("//*[@id='rule-G05.transfer_max']")[0]
    assert "ایک منتقلی کی حد" in row.text_content()
    assert row.xpath(".//bdi[contains(., 'PKR 100,000')]")
    assert row.xpath(".//code[@dir='ltr'][contains(., 'G05.transfer_max')]")
    assert "کام کے دن" in text
    assert WORDS["ur"]["placeholder"] in row.text_content()


def test_changing_one_number_in_the_pack_changes_the_page_at_that_rule_alone() -> None:
    files = {file.name: file.read_bytes() for file in find_packs()["pakistan"].glob("*.toml")}
    before = _page(publish_guidelines(parse_pack(files), "en"))
    files["guardrails.toml"] = files["guardrails.toml"].replace(b'"100000"', b'"90000"')
    after = _page(publish_guidelines(parse_pack(files), "en"))

    def rows(page: html.HtmlElement) -> dict[str, str]:
        return {row.get("id"): row.text_content() for row in page.xpath("//tr[@id]")}

    old, new = rows(before), rows(after)
    changed = [name for name in old if old[name] != new[name]]
    assert changed == ["rule-G05.transfer_max"]
    assert "PKR 90,000" in new["rule-G05.transfer_max"]


def test_every_placeholder_is_marked_on_the_page(pakistan: Pack) -> None:
    page = _page(publish_guidelines(pakistan, "en"))
    for rule in pakistan.in_force(pakistan.published):
        row = page.xpath(f"//*[@id='rule-{rule.id}']")[0]
        marked = bool(row.xpath(".//*[contains(@class, 'status-placeholder')]"))
        assert marked == (rule.status is Status.PLACEHOLDER)


def test_the_conflict_of_two_laws_is_explained_on_the_page(pakistan: Pack) -> None:
    row = _page(publish_guidelines(pakistan, "en")).xpath("//*[@id='rule-G33.retention_min']")[0]
    assert "applies against 7 years" in row.text_content()


def test_texts_of_a_pack_cannot_write_markup(pakistan: Pack) -> None:
    text = (find_packs()["example"] / "pack.toml").read_text(encoding="utf-8")
    hostile = text.replace("Single transfer", "<script>alert(1)</script>")
    page = publish_guidelines(parse_pack({"pack.toml": hostile.encode()}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_language_that_the_pack_does_not_promise_is_refused(pakistan: Pack) -> None:
    with pytest.raises(UnknownEntryError, match="'fr'"):
        publish_guidelines(pakistan, "fr")


def test_a_language_without_our_words_gets_english_ones(pakistan: Pack) -> None:
    example = load_pack("example")
    page = publish_guidelines(replace(example, languages=("sw",)))
    assert 'lang="sw"' in page
    assert WORDS["en"]["limits"] in page


def test_the_words_are_complete_in_both_languages() -> None:
    assert set(WORDS["en"]) == set(WORDS["ur"])
    assert all(text.strip() for words in WORDS.values() for text in words.values())


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_blank_form_asks_every_question(pakistan: Pack, language: str) -> None:
    for form in pakistan.forms:
        page = _page(publish_form(pakistan, form.id, language=language))
        asked = {name.removeprefix("question-") for name in page.xpath("//div/@id")}
        assert asked == {question.id for question in form.questions()}


def test_the_perimeter_matrix_has_a_row_per_activity(pakistan: Pack) -> None:
    page = _page(publish_perimeter(pakistan))
    rows = page.xpath("//tbody/tr")
    assert len(rows) == len(pakistan.activities)
    width = 1 + len(pakistan.authorities) + len(pakistan.instruments)
    assert {len(row) for row in rows} == {width}
    issuance = page.xpath("//*[@id='activity-issuance']")[0].text_content()
    assert "decides" in issuance
    assert "✓" in issuance


def test_the_worked_example_answers_every_required_question(pakistan: Pack) -> None:
    answers = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    form = pakistan.form("sandbox_application")
    missing = [
        question.id
        for question in form.questions()
        if question.required and answer_at(answers, question.id) is None
    ]
    assert missing == []

    for language in pakistan.languages:
        text = publish_form(pakistan, form.id, language=language, answers=answers)
        page = _page(text)
        assert WORDS[language]["example"] in page.xpath("//h1")[0].text_content()
        activities = page.xpath("//*[@id='question-perimeter.activities']")[0].text_content()
        assert activities.count("☑") == len(answers["perimeter"]["activities"])
        owners = page.xpath("//*[@id='question-firm.owners']//tbody/tr")
        assert len(owners) == len(answers["firm"]["owners"])
        assert answers["firm"]["legal_name_ur"] in text


def test_an_answer_is_found_by_its_path_or_not_at_all() -> None:
    answers = {"a": {"b": {"c": 0}}, "d": "text"}
    assert answer_at(answers, "a.b.c") == 0
    assert answer_at(answers, "a.x.c") is None
    assert answer_at(answers, "d.e") is None


def test_answers_cannot_write_markup(pakistan: Pack) -> None:
    hostile = {"firm": {"legal_name": "<b onclick=x>", "owners": [{"name": "<i>"}]}}
    text = publish_form(pakistan, "sandbox_application", answers=hostile)
    assert "<b onclick" not in text
    assert "<i>" not in text


def test_a_comparison_is_a_page_with_a_row_per_rule(pakistan: Pack) -> None:
    union = load_pack("eu")
    page = _page(publish_comparison(pakistan, union))
    rows = page.xpath("//tbody/tr")
    assert len(rows) == len(diff_packs(pakistan, union).rows)
    travel = page.xpath("//*[@id='row-G21.travel_rule_above']")[0].text_content()
    assert "falls short" in travel
    assert "more than PKR 1,000,000" in travel
    assert pakistan.content_hash in page.text_content()
    assert union.content_hash in page.text_content()


def test_every_guardrail_has_a_title_in_urdu() -> None:
    for guardrail in GUARDRAILS.values():
        assert guardrail_title(guardrail, "ur") != guardrail_title(guardrail, "en")


def test_a_strict_policy_can_name_the_style_of_every_page(pakistan: Pack) -> None:
    for text in (
        publish_guidelines(pakistan, "ur"),
        publish_form(pakistan, "noc_application"),
        publish_perimeter(pakistan),
        publish_comparison(pakistan, load_pack("fatf")),
    ):
        styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert len(styles) == 1
        hashed = b64encode(sha256(styles[0].encode()).digest()).decode()
        assert style_source() == f"'sha256-{hashed}'"
        assert " style=" not in text
