"""Every check has a fault that it must notice; each fault is planted here and must be killed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandrail.screening import (
    Decision,
    Evidence,
    IdentityError,
    Index,
    ListFormatError,
    Screener,
    fetching,
    identity_from,
    load_un_xml,
    parse_partial_date,
)
from sandrail.screening import attributes as attributes_file
from sandrail.screening import dates as dates_file
from sandrail.screening import fold as fold_file
from sandrail.screening import goodguys as goodguys_file
from sandrail.screening import nouns as nouns_file
from sandrail.screening import screen as screen_file
from sandrail.screening.fold import tokens_of
from sandrail.screening.sources import draft, numbers, stream, wallets, xmlsafe
from sandrail.screening.synthetic import SyntheticPerson
from tests.screening import test_book, test_fetching, test_matching, test_publishers, test_sources
from tests.screening.samples import SAMPLES, Sample

Patch = pytest.MonkeyPatch
Broken = (AssertionError, pytest.fail.Exception)


def test_a_date_far_off_that_weighs_nothing(
    screener: Screener, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(attributes_file, "_years_apart", lambda apart: "dob.same_day")
    with pytest.raises(Broken):
        test_matching.test_a_namesake_with_another_father_and_birthday_is_served(screener, people)


def test_a_father_who_always_agrees(
    screener: Screener, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    line = Evidence("father's name", "x", "y", 5000, "planted.")
    monkeypatch.setattr(Screener, "_father_line", lambda self, identity, given, text: line)
    with pytest.raises(Broken):
        test_matching.test_the_father_decides_between_namesakes(screener, people)


def test_lookalikes_read_as_they_sound(monkeypatch: Patch) -> None:
    monkeypatch.setattr(fold_file, "_read_lookalikes", lambda text: text)
    assert tokens_of("Ig0r Sech1n") != tokens_of("Igor Sechin")


def test_a_clearance_that_never_ends(
    index: Index, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(goodguys_file.GoodGuy, "holds", lambda self, version, entry, at_us: True)
    with pytest.raises(Broken):
        test_book.test_two_people_rule_out_an_entry_until_it_expires(index, people)


def test_one_person_who_is_enough(
    index: Index, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(goodguys_file, "FourEyesError", lambda *a, **k: KeyError("planted"))
    with pytest.raises((*Broken, KeyError)):
        test_book.test_two_people_rule_out_an_entry_until_it_expires(index, people)


def test_a_party_version_that_forgets_the_father(monkeypatch: Patch) -> None:
    monkeypatch.setattr(nouns_file.PartyIdentity, "version", lambda self: self.name)
    with pytest.raises(Broken):
        test_matching.test_party_version_changes_with_every_field()


def test_circa_found_inside_a_month(monkeypatch: Patch) -> None:
    """A fault we had: the ``c`` of December was read as "circa", and the date was lost."""
    monkeypatch.setattr(dates_file, "_CIRCA", re.compile(r"(?:circa|c)(?:\.|\s)\s*"))
    with pytest.raises(IdentityError):
        parse_partial_date("10 Dec 1948")


def sample(name: str) -> Sample:
    return next(one for one in SAMPLES if one.name == name)


def test_a_document_type_that_is_let_through(monkeypatch: Patch) -> None:
    monkeypatch.setattr(xmlsafe, "_hostile", lambda what, reason: KeyError("planted"))
    with pytest.raises((*Broken, KeyError)):
        test_sources.test_entities_and_document_types_are_refused(sample("un"))


def test_a_size_limit_that_is_off(monkeypatch: Patch) -> None:
    monkeypatch.setattr(stream, "LIST_BYTES_MAX", 10)
    with pytest.raises(ListFormatError, match="never parsed"):
        load_un_xml(sample("un").data)


def test_a_second_entry_of_one_id_that_is_dropped(monkeypatch: Patch) -> None:
    monkeypatch.setattr(draft.ListDraft, "_is_another", lambda self, entry, place: False)
    with pytest.raises(Broken):
        test_sources.test_a_repeated_id_hides_nobody()


def test_a_parser_that_takes_another_list_for_its_own(monkeypatch: Patch) -> None:
    monkeypatch.setattr(xmlsafe, "_check_root", lambda element, file, shape: None)
    with pytest.raises(Broken):
        test_sources.test_another_publisher_s_document_is_told_apart(sample("eu"))


def test_attribution_that_incriminates(monkeypatch: Patch) -> None:
    real = wallets._fields
    monkeypatch.setattr(wallets, "_fields", lambda plain: {"abuse": "planted"} | real(plain))
    with pytest.raises(Broken):
        test_sources.test_tagpacks()


def test_an_address_whose_checksum_nobody_looks_at(monkeypatch: Patch) -> None:
    monkeypatch.setattr(numbers, "_checksum_holds", lambda word: True)
    with pytest.raises(Broken):
        test_publishers.test_addresses_are_read_out_of_sentences()


def test_a_redirect_that_leads_anywhere(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(fetching, "_check_address", lambda address, one: None)
    with pytest.raises(Broken):
        test_fetching.test_only_the_publisher_s_hosts_over_https_are_asked()


def test_a_name_that_freezes_by_itself(
    screener: Screener, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    real = Screener._verdict

    def always_sure(self: Screener, *args: object, **kwargs: object) -> object:
        return real(self, *args, **{**kwargs, "sure": True})  # type: ignore[arg-type]

    monkeypatch.setattr(Screener, "_verdict", always_sure)
    with pytest.raises(Broken):
        test_matching.test_a_bare_name_never_freezes_anybody(screener, people)


def test_a_name_without_a_cap(
    screener: Screener, people: list[SyntheticPerson], monkeypatch: Patch
) -> None:
    """Without the cap a rare name would outweigh any contradiction."""
    monkeypatch.setattr(screen_file, "NAME_MILLI_MAX", 40_000)
    name = identity_from({"name": people[0].name, "father_name": "Peter Sandoval"})
    assert screener.screen(name).decision is not Decision.CLEAR
    monkeypatch.undo()
    assert screener.screen(name).decision is Decision.CLEAR
