"""A desk that starts from its snapshot is, to the bit, the desk that runs every fact again."""

from __future__ import annotations

import json
import os
import random
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sandrail.controls import IncidentReported
from sandrail.journal import Journal, Snapshot, SnapshotWarning
from sandrail.rulebook import Condition
from sandrail.transfers import ChainFlow, Desk, FirmDesk, Instruction, WalletDesk
from sandrail.transfers.errors import DeskSnapshotDamaged
from sandrail.transfers.floor import Floor
from sandrail.transfers.keeping import DESK_FORM, SNAPSHOT_NAME
from sandrail.transfers.limits import SNAPSHOT_AFTER_FACTS
from sandrail.transfers.snapshot import floor_from_parts, floor_to_parts
from sandrail.wallets import Hosting
from sandrail.world import HOUR_US, SandrailError, canonical_bytes, derive_id
from tests.makers.desk import issue, open_desk
from tests.makers.wallets import BAD, HEAD, MLRO, OFFICER, Economy, address, open_economy
from tests.transfers.adversary import Adversary
from tests.transfers.test_wallets import fund, ready, sign

SEEDS = int(os.environ.get("SANDRAIL_SEEDS", "3"))
EXAMPLES = int(os.environ.get("SANDRAIL_EXAMPLES", "60"))


def opened(desk: Desk, *, use_snapshot: bool) -> Desk:
    return Desk.open(desk.journal, desk.floor.terms.pack, desk.clock, use_snapshot=use_snapshot)


def same(one: Floor, other: Floor) -> bool:
    """Whether two floors are equal to the bit, what follows from them included."""
    assert one.book.state_hash() == other.book.state_hash()
    assert one.firm == other.firm and one.firm.found == other.firm.found
    assert one.program.content_hash == other.program.content_hash
    assert one.programs.keys() == other.programs.keys()
    assert np.array_equal(one.consent_holds, other.consent_holds)
    assert one.ratio_basis_points == other.ratio_basis_points
    return floor_to_parts(one) == floor_to_parts(other)


def agree(desk: Desk) -> Desk:
    """Keep a snapshot, open the desk both ways, compare, and return the one from the snapshot."""
    desk.keep_snapshot()
    with warnings.catch_warnings():
        warnings.simplefilter("error", SnapshotWarning)
        kept = opened(desk, use_snapshot=True)
    assert same(kept.floor, desk.floor)
    assert same(opened(desk, use_snapshot=False).floor, kept.floor)
    return kept


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_histories_open_alike_and_go_on_alike(seed: int) -> None:
    adversary = Adversary(seed, Journal.in_memory(f"kept-{seed}"))
    for number in range(24):
        adversary.act()
        batch = adversary.batch(40)
        answers = adversary.desk.submit(batch, key=f"b{number}")
        adversary.hear(batch, answers.outcome)
        if number % 8 == 3:
            # From here on the desk that came from a snapshot is the one that writes.
            adversary.desk = agree(adversary.desk)
            adversary.firm = FirmDesk(adversary.desk)
            again = adversary.desk.submit(batch, key=f"b{number}")
            assert again.repeated and np.array_equal(again.outcome, answers.outcome)
    # What came after the snapshot is run again on top of it.
    kept, replayed = (opened(adversary.desk, use_snapshot=way) for way in (True, False))
    assert same(kept.floor, replayed.floor) and same(kept.floor, adversary.desk.floor)


def busy() -> tuple[Economy, Instruction]:
    """An economy with something of everything: keys, tags, holds, flows, proofs, incidents.

    The instruction is a withdrawal that has one of two signatures.
    """
    economy = open_economy()
    desk, wallets = economy.desk, economy.wallets
    out = economy.withdraw(0, 5_000, ready(economy))
    economy.one(out)
    sign(economy, out, "ops-1")
    wallets.challenge(1, wallets.register(address(600), Hosting.SELF_HOSTED).address)
    economy.one(economy.deposit(1, 6_000_000, 10))
    economy.list_wallets(BAD)
    wallets.observe([ChainFlow(BAD, address(2), 0, 9_000_000)], source="chain")
    fund(economy, 2, minor=100)
    economy.one(economy.pay(2, 3, 50))
    until_us = economy.clock.now_us() + HOUR_US
    wallets.clear(address(2), until_us=until_us, reason="seen", actor=MLRO, confirmed_by=OFFICER)
    FirmDesk(desk).observe(
        IncidentReported(at_us=desk.instant(), case="X", severity="high", summary="down")
    )
    return economy, out


def test_wallets_keys_and_cases_open_alike() -> None:
    economy, out = busy()
    kept = agree(economy.desk)
    old, new = economy.wallets, WalletDesk(kept)
    assert [new.report(address(n)) for n in range(8)] == [old.report(address(n)) for n in range(8)]
    economy.desk, economy.wallets = kept, new
    sign(economy, out, "ops-2")
    assert economy.one(economy.settle(out))[0] == "ALLOW"
    granted = kept.floor.terms.permission
    tighter = Condition("G20.direct_value_above", "1000", "PKR", citation="Notice")
    kept.change_permission(
        replace(granted, conditions=(tighter,)), actor=OFFICER, confirmed_by=HEAD
    )
    economy.clock.advance_by(2 * HOUR_US)
    economy.one(economy.pay(2, 3, 50))
    agree(kept)
    economy.replays()


def damaged(snapshot: Snapshot, how: str) -> list[bytes]:
    parts = list(snapshot.parts)
    match how:
        case "code":
            parts[0] = parts[0].replace(b'"code":"', b'"code":"x')
        case "pack":
            parts[0] = parts[0].replace(b'"pack":"', b'"pack":"x')
        case "missing":
            del parts[-1]
        case "cut":
            parts[1] = parts[1][:-9]
        case "empty":
            parts = [b"x"]
        case "other":
            parts[3], parts[4] = parts[4], parts[3]
    return parts


@pytest.mark.parametrize("how", ["code", "pack", "missing", "cut", "empty", "other"])
def test_a_snapshot_that_cannot_be_used_is_passed_over_loudly(how: str) -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 100)], key="k")
    head = desk.keep_snapshot()
    found = desk.journal.snapshot(SNAPSHOT_NAME, version=DESK_FORM)
    assert found is not None
    desk.journal.put_snapshot(SNAPSHOT_NAME, damaged(found, how), head=head, version=DESK_FORM)
    with pytest.warns(SnapshotWarning, match="is not used"):
        again = opened(desk, use_snapshot=True)
    assert same(again.floor, desk.floor)


POINTERS: list[tuple[str, Any]] = [
    ("event", 10**6),
    ("gate.events", 10**6),
    ("party.accounts", 10**6),
    ("party.consent", 200),
    ("wallet.flow.sender", 10**6),
]


@pytest.mark.parametrize(("name", "far"), POINTERS)
def test_a_number_that_points_nowhere_is_found_before_a_kernel_reads_it(
    name: str, far: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandrail.transfers import snapshot

    economy = open_economy()
    fund(economy, 0, 1)
    real = snapshot._columns_of

    def forged(floor: Floor) -> dict[str, Any]:
        columns = real(floor)
        columns[name] = np.full_like(columns[name], far)
        return columns

    monkeypatch.setattr(snapshot, "_columns_of", forged)
    parts = floor_to_parts(economy.desk.floor)
    with pytest.raises(SandrailError) as found:
        floor_from_parts(parts, economy.desk.floor.terms.pack)
    assert found.value.stable_code == "transfers.bad_snapshot"


Path = tuple[str | int, ...]
OTHER_SHAPES = (None, -1, 2**70, "", "x", [], {}, [1], True, [[1, 2]], {"a": 1})


def places(plain: Any, path: Path = ()) -> Iterator[Path]:
    """Yield every place inside plain data."""
    if path:
        yield path
    if isinstance(plain, dict | list):
        for step in plain if isinstance(plain, dict) else range(len(plain)):
            yield from places(plain[step], (*path, step))


def test_a_state_of_another_shape_is_passed_over_wherever_it_differs() -> None:
    floor = busy()[0].desk.floor
    parts = floor_to_parts(floor)
    header: dict[str, Any] = json.loads(parts[0])
    states = 1 + header["states"]
    state = b"".join(parts[1:states])
    once = canonical_bytes(header | {"states": 1})
    chance = random.Random(7)
    tried = list(places(json.loads(state)))
    assert len(tried) > 300
    named: list[Path] = [
        ("wallets", "wallets", 0, 0),
        ("wallets", "tags", 0, "untagged"),
        ("wallets", "ceremonies", 0, "quorum"),
        ("firm", "seen", 0),
    ]
    refused = 0
    for path in [*named, *chance.sample(tried, EXAMPLES)]:
        plain = json.loads(state)
        inner = plain
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = {} if path in named else chance.choice(OTHER_SHAPES)
        forged = [once, canonical_bytes(plain), *parts[states:]]
        try:
            floor_from_parts(forged, floor.terms.pack)
        except DeskSnapshotDamaged:
            refused += 1
    assert refused > EXAMPLES // 3


def test_a_snapshot_without_a_fact_is_noticed_by_the_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted fault: a pause that is not kept."""
    desk = open_desk()
    desk.pause(reason="x", actor=OFFICER)
    monkeypatch.setattr(desk.floor, "paused", False)
    desk.keep_snapshot()
    assert not same(opened(desk, use_snapshot=True).floor, opened(desk, use_snapshot=False).floor)


def test_a_desk_that_is_left_keeps_a_snapshot_once_many_facts_came() -> None:
    desk = open_desk()
    desk.close()
    assert desk.journal.snapshot(SNAPSHOT_NAME, version=DESK_FORM) is None
    for number in range(SNAPSHOT_AFTER_FACTS):
        desk.set_lists(f"v{derive_id('v', number) % 97}", published_us=desk.clock.now_us())
    desk.close()
    found = desk.journal.snapshot(SNAPSHOT_NAME, version=DESK_FORM)
    assert found is not None and found.head == desk.journal.head
    again = opened(desk, use_snapshot=True)
    again.set_lists("one more", published_us=desk.clock.now_us())
    again.close()
    assert desk.journal.snapshot(SNAPSHOT_NAME, version=DESK_FORM) == found
    with pytest.raises(SandrailError) as behind:
        desk.keep_snapshot()
    assert behind.value.stable_code == "transfers.desk_behind"
