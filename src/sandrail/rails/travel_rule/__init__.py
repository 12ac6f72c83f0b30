"""The travel rule: IVMS101 of both editions, what is missing, and the talk with the other VASP."""

from sandrail.rails.travel_rule.check import (
    FIELDS,
    Profile,
    Violation,
    check,
    is_complete,
    missing_fields,
)
from sandrail.rails.travel_rule.codes import (
    COUNTRIES,
    AddressKind,
    IdKind,
    LegalNameKind,
    NaturalNameKind,
    Transliteration,
    Version,
)
from sandrail.rails.travel_rule.lei import is_lei, make_lei
from sandrail.rails.travel_rule.loopback import CounterpartyPolicy, LoopbackVasp
from sandrail.rails.travel_rule.model import (
    Address,
    Birth,
    Intermediary,
    LegalName,
    LegalPerson,
    NationalId,
    NaturalName,
    NaturalPerson,
    Party,
    TravelRuleData,
)
from sandrail.rails.travel_rule.port import (
    Answer,
    CancelReason,
    Exchanged,
    Inquiry,
    InquiryState,
    TravelRuleChannel,
)
from sandrail.rails.travel_rule.read import decode, detect_version
from sandrail.rails.travel_rule.write import encode, losses_in_2020

__all__ = [
    "COUNTRIES",
    "FIELDS",
    "Address",
    "AddressKind",
    "Answer",
    "Birth",
    "CancelReason",
    "CounterpartyPolicy",
    "Exchanged",
    "IdKind",
    "Inquiry",
    "InquiryState",
    "Intermediary",
    "LegalName",
    "LegalNameKind",
    "LegalPerson",
    "LoopbackVasp",
    "NationalId",
    "NaturalName",
    "NaturalNameKind",
    "NaturalPerson",
    "Party",
    "Profile",
    "Transliteration",
    "TravelRuleChannel",
    "TravelRuleData",
    "Version",
    "Violation",
    "check",
    "decode",
    "detect_version",
    "encode",
    "is_complete",
    "is_lei",
    "losses_in_2020",
    "make_lei",
    "missing_fields",
]
