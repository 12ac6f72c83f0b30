"""Planted faults: each replaces one piece of a contract's source, and the model must notice."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A fault: ``old`` occurs exactly once in ``contract`` and becomes ``new``."""

    name: str
    contract: str
    old: str
    new: str


_TOKEN = "SupervisedToken"
_ORACLE = "ReserveOracle"

MUTANTS = (
    Mutant(
        "the reserve gate lets one unit too many through",
        _TOKEN,
        "assert amount <= self._headroom(reserve)",
        "assert amount <= self._headroom(reserve) + 1",
    ),
    Mutant(
        "the reserve gate does not look at the supply",
        _TOKEN,
        "assert amount <= self._headroom(reserve)",
        "assert amount <= reserve * WHOLE_BPS // reserve_ratio_bps",
    ),
    Mutant(
        "the reserve gate is strict at the limit",
        _TOKEN,
        "assert amount <= self._headroom(reserve)",
        "assert amount < self._headroom(reserve)",
    ),
    Mutant(
        "the reserve gate is gone",
        _TOKEN,
        'assert amount <= self._headroom(reserve), "token: the reserve is short"',
        "pass",
    ),
    Mutant(
        "the reserve ratio is ignored",
        _TOKEN,
        "reserve * WHOLE_BPS // reserve_ratio_bps\n",
        "reserve\n",
    ),
    Mutant(
        "the covered supply is rounded up",
        _TOKEN,
        "reserve * WHOLE_BPS // reserve_ratio_bps\n",
        "(reserve * WHOLE_BPS + reserve_ratio_bps - 1) // reserve_ratio_bps\n",
    ),
    Mutant(
        "a stale attestation covers one second more",
        _TOKEN,
        "assert block.timestamp <= as_of + attestation_age_max,",
        "assert block.timestamp <= as_of + attestation_age_max + 1,",
    ),
    Mutant(
        "staleness is not checked",
        _TOKEN,
        'assert block.timestamp <= as_of + attestation_age_max, "token: the attestation is stale"',
        "pass",
    ),
    Mutant(
        "the minter's allowance is not spent",
        _TOKEN,
        "self.minter_allowance[msg.sender] = allowed - amount",
        "pass",
    ),
    Mutant(
        "anyone mints",
        _TOKEN,
        "allowed: uint256 = self.minter_allowance[msg.sender]",
        "allowed: uint256 = max_value(uint256)",
    ),
    Mutant("a mint does not count into the supply", _TOKEN, "self.totalSupply += amount", "pass"),
    Mutant(
        "minting goes on in a pause",
        _TOKEN,
        """    assert not self.paused, "token: paused"
    allowed: uint256 = self.minter_allowance""",
        "    allowed: uint256 = self.minter_allowance",
    ),
    Mutant(
        "minting to a shut account passes",
        _TOKEN,
        """    assert self.frozen[receiver] != SHUT, "token: the receiver is shut"
    reserve: uint256 = 0""",
        "    reserve: uint256 = 0",
    ),
    Mutant(
        "a mint needs no order",
        _TOKEN,
        """    assert order_ref != empty(bytes32), "token: the order is missing"
    assert receiver != empty(address), "token: the receiver is missing"
    assert receiver != self, "token: the token cannot hold itself"
    assert self.frozen[receiver] != SHUT, "token: the receiver is shut"
    reserve""",
        """    assert receiver != empty(address), "token: the receiver is missing"
    assert receiver != self, "token: the token cannot hold itself"
    assert self.frozen[receiver] != SHUT, "token: the receiver is shut"
    reserve""",
    ),
    Mutant(
        "transfers ignore frozen amounts",
        _TOKEN,
        "if balance - amount < min(frozen, balance):",
        "if False:",
    ),
    Mutant(
        "the last unfrozen unit cannot be spent",
        _TOKEN,
        "if balance - amount < min(frozen, balance):",
        "if balance - amount <= min(frozen, balance):",
    ),
    Mutant("a shut account sends", _TOKEN, "if frozen == SHUT:", "if False:"),
    Mutant("a shut account receives", _TOKEN, "if self.frozen[receiver] == SHUT:", "if False:"),
    Mutant(
        "a pause does not stop transfers",
        _TOKEN,
        """    if self.paused:
        return PAUSED
""",
        "",
    ),
    Mutant(
        "the payer is not debited",
        _TOKEN,
        """        raise self._reason(code)
    self.balanceOf[sender] -= amount""",
        """        raise self._reason(code)""",
    ),
    Mutant(
        "an allowance is not spent",
        _TOKEN,
        "self.allowance[sender][msg.sender] = allowed - amount",
        "pass",
    ),
    Mutant(
        "an endless allowance runs out", _TOKEN, "if allowed != max_value(uint256):", "if True:"
    ),
    Mutant(
        "one more than the allowance passes",
        _TOKEN,
        """    assert allowed >= amount, "token: the allowance is short"
    if allowed != max_value(uint256):
        self.allowance[sender][msg.sender] = allowed - amount""",
        """    assert allowed + 1 >= amount, "token: the allowance is short"
    if allowed != max_value(uint256):
        self.allowance[sender][msg.sender] = max(allowed, amount) - amount""",
    ),
    Mutant(
        "anyone burns",
        _TOKEN,
        'assert msg.sender == self.role_holder[ROLE_REDEEMER], "token: only the redeemer burns"',
        "pass",
    ),
    Mutant("a burn does not shrink the supply", _TOKEN, "self.totalSupply -= amount", "pass"),
    Mutant(
        "a burn takes frozen tokens",
        _TOKEN,
        "assert balance - amount >= min(self.frozen[holder], balance)",
        "assert True",
    ),
    Mutant(
        "a pause stops redemptions",
        _TOKEN,
        'assert msg.sender == self.role_holder[ROLE_REDEEMER], "token: only the redeemer burns"',
        '''assert msg.sender == self.role_holder[ROLE_REDEEMER], "token: only the redeemer burns"
    assert not self.paused, "token: paused"''',
    ),
    Mutant(
        "anyone moves by order",
        _TOKEN,
        "assert msg.sender == self.role_holder[ROLE_ENFORCER]",
        "assert True",
    ),
    Mutant(
        "the freezer moves by order",
        _TOKEN,
        'self.role_holder[ROLE_ENFORCER], "token',
        'self.role_holder[ROLE_FREEZER], "token',
    ),
    Mutant(
        "an order thaws a shut account", _TOKEN, "if frozen != SHUT and frozen >", "if frozen >"
    ),
    Mutant(
        "an order leaves more frozen than there is",
        _TOKEN,
        "self.frozen[sender] = balance - amount",
        "pass",
    ),
    Mutant(
        "a thaw by order is not reported",
        _TOKEN,
        "log Frozen(account=sender, amount=balance - amount)",
        "pass",
    ),
    Mutant(
        "anyone freezes",
        _TOKEN,
        'assert msg.sender == self.role_holder[ROLE_FREEZER], "token: only the freezer freezes"',
        "pass",
    ),
    Mutant(
        "freezing adds up",
        _TOKEN,
        """    self.frozen[account] = amount
    log Frozen(account=account""",
        """    self.frozen[account] = max(self.frozen[account], amount)
    log Frozen(account=account""",
    ),
    Mutant(
        "the pauser also ends a pause",
        _TOKEN,
        'assert msg.sender == self.owner, "token: only the owner ends a pause"',
        'assert msg.sender in [self.owner, self.role_holder[ROLE_PAUSER]], "token: only the owner '
        'ends a pause"',
    ),
    Mutant(
        "anyone names minters",
        _TOKEN,
        'assert msg.sender == self.owner, "token: only the owner names minters"',
        "pass",
    ),
    Mutant(
        "anyone names role holders",
        _TOKEN,
        'assert msg.sender == self.owner, "token: only the owner names role holders"',
        "pass",
    ),
    Mutant(
        "ownership is taken without an offer",
        _TOKEN,
        'assert msg.sender == self.candidate, "token: ownership was not offered to you"',
        "pass",
    ),
    Mutant(
        "an offer of ownership is good twice",
        _TOKEN,
        """    self.owner = msg.sender
    self.candidate = empty(address)""",
        "    self.owner = msg.sender",
    ),
    Mutant(
        "what can be minted ignores the supply",
        _TOKEN,
        "return covered - min(covered, self.totalSupply)",
        "return covered",
    ),
    Mutant(
        "a mint is reported with another receiver",
        _TOKEN,
        "log Minted(minter=msg.sender, receiver=receiver",
        "log Minted(minter=msg.sender, receiver=msg.sender",
    ),
    Mutant(
        "anyone attests",
        _ORACLE,
        'assert msg.sender == self.attester, "oracle: only the attester attests"',
        "pass",
    ),
    Mutant(
        "an attestation from the future is taken",
        _ORACLE,
        'assert as_of <= block.timestamp, "oracle: the attestation is from the future"',
        "pass",
    ),
    Mutant(
        "an older attestation replaces a newer one",
        _ORACLE,
        'assert as_of >= self.as_of, "oracle: a later attestation is on record"',
        "pass",
    ),
    Mutant(
        "an attestation needs no evidence",
        _ORACLE,
        'assert evidence != empty(bytes32), "oracle: the evidence hash is missing"',
        "pass",
    ),
    Mutant(
        "the attested instant is the block's",
        _ORACLE,
        "self.as_of = as_of",
        "self.as_of = block.timestamp",
    ),
)
