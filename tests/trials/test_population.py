"""People and their days: same seed same world, and one class never moves another."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, timedelta

import numpy as np
import pytest

from sandrail.trials import (
    IntentKind,
    Intents,
    People,
    PopulationError,
    Today,
    day_intents,
    draw_people,
    run_on_issuer,
)
from sandrail.trials.plan import PopulationPlan
from sandrail.world import DAY_US, Seed, start_of_day

ON = date(2027, 1, 4)
MIXED = PopulationPlan(
    (("salaried", 165), ("shopkeeper", 70), ("student", 95), ("freelancer", 50), ("household", 120))
)


def morning(people: People, *, day: int = 1, balance: int = 2_000_000) -> Today:
    on = ON + timedelta(days=day - 1)
    return Today(
        day=day,
        on=on,
        starts_us=start_of_day(on, utc_offset_minutes=300),
        active=np.arange(len(people)),
        balance_minor=np.full(len(people), balance, dtype=np.int64),
        minor_per_unit=100,
    )


def fingerprint(intents: Intents) -> str:
    columns = (intents.at_us, intents.kind, intents.payer, intents.payee, intents.amount_minor)
    return hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest()


def test_people_are_complete_and_synthetic() -> None:
    people = draw_people(MIXED, seed=Seed(7), on=ON)
    assert len(people) == 500
    assert len(set(people.cnic)) == 500
    assert all(re.fullmatch(r"9\d{4}-\d{7}-\d", number) for number in people.cnic)
    odd = [int(number[-1]) % 2 for number in people.cnic]
    assert odd == [1 - flag for flag in people.is_female.tolist()]
    assert all(18 <= (ON - born).days // 365 <= 71 for born in people.born)
    for urdu in people.name_ur + people.father_name_ur + people.district_ur:
        letters = [char for char in urdu if char != " "]
        assert letters and all(unicodedata.name(char).startswith("ARABIC") for char in letters)
    assert len({bytes(row) for row in people.wallet_seed}) == 500


def test_the_same_seed_draws_the_same_world_and_another_seed_another() -> None:
    first, again, other = (draw_people(MIXED, seed=Seed(n), on=ON) for n in (7, 7, 8))
    assert first.name == again.name and first.cnic == again.cnic
    assert first.name != other.name
    days = [
        fingerprint(day_intents(p, morning(p), seed=Seed(n)))
        for p, n in ((first, 7), (again, 7), (other, 8))
    ]
    assert days[0] == days[1] != days[2]


def test_a_further_class_leaves_the_others_as_they_were() -> None:
    alone = draw_people(PopulationPlan((("salaried", 100),)), seed=Seed(7), on=ON)
    both = draw_people(PopulationPlan((("student", 40), ("salaried", 100))), seed=Seed(7), on=ON)
    assert both.name[40:] == alone.name
    buys = []
    for people in (alone, both):
        intents = day_intents(people, morning(people), seed=Seed(7))
        chosen = intents.take(
            (intents.kind == IntentKind.BUY) & (people.class_no[intents.payer] == 0)
        )
        buys.append((chosen.at_us.tolist(), chosen.amount_minor.tolist(), chosen.id_lo.tolist()))
    assert buys[0] == buys[1] and buys[0][0]


def test_a_day_is_sorted_unique_and_within_the_day() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)
    today = morning(people, day=6)
    intents = day_intents(people, today, seed=Seed(3))
    assert len(intents) > 200
    assert (np.diff(intents.at_us) >= 0).all()
    assert intents.at_us.min() >= today.starts_us
    assert intents.at_us.max() < today.starts_us + DAY_US
    ids = list(zip(intents.id_hi.tolist(), intents.id_lo.tolist(), strict=True))
    assert len(set(ids)) == len(ids)
    pays = intents.kind == IntentKind.PAY
    assert (intents.payer[pays] != intents.payee[pays]).all()
    assert (intents.payer[~pays] == intents.payee[~pays]).all()


def test_only_admitted_people_act_or_are_paid() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)
    whole = morning(people)
    today = Today(
        day=1, on=whole.on, starts_us=whole.starts_us, active=np.arange(0, 500, 5),
        balance_minor=whole.balance_minor, minor_per_unit=100,
    )  # fmt: skip
    intents = day_intents(people, today, seed=Seed(3))
    assert len(intents)
    assert (intents.payer % 5 == 0).all() and (intents.payee % 5 == 0).all()


def test_nobody_redeems_more_than_owned_and_the_poor_seldom_pay() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)
    rich = day_intents(people, morning(people), seed=Seed(3))
    redeems = rich.take(rich.kind == IntentKind.REDEEM)
    assert len(redeems) and (redeems.amount_minor <= 2_000_000).all()
    poor = day_intents(people, morning(people, balance=0), seed=Seed(3))
    assert not (poor.kind == IntentKind.REDEEM).any()
    assert 0 < (poor.kind == IntentKind.PAY).sum() < (rich.kind == IntentKind.PAY).sum() // 4


def test_saturday_is_busier_than_friday_and_payday_sells_tokens() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)

    def count(day: int, kind: IntentKind) -> int:
        return int((day_intents(people, morning(people, day=day), seed=Seed(3)).kind == kind).sum())

    assert count(6, IntentKind.PAY) > count(5, IntentKind.PAY) * 11 // 10
    assert count(1, IntentKind.BUY) > 2 * count(15, IntentKind.BUY)


def test_payments_meet_in_a_few_shops() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)
    received = np.zeros(500, dtype=np.int64)
    for day in range(1, 31):
        intents = day_intents(people, morning(people, day=day), seed=Seed(3))
        pays = intents.kind == IntentKind.PAY
        np.add.at(received, intents.payee[pays], 1)
    ranked = np.sort(received)[::-1]
    assert ranked[:10].sum() * 100 > 40 * received.sum()
    assert (received > 0).sum() > 400


def test_a_run_takes_about_the_share_asked() -> None:
    people = draw_people(MIXED, seed=Seed(3), on=ON)
    run = run_on_issuer(people, morning(people), percent=30, seed=Seed(3))
    assert 100 < len(run) < 200
    assert (run.kind == IntentKind.REDEEM).all()
    assert (run.amount_minor == 2_000_000).all()


@pytest.mark.parametrize("classes", [(), (("salaried", 0),), (("salaried", 2_000_001),)])
def test_an_impossible_population_is_refused(classes: tuple[tuple[str, int], ...]) -> None:
    with pytest.raises(PopulationError):
        draw_people(PopulationPlan(classes), seed=Seed(1), on=ON)


def test_intents_refuse_an_amount_that_cannot_move() -> None:
    for amount in (0, -5, 2**62 + 1):
        with pytest.raises(PopulationError):
            Intents.of("x", 1, at_us=[1], kind=IntentKind.BUY, payer=0, amount=amount)


def test_merging_sorts_by_time_and_keeps_the_order_of_equals() -> None:
    a = Intents.of("a", 1, at_us=[5, 9], kind=1, payer=[1, 2], amount=10)
    b = Intents.of("b", 1, at_us=[5, 7], kind=1, payer=[3, 4], amount=10)
    assert Intents.merged([a, b]).payer.tolist() == [1, 3, 4, 2]
    parts = Intents.merged([a, b]).ticks([6, 9])
    assert [part.payer.tolist() for part in parts] == [[1, 3], [4], [2]]
    assert len(Intents.merged([])) == 0
