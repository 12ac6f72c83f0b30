"""The dossier: everything from the journal, under the pack that it names, or a clear refusal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandrail.evidence import Dossier, DossierError, read_dossier
from sandrail.evidence.books import ledger_days
from sandrail.evidence.dossier import dossier_of
from sandrail.evidence.ground_truth import acting, labels_by_kind, person_of, truth_of
from sandrail.evidence.measures import recomputed, uses_of
from sandrail.evidence.plan_text import plan_toml
from sandrail.evidence.tally import Fate, Origin, by_day, ranked_reasons
from sandrail.journal import Journal, parse_payload, write_slice
from sandrail.journal import read_slice as open_slice
from sandrail.rulebook import find_packs
from sandrail.transfers import rebuild
from sandrail.trials import AdversaryKind, load_plan, parse_plan
from tests.evidence.conftest import EXAMPLE


def test_journal_slice_and_pack_in_any_form_give_one_dossier(
    journal: Journal, dossier: Dossier, tmp_path: Path
) -> None:
    write_slice(tmp_path / "all.slice", journal.name, journal.facts())
    piece = open_slice(tmp_path / "all.slice")
    for pack in ("", "pakistan", find_packs()["pakistan"]):
        other = read_dossier(piece, pack)
        assert other.head == dossier.head
        assert other.plan == dossier.plan
        assert other.ending == dossier.ending


def test_another_pack_is_refused(journal: Journal) -> None:
    with pytest.raises(DossierError) as caught:
        read_dossier(journal, "example")
    assert "example" in caught.value.why


def test_an_unfinished_trial_has_no_report(journal: Journal, dossier: Dossier) -> None:
    with pytest.raises(DossierError):
        read_dossier(journal, until=dossier.ending.seq - 1)


def test_half_a_journal_has_no_report(dossier: Dossier) -> None:
    with pytest.raises(DossierError):
        dossier_of(dossier.journal, dossier.facts[1:], files=dossier.files)


def test_the_plan_as_a_file_is_the_plan_that_was_signed(dossier: Dossier) -> None:
    assert parse_plan(dossier.plan_file) == dossier.plan
    whole = load_plan(EXAMPLE / "plan.toml")
    assert parse_plan(plan_toml(whole.as_data())) == whole


def test_the_days_are_the_trial_s_own(dossier: Dossier) -> None:
    rows = dossier.asked.of(Origin.CUSTOMER)
    counted = by_day(rows, [close.at_us for close in dossier.days])
    for close, counts in zip(dossier.days, counted, strict=True):
        assert close.asked == sum(counts.values())
        assert close.served == counts[Fate.ALLOWED] + counts[Fate.WARNED]
        assert close.held == counts[Fate.HELD]
        assert close.frozen == counts[Fate.FROZEN]


def test_every_kind_of_asker_was_there(dossier: Dossier) -> None:
    for origin in Origin:
        assert len(dossier.asked.of(origin).seq), origin
    unbacked = dossier.asked.of(Origin.UNBACKED)
    assert not unbacked.accepted.any()


def test_reasons_are_ranked(dossier: Dossier) -> None:
    ranked = ranked_reasons(dossier.asked.of(Origin.CUSTOMER), dossier.program)
    assert [count for _, count in ranked] == sorted((count for _, count in ranked), reverse=True)
    assert any(name.startswith("G") for name, _ in ranked)


def test_the_ledger_at_each_day_is_the_one_of_the_replay(dossier: Dossier) -> None:
    days = ledger_days(dossier.facts)
    for close, day in zip(dossier.days, days, strict=True):
        assert day.liability_minor == close.liability_minor
        spare_minor = day.waiting_minor + close.unmatched_minor
        assert close.bank_minor - spare_minor == close.reserve_minor
    floor = rebuild(dossier.facts, dossier.pack)
    assert days[-1].liability_minor == floor.units_in_issue(0)
    assert sum(days[-1].holdings.values()) == days[-1].liability_minor


def test_measures_come_out_again(dossier: Dossier) -> None:
    again = recomputed(dossier)
    rest = {item.metric for item in dossier.plan.hypotheses if item.metric not in again}
    assert not rest
    assert {name: dossier.ending.metrics[name] for name in again} == again
    uses = uses_of(dossier)
    assert 0 < uses.transfer_minor <= 7_500_000
    assert 0 < uses.paid <= uses.redemptions


def test_who_attacked_follows_from_plan_and_seed(dossier: Dossier) -> None:
    truth = truth_of(dossier)
    assert len(truth) == dossier.last.customers
    rows = dossier.asked.of(Origin.CUSTOMER)
    attempts = Counter(acting(rows, truth).tolist())
    told = {attack.label: attack.attempts for attack in dossier.ending.attacks}
    by_kind = labels_by_kind(dossier)
    for kind in (AdversaryKind.SANCTIONED_PERSON, AdversaryKind.STRUCTURER):
        assert attempts[by_kind[kind]] == told[by_kind[kind]] > 0


def test_a_customer_of_another_numbering_is_refused() -> None:
    assert person_of("C000017") == 16
    with pytest.raises(DossierError):
        person_of("customer-17")


def test_the_permission_is_the_desk_s_own(dossier: Dossier) -> None:
    opened = next(fact for fact in dossier.facts if fact.kind == "trials.opened")
    assert parse_payload(opened)["permission"] == dossier.granted.as_plain()
    assert rebuild(dossier.facts, dossier.pack).terms.permission == dossier.permission
    assert dossier.instrument is not None
    assert dossier.instrument.permission == dossier.permission
    assert dossier.permission.stage == "stage_2" != dossier.granted.stage
    assert dossier.case is not None
