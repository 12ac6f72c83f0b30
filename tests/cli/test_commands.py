"""The command line as people and machines use it: answers, exit codes, errors that help."""

from __future__ import annotations

import json
import threading
import urllib.request
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from sandrail.cli import main
from sandrail.cli.commands import root
from sandrail.cli.serving import ReadOnlyPages
from sandrail.cli.settings import read_settings
from sandrail.cli.speaking import percent
from sandrail.journal import Journal
from tests.makers.desk import issue, open_desk
from tests.reference import commands_of

EXAMPLES = Path(__file__).parents[2] / "examples"
APPLICATION = EXAMPLES / "rupee-art" / "application.toml"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what it said."""
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out, said.err


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Run a command for a machine; return its exit code and its JSON object."""
    code, out, err = run(capsys, *words, "--json")
    return code, json.loads((out or err).splitlines()[-1])


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal with a desk in business."""
    path = tmp_path / "journal.db"
    with Journal.create(path, name="cli") as opened:
        open_desk(journal=opened).submit([issue(1, 0, 5_000_000)], key="fund")
    return path


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(0, "0.00 %"), (99, "0.00 %"), (5_100, "0.51 %"), (123_456, "12.34 %"), (10**6, "100.00 %")],
)
def test_a_share_is_said_in_per_cent(ppm: int, text: str) -> None:
    assert percent(ppm) == text


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for word in root.commands:
        code, out, _ = run(capsys, word, "--help")
        assert code == 0 and ("--json" in out or "Commands:" in out)


def test_no_command_takes_the_place_of_a_journal_for_a_file() -> None:
    """A ``postgresql://`` URL loses a slash when it is read as a path."""
    found = {
        (name, parameter): kind
        for name, command in commands_of(root, "sandrail")
        for parameter, kind in get_type_hints(command.callback).items()
        if parameter in {"journal", "store"}
    }
    assert len(found) > 30 and set(found.values()) == {str}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("transfer",), "amount"),
        (("transfer", "--amounts", "5"), "--amounts"),
        (("transfers",), "transfers"),
        (("ledger", "chek"), "chek"),
        (("demo", "--seed", "many"), "--seed"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_words_that_are_no_command_are_answered_in_one_block_and_exit_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], names: str, as_json: bool
) -> None:
    code, out, err = run(capsys, *words, *(("--json",) if as_json else ()))
    assert code == 2 and not out and names in err and "Traceback" not in err
    assert not as_json or json.loads(err)["error"]["code"] == "cli.usage"


def test_a_transfer_is_judged_posted_and_recorded(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    words = ("transfer", "--journal", str(journal), "--from", "C0", "--to", "C1")
    words += ("--amount", "1,250.50", "--key", "k1", "--travel-data")
    code, said = answer(capsys, *words)
    assert (code, said["outcome"], said["posting"]) == (0, "ALLOW", "POSTED")
    code, again = answer(capsys, *words)
    assert (code, again["repeated"], again["fact"]) == (0, True, said["fact"])


@pytest.mark.parametrize(
    ("changes", "exit_code", "code"),
    [
        ({"--amount": "12.345"}, 2, "money.wrong_scale"),
        ({"--amount": "a lot"}, 2, "money.bad_amount"),
        ({"--asset": "USDX"}, 2, "transfers.unknown_asset"),
        ({"--from": "nobody"}, 2, "transfers.unknown_party"),
        ({"--kind": "gift"}, 2, "transfers.bad_batch"),
        ({"--key": "fund"}, 3, "transfers.key_conflict"),
    ],
)
def test_what_cannot_be_a_transfer_is_refused_and_the_refusal_is_kept(
    capsys: pytest.CaptureFixture[str],
    journal: Path,
    changes: dict[str, str],
    exit_code: int,
    code: str,
) -> None:
    asked = {"--amount": "1", "--key": "k", "--from": "C0", "--to": "C1"} | changes
    words = [word for pair in asked.items() for word in pair]
    _, before = answer(capsys, "ledger", "check", str(journal))
    got, said = answer(capsys, "transfer", "--journal", str(journal), *words)
    assert (got, said["error"]["code"]) == (exit_code, code)
    assert said["error"]["why"] and said["error"]["fix"]
    _, after = answer(capsys, "ledger", "check", str(journal))
    assert after["state_hash"] == before["state_hash"]
    with Journal.open(journal, read_only=True) as opened:
        assert opened.fact(opened.head.seq).kind == "transfers.refused"


def test_a_rule_s_refusal_exits_with_four_and_names_the_rule(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    words = ("transfer", "--journal", str(journal), "--to", "C2", "--kind", "issue")
    code, said = answer(capsys, *words, "--amount", "100,000.01", "--key", "big")
    assert (code, said["rule"]) == (4, "G05.transfer_max")
    assert "PKR 0.01 less would pass" in said["reason"]


def test_after_the_window_nothing_enters_and_customers_get_out(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    words = ("transfer", "--journal", str(journal), "--from", "C0", "--amount", "1")
    late = ("--at", "2027-01-01T00:00:00Z")
    code, said = answer(capsys, *words, "--to", "C1", "--key", "late", *late)
    assert (code, said["rule"]) == (4, "G01.window_months_max")
    code, said = answer(capsys, *words, "--kind", "redeem", "--key", "out", *late)
    # The lists are stale by then, so the exit waits for fresh ones; it is not refused.
    assert (code, said["outcome"], said["rule"]) == (0, "HOLD", "G19.list_age_max")


def test_errors_for_people_say_what_why_and_what_to_do(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    words = ("transfer", "--journal", str(journal), "--from", "C0", "--to", "C1", "--key", "k")
    code, _, err = run(capsys, *words, "--amount", "1.005")
    assert code == 2
    assert "Error:" in err and "Why:" in err and "Do:" in err and "docs/reference/errors.md" in err


def test_a_book_is_proved_sound_or_its_first_wrong_fact_is_named(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    code, said = answer(capsys, "ledger", "check", str(journal), "--reference")
    assert code == 0 and said["sound"]
    data = bytearray(journal.read_bytes())
    at = data.rfind(b"SRFRAME1") + 400
    data[at] ^= 1
    journal.write_bytes(data)
    code, said = answer(capsys, "ledger", "check", str(journal))
    assert code in (5, 6) and not said.get("sound", False)


def test_a_selfcheck_needs_no_network_and_exits_by_its_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, said = answer(capsys, "selfcheck", str(APPLICATION), "--on", "2026-09-01")
    assert code == 0 and said["ready"] and said["limits"]


def test_packs_are_listed_shown_checked_and_compared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, said = answer(capsys, "packs", "list")
    assert {"pakistan", "example"} <= {pack["id"] for pack in said["packs"]}
    _, said = answer(capsys, "packs", "show", "pakistan", "--on", "2026-06-01")
    assert any(rule["id"] == "G05.transfer_max" for rule in said["rules"])
    _, said = answer(capsys, "packs", "show", "pakistan", "--placeholders")
    assert said["placeholders"]
    code, said = answer(capsys, "packs", "diff", "pakistan", "eu")
    assert code == 0 and said["rows"]
    _, said = answer(capsys, "packs", "publish", "pakistan", "--out", str(tmp_path / "pages"))
    assert all(Path(name).stat().st_size > 1_000 for name in said["written"])
    code, said = answer(capsys, "packs", "show", "atlantis")
    assert code == 2


@pytest.mark.parametrize("name", ["art-issuer", "international-exchange", "remittance"])
def test_a_told_case_plays(capsys: pytest.CaptureFixture[str], name: str) -> None:
    told = sorted((EXAMPLES / "journeys" / name).glob("journey*.toml"))
    assert told
    for file in told:
        code, said = answer(capsys, "journey", str(file))
        assert code == 0 and said["names"]


def test_journals_are_made_backed_up_restored_and_forked(
    capsys: pytest.CaptureFixture[str], journal: Path, tmp_path: Path
) -> None:
    _, made = answer(capsys, "init", "--name", "new", "--store", str(tmp_path / "new.db"))
    assert len(made["genesis"]) == 64
    _, saved = answer(capsys, "backup", str(journal), str(tmp_path / "copy.slice"))
    _, back = answer(capsys, "restore", str(tmp_path / "copy.slice"), str(tmp_path / "restored.db"))
    _, branch = answer(capsys, "fork", str(journal), str(tmp_path / "fork.db"), "--until", "5")
    assert saved["head"] == back["head"] and branch["facts"] == 5
    assert answer(capsys, "migrate", str(journal))[1]["applied"] == []


def test_settings_come_from_the_environment_and_from_nowhere_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDRAIL_ENGINE", "py-evm")
    assert answer(capsys, "settings")[1]["engine"] == "py-evm"
    assert read_settings({}).engine == "auto"


def test_pages_are_served_on_this_machine_with_headers_that_load_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<p>report</p>")
    pages = partial(ReadOnlyPages, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/report.html"
            with urllib.request.urlopen(address) as got:
                assert got.read() == b"<p>report</p>"
                assert "default-src 'none'" in got.headers["Content-Security-Policy"]
        finally:
            server.shutdown()
            thread.join()
