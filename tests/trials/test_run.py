"""A whole trial: what it proves, that it repeats, and that each measure notices what it is for."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sandrail.controls import catalogue
from sandrail.controls.guardrails import g04_holding, g06_velocity
from sandrail.journal import Journal, parse_payload
from sandrail.products import (
    KIND_BANK,
    BooksDisagree,
    art,
    payouts,
    read_bank_messages,
    read_chain_records,
)
from sandrail.rails.chain import engines_here, replay
from sandrail.rulebook import Pack
from sandrail.screening import Decision, ScreeningBook
from sandrail.transfers import Desk, rebuild
from sandrail.trials import (
    Moment,
    NotPermitted,
    Recommendation,
    Setting,
    TestPlan,
    TrialOutcome,
    TrialRun,
    UnsignedPlan,
    load_plan,
    run_trial,
)
from sandrail.world import derive_id

Make = Callable[..., Setting]
Finished = tuple[TrialOutcome, Journal]
EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art"


def rerun(setting: Setting) -> TrialOutcome:
    return run_trial(setting, Journal.in_memory("small"), rehearsal=True)


# --- what a trial shows ----------------------------------------------------------------------


def test_the_three_books_agree_at_every_close(finished: Finished) -> None:
    outcome, _ = finished
    assert len(outcome.days) == 8
    for close in outcome.days:
        assert close.supply_minor == close.liability_minor <= close.reserve_minor
        assert close.bank_minor == close.ledger_bank_minor + close.unmatched_minor
    assert outcome.supply_minor > 0


def test_every_attack_took_place_and_its_defence_held(finished: Finished) -> None:
    outcome, _ = finished
    held = {verdict.hypothesis.metric: verdict for verdict in outcome.verdicts}
    assert set(outcome.metrics) >= set(held)
    for metric in (
        "limit_overshoot_minor_max",
        "unbacked_mint_minor",
        "splitter_overshoot_minor",
        "duplicate_credits",
    ):
        assert held[metric].value == 0 and held[metric].holds
    stopped = {attack.name: (attack.stopped, attack.attempts) for attack in outcome.attacks}
    assert stopped["over_minter"] == (6, 6)
    assert stopped["webhook_repeater"][0] == stopped["webhook_repeater"][1] > 0
    assert stopped["limit_splitter"][0] >= 48
    assert stopped["sanctioned_person"][0] > 0 and stopped["structurer"][0] > 0


def test_counts_add_up(finished: Finished) -> None:
    outcome, _ = finished
    asked = sum(close.asked for close in outcome.days)
    assert sum(outcome.transfers.values()) == asked
    served = outcome.transfers["allowed"] + outcome.transfers["warned"]
    assert served == outcome.metrics["transfers_posted"] == sum(c.served for c in outcome.days)
    assert sum(outcome.reasons.values()) >= asked - served


def test_every_accepted_redemption_was_paid_in_spite_of_the_faults(finished: Finished) -> None:
    outcome, journal = finished
    assert outcome.metrics["redemptions_paid_bp"] == 10_000
    names = Counter(
        message.name[:8]
        for fact in journal.facts(kinds=[KIND_BANK])
        for message in read_bank_messages(fact)
    )
    # An enquiry was made, so a fault had struck.
    assert names["pacs.028"] >= 1
    assert names["pacs.008"] and names["pacs.002"] and names["camt.054"] and names["camt.053"]


def test_the_outcome_is_the_journals(finished: Finished) -> None:
    outcome, journal = finished
    assert outcome.journal_hash == journal.head.hash.hex()
    last = journal.fact(journal.head.seq)
    assert last.kind == "trials.finished"
    told = parse_payload(last)
    assert isinstance(told, dict)
    assert told["metrics"] == dict(outcome.metrics)
    assert told["verdicts"] == [verdict.as_data() for verdict in outcome.verdicts]
    kinds = Counter(fact.kind for fact in journal.facts())
    assert kinds["trials.day_closed"] == 8
    assert kinds["trials.stage_opened"] == 2
    assert kinds["trials.opened"] == kinds["transfers.opened"] == 1


# --- it repeats ------------------------------------------------------------------------------


def test_the_same_seed_has_the_same_journal_and_another_seed_another(
    finished: Finished, plan: TestPlan, setting_of: Make
) -> None:
    outcome, _ = finished
    assert rerun(setting_of(plan)).as_data() == outcome.as_data()
    assert rerun(setting_of(plan, seed=8)).journal_hash != outcome.journal_hash


@pytest.mark.evm
def test_every_engine_writes_the_same_journal(
    finished: Finished, plan: TestPlan, setting_of: Make
) -> None:
    outcome, _ = finished
    for engine in engines_here():
        assert rerun(setting_of(plan, engine=engine)).journal_hash == outcome.journal_hash


def test_a_durable_journal_has_the_same_hash(
    finished: Finished, plan: TestPlan, setting_of: Make, tmp_path: Path
) -> None:
    outcome, _ = finished
    where = tmp_path / "trial.journal"
    with Journal.create(where, name="small") as journal:
        assert run_trial(setting_of(plan), journal, rehearsal=True).as_data() == outcome.as_data()
    with Journal.open(where, read_only=True) as again:
        assert again.head.hash.hex() == outcome.journal_hash


def test_desk_and_chain_can_be_rebuilt_from_the_journal_alone(
    finished: Finished, pack: Pack
) -> None:
    outcome, journal = finished
    floor = rebuild(journal.facts(), pack)
    assert floor.units_in_issue(0) == outcome.liability_minor
    chain = replay(read_chain_records(journal.facts()))
    assert chain.head().digest.hex() == outcome.chain_digest


def test_progress_is_told_once_a_day(plan: TestPlan, setting_of: Make) -> None:
    moments: list[Moment] = []
    short = replace(plan, days=2, adversaries=(), scenarios=(), stages=plan.stages[:1])
    run_trial(
        setting_of(short), Journal.in_memory("small"), rehearsal=True, progress=moments.append
    )
    assert [(moment.day, moment.days) for moment in moments] == [(1, 2), (2, 2)]
    assert moments[1].instructions > moments[0].instructions > 0


# --- what may not run ------------------------------------------------------------------------


def test_an_unsigned_plan_runs_as_a_rehearsal_only(plan: TestPlan, setting_of: Make) -> None:
    with pytest.raises(UnsignedPlan):
        TrialRun(setting_of(plan), Journal.in_memory("small"))


def test_the_signed_example_is_permitted(setting_of: Make) -> None:
    TrialRun(setting_of(load_plan(EXAMPLE / "plan.toml")), Journal.in_memory("example"))


def test_a_plan_that_differs_from_its_permission_is_refused(
    plan: TestPlan, setting_of: Make
) -> None:
    granted = setting_of(plan).permission
    changes = [
        replace(plan, firm_id="PK-F-0002"),
        replace(plan, pack_id="example"),
        replace(plan, days=400),
        replace(plan, limits=(replace(plan.limits[2], value="74999"),)),
        replace(plan, limits=(replace(plan.limits[2], unit="USD"),)),
    ]
    for changed in changes:
        setting = replace(setting_of(plan), plan=changed, permission=granted)
        journal = Journal.in_memory("small")
        with pytest.raises(NotPermitted):
            TrialRun(setting, journal, rehearsal=True)
        assert journal.head.seq == -1


# --- each measure notices what it is for -----------------------------------------------------


def quick(plan: TestPlan, *, days: int = 8) -> TestPlan:
    return replace(plan, days=days, scenarios=())


def failed(outcome: TrialOutcome) -> list[str]:
    return [v.hypothesis.metric for v in outcome.verdicts if not v.holds]


def test_a_stage_stays_closed_when_its_gate_does_not_hold(plan: TestPlan, setting_of: Make) -> None:
    impossible = replace(plan.hypotheses[5], id="H2", threshold=10_001)
    first = replace(plan.hypotheses[1], id="H6")
    hypotheses = (plan.hypotheses[0], impossible, *plan.hypotheses[2:5], first)
    changed = replace(quick(plan, days=5), hypotheses=hypotheses, adversaries=(), exit=plan.exit)
    journal = Journal.in_memory("small")
    outcome = run_trial(setting_of(changed), journal, rehearsal=True)
    kinds = Counter(fact.kind for fact in journal.facts())
    assert kinds["trials.stage_refused"] == 3 and kinds["trials.stage_opened"] == 1
    assert outcome.days[-1].customers == 40
    assert outcome.recommendation is Recommendation.EXTEND_OR_WIND_DOWN


def test_a_blind_screening_lets_value_reach_a_listed_person(
    plan: TestPlan, setting_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ScreeningBook.screen_all

    def blind(self: ScreeningBook, identities: object) -> list[object]:
        return [replace(one, decision=Decision.CLEAR) for one in real(self, identities)]  # type: ignore[arg-type]

    monkeypatch.setattr(ScreeningBook, "screen_all", blind)
    assert "sanctioned_value_minor" in failed(rerun(setting_of(quick(plan, days=4))))


def test_a_deposit_without_its_own_id_breaks_the_books(
    plan: TestPlan, setting_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = itertools.count()
    real = derive_id

    def forgetful(*parts: object) -> int:
        extra = (next(counter),) if parts[0] == "art/deposit" else ()
        return real(*parts, *extra)

    monkeypatch.setattr(art, "derive_id", forgetful)
    outcome = rerun(setting_of(quick(plan)))
    # The reserve stops the second credit; its refund of money that never came breaks the books.
    assert {"reserve_coverage_bp_min", "break_age_hours_max"} <= set(failed(outcome))


def test_a_gate_that_believes_in_a_reserve_that_is_not_there_meets_the_contract(
    plan: TestPlan, setting_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Desk.set_reserve

    def boastful(self: Desk, asset: int, *, reserve_minor: int, **rest: object) -> None:
        real(self, asset, reserve_minor=reserve_minor * 10 + 10**12, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "set_reserve", boastful)
    with pytest.raises(BooksDisagree, match="chain refuses"):
        rerun(setting_of(quick(plan)))


def test_a_mint_past_the_ledger_is_a_break_at_the_close(plan: TestPlan, setting_of: Make) -> None:
    run = TrialRun(setting_of(quick(plan, days=2)), Journal.in_memory("small"), rehearsal=True)
    run.one_day(1)
    token = run.world.product.token
    # Somebody who can also attest mints within what was attested.
    token.attest_reserve(10**12, as_of_us=token.chain.now_us, evidence=b"\x01" * 32)
    assert token.mint(run.world.product.customer(0).wallet, 5, ref=1).ok
    close = run.one_day(2)
    assert any("the chain reports 5 PKRT; it is not booked" in text for text in close.breaks)
    wrong = {"reserve_coverage_bp_min", "supply_gap_minor_max"}
    assert wrong <= set(failed(run.finish()))


def test_a_payout_nobody_asks_after_stays_unpaid(
    plan: TestPlan, setting_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payouts.PayoutBook, "enquire", lambda self: None)
    monkeypatch.setattr(
        payouts.PayoutBook, "_send", lambda self, orders: orders and self._bank.send_batch(orders)
    )
    assert "redemptions_paid_bp" in failed(rerun(setting_of(plan)))


def test_a_window_without_memory_is_noticed_by_the_auditor(
    plan: TestPlan, setting_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate is given no rolling window at all; the auditor counts for itself."""

    def compile_nothing(setting: object) -> tuple[()]:
        return ()

    for room in (g04_holding, g06_velocity):
        forgetful = replace(room.CONTROL, compile=compile_nothing)
        controls = tuple(forgetful if one is room.CONTROL else one for one in catalogue.CONTROLS)
        monkeypatch.setattr(catalogue, "CONTROLS", controls)
        monkeypatch.setattr(catalogue.compile_program, "__defaults__", (controls,))
    outcome = rerun(setting_of(quick(plan)))
    assert {"limit_overshoot_minor_max", "splitter_overshoot_minor"} <= set(failed(outcome))
    assert np.asarray(outcome.metrics["splitter_overshoot_minor"]) > 0


def test_another_process_writes_the_same_journal(finished: Finished) -> None:
    """Another process, another order of hashing: what reaches a fact depends on neither."""
    outcome, _ = finished
    code = (
        "from tests.trials.conftest import EXAMPLE, small\n"
        "from sandrail.journal import Journal\n"
        "from sandrail.rulebook import load_pack\n"
        "from sandrail.screening import load_un_xml\n"
        "from sandrail.trials import Setting, load_plan, permission_for, run_trial\n"
        "from sandrail.world import Seed\n"
        "plan, pack = small(load_plan(EXAMPLE / 'plan.toml')), load_pack('pakistan')\n"
        "lists = (load_un_xml(EXAMPLE / 'lists' / 'synthetic_un.xml'),)\n"
        "permission = permission_for(plan, pack, number='PVARA-SBX-TEST')\n"
        "setting = Setting(plan, pack, permission, lists, Seed(7))\n"
        "outcome = run_trial(setting, Journal.in_memory('small'), rehearsal=True)\n"
        "print(outcome.journal_hash)\n"
    )
    root = Path(__file__).parents[2]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{root / 'src'}:{root}"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.stdout.strip() == outcome.journal_hash, done.stderr[-2_000:]
