"""SIGKILL in a real process: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SANDRAIL_KILLS", "25"))


def killing(where: str, *flags: str, kills: int) -> tuple[int, dict[str, object]]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.journal.killing", where, "--kills", str(kills), *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout.splitlines()[-1])


def test_nothing_acknowledged_is_lost_on_sqlite(tmp_path: Path) -> None:
    code, counted = killing(str(tmp_path / "j.db"), kills=KILLS)
    assert (code, counted["kills"]) == (0, KILLS)
    assert int(str(counted["acknowledged"])) > KILLS


@pytest.mark.postgres
def test_nothing_acknowledged_is_lost_on_postgres(postgres_url: str) -> None:
    code, counted = killing(postgres_url, kills=max(KILLS // 5, 5))
    assert code == 0
    assert int(str(counted["acknowledged"])) > KILLS // 5


def test_acknowledging_before_the_commit_is_found(tmp_path: Path) -> None:
    code, found = killing(str(tmp_path / "j.db"), "--acknowledge-first", kills=40)
    assert code == 1
    assert "was acknowledged and is not there" in str(found["lost"])
