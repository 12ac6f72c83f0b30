"""The chart of accounts: what an account is for, and templates per product.

Numbers follow the habit of the field: 1 assets, 2 liabilities, 3 equity, 4 income, 5 expense,
7 units of a token, 9 suspense. The last digit leaves room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sandrail.ledger.codes import AccountFlag

__all__ = ["ART_CHART", "EXCHANGE_CHART", "AccountTemplate", "ChartCode"]


class ChartCode(IntEnum):
    """What an account is for."""

    RESERVE_AT_BANK = 1010
    """Money at the reserve bank, segregated; a debit balance."""
    SETTLEMENT_IN_TRANSIT = 1020
    """Sent to or announced by a bank, not yet confirmed."""
    FIRM_AT_BANK = 1030
    """The firm's own money at a bank."""

    CUSTOMER_FUNDS = 2010
    """Fiat owed to one customer."""
    REDEMPTIONS_PAYABLE = 2020
    """Redeemed, not yet paid out."""
    TOKENS_OUTSTANDING = 2030
    """Fiat owed to token holders at par; equals the supply."""
    FEES_PAYABLE = 2040
    """Fees and taxes collected for others."""

    OWN_FUNDS = 3010
    """Capital of the firm."""
    FEE_INCOME = 4010
    RESERVE_INCOME = 4020
    LOSSES = 5010
    """Operational losses and write-offs of reconciliation."""

    TOKENS_IN_ISSUE = 7010
    """Units ever minted less burned; a debit balance, the mirror of all holdings."""
    TOKEN_HOLDING = 7020
    """Units of one holder."""
    TOKENS_AWAITING_BURN = 7030
    """Units given back for redemption, not yet burned on chain."""
    TOKENS_BY_ORDER = 7040
    """Units moved by order of an authority."""
    LIQUIDITY = 7050
    """The exchange's own units of an asset: the counter-account of a two-asset exchange."""

    CUSTODY_ONLINE = 7060
    """Customers' units in wallets whose keys are online; a debit balance."""
    CUSTODY_COLD = 7070
    """Customers' units in wallets whose keys are kept offline; a debit balance."""

    SUSPENSE = 9010
    """Reconciliation found it; nobody has explained it yet."""


@dataclass(frozen=True, slots=True)
class AccountTemplate:
    """An account that a product opens.

    Attributes:
        chart: what it is for.
        flags: what it may not do.
        holds_token: whether it counts the product's token, else the fiat behind it.
        per_party: one for each customer, else one for the firm.
    """

    chart: ChartCode
    flags: AccountFlag
    holds_token: bool = False
    per_party: bool = False


_LIABILITY = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
_ASSET = AccountFlag.MUST_NOT_OVERDRAW_DEBITS

ART_CHART: tuple[AccountTemplate, ...] = (
    AccountTemplate(ChartCode.RESERVE_AT_BANK, _ASSET),
    AccountTemplate(ChartCode.SETTLEMENT_IN_TRANSIT, AccountFlag.NONE),
    AccountTemplate(ChartCode.TOKENS_OUTSTANDING, _LIABILITY),
    AccountTemplate(ChartCode.REDEMPTIONS_PAYABLE, _LIABILITY),
    AccountTemplate(ChartCode.OWN_FUNDS, _LIABILITY),
    AccountTemplate(ChartCode.FEE_INCOME, _LIABILITY),
    AccountTemplate(ChartCode.SUSPENSE, AccountFlag.NONE),
    AccountTemplate(ChartCode.CUSTOMER_FUNDS, _LIABILITY, per_party=True),
    AccountTemplate(ChartCode.TOKENS_IN_ISSUE, _ASSET, holds_token=True),
    AccountTemplate(ChartCode.TOKENS_AWAITING_BURN, _LIABILITY, holds_token=True),
    AccountTemplate(ChartCode.TOKENS_BY_ORDER, _LIABILITY, holds_token=True),
    AccountTemplate(ChartCode.TOKEN_HOLDING, _LIABILITY, holds_token=True, per_party=True),
)
"""A token that refers to a currency and is redeemed at par from a segregated reserve."""

EXCHANGE_CHART: tuple[AccountTemplate, ...] = (
    AccountTemplate(ChartCode.FIRM_AT_BANK, _ASSET),
    AccountTemplate(ChartCode.LIQUIDITY, _LIABILITY),
    AccountTemplate(ChartCode.LIQUIDITY, _LIABILITY, holds_token=True),
    AccountTemplate(ChartCode.TOKENS_IN_ISSUE, _ASSET, holds_token=True),
    AccountTemplate(ChartCode.FEE_INCOME, _LIABILITY),
    AccountTemplate(ChartCode.SUSPENSE, AccountFlag.NONE),
    AccountTemplate(ChartCode.CUSTOMER_FUNDS, _LIABILITY, per_party=True),
    AccountTemplate(ChartCode.TOKEN_HOLDING, _LIABILITY, holds_token=True, per_party=True),
)
"""Customers exchange fiat for a token through the firm's liquidity, in two linked rows."""
