"""The kinds of customers that a population is drawn from, as whole numbers only.

Chances are per 10,000, amounts are whole rupees with integer weights: no float decides what a
simulated person does, so every machine draws the same world. The figures are ours, chosen to look
like retail payments in a Pakistani city (round price points, pay-day peaks, a few busy shops); they
are not a calibration, and a trial's report says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CLASSES", "HOUR_WEIGHTS", "WEEKDAY_PERCENT", "CustomerClass"]

Weighted = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CustomerClass:
    """How one kind of customer behaves.

    Attributes:
        name: as a plan writes it.
        title: for the reader.
        pay_bp: chance of paying somebody, per slot of a day; a day has ``PAY_SLOTS``.
        payments: what a payment is worth, whole units of the token with weights.
        buy_bp: chance of buying tokens on an ordinary day.
        buy_payday_bp: the same around pay-day.
        purchases: what a purchase is worth, with weights.
        redeem_bp: chance of redeeming on a day with something to redeem.
        redeem_percent: share of the balance that is then redeemed.
        is_merchant: whether strangers pay this class.
        payday: (first, last) day of the month with fresh income.
        age: (youngest, oldest) in years.
    """

    name: str
    title: str
    pay_bp: int
    payments: Weighted
    buy_bp: int
    buy_payday_bp: int
    purchases: Weighted
    redeem_bp: int
    redeem_percent: int
    is_merchant: bool
    payday: tuple[int, int]
    age: tuple[int, int]


_GROCERIES: Weighted = (
    (150, 6),
    (280, 7),
    (350, 9),
    (500, 14),
    (780, 8),
    (1_000, 12),
    (1_450, 6),
    (2_000, 9),
    (3_200, 4),
    (5_000, 5),
    (8_500, 2),
)
_LARGER: Weighted = (
    (1_000, 8),
    (2_500, 9),
    (5_000, 12),
    (7_500, 6),
    (12_000, 6),
    (20_000, 5),
    (35_000, 3),
    (60_000, 1),
)

_ALL = (
    CustomerClass(
        name="salaried",
        title="Salaried employee",
        pay_bp=1_900,
        payments=_GROCERIES,
        buy_bp=350,
        buy_payday_bp=3_500,
        purchases=((5_000, 6), (10_000, 10), (15_000, 8), (25_000, 6), (40_000, 3)),
        redeem_bp=120,
        redeem_percent=60,
        is_merchant=False,
        payday=(1, 4),
        age=(23, 59),
    ),
    CustomerClass(
        name="shopkeeper",
        title="Shopkeeper",
        pay_bp=900,
        payments=_LARGER,
        buy_bp=150,
        buy_payday_bp=150,
        purchases=((10_000, 5), (25_000, 5), (50_000, 2)),
        redeem_bp=4_500,
        redeem_percent=75,
        is_merchant=True,
        payday=(1, 31),
        age=(25, 70),
    ),
    CustomerClass(
        name="student",
        title="Student",
        pay_bp=1_600,
        payments=((100, 9), (180, 8), (250, 9), (400, 7), (600, 5), (1_000, 4), (2_500, 1)),
        buy_bp=700,
        buy_payday_bp=2_200,
        purchases=((1_000, 8), (2_000, 8), (3_000, 5), (5_000, 3)),
        redeem_bp=40,
        redeem_percent=50,
        is_merchant=False,
        payday=(3, 6),
        age=(18, 26),
    ),
    CustomerClass(
        name="freelancer",
        title="Freelancer",
        pay_bp=1_300,
        payments=_LARGER,
        buy_bp=900,
        buy_payday_bp=1_200,
        purchases=((10_000, 6), (20_000, 8), (45_000, 5), (80_000, 3), (120_000, 1)),
        redeem_bp=500,
        redeem_percent=50,
        is_merchant=False,
        payday=(5, 25),
        age=(20, 45),
    ),
    CustomerClass(
        name="household",
        title="Household that receives remittances",
        pay_bp=1_500,
        payments=_GROCERIES,
        buy_bp=400,
        buy_payday_bp=1_800,
        purchases=((8_000, 6), (12_000, 6), (20_000, 6), (30_000, 3)),
        redeem_bp=150,
        redeem_percent=70,
        is_merchant=False,
        payday=(1, 10),
        age=(24, 66),
    ),
)

CLASSES = MappingProxyType({item.name: item for item in _ALL})
"""Every class by its name, in a fixed order."""

PAY_SLOTS = 4
"""A person pays at most this often a day."""

WEEKDAY_PERCENT = (98, 96, 97, 103, 88, 124, 106)
"""Activity from Monday to Sunday against an average day."""

HOUR_WEIGHTS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 11, 14, 15, 14, 10, 11, 12, 14, 17, 20, 21, 17, 11, 6, 3)
"""When in a day people act, from midnight on, local time."""
