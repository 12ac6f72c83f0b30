"""A law may take personal data out of a case: the bundle of what is left still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.casework import Casebook, Grounds, Pair, load_people
from sandrail.evidence import Dossier, read_dossier, render_report, verify_bundle, write_bundle
from sandrail.evidence.checkpoint import checkpoint_of
from sandrail.journal import Draft, FactTree, Journal
from sandrail.rails.chain import engines_here
from sandrail.world import HOUR_US, Role
from tests.evidence.conftest import EXAMPLE
from tests.evidence.forging import first

LAW = "Order 7 of a data protection court (invented)"
REDACTED = ("casework.started", "casework.issued")


@pytest.fixture
def copy(dossier: Dossier) -> Journal:
    """The same facts, in a journal that may be written."""
    journal = Journal.in_memory(dossier.journal)
    for fact in dossier.facts:
        journal.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
    return journal


def redact(journal: Journal, dossier: Dossier) -> None:
    people = load_people(EXAMPLE / "people.toml")
    pair = Pair(people.first(Role.CASE_OFFICER), people.first(Role.HEAD))
    grounds = Grounds((dossier.pack.reasons[0].id,))
    book = Casebook.open(journal, dossier.pack)
    at_us = dossier.facts[-1].at_us + HOUR_US
    assert dossier.case is not None
    for kind in REDACTED:
        seq = first(dossier, kind)
        book.redact(dossier.case.id, seq, law=LAW, by=pair, grounds=grounds, at_us=at_us)


def test_a_lawfully_redacted_bundle_verifies(
    dossier: Dossier, copy: Journal, tmp_path: Path
) -> None:
    redact(copy, dossier)
    left = read_dossier(copy)
    assert left.instrument is not None and left.case is not None
    assert left.instrument.permission == dossier.permission
    tree = FactTree(copy)
    tree.catch_up()
    assert checkpoint_of(left) == tree.checkpoint(f"sandrail/{copy.name}")
    found = verify_bundle(write_bundle(left, tmp_path / "b"), engines=engines_here()[:1])
    assert found.ok, found.first_problem
    people = next(check.detail for check in found.checks if check.name == "people")
    assert f"{len(REDACTED)} read from what a law left" in people
    assert dossier.case.application.people[0].name in render_report(dossier)
    assert dossier.case.application.people[0].name not in str(left.case.application)


def test_an_act_that_is_gone_without_remains_does_not_hold(
    dossier: Dossier, copy: Journal, tmp_path: Path
) -> None:
    """Whoever empties a payload past the casebook may be hiding that one person decided alone."""
    seq = first(dossier, "casework.wind_down_ordered")
    copy.redact(seq, at_us=dossier.facts[-1].at_us, actor="pvara:h.head", reason=LAW)
    bundle = write_bundle(read_dossier(copy), tmp_path / "b")
    problem = verify_bundle(bundle, engines=engines_here()[:1]).first_problem
    assert problem is not None and (problem.check, problem.fact) == ("people", seq)
