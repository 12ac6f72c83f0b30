"""A chain without a server: blocks, receipts and the call log around an engine."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy

from sandrail.rails.chain.abi import Function
from sandrail.rails.chain.artifact import Artifact
from sandrail.rails.chain.engine import Contract, Engine, Outcome, create_address
from sandrail.rails.chain.errors import CallError, CallLogError, RefConflict
from sandrail.rails.chain.limits import (
    ADDRESS_BYTES,
    BATCH_CALLS_MAX,
    CALLDATA_BYTES_MAX,
    NAME_CHARS_MAX,
    PAUSE_CALLS_MIN,
)
from sandrail.rails.chain.port import Address, BlockHeader, Call, Log, Receipt
from sandrail.rails.chain.records import (
    Deploy,
    Genesis,
    Seal,
    block_digest,
    genesis_digest,
    pack_call,
    pack_deploy,
    pack_genesis,
    pack_receipt,
    pack_seal,
    parse_receipt,
)
from sandrail.world import SECOND_US, iso

__all__ = ["EmbeddedChain"]

_NAME = re.compile(rf"[-_a-zA-Z0-9]{{1,{NAME_CHARS_MAX}}}", re.ASCII)
_REF_END = 2**128

NO_CONTRACT = "port: there is no contract at this address"
NO_FUNCTION = "port: the contract has no such function"
BAD_CALLDATA = "port: the calldata is not what the function takes"
NOT_A_CALL = "port: a view is asked, not called"


class EmbeddedChain:
    """The ``Chain`` port over an engine in this process; see ``open_chain``."""

    def __init__(self, name: str, engine: Engine, *, genesis_us: int) -> None:
        if not _NAME.fullmatch(name):
            raise CallError(
                f"{name[:NAME_CHARS_MAX]!r} cannot be the name of a chain.",
                why=f"It has 1 to {NAME_CHARS_MAX} letters, digits, hyphens or underscores.",
                fix="Use the id of the trial.",
                code="chain.bad_name",
            )
        self._name = name
        self._engine = engine
        self._now_us = _instant(genesis_us)
        self._contracts: dict[bytes, Contract] = {}
        self._nonces: dict[bytes, int] = {}
        self._records = [pack_genesis(name, genesis_us)]
        self._receipts: list[bytes] = []
        self._gas: list[int] = []
        self._places: dict[int, tuple[int, int]] = {}
        first = genesis_digest(name, genesis_us)
        self._headers = [BlockHeader(0, genesis_us, 0, bytes(32), first)]
        self._block_starts = [0, 0]  # number of the first receipt of each block, the open one last
        self._block_record = 1  # position of the open block's first record
        self._executing = False
        engine.open_block(1, genesis_us // SECOND_US)

    @property
    def id(self) -> str:
        """CAIP-2 id of the chain."""
        return f"sandrail:{self._name}"

    @property
    def engine(self) -> str:
        """Name of the engine."""
        return self._engine.name

    @property
    def now_us(self) -> int:
        """The instant of the open block."""
        return self._now_us

    @property
    def position(self) -> int:
        """How many records the call log holds."""
        return len(self._records)

    def head(self) -> BlockHeader:
        """Return the last sealed block."""
        return self._headers[-1]

    def headers(self) -> tuple[BlockHeader, ...]:
        """Return every sealed block, genesis first."""
        return tuple(self._headers)

    def deploy(
        self, artifact: Artifact, args: Sequence[object], *, sender: Address, ref: int
    ) -> Receipt:
        """Create a contract; see ``Chain.deploy``."""
        self._engine.require(artifact)
        return self._deploy(artifact, artifact.initcode(tuple(args)), sender, ref)

    def apply(self, calls: Sequence[Call]) -> list[Receipt]:
        """Execute calls in order; see ``Chain.apply``."""
        _check_calls(calls)
        refs = {call.ref for call in calls}
        if len(refs) != len(calls) or not self._places.keys().isdisjoint(refs):
            return self._apply_repeated(calls)
        with _collector_paused(len(calls) >= PAUSE_CALLS_MIN):
            return self._apply_fresh(calls)

    def view(self, to: Address, data: bytes) -> bytes:
        """Ask a contract; see ``Chain.view``."""
        contract = self._contracts.get(to)
        function = contract.functions.get(data[:4]) if contract else None
        text = function.render(data) if function else None
        if contract is None or function is None or text is None:
            raise _no_answer(to, _refusal(contract, function, text).reason)
        answer, reason = self._engine.view(contract, function, data, text)
        if answer is None:
            raise _no_answer(to, reason)
        return answer

    def seal(self, timestamp_us: int) -> BlockHeader:
        """Close the open block; see ``Chain.seal``."""
        self._check_whole()
        if _instant(timestamp_us) < self._now_us:
            raise CallError(
                "A block cannot open before the one it follows.",
                why=f"The open block is of {iso(self._now_us)}, the next was to be of "
                f"{iso(timestamp_us)}.",
                fix="Seal at a later instant, or fork the chain at the earlier one.",
                code="chain.clock_backwards",
            )
        last = self._headers[-1]
        number, receipts = last.number + 1, len(self._receipts) - self._block_starts[-1]
        header = BlockHeader(number, self._now_us, receipts, last.digest, self.open_digest())
        self._headers.append(header)
        self._block_starts.append(len(self._receipts))
        self._records.append(pack_seal(timestamp_us))
        self._block_record = len(self._records)
        self._now_us = timestamp_us
        self._engine.open_block(number + 1, timestamp_us // SECOND_US)
        return header

    def receipt(self, ref: int) -> Receipt:
        """Return the receipt of a reference; see ``Chain.receipt``."""
        place = self._places.get(ref)
        if place is None:
            raise CallError(
                f"The chain {self.id} knows no call with the reference {ref:032x}.",
                fix="Apply the call first.",
                code="chain.unknown_ref",
            )
        return self.receipt_at(place[1])

    @property
    def receipt_count(self) -> int:
        """How many receipts the chain holds, those of the open block included."""
        return len(self._receipts)

    def receipt_at(self, number: int) -> Receipt:
        """Return receipt ``number``, counted from 0 over all blocks."""
        block = bisect_right(self._block_starts, number) - 1
        position = number - self._block_starts[block]
        packed, gas_used = self._receipts[number], self._gas[number]
        return parse_receipt(packed, block=block, position=position, gas_used=gas_used)

    def open_digest(self) -> bytes:
        """Return the digest that the open block would have if it were sealed now."""
        return block_digest(
            self._headers[-1],
            timestamp_us=self._now_us,
            records=self._records[self._block_record :],
            receipts=self._receipts[self._block_starts[-1] :],
        )

    def logs(self, *, since: int = 0, address: Address | None = None) -> Iterator[tuple[int, Log]]:
        """Yield logs with the number of their receipt; see ``Chain.logs``."""
        for number in range(since, len(self._receipts)):
            for log in self.receipt_at(number).logs:
                if address is None or log.address == address:
                    yield number, log

    def records(self, *, since: int = 0) -> list[bytes]:
        """Return the call log from record ``since`` on."""
        return self._records[since:]

    def fork(self) -> EmbeddedChain:
        """Return an independent chain that continues from here."""
        self._check_whole()
        twin = copy(self)
        twin._engine = self._engine.copy()
        twin._contracts = dict(self._contracts)
        twin._nonces = dict(self._nonces)
        twin._records = list(self._records)
        twin._receipts = list(self._receipts)
        twin._gas = list(self._gas)
        twin._places = dict(self._places)
        twin._headers = list(self._headers)
        twin._block_starts = list(self._block_starts)
        return twin

    def replay(self, record: Genesis | Deploy | Seal) -> None:
        """Do what a record of a call log says, calls apart; ``open.replay`` drives it."""
        if isinstance(record, Seal):
            self.seal(record.timestamp_us)
        elif isinstance(record, Deploy):
            artifact = Artifact.from_descriptor(record.descriptor)
            self._engine.require(artifact)
            self._deploy(artifact, record.initcode, record.sender, record.ref)
        else:
            raise CallLogError(
                "The call log begins twice.",
                why=f"A second genesis, of {record.name}, follows the first.",
                fix="Replay the log of one chain at a time.",
            )

    def _deploy(self, artifact: Artifact, initcode: bytes, sender: Address, ref: int) -> Receipt:
        _check_head(ref, sender)
        record = pack_deploy(ref, sender, artifact.descriptor(), initcode)
        if ref in self._places:
            return self._repeated(ref, record)
        address = create_address(sender, self._nonces.get(sender, 0))
        self._begin()
        outcome = self._engine.create(sender, initcode, address)
        if outcome.logs and artifact.events_once:
            raise CallLogError(
                f"{artifact.name} breaks its promise about events.",
                why="Its constructor reported one; the fast engine could not see that.",
                fix="Clear events_once in its artefact and run it on py-evm only.",
                code="chain.promise_broken",
            )
        if outcome.ok:
            self._nonces[sender] = self._nonces.get(sender, 0) + 1
            contract = Contract(address, artifact, artifact.interface.by_selector)
            self._contracts[address] = contract
            self._engine.attach(contract)
        self._executing = False
        return self._record(record, ref, outcome, address if outcome.ok else None)

    def _begin(self) -> None:
        self._check_whole()
        self._executing = True

    def _check_whole(self) -> None:
        # Whatever interrupts an engine in the middle of a call leaves its state ahead of the log.
        if self._executing:
            raise CallLogError(
                f"The chain {self.id} stopped in the middle of a call and cannot go on.",
                why="Its engine raised an error, so its state may hold what the log does not.",
                fix="Replay the call log; it ends with the last call that was recorded.",
                code="chain.interrupted",
            )

    def _apply_fresh(self, calls: Sequence[Call]) -> list[Receipt]:
        # The hot loop: the contract and the interface are looked up here, the rest is the engine's.
        find, execute, record = self._contracts.get, self._engine.call, self._record
        nonces = self._nonces
        self._begin()
        receipts = []
        for call in calls:
            ref, sender, to, data = call
            contract = find(to)
            function = contract.functions.get(data[:4]) if contract else None
            text = function.render(data) if function else None
            if contract is None or function is None or text is None or function.view:
                outcome = _refusal(contract, function, text)
            else:
                outcome = execute(sender, contract, function, data, text)
                if outcome[0]:
                    nonces[sender] = nonces.get(sender, 0) + 1
            receipts.append(record(pack_call(call), ref, outcome, None))
        self._executing = False
        return receipts

    def _apply_repeated(self, calls: Sequence[Call]) -> list[Receipt]:
        bodies: dict[int, bytes] = {}
        for call in calls:
            body = pack_call(call)
            place = self._places.get(call.ref)
            known = self._records[place[0]] if place else bodies.setdefault(call.ref, body)
            if known != body:
                raise _conflict(call.ref)
        receipts = []
        for call in calls:
            if call.ref in self._places:
                receipts.append(self.receipt(call.ref))
            else:
                receipts += self._apply_fresh([call])
        return receipts

    def _repeated(self, ref: int, record: bytes) -> Receipt:
        if self._records[self._places[ref][0]] != record:
            raise _conflict(ref)
        return self.receipt(ref)

    def _record(
        self, record: bytes, ref: int, outcome: Outcome, contract: Address | None
    ) -> Receipt:
        ok, reason, logs, gas_used = outcome
        number = len(self._receipts)
        block, position = len(self._headers), number - self._block_starts[-1]
        fields = (ref, ok, reason, contract, logs, block, position, gas_used)
        receipt = tuple.__new__(Receipt, fields)
        self._places[ref] = (len(self._records), number)
        self._records.append(record)
        self._receipts.append(pack_receipt(receipt))
        self._gas.append(gas_used)
        return receipt


@contextmanager
def _collector_paused(worth_it: bool) -> Iterator[None]:
    # A batch makes five small tuples a call, none in a cycle; looking for cycles among them costs
    # a quarter of the whole.
    if not (worth_it and gc.isenabled()):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _refusal(contract: Contract | None, function: Function | None, text: str | None) -> Outcome:
    if contract is None:
        reason = NO_CONTRACT
    elif function is None:
        reason = NO_FUNCTION
    else:
        reason = BAD_CALLDATA if text is None else NOT_A_CALL
    return Outcome(False, reason, (), 0)


def _check_calls(calls: Sequence[Call]) -> None:
    if len(calls) > BATCH_CALLS_MAX:
        raise CallError(
            f"A batch of {len(calls)} calls is too long.",
            why=f"One apply takes at most {BATCH_CALLS_MAX}.",
            fix="Cut it in parts.",
        )
    for ref, sender, to, data in calls:
        if (
            len(sender) != ADDRESS_BYTES
            or len(to) != ADDRESS_BYTES
            or len(data) > CALLDATA_BYTES_MAX
            or not 0 < ref < _REF_END
        ):
            _check_head(ref, sender)
            raise CallError(
                f"The call {ref:032x} cannot be made.",
                why=f"Its contract has {len(to)} bytes and its calldata {len(data)}; the bounds "
                f"are {ADDRESS_BYTES} and {CALLDATA_BYTES_MAX}.",
                fix="Build calls with Function.encode.",
            )


def _check_head(ref: int, sender: Address) -> None:
    if not 0 < ref < _REF_END or len(sender) != ADDRESS_BYTES:
        raise CallError(
            f"A call by {sender.hex()} with the reference {ref} cannot be made.",
            why="A reference is a number of 128 bits, not zero; a sender has 20 bytes.",
            fix="Use the id of the transfer, and wallet_address for the sender.",
        )


def _instant(timestamp_us: int) -> int:
    if not 0 <= timestamp_us < 2**62:
        raise CallError(
            f"{timestamp_us} is not an instant of a block.",
            why="Instants are microseconds since 1970.",
            fix="Take it from the clock.",
        )
    return timestamp_us


def _conflict(ref: int) -> RefConflict:
    return RefConflict(
        f"The reference {ref:032x} was used for another call.",
        why="A reference stands for one call for ever, so that a repeated order moves nothing.",
        fix="Send the first call again unchanged, or take a new reference.",
        ref=f"{ref:032x}",
    )


def _no_answer(to: Address, reason: str) -> CallError:
    return CallError(
        f"The contract 0x{to.hex()} does not answer.",
        why=(reason or "It reverted without a reason") + ".",
        fix="Check the address, the function and its arguments.",
    )
