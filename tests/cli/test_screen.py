"""``sandrail screen NAME`` as an officer reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.screening import Kind, ListEntry, load_un_xml
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import Seed
from tests.cli.test_commands import answer, run


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A UN list of persons and organisations."""
    file = tmp_path_factory.mktemp("lists") / "un.xml"
    file.write_bytes(synthetic_un_xml(Seed(7), people=40))
    return file


def first(listed: Path, kind: Kind) -> ListEntry:
    return next(one for one in load_un_xml(listed).entries if one.kind is kind and one.countries)


@pytest.mark.parametrize(
    ("kind", "beside", "words"),
    [
        (Kind.ENTITY, (), "nothing beside it can be compared, and nobody said"),
        (Kind.ENTITY, ("--kind", "organisation"), "when the name and nothing beside it"),
        (Kind.ENTITY, ("--kind", "organisation", "--country"), "when the name and the country"),
        (Kind.PERSON, ("--dob",), "when the name and the date of birth can be compared"),
        (Kind.PERSON, ("--kind", "person"), "when the name and nothing beside it can be compared"),
    ],
)
def test_whoever_is_listed_is_shown_with_what_was_weighed_and_against_which_line(
    capsys: pytest.CaptureFixture[str],
    listed: Path,
    kind: Kind,
    beside: tuple[str, ...],
    words: str,
) -> None:
    entry = first(listed, kind)
    known = {"--country": entry.countries[:1], "--dob": tuple(str(one) for one in entry.dobs[:1])}
    beside += known.get(beside[-1], ()) if beside else ()
    code, out, err = run(capsys, "screen", entry.names[0].text, *beside, "--un-file", str(listed))
    assert code in (10, 11) and not err
    assert entry.id in out and words in " ".join(out.split())
    code, said = answer(capsys, "screen", entry.names[0].text, *beside, "--un-file", str(listed))
    assert said["decision"] in ("REVIEW", "HIT")


def test_a_row_that_could_not_be_screened_is_not_taken_for_a_clear_one(
    capsys: pytest.CaptureFixture[str], listed: Path, tmp_path: Path
) -> None:
    table, out = tmp_path / "in.csv", tmp_path / "out.csv"
    table.write_text("name\nIngrid Lindqvist\n4230112345671\n", encoding="utf-8")
    code, said, _ = run(capsys, "screen", str(table), "--out", str(out), "--un-file", str(listed))
    assert code == 0 and "unscreened 1" in said and "is not cleared" in said
