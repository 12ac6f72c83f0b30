"""Desks for tests: the example pack's numbers, a clock that stands still, a journal in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sandrail.controls import (
    AssetTerms,
    ClientAccountReported,
    Consent,
    Kind,
    RowFact,
    Screen,
)
from sandrail.journal import Journal
from sandrail.money import Asset, AssetKind
from sandrail.rulebook import Condition, Pack, Permission, load_pack
from sandrail.transfers import Desk, DeskTerms, FirmDesk, Instruction
from sandrail.world import DAY_US, TrialClock, derive_id, parse_instant

START_US = parse_instant("2026-06-01T09:00:00+05:00")
TOKEN = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
AGREED = Consent("1", ("en", "ur"))


def permission(pack: Pack, **changes: object) -> Permission:
    """A sandbox approval of thirty days."""
    base = Permission(
        id="PK-SBX-0001",
        firm_id="PK-F-0001",
        instrument="SANDBOX_APPROVAL",
        pack_id=pack.id,
        pack_hash=pack.content_hash,
        products=("art",),
        stage="",
        valid_from_us=START_US,
        valid_to_us=START_US + 30 * DAY_US,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def condition(rule_id: str, value: int | str, unit: str) -> Condition:
    """A condition of the permission."""
    return Condition(rule_id, value, unit, citation="Test notice 1")


def client_account(at_us: int, **changes: object) -> ClientAccountReported:
    """An account for customers' money as the rules want it."""
    base = {"account": "PK-CLIENT-1", "bank": "Test Bank", "segregated": True}
    return ClientAccountReported(at_us=at_us, **(base | {"interest_bearing": False} | changes))  # type: ignore[arg-type]


def open_desk(
    *conditions: Condition,
    journal: Journal | None = None,
    parties: int = 4,
    reserve_minor: int = 10**12,
    asset: Asset = TOKEN,
    clock: TrialClock | None = None,
) -> Desk:
    """A desk in business: customers screened clear, lists fresh, a reserve attested."""
    pack = load_pack("pakistan")
    terms = DeskTerms(pack, permission(pack, conditions=conditions), (AssetTerms(asset),))
    journal = journal or Journal.in_memory("test")
    clock = clock or TrialClock(START_US)
    desk = Desk.create(journal, terms, clock)
    desk.onboard([f"C{number}" for number in range(parties)], consent=AGREED)
    FirmDesk(desk).observe(client_account(clock.now_us()))
    desk.set_lists("test-1", published_us=clock.now_us())
    everyone = np.arange(parties, dtype=np.int64)
    clear = np.full(parties, Screen.CLEAR, dtype=np.uint8)
    desk.set_screening(everyone, clear, list_version="test-1")
    desk.set_reserve(0, reserve_minor=reserve_minor, attested_us=clock.now_us(), evidence="00" * 32)
    return desk


def issue(number: object, to: int, minor: int, **changes: object) -> Instruction:
    """New units for a customer."""
    return _instruction(number, Kind.ISSUE, minor, creditor=to, **changes)


def transfer(
    number: object, debtor: int, creditor: int, minor: int, **changes: object
) -> Instruction:
    """From one customer to another, with travel-rule data."""
    facts = RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE
    base = {"debtor": debtor, "creditor": creditor, "facts": int(facts)}
    return _instruction(number, Kind.TRANSFER, minor, **(base | changes))


def redeem(number: object, debtor: int, minor: int, **changes: object) -> Instruction:
    """Units returned at par."""
    return _instruction(number, Kind.REDEEM, minor, debtor=debtor, **changes)


def _instruction(number: object, kind: Kind, minor: int, **fields: object) -> Instruction:
    return Instruction(id=derive_id("test", number), kind=kind, amount_minor=minor, **fields)  # type: ignore[arg-type]
