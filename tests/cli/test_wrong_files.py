"""Files that are missing, are folders or are something else: one block that helps, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sandrail.journal import Journal
from tests.cli.test_commands import run

PEOPLE = str(Path(__file__).parents[2] / "examples" / "rupee-art" / "people.toml")

READING = {
    "selfcheck": ("selfcheck", "{}"),
    "journey": ("journey", "{}"),
    "verify": ("verify", "{}"),
    "report": ("report", "{}"),
    "trial run": ("trial", "run", "{}", "--out", "{out}"),
    "trial replay": ("trial", "replay", "{}"),
    "trial exam": ("trial", "exam", "{}"),
    "packs check": ("packs", "check", "{}"),
    "restore": ("restore", "{}", "{out}"),
    "migrate": ("migrate", "{}"),
    "ledger": ("ledger", "check", "{}"),
    "register": ("register", "{}"),
    "case list": ("case", "list", "--journal", "{}"),
    "case prove": ("case", "prove", "{}", "--journal", "{}"),
    "case queue": ("case", "queue", "x", "--people", "{}"),
}


def missing(folder: Path) -> Path:
    return folder / "not-there"


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def no_text(folder: Path) -> Path:
    (folder / "noise.toml").write_bytes(b"\xff\xfe\x00noise")
    return folder / "noise.toml"


@pytest.mark.parametrize("make", [missing, empty_folder, no_text])
@pytest.mark.parametrize("command", READING)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, make: Callable[[Path], Path]
) -> None:
    wrong, out = make(tmp_path), tmp_path / "out"
    words = (word.replace("{}", str(wrong)).replace("{out}", str(out)) for word in READING[command])
    code, said, err = run(capsys, *words)
    assert code in (2, 3, 5, 6) and not said
    assert (err.startswith("Error: ") and wrong.name in err) or "Why:" in err
    assert "Do: " in err
    for raw in ("Traceback", "[Errno", "codec", "Error:  ", "..", "validation error"):
        assert raw not in err, err
    assert not out.exists(), "what failed at once leaves nothing behind"


@pytest.mark.parametrize(
    "words",
    [
        ("register", "{journal}", "--out", "{wrong}/register.json"),
        ("packs", "publish", "example", "--out", "{journal}"),
        ("demo", "--out", "{journal}"),
        ("fork", "{journal}", "{wrong}/copy.db"),
        ("backup", "{journal}", "{wrong}/copy.slice"),
    ],
    ids=lambda words: words[0],
)
def test_a_place_that_cannot_be_written_is_a_fault_of_the_machine(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    journal = tmp_path / "journal.db"
    with Journal.create(journal, name="places") as opened:
        opened.commit([])
    named = {"journal": journal, "wrong": tmp_path / "not-there"}
    code, _, err = run(capsys, *(word.format(**named) for word in words))
    assert code in (2, 6) and "Traceback" not in err and "Do: " in err


@pytest.mark.parametrize(
    ("words", "see"),
    [
        (("case", "queue"), "sandrail case queue --help"),
        (("case", "shwo"), "sandrail case --help"),
        (("verfy",), "sandrail --help"),
        (("packs", "diff", "pakistan"), "sandrail packs diff --help"),
    ],
)
def test_the_hint_names_a_command_that_is_there(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], see: str
) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2 and f"`{see}`" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("verify", "{bundle}", "--engine", "foo"), "chain.bad_call"),
        (("demo", "--engine", "foo", "--out", "{out}"), "chain.bad_call"),
        (("verify", "{bundle}", "--key", "abc"), "cli.bad_key"),
        (("verify", "{bundle}", "--key", PEOPLE), "cli.bad_key"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistyped_option_accuses_nobody(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    """A bundle is not said to fail because the reader asked with a word that means nothing."""
    (tmp_path / "manifest.json").write_text("{}")
    named = {"bundle": tmp_path, "out": tmp_path / "out"}
    exit_code, said, err = run(capsys, *(word.format(**named) for word in words), "--json")
    assert exit_code == 2 and f'"{code}"' in err and not said
    assert not (tmp_path / "out").exists()


def test_a_key_file_that_is_not_there_is_told_as_such(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    code, _, err = run(capsys, "verify", str(tmp_path), "--key", "keeper.pub")
    assert code == 2 and "There is no file keeper.pub" in err


def test_a_fork_does_not_end_before_it_was_asked_to(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    journal = tmp_path / "journal.db"
    with Journal.create(journal, name="fork"):
        pass
    code, _, err = run(capsys, "fork", str(journal), str(tmp_path / "f.db"), "--until", "9")
    assert code == 2 and "no fact 8" in err
