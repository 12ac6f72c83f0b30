"""What a command loads before it answers: whoever asks for help waits for no room."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sandrail.cli.commands import Later, root
from tests.cli.test_commands import run

ROOMS = ("casework", "controls", "evidence", "ledger", "screening", "transfers", "trials")
ASK = """
import sys
from sandrail.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules)
"""
LINE_COLUMNS = 62
"""What stays for a line of help beside the longest name of a command on a narrow screen."""


def loaded(*words: str) -> set[str]:
    """Run a command in a fresh interpreter; return the modules that it took."""
    done = subprocess.run([sys.executable, "-c", ASK, *words], capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("words", "rooms"),
    [
        (("--help",), set()),
        ((), set()),
        (("verfy",), set()),
        (("screen", "--help"), set()),
        (("verify", "--help"), set()),
        (("report", "--help"), set()),
        (("screen", "Ali Raza"), {"screening"}),
        (("lists", "status"), {"screening"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_takes_the_rooms_that_it_enters(words: tuple[str, ...], rooms: set[str]) -> None:
    modules = loaded(*words)
    assert {room for room in ROOMS if f"sandrail.{room}" in modules} == rooms
    assert rooms or not {"numba", "jinja2"} & modules


def later() -> list[tuple[str, Later]]:
    """Return every command that is loaded when it is asked for, with its words."""
    found: list[tuple[str, Later]] = []
    groups = [("sandrail", root)]
    while groups:
        name, group = groups.pop()
        for word, command in group.commands.items():
            if isinstance(command, Later):
                found.append((f"{name} {word}", command))
            else:
                groups.append((f"{name} {word}", command))
    return found


@pytest.mark.parametrize(("name", "command"), later(), ids=[name for name, _ in later()])
def test_what_is_loaded_later_is_there_and_its_line_of_help_is_whole(
    name: str, command: Later
) -> None:
    real = command.real()
    assert real.name == command.name == name.split()[-1] and real.help
    assert command.help and len(command.help) <= LINE_COLUMNS and command.help.endswith(".")


@pytest.mark.parametrize(
    "words", [("packs", "show", "pakistan"), ("--help",), ("settings", "--json")]
)
def test_a_reader_who_goes_away_gets_no_traceback_and_no_success(words: tuple[str, ...]) -> None:
    """Not 0: nobody may take for sound what was cut off before its verdict."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "sandrail", *words],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_ctrl_c_is_said_in_one_block(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(root, "invoke", stopped)
    code, out, err = run(capsys, "settings")
    assert (code, out) == (130, "") and err.startswith("Error: Interrupted.") and "Do:" in err


@pytest.mark.parametrize("words", [(), ("packs",), ("screen",)])
def test_no_words_are_answered_with_help(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: sandrail") and "\nCommands:\n" in err


@pytest.mark.parametrize("word", ["clearence", "rescren", "boook"])
def test_a_mistyped_command_is_not_cleared_as_a_name(
    capsys: pytest.CaptureFixture[str], word: str
) -> None:
    code, out, err = run(capsys, "screen", word)
    assert (code, out) == (2, "") and f"sandrail screen name {word}" in err
