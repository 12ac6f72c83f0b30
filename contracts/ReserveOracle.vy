# pragma version 0.4.3
# SPDX-License-Identifier: Apache-2.0
"""
@title ReserveOracle
@notice What an attester says is held in reserve against a token, and as of when.
@dev    The shape is that of a price feed (`latestRoundData`), so that a consumer of such feeds
        reads it unchanged. A round is never edited: a correction is the next round.
"""

# Each event is emitted at most once in a transaction, in the order of these declarations.
event Attested:
    attester: indexed(address)
    round_id: indexed(uint256)
    reserve: uint256
    as_of: uint256
    evidence: bytes32

event AttesterChanged:
    attester: indexed(address)

event OwnershipOffered:
    owner: indexed(address)
    candidate: indexed(address)

event OwnershipTaken:
    owner: indexed(address)


RESERVE_MAX: constant(uint256) = 2**128 - 1  # an amount of the ledger has 128 bits

decimals: public(immutable(uint8))

owner: public(address)
candidate: public(address)
attester: public(address)

round_id: public(uint256)
reserve: public(uint256)
as_of: public(uint256)
evidence: public(bytes32)


@deploy
def __init__(decimals_: uint8, owner_: address, attester_: address):
    """
    @param decimals_ decimal digits of the minor unit that reserves are counted in
    @param owner_    who names the attester
    @param attester_ who may attest
    """
    assert owner_ != empty(address), "oracle: the owner is missing"
    assert attester_ != empty(address), "oracle: the attester is missing"
    decimals = decimals_
    self.owner = owner_
    self.attester = attester_


@external
def attest(reserve: uint256, as_of: uint256, evidence: bytes32):
    """
    @notice Record what is held, in minor units, as of a second since the epoch.
    @param evidence hash of the statement behind the figure
    """
    assert msg.sender == self.attester, "oracle: only the attester attests"
    assert as_of <= block.timestamp, "oracle: the attestation is from the future"
    assert as_of >= self.as_of, "oracle: a later attestation is on record"
    assert evidence != empty(bytes32), "oracle: the evidence hash is missing"
    assert reserve <= RESERVE_MAX, "oracle: the reserve is out of range"
    self.round_id += 1
    self.reserve = reserve
    self.as_of = as_of
    self.evidence = evidence
    log Attested(
        attester=msg.sender,
        round_id=self.round_id,
        reserve=reserve,
        as_of=as_of,
        evidence=evidence,
    )


@external
@view
def latest() -> (uint256, uint256):
    """@return the reserve in minor units, and the second it was counted (0 = never)"""
    return self.reserve, self.as_of


@external
@view
def latestRoundData() -> (uint256, int256, uint256, uint256, uint256):
    """@return round, answer, started at, updated at, answered in round"""
    return (
        self.round_id,
        convert(self.reserve, int256),
        self.as_of,
        self.as_of,
        self.round_id,
    )


@external
def set_attester(attester: address):
    """@notice Name another attester; the old one is out at once."""
    assert msg.sender == self.owner, "oracle: only the owner names the attester"
    assert attester != empty(address), "oracle: the attester is missing"
    self.attester = attester
    log AttesterChanged(attester=attester)


@external
def offer_ownership(candidate: address):
    """@notice First of two steps; the candidate must take it."""
    assert msg.sender == self.owner, "oracle: only the owner offers ownership"
    self.candidate = candidate
    log OwnershipOffered(owner=msg.sender, candidate=candidate)


@external
def take_ownership():
    """@notice Second step, by the candidate."""
    assert msg.sender == self.candidate, "oracle: ownership was not offered to you"
    assert msg.sender != empty(address), "oracle: ownership was not offered to you"
    self.owner = msg.sender
    self.candidate = empty(address)
    log OwnershipTaken(owner=msg.sender)
