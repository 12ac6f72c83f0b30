"""The auditor finds an overshoot of one unit, at the edges of the window and of the day."""

from __future__ import annotations

import numpy as np

from sandrail.trials import Fate, IntentKind
from sandrail.trials.audit import holding_overshoot, transfer_overshoot, window_overshoot
from sandrail.trials.tape import FATES, Tape, TapeRows
from sandrail.world import DAY_US

BUY, PAY, REDEEM, BACK = (
    IntentKind.BUY,
    IntentKind.PAY,
    IntentKind.REDEEM,
    IntentKind.GIVEN_BACK,
)


def tape(*rows: tuple[int, IntentKind, int, int, int, Fate]) -> TapeRows:
    record = Tape()
    for at_us, kind, payer, payee, amount, fate in rows:
        record.add(
            TapeRows(
                at_us=np.array([at_us]),
                kind=np.array([kind], dtype=np.uint8),
                payer=np.array([payer]),
                payee=np.array([payee]),
                amount_minor=np.array([amount]),
                label=np.zeros(1, dtype=np.uint8),
                fate=np.array([FATES.index(fate)], dtype=np.uint8),
                decision=np.zeros(1, dtype=np.uint8),
                posting=np.zeros(1, dtype=np.uint8),
                is_entry=np.array([kind in (BUY, PAY)], dtype=np.uint8),
            )
        )
    return record.rows()


def test_an_empty_tape_overshoots_nothing() -> None:
    rows = Tape().rows()
    assert window_overshoot(rows, limit_minor=1) == 0
    assert transfer_overshoot(rows, limit_minor=1) == 0
    assert holding_overshoot(rows, limit_minor=1) == 0


def test_the_window_rolls_to_the_microsecond() -> None:
    inside = tape((0, PAY, 1, 2, 60, Fate.SERVED), (DAY_US - 1, PAY, 1, 2, 41, Fate.SERVED))
    outside = tape((0, PAY, 1, 2, 60, Fate.SERVED), (DAY_US, PAY, 1, 2, 41, Fate.SERVED))
    assert window_overshoot(inside, limit_minor=100) == 1
    assert window_overshoot(outside, limit_minor=100) == 0
    assert window_overshoot(inside, limit_minor=100, parties=[2]) == 0


def test_what_was_not_served_and_redemptions_do_not_count() -> None:
    rows = tape(
        (0, PAY, 1, 2, 90, Fate.SERVED),
        (1, PAY, 1, 2, 90, Fate.HELD),
        (2, PAY, 1, 2, 90, Fate.REFUSED),
        (3, REDEEM, 1, 1, 90, Fate.SERVED),
    )
    assert window_overshoot(rows, limit_minor=90) == 0
    assert transfer_overshoot(rows, limit_minor=89) == 1


def test_an_issue_counts_for_who_receives_it() -> None:
    rows = tape((0, BUY, -1, 7, 60, Fate.SERVED), (1, PAY, 7, 8, 60, Fate.SERVED))
    assert window_overshoot(rows, limit_minor=100, parties=[7]) == 20


def test_holdings_follow_every_way_in_and_out() -> None:
    rows = tape(
        (0, BUY, -1, 7, 60, Fate.SERVED),
        (1, REDEEM, 7, 7, 50, Fate.SERVED),
        (2, PAY, 8, 7, 85, Fate.SERVED),
        (3, BACK, 7, 7, 50, Fate.SERVED),
        (4, PAY, 8, 7, 1, Fate.SERVED),
    )
    assert holding_overshoot(rows, limit_minor=95) == 51
    assert holding_overshoot(rows, limit_minor=146) == 0
