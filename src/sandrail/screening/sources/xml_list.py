"""How the readers of XML lists walk over a file; what an entry says is each publisher's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lxml import etree

from sandrail.screening.nouns import ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source
from sandrail.screening.sources.stream import open_list
from sandrail.screening.sources.xmlsafe import XmlShape, iter_elements, local_name

__all__ = ["day_in", "read_xml_list"]


def read_xml_list(
    source: Source,
    found: ListDraft,
    shape: XmlShape,
    *,
    draft_of: Callable[[etree._Element], EntryDraft],
    day_of: Callable[[etree._Element], date | None],
) -> ScreeningList:
    """Read every entry of a file into ``found``, and return the list.

    Args:
        source: the file, or its bytes.
        found: the empty list, which says whose it is.
        shape: what the document looks like.
        draft_of: reads one of the elements in ``shape.entries``.
        day_of: reads the day of publication from the element ``shape.dated``; the first counts.

    Raises:
        ListFormatError: another document, damaged, or hostile.
    """
    published: date | None = None
    with open_list(source, what=found.what) as file:
        for element in iter_elements(file, shape):
            tag = local_name(element)
            if tag in shape.entries:
                found.add(draft_of(element))
            elif tag == shape.dated:
                published = published or day_of(element)
        return found.done(file.sha256(), published)


def day_in(text: str | None) -> date | None:
    """Return the day with which an ISO 8601 instant begins, or nothing: ``2026-03-01T09:30Z``."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
