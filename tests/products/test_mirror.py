"""The mirror reads every batch that a desk can write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandrail.controls import Screen
from sandrail.ledger import Source
from sandrail.products import Mirror, chain_moves
from sandrail.world import DAY_US
from tests.products.test_art import decide

if TYPE_CHECKING:
    from tests.products.conftest import Shop


@pytest.mark.parametrize("approve", [True, False])
def test_a_purchase_that_a_person_decided_agrees_with_the_chain(
    shop_of: type[Shop], approve: bool
) -> None:
    shop = shop_of()
    shop.desk.set_screening(
        np.array([0]), np.array([Screen.REVIEW], dtype=np.uint8), list_version="test"
    )
    shop.buy(100_000)
    decide(shop, approve=approve)
    mirror = Mirror(token="PKRT", currency=shop.pack.currency)
    mirror.take(shop.journal.facts())
    mirror.take_chain(chain_moves(shop.product.token.chain, shop.product.token.address))
    found = mirror.compare(shop.clock.now_us() + 3 * DAY_US)
    assert [one for one in found.breaks if one.mirror is Source.CHAIN] == []
