"""The chain: supervised token transfers with receipts, on each engine, beside what it is built on.

Run it as ``python -m bench.chain [--quick]``. A transfer here is the supervised token's own
``transfer`` (pause, both parties' freezes, balance) by a sender to one of a hundred receivers; no
engine in this table checks a signature or computes a state root, except eth-tester, which does
both and is printed for scale.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping
from typing import Any

from bench._harness import Rounds, arguments, finish
from sandrail.money import Asset, AssetKind
from sandrail.rails.chain import (
    Address,
    Call,
    SupervisedToken,
    TokenRoles,
    TokenTerms,
    engines_here,
    load_artifact,
    open_chain,
    replay,
    wallet_address,
)
from sandrail.world import DAY_US

GENESIS_US = 1_795_000_000_000_000
FUNDS_MINOR = 10**15
RECEIVERS = tuple(wallet_address("receiver", n) for n in range(100))
PAYER = wallet_address("payer")
PKRT = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
UNITS = {
    "view_us": "us",
    "fork_10k_holders_ms": "ms",
}


def funded(engine: str) -> SupervisedToken:
    """Return a token of which the payer holds a great deal."""
    chain = open_chain("bench", genesis_us=GENESIS_US, engine=engine)
    boss = wallet_address("boss")
    roles = TokenRoles(boss, boss, boss, boss, boss, boss, boss)
    terms = TokenTerms("Rupee Token", DAY_US, 10_000, FUNDS_MINOR)
    token = SupervisedToken.deploy(chain, asset=PKRT, terms=terms, roles=roles)
    token.attest_reserve(FUNDS_MINOR, as_of_us=GENESIS_US, evidence=b"\x01" * 32)
    assert token.mint(PAYER, FUNDS_MINOR, ref=1).ok
    return token


class Stream:
    """Calls whose references never repeat."""

    def __init__(self, token: SupervisedToken) -> None:
        self.token = token
        self.made = 1

    def calls(self, count: int) -> list[Call]:
        """Return the next transfers."""
        first = self.made + 1
        self.made += count
        build = self.token.transfer_call
        return [build(first + n, PAYER, RECEIVERS[n % 100], 1) for n in range(count)]


def applied(engine: str, count: int) -> Callable[[], Mapping[str, float]]:
    """Measure ``Chain.apply`` with receipts, and the view beside it."""
    stream = Stream(funded(engine))
    name = engine.replace("-", "")

    def measure() -> Mapping[str, float]:
        calls = stream.calls(count)
        began = time.perf_counter()
        receipts = stream.token.chain.apply(calls)
        took = time.perf_counter() - began
        assert all(receipt.ok and receipt.logs for receipt in receipts)
        began = time.perf_counter()
        for _ in range(count // 10):
            stream.token.balance_of(PAYER)
        asked = time.perf_counter() - began
        found = {f"{name}_transfers": count / took}
        if engine == engines_here()[0]:
            found["view_us"] = 1e6 * asked / (count // 10)
        return found

    return measure


def refused(engine: str, count: int) -> Callable[[], Mapping[str, float]]:
    """Measure transfers that the contract refuses in words."""
    token = funded(engine)
    poor, made = wallet_address("poor"), [1]

    def measure() -> Mapping[str, float]:
        made[0] += count
        calls = [token.transfer_call(made[0] + n, poor, PAYER, 1) for n in range(count)]
        began = time.perf_counter()
        receipts = token.chain.apply(calls)
        took = time.perf_counter() - began
        assert all(receipt.reason == "token: the balance is short" for receipt in receipts)
        return {f"{engine.replace('-', '')}_refusals": count / took}

    return measure


def bare_simular(count: int) -> Callable[[], Mapping[str, float]]:
    """Measure the fast engine's own call, without receipts: the ceiling of what we can reach."""
    token = funded("simular")
    engine: Any = token.chain._engine  # type: ignore[attr-defined]
    evm, abi = engine._evm, engine._abis[token.address]
    to, payer = "0x" + token.address.hex(), "0x" + PAYER.hex()
    texts = [f"(0x{receiver.hex()}, 0x01)" for receiver in RECEIVERS]

    def measure() -> Mapping[str, float]:
        began = time.perf_counter()
        for n in range(count):
            evm.transact("transfer", texts[n % 100], payer, to, 0, abi)
        return {"simular_bare": count / (time.perf_counter() - began)}

    return measure


def plain_pyevm(count: int) -> Callable[[], Mapping[str, float]]:
    """Measure py-evm as it comes: its own loop over its own state, as message calls."""
    from eth.constants import BLANK_ROOT_HASH
    from eth.db.atomic import AtomicDB
    from eth.vm.forks.cancun.state import CancunState
    from eth.vm.forks.cancun.transaction_context import CancunTransactionContext
    from eth.vm.message import Message

    from sandrail.rails.chain.pyevm_engine import PyEvmEngine, _context

    token = funded("py-evm")
    ours: Any = token.chain._engine  # type: ignore[attr-defined]
    assert isinstance(ours, PyEvmEngine)
    state: Any = CancunState(AtomicDB(), _context(2, GENESIS_US // 10**6), BLANK_ROOT_HASH)
    for address, code in ours._accounts.code.items():
        state.set_code(address, code)
    for (address, slot), value in ours._accounts.storage.items():
        state.set_storage(address, slot, value)
    transfer = load_artifact("SupervisedToken").interface.functions["transfer"]
    datas = [transfer.encode(receiver, 1) for receiver in RECEIVERS]
    code = state.get_code(token.address)
    context = CancunTransactionContext(gas_price=0, origin=PAYER)

    def measure() -> Mapping[str, float]:
        began = time.perf_counter()
        for n in range(count):
            message: Any = Message(
                gas=10**7, to=token.address, sender=PAYER, value=0, data=datas[n % 100], code=code
            )
            done: Any = state.computation_class.apply_message(state, message, context)
            assert done.is_success and done.get_log_entries()
            state.lock_changes()
        return {"pyevm_plain": count / (time.perf_counter() - began)}

    return measure


def replayed(count: int) -> Callable[[], Mapping[str, float]]:
    """Measure re-execution of a call log on the fastest engine, digests included."""
    stream = Stream(funded(engines_here()[0]))
    chain = stream.token.chain
    chain.apply(stream.calls(count))
    head = chain.seal(GENESIS_US)
    records = chain.records()

    def measure() -> Mapping[str, float]:
        began = time.perf_counter()
        again = replay(records)
        took = time.perf_counter() - began
        assert again.head() == head
        return {"replayed_calls": count / took}

    return measure


def forked(holders: int) -> Callable[[], Mapping[str, float]]:
    """Measure a fork of an economy of so many holders."""
    token = funded(engines_here()[0])
    people = [wallet_address("holder", n) for n in range(holders)]
    token.chain.apply([token.transfer_call(n + 2, PAYER, who, 5) for n, who in enumerate(people)])

    def measure() -> Mapping[str, float]:
        began = time.perf_counter()
        twin = token.on(token.chain.fork())
        took = time.perf_counter() - began
        assert twin.balance_of(people[-1]) == 5
        return {"fork_10k_holders_ms": 1e3 * took}

    return measure


def eth_tester(count: int) -> Callable[[], Mapping[str, float]]:
    """Measure eth-tester: signed transactions, one block each."""
    from eth_tester import EthereumTester, PyEVMBackend  # type: ignore[import-not-found]

    tester: Any = EthereumTester(PyEVMBackend())
    me = tester.get_accounts()[0]
    payer = Address(bytes.fromhex(me[2:]))
    oracle = _tester_deploy(tester, me, "ReserveOracle", (2, payer, payer))
    args = ("Rupee", "PKRT", 2, payer, payer, payer, payer, payer, oracle, 10**9, 10_000)
    token = _tester_deploy(tester, me, "SupervisedToken", args)
    functions = load_artifact("SupervisedToken").interface.functions
    attest = load_artifact("ReserveOracle").interface.functions["attest"]
    now_s = tester.get_block_by_number("latest")["timestamp"]
    send = _tester_sender(tester, me)
    send(oracle, attest.encode(FUNDS_MINOR, now_s, b"\x01" * 32))
    send(token, functions["set_minter"].encode(payer, FUNDS_MINOR))
    send(token, functions["mint"].encode(payer, FUNDS_MINOR, b"\x01" * 32))

    def measure() -> Mapping[str, float]:
        began = time.perf_counter()
        for n in range(count):
            send(token, functions["transfer"].encode(RECEIVERS[n % 100], 1))
        return {"eth_tester": count / (time.perf_counter() - began)}

    return measure


def _tester_sender(tester: Any, me: str) -> Callable[[Address, bytes], None]:
    def send(to: Address, data: bytes) -> None:
        fields = {"from": me, "to": "0x" + to.hex(), "data": "0x" + data.hex(), "gas": 500_000}
        done = tester.get_transaction_receipt(tester.send_transaction(fields))
        assert done["status"] == 1

    return send


def _tester_deploy(tester: Any, me: str, name: str, args: tuple[object, ...]) -> Address:
    code = load_artifact(name).initcode(args)
    fields = {"from": me, "to": "", "data": "0x" + code.hex(), "gas": 5_000_000}
    receipt = tester.get_transaction_receipt(tester.send_transaction(fields))
    return Address(bytes.fromhex(receipt["contract_address"][2:]))


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__ or "")
    scale = 1 if options.quick else 4
    fast = "simular" in engines_here()
    measures = [applied("py-evm", 500 * scale), plain_pyevm(250 * scale)]
    measures += [replayed(5_000 * scale), forked(10_000)]
    absent = []
    if fast:
        measures += [applied("simular", 8_190 * scale), bare_simular(8_190 * scale)]
        measures += [refused("simular", 4_000 * scale)]
    else:
        absent.append("simular-evm (wheels up to Python 3.11)")
    if importlib.util.find_spec("eth_tester"):
        measures.append(eth_tester(20 * scale))
    else:
        absent.append("eth-tester")
    rounds = Rounds(options.rounds)
    rounds.run(measures)
    median = rounds.median
    ratio = {"pyevm_over_plain": median["pyevm_transfers"] / median["pyevm_plain"]}
    if fast:
        ratio["simular_over_plain_pyevm"] = median["simular_transfers"] / median["pyevm_plain"]
        ratio["of_the_bare_engine"] = median["simular_transfers"] / median["simular_bare"]
    if "eth_tester" in median and fast:
        ratio["simular_over_eth_tester"] = median["simular_transfers"] / median["eth_tester"]
    units = {name: UNITS.get(name, "per second") for name in median}
    finish("chain", rounds, units=units, ratio=ratio, absent=absent)


if __name__ == "__main__":
    main()
