"""Errors of the wallets room.

::

    InputError
    ├── WalletError          wallets.bad_address, wallets.unknown, wallets.bad_tag
    └── LinesError           wallets.bad_lines
    RefusedError
    ├── ProofRefused         wallets.proof_refused and what was wrong with the proof
    └── CustodyRefused       wallets.custody_refused and what was wrong with keys or approvals
"""

from __future__ import annotations

from sandrail.world import InputError, RefusedError

__all__ = ["CustodyRefused", "LinesError", "ProofRefused", "WalletError"]


class WalletError(InputError):
    """A wallet, a tag or a flow that cannot be used as given."""

    code = "wallets.bad_address"


class LinesError(InputError):
    """The pack's lines on exposure cannot be computed with."""

    code = "wallets.bad_lines"


class ProofRefused(RefusedError):
    """A proof that a wallet belongs to a customer does not hold."""

    code = "wallets.proof_refused"


class CustodyRefused(RefusedError):
    """A key ceremony or an approval of a movement from custody does not hold."""

    code = "wallets.custody_refused"
