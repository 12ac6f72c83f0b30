"""Screening: lists, index, matcher, and decisions that are never forgotten."""

from sandrail.screening.ask import (
    FIELDS,
    NameComparison,
    compare_names,
    identity_from,
    screen_name,
)
from sandrail.screening.batch import (
    ADDED_COLUMNS,
    BatchCounts,
    count_rows,
    read_parties,
    screen_file,
    unread_columns,
)
from sandrail.screening.book import Proposal, RescreenReport, ScreeningBook, recorded_decisions
from sandrail.screening.budget import (
    BudgetPoint,
    alarm_margin,
    alert_budget,
    curve_of_customers,
    curve_svg,
)
from sandrail.screening.dates import PartialDate, parse_partial_date
from sandrail.screening.entries import entry_from_dict
from sandrail.screening.errors import (
    FetchError,
    FourEyesError,
    IdentityError,
    IndexDamagedError,
    ListFormatError,
    OlderListError,
    ShrunkListError,
    VersionError,
)
from sandrail.screening.fetching import Fetcher, fetch_list
from sandrail.screening.goodguys import GoodGuy, Ruled, clearance_flaw, less_cleared
from sandrail.screening.index import Index, IndexChange
from sandrail.screening.list_changes import EntryChange, changes_of
from sandrail.screening.model import CurvePoint, Model, load_model
from sandrail.screening.nouns import (
    NUMBER_PATTERNS,
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
    clean_identifier,
)
from sandrail.screening.numbers import unusable_numbers
from sandrail.screening.publishers import PUBLISHERS, Publisher, publisher
from sandrail.screening.record import BookRecord, read_record
from sandrail.screening.screen import Screener
from sandrail.screening.sources import (
    load_addresses_json,
    load_eu_xml,
    load_firm_csv,
    load_nacta_csv,
    load_ofac_advanced_xml,
    load_ofac_csv,
    load_ofac_enhanced_xml,
    load_tagpack,
    load_uk,
    load_uk_csv,
    load_uk_xml,
    load_un_xml,
)
from sandrail.screening.versions import KeptVersion, ListStore, Update, diff_lists
from sandrail.screening.whatif import what_would_change
from sandrail.screening.wording import strength

__all__ = [
    "ADDED_COLUMNS",
    "FIELDS",
    "NUMBER_PATTERNS",
    "PUBLISHERS",
    "BatchCounts",
    "BookRecord",
    "BudgetPoint",
    "CurvePoint",
    "Decision",
    "EntryChange",
    "Evidence",
    "FetchError",
    "Fetcher",
    "FourEyesError",
    "GoodGuy",
    "Identifier",
    "IdentityError",
    "Index",
    "IndexChange",
    "IndexDamagedError",
    "KeptVersion",
    "Kind",
    "ListEntry",
    "ListFormatError",
    "ListStore",
    "ListedName",
    "Match",
    "Model",
    "NameComparison",
    "OlderListError",
    "PartialDate",
    "PartyIdentity",
    "Proposal",
    "Publisher",
    "RescreenReport",
    "Ruled",
    "Screener",
    "ScreeningBook",
    "ScreeningList",
    "ScreeningResult",
    "ShrunkListError",
    "Update",
    "VersionError",
    "alarm_margin",
    "alert_budget",
    "changes_of",
    "clean_identifier",
    "clearance_flaw",
    "compare_names",
    "count_rows",
    "curve_of_customers",
    "curve_svg",
    "diff_lists",
    "entry_from_dict",
    "fetch_list",
    "identity_from",
    "less_cleared",
    "load_addresses_json",
    "load_eu_xml",
    "load_firm_csv",
    "load_model",
    "load_nacta_csv",
    "load_ofac_advanced_xml",
    "load_ofac_csv",
    "load_ofac_enhanced_xml",
    "load_tagpack",
    "load_uk",
    "load_uk_csv",
    "load_uk_xml",
    "load_un_xml",
    "parse_partial_date",
    "publisher",
    "read_parties",
    "read_record",
    "recorded_decisions",
    "screen_file",
    "screen_name",
    "strength",
    "unread_columns",
    "unusable_numbers",
    "what_would_change",
]
