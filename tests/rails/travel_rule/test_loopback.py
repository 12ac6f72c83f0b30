"""The counterparty recognises its customer, demands its fields, is slow, or never answers."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from sandrail.money import Asset, AssetKind, Money
from sandrail.rails.errors import InquiryConflictError, TravelRuleError
from sandrail.rails.travel_rule import (
    CancelReason,
    CounterpartyPolicy,
    Inquiry,
    InquiryState,
    LoopbackVasp,
    Party,
    TravelRuleData,
    Version,
    decode,
)
from sandrail.rails.travel_rule import loopback as loopback_file
from sandrail.world import HOUR_US, TrialClock, canonical_bytes, parse_canonical, parse_instant
from tests.rails.travel_rule.people import DATA, SARA, WALLET, with_sara

TOKEN = Asset("PKRT", 6, AssetKind.ASSET_REFERENCED_TOKEN)
CUSTOMERS = {WALLET: "Indus Traders Limited"}


def line(**policy: object) -> tuple[LoopbackVasp, TrialClock]:
    clock = TrialClock(parse_instant("2026-03-01T04:00:00Z"))
    rules = CounterpartyPolicy(**{"customers": CUSTOMERS, **policy})  # type: ignore[arg-type]
    return LoopbackVasp(clock, rules), clock


def inquiry(data: TravelRuleData = DATA, name: str = "T1", minor: int = 5_000_000) -> Inquiry:
    return Inquiry(name, Money(TOKEN, minor), data)


@pytest.mark.parametrize("version", list(Version))
def test_a_known_beneficiary_is_approved_and_the_transfer_confirmed(version: Version) -> None:
    data = replace(DATA, transfer_path=()) if version is Version.V2020 else DATA
    vasp, _ = line(version=version)
    assert vasp.inquire(inquiry(data)) is InquiryState.APPROVED
    (answer,) = vasp.poll()
    assert (answer.approved, answer.address, answer.reason) == (True, WALLET, None)
    vasp.confirm("T1", "0xabc")
    assert vasp.state("T1") is InquiryState.CONFIRMED
    vasp.confirm("T1", "0xabc")
    with pytest.raises(InquiryConflictError):
        vasp.cancel("T1", CancelReason.WITHDRAWN)


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (
            replace(DATA, beneficiaries=(Party(SARA, (WALLET,)),)),
            "beneficiary_name",
            (WALLET,),
        ),
        (
            replace(DATA, beneficiaries=(Party(DATA.beneficiaries[0].person, ("eip155:1:0x0",)),)),
            "unknown_beneficiary",
            (),
        ),
        (
            replace(DATA, originators=(Party(SARA),)),
            "missing_fields",
            ("originator.account",),
        ),
        (
            with_sara(country_of_residence="UK"),
            "not_ivms101",
            ("C3 originators[0].country_of_residence",),
        ),
    ],
)
def test_a_refusal_says_exactly_why(
    data: TravelRuleData, reason: str, detail: tuple[str, ...]
) -> None:
    vasp, _ = line()
    assert vasp.inquire(inquiry(data)) is InquiryState.REJECTED
    (answer,) = vasp.poll()
    assert (answer.approved, answer.reason, answer.detail) == (False, reason, detail)
    with pytest.raises(InquiryConflictError):
        vasp.confirm("T1", "anyway")
    with pytest.raises(InquiryConflictError):
        vasp.cancel("T1", CancelReason.NOT_CARRIED_OUT)


def test_names_are_recognised_in_any_order_case_and_script() -> None:
    for known in ("sara AHMED", "Ahmed  Sara", "احمد سارہ"):
        vasp, _ = line(customers={WALLET: known})
        data = replace(DATA, beneficiaries=(Party(SARA, (WALLET,)),))
        assert vasp.inquire(inquiry(data)) is InquiryState.APPROVED


def test_a_slow_counterparty_answers_at_its_hour() -> None:
    vasp, clock = line(answer_delay_us=2 * HOUR_US)
    due_us = clock.now_us() + 2 * HOUR_US
    assert vasp.inquire(inquiry()) is InquiryState.WAITING
    clock.advance_by(2 * HOUR_US - 1)
    assert vasp.poll() == []
    with pytest.raises(InquiryConflictError):
        vasp.confirm("T1", "0xabc")
    clock.advance_by(HOUR_US)
    (answer,) = vasp.poll()
    assert answer.at_us == due_us


def test_a_silent_counterparty_never_answers_and_the_inquiry_can_be_cancelled() -> None:
    vasp, clock = line(silent=True)
    vasp.inquire(inquiry())
    clock.advance_by(1_000 * HOUR_US)
    assert vasp.poll() == []
    vasp.cancel("T1", CancelReason.NO_ANSWER)
    assert vasp.state("T1") is InquiryState.CANCELLED


def test_a_cancellation_carries_no_words_of_ours_to_the_other_side() -> None:
    """What an officer found would reach the other side's customer."""
    vasp, _ = line(silent=True)
    vasp.inquire(inquiry())
    sent = len(vasp.exchanged)
    with pytest.raises(ValueError, match="sanctions"):
        vasp.cancel("T1", "on a sanctions list")  # type: ignore[arg-type]
    assert len(vasp.exchanged) == sent and vasp.state("T1") is InquiryState.WAITING
    vasp.cancel("T1", CancelReason.NOT_CARRIED_OUT)
    assert vasp.exchanged[-1].body == b'{"cancelled":"not_carried_out","inquiry":"T1"}'


def test_an_answer_after_the_cancellation_changes_nothing() -> None:
    vasp, clock = line(answer_delay_us=HOUR_US)
    vasp.inquire(inquiry())
    vasp.cancel("T1", CancelReason.WITHDRAWN)
    clock.advance_by(2 * HOUR_US)
    assert vasp.poll() == []
    assert vasp.state("T1") is InquiryState.CANCELLED


def test_asking_again_is_harmless_and_asking_something_else_is_a_conflict() -> None:
    vasp, _ = line()
    vasp.inquire(inquiry())
    assert vasp.inquire(inquiry()) is InquiryState.APPROVED
    assert len(vasp.poll()) == 1
    with pytest.raises(InquiryConflictError):
        vasp.inquire(inquiry(minor=6))


def test_answers_are_numbered_and_can_be_read_again() -> None:
    vasp, _ = line()
    for n in range(3):
        vasp.inquire(inquiry(name=f"T{n}"))
    first = vasp.poll()
    assert [a.number for a in first] == [0, 1, 2]
    assert vasp.poll() == []
    assert vasp.poll(after=0) == first[1:]


def test_every_message_is_kept_and_readable() -> None:
    vasp, _ = line()
    vasp.inquire(inquiry())
    vasp.confirm("T1", "0xabc")
    sent, answer, closing = vasp.exchanged
    assert (sent.sent, answer.sent, closing.sent) == (True, False, True)
    for kept in vasp.exchanged:
        assert hashlib.sha256(kept.body).hexdigest() == kept.sha256
    body = parse_canonical(sent.body)
    assert isinstance(body, dict)
    assert decode(canonical_bytes(body["IVMS101"])) == DATA
    assert body["amountMinor"] == 5_000_000


def test_the_same_calls_give_the_same_bytes() -> None:
    def story() -> list[bytes]:
        vasp, _ = line()
        vasp.inquire(inquiry())
        return [kept.body for kept in vasp.exchanged]

    assert story() == story()


def test_an_unreadable_inquiry_is_refused_with_its_path() -> None:
    body = canonical_bytes({"inquiry": "T1", "IVMS101": {"originator": {}}})
    decision = loopback_file._decide(body, CounterpartyPolicy(), parse_instant("2026-03-01"))
    assert decision == {"rejected": {"reason": "unreadable", "detail": ["payload.beneficiary"]}}


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_ids_have_a_shape(name: str) -> None:
    vasp, _ = line()
    with pytest.raises(TravelRuleError):
        vasp.inquire(inquiry(name=name))


def test_unknown_inquiries_and_impossible_delays_are_refused() -> None:
    vasp, _ = line()
    with pytest.raises(TravelRuleError) as caught:
        vasp.state("T9")
    assert caught.value.stable_code == "travel_rule.unknown_inquiry"
    with pytest.raises(TravelRuleError):
        CounterpartyPolicy(answer_delay_us=-1)


@pytest.mark.parametrize(
    ("planted", "killer"),
    [
        ("missing_fields", "missing_fields"),
        ("check", "not_ivms101"),
        ("_same_name", "beneficiary_name"),
    ],
)
def test_a_counterparty_that_skips_a_step_is_noticed(
    planted: str, killer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: object = True if planted == "_same_name" else ()
    monkeypatch.setattr(loopback_file, planted, lambda *args, **more: answer)
    refusals = test_a_refusal_says_exactly_why.pytestmark[0].args[1]  # type: ignore[attr-defined]
    (case,) = [case for case in refusals if case[1] == killer]
    with pytest.raises(AssertionError):
        test_a_refusal_says_exactly_why(*case)
