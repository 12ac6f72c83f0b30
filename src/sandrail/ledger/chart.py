"""The chart of accounts: what an account is for.

Numbers follow the habit of the field: 1 assets, 2 liabilities, 3 equity, 4 income, 5 expense,
7 units of a token, 9 suspense. The last digit leaves room.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ChartCode"]


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
