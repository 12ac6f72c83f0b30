"""G17: customers' money lies on accounts of its own that earn the firm nothing.

Until such an account is reported no money comes in and nothing is issued; the report ends that by
itself. An account that turns out otherwise stops both until two people lift it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, breaching_since, stops
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL", "FIRM", "ClientAccountReported"]

SEGREGATED = "G17.segregated_accounts_required"
INTEREST = "G17.interest_allowed"
RULES = (SEGREGATED, INTEREST)
MONEY_IN = mask(Kind.ISSUE, Kind.ON_RAMP)
TITLE = "Segregation of client money"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAccountReported(Observation):
    """An account that holds customers' money, as its bank describes it.

    Attributes:
        account: its number or name.
        bank: where it is.
        segregated: nothing but customers' money is on it.
        interest_bearing: it earns interest.
    """

    account: str
    bank: str
    segregated: bool
    interest_bearing: bool


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for rule in RULES for test in stops(setting, rule, MONEY_IN)]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    required, interest = setting.rule(SEGREGATED), setting.rule(INTEREST)
    told = view.of(ClientAccountReported)
    if required is not None and required.flag and not told:
        yield from Breach(
            required,
            "no account",
            setting.permission.valid_from_us,
            "not reported",
            "No account for customers' money was reported so far.",
            scope=Effect.PAUSE_ISSUE,
            lasting=False,
        ).follows(setting)
    for account in dict.fromkeys(one.account for one in told):
        mine = [one for one in told if one.account == account]
        mixed = breaching_since(mine, lambda one: not one.segregated)
        earning = breaching_since(mine, lambda one: one.interest_bearing)
        if required is not None and required.flag and mixed is not None:
            because = f"The account {account} holds other money than customers'."
            yield from Breach(
                required, f"{account}/{mixed[0].at_us}", mixed[0].at_us, "not segregated", because,
                scope=Effect.PAUSE_ISSUE,
            ).follows(setting)  # fmt: skip
        if interest is not None and not interest.flag and earning is not None:
            because = f"The account {account} earns interest."
            yield from Breach(
                interest, f"{account}/{earning[0].at_us}", earning[0].at_us, "earns interest",
                because, scope=Effect.PAUSE_ISSUE,
            ).follows(setting)  # fmt: skip


CONTROL = Control("G17", TITLE, RULES, _compile)
FIRM = FirmControl("G17", TITLE, RULES, (ClientAccountReported,), _judge)
