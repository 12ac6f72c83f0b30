"""Where lists come from, and how each one is read: the extension point for a new list.

A publisher is data: a name, an official address, the hosts it may send us on to, and a loader from
:mod:`sources`. The real NACTA list and a firm's own have no address: the operator puts the file
there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from sandrail.screening.errors import FetchError, ListFormatError
from sandrail.screening.nouns import ScreeningList
from sandrail.screening.sources import (
    load_addresses_json,
    load_eu_xml,
    load_firm_csv,
    load_nacta_csv,
    load_tagpack,
    load_uk,
    load_un_xml,
)
from sandrail.screening.sources.draft import Source
from sandrail.screening.sources.sniff import load_ofac

__all__ = ["PUBLISHERS", "Publisher", "check_fresh", "publisher"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """One list and how to obtain it.

    Attributes:
        source: short name.
        title: the publisher's name for the list.
        address: official address; empty when the operator brings the file.
        suffix: of the kept file.
        load: a file or its bytes to a list.
        hosts: the publisher's hosts: itself and its stores; whatever ends with ``.host`` is one.
        pattern: which files of a folder are this list, when a folder is given.
        entries_min: fewer entries than this cannot be the real list.
        age_days_max: an older publication day is refused when fetched.
    """

    source: str
    title: str
    address: str
    suffix: str
    load: Callable[[Source], ScreeningList]
    hosts: tuple[str, ...] = ()
    pattern: str = ""
    entries_min: int = 1
    age_days_max: int = 0


_OFAC = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/"
_OFAC_HOSTS = (
    "ofac.treas.gov",
    "treasury.gov",
    "wc2h-sls-prod-public-published.s3.us-gov-west-1.amazonaws.com",
)

PUBLISHERS: tuple[Publisher, ...] = (
    Publisher(
        "un",
        "UN Security Council Consolidated List",
        "https://scsanctions.un.org/resources/xml/en/consolidated.xml",
        "xml",
        load_un_xml,
        hosts=("un.org", "unsolprodfiles.blob.core.windows.net"),
        entries_min=300,
        age_days_max=60,
    ),
    Publisher(
        "ofac",
        "OFAC SDN, advanced XML",
        _OFAC + "SDN_ADVANCED.XML",
        "xml",
        load_ofac,
        hosts=_OFAC_HOSTS,
        pattern="*.csv",
        entries_min=3_000,
        age_days_max=60,
    ),
    Publisher(
        "ofac_cons",
        "OFAC consolidated list other than SDN, advanced XML",
        _OFAC + "CONS_ADVANCED.XML",
        "xml",
        partial(load_ofac, name="ofac_cons"),
        hosts=_OFAC_HOSTS,
        pattern="*.csv",
        entries_min=100,
        age_days_max=120,
    ),
    Publisher(
        "eu",
        "EU Consolidated Financial Sanctions List",
        "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content",
        "xml",
        load_eu_xml,
        hosts=("ec.europa.eu",),
        entries_min=1_000,
        age_days_max=60,
    ),
    Publisher(
        "uk",
        "UK Sanctions List",
        "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml",
        "xml",
        load_uk,
        hosts=("fcdo.gov.uk",),
        entries_min=1_000,
        age_days_max=60,
    ),
    Publisher("nacta", "Proscribed persons, NACTA shape", "", "csv", load_nacta_csv),
    Publisher("tagpack", "Attributed addresses", "", "yaml", load_tagpack, pattern="*.y*ml"),
    Publisher(
        "addresses", "Sanctioned addresses", "", "json", load_addresses_json, pattern="*.json"
    ),
    Publisher("firm", "The firm's own list", "", "csv", load_firm_csv),
)


def publisher(source: str) -> Publisher:
    """Return a publisher by its short name."""
    for one in PUBLISHERS:
        if one.source == source:
            return one
    raise ListFormatError(
        f"No list is called {source!r}.",
        why=f"Known lists: {', '.join(p.source for p in PUBLISHERS)}.",
        fix="Use one of those names, or firm for a list of your own.",
    )


def check_fresh(one: Publisher, found: ScreeningList, *, today: date) -> None:
    """Refuse a fetched list that is too small, too old or from the future.

    Raises:
        FetchError: with the numbers involved.
    """
    if len(found.entries) < one.entries_min:
        raise FetchError(
            f"The {one.source} list has only {len(found.entries)} entries.",
            why=f"The real one has at least {one.entries_min}.",
            fix="The publisher may be in trouble: keep the version in force and try again.",
        )
    age = (today - found.published).days if found.published else 0
    if one.age_days_max and age > one.age_days_max:
        raise FetchError(
            f"The {one.source} list was published {age} days ago.",
            why=f"More than {one.age_days_max} days mean that an old copy was served.",
            fix="Compare the date with the publisher's page; give the file if it is right.",
        )
    if age < -1:
        raise FetchError(
            f"The {one.source} list says that it was published {-age} days from now.",
            why="Either its date is wrong, or this machine's clock is.",
            fix="Check the clock; give the file if the list is right.",
        )
