"""``sandrail wallet``: tag, expose, challenge, prove, on a journal in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandrail.journal import Journal
from sandrail.wallets import signed_hash
from sandrail.world import HOUR_US, iso
from tests.cli.test_commands import answer, run
from tests.makers.desk import issue
from tests.makers.wallets import BAD, address, approval, open_economy, own_wallet
from tests.transfers.test_wallets import ready


@pytest.fixture
def journal(tmp_path: Path) -> str:
    """A journal of a desk whose customers have wallets."""
    path = tmp_path / "journal.db"
    with Journal.create(path, name="cli") as opened:
        economy = open_economy(journal=opened)
        economy.desk.submit([issue(1, 2, 100_000)], key="fund")
    return str(path)


def test_a_tag_in_a_file_exposes_who_received_from_it(
    journal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--journal", journal)
    code, said = answer(capsys, "wallet", "register", BAD, "--hosting", "provider", *words)
    assert (code, said["number"]) == (0, 9)
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps([BAD]))
    code, said = answer(capsys, "wallet", "tag", str(listed), *words)
    assert (code, said["tagged"], said["changed"]) == (0, 1, 1)
    code, said = answer(capsys, "wallet", "exposure", BAD, *words)
    assert (code, said["decision"], said["category"]) == (0, "listed", "sanctions")
    assert said["rule"] == "G20.tagged_categories"
    code, said = answer(capsys, "wallet", "exposure", "customer:C2", *words)
    assert (said["decision"], said["received_minor"], said["wallet"]) == (
        "clean", 100_000, address(2),
    )  # fmt: skip
    code, out, _ = run(capsys, "wallet", "exposure", address(2), *words)
    assert code == 0 and "nothing of it from listed wallets" in out


def test_a_customer_proves_a_wallet_from_the_command_line(
    journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--journal", journal)
    own = own_wallet(9).public_key.to_address()
    assert answer(capsys, "wallet", "register", own, *words)[0] == 0
    code, asked = answer(capsys, "wallet", "challenge", own, "--customer", "C1", *words)
    assert code == 0 and own in asked["message"] and 0 < asked["deposit_minor"] < 10_000
    signature = own_wallet(9).sign_msg_hash(signed_hash(asked["message"])).to_bytes().hex()
    wrong = own_wallet(8).sign_msg_hash(signed_hash(asked["message"])).to_bytes().hex()
    code, said = answer(capsys, "wallet", "prove", asked["nonce"], "--signature", wrong, *words)
    assert (code, said["error"]["code"]) == (4, "wallets.bad_signature")
    code, said = answer(
        capsys, "wallet", "prove", asked["nonce"], "--signature", f"0x{signature}", *words
    )
    assert (code, said["wallet"], said["method"]) == (0, own, "eip191")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("exposure", "0xnobody"), "wallets.unknown"),
        (("exposure", "customer:nobody"), "transfers.unknown_party"),
        (("register", "0x1", "--hosting", "bank"), "wallets.bad_address"),
        (("prove", "xyz"), "wallets.bad_address"),
        (("prove", "00ff"), "wallets.no_challenge"),
    ],
)
def test_mistakes_are_named(
    journal: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    exit_code, said = answer(capsys, "wallet", *words, "--journal", journal)
    assert exit_code in {2, 4} and said["error"]["code"] == code


def test_key_holders_sign_what_waits_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "journal.db"
    with Journal.create(path, name="cli") as opened:
        economy = open_economy(journal=opened)
        wallet = ready(economy)
        out = economy.withdraw(0, 5_000, wallet)
        economy.one(out)
        held, movement = economy.wallets.state.ceremony, economy.wallets.movement(out)
        until_us = economy.clock.now_us() + HOUR_US
    assert held is not None
    words = ("--journal", str(path))
    code, said = answer(capsys, "wallet", "waiting", *words)
    (row,) = said["waiting"]
    assert (code, said["ceremony"], row["signed"], row["quorum"]) == (0, "1", 0, 2)
    assert row["digest"] == movement.digest().hex() and row["wallet"] == movement.wallet
    for number, by in ((1, "firm:ops-1"), (0, "firm:ops-1"), (2, "firm:ops-2")):
        key = f"ops-{number or 3}"
        given = approval(held, key, movement, expires_us=until_us)
        code, said = answer(
            capsys, "wallet", "approve", row["digest"], "--key", key, "--by", by,
            "--signature", given.signature, "--expires", iso(until_us), *words,
        )  # fmt: skip
        if number:
            assert (code, said["signed"]) == (0, number)
        else:
            assert (code, said["error"]["code"]) == (4, "wallets.not_the_holder")
    code, out_, _ = run(capsys, "wallet", "waiting", *words)
    assert code == 0 and "2" in out_
