"""Screening: lists, index, matcher, and decisions that are never forgotten."""

from sandrail.screening.book import ScreeningBook
from sandrail.screening.dates import PartialDate, parse_partial_date
from sandrail.screening.errors import (
    FetchError,
    FourEyesError,
    IdentityError,
    IndexDamagedError,
    ListFormatError,
    ShrunkListError,
    VersionError,
)
from sandrail.screening.index import Index
from sandrail.screening.nouns import (
    Decision,
    Evidence,
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningList,
    ScreeningResult,
)
from sandrail.screening.sources import load_un_xml

__all__ = [
    "Decision",
    "Evidence",
    "FetchError",
    "FourEyesError",
    "Identifier",
    "IdentityError",
    "Index",
    "IndexDamagedError",
    "Kind",
    "ListEntry",
    "ListFormatError",
    "ListedName",
    "Match",
    "PartialDate",
    "PartyIdentity",
    "ScreeningBook",
    "ScreeningList",
    "ScreeningResult",
    "ShrunkListError",
    "VersionError",
    "load_un_xml",
    "parse_partial_date",
]
