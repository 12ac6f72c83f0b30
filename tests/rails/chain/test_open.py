"""Opening chains and replaying them; a forged log does not replay to the same digest."""

from __future__ import annotations

import sys

import pytest

from sandrail.rails.chain import (
    Artifact,
    ArtifactError,
    Call,
    CallError,
    CallLogError,
    EngineMissing,
    engines_here,
    load_artifact,
    open_chain,
    pack_records,
    replay,
    unpack_records,
)
from sandrail.rails.chain.records import pack_call, pack_seal, parse_record
from sandrail.world import HOUR_US
from tests.makers.chain import ALICE, BOB, GENESIS_US, ROLES, make_token, needs, ref

pytestmark = pytest.mark.evm


def a_log() -> tuple[list[bytes], bytes]:
    """Return the records of a small economy, and its last digest."""
    token = make_token(engines_here()[0])
    token.mint(ALICE, 1_000, ref=ref(1))
    token.chain.seal(GENESIS_US + HOUR_US)
    token.transfer(ALICE, BOB, 400, ref=ref(2))
    head = token.chain.seal(GENESIS_US + 2 * HOUR_US)
    return token.chain.records(), head.digest


def test_a_replay_stops_at_the_block_asked_for() -> None:
    records, _ = a_log()
    chain = replay(records, until_block=1)
    assert chain.head().number == 1
    assert chain.now_us == GENESIS_US + HOUR_US
    with pytest.raises(CallError):
        chain.receipt(ref(2))


def test_an_amount_changed_in_the_log_changes_the_digest() -> None:
    records, digest = a_log()
    place = next(n for n, data in enumerate(records) if ref(2).to_bytes(16, "big") in data)
    forged = list(records)
    forged[place] = records[place][:-1] + b"\x01"
    assert replay(records).head().digest == digest
    assert replay(forged).head().digest != digest


def test_a_refused_amount_changed_in_the_log_changes_the_digest_too() -> None:
    token = make_token("auto")
    token.mint(ALICE, 2_000_000, ref=ref(1))
    head = token.chain.seal(GENESIS_US + HOUR_US)
    forged = [*token.chain.records()]
    call = parse_record(forged[-2])
    assert isinstance(call, Call) and not token.chain.receipt(call.ref).ok
    more = call.data[:67] + b"\xff" + call.data[68:]
    forged[-2] = pack_call(call._replace(data=more))
    again = replay(forged)
    assert again.receipt(call.ref).reason == token.chain.receipt(call.ref).reason
    assert again.head().digest != head.digest


def test_an_instant_changed_in_the_log_changes_the_digest() -> None:
    records, digest = a_log()
    seals = [n for n, data in enumerate(records) if data[:1] == b"\x03"]
    forged = list(records)
    forged[seals[0]] = pack_seal(GENESIS_US + HOUR_US + 1)
    assert replay(forged).head().digest != digest


def test_a_call_left_out_or_put_in_changes_the_digest() -> None:
    records, digest = a_log()
    place = next(n for n, data in enumerate(records) if ref(2).to_bytes(16, "big") in data)
    original = parse_record(records[place])
    assert isinstance(original, Call)
    extra = pack_call(original._replace(ref=ref("extra")))
    for forged in (
        records[:place] + records[place + 1 :],
        [*records[:place], extra, *records[place:]],
    ):
        assert replay(forged).head().digest != digest


@pytest.mark.parametrize("records", [[], [pack_seal(1)], [b"\x09"]])
def test_a_log_without_a_beginning_is_refused(records: list[bytes]) -> None:
    with pytest.raises(CallLogError):
        replay(records)


def test_a_log_that_begins_twice_is_refused() -> None:
    records, _ = a_log()
    with pytest.raises(CallLogError, match="begins twice"):
        replay([*records, records[0]])


@pytest.mark.parametrize("name", ["", "x" * 33, "with space", "ümlaut", "a/b"])
def test_an_unfit_name_is_refused(name: str) -> None:
    with pytest.raises(CallError) as caught:
        open_chain(name, genesis_us=GENESIS_US)
    assert caught.value.stable_code == "chain.bad_name"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(CallError, match="no engine 'geth'"):
        open_chain("x", genesis_us=GENESIS_US, engine="geth")


def test_a_missing_engine_is_said_and_auto_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simular", None)
    with pytest.raises(EngineMissing) as caught:
        open_chain("x", genesis_us=GENESIS_US, engine="simular")
    assert "fast-evm" in caught.value.fix
    assert engines_here() == ("py-evm",)
    assert open_chain("x", genesis_us=GENESIS_US).engine == "py-evm"


def test_the_fast_engine_refuses_a_contract_it_would_misreport() -> None:
    needs("simular")
    chain = open_chain("x", genesis_us=GENESIS_US, engine="simular")
    token = load_artifact("SupervisedToken")
    careless = Artifact.from_descriptor(
        token.descriptor().replace(b'"events_once":true', b'"events_once":false')
    )
    with pytest.raises(ArtifactError) as caught:
        chain.deploy(careless, (), sender=ALICE, ref=1)
    assert caught.value.stable_code == "chain.not_expressible"
    assert open_chain("x", genesis_us=GENESIS_US, engine="py-evm").engine == "py-evm"


def test_the_instant_of_a_block_has_bounds() -> None:
    for instant in (-1, 2**62):
        with pytest.raises(CallError):
            open_chain("x", genesis_us=instant)


@pytest.mark.parametrize("engine", ["simular", "py-evm"])
def test_a_chain_taken_up_again_anywhere_ends_the_same(engine: str) -> None:
    if engine == "simular":
        needs("simular")
    records, digest = a_log()
    for cut in range(1, len(records)):
        chain = replay(records[:cut], engine=engine)
        assert chain.position == cut
        again = replay([*chain.records(), *records[cut:]], engine=engine)
        assert again.head().digest == digest


@pytest.mark.parametrize("engine", ["simular", "py-evm"])
def test_a_chain_taken_up_again_goes_on_as_if_nothing_had_happened(engine: str) -> None:
    if engine == "simular":
        needs("simular")
    token = make_token(engine)
    token.mint(ALICE, 1_000, ref=ref(1))
    token.chain.seal(GENESIS_US + HOUR_US)
    token.transfer(ALICE, BOB, 5, ref=ref(2))
    others = [token.on(replay(token.chain.records(), engine=engine)), token.on(token.chain.fork())]
    for chain in (token.chain, *[other.chain for other in others]):
        oracle = load_artifact("ReserveOracle")
        made = chain.deploy(oracle, (2, ALICE, BOB), sender=ROLES.owner, ref=ref(3))
        assert made.ok
        chain.seal(GENESIS_US + 2 * HOUR_US)
    heads = [other.chain.head() for other in others]
    assert heads == [token.chain.head()] * 2
    assert [other.transfer(ALICE, BOB, 5, ref=ref(2)).position for other in others] == [0, 0]


def test_records_taken_in_parts_are_the_log() -> None:
    token = make_token("auto")
    parts, since = [], 0
    for number in range(4):
        token.mint(ALICE, 10, ref=ref(number))
        parts += token.chain.records(since=since)
        since = token.chain.position
    assert parts == token.chain.records()
    assert unpack_records(pack_records(parts)) == parts
