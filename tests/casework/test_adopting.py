"""A new version of the law: refused until two people adopt it, and then told rule by rule."""

from __future__ import annotations

import re

import pytest

from sandrail.casework import (
    Application,
    ApplicationError,
    Casebook,
    ForbiddenError,
    Grounds,
    Pair,
    People,
    StateError,
    Walk,
    plan_adoption,
)
from sandrail.journal import Journal
from sandrail.rulebook import (
    Condition,
    Pack,
    PackMismatchError,
    effective_rules,
    find_packs,
    load_pack,
    parse_pack,
)
from sandrail.world import HOUR_US, Role, parse_instant
from tests.casework.conftest import sha

MET = Grounds(("MET-1",), (sha("gazette"),))
LIMIT, CUSTOMERS = "G05.transfer_max", "G02.customers_max"
FROM = "2026-12-15"


def version(change: str) -> Pack:
    """Return Pakistan's pack with another rule on single transfers, and nothing else."""
    files = {file.name: file.read_bytes() for file in find_packs()["pakistan"].glob("*.toml")}
    head, rest = files["guardrails.toml"].split(f'id = "{LIMIT}"'.encode())
    rule, *others = rest.split(b"[[rules]]")
    changed = rule.replace(b'value = "100000"', f'value = "{change}"'.encode(), 1)
    if "from" in change:
        amount = change.removesuffix(" from")
        old = rule + b"valid_to = 2026-12-14\n"
        new = rule.replace(b'"100000"', f'"{amount}"'.encode(), 1)
        new = re.sub(rb"valid_from = [0-9-]+", f"valid_from = {FROM}".encode(), new)
        changed = old + f'\n[[rules]]\nid = "{LIMIT}"'.encode() + new
    rest = b"[[rules]]".join([changed, *others])
    return parse_pack(files | {"guardrails.toml": head + f'id = "{LIMIT}"'.encode() + rest})


@pytest.fixture
def live(walk: Walk, application: Application) -> str:
    case = walk.approve(application, grounds=MET)
    permission = walk.grant(case, products=("art",), grounds=MET)
    walk.go_live(permission.id, grounds=MET)
    walk.now_us += HOUR_US
    return permission.id


@pytest.fixture
def watch(people: People) -> Pair:
    return Pair(people.first(Role.SUPERVISOR), people.first(Role.HEAD))


def test_nothing_moves_under_a_version_that_was_not_adopted(
    live: str, walk: Walk, journal: Journal, watch: Pair
) -> None:
    book = Casebook.open(journal, version("60000"))
    condition = Condition(LIMIT, "50000", "PKR", "notice 2")
    with pytest.raises(PackMismatchError, match="sandrail case adopt"):
        book.narrow(live, (condition,), by=watch, grounds=MET, at_us=walk.now_us)
    with pytest.raises(PackMismatchError):
        book.open_stage(live, "stage_2", by=watch, grounds=MET, at_us=walk.now_us)


def test_two_people_adopt_it_and_the_difference_is_recorded(
    live: str, walk: Walk, journal: Journal, pack: Pack, watch: Pair, people: People
) -> None:
    new = version("60000")
    book = Casebook.open(journal, new)
    before = book.docket.instrument(live).permission
    with pytest.raises(ForbiddenError):
        two_watch = Pair(*people.with_role(Role.SUPERVISOR)[:2])
        book.adopt_pack(live, former=pack, by=two_watch, grounds=MET, at_us=walk.now_us)
    with pytest.raises(PackMismatchError):
        book.adopt_pack(live, former=new, by=watch, grounds=MET, at_us=walk.now_us)
    after = book.adopt_pack(live, former=pack, by=watch, grounds=MET, at_us=walk.now_us)
    assert after.pack_hash == new.content_hash != before.pack_hash
    entry = book.docket.instrument(live).history[-1]
    (change,) = [it for it in entry.data["changes"] if it["rule"] == LIMIT]  # type: ignore[attr-defined]
    assert (change["before"], change["after"]) == ("PKR 75,000", "PKR 60,000")
    assert change["standing"] == "tighter"
    assert entry.data["overtaken"] == [LIMIT]
    assert Casebook.open(journal, new).docket.instrument(live).permission == after
    with pytest.raises(StateError) as again:
        book.adopt_pack(live, former=new, by=watch, grounds=MET, at_us=walk.now_us)
    assert again.value.stable_code == "casework.adopted_already"


def test_conditions_are_kept_where_the_law_is_eased(live: str, walk: Walk, pack: Pack) -> None:
    permission = walk.book.docket.instrument(live).permission
    plan = plan_adoption(permission, pack, version("250000"), at_us=walk.now_us)
    assert plan.permission.conditions == permission.conditions
    assert not plan.changes, "the firm's own condition binds before and after"
    rules = effective_rules(version("250000"), plan.permission, walk.now_us)
    assert rules[LIMIT].text == "PKR 75,000"


def test_a_rule_that_the_law_tightens_later_applies_from_its_own_day(
    live: str, walk: Walk, pack: Pack
) -> None:
    new = version("60000 from")
    permission = walk.book.docket.instrument(live).permission
    plan = plan_adoption(permission, pack, new, at_us=walk.now_us)
    (change,) = [it for it in plan.changes if it.rule_id == LIMIT]
    assert (change.applies_from, change.standing, change.after) == (FROM, "tighter", "PKR 60,000")
    assert plan.overtaken == (), "the condition is kept as it is"
    told = {
        day: effective_rules(new, plan.permission, parse_instant(f"{day}T00:00:00+05:00"))[LIMIT]
        for day in ("2026-12-14", FROM)
    }
    assert told["2026-12-14"].text == "PKR 75,000"
    assert told[FROM].text == "PKR 60,000"
    assert "condition" in told[FROM].set_by


def test_another_law_is_not_a_version(live: str, walk: Walk, pack: Pack) -> None:
    permission = walk.book.docket.instrument(live).permission
    with pytest.raises(ApplicationError) as other:
        plan_adoption(permission, pack, load_pack("example"), at_us=walk.now_us)
    assert other.value.stable_code == "casework.other_pack"
