"""Where lists come from, and how each one is read: the extension point for a new list.

A publisher is data: a name, an official address, and a loader from :mod:`sources`. The real NACTA
list and a firm's own have no address: the operator puts the file there.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

from sandrail.screening.errors import FetchError, ListFormatError
from sandrail.screening.limits import FETCH_SECONDS_MAX, LIST_BYTES_MAX
from sandrail.screening.nouns import ScreeningList
from sandrail.screening.sources import (
    load_eu_xml,
    load_firm_csv,
    load_nacta_csv,
    load_ofac_advanced_xml,
    load_ofac_csv,
    load_tagpack,
    load_uk_csv,
    load_un_xml,
)

__all__ = ["PUBLISHERS", "Fetcher", "Publisher", "fetch_bytes", "publisher"]


class Fetcher(Protocol):
    """Brings the bytes of an address; replaced by a local folder in tests and offline."""

    def __call__(self, address: str) -> bytes:
        """Return the bytes, or raise :class:`FetchError`."""
        ...


@dataclass(frozen=True, slots=True)
class Publisher:
    """One list and how to obtain it.

    Attributes:
        source: short name.
        title: the publisher's name for the list.
        address: official address; empty when the operator brings the file.
        suffix: of the kept file.
        load: bytes to list.
        entries_min: fewer entries than this cannot be the real list.
        age_days_max: an older publication day is refused when fetched.
    """

    source: str
    title: str
    address: str
    suffix: str
    load: Callable[[bytes], ScreeningList]
    entries_min: int = 1
    age_days_max: int = 0


def _load_ofac(data: bytes) -> ScreeningList:
    is_xml = data.lstrip()[:1] == b"<"
    return load_ofac_advanced_xml(data) if is_xml else load_ofac_csv(data)


PUBLISHERS: tuple[Publisher, ...] = (
    Publisher(
        "un",
        "UN Security Council Consolidated List",
        "https://scsanctions.un.org/resources/xml/en/consolidated.xml",
        "xml",
        load_un_xml,
        entries_min=300,
        age_days_max=60,
    ),
    Publisher(
        "ofac",
        "OFAC SDN, advanced XML",
        "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/SDN_ADVANCED.XML",
        "xml",
        _load_ofac,
        entries_min=3_000,
        age_days_max=60,
    ),
    Publisher(
        "eu",
        "EU Consolidated Financial Sanctions List",
        "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content",
        "xml",
        load_eu_xml,
        entries_min=1_000,
        age_days_max=60,
    ),
    Publisher(
        "uk",
        "UK OFSI consolidated list",
        "https://ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv",
        "csv",
        load_uk_csv,
        entries_min=1_000,
        age_days_max=60,
    ),
    Publisher("nacta", "Proscribed persons, NACTA shape", "", "csv", load_nacta_csv),
    Publisher("tagpack", "Attributed addresses", "", "yaml", load_tagpack),
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


def fetch_bytes(address: str) -> bytes:
    """Bring a file from its publisher over HTTPS, up to the size limit.

    Raises:
        FetchError: no connection, an error status, or a file that is too large.
    """
    if urlsplit(address).scheme != "https":
        raise FetchError(
            f"The address {address!r} is not fetched.",
            why="Lists come over https only.",
            fix="Use the publisher's https address, or give a file.",
        )
    request = urllib.request.Request(address, headers={"User-Agent": "sandrail"})
    try:
        with urllib.request.urlopen(request, timeout=FETCH_SECONDS_MAX) as answer:
            data: bytes = answer.read(LIST_BYTES_MAX + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise FetchError(
            f"{address} could not be fetched.",
            why=f"{error}.",
            fix="Check the connection, or download the file elsewhere and give it with --file.",
        ) from error
    if len(data) > LIST_BYTES_MAX:
        raise FetchError(
            f"{address} sent more than {LIST_BYTES_MAX:,} bytes.",
            why="No real list is that large.",
            fix="Check the address.",
        )
    return data


def check_fresh(one: Publisher, found: ScreeningList, *, today: date) -> None:
    """Refuse a fetched list that is too small or too old to be the one in force.

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
