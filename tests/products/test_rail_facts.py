"""What the rails said is in the journal, whole; a change or a gap is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.products import (
    KIND_BANK,
    KIND_CHAIN,
    RailFactError,
    rail_facts,
    read_bank_messages,
    read_chain_records,
)
from sandrail.rails.chain import replay
from tests.products.conftest import Shop


def busy(shop: Shop) -> Shop:
    for amount in (500_000, 70_000, 1_234):
        shop.buy(amount, amount)
        shop.product.record_rails()
    shop.product.record_rails()
    return shop


def test_messages_come_back_as_they_crossed_the_line(shop: Shop) -> None:
    facts = list(busy(shop).journal.facts(kinds=[KIND_BANK]))
    told = [message for fact in facts for message in read_bank_messages(fact)]
    kept = list(shop.bank.archive)
    assert [m.xml for m in told] == [m.xml for m in kept]
    assert [m.number for m in told] == list(range(len(kept)))
    assert [(m.way, m.name, m.message_id, m.at_us) for m in told] == [
        (m.way.value, m.name, m.message_id, m.at_us) for m in kept
    ]


def test_the_call_log_runs_again_to_the_same_supply(shop: Shop) -> None:
    records = read_chain_records(busy(shop).journal.facts())
    chain = replay(records)
    again = shop.product.token.on(chain)
    assert again.total_supply() == shop.product.token.total_supply() > 0
    assert chain.head() == shop.product.token.chain.head()


def test_large_news_is_cut_into_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rail_facts, "PAGE_BYTES", 4_000)
    facts = list(busy(shop).journal.facts(kinds=[KIND_BANK, KIND_CHAIN]))
    assert len(facts) > 8
    told = [m.xml for f in facts if f.kind == KIND_BANK for m in read_bank_messages(f)]
    assert told == [m.xml for m in shop.bank.archive]
    assert replay(read_chain_records(facts)).head() == shop.product.token.chain.head()


def test_a_flipped_bit_in_a_message_is_found(shop: Shop) -> None:
    fact = next(busy(shop).journal.facts(kinds=[KIND_BANK]))
    at = fact.payload.index(b"<EndToEndId>") + 15
    flipped = fact.payload[:at] + bytes([fact.payload[at] ^ 1]) + fact.payload[at + 1 :]
    with pytest.raises(RailFactError, match="not as it was sent"):
        read_bank_messages(replace(fact, payload=flipped))


def test_a_gap_in_the_call_log_is_found(shop: Shop) -> None:
    facts = list(busy(shop).journal.facts(kinds=[KIND_CHAIN]))
    with pytest.raises(RailFactError, match="gap"):
        read_chain_records(facts[:1] + facts[2:])
