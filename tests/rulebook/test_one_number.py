"""One number is changed in a pack: the page, the self-check, the permission and the gate follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lxml import html

from sandrail.casework import load_application, self_check
from sandrail.controls import AssetTerms, Screen
from sandrail.journal import Journal
from sandrail.rulebook import Pack, find_packs, parse_pack, publish_guidelines
from sandrail.transfers import Desk, DeskTerms, FirmDesk
from sandrail.world import TrialClock
from tests.makers.desk import AGREED, START_US, TOKEN, client_account, issue, permission

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art" / "application.toml"
PKR = 100


def _pack(transfer_max: str) -> Pack:
    """Return Pakistan's pack with another limit for a single transfer, and nothing else."""
    files = {file.name: file.read_bytes() for file in find_packs()["pakistan"].glob("*.toml")}
    head, rest = files["guardrails.toml"].split(b'id = "G05.transfer_max"')
    rest = rest.replace(b'value = "100000"', f'value = "{transfer_max}"'.encode(), 1)
    return parse_pack(files | {"guardrails.toml": head + b'id = "G05.transfer_max"' + rest})


def _on_the_page(pack: Pack) -> str:
    row = html.fromstring(publish_guidelines(pack)).xpath("//*[@id='rule-G05.transfer_max']")[0]
    return str(row.text_content())


def _granted_by_self_check(pack: Pack) -> str:
    report = self_check(load_application(EXAMPLE), pack, at_us=START_US)
    return next(it.granted for it in report.limits if it.rule_id == "G05.transfer_max")


def _verdict_at_the_gate(pack: Pack, rupees: int) -> tuple[str, str]:
    terms = DeskTerms(pack, permission(pack), (AssetTerms(TOKEN),))
    desk = Desk.create(Journal.in_memory("one-number"), terms, TrialClock(START_US))
    desk.onboard(["C0"], consent=AGREED)
    FirmDesk(desk).observe(client_account(START_US))
    desk.set_lists("test-1", published_us=START_US)
    screen = np.array([Screen.CLEAR], dtype=np.uint8)
    desk.set_screening(np.array([0], dtype=np.int64), screen, list_version="test-1")
    desk.set_reserve(0, reserve_minor=10**12, attested_us=START_US, evidence="00" * 32)
    verdict = desk.submit([issue(1, 0, rupees * PKR)], key="k").verdict(0)
    return verdict.outcome.name, verdict.limit


@pytest.mark.parametrize(
    ("limit", "shown", "granted", "outcome"),
    [
        ("100000", "PKR 100,000", "PKR 75,000", "ALLOW"),
        ("60000", "PKR 60,000", "PKR 60,000", "BLOCK"),
    ],
)
def test_page_self_check_and_gate_follow_one_number(
    limit: str, shown: str, granted: str, outcome: str
) -> None:
    pack = _pack(limit)
    assert shown in _on_the_page(pack)
    assert _granted_by_self_check(pack) == granted
    said, at = _verdict_at_the_gate(pack, 70_000)
    assert said == outcome
    assert at == (shown if outcome == "BLOCK" else "")
