"""Keys are made before witnesses; an approval is for one movement, by one key, in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandrail.wallets import (
    Ceremony,
    CustodyKey,
    CustodyRefused,
    Movement,
    check_approval,
    check_ceremony,
    sign_approval,
    sign_possession,
)

NOW_US = 1_795_000_000_000_000
SEEDS = {name: bytes([n]) * 32 for n, name in enumerate(("ops-1", "ops-2", "ops-3"), start=1)}
MOVEMENT = Movement("desk-1", 7, 5, "PKRT", 10_000, "C1", "0xabc")


def public(seed: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def ceremony(**changes: object) -> Ceremony:
    keys = tuple(CustodyKey(name, f"firm:{name}", public(seed)) for name, seed in SEEDS.items())
    made = Ceremony("1", "desk-1", 2, keys, ("firm:auditor", "pvara:officer"), "ab" * 32)
    made = replace(made, **changes)  # type: ignore[arg-type]
    signed = tuple(
        replace(key, possession=sign_possession(made, key, SEEDS[key.id])) if key.id in SEEDS
        else key
        for key in made.keys
    )  # fmt: skip
    return replace(made, keys=signed)


GOOD = ceremony()


def test_a_ceremony_survives_being_written_and_read() -> None:
    check_ceremony(GOOD, desk="desk-1", quorum_min=2)
    assert Ceremony.from_plain(GOOD.as_plain()) == GOOD


FIRST, SECOND, THIRD = GOOD.keys
BAD = {
    "quorum below the pack": ceremony(quorum=1),
    "quorum above the keys": ceremony(quorum=4),
    "one person, two keys": ceremony(keys=(FIRST, replace(SECOND, holder=FIRST.holder), THIRD)),
    "one name twice": ceremony(keys=(FIRST, replace(SECOND, id="ops-1"), THIRD)),
    "one key twice": ceremony(keys=(FIRST, replace(SECOND, public=FIRST.public), THIRD)),
    "one witness": ceremony(witnesses=("firm:auditor",)),
    "a witness who holds a key": ceremony(witnesses=("firm:auditor", FIRST.holder)),
    "another desk": ceremony(desk="desk-2"),
    "a key that did not sign": replace(GOOD, keys=(FIRST, replace(SECOND, possession=""), THIRD)),
    "a statement changed afterwards": replace(GOOD, statement="cd" * 32),
    "a signature of another key": replace(
        GOOD, keys=(FIRST, replace(SECOND, possession=FIRST.possession), THIRD)
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_ceremony_is_refused(bad: Ceremony) -> None:
    with pytest.raises(CustodyRefused) as caught:
        check_ceremony(bad, desk="desk-1", quorum_min=2)
    assert caught.value.stable_code == "wallets.bad_ceremony"


APPROVAL = sign_approval(GOOD, "ops-1", MOVEMENT, expires_us=NOW_US, seed=SEEDS["ops-1"])


def test_an_approval_names_its_key() -> None:
    assert check_approval(APPROVAL, GOOD, now_us=NOW_US) == FIRST
    assert APPROVAL.digest == MOVEMENT.digest().hex()


@pytest.mark.parametrize(
    "bad",
    [
        replace(APPROVAL, key="ops-2"),
        replace(APPROVAL, key="ops-9"),
        replace(APPROVAL, ceremony="2"),
        replace(APPROVAL, digest="00" * 32),
        replace(APPROVAL, expires_us=NOW_US + 1),
        replace(APPROVAL, signature="zz"),
        replace(APPROVAL, signature="00" * 64),
        sign_approval(GOOD, "ops-1", MOVEMENT, expires_us=NOW_US, seed=SEEDS["ops-2"]),
        sign_approval(GOOD, "ops-1", MOVEMENT, expires_us=NOW_US - 1, seed=SEEDS["ops-1"]),
    ],
    ids=["key", "unknown key", "ceremony", "digest", "expiry", "hex", "zero", "seed", "expired"],
)
def test_a_bad_approval_is_refused(bad: object) -> None:
    with pytest.raises(CustodyRefused) as caught:
        check_approval(bad, GOOD, now_us=NOW_US)  # type: ignore[arg-type]
    assert caught.value.stable_code == "wallets.bad_approval"


@pytest.mark.parametrize(
    "change",
    [
        {"desk": "desk-2"}, {"id": 8}, {"kind": 3}, {"asset": "USDT"}, {"amount_minor": 10_001},
        {"customer": "C2"}, {"wallet": "0xabd"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_every_word_of_a_movement_is_in_its_digest(change: dict[str, object]) -> None:
    assert replace(MOVEMENT, **change).digest() != MOVEMENT.digest()  # type: ignore[arg-type]
