"""What other rooms may import from the bank rail and the travel rule, and how errors are named."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from sandrail.rails import bank, errors, travel_rule
from sandrail.world import SandrailError

ROOMS = Path(errors.__file__).parent

BANK = """
CAMT_053 CAMT_054 PACS_002 PACS_008 PACS_028 AccountState ArchivedMessage BankEvent BankParty
BankRail BankSettings Bic Channel CreditEvent CreditTransfer CreditTransferMessage CustomerBank
Direction Entry Fault FaultKind FaultPlan Iban MessageArchive MessageRef Notification PaymentState
Reason SimulatedBank Statement StatusEvent StatusReport StatusRequest TransferStatus Way
build_camt053 build_camt054 build_pacs002 build_pacs008 build_pacs028 check_statement make_iban
message_name parse_bic parse_camt053 parse_camt054 parse_iban parse_pacs002 parse_pacs008
parse_pacs028 random_faults
"""
TRAVEL_RULE = """
COUNTRIES FIELDS Address AddressKind Answer Birth CancelReason CounterpartyPolicy Exchanged IdKind
Inquiry InquiryState Intermediary LegalName LegalNameKind LegalPerson LoopbackVasp NationalId
NaturalName NaturalNameKind NaturalPerson Party Profile Transliteration TravelRuleChannel
TravelRuleData Version Violation check decode detect_version encode is_complete is_lei
losses_in_2020 make_lei missing_fields
"""


@pytest.mark.parametrize(("room", "names"), [(bank, BANK), (travel_rule, TRAVEL_RULE)])
def test_the_surface_is_pinned(room: ModuleType, names: str) -> None:
    assert sorted(room.__all__) == sorted(names.split())
    for name in room.__all__:
        assert getattr(room, name) is not None


def test_every_error_code_raised_is_drawn_in_the_tree() -> None:
    drawn = errors.__doc__ or ""
    expanded = set(re.findall(r"(?:rails|travel_rule)\.[a-z_]+", drawn))
    for prefix, inside in re.findall(r"(rails|travel_rule)\.\{([^}]*)\}", drawn):
        expanded |= {f"{prefix}.{name.strip()}" for name in inside.split(",")}
    used = {
        code
        for folder in (ROOMS / "bank", ROOMS / "travel_rule", ROOMS / "errors.py")
        for file in ([folder] if folder.is_file() else folder.glob("*.py"))
        for code in re.findall(
            r'code(?:: str)? ?= ?"((?:rails|travel_rule)\.[a-z_]+)"', file.read_text()
        )
    }
    assert used <= expanded | {"rails.bad_message"}
    assert expanded <= used


def test_every_error_is_one_of_sandrails_five_kinds_and_has_its_own_code() -> None:
    kinds = [
        c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__name__ in errors.__all__
    ]
    assert len(kinds) == len(errors.__all__)
    assert all(issubclass(kind, SandrailError) for kind in kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)
