"""Makers for chain tests: a token of rupees, its people, and references that never repeat."""

from __future__ import annotations

import importlib.util
import os
from types import ModuleType

import pytest

from sandrail.money import Asset, AssetKind
from sandrail.rails.chain import (
    Address,
    SupervisedToken,
    TokenRoles,
    TokenTerms,
    open_chain,
    wallet_address,
)
from sandrail.world import HOUR_US, SECOND_US, derive_id

__all__ = [
    "ALICE",
    "BOB",
    "ENGINES",
    "GENESIS_US",
    "PKRT",
    "ROLES",
    "make_token",
    "needs",
    "ref",
    "who",
]

ENGINES = ("simular", "py-evm")
GENESIS_US = 1_795_000_000 * SECOND_US
PKRT = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
EVIDENCE = bytes(31) + b"\x01"


def needs(module: str) -> ModuleType:
    """Import an optional package; without it skip loudly, or fail under SANDRAIL_REQUIRE_ALL."""
    if importlib.util.find_spec(module) is None:
        said = f"{module} is not installed; the development requirements bring it."
        if os.environ.get("SANDRAIL_REQUIRE_ALL") == "1":
            pytest.fail(said)
        pytest.skip(said, allow_module_level=True)
    return importlib.import_module(module)


def who(name: str) -> Address:
    """Return the wallet of a named person."""
    return wallet_address("test", name)


def ref(*parts: object) -> int:
    """Return a reference."""
    return derive_id("test", *parts)


ALICE, BOB = who("alice"), who("bob")
ROLES = TokenRoles(
    owner=who("owner"),
    attester=who("attester"),
    minter=who("minter"),
    redeemer=who("redeemer"),
    pauser=who("pauser"),
    freezer=who("freezer"),
    enforcer=who("enforcer"),
)


def make_token(
    engine: str,
    *,
    reserve_minor: int = 1_000_000,
    allowance_minor: int = 10_000_000,
    ratio_bps: int = 10_000,
    name: str = "test",
) -> SupervisedToken:
    """Return a token with an attested reserve and no supply; nothing attested when it is 0."""
    chain = open_chain(name, genesis_us=GENESIS_US, engine=engine)
    terms = TokenTerms("Rupee Token", 24 * HOUR_US, ratio_bps, allowance_minor)
    token = SupervisedToken.deploy(chain, asset=PKRT, terms=terms, roles=ROLES)
    if reserve_minor:
        token.attest_reserve(reserve_minor, as_of_us=GENESIS_US, evidence=EVIDENCE)
    return token
