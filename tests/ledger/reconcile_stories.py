"""Small stories about reconciliation; each runs on the real module and on faulty copies of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

HOUR_US = 3_600_000_000
GRACE_US = 2 * HOUR_US

STORIES: dict[str, Callable[[ModuleType], None]] = {}


def story(function: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """Put a story on the list."""
    STORIES[function.__name__] = function
    return function


def movement(m: ModuleType, reference: str, amount: int, at_us: int = 0, mirror: str = "bank"):  # type: ignore[no-untyped-def]
    """A movement in rupees."""
    return m.Movement(m.Source(mirror), reference, "PKR", amount, at_us, f"{reference}@{at_us}")


def compare(m: ModuleType, inside, outside, at_us: int = 10 * HOUR_US):  # type: ignore[no-untyped-def]
    """Reconcile with two hours of grace and one hour apart."""
    tolerance = m.Tolerance(grace_us=GRACE_US, apart_us=HOUR_US)
    return m.reconcile(inside, outside, at_us=at_us, tolerance=tolerance)


def kinds(found) -> list[tuple[str, str]]:  # type: ignore[no-untyped-def]
    """Reference and kind of each break."""
    return [(item.reference, item.kind.value) for item in found.breaks]


@story
def what_agrees_is_clean(m: ModuleType) -> None:
    both = [movement(m, f"r{k}", k + 1, k) for k in range(20)]
    found = compare(m, both, list(reversed(both)))
    assert found.clean and found.matched == 20 and found.under_way == 0


@story
def every_kind_of_break_is_told_by_its_name(m: ModuleType) -> None:
    inside = [
        movement(m, "amount", 5),
        movement(m, "booked twice", 3),
        movement(m, "booked twice", 3, 1),
        movement(m, "fine", 1),
        movement(m, "late", 7),
        movement(m, "unconfirmed", 2),
    ]
    outside = [
        movement(m, "amount", 6),
        movement(m, "booked twice", 3),
        movement(m, "fine", 1, HOUR_US),
        movement(m, "late", 7, HOUR_US + 1),
        movement(m, "sent twice", 9),
        movement(m, "sent twice", 9, 1),
        movement(m, "unbooked", 4),
    ]
    found = compare(m, inside, outside)
    assert kinds(found) == [
        ("amount", "amount"),
        ("booked twice", "duplicate"),
        ("late", "timing"),
        ("sent twice", "missing_inside"),
        ("sent twice", "duplicate"),
        ("unbooked", "missing_inside"),
        ("unconfirmed", "missing_outside"),
    ]
    assert found.matched == 2


@story
def grace_ends_at_its_last_microsecond(m: ModuleType) -> None:
    young = movement(m, "young", 5, 10 * HOUR_US - GRACE_US)
    old = movement(m, "old", 7, 10 * HOUR_US - GRACE_US - 1)
    found = compare(m, [young], [])
    assert found.clean and found.under_way == 1 and found.under_way_minor == {"PKR": 5}
    assert compare(m, [], [young]).under_way_minor == {"PKR": -5}
    assert kinds(compare(m, [old], [])) == [("old", "missing_outside")]


@story
def mirrors_and_assets_are_told_apart(m: ModuleType) -> None:
    at_bank, on_chain = movement(m, "same", 5), movement(m, "same", 5, mirror="chain")
    found = compare(m, [at_bank], [on_chain])
    assert kinds(found) == [("same", "missing_outside"), ("same", "missing_inside")]
    assert {item.mirror.value for item in found.breaks} == {"bank", "chain"}


@story
def a_break_keeps_its_id_from_day_to_day(m: ModuleType) -> None:
    inside = [*(movement(m, "a", 5, k) for k in range(3)), movement(m, "b", 2)]
    outside = [movement(m, "b", 3)]
    today = compare(m, inside, outside)
    tomorrow = compare(m, inside, outside, at_us=34 * HOUR_US)
    ids = [item.id for item in today.breaks]
    assert ids == [item.id for item in tomorrow.breaks] and len(set(ids)) == 4
    assert today.breaks[0].age_us(34 * HOUR_US) == 34 * HOUR_US


@story
def planted_breaks_are_found_and_no_others(m: ModuleType) -> None:
    chance = random.Random(7)
    inside, outside, planted = [], [], []
    for number in range(600):
        reference, amount = f"r{number:04}", chance.randrange(1, 10**20)
        booked, told = movement(m, reference, amount), movement(m, reference, amount)
        what = chance.choice(["fine"] * 8 + ["lost", "secret", "twice", "wrong"])
        if what != "secret":
            inside.append(booked)
        if what == "wrong":
            told = movement(m, reference, amount + chance.choice([-1, 1, 2**64]))
        if what != "lost":
            outside.append(told)
        if what == "twice":
            outside.append(movement(m, reference, amount, 5))
        name = {
            "lost": "missing_outside",
            "secret": "missing_inside",
            "twice": "duplicate",
            "wrong": "amount",
        }.get(what)
        if name:
            planted.append((reference, name))
    chance.shuffle(inside)
    chance.shuffle(outside)
    assert kinds(compare(m, inside, outside)) == planted


@story
def supply_must_be_explained_and_covered(m: ModuleType) -> None:
    def look(**numbers: int) -> list[str]:
        position = m.SupplyPosition("PKRT", **numbers)
        return [item.kind.value for item in m.check_supply(position, at_us=1)]

    assert look(booked_minor=100, chain_minor=100, reserve_minor=100) == []
    assert look(booked_minor=100, chain_minor=90, reserve_minor=100, under_way_minor=10) == []
    assert look(booked_minor=100, chain_minor=90, reserve_minor=100, broken_minor=10) == []
    assert look(booked_minor=100, chain_minor=101, reserve_minor=200) == ["unexplained_supply"]
    assert look(booked_minor=100, chain_minor=99, reserve_minor=100) == ["unexplained_supply"]
    assert look(booked_minor=100, chain_minor=100, reserve_minor=99) == ["reserve_short"]
    secret_mint = look(booked_minor=100, chain_minor=130, reserve_minor=100)
    assert secret_mint == ["unexplained_supply", "reserve_short"]
