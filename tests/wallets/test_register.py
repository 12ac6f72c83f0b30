"""Addresses in any spelling are one wallet; tags come from lists, version by version."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sandrail.wallets as room
from sandrail.screening import load_addresses_json, load_tagpack
from sandrail.wallets import (
    Hosting,
    TagBook,
    TagUpdate,
    WalletError,
    WalletRegister,
    clean_address,
    party_node,
    tag_update,
)

LISTED = "0x" + "ab" * 20
ORDER = ("sanctions", "terrorism", "mixer", "theft")

TAGPACK = b"""
title: Synthetic attributions
creator: Example
currency: ETH
source: synthetic
tags:
  - {address: "0x1111", label: tumbler, category: mixing_service}
  - {address: "0x2222", label: shop, category: exchange}
  - {address: "0x3333", label: thief, abuse: hack}
  - {address: "0x4444", label: other, abuse: sextortion}
  - {address: "0xABABabababababababababababababababababab", label: x, category: exchange}
"""


def test_everything_exported_exists_and_is_sorted() -> None:
    assert all(hasattr(room, name) for name in room.__all__)
    assert sorted(room.__all__, key=str.lower) == sorted(set(room.__all__), key=str.lower)


def test_two_spellings_are_one_wallet_and_a_hosted_one_is_its_owner_s_node() -> None:
    register = WalletRegister()
    own = register.add(clean_address(" " + LISTED.upper().replace("0X", "0x")), Hosting.HERE, 3)
    other = register.add("bc1qx", Hosting.SELF_HOSTED)
    assert register.find(LISTED) == own == register.get(1) and own.node == party_node(3)
    assert other.node == 5 and register.at_node(5) == [other] and register.at_node(6) == [own]
    numbers = np.array([0, 1, 2], dtype=np.int64)
    assert register.nodes(numbers).tolist() == [-1, 6, 5]
    assert register.hosted(numbers, Hosting.SELF_HOSTED).tolist() == [False, False, True]
    assert register.unknown(np.array([-1, 0, 2, 3])).tolist() == [True, False, False, True]
    for number in range(100):
        register.add(f"wallet-{number}", Hosting.OTHER_PROVIDER)
    assert register.nodes(np.array([102]))[0] == 205


@pytest.mark.parametrize("bad", ["", "  ", "a b", "x" * 129, "a\nb"])
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(WalletError):
        clean_address(bad)


def test_an_unknown_wallet_is_said_to_be_unknown() -> None:
    for ask in (lambda: WalletRegister().require(LISTED), lambda: WalletRegister().get(1)):
        with pytest.raises(WalletError) as caught:
            ask()
        assert caught.value.stable_code == "wallets.unknown"


def sanctioned(*addresses: str) -> TagUpdate:
    return tag_update(load_addresses_json(json.dumps(addresses).encode(), asset="ETH"), BOOK)


BOOK = TagBook()


def test_a_new_version_changes_only_what_differs() -> None:
    book = TagBook()
    first = load_addresses_json(json.dumps([LISTED, "0x9999"]).encode(), asset="ETH")
    update = tag_update(first, book)
    assert update.tagged == (("0x9999", "sanctions"), (LISTED, "sanctions"))
    assert book.apply(update) == ["0x9999", LISTED] and len(book) == 2
    assert tag_update(first, book).tagged == ()
    second = load_addresses_json(json.dumps(["0x9999", "0x8888"]).encode(), asset="ETH")
    change = tag_update(second, book)
    assert (change.tagged, change.untagged) == ((("0x8888", "sanctions"),), (LISTED,))
    assert TagUpdate.from_plain(json.loads(json.dumps(change.as_plain()))) == change
    book.apply(change)
    assert book.category(LISTED, ORDER) is None
    assert book.category("0x8888", ORDER) == "sanctions"


def test_an_attribution_pack_speaks_of_mixers_thieves_and_services() -> None:
    book = TagBook()
    book.apply(tag_update(load_tagpack(TAGPACK, only_abuse=False), book))
    said = [book.category(f"0x{n * 4}", ORDER) for n in "1234"]
    assert said == ["mixer", "", "theft", None]
    assert book.category(LISTED, ORDER) == ""
    book.apply(sanctioned(LISTED))
    assert book.category(LISTED, ORDER) == "sanctions"
