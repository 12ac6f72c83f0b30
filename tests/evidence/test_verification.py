"""A sound bundle holds; a changed byte, file or fact does not, and the answer says where."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandrail.evidence import (
    CHECKS,
    BundleError,
    Dossier,
    Standing,
    Verification,
    verify_bundle,
    write_bundle,
)
from sandrail.evidence.check_screening import check_screening
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import Draft, Journal, SigningKey, frame_of, is_frame
from sandrail.ledger import Outcome
from sandrail.rails.chain import engines_here, load_artifact
from sandrail.screening import Decision
from sandrail.transfers import rebuild
from tests.evidence.forging import first, forged, in_columns, in_json, rechained, reseal, smuggled

FAST = engines_here()[:1]
FLIPS = int(os.environ.get("SANDRAIL_SEEDS", "60"))
KINDS_OF_FILE = (
    "manifest.json",
    "checkpoint.txt",
    "journal.slice",
    "plan.toml",
    "report.html",
    "packs/pakistan/pack.toml",
    "packs/pakistan/guardrails.toml",
    "contracts/SupervisedToken.json",
    "contracts/ReserveOracle.json",
    "bank/2027-01-04.xml",
    "lists/un-2026-03-01-42a96f93771a.jsonl",
)


def quick(bundle: Path) -> Verification:
    return verify_bundle(bundle, engines=FAST, to_first=True)


def failing(bundle: Path) -> list[str]:
    found = verify_bundle(bundle, engines=FAST)
    return [check.name for check in found.checks if check.standing is Standing.FAILED]


def flip(bundle: Path, path: str, position: int, mask: int = 1) -> None:
    file = bundle / path
    data = bytearray(file.read_bytes())
    data[position % len(data)] ^= mask
    file.write_bytes(data)


# --- a sound bundle --------------------------------------------------------------------------


def test_a_sound_bundle_holds_on_every_engine(pristine: Path) -> None:
    found = verify_bundle(pristine)
    assert found.ok, found.first_problem
    assert [check.name for check in found.checks] == [name for name, _, _ in CHECKS]
    assert all(check.detail for check in found.checks)
    assert found.as_data()["problem"] is None


def test_the_bundle_has_every_kind_of_file(pristine: Path) -> None:
    for path in KINDS_OF_FILE:
        assert (pristine / path).is_file(), path


def test_progress_names_each_check_once(pristine: Path) -> None:
    told: list[str] = []
    verify_bundle(pristine, engines=FAST, progress=told.append)
    assert told == [title for _, title, _ in CHECKS]


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        verify_bundle(tmp_path)
    assert caught.value.stable_code == "evidence.not_a_bundle"


# --- one flipped byte ------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("path", KINDS_OF_FILE)
def test_one_flipped_byte_names_its_file(bundle: Path, path: str, where: str) -> None:
    size = (bundle / path).stat().st_size
    flip(bundle, path, {"first": 0, "middle": size // 2, "last": size - 1}[where])
    found = quick(bundle)
    assert not found.ok
    assert found.first_problem is not None
    assert found.first_problem.file == path


@settings(max_examples=FLIPS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_flipped_bit_of_any_file_is_found(pristine: Path, data: st.DataObject) -> None:
    files = sorted(p.relative_to(pristine).as_posix() for p in pristine.rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(files))
    position = data.draw(st.integers(0, (pristine / path).stat().st_size - 1))
    mask = 1 << data.draw(st.integers(0, 7))
    before = (pristine / path).read_bytes()
    try:
        flip(pristine, path, position, mask)
        found = quick(pristine)
    finally:
        (pristine / path).write_bytes(before)
    assert not found.ok
    assert found.first_problem is not None
    assert found.first_problem.file == path
    assert (found.first_problem.fact is not None) == (path == "journal.slice")


def test_a_flipped_byte_of_a_fact_names_that_fact(bundle: Path, dossier: Dossier) -> None:
    data = (bundle / "journal.slice").read_bytes()
    for seq in random.Random(3).sample(range(len(dossier.facts)), 8):
        payload = dossier.facts[seq].payload
        # Two facts may have one payload; the header before it names the fact's own hash.
        start = data.index(payload, data.index(dossier.facts[seq].hash.hex().encode()))
        flip(bundle, "journal.slice", start + len(payload) // 2)
        problem = quick(bundle).first_problem
        assert problem is not None and (problem.file, problem.fact) == ("journal.slice", seq)
        (bundle / "journal.slice").write_bytes(data)


# --- files added, removed, replaced ----------------------------------------------------------


def test_an_added_file_is_named(bundle: Path) -> None:
    (bundle / "notes.txt").write_text("read me first")
    problem = quick(bundle).first_problem
    assert problem is not None and (problem.check, problem.file) == ("files", "notes.txt")


@pytest.mark.parametrize("path", KINDS_OF_FILE[1:])
def test_a_missing_file_is_named(bundle: Path, path: str) -> None:
    (bundle / path).unlink()
    problem = quick(bundle).first_problem
    assert problem is not None and (problem.check, problem.file) == ("files", path)


def test_a_link_is_no_file_of_a_bundle(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    shutil.move(bundle / "plan.toml", outside)
    (bundle / "plan.toml").symlink_to(outside)
    problem = quick(bundle).first_problem
    assert problem is not None and problem.file == "plan.toml"


def test_an_added_file_is_found_even_when_the_manifest_names_it(bundle: Path) -> None:
    (bundle / "notes.txt").write_text("read me first")
    item = {"path": "notes.txt", "bytes": 0, "sha256": ""}
    reseal(bundle, lambda manifest: manifest["files"].append(dict(item)))
    reseal(bundle)
    assert failing(bundle) == ["claims"]


# --- planted forgeries: everything that can be recomputed was ---------------------------------


def test_a_forged_verdict_is_recomputed(dossier: Dossier, tmp_path: Path) -> None:
    def stopped(fact: Any) -> bool:
        return bool((frame_of(fact).columns["outcome"] == Outcome.REFUSED_BY_GATE).any())

    def let_through(columns: Any, _: Any) -> None:
        row = int((columns["outcome"] == Outcome.REFUSED_BY_GATE).argmax())
        columns["outcome"][row] = Outcome.POSTED
        columns["decision"][row] = 0

    seq = first(dossier, "transfers.batch", stopped)
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_columns(let_through))
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None
    assert (problem.check, problem.file, problem.fact) == ("verdicts", "journal.slice", seq)


def test_a_forged_balance_is_recomputed_twice(dossier: Dossier, tmp_path: Path) -> None:
    def richer(columns: Any, _: Any) -> None:
        columns["touched.balance"][0, 7] += 1

    seq = first(dossier, "transfers.batch")
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_columns(richer))
    found = verify_bundle(bundle, engines=FAST)
    by_name = {check.name: check for check in found.checks}
    assert by_name["verdicts"].fact == by_name["ledger"].fact == seq
    assert by_name["verdicts"].standing is by_name["ledger"].standing is Standing.FAILED


def test_a_changed_call_on_the_chain_parts_the_books(dossier: Dossier, tmp_path: Path) -> None:
    mint = load_artifact("SupervisedToken").interface.functions["mint"].selector
    amount_ends = len(mint) + 2 * 32

    def mints(fact: Any) -> bool:
        frame = frame_of(fact)
        return frame.meta["first"] != 0 and mint in frame.columns["log.byte"].tobytes()

    def smaller(columns: Any, _: Any) -> None:
        data = columns["log.byte"]
        data[data.tobytes().index(mint) + amount_ends - 1] ^= 1

    seq = first(dossier, "rails.chain", mints)
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_columns(smaller))
    assert failing(bundle) == ["breaks"]


def test_another_contract_on_the_chain_is_found(dossier: Dossier, tmp_path: Path) -> None:
    code = load_artifact("SupervisedToken").creation

    def patched(columns: Any, _: Any) -> None:
        data = columns["log.byte"]
        data[data.tobytes().index(code) + len(code) - 1] ^= 1

    seq = first(dossier, "rails.chain")
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_columns(patched))
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None and (problem.check, problem.fact) == ("chain", seq)


def _reserve_up(plain: dict[str, Any]) -> None:
    plain["reserve_minor"] += 1
    plain["bank_minor"] += 1


def _served_up(plain: dict[str, Any]) -> None:
    plain["served"] += 1


def _gap_hidden(plain: dict[str, Any]) -> None:
    plain["metrics"]["transfers_posted"] += 1


def _listed_value_hidden(plain: dict[str, Any]) -> None:
    plain["metrics"]["sanctioned_value_minor"] += 1


def _honest_flattered(plain: dict[str, Any]) -> None:
    plain["metrics"]["honest_success_bp"] += 1


def _failure_hidden(plain: dict[str, Any]) -> None:
    plain["verdicts"][0]["holds"] = not plain["verdicts"][0]["holds"]


def _threshold_moved(plain: dict[str, Any]) -> None:
    plain["verdicts"][0]["threshold"] += 1


def _recommended(plain: dict[str, Any]) -> None:
    both = ["graduate", "extend_or_wind_down"]
    plain["recommendation"] = both[1 - both.index(plain["recommendation"])]


def _break_hidden(plain: dict[str, Any]) -> None:
    plain["matched"] += 1


def _approved_alone(plain: dict[str, Any]) -> None:
    plain["by"] = "mehran:p.rehmati"


def _other_verdict(plain: dict[str, Any]) -> None:
    plain["decision"] = "CLEAR" if plain["decision"] != "CLEAR" else "REVIEW"


def _frozen_sooner(plain: dict[str, Any]) -> None:
    plain["published_us"] += 60_000_000


@pytest.mark.parametrize(
    ("kind", "alter", "check"),
    [
        ("trials.day_closed", _reserve_up, "books"),
        ("trials.day_closed", _served_up, "outcome"),
        ("trials.finished", _gap_hidden, "outcome"),
        ("trials.finished", _listed_value_hidden, "outcome"),
        ("trials.finished", _honest_flattered, "outcome"),
        ("trials.finished", _failure_hidden, "outcome"),
        ("trials.finished", _threshold_moved, "outcome"),
        ("trials.finished", _recommended, "outcome"),
        ("ledger.reconciled", _break_hidden, "breaks"),
        ("ledger.adjustment_approved", _approved_alone, "breaks"),
        ("screening.decided", _other_verdict, "screening"),
        ("trials.lists_updated", _frozen_sooner, "outcome"),
    ],
)
def test_a_forged_judgement_is_recomputed(
    dossier: Dossier, tmp_path: Path, kind: str, alter: Callable[[dict[str, Any]], None], check: str
) -> None:
    seq = first(dossier, kind)
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_json(alter))
    found = verify_bundle(bundle, engines=FAST)
    wrong = {item.name: item.fact for item in found.checks if item.standing is Standing.FAILED}
    assert wrong == {check: seq}


def test_a_byte_at_the_gate_without_a_verdict_behind_it_is_found(
    dossier: Dossier, tmp_path: Path
) -> None:
    """The gate was told CLEAR of somebody whom screening had found on a list."""

    def stopped(fact: Any) -> bool:
        return bool((frame_of(fact).columns["screen"] == Decision.HIT).any())

    def cleared(columns: Any, _: Any) -> None:
        columns["screen"][columns["screen"] == Decision.HIT] = Decision.CLEAR

    seq = first(dossier, "transfers.screened", stopped)
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_columns(cleared))
    found = verify_bundle(bundle, engines=FAST)
    assert found.first_problem is not None and found.first_problem.check == "verdicts"
    facts = rechained(dossier, seq=seq, change=in_columns(cleared))
    opened = Opened.at(bundle)
    opened.take_facts(dossier.journal, facts)
    opened.take_pack(dossier.pack)
    opened.take_manifest({"pack": {"id": dossier.pack.id}})
    opened.take_floor(rebuild(dossier.facts, dossier.pack))
    with pytest.raises(Wrong, match="on record is HIT") as caught:
        check_screening(opened)
    assert caught.value.fact == seq


def test_a_bundle_that_names_its_keys_is_judged_by_them(dossier: Dossier, tmp_path: Path) -> None:
    key = SigningKey("sandrail/evidence-test", bytes(range(32)))
    bundle = write_bundle(dossier, tmp_path / "signed", keys=[key])
    assert verify_bundle(bundle, engines=FAST).ok
    text = (bundle / "checkpoint.txt").read_text()
    (bundle / "checkpoint.txt").write_text(text.partition("\n\n")[0] + "\n")
    reseal(bundle)
    assert failing(bundle) == ["checkpoint"]
    (bundle / "checkpoint.txt").write_text(text[:-8] + "A" + text[-7:])
    reseal(bundle)
    assert failing(bundle) == ["checkpoint"]


def test_a_permission_that_nobody_issued_is_found(dossier: Dossier, tmp_path: Path) -> None:
    def looser(plain: dict[str, Any]) -> None:
        plain["permission"]["conditions"] = plain["permission"]["conditions"][1:]

    seq = first(dossier, "trials.opened")
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_json(looser))
    assert "verdicts" in failing(bundle)


def test_a_decision_by_one_person_is_found(dossier: Dossier, bundle: Path) -> None:
    def alone(plain: dict[str, Any]) -> None:
        plain["checker"] = plain["by"]

    seq = first(dossier, "casework.wind_down_ordered")
    smuggled(dossier, bundle, seq=seq, change=in_json(alone))
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None and (problem.check, problem.fact) == ("people", seq)


def test_a_report_that_rests_on_something_else_is_found(dossier: Dossier, tmp_path: Path) -> None:
    def elsewhere(plain: dict[str, Any]) -> None:
        plain["evidence"] = ["0" * 64]

    seq = first(dossier, "casework.final_reported")
    bundle = forged(dossier, tmp_path / "b", seq=seq, change=in_json(elsewhere))
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None and (problem.check, problem.fact) == ("people", seq)


def test_another_law_is_found(bundle: Path) -> None:
    rules = bundle / "packs/pakistan/guardrails.toml"
    text = rules.read_text("utf-8")
    assert "280000" in text
    rules.write_text(text.replace("280000", "380000"), "utf-8")
    reseal(bundle)
    found = verify_bundle(bundle, engines=FAST)
    assert found.first_problem is not None and found.first_problem.check == "pack"
    assert {check.name for check in found.checks if check.standing is Standing.NOT_RUN} >= {
        "verdicts",
        "books",
        "outcome",
    }


@pytest.mark.parametrize(
    ("path", "old", "new", "check"),
    [
        ("report.html", "hypotheses held", "hypotheses hold", "report"),
        ("plan.toml", "threshold = 1440", "threshold = 2880", "plan"),
        ("plan.toml", "# The test plan", "# A test plan", "plan"),
        ("bank/2027-01-04.xml", "<", " <", "claims"),
        ("contracts/ReserveOracle.json", "{", "{ ", "claims"),
        ("checkpoint.txt", "sandrail/", "sandrai1/", "checkpoint"),
        ("lists/un-2026-03-01-42a96f93771a.jsonl", "1", "2", "claims"),
    ],
)
def test_a_file_changed_together_with_the_manifest_is_found(
    bundle: Path, path: str, old: str, new: str, check: str
) -> None:
    file = bundle / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    reseal(bundle)
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None
    assert (problem.check, problem.file) == (check, path)


def _more_supply(manifest: dict[str, Any]) -> None:
    manifest["outcome"]["supply_minor"] += 1


def _other_seed(manifest: dict[str, Any]) -> None:
    manifest["seed"] += 1


@pytest.mark.parametrize("alter", [_more_supply, _other_seed])
def test_a_claim_that_does_not_follow_is_found(
    bundle: Path, alter: Callable[[dict[str, Any]], None]
) -> None:
    reseal(bundle, alter)
    problem = verify_bundle(bundle, engines=FAST).first_problem
    assert problem is not None
    assert (problem.check, problem.file) == ("claims", "manifest.json")


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_facts_of_another_shape_fail_and_never_crash(
    dossier: Dossier, pristine: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    seq = data.draw(
        st.sampled_from([fact.seq for fact in dossier.facts if not is_frame(fact.payload)])
    )
    wrong: Any = data.draw(st.sampled_from([None, -1, "", [], {}, True, 2**70]))

    def bend(plain: dict[str, Any]) -> None:
        key = data.draw(st.sampled_from(sorted(plain)))
        if plain[key] == wrong:
            del plain[key]
        else:
            plain[key] = wrong

    folder = tmp_path_factory.mktemp("bent") / "bundle"
    shutil.copytree(pristine, folder)
    smuggled(dossier, folder, seq=seq, change=in_json(bend))
    assert not verify_bundle(folder, engines=FAST, to_first=True).ok


def test_only_a_signature_stops_a_journal_cut_at_its_end(dossier: Dossier, tmp_path: Path) -> None:
    """Whoever drops the last facts has a journal that holds; the keeper's signature does not."""
    from sandrail.evidence.dossier import dossier_of

    key = SigningKey("sandrail/evidence-test", bytes(range(32)))
    whole = write_bundle(dossier, tmp_path / "whole", keys=[key])
    assert verify_bundle(whole, keys=[key.verifying_key], engines=FAST).ok
    cut = dossier_of(dossier.journal, dossier.facts[:-1], files=dossier.files)
    bundle = write_bundle(cut, tmp_path / "cut")
    assert verify_bundle(bundle, engines=FAST).ok
    shutil.copy(whole / "checkpoint.txt", bundle / "checkpoint.txt")
    reseal(bundle)
    assert failing(bundle) == ["checkpoint"]
    stranger = SigningKey("sandrail/evidence-test", bytes(range(1, 33)))
    forged_bundle = write_bundle(cut, tmp_path / "forged", keys=[stranger])
    found = verify_bundle(forged_bundle, keys=[key.verifying_key], engines=FAST)
    assert found.first_problem is not None and found.first_problem.check == "checkpoint"


def test_facts_chained_anew_are_another_journal(dossier: Dossier) -> None:
    same = rechained(dossier, seq=-1, change=lambda fact: fact.payload)
    assert same[-1].hash == dossier.head.hash
    other = Journal.in_memory("another")
    other.commit([Draft(f.kind, f.at_us, f.actor, f.payload) for f in dossier.facts[:3]])
    assert other.head.hash != dossier.facts[2].hash
