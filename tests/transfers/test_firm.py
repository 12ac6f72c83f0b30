"""The firm's file: recorded in one commit, felt by the next row, rebuilt from the journal alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sandrail.controls import (
    OBSERVATIONS,
    AttestationMade,
    BreakClosed,
    BreakOpened,
    CashTaken,
    ComplaintReceived,
    Consent,
    Consequence,
    DisclosurePublished,
    Effect,
    FirmBook,
    IncidentReported,
    Observation,
    ObservationError,
    SupplyCounted,
    Usage,
    read_observation,
    told_as_plain,
)
from sandrail.journal import Draft, Fact, Journal, json_payload, parse_payload
from sandrail.rulebook import load_pack
from sandrail.transfers import (
    Desk,
    FirmDesk,
    Instruction,
    NotAllowed,
    OnboardingError,
    ReplayMismatch,
    rebuild,
)
from sandrail.world import DAY_US, HOUR_US, SYSTEM, Actor, Role, TrialClock
from tests.makers.desk import (
    AGREED,
    START_US,
    client_account,
    condition,
    issue,
    open_desk,
    permission,
    redeem,
    transfer,
)
from tests.makers.firm import full_pack, position

MLRO = Actor("firm:mlro", "Reporting officer", Role.MLRO, "PK-F-0001")
FIRST = Actor("pvara:live", "Live supervisor", Role.SUPERVISOR, "pvara")
SECOND = Actor("pvara:second", "Second supervisor", Role.SUPERVISOR, "pvara")
AGE = "G30.break_age_max"


def opened(case: str = "B1", at_us: int = START_US) -> BreakOpened:
    return BreakOpened(at_us=at_us, case=case, between="ledger and bank", minor=1)


def kinds(journal: Journal) -> list[str]:
    return [fact.kind for fact in journal.facts() if fact.kind.startswith("firm.")]


def first_rule(desk: Desk, *rows: Instruction) -> list[str]:
    """Submit rows under fresh lists and reserves; return the rule that named each answer."""
    now_us = desk.instant()
    desk.set_lists("test-1", published_us=now_us)
    desk.set_reserve(0, reserve_minor=10**12, attested_us=now_us, evidence="00" * 32)
    answers = desk.submit(rows, key=f"k{now_us}/{desk.journal.head.seq}")
    return [answers.verdict(row).rule for row in range(answers.rows)]


def rows(number: int) -> tuple[Instruction, ...]:
    return issue((number, 1), 0, 100), transfer((number, 2), 0, 1, 10), redeem((number, 3), 0, 10)


@pytest.mark.parametrize(
    "told",
    [
        SupplyCounted(at_us=START_US, asset="PKRT", outside_units=2**64, recorded_units=0),
        opened(case="B\n1"),
        opened(case="B" * 5_000),
    ],
)
def test_what_could_not_be_read_back_is_refused_before_it_is_recorded(told: Observation) -> None:
    desk = open_desk(clock=TrialClock(START_US))
    head = desk.journal.head
    with pytest.raises(ObservationError):
        FirmDesk(desk).observe(told)
    assert desk.journal.head == head


def test_a_pause_that_nobody_ordered_begins_on_the_clock_and_lets_customers_out() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    FirmDesk(desk).observe(opened())
    assert first_rule(desk, *rows(1)) == ["", "", ""]
    clock.advance_by(HOUR_US)
    assert first_rule(desk, *rows(2)) == ["", "", ""]
    clock.advance_by(1)
    assert first_rule(desk, *rows(3)) == [AGE, AGE, ""]
    facts = kinds(desk.journal)
    assert facts[-2:] == ["firm.observed", "firm.paused"]


@pytest.mark.parametrize("attested_before", [True, False])
def test_a_late_attestation_stops_the_mint_alone_and_only_a_first_one_ends_it(
    attested_before: bool,
) -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    if attested_before:
        firm.observe(AttestationMade(at_us=START_US, by="auditor", evidence="00" * 32))
    clock.advance_by(31 * DAY_US)
    late = "G16.attestation_months_max"
    # The permission itself ends after thirty days; that is another rule, and it comes first.
    desk.change_permission(
        permission(load_pack("pakistan"), valid_to_us=START_US + 400 * DAY_US),
        actor=FIRST,
        confirmed_by=SECOND,
    )
    assert first_rule(desk, *rows(1)) == [late, "", ""]
    firm.observe(AttestationMade(at_us=clock.now_us(), by="auditor", evidence="00" * 32))
    assert first_rule(desk, *rows(2))[0] == (late if attested_before else "")
    if attested_before:
        firm.lift(late, reason="attested since", actor=FIRST, confirmed_by=SECOND)
    assert first_rule(desk, *rows(3))[0] == ""


def test_what_is_only_missing_blocks_until_it_is_told_and_leaves_no_pause_behind() -> None:
    desk = open_desk()
    told = desk.floor.firm
    desk.floor.firm = FirmBook.opened(told.setting)
    assert first_rule(desk, *rows(1)) == ["G17.segregated_accounts_required", "", ""]
    assert [one.rule for one in FirmDesk(desk).status().missing if one.effect.pauses] == [
        "G17.segregated_accounts_required"
    ]
    FirmDesk(desk).observe(client_account(START_US))
    assert first_rule(desk, *rows(2))[0] == ""
    assert not FirmDesk(desk).status().standing


def test_lifting_takes_two_people_a_reason_and_something_to_lift() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    firm.observe(opened())
    clock.advance_by(2 * HOUR_US)
    head = desk.journal.head.seq
    for actor, second, reason in (
        (FIRST, FIRST, "found"),
        (FIRST, SYSTEM, "found"),
        (FIRST, SECOND, " "),
    ):
        with pytest.raises(NotAllowed):
            firm.lift(AGE, reason=reason, actor=actor, confirmed_by=second)
    with pytest.raises(NotAllowed, match="No pause"):
        firm.lift("G28.complaints_share_max", reason="x", actor=FIRST, confirmed_by=SECOND)
    # The refused attempts recorded nothing but what the clock had brought meanwhile.
    assert [fact.kind for fact in desk.journal.facts(head + 1)] == ["firm.paused"]
    (lifted,) = firm.lift(AGE, reason="a late booking", actor=FIRST, confirmed_by=SECOND)
    assert (lifted.effect, lifted.subject) == (Effect.PAUSE_FIRM, "B1")
    assert first_rule(desk, *rows(1)) == ["", "", ""]
    # The same case never pauses again; the next one does.
    firm.observe(opened("B2", clock.now_us()))
    clock.advance_by(2 * HOUR_US)
    assert first_rule(desk, *rows(2))[0] == AGE


def test_a_break_that_is_explained_in_time_never_pauses_and_too_late_it_does() -> None:
    for wait_us, paused in ((HOUR_US, False), (HOUR_US + 1, True)):
        clock = TrialClock(START_US)
        desk = open_desk(clock=clock)
        firm = FirmDesk(desk)
        firm.observe(opened())
        clock.advance_by(wait_us)
        firm.observe(BreakClosed(at_us=clock.now_us(), case="B1", because="found"))
        clock.advance_by(HOUR_US)
        assert bool(firm.status().standing) is paused


def test_an_incident_starts_three_clocks_and_a_late_report_is_escalated_by_itself() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    news = firm.observe(
        IncidentReported(at_us=START_US, case="X1", severity="high", summary="A key was lost.")
    )
    assert [one.effect for one in news] == [Effect.REPORT] * 3
    first = "G29.first_notice_max"
    clock.advance_by(3 * HOUR_US)
    firm.file_report(first, "X1", reference="PVARA-77", actor=MLRO)
    assert firm.status().reports[0].rule == "G29.update_max"
    with pytest.raises(NotAllowed, match="No report"):
        firm.file_report(first, "X1", reference="again", actor=MLRO)
    clock.advance_by(21 * HOUR_US)
    (late,) = firm.advance()
    assert (late.effect, late.rule, late.subject) == (Effect.ESCALATE, "G29.update_max", "X1/late")
    firm.answer("G29.update_max", reason="the bank was asked", actor=FIRST)
    assert not firm.status().standing
    assert [one.rule for one in firm.status().reports] == [
        "G29.update_max",
        "G29.detailed_report_max",
    ]


def test_units_that_appear_outside_stop_the_issue_on_the_next_row() -> None:
    desk = open_desk()
    FirmDesk(desk).observe(
        SupplyCounted(at_us=START_US, asset="PKRT", outside_units=101, recorded_units=100)
    )
    assert first_rule(desk, issue(1, 0, 100)) == ["G14.mint_matches_reserve"]


def test_full_client_funds_pause_onboarding_when_somebody_knocks() -> None:
    desk = open_desk(condition("G07.client_funds_max", "10", "PKR"))
    desk.submit([issue(1, 0, 999)], key="a")
    desk.onboard(["one more"], consent=AGREED)
    desk.submit([issue(2, 1, 1)], key="b")
    for _ in range(2):
        with pytest.raises(OnboardingError, match="Nobody is taken on") as caught:
            desk.onboard(["too late"], consent=AGREED)
        assert caught.value.stable_code == "transfers.onboarding_paused"
    assert kinds(desk.journal).count("firm.paused") == 1
    desk.submit([redeem(3, 0, 500)], key="c")
    with pytest.raises(OnboardingError):
        desk.onboard(["still waits for two people"], consent=AGREED)
    FirmDesk(desk).lift(
        "G07.client_funds_max", reason="room again", actor=FIRST, confirmed_by=SECOND
    )
    assert len(desk.onboard(["at last"], consent=AGREED)) == 1


def test_nothing_enters_from_who_never_agreed_and_a_material_version_asks_again() -> None:
    desk = open_desk()
    firm = FirmDesk(desk)
    (new,) = desk.onboard(["new"])
    desk.set_screening(np.array([new]), np.zeros(1, dtype=np.uint8), list_version="test-1")
    rule = "G31.disclosure_languages"
    assert first_rule(desk, issue("a", new, 100)) == [rule]
    firm.consent(np.array([new]), Consent("1", ("en",)))
    assert first_rule(desk, issue("b", new, 100)) == [rule]
    firm.consent(np.array([new]), AGREED)
    assert first_rule(desk, issue("c", new, 100)) == [""]
    firm.observe(
        DisclosurePublished(at_us=START_US, version="2", languages=("en", "ur"), material=True)
    )
    assert first_rule(desk, issue("d", new, 100), redeem("e", new, 50)) == [rule, ""]
    firm.consent(np.array([new]), Consent("2", ("ur", "en")))
    assert first_rule(desk, issue("f", new, 100)) == [""]


def test_a_fact_is_not_redacted_before_its_time() -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 100)], key="a")
    with pytest.raises(NotAllowed) as caught:
        FirmDesk(desk).redact(3, reason="somebody asked", actor=FIRST)
    assert caught.value.fields["rule"] == "G33.retention_min"
    assert not desk.journal.fact(3).is_redacted
    assert kinds(desk.journal)[-2:] == ["firm.observed", "firm.refused"]


def test_the_future_is_not_observed() -> None:
    desk = open_desk()
    with pytest.raises(ObservationError, match="cannot be recorded yet"):
        FirmDesk(desk).observe(opened(at_us=START_US + 1))


def test_a_token_that_is_paid_with_too_much_is_not_issued_any_further() -> None:
    desk = open_desk(reserve_minor=10**15)
    desk.floor.terms = replace(desk.floor.terms, pack=full_pack())
    roomy = (
        condition("G06.daily_count_max", 20, "transfers"),
        condition("G09.instrument_size_max", "1000", "PKR"),
    )
    desk.floor.set_permission(permission(full_pack(), conditions=roomy), START_US)
    # The second quarter has 91 days: the cap is 182 payments and PKR 910 in it.
    days = 91
    before = Usage("2026-Q2", days, 2 * days - 1, 10 * 100 * days, START_US)
    desk.floor.firm = desk.floor.firm.after_use(before)
    cap = "G11.daily_count_max"
    assert first_rule(desk, issue("a", 0, 400)) == [""]
    assert first_rule(desk, transfer("b", 0, 1, 1)) == [""]
    assert desk.floor.firm.view.usage == Usage("2026-Q2", days, 2 * days, 91_001, START_US)
    assert first_rule(desk, issue("c", 0, 1), transfer("d", 0, 1, 1)) == ["", ""]
    assert first_rule(desk, *rows(1)) == [cap, "", ""]
    (report,) = FirmDesk(desk).status().reports
    assert (report.rule, report.subject) == (cap, "2026-Q2")


def story(desk: Desk, clock: TrialClock) -> None:
    """Everything that a firm's file can hold, once."""
    firm = FirmDesk(desk)
    firm.observe(opened(), CashTaken(at_us=START_US, customer="C1", minor=3 * 10**8, incoming=True))
    clock.advance_by(2 * HOUR_US)
    desk.submit([issue("story", 0, 100), redeem("story 2", 0, 1)], key="story")
    firm.lift(AGE, reason="explained", actor=FIRST, confirmed_by=SECOND)
    (report,) = firm.status().reports
    firm.file_report(report.rule, report.subject, reference="FMU-1", actor=MLRO)
    firm.observe(client_account(clock.now_us(), interest_bearing=True))
    firm.look()
    firm.observe(
        *(
            ComplaintReceived(at_us=START_US, case=f"K{n}", customer="C1", loss_minor=0)
            for n in range(2)
        )
    )
    desk.submit([issue("story 3", 0, 100)], key="story 3")


def test_a_desk_that_is_opened_again_has_the_same_file() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    story(desk, clock)
    again = Desk.open(desk.journal, load_pack("pakistan"), clock)
    assert again.floor.firm == desk.floor.firm
    assert again.floor.consent_holds.tolist() == desk.floor.consent_holds.tolist()
    plain = desk.floor.firm.as_plain()
    kept = FirmBook.from_plain(plain, desk.floor.firm.setting)
    assert kept.as_plain() == plain
    assert (kept.stops, kept.next_us) == (desk.floor.firm.stops, desk.floor.firm.next_us)
    assert kept.standing == desk.floor.firm.standing


def forged(facts: list[Fact], change: Callable[[Fact], bytes | None], kind: str) -> Journal:
    """A journal whose chain is sound, with the last fact of a kind changed, or left out."""
    last = max(fact.seq for fact in facts if fact.kind == kind)
    journal = Journal.in_memory("test")
    drafts = []
    for fact in facts:
        payload = change(fact) if fact.seq == last else fact.payload
        if payload is not None:
            drafts.append(Draft(fact.kind, fact.at_us, fact.actor, payload))
    journal.commit(drafts)
    return journal


def edited(**changes: object) -> Callable[[Fact], bytes | None]:
    return lambda fact: json_payload({**parse_payload(fact), **changes})


FORGERIES: dict[str, tuple[str, Callable[[Fact], bytes | None]]] = {
    "a pause is left out": ("firm.paused", lambda fact: None),
    "a pause is backdated": ("firm.paused", edited(since_us=1)),
    "a pause is softened": ("firm.paused", edited(effect="PAUSE_ISSUE", rule="G16.x")),
    "a report is left out": ("firm.report_due", lambda fact: None),
    "a report gets another day": ("firm.report_due", edited(due_us=START_US)),
    "a lift by one person": ("firm.lifted", edited(confirmed_by=FIRST.id)),
    "a lift of what does not stand": ("firm.lifted", edited(cases=[["PAUSE_FIRM", AGE, "B9"]])),
    "a lift of nothing": ("firm.lifted", edited(cases=[])),
    "a lift is left out and the pause too": ("firm.lifted", lambda fact: None),
    "a report that nobody owed is filed": ("firm.report_filed", edited(subject="C9")),
    "an observation from the future": ("firm.observed", edited(at_us=START_US + 10 * DAY_US)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_file_is_found_although_the_chain_is_sound(name: str) -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    story(desk, clock)
    facts = list(desk.journal.facts())
    assert rebuild(facts, load_pack("pakistan")).firm == desk.floor.firm
    kind, change = FORGERIES[name]
    with pytest.raises(ReplayMismatch):
        rebuild(forged(facts, change, kind).facts(), load_pack("pakistan"))


def test_a_position_that_is_not_the_desk_s_own_is_found() -> None:
    desk = open_desk()
    FirmDesk(desk).look()
    facts = list(desk.journal.facts())
    journal = forged(facts, edited(client_funds_minor=7), "firm.observed")
    with pytest.raises(ReplayMismatch, match="position"):
        rebuild(journal.facts(), load_pack("pakistan"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": "weather"}, "nothing that can be observed"),
        ({"extra": 1}, "Unknown: extra"),
        ({"segregated": 1}, "yes or no"),
        ({"at_us": True}, "a whole number"),
        ({"at_us": 2**63}, "62 bits"),
        ({"bank": 7}, "a text"),
        ({"bank": "x" * 501}, "printable"),
        ({"bank": "a\nb"}, "printable"),
    ],
)
def test_an_observation_that_cannot_be_read_says_why(changes: dict[str, object], said: str) -> None:
    plain = told_as_plain(client_account(START_US)) | changes
    with pytest.raises(ObservationError, match=said):
        read_observation(plain, OBSERVATIONS)
    short = {key: value for key, value in plain.items() if key != "bank"}
    with pytest.raises(ObservationError):
        read_observation(short, OBSERVATIONS)


def test_every_kind_of_observation_is_read_back_as_it_was_told() -> None:
    told: list[Observation] = [
        opened(),
        client_account(START_US),
        position(5),
        DisclosurePublished(at_us=1, version="1", languages=("en",), material=False),
    ]
    for one in told:
        assert read_observation(told_as_plain(one), OBSERVATIONS) == one


def test_a_consequence_is_read_back_as_it_was_written() -> None:
    desk = open_desk()
    one = FirmDesk(desk).observe(client_account(START_US, interest_bearing=True))[0]
    assert Consequence.from_plain(one.as_plain()) == one
