"""Call logs and receipts: what is packed comes back, what is damaged is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rails.chain import Address, BlockHeader, Call, CallLogError, Log, Receipt
from sandrail.rails.chain.records import (
    Deploy,
    Genesis,
    Seal,
    block_digest,
    pack_call,
    pack_deploy,
    pack_genesis,
    pack_receipt,
    pack_records,
    pack_seal,
    parse_receipt,
    parse_record,
    unpack_records,
)

REFS = st.integers(1, 2**128 - 1)
ADDRESSES = st.binary(min_size=20, max_size=20).map(Address)
CALLS = st.builds(Call, REFS, ADDRESSES, ADDRESSES, st.binary(max_size=100))
TOPICS = st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(tuple)
LOGS = st.builds(Log, ADDRESSES, TOPICS, st.binary(max_size=70))


@given(CALLS)
def test_a_call_comes_back(call: Call) -> None:
    assert parse_record(pack_call(call)) == call


@given(REFS, ADDRESSES, st.binary(max_size=50), st.binary(max_size=50))
def test_a_deployment_comes_back(ref: int, sender: Address, words: bytes, code: bytes) -> None:
    assert parse_record(pack_deploy(ref, sender, words, code)) == Deploy(ref, sender, words, code)


def test_a_genesis_and_a_seal_come_back() -> None:
    assert parse_record(pack_genesis("trial-7", 123)) == Genesis("trial-7", 123)
    assert parse_record(pack_seal(456)) == Seal(456)


@given(
    st.builds(
        Receipt,
        REFS,
        st.booleans(),
        st.text(max_size=30).filter(lambda text: "\ud800" not in text),
        st.none() | ADDRESSES,
        st.lists(LOGS, max_size=3).map(tuple),
        st.just(3),
        st.just(4),
        st.just(5),
    )
)
def test_a_receipt_comes_back(receipt: Receipt) -> None:
    if receipt.ok and receipt.contract is None:
        receipt = receipt._replace(reason="")
    assert parse_receipt(pack_receipt(receipt), block=3, position=4, gas_used=5) == receipt


@given(st.lists(CALLS, max_size=5))
def test_packed_records_come_back(calls: list[Call]) -> None:
    records = [pack_genesis("x", 1), *[pack_call(call) for call in calls]]
    assert unpack_records(pack_records(records)) == records


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\x04",
        b"\x02" + bytes(55),
        b"\x03" + bytes(7),
        b"\x03" + bytes(9),
        b"\x01" + bytes(36) + b"\xff\xff\xff\xff",
        b"\x00",
        b"\x00\x05abc" + bytes(8),
        b"\x00\x02\xff\xfe" + bytes(8),
    ],
)
def test_a_record_that_is_none_is_refused(record: bytes) -> None:
    with pytest.raises(CallLogError) as caught:
        parse_record(record)
    assert caught.value.stable_code == "chain.bad_log"


def test_a_log_cut_anywhere_is_refused_or_shorter() -> None:
    records = [pack_genesis("x", 1), pack_seal(2), pack_seal(3)]
    whole = pack_records(records)
    for cut in range(len(whole)):
        try:
            assert unpack_records(whole[:cut]) == records[: len(unpack_records(whole[:cut]))]
            assert cut in (17, 17 + 15, 17 + 15 + 13)
        except CallLogError as error:
            assert error.stable_code == "chain.bad_log"


@pytest.mark.parametrize(
    "tail", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x09\x03"]
)
def test_a_length_that_does_not_fit_is_refused(tail: bytes) -> None:
    with pytest.raises(CallLogError, match="record 1 at byte"):
        unpack_records(pack_records([pack_seal(2)]) + tail)


def test_a_log_of_something_else_is_refused() -> None:
    with pytest.raises(CallLogError, match="does not begin with"):
        unpack_records(b"sandrail/calls/2\n")


def test_a_block_digest_depends_on_every_part() -> None:
    head = BlockHeader(3, 5, 0, bytes(32), bytes(32))
    usual = {"timestamp_us": 7, "records": [b"c", b"d"], "receipts": [b"a", b"b"]}
    changes: list[dict[str, object]] = [
        {},
        {"timestamp_us": 8},
        {"records": [b"d", b"c"]},
        {"records": [b"cd"]},
        {"receipts": [b"b", b"a"]},
        {"receipts": [b"ab"]},
    ]
    digests = {block_digest(head, **{**usual, **change}) for change in changes}  # type: ignore[arg-type]
    digests.add(block_digest(replace(head, digest=b"\x01" * 32), **usual))  # type: ignore[arg-type]
    digests.add(block_digest(replace(head, number=4), **usual))  # type: ignore[arg-type]
    assert len(digests) == len(changes) + 2


def test_a_receipt_is_packed_without_its_gas_and_place() -> None:
    one = Receipt(1, True, "", None, (), 1, 2, 3)
    assert pack_receipt(one) == pack_receipt(one._replace(block=9, position=9, gas_used=9))
    assert pack_receipt(one) != pack_receipt(one._replace(ok=False))
