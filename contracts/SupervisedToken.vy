# pragma version 0.4.3
# SPDX-License-Identifier: Apache-2.0
"""
@title SupervisedToken
@notice An ERC-20 token whose issuer is supervised: minting stops at the attested reserve, minters
        have allowances, an account can be frozen in part or in full (in the manner of ERC-7943),
        tokens can be moved under a written order, and everything privileged names its order.
@dev    No proxy, no delegatecall, no loop. Each event is emitted at most once in a transaction,
        and in the order of its declaration, so that every engine reports the same log.
        An account whose frozen amount is max_value(uint256) is shut: it neither sends nor
        receives, and only an order moves what it holds.
        A pause stops transfers, approvals and minting. It never stops a redemption or an order.
"""

interface Reserve:
    def latest() -> (uint256, uint256): view


event RoleChanged:
    role: indexed(uint256)
    holder: indexed(address)

event OwnershipOffered:
    owner: indexed(address)
    candidate: indexed(address)

event OwnershipTaken:
    owner: indexed(address)

event MinterChanged:
    minter: indexed(address)
    allowance: uint256

event PauseChanged:
    paused: bool

event Frozen:
    account: indexed(address)
    amount: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Minted:
    minter: indexed(address)
    receiver: indexed(address)
    value: uint256
    order_ref: indexed(bytes32)

event Redeemed:
    redeemer: indexed(address)
    holder: indexed(address)
    value: uint256
    order_ref: indexed(bytes32)

event ForcedTransfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256
    order_ref: indexed(bytes32)


# Who may do what. The owner names the holders of roles; nobody holds a role by default.
ROLE_PAUSER: constant(uint256) = 1
ROLE_FREEZER: constant(uint256) = 2
ROLE_ENFORCER: constant(uint256) = 3
ROLE_REDEEMER: constant(uint256) = 4
ROLE_LAST: constant(uint256) = 4

SHUT: constant(uint256) = max_value(uint256)
WHOLE_BPS: constant(uint256) = 10_000
AGE_MAX: constant(uint256) = 2**63  # keeps the sum with an instant in range

# Why a transfer cannot happen (in the manner of ERC-1404); 0 means that it can.
FINE: constant(uint256) = 0
PAUSED: constant(uint256) = 1
SENDER_SHUT: constant(uint256) = 2
RECEIVER_SHUT: constant(uint256) = 3
RECEIVER_ZERO: constant(uint256) = 4
BALANCE_SHORT: constant(uint256) = 5
BALANCE_FROZEN: constant(uint256) = 6
RECEIVER_IS_TOKEN: constant(uint256) = 7

name: public(String[48])
symbol: public(String[12])
decimals: public(immutable(uint8))
oracle: public(immutable(address))
attestation_age_max: public(immutable(uint256))
reserve_ratio_bps: public(immutable(uint256))

totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])

owner: public(address)
candidate: public(address)
role_holder: public(HashMap[uint256, address])
minter_allowance: public(HashMap[address, uint256])
paused: public(bool)
frozen: HashMap[address, uint256]


@deploy
def __init__(
    name_: String[48],
    symbol_: String[12],
    decimals_: uint8,
    owner_: address,
    pauser: address,
    freezer: address,
    enforcer: address,
    redeemer: address,
    oracle_: address,
    attestation_age_max_: uint256,
    reserve_ratio_bps_: uint256,
):
    """
    @param oracle_              a ReserveOracle that counts in this token's minor units
    @param attestation_age_max_ seconds after which an attestation no longer covers a mint
    @param reserve_ratio_bps_   reserve asked for each unit of supply, 10000 = one to one
    """
    assert owner_ != empty(address), "token: the owner is missing"
    assert oracle_ != empty(address), "token: the reserve oracle is missing"
    assert reserve_ratio_bps_ >= WHOLE_BPS, "token: a reserve ratio under one is not a reserve"
    assert attestation_age_max_ <= AGE_MAX, "token: the attestation age is out of range"
    self.name = name_
    self.symbol = symbol_
    decimals = decimals_
    oracle = oracle_
    attestation_age_max = attestation_age_max_
    reserve_ratio_bps = reserve_ratio_bps_
    self.owner = owner_
    self.role_holder[ROLE_PAUSER] = pauser
    self.role_holder[ROLE_FREEZER] = freezer
    self.role_holder[ROLE_ENFORCER] = enforcer
    self.role_holder[ROLE_REDEEMER] = redeemer


# Holders


@external
def transfer(receiver: address, amount: uint256) -> bool:
    """@notice Pay `amount` minor units from the caller."""
    self._pay(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """@notice Pay from `sender` out of the caller's allowance; max_value is without end."""
    allowed: uint256 = self.allowance[sender][msg.sender]
    assert allowed >= amount, "token: the allowance is short"
    if allowed != max_value(uint256):
        self.allowance[sender][msg.sender] = allowed - amount
    self._pay(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """@notice Allow `spender` to pay up to `amount` from the caller."""
    assert not self.paused, "token: paused"
    assert spender != empty(address), "token: the spender is missing"
    self.allowance[msg.sender][spender] = amount
    log Approval(owner=msg.sender, spender=spender, value=amount)
    return True


# Supply


@external
def mint(receiver: address, amount: uint256, order_ref: bytes32):
    """
    @notice Issue tokens, never beyond the reserve and never beyond the minter's allowance.
    @param order_ref what the issue is for: the id of the supervised transfer
    """
    assert not self.paused, "token: paused"
    allowed: uint256 = self.minter_allowance[msg.sender]
    assert allowed >= amount, "token: the minter's allowance is short"
    assert amount != 0, "token: the amount is zero"
    assert order_ref != empty(bytes32), "token: the order is missing"
    assert receiver != empty(address), "token: the receiver is missing"
    assert receiver != self, "token: the token cannot hold itself"
    assert self.frozen[receiver] != SHUT, "token: the receiver is shut"
    reserve: uint256 = 0
    as_of: uint256 = 0
    reserve, as_of = staticcall Reserve(oracle).latest()
    assert as_of != 0, "token: no reserve is attested"
    assert block.timestamp <= as_of + attestation_age_max, "token: the attestation is stale"
    assert amount <= self._headroom(reserve), "token: the reserve is short"
    self.minter_allowance[msg.sender] = allowed - amount
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, value=amount)
    log Minted(minter=msg.sender, receiver=receiver, value=amount, order_ref=order_ref)


@external
def burn(holder: address, amount: uint256, order_ref: bytes32):
    """
    @notice Redeem: take tokens out of existence against a payout. A pause does not stop it.
    @param order_ref what the redemption is for: the id of the supervised transfer
    """
    assert msg.sender == self.role_holder[ROLE_REDEEMER], "token: only the redeemer burns"
    assert amount != 0, "token: the amount is zero"
    assert order_ref != empty(bytes32), "token: the order is missing"
    balance: uint256 = self.balanceOf[holder]
    assert balance >= amount, "token: the balance is short"
    assert balance - amount >= min(self.frozen[holder], balance), "token: the balance is frozen"
    self.balanceOf[holder] = balance - amount
    self.totalSupply -= amount
    log Transfer(sender=holder, receiver=empty(address), value=amount)
    log Redeemed(redeemer=msg.sender, holder=holder, value=amount, order_ref=order_ref)


# Supervision


@external
def forced_transfer(sender: address, receiver: address, amount: uint256, order_ref: bytes32):
    """
    @notice Move tokens under a written order, frozen ones last. A pause does not stop it.
    @param order_ref hash of the order
    """
    assert msg.sender == self.role_holder[ROLE_ENFORCER], "token: only the enforcer moves by order"
    assert order_ref != empty(bytes32), "token: the order is missing"
    assert receiver != empty(address), "token: the receiver is missing"
    assert receiver != self, "token: the token cannot hold itself"
    assert self.frozen[receiver] != SHUT, "token: the receiver is shut"
    balance: uint256 = self.balanceOf[sender]
    assert balance >= amount, "token: the balance is short"
    frozen: uint256 = self.frozen[sender]
    if frozen != SHUT and frozen > balance - amount:
        self.frozen[sender] = balance - amount
        log Frozen(account=sender, amount=balance - amount)
    self.balanceOf[sender] = balance - amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=sender, receiver=receiver, value=amount)
    log ForcedTransfer(sender=sender, receiver=receiver, value=amount, order_ref=order_ref)


@external
def setFrozenTokens(account: address, amount: uint256) -> bool:
    """@notice Freeze exactly `amount` of an account, more than it holds if need be; 0 thaws."""
    assert msg.sender == self.role_holder[ROLE_FREEZER], "token: only the freezer freezes"
    assert account != empty(address), "token: the account is missing"
    self.frozen[account] = amount
    log Frozen(account=account, amount=amount)
    return True


@external
def pause():
    """@notice Stop transfers, approvals and minting at the very next transaction."""
    assert msg.sender == self.role_holder[ROLE_PAUSER], "token: only the pauser pauses"
    assert not self.paused, "token: already paused"
    self.paused = True
    log PauseChanged(paused=True)


@external
def unpause():
    """@notice End a pause. The owner restarts, not the pauser: one hand stops, another starts."""
    assert msg.sender == self.owner, "token: only the owner ends a pause"
    assert self.paused, "token: not paused"
    self.paused = False
    log PauseChanged(paused=False)


# Ownership


@external
def set_minter(minter: address, allowed: uint256):
    """@notice Let `minter` issue `allowed` more minor units in total; 0 ends it."""
    assert msg.sender == self.owner, "token: only the owner names minters"
    assert minter != empty(address), "token: the minter is missing"
    self.minter_allowance[minter] = allowed
    log MinterChanged(minter=minter, allowance=allowed)


@external
def set_role(role: uint256, holder: address):
    """@notice Give a role to another holder; the zero address leaves it vacant."""
    assert msg.sender == self.owner, "token: only the owner names role holders"
    assert role >= ROLE_PAUSER and role <= ROLE_LAST, "token: no such role"
    self.role_holder[role] = holder
    log RoleChanged(role=role, holder=holder)


@external
def offer_ownership(candidate: address):
    """@notice First of two steps; the candidate must take it."""
    assert msg.sender == self.owner, "token: only the owner offers ownership"
    self.candidate = candidate
    log OwnershipOffered(owner=msg.sender, candidate=candidate)


@external
def take_ownership():
    """@notice Second step, by the candidate."""
    assert msg.sender == self.candidate, "token: ownership was not offered to you"
    assert msg.sender != empty(address), "token: ownership was not offered to you"
    self.owner = msg.sender
    self.candidate = empty(address)
    log OwnershipTaken(owner=msg.sender)


# Questions


@external
@view
def getFrozenTokens(account: address) -> uint256:
    """@return what is frozen of an account; it may exceed the balance"""
    return self.frozen[account]


@external
@view
def canSend(account: address) -> bool:
    """@return whether the account may send at all"""
    return self.frozen[account] != SHUT


@external
@view
def canReceive(account: address) -> bool:
    """@return whether the account may receive at all"""
    return account != empty(address) and account != self and self.frozen[account] != SHUT


@external
@view
def canTransfer(sender: address, receiver: address, amount: uint256) -> bool:
    """@return whether this very transfer would pass now"""
    return self._restriction(sender, receiver, amount) == FINE


@external
@view
def detectTransferRestriction(sender: address, receiver: address, amount: uint256) -> uint8:
    """@return 0, or the code of what stops the transfer"""
    return convert(self._restriction(sender, receiver, amount), uint8)


@external
@view
def messageForTransferRestriction(code: uint8) -> String[48]:
    """@return the sentence for a code of `detectTransferRestriction`"""
    return self._reason(convert(code, uint256))


@external
@view
def mintable() -> uint256:
    """@return what the attested reserve still covers; 0 when the attestation is stale"""
    reserve: uint256 = 0
    as_of: uint256 = 0
    reserve, as_of = staticcall Reserve(oracle).latest()
    if as_of == 0 or block.timestamp > as_of + attestation_age_max:
        return 0
    return self._headroom(reserve)


# Inside


@internal
def _pay(sender: address, receiver: address, amount: uint256):
    code: uint256 = self._restriction(sender, receiver, amount)
    if code != FINE:
        raise self._reason(code)
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=sender, receiver=receiver, value=amount)


@internal
@view
def _restriction(sender: address, receiver: address, amount: uint256) -> uint256:
    if self.paused:
        return PAUSED
    if receiver == empty(address):
        return RECEIVER_ZERO
    if receiver == self:
        return RECEIVER_IS_TOKEN
    frozen: uint256 = self.frozen[sender]
    if frozen == SHUT:
        return SENDER_SHUT
    if self.frozen[receiver] == SHUT:
        return RECEIVER_SHUT
    balance: uint256 = self.balanceOf[sender]
    if balance < amount:
        return BALANCE_SHORT
    if balance - amount < min(frozen, balance):
        return BALANCE_FROZEN
    return FINE


@internal
@pure
def _reason(code: uint256) -> String[48]:
    if code == FINE:
        return "token: no restriction"
    if code == PAUSED:
        return "token: paused"
    if code == SENDER_SHUT:
        return "token: the sender is shut"
    if code == RECEIVER_SHUT:
        return "token: the receiver is shut"
    if code == RECEIVER_ZERO:
        return "token: the receiver is missing"
    if code == BALANCE_SHORT:
        return "token: the balance is short"
    if code == BALANCE_FROZEN:
        return "token: the balance is frozen"
    if code == RECEIVER_IS_TOKEN:
        return "token: the token cannot hold itself"
    return "token: no such restriction"


@internal
@view
def _headroom(reserve: uint256) -> uint256:
    # Rounded down: a fraction of a unit short is short. The oracle keeps the product in range.
    covered: uint256 = reserve * WHOLE_BPS // reserve_ratio_bps
    return covered - min(covered, self.totalSupply)
