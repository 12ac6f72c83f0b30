"""Each attacker tries what it says, within what an outsider can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sandrail.money import Asset, AssetKind
from sandrail.trials import (
    Adversary,
    AdversaryKind,
    AdversaryPlan,
    Fate,
    IntentKind,
    ListedPerson,
    Scene,
    Surroundings,
    invite,
)
from sandrail.trials.adversaries import DISGUISES, disguises
from sandrail.world import Seed

TOKEN = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
LISTED = ListedPerson("Abdul Rashid Nawab Gul", "عبد الرشید نواب گل", "Nawab Gul", "1971-03-02")
AROUND = Surroundings(
    minor_per_unit=100,
    transfer_max_minor=7_500_000,
    daily_max_minor=20_000_000,
    holding_max_minor=20_000_000,
    listed=(LISTED,),
)


def one(kind: AdversaryKind, *, size: int, amount: str, around: Surroundings = AROUND) -> Adversary:
    plan = AdversaryPlan(kind=kind, day=10, size=size, amount=amount)
    (adversary,) = invite([plan], token=TOKEN, around=around, seed=Seed(5), on=date(2027, 1, 4))
    return adversary


def scene(day: int, recruits: int, **changes: object) -> Scene:
    facts: dict[str, object] = {
        "day": day,
        "starts_us": day * 86_400_000_000,
        "mine": np.arange(100, 100 + recruits),
        "admitted": np.ones(recruits, dtype=np.bool_),
        "balance_minor": np.full(recruits, 20_000_000, dtype=np.int64),
        "reserve_minor": 900,
        "supply_minor": 700,
        "fates": {},
        "customers": np.arange(0, 50),
    }
    return Scene(**(facts | changes))  # type: ignore[arg-type]


def test_a_listed_person_keeps_papers_and_changes_the_name() -> None:
    person = one(AdversaryKind.SANCTIONED_PERSON, size=8, amount="20000")
    people = person.recruits()
    assert people is not None
    assert people.name == tuple(one.name for one in disguises(LISTED)[:8])
    assert set(people.born) == {date(1971, 3, 2)}
    assert set(people.father_name) == {"Nawab Gul"}
    assert len(set(people.name)) == 8
    assert set(people.name_ur) == {""}, "an Urdu name would give the disguise away"


def test_the_last_disguises_are_of_the_papers() -> None:
    listed = replace(LISTED, cnic="99123-4567890-1")
    around = replace(AROUND, listed=(listed,))
    size = len(DISGUISES)
    people = one(AdversaryKind.SANCTIONED_PERSON, size=size, amount="1", around=around).recruits()
    assert people is not None
    a_day_off, turned, another_father, another_name = range(size - 4, size)
    assert people.born[a_day_off] == date(1971, 3, 3)
    assert people.born[turned] == date(1971, 2, 3)
    assert [who for who, father in enumerate(people.father_name) if father != "Nawab Gul"] == [
        another_father,
        another_name,
    ]
    assert people.name[another_name] not in {listed.name, ""}
    numbers = [who for who, cnic in enumerate(people.cnic) if cnic == listed.cnic]
    assert numbers == [another_name], "nobody else gives the number that would end the test"


def test_a_namesake_shares_the_name_and_nothing_else() -> None:
    people = one(AdversaryKind.NAMESAKE, size=6, amount="1").recruits()
    assert people is not None and set(people.name) == {LISTED.name}
    assert set(people.name_ur) == {""} and LISTED.father_name not in people.father_name
    assert all(born.year >= 1971 + 20 for born in people.born)


def test_a_mule_has_no_link_to_a_list() -> None:
    people = one(AdversaryKind.MULE, size=6, amount="1").recruits()
    assert people is not None and len(people) == 6 and LISTED.name not in people.name


@pytest.mark.parametrize("kind", [AdversaryKind.SANCTIONED_PERSON, AdversaryKind.NAMESAKE])
def test_without_a_list_nobody_bears_a_listed_name(kind: AdversaryKind) -> None:
    nobody = one(kind, size=3, amount="1", around=replace(AROUND, listed=()))
    assert nobody.recruits() is None and not len(nobody.act(scene(10, 0)).intents)


@pytest.mark.parametrize(
    "kind", [AdversaryKind.SANCTIONED_PERSON, AdversaryKind.NAMESAKE, AdversaryKind.MULE]
)
def test_whoever_seeks_an_account_buys_once_and_pays_half_of_it_on(kind: AdversaryKind) -> None:
    seeker = one(kind, size=8, amount="20000")
    buying = seeker.act(scene(10, 8)).intents
    assert (buying.kind == IntentKind.BUY).all() and len(buying) == 8
    assert (buying.amount_minor == 2_000_000).all()
    paying = seeker.act(scene(11, 8)).intents
    assert (paying.kind == IntentKind.PAY).all() and (paying.payee == 0).all()
    assert len(paying) == 8 and (paying.amount_minor == 1_000_000).all()
    assert (paying.label == seeker.label).all()
    for quiet in (scene(9, 8), scene(12, 8), scene(11, 8, customers=np.arange(0))):
        assert not len(seeker.act(quiet).intents)


def test_the_structurer_stays_below_the_line_and_shrinks_when_stopped() -> None:
    structurer = one(AdversaryKind.STRUCTURER, size=4, amount="900000")
    people = structurer.recruits()
    assert people is not None and len(people) == 5
    first = structurer.act(scene(12, 5)).intents
    assert (first.amount_minor < AROUND.transfer_max_minor).all()
    assert int(first.amount_minor.sum()) >= 90_000_000
    assert (first.payee == 104).all() and set(first.payer.tolist()) == {100, 101, 102, 103}
    assert set(people.district) == {""}, "travel-rule data stay incomplete"
    stopped = structurer.act(scene(13, 5, fates={1: Fate.HELD, 2: Fate.SERVED})).intents
    assert stopped.amount_minor[0] == first.amount_minor[0] // 2
    assert len(stopped) > len(first)
    often = structurer.act(scene(13, 5, fates=dict.fromkeys(range(9), Fate.FROZEN))).intents
    assert often.amount_minor[0] == first.amount_minor[0] // 8, "and no further"
    for day, quiet in ((9, True), (10, False), (11, False), (14, True)):
        assert (len(structurer.act(scene(day, 5)).intents) == 0) is quiet


def test_the_splitter_strikes_at_once_with_more_than_the_limit() -> None:
    splitter = one(AdversaryKind.LIMIT_SPLITTER, size=64, amount="12500")
    saving = splitter.act(scene(8, 3, balance_minor=np.array([15_000_000, 0, 0]))).intents
    assert saving.amount_minor.tolist() == [5_000_000]
    assert not len(splitter.act(scene(8, 3)).intents)
    attack = splitter.act(scene(10, 3))
    assert len(attack.concurrent) == 64
    assert len(set(attack.concurrent.at_us.tolist())) == 1
    spent = int(attack.intents.amount_minor[attack.intents.kind == IntentKind.PAY].sum())
    assert int(attack.concurrent.amount_minor.sum()) > AROUND.daily_max_minor - spent
    # The limit binds before the balance does.
    assert AROUND.daily_max_minor - spent < AROUND.holding_max_minor


def test_the_issuer_asks_for_more_than_the_reserve_on_both_ways() -> None:
    minter = one(AdversaryKind.OVER_MINTER, size=3, amount="1000")
    attack = minter.act(scene(10, 0))
    assert attack.unbacked_issues_minor == (33_533, 66_866, 100_199)
    assert attack.direct_mints_minor == attack.unbacked_issues_minor
    assert all(amount + 700 > 900 for amount in attack.direct_mints_minor)
    assert minter.recruits() is None
    assert minter.act(scene(11, 0)).direct_mints_minor == ()


def test_the_repeater_repeats_on_its_day_only() -> None:
    repeater = one(AdversaryKind.WEBHOOK_REPEATER, size=10, amount="0")
    assert [repeater.act(scene(day, 0)).repeated_webhooks for day in (9, 10, 11)] == [0, 10, 0]


@pytest.mark.parametrize("kind", list(AdversaryKind))
def test_the_same_seed_gives_the_same_attack(kind: AdversaryKind) -> None:
    def days() -> list[object]:
        adversary = one(kind, size=8, amount="5000")
        people = adversary.recruits()
        size = 0 if people is None else len(people)
        names: list[object] = [None if people is None else people.name]
        for day in range(1, 16):
            attack = adversary.act(scene(day, size))
            names.append(attack.intents.id_lo.tolist() + attack.concurrent.id_lo.tolist())
        return names

    assert days() == days()
