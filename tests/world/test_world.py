"""The seam: time, chance, ids, people, canonical bytes and errors."""

from __future__ import annotations

import hashlib
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.world import (
    DAY_US,
    Actor,
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RealClock,
    RefusedError,
    Role,
    SandrailError,
    Seed,
    TrialClock,
    canonical_bytes,
    date_of,
    derive_id,
    digest,
    hex_id,
    iso,
    parse_canonical,
    parse_instant,
    start_of_day,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain)
def test_canonical_bytes_read_back_as_the_same_value(value: object) -> None:
    try:
        data = canonical_bytes(value)
    except InputError as error:  # half of a surrogate pair
        assert error.stable_code == "world.not_canonical"
        return
    assert parse_canonical(data) == value
    assert digest(value) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, {1: 2}, object(), b"x", {"a": {"b"}}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="canonical"):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "data", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1,"a":1}', b"[1.0]", b"\xff", b"{", b"[1]\n"]
)
def test_other_forms_of_json_are_not_canonical(data: bytes) -> None:
    with pytest.raises(InputError):
        parse_canonical(data)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["]",['])
def test_a_tower_of_brackets_is_an_error_even_where_recursion_is_let_loose(opening: bytes) -> None:
    """Some libraries raise the limit on recursion so far that a parser would end the process."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(InputError, match="canonical"):
            parse_canonical(opening * 200_000)
    finally:
        sys.setrecursionlimit(before)


def test_brackets_inside_a_text_are_no_depth() -> None:
    value = {"a": "[" * 500, "b": '"[{' * 100, "c": [[], []]}
    assert parse_canonical(canonical_bytes(value)) == value


def test_depth_is_bounded() -> None:
    deep: object = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(InputError, match="deeper"):
        canonical_bytes(deep)


@given(st.integers(-(10**15), 10**16))
def test_an_instant_reads_back_from_its_text(at_us: int) -> None:
    assert parse_instant(iso(at_us)) == at_us


def test_a_day_begins_at_local_midnight() -> None:
    karachi = 300
    half_past_midnight = parse_instant("2026-03-01T00:30:00+05:00")
    day = date_of(half_past_midnight, utc_offset_minutes=karachi)
    start = start_of_day(day, utc_offset_minutes=karachi)
    assert iso(start) == "2026-02-28T19:00:00Z"
    assert date_of(start - 1, utc_offset_minutes=karachi) < day


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-03-01T09:00:00"])
def test_an_instant_without_a_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_instant(text)


def test_the_trial_clock_stands_still_and_never_runs_back() -> None:
    clock = TrialClock(10)
    assert clock.now_us() == clock.now_us() == 10
    clock.advance_by(DAY_US)
    clock.advance_to(clock.now_us())
    with pytest.raises(InputError, match="backwards"):
        clock.advance_to(0)
    real = RealClock()
    assert real.now_us() <= real.now_us()


def test_a_stream_depends_on_its_name_and_on_nothing_else() -> None:
    seed = Seed(7)
    first = seed.stream("people", 3).integers(0, 2**62, 8).tolist()
    seed.stream("another").random(100)
    assert seed.stream("people", 3).integers(0, 2**62, 8).tolist() == first
    others = [Seed(8).stream("people", 3), seed.stream("people", 4), seed.stream("persons", 3)]
    assert all(stream.integers(0, 2**62, 8).tolist() != first for stream in others)
    assert seed.child("fork") != seed.child("other") != seed


@given(st.text(), st.integers())
def test_an_id_is_a_function_of_what_it_names(name: str, number: int) -> None:
    made = derive_id(name, number)
    assert made == derive_id(name, number) and 0 < made < 2**128
    assert int(hex_id(made), 16) == made and len(hex_id(made)) == 32


@pytest.mark.parametrize("bad", ["", "a\nb", "x" * 81])
def test_an_actor_has_a_usable_id(bad: str) -> None:
    with pytest.raises(InputError, match="actor id"):
        Actor(bad, "Name", Role.AUDITOR, "org")


def test_errors_carry_what_why_and_fix_and_distinct_exit_codes() -> None:
    tree = [InputError, ConflictError, RefusedError, EvidenceError, EnvironmentFault]
    codes = [kind.exit_code for kind in tree]
    assert sorted(set(codes)) == sorted(codes) and SandrailError.exit_code not in codes
    error = InputError("What.", why="Why.", fix="Fix.", code="room.bad", number=3, thing=object())
    assert str(error) == "What. Why. Fix."
    assert error.doc.endswith("#room-bad")
    assert json.loads(json.dumps(error.as_dict()))["fields"]["number"] == 3
