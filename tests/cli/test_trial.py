"""``sandrail trial``: a short rehearsal comes out again and forks; what cannot be, is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.test_commands import APPLICATION, answer, run

PLAN = str(APPLICATION.with_name("plan.toml"))


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a rehearsal of two days with a dozen customers."""
    from sandrail.cli import main

    folder = tmp_path_factory.mktemp("trial") / "first"
    with pytest.raises(SystemExit) as stop:
        main(["trial", "run", PLAN, "--out", str(folder), "--days", "2", "--customers", "12"])
    assert not stop.value.code
    return folder


def test_a_trial_comes_out_again_and_parts_under_another_rule(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, again = answer(capsys, "trial", "replay", str(trial))
    assert (code, again["same"]) == (0, True)
    out = tmp_path / "fork"
    words = ("--at", "1", "--out", str(out), "--condition", "G06.daily_count_max=1")
    code, forked = answer(capsys, "trial", "fork", str(trial), *words)
    assert code == 0 and forked["journal_hash"] != again["journal_hash"]
    code, replayed = answer(capsys, "trial", "replay", str(out))
    assert (code, replayed["same"]) == (0, True)


@pytest.mark.parametrize(
    ("at", "condition", "told"),
    [
        ("1", "G06.daily_count_max=few", "does not fit"),
        ("1", "G05.transfer_max=much", "does not fit"),
        ("1", "G99.none=1", "has no rule G99.none"),
        ("1", "G05.transfer_max", "is not of the form RULE=VALUE"),
        ("7", "G05.transfer_max=1", "has no day 7"),
    ],
)
def test_a_fork_that_cannot_be_is_told(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, condition: str,
    told: str,
) -> None:  # fmt: skip
    words = ("--at", at, "--out", str(tmp_path / "fork"), "--condition", condition)
    code, said, err = run(capsys, "trial", "fork", str(trial), *words)
    assert code in (2, 4) and not said and told in err and "Do: " in err


@pytest.mark.parametrize(
    "settings",
    ["", "{", "[]", "{}", '{"conditions": [], "lists": []}', '{"conditions": 5}',
     '{"seed": 1, "lists": [], "conditions": [], "more": 1}'],
)  # fmt: skip
def test_a_folder_with_damaged_settings_holds_no_trial(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str
) -> None:
    (tmp_path / "run.json").write_text(settings)
    code, _, err = run(capsys, "trial", "replay", str(tmp_path))
    assert code == 2 and "holds no trial" in err and "Traceback" not in err


def test_two_lists_of_one_name_would_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (listed,) = APPLICATION.with_name("lists").glob("*.xml")
    lists = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        lists += ["--list", str(shutil.copy(listed, tmp_path / name / "list.xml"))]
    out = tmp_path / "out"
    code, _, err = run(capsys, "trial", "run", PLAN, "--out", str(out), *lists)
    assert code == 2 and "Two lists are called list.xml." in err and not out.exists()
