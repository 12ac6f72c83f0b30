"""Application files: what is read, and one precise error for everything that is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.casework import Application, ApplicationError, load_application, parse_application
from sandrail.casework.limits import APPLICATION_BYTES_MAX
from sandrail.casework.read import application_from_data
from sandrail.world import SandrailError, canonical_bytes
from tests.casework.conftest import EXAMPLE

TEXT = (EXAMPLE / "application.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> bytes:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1).encode("utf-8", "surrogatepass")


def error_of(data: bytes) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        parse_application(data)
    error = caught.value
    assert error.what and error.why and error.fix
    return error


def test_the_example_is_read_with_every_section(application: Application) -> None:
    assert application.firm.legal_name_ur == "مہران روپیہ ٹوکن (پرائیویٹ) لمیٹڈ"
    assert application.perimeter.token is not None
    assert application.flows is not None and application.flows.legs[0].source.startswith("customer")
    assert [person.role for person in application.people_in("mlro")] == ["mlro"]
    assert all(len(claim.sha256 or "") == 64 for claim in application.documents)
    assert len(application.attestation.signatories) == 2


def test_what_is_journalled_reads_back_as_the_same_application(application: Application) -> None:
    data = application.as_data()
    canonical_bytes(data)
    assert application_from_data(data) == application


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('pack = "pakistan"\n', "", "missing_field", "pack"),
        ("[firm]\n", "[firm]\nsurprise = 1\n", "unknown_field", "firm.surprise"),
        ('pack = "pakistan"\n', 'pack = "pakistan"\nlegal = true\n', "unknown_field", "legal"),
        ("customers_max = 500", 'customers_max = "500"', "wrong_type", "consumers.customers_max"),
        ("customers_max = 500", "customers_max = -1", "bad_value", "consumers.customers_max"),
        ("customers_max = 500", "customers_max = 0.5", "wrong_type", "consumers.customers_max"),
        ("key_quorum = 2", "key_quorum = true", "wrong_type", "flows.key_quorum"),
        ("fx_leg = false", 'fx_leg = "no"', "wrong_type", "perimeter.fx_leg"),
        ('"SANDBOX_APPROVAL"', '"LICENCE"', "bad_value", "instrument"),
        ('track = "standard"', 'track = "fast"', "bad_value", "track"),
        ('country = "PK"', 'country = "Pakistan"', "bad_value", "firm.country"),
        ('"2025-11-03"', '"2025-02-30"', "bad_value", "firm.incorporated_on"),
        ('"2025-11-03"', "2025-11-03", "wrong_type", "firm.incorporated_on"),
        ("SAND00MEHRANRUPEE059", "SAND00MEHRANRUPEE058", "bad_value", "firm.lei"),
        ("SAND00MEHRANRUPEE059", "short", "bad_value", "firm.lei"),
        ('"PKR 25,000,000"', '"25 million"', "bad_value", "exit.wind_down_fund"),
        ('"PKR 25,000,000"', '"PKR 25.001"', "bad_value", "exit.wind_down_fund"),
        (
            'share_percent = "41"',
            'share_percent = "41 %"',
            "bad_value",
            "firm.owners[0].share_percent",
        ),
        ('share_percent = "41"', 'share_percent = "81"', "inconsistent", "firm.owners"),
        ("key_quorum = 2", "key_quorum = 4", "inconsistent", "flows.key_quorum"),
        ("year = 2\n", "year = 1\n", "inconsistent", "finance.plan"),
        ('id = "H2"', 'id = "H1"', "inconsistent", "test_plan.hypotheses"),
        ('"G05.transfer_max"', '"G04.holding_max"', "inconsistent", "test_plan.limits"),
        ('id = "mehran:t.sanduri"', 'id = "mehran:g.mehrani"', "inconsistent", "people"),
        (
            'signatories = ["mehran:g.mehrani",',
            'signatories = ["mehran:nobody",',
            "inconsistent",
            "attestation.signatories",
        ),
        (
            '["issuance", "custody"]',
            '["issuance", "issuance"]',
            "inconsistent",
            "perimeter.activities",
        ),
        ("[[people]]", "[[persons]]", "unknown_field", "persons"),
        ("scale = 2", "scale = 19", "bad_value", "perimeter.token.scale"),
    ],
)
def test_each_defect_has_its_own_error(old: str, new: str, code: str, field: str) -> None:
    error = error_of(changed(old, new))
    assert error.stable_code == f"casework.{code}"
    assert error.fields["field"] == field


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE"),
        ("\u202b", "RIGHT-TO-LEFT EMBEDDING"),
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE"),
    ],
)
def test_text_that_shows_something_else_than_it_says_is_refused(point: str, name: str) -> None:
    error = error_of(changed("Mehran Rupee Token (P", f"Mehran{point} Rupee Token (P"))
    assert error.stable_code == "casework.bad_text"
    assert name in error.why


def test_urdu_with_its_own_joiners_is_welcome() -> None:
    data = changed("مہران روپیہ", "مہران\u200cروپیہ")
    assert "\u200c" in (parse_application(data).firm.legal_name_ur or "")


def test_a_name_has_one_line() -> None:
    assert (
        error_of(changed("Ghazala Mehrani", "Ghazala\\nMehrani")).stable_code == "casework.bad_text"
    )


def test_a_ten_megabyte_field_is_refused_before_it_is_parsed() -> None:
    error = error_of(
        changed("small merchants", "x" * 10_000_000)
        if "small merchants" in TEXT
        else changed("Small merchants", "x" * 10_000_000)
    )
    assert error.stable_code == "casework.too_large"
    assert f"{APPLICATION_BYTES_MAX:,}" in error.why


def test_a_long_field_within_a_small_file_is_refused_by_its_name() -> None:
    error = error_of(changed("Small merchants", "x" * 30_000))
    assert (error.stable_code, error.fields["field"]) == (
        "casework.too_large",
        "innovation.problem",
    )


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f'"n{n}",' for n in range(300))
    error = error_of(changed("data_kept = [", f"data_kept = [{rows}"))
    assert error.stable_code == "casework.too_large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TEXT.encode("utf-16"), "bad_encoding"),
        (TEXT.encode("utf-8").replace("مہران".encode(), b"\xff\xfe"), "bad_encoding"),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), "bad_toml"),
        (b"format = ", "bad_toml"),
        (b"a = " + b"[" * 100_000, "bad_toml"),
        (b"", "missing_field"),
        (b"\x00\x01\x02", "bad_toml"),
    ],
)
def test_a_file_in_another_form_is_refused(data: bytes, code: str) -> None:
    assert error_of(data).stable_code == f"casework.{code}"


def test_all_problems_are_named_at_once() -> None:
    error = error_of(changed("customers_max = 500", 'customers_max = "500"\nsurprise = 1'))
    assert error.fields["problems"] == 2


def test_a_missing_file_is_a_plain_answer(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError, match="cannot be read"):
        load_application(tmp_path / "none.toml")
    with pytest.raises(ApplicationError, match="cannot be read"):
        load_application(tmp_path)


PLAIN = tomllib.loads(TEXT)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted(PLAIN)), JUNK)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_section_the_answer_is_an_application_or_an_error(
    section: str, junk: object
) -> None:
    try:
        application = application_from_data(PLAIN | {section: junk})
    except SandrailError as error:
        assert error.stable_code.startswith("casework.")
        assert error.why and error.fix
    else:
        canonical_bytes(application.as_data())


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_random_bytes_never_crash_the_reader(data: bytes) -> None:
    with pytest.raises(ApplicationError):
        parse_application(data)
