"""The three journeys of the examples, and that a journey cannot lie."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandrail.casework import (
    InstrumentKind,
    JourneyError,
    Played,
    State,
    doors,
    load_application,
    load_journey,
    play,
    reasons_register,
    self_check,
    service_levels,
)
from sandrail.journal import Journal
from sandrail.rulebook import Pack
from tests.casework.conftest import START_US

JOURNEYS = Path(__file__).parents[2] / "examples" / "journeys"
NAMES = ("art-issuer", "international-exchange", "remittance")


def played(name: str, pack: Pack, journal: Journal | None = None) -> Played:
    return play(
        JOURNEYS / name / "journey.toml",
        journal=journal or Journal.in_memory(name),
        pack=pack,
    )


def kinds(result: Played) -> dict[str, str]:
    return {it.kind.value: it.state.value for it in result.book.docket.instruments.values()}


def test_a_domestic_issuer_goes_from_the_sandbox_to_a_full_licence(pack: Pack) -> None:
    result = played("art-issuer", pack)
    assert kinds(result) == {
        "SANDBOX_APPROVAL": "ended",
        "CONDITIONAL_LICENCE": "live",
        "FULL_LICENCE": "live",
    }
    sandbox = result.book.docket.instrument(result.names["sandbox"])
    acts = [entry.act.value for entry in sandbox.history]
    assert acts == [
        "instrument_created",
        "exam_recorded",
        "drill_recorded",
        "stage_opened",
        "suspended",
        "resumed",
        "stage_opened",
        "final_reported",
        "graduated",
        "ended",
    ]
    assert sandbox.permission.stage == "stage_2"
    case = result.book.docket.case(result.names["test"])
    assert case.application.risk is not None
    assert case.application.risk.screening_age_hours_max == 12, "amended by the answer"
    assert len(case.versions) == 2


def test_an_international_exchange_gets_its_instruments_in_order(pack: Pack) -> None:
    result = played("international-exchange", pack)
    assert kinds(result) == {
        "EOI": "live",
        "NOC": "live",
        "CONDITIONAL_LICENCE": "live",
        "FULL_LICENCE": "live",
    }
    licence = result.book.docket.case(result.names["licence"])
    assert licence.consultations
    assert all(it.silent and it.answer is None for it in licence.consultations)
    noc = next(it for it in result.book.docket.cases.values() if it.kind is InstrumentKind.NOC)
    for name in ("eoi", "noc"):
        instrument = result.book.docket.instrument(result.names[name])
        assert not instrument.operates
        open_ = doors(instrument, instrument.permission.valid_from_us)
        assert not open_.onboarding and not open_.transfers, "it permits to prepare, not to operate"
    clocks = service_levels(result.book.docket, pack, at_us=noc.last_us).clocks
    assert "noc_decision" in {it.id for it in clocks}


def test_a_remittance_start_up_is_refused_with_reasons_corrected_and_admitted(pack: Pack) -> None:
    application = load_application(JOURNEYS / "remittance" / "application.toml")
    report = self_check(application, pack, at_us=START_US)
    assert not report.ready
    fields = " ".join(it.why for it in report.gaps)
    for named in (
        "outsourced",
        "NACTA",
        "fx_consent",
        "security_deposit",
        "retention",
        "rehearsed",
    ):
        assert named in fields or named in " ".join(it.question for it in report.gaps)
    result = played("remittance", pack)
    first = result.book.docket.case(result.names["first"])
    second = result.book.docket.case(result.names["second"])
    assert first.state is State.REFUSED
    assert first.decisions[-1].grounds.reasons == ("AML-1", "EXIT-1", "FX-1")
    assert second.application.previous == first.id
    assert kinds(result) == {"SANDBOX_APPROVAL": "live"}
    assert self_check(second.application, pack, at_us=second.last_us).gaps == ()
    outcomes = [row.outcome for row in reasons_register(result.book.docket, pack)]
    assert sorted(outcomes) == ["approved", "refused"]


@pytest.mark.parametrize("name", NAMES)
def test_a_journey_gives_the_same_facts_every_time(name: str, pack: Pack) -> None:
    heads = []
    for _ in range(2):
        journal = Journal.in_memory(name)
        played(name, pack, journal)
        heads.append(journal.head)
    assert heads[0] == heads[1]


@pytest.mark.parametrize("name", NAMES)
def test_no_decision_in_a_journey_lacks_two_people_a_reason_and_evidence(
    name: str, pack: Pack
) -> None:
    docket = played(name, pack).book.docket
    decisions = [
        it
        for subject in (*docket.cases.values(), *docket.instruments.values())
        for it in subject.decisions
    ]
    assert decisions
    for it in decisions:
        assert it.maker.id != it.checker.id
        assert it.grounds.reasons
        assert it.grounds.evidence


def test_a_journey_also_runs_on_a_durable_journal(pack: Pack, tmp_path: Path) -> None:
    with Journal.create(tmp_path / "case.journal", name="remittance") as journal:
        played("remittance", pack, journal)
        head = journal.head
    memory = Journal.in_memory("remittance")
    played("remittance", pack, memory)
    assert memory.head == head


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('expect = "casework.no_quorum"\n', "", "it was refused (casework.no_quorum)"),
        ('expect = "casework.no_quorum"', 'expect = "casework.wrong_state"', "it was refused"),
        ('do = "go_live"', 'do = "go_live"\nexpect = "casework.exam_open"', "should have been"),
        ('do = "go_live"', 'do = "fly"', "the steps are"),
        ('about = "sandbox"', 'about = "licence"', "nothing is called"),
        ('"people.2.outsourced"', '"people.9.outsourced"', "has nothing at 9"),
        ('"people.2.outsourced"', '"people.9"', "nothing can be changed at people.9"),
        ('"people.2.outsourced"', '"people.second"', "nothing can be changed at people.second"),
        ('previous = "first"', 'previous = "zeroth"', "nothing is called 'zeroth'"),
    ],
)
def test_a_journey_that_does_not_go_as_it_says_is_an_error(
    old: str, new: str, why: str, pack: Pack, tmp_path: Path
) -> None:
    shutil.copytree(JOURNEYS.parent, tmp_path / "examples")
    file = tmp_path / "examples" / "journeys" / "remittance" / "journey.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(JourneyError) as caught:
        play(file, journal=Journal.in_memory("lie"), pack=pack)
    assert why in caught.value.why.lower() or why in caught.value.why


def test_a_file_that_is_no_journey_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text('format = "sandrail/journey/1"\ntitle = "x"\nsurprise = 1\n', encoding="utf-8")
    with pytest.raises(JourneyError, match="cannot be played"):
        load_journey(file)
    with pytest.raises(JourneyError, match="cannot be played"):
        load_journey(tmp_path / "none.toml")
