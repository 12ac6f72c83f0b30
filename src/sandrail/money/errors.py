"""Errors of the money room.

::

    InputError
    └── AmountError      money.{bad_amount, wrong_scale, out_of_range, bad_asset, mixed_assets}
"""

from __future__ import annotations

from sandrail.world import InputError

__all__ = ["AmountError"]


class AmountError(InputError):
    """A text or a number that is not an amount of the asset."""

    code = "money.bad_amount"
