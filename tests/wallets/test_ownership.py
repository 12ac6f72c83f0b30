"""A wallet is proven by its own key, for one customer, once, in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_keys import keys

from sandrail.rails.chain import checksum_text, wallet_address
from sandrail.wallets import (
    Challenge,
    ProofRefused,
    check_contract_signature,
    check_signature,
    signed_hash,
)

KEY = keys.PrivateKey(b"\x07" * 32)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NOW_US = 1_795_000_000_000_000
CHALLENGE = Challenge(
    desk="desk-1",
    wallet=KEY.public_key.to_address(),
    customer="C7",
    asset="PKRT",
    nonce=99,
    expires_us=NOW_US,
)


def sign(challenge: Challenge, key: keys.PrivateKey = KEY) -> bytes:
    return bytes(key.sign_msg_hash(signed_hash(challenge.message())).to_bytes())


def as_wallets_send_it(signature: bytes) -> bytes:
    return signature[:64] + bytes([signature[64] + 27])


def test_the_wallets_own_signature_proves_it_in_both_customs_of_the_last_byte() -> None:
    check_signature(CHALLENGE, sign(CHALLENGE))
    check_signature(CHALLENGE, as_wallets_send_it(sign(CHALLENGE)))


def test_a_signed_text_is_hashed_as_public_wallets_do() -> None:
    # The example of EIP-191's personal_sign that wallets publish: keccak of prefix, length, text.
    assert (
        signed_hash("hello world").hex()
        == "d9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"customer": "C8"},
        {"asset": "USDT"},
        {"nonce": 100},
        {"desk": "desk-2"},
        {"expires_us": NOW_US + 1_000_000},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_signature_for_anything_else_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(ProofRefused) as caught:
        check_signature(CHALLENGE, sign(replace(CHALLENGE, **other)))  # type: ignore[arg-type]
    assert caught.value.stable_code == "wallets.bad_signature"


def test_another_wallet_s_signature_is_refused() -> None:
    with pytest.raises(ProofRefused):
        check_signature(CHALLENGE, sign(CHALLENGE, keys.PrivateKey(b"\x08" * 32)))


def test_malformed_signatures_are_refused() -> None:
    good = sign(CHALLENGE)
    larger = ORDER - int.from_bytes(good[32:64], "big")
    malleable = good[:32] + larger.to_bytes(32, "big") + bytes([1 - good[64]])
    for bad in (b"", good[:64], good + b"\0", good[:64] + b"\x05", bytes(65), malleable):
        with pytest.raises(ProofRefused):
            check_signature(CHALLENGE, bad)


def test_a_challenge_is_open_until_it_expires() -> None:
    CHALLENGE.require_open(NOW_US)
    with pytest.raises(ProofRefused) as caught:
        CHALLENGE.require_open(NOW_US + 1)
    assert caught.value.stable_code == "wallets.proof_expired"


def test_a_micro_deposit_asks_for_an_amount_that_depends_on_the_number_alone() -> None:
    asked = {replace(CHALLENGE, nonce=nonce).deposit_minor() for nonce in range(50)}
    assert len(asked) > 40 and all(1 <= minor <= 9_999 for minor in asked)


def test_a_contract_wallet_answers_for_itself() -> None:
    contract = replace(CHALLENGE, wallet=checksum_text(wallet_address("contract")).lower())
    asked: list[tuple[bytes, bytes]] = []

    def view(to: bytes, data: bytes) -> bytes:
        asked.append((to, data))
        return bytes.fromhex("1626ba7e") + bytes(28)

    check_contract_signature(contract, b"\x01\x02\x03", view)
    to, data = asked[0]
    assert to == wallet_address("contract") and data[:4].hex() == "1626ba7e"
    assert data[4:36] == signed_hash(contract.message()) and len(data) == 4 + 4 * 32
    for answer in (b"", bytes(32), bytes.fromhex("1626ba7e")):
        with pytest.raises(ProofRefused):
            check_contract_signature(contract, b"\x01", lambda _to, _data, said=answer: said)  # type: ignore[misc]
