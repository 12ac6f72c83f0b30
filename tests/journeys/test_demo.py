"""The whole way, as a newcomer goes it: the demonstration, its answer, and a stranger's check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEED = "11"


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sandrail", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the JSON object that a command ended with."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same seed in two processes, on the two EVMs; and another seed."""
    base = tmp_path_factory.mktemp("demo")
    asked = {
        "simular": ("--seed", SEED, "--engine", "simular"),
        "py-evm": ("--seed", SEED, "--engine", "py-evm"),
    }
    return {
        name: answer(run("demo", "--out", str(base / name), *words, "--json", cwd=base))
        for name, words in asked.items()
    }


@pytest.mark.slow
@pytest.mark.evm
def test_the_same_seed_gives_the_same_journal_in_two_processes_on_two_evms(
    demos: dict[str, Any],
) -> None:
    first, second = demos["simular"], demos["py-evm"]
    assert first["journal_hash"] == second["journal_hash"]
    report = Path(first["report"]).read_bytes()
    assert report == Path(second["report"]).read_bytes()


@pytest.mark.slow
@pytest.mark.evm
def test_the_demonstration_ends_with_every_figure_and_they_agree(demos: dict[str, Any]) -> None:
    end = demos["simular"]
    assert end["token_supply_minor"] == end["ledger_liability_minor"] > 0
    assert end["reserve_minor"] >= end["token_supply_minor"]
    assert end["verified"] is True and end["verdict"] in {"graduate", "extend_or_wind_down"}
    assert {"allowed", "held", "blocked", "frozen"} <= set(end["transfers"])
    assert end["transfers"]["allowed"] > 1_000 and end["transfers"]["blocked"] > 0
    assert all(isinstance(holds, bool) for holds in end["hypotheses"].values())
    assert Path(end["report"]).is_file() and (Path(end["bundle"]) / "manifest.json").is_file()


@pytest.mark.slow
def test_a_stranger_verifies_the_bundle_and_notices_one_flipped_byte(
    demos: dict[str, Any], tmp_path: Path
) -> None:
    bundle = Path(demos["simular"]["bundle"])
    slice_ = bundle / "journal.slice"
    data = bytearray(slice_.read_bytes())
    data[len(data) // 2] ^= 1
    slice_.write_bytes(data)
    try:
        done = run("verify", str(bundle), "--json", cwd=tmp_path)
    finally:
        data[len(data) // 2] ^= 1
        slice_.write_bytes(data)
    assert done.returncode == 5 and "journal.slice" in done.stdout and "fact" in done.stdout
