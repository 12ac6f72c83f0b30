"""What the supervised token means, in plain Python: the definition the contract is tested against.

Every act returns the words of its refusal, or "" and changes the model. The order in which reasons
are looked at is part of the definition: a caller sees the first that applies.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

SHUT = 2**256 - 1
ENDLESS = 2**256 - 1
ZERO = bytes(20)
NO_ORDER = bytes(32)
WHOLE_BPS = 10_000


@dataclass
class TokenModel:
    """A token and its oracle; ``roles`` maps pauser, freezer, enforcer, redeemer to holders."""

    address: bytes
    owner: bytes
    attester: bytes
    roles: dict[int, bytes]
    age_max_s: int
    ratio_bps: int
    now_s: int
    candidate: bytes = ZERO
    paused: bool = False
    supply: int = 0
    reserve: int = 0
    as_of_s: int = 0
    rounds: int = 0
    balances: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    frozen: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    minters: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    allowances: dict[tuple[bytes, bytes], int] = field(default_factory=lambda: defaultdict(int))

    def restriction(self, sender: bytes, receiver: bytes, amount: int) -> str:
        if self.paused:
            return "token: paused"
        if receiver == ZERO:
            return "token: the receiver is missing"
        if receiver == self.address:
            return "token: the token cannot hold itself"
        if self.frozen[sender] == SHUT:
            return "token: the sender is shut"
        if self.frozen[receiver] == SHUT:
            return "token: the receiver is shut"
        return self._spendable(sender, amount)

    def transfer(self, sender: bytes, receiver: bytes, amount: int) -> str:
        reason = self.restriction(sender, receiver, amount)
        if not reason:
            self._move(sender, receiver, amount)
        return reason

    def transferFrom(self, caller: bytes, sender: bytes, receiver: bytes, amount: int) -> str:
        allowed = self.allowances[sender, caller]
        if allowed < amount:
            return "token: the allowance is short"
        reason = self.transfer(sender, receiver, amount)
        if not reason and allowed != ENDLESS:
            self.allowances[sender, caller] = allowed - amount
        return reason

    def approve(self, caller: bytes, spender: bytes, amount: int) -> str:
        if self.paused:
            return "token: paused"
        if spender == ZERO:
            return "token: the spender is missing"
        self.allowances[caller, spender] = amount
        return ""

    def mint(self, caller: bytes, receiver: bytes, amount: int, order: bytes) -> str:
        if self.paused:
            return "token: paused"
        if self.minters[caller] < amount:
            return "token: the minter's allowance is short"
        if amount == 0:
            return "token: the amount is zero"
        if order == NO_ORDER:
            return "token: the order is missing"
        if reason := self._receiver(receiver):
            return reason
        if self.as_of_s == 0:
            return "token: no reserve is attested"
        if self.now_s > self.as_of_s + self.age_max_s:
            return "token: the attestation is stale"
        if -(-(self.supply + amount) * self.ratio_bps // WHOLE_BPS) > self.reserve:
            return "token: the reserve is short"
        self.minters[caller] -= amount
        self.supply += amount
        self.balances[receiver] += amount
        return ""

    def burn(self, caller: bytes, holder: bytes, amount: int, order: bytes) -> str:
        if caller != self.roles[4]:
            return "token: only the redeemer burns"
        if amount == 0:
            return "token: the amount is zero"
        if order == NO_ORDER:
            return "token: the order is missing"
        if reason := self._spendable(holder, amount):
            return reason
        self.balances[holder] -= amount
        self.supply -= amount
        return ""

    def forced_transfer(
        self, caller: bytes, sender: bytes, receiver: bytes, amount: int, order: bytes
    ) -> str:
        if caller != self.roles[3]:
            return "token: only the enforcer moves by order"
        if order == NO_ORDER:
            return "token: the order is missing"
        if reason := self._receiver(receiver):
            return reason
        if self.balances[sender] < amount:
            return "token: the balance is short"
        left = self.balances[sender] - amount
        if self.frozen[sender] != SHUT:
            self.frozen[sender] = min(self.frozen[sender], left)
        self._move(sender, receiver, amount)
        return ""

    def setFrozenTokens(self, caller: bytes, account: bytes, amount: int) -> str:
        if caller != self.roles[2]:
            return "token: only the freezer freezes"
        if account == ZERO:
            return "token: the account is missing"
        self.frozen[account] = amount
        return ""

    def pause(self, caller: bytes) -> str:
        if caller != self.roles[1]:
            return "token: only the pauser pauses"
        if self.paused:
            return "token: already paused"
        self.paused = True
        return ""

    def unpause(self, caller: bytes) -> str:
        if caller != self.owner:
            return "token: only the owner ends a pause"
        if not self.paused:
            return "token: not paused"
        self.paused = False
        return ""

    def set_minter(self, caller: bytes, minter: bytes, allowed: int) -> str:
        if caller != self.owner:
            return "token: only the owner names minters"
        if minter == ZERO:
            return "token: the minter is missing"
        self.minters[minter] = allowed
        return ""

    def set_role(self, caller: bytes, role: int, holder: bytes) -> str:
        if caller != self.owner:
            return "token: only the owner names role holders"
        if role not in self.roles:
            return "token: no such role"
        self.roles[role] = holder
        return ""

    def offer_ownership(self, caller: bytes, candidate: bytes) -> str:
        if caller != self.owner:
            return "token: only the owner offers ownership"
        self.candidate = candidate
        return ""

    def take_ownership(self, caller: bytes) -> str:
        if caller != self.candidate or caller == ZERO:
            return "token: ownership was not offered to you"
        self.owner, self.candidate = caller, ZERO
        return ""

    def attest(self, caller: bytes, reserve: int, as_of_s: int, evidence: bytes) -> str:
        if caller != self.attester:
            return "oracle: only the attester attests"
        if as_of_s > self.now_s:
            return "oracle: the attestation is from the future"
        if as_of_s < self.as_of_s:
            return "oracle: a later attestation is on record"
        if evidence == NO_ORDER:
            return "oracle: the evidence hash is missing"
        if reserve >= 2**128:
            return "oracle: the reserve is out of range"
        self.reserve, self.as_of_s = reserve, as_of_s
        self.rounds += 1
        return ""

    def mintable(self) -> int:
        if self.as_of_s == 0 or self.now_s > self.as_of_s + self.age_max_s:
            return 0
        return max(0, self.reserve * WHOLE_BPS // self.ratio_bps - self.supply)

    def _receiver(self, receiver: bytes) -> str:
        if receiver == ZERO:
            return "token: the receiver is missing"
        if receiver == self.address:
            return "token: the token cannot hold itself"
        return "token: the receiver is shut" if self.frozen[receiver] == SHUT else ""

    def _spendable(self, holder: bytes, amount: int) -> str:
        balance = self.balances[holder]
        if balance < amount:
            return "token: the balance is short"
        if balance - amount < min(self.frozen[holder], balance):
            return "token: the balance is frozen"
        return ""

    def _move(self, sender: bytes, receiver: bytes, amount: int) -> None:
        self.balances[sender] -= amount
        self.balances[receiver] += amount
