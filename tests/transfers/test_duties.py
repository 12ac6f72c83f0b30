"""Who may do what on a desk: every role at every act, live and in a replay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandrail.controls import BreakOpened, IncidentReported
from sandrail.journal import Draft, Fact, Journal, json_payload, parse_payload
from sandrail.transfers import (
    DUTIES,
    HOLD,
    ChainFlow,
    Desk,
    Duty,
    FirmDesk,
    NotAllowed,
    ReplayMismatch,
    rebuild,
)
from sandrail.transfers.duties import duty_flaw, require_duty
from sandrail.transfers.replay import KINDS
from sandrail.wallets import CustodyRefused
from sandrail.world import HOUR_US, SYSTEM, Actor, Role
from tests.makers.wallets import (
    BAD,
    HEAD,
    MLRO,
    OFFICER,
    Economy,
    address,
    approval,
    ceremony,
    list_of,
    open_economy,
)
from tests.transfers.test_wallets import ready

AUTHORITY = "supervisor head"
COMPLIANCE = "supervisor head aml_specialist mlro"
WATCHERS = (
    "supervisor head aml_specialist reserve_analyst case_officer auditor mlro firm_signatory "
    "firm_preparer firm_engineer system"
)

ACTS: dict[str, tuple[Callable[[Economy, Actor], object], str]] = {
    "stop": (lambda e, by: e.desk.pause(reason="x", actor=by), AUTHORITY),
    "go on": (lambda e, by: e.desk.resume(reason="x", actor=by, confirmed_by=HEAD), AUTHORITY),
    "confirm going on": (
        lambda e, by: e.desk.resume(reason="x", actor=HEAD, confirmed_by=by),
        AUTHORITY,
    ),
    "permission": (lambda e, by: permit(e, by, HEAD), AUTHORITY),
    "confirm a permission": (lambda e, by: permit(e, HEAD, by), AUTHORITY),
    "lift": (lambda e, by: lift(e, by, HEAD), AUTHORITY),
    "confirm a lift": (lambda e, by: lift(e, HEAD, by), AUTHORITY),
    "answer": (
        lambda e, by: incident(e).answer("G29.update_max", reason="seen", actor=by),
        "supervisor head aml_specialist reserve_analyst",
    ),
    "file": (
        lambda e, by: incident(e).file_report("G29.first_notice_max", "X", reference="1", actor=by),
        "supervisor head mlro firm_signatory firm_preparer",
    ),
    "tell": (
        lambda e, by: FirmDesk(e.desk).observe(broken(e), actor=by),
        WATCHERS,
    ),
    "tag": (lambda e, by: e.wallets.update_tags(list_of(BAD), actor=by), COMPLIANCE + " system"),
    "flows": (
        lambda e, by: e.wallets.observe(
            [ChainFlow(address(0), address(70), 0, 5)], source="chain", actor=by
        ),
        WATCHERS,
    ),
    "clear": (lambda e, by: clear(e, by, HEAD), COMPLIANCE),
    "confirm a clearance": (lambda e, by: clear(e, HEAD, by), COMPLIANCE),
    "keys": (
        lambda e, by: e.wallets.hold_ceremony(ceremony(e.wallets.state.desk), actor=by),
        "supervisor head auditor firm_signatory",
    ),
    "hold": (lambda e, by: e.desk.require_duty(HOLD, by), COMPLIANCE),
}


def permit(economy: Economy, by: Actor, second: Actor) -> None:
    granted = economy.desk.floor.terms.permission
    economy.desk.change_permission(granted, actor=by, confirmed_by=second)


def broken(economy: Economy) -> BreakOpened:
    return BreakOpened(at_us=economy.clock.now_us(), case="B", between="a and b", minor=10**9)


def lift(economy: Economy, by: Actor, second: Actor) -> None:
    firm = FirmDesk(economy.desk)
    firm.observe(broken(economy))
    economy.clock.advance_by(30 * HOUR_US)
    firm.lift("G30.break_age_max", reason="seen", actor=by, confirmed_by=second)


def incident(economy: Economy) -> FirmDesk:
    firm = FirmDesk(economy.desk)
    now_us = economy.clock.now_us()
    firm.observe(IncidentReported(at_us=now_us, case="X", severity="high", summary="down"))
    economy.clock.advance_by(90 * HOUR_US)
    return firm


def clear(economy: Economy, by: Actor, second: Actor) -> None:
    until_us = economy.clock.now_us() + HOUR_US
    economy.wallets.clear(address(0), until_us=until_us, reason="x", actor=by, confirmed_by=second)


def acting(role: Role, organisation: str = "somewhere") -> Actor:
    return SYSTEM if role is Role.SYSTEM else Actor(f"a:{role}", "A", role, organisation)


def allowed(act: str, organisation: str = "somewhere") -> set[str]:
    """Who may do an act, tried role by role on desks of their own."""
    found = set()
    for role in Role:
        economy = open_economy(parties=1)
        try:
            ACTS[act][0](economy, acting(role, organisation))
        except NotAllowed as refused:
            assert refused.stable_code == "transfers.not_your_role"
        else:
            found.add(role.value)
            economy.replays()
    return found


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_for_its_roles_and_no_others(act: str) -> None:
    assert allowed(act) == set(ACTS[act][1].split())


def test_a_role_too_many_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    duty = DUTIES["transfers.paused"]
    wider = dict(DUTIES) | {"transfers.paused": Duty(duty.act, (*duty.roles, Role.MLRO))}
    monkeypatch.setattr("sandrail.transfers.duties.DUTIES", wider)
    with pytest.raises(AssertionError):
        test_an_act_is_for_its_roles_and_no_others("stop")


def test_nobody_of_the_firm_supervises_it() -> None:
    firm_id = open_economy(parties=1).desk.floor.terms.permission.firm_id
    assert allowed("stop", firm_id) == set()
    assert allowed("clear", firm_id) == {"mlro"}


@pytest.mark.parametrize("changed", [{"role": "mlro"}, {"confirmed_role": "auditor"}, {"role": 7}])
def test_a_replay_finds_an_act_that_was_not_theirs_to_do(changed: dict[str, object]) -> None:
    economy = open_economy(parties=1)
    economy.desk.pause(reason="x", actor=OFFICER)
    economy.desk.resume(reason="x", actor=OFFICER, confirmed_by=HEAD)
    forged = Journal.in_memory("forged")

    def other(fact: Fact) -> bytes:
        if fact.kind != "transfers.resumed":
            return fact.payload
        return json_payload(dict(parse_payload(fact)) | changed)

    for fact in economy.desk.journal.facts():
        forged.commit([Draft(fact.kind, fact.at_us, fact.actor, other(fact))])
    with pytest.raises(ReplayMismatch, match="nobody may"):
        rebuild(forged.facts(kinds=KINDS), economy.desk.floor.terms.pack)


@pytest.mark.parametrize("kind", [kind for kind, duty in DUTIES.items() if duty.seconds])
def test_one_person_is_never_two(kind: str) -> None:
    for second in (None, HEAD):
        with pytest.raises(NotAllowed, match="alone may not"):
            require_duty(kind, "firm", HEAD, second)
    signed = require_duty(kind, "firm", HEAD, OFFICER)
    assert not duty_flaw(kind, HEAD.id, signed)
    for second_id in (None, HEAD.id):
        assert "One person alone" in duty_flaw(kind, HEAD.id, signed | {"confirmed_by": second_id})


def test_an_approval_is_brought_by_the_holder_of_its_key() -> None:
    economy = open_economy()
    wallet = ready(economy)
    out = economy.withdraw(0, 100, wallet)
    held = economy.wallets.state.ceremony
    assert held is not None
    given = approval(held, "ops-1", economy.wallets.movement(out), expires_us=2**60)
    for by in (MLRO, OFFICER, SYSTEM, replace(MLRO, id="firm:ops-2")):
        with pytest.raises(CustodyRefused) as refused:
            economy.wallets.approve(given, actor=by)
        assert refused.value.stable_code == "wallets.not_the_holder"
    assert economy.wallets.approve(given, actor=replace(MLRO, id="firm:ops-1")) == 1
    again = Desk.open(economy.desk.journal, economy.desk.floor.terms.pack, economy.clock)
    assert again.floor.wallets.ceremony == held
