"""An application is saved, resumed and compared; documents are listed by hash; a law is adopted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandrail.casework import (
    ApplicationError,
    DocumentError,
    Grounds,
    Pair,
    Walk,
    application_text,
    diff_applications,
    load_application,
    parse_application,
)
from sandrail.casework.casebook import Casebook
from sandrail.casework.people import load_people
from sandrail.cli.casework import case_app
from sandrail.journal import Journal
from sandrail.rulebook import find_packs, load_pack
from sandrail.world import ConflictError, InputError, SandrailError
from tests.casework.conftest import EXAMPLE, START_US, sha

JOURNEYS = EXAMPLE.parent / "journeys"
EXAMPLES = [EXAMPLE, JOURNEYS / "remittance", JOURNEYS / "international-exchange"]
CASE = "PK-APP-000001-40"
BY = ["--people", str(EXAMPLE / "people.toml"), "--by", "mehran:p.rehmati"]


def ask(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(case_app, [*words, "--json"], catch_exceptions=True)
    if isinstance(result.exception, SandrailError):
        raise result.exception
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case"))


@pytest.fixture
def journal(tmp_path: Path) -> str:
    path = tmp_path / "filing.journal"
    Journal.create(path, name="filing").close()
    return str(path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda it: it.name)
def test_an_application_written_back_is_the_same(example: Path) -> None:
    application = load_application(example / "application.toml")
    assert parse_application(application_text(application).encode()) == application


def test_an_application_is_saved_resumed_and_compared(folder: Path, journal: str) -> None:
    file, where = folder / "application.toml", ["--journal", journal]
    assert ask("save", str(file), *where, *BY)["id"] == CASE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("customers_max = 500", "customers_max = 400"), encoding="utf-8")
    assert ask("save", str(file), "--case", CASE, *where, *BY)["version"] == 2
    (changed,) = ask("diff", CASE, *where)["changed"]
    assert changed == {"field": "consumers.customers_max", "before": "500", "after": "400"}
    back = folder / "back.toml"
    ask("resume", CASE, "--out", str(back), *where)
    assert load_application(back) == load_application(file)
    first = folder / "first.toml"
    ask("resume", CASE, "--out", str(first), "--version", "1", *where)
    rows = diff_applications(load_application(first), load_application(back))
    assert [path for path, _, _ in rows] == ["consumers.customers_max"]
    with pytest.raises(ConflictError):
        ask("resume", CASE, "--out", str(back), *where)
    with pytest.raises(InputError):
        ask("resume", CASE, "--out", str(folder / "x.toml"), "--version", "3", *where)


def test_a_document_is_listed_by_the_hash_of_what_it_holds(folder: Path) -> None:
    application = folder / "application.toml"
    added = folder / "documents" / "audit.md"
    added.write_text("Nothing was found.", encoding="utf-8")
    words = ["document", "add", str(added), "--application", str(application), "--kind", "audit"]
    answer = ask(*words)
    assert answer["added"] and answer["sha256"] == sha("Nothing was found.")
    listed = load_application(application).documents[-1]
    assert (listed.path, listed.sha256) == ("documents/audit.md", answer["sha256"])
    assert not ask(*words)["added"], "a second time changes nothing"
    added.write_text("Something was found.", encoding="utf-8")
    with pytest.raises(ConflictError):
        ask(*words)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("../outside.md", b"text"),
        ("documents/tool.pdf", b"\x7fELF"),
        ("documents/script.pdf", b"%PDF-1.7 /JavaScript (app.alert(1))"),
        ("documents/late.md", b"\xff\xfe"),
        ("documents/old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_a_document_that_cannot_be_accepted_leaves_the_file_as_it_was(
    folder: Path, path: str, content: bytes
) -> None:
    application = folder / "application.toml"
    before = application.read_bytes()
    (folder / path).write_bytes(content)
    words = ["--application", str(application), "--kind", "audit"]
    with pytest.raises(DocumentError):
        ask("document", "add", str(folder / path), *words)
    assert application.read_bytes() == before


def test_a_kind_that_is_no_code_is_taken_back(folder: Path) -> None:
    application = folder / "application.toml"
    before = application.read_bytes()
    (folder / "a.md").write_text("text", encoding="utf-8")
    words = ["--application", str(application), "--kind", "no code"]
    with pytest.raises(ApplicationError):
        ask("document", "add", str(folder / "a.md"), *words)
    assert application.read_bytes() == before


def test_a_version_of_the_law_is_looked_at_and_then_adopted(folder: Path, journal: str) -> None:
    later = Path(shutil.copytree(find_packs()["pakistan"], folder / "later"))
    rules = later / "guardrails.toml"
    head, rest = rules.read_text(encoding="utf-8").split('id = "G05.transfer_max"')
    rest = rest.replace('"100000"', '"60000"', 1)
    rules.write_text(f'{head}id = "G05.transfer_max"{rest}', encoding="utf-8")
    people, pack = load_people(EXAMPLE / "people.toml"), load_pack("pakistan")
    grounds = Grounds(("MET-1",), (sha("minutes"),))
    with Journal.open(journal) as opened:
        walk = Walk(Casebook.open(opened, pack), people, START_US)
        case = walk.approve(load_application(EXAMPLE / "application.toml"), grounds=grounds)
        permission = walk.grant(case, products=("art",), grounds=grounds)
    words = [permission.id, "--former", str(find_packs()["pakistan"]), "--pack", str(later)]
    words += ["--journal", journal, "--on", "2027-01-10T09:00:00Z"]
    looked = ask("adopt", *words)
    assert not looked["adopted"]
    assert [it["rule"] for it in looked["changes"]] == ["G05.transfer_max"]
    notice = folder / "notice.md"
    notice.write_text("The Authority publishes version 2.", encoding="utf-8")
    signed = ["--people", str(EXAMPLE / "people.toml"), "--by", "pvara:l.supervisor"]
    signed += ["--checker", "pvara:h.head", "--reason", "MET-1"]
    with pytest.raises(InputError):
        ask("adopt", *words, *signed)
    assert ask("adopt", *words, *signed, "--evidence", str(notice))["adopted"]
    with Journal.open(journal, read_only=True) as opened:
        book = Casebook.open(opened, load_pack(later))
        bound = book.docket.instrument(permission.id).permission.pack_hash
    assert bound == load_pack(later).content_hash


def test_what_was_redacted_is_told_as_such(journal: str) -> None:
    people, pack = load_people(EXAMPLE / "people.toml"), load_pack("pakistan")
    grounds, law = Grounds(("MET-1",)), "order 7 of a court"
    application = load_application(EXAMPLE / "application.toml")
    with Journal.open(journal) as opened:
        walk = Walk(Casebook.open(opened, pack), people, START_US)
        first, second = walk.file(application), walk.file(application)
        pair = Pair(people["pvara:c.officer"], people["pvara:h.head"])
        seq = first.history[0].seq
        walk.book.redact(first.id, seq, law=law, by=pair, grounds=grounds, at_us=walk.now_us)
        seq = second.history[0].seq
        opened.redact(seq, at_us=walk.now_us, actor="pvara:h.head", reason=law)
    shown = ask("show", first.id, "--journal", journal)
    assert shown["history"][0]["act"] == f"started (redacted under {law})"
    states = {row["id"]: row["state"] for row in ask("list", "--journal", journal)["rows"]}
    assert states == {first.id: first.state.value, second.id: f"redacted under {law}"}
