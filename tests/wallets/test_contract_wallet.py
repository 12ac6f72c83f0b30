"""A wallet that is a contract says itself, on an EVM, whose signature it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandrail.rails.chain import Address, Artifact, CallError, open_chain, wallet_address
from sandrail.wallets import Hosting, ProofRefused, signed_hash
from tests.makers.chain import GENESIS_US, needs
from tests.makers.wallets import open_economy, own_wallet

SOURCE = Path(__file__).with_name("owned.vy")


def compiled() -> Artifact:
    from vyper.compiler import compile_code
    from vyper.compiler.settings import Settings

    built = compile_code(
        SOURCE.read_text("utf-8"),
        output_formats=("abi", "bytecode", "bytecode_runtime"),
        settings=Settings(evm_version="cancun"),
    )
    text = {
        "abi": built["abi"],
        "bytecode": built["bytecode"],
        "compiler": "vyper",
        "events_once": True,
        "name": "Owned",
        "runtime": built["bytecode_runtime"],
        "source_sha256": "",
    }
    return Artifact.from_json(json.dumps(text))


@pytest.mark.evm
def test_a_contract_wallet_is_proven_by_its_owner_s_key_and_by_no_other() -> None:
    needs("vyper")
    artifact = compiled()
    chain = open_chain("contract", genesis_us=GENESIS_US, engine="py-evm")
    owner = Address(own_wallet(9).public_key.to_canonical_address())
    receipt = chain.deploy(artifact, (owner,), sender=wallet_address("deployer"), ref=1)
    assert receipt.ok and receipt.contract is not None

    economy = open_economy()
    address = f"0x{receipt.contract.hex()}"
    wallet = economy.wallets.register(address, Hosting.SELF_HOSTED)
    asked = economy.wallets.challenge(0, address)

    def sign(number: int) -> bytes:
        raw = own_wallet(number).sign_msg_hash(signed_hash(asked.message())).to_bytes()
        return raw[:64] + bytes([raw[64] + 27])

    def view(to: bytes, data: bytes) -> bytes:
        return chain.view(Address(to), data)

    for wrong in (sign(8), b"\x01\x02"):
        with pytest.raises(ProofRefused):
            economy.wallets.prove(asked.nonce, wrong, view=view)
    with pytest.raises(CallError):
        view(wallet_address("nobody"), b"\x16\x26\xba\x7e")
    economy.wallets.prove(asked.nonce, sign(9), view=view)
    given = economy.one(economy.deposit(0, 6_000_000, wallet.number))
    assert given == ("ALLOW", "", "POSTED")
    economy.replays()
