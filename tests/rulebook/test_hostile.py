"""Whatever stands in a pack, the answer is a pack or a precise error, never a crash."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rulebook import (
    Pack,
    PackError,
    compile_rules,
    find_packs,
    lint_pack,
    list_placeholders,
    parse_pack,
    publish_guidelines,
)
from sandrail.rulebook.errors import DEFECTS
from sandrail.rulebook.load import build_pack

FOLDER = find_packs()["example"]
TREE: dict[str, Any] = {}
for _file in sorted(FOLDER.glob("*.toml")):
    TREE |= tomllib.loads(_file.read_text(encoding="utf-8"))

leaf = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "EXD", "G05.transfer_max", "in_force", "2026-01-01", "\u202e", "9" * 70]),
    st.dates(),
    st.datetimes(),
)
junk = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=4,
)


def _paths(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps: list[Any] = []
    if isinstance(node, dict):
        steps = list(node)
    elif isinstance(node, list):
        steps = list(range(len(node)))
    for step in steps:
        found += _paths(node[step], (*path, step))  # type: ignore[index]
    return found


PATHS = _paths(TREE)


def _build(tree: dict[str, Any]) -> Pack | None:
    try:
        return build_pack(tree, origin=dict.fromkeys(tree, "pack.toml"))
    except PackError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.defect in DEFECTS
            assert problem.where
            assert problem.what
            assert problem.fix
        return None


def _use(pack: Pack) -> None:
    rules = pack.in_force(pack.published)
    compile_rules(rules, pack=pack)
    lint_pack(pack)
    list_placeholders(pack)
    for language in pack.languages:
        publish_guidelines(pack, language)


@given(path=st.sampled_from(PATHS), value=junk)
def test_any_value_anywhere_is_read_or_refused(path: tuple[Any, ...], value: object) -> None:
    tree = copy.deepcopy(TREE)
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    pack = _build(tree)
    if pack is not None:
        _use(pack)


@given(path=st.sampled_from(PATHS))
def test_anything_may_be_missing(path: tuple[Any, ...]) -> None:
    tree = copy.deepcopy(TREE)
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    pack = _build(tree)
    if pack is not None:
        _use(pack)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_politely(data: bytes) -> None:
    with pytest.raises(PackError):
        parse_pack({"pack.toml": data})


def test_the_whole_tree_is_a_pack() -> None:
    assert _build(TREE) is not None
