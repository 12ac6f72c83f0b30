"""OFAC publishes one list in several forms: which of them a file is, it says in its first bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandrail.screening.errors import ListFormatError
from sandrail.screening.nouns import ScreeningList
from sandrail.screening.sources.bundle import is_bundle, members
from sandrail.screening.sources.draft import Source
from sandrail.screening.sources.ofac import load_ofac_csv
from sandrail.screening.sources.ofac_enhanced import load_ofac_enhanced_xml
from sandrail.screening.sources.ofac_xml import load_ofac_advanced_xml
from sandrail.screening.sources.stream import open_list
from sandrail.screening.sources.xmlsafe import has_root

__all__ = ["load_ofac"]

_PARTS = {
    "ofac": {"sdn": "sdn.csv", "alt": "alt.csv", "add": "add.csv", "comments": "sdn_comments.csv"},
    "ofac_cons": {
        "sdn": "cons_prim.csv",
        "alt": "cons_alt.csv",
        "add": "cons_add.csv",
        "comments": "cons_comments.csv",
    },
}


def load_ofac(source: Source, *, name: str = "ofac") -> ScreeningList:
    """Read an OFAC list in whatever form it comes: advanced or enhanced XML, csv, or an archive.

    An archive holds either one XML document or the csv files (``sdn.csv``, ``alt.csv``,
    ``add.csv``, ``sdn_comments.csv``, or ``cons_prim.csv`` and its like).

    Raises:
        ListFormatError: none of these, damaged, or hostile.
    """
    with open_list(source, what="OFAC list") as file:
        zipped = is_bundle(file.head)
        enhanced, advanced = has_root(file, "sanctionsData"), has_root(file, "Sanctions")
        whole = file.sha256() if zipped else ""
    if zipped:
        return _load_archive(source, whole, name)
    if enhanced:
        return load_ofac_enhanced_xml(source, name=name)
    if advanced or file.head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00")[:1] == b"<":
        return load_ofac_advanced_xml(source, name=name)
    return _with_note(load_ofac_csv(source, name=name), ("alt", "add", "comments"))


def _load_archive(source: Source, whole: str, name: str) -> ScreeningList:
    wanted = _PARTS.get(name, _PARTS["ofac"])
    by_name = {file_name: part for part, file_name in wanted.items()}
    parts: dict[str, bytes] = {}
    for file_name, data in members(source, what="OFAC list"):
        if file_name.lower().endswith(".xml"):
            return _as_kept(load_ofac(data, name=name), whole)
        if part := by_name.get(file_name.lower()):
            parts[part] = data
    if "sdn" not in parts:
        raise ListFormatError(
            f"The archive is no OFAC list of the kind {name}.",
            why=f"It holds neither an XML document nor {wanted['sdn']}.",
            fix=f"Give the csv files under their published names: {', '.join(wanted.values())}.",
        )
    found = load_ofac_csv(
        parts["sdn"],
        alt=parts.get("alt"),
        add=parts.get("add"),
        comments=parts.get("comments"),
        name=name,
    )
    return _as_kept(_with_note(found, [p for p in ("alt", "add") if p not in parts]), whole)


def _as_kept(found: ScreeningList, sha256: str) -> ScreeningList:
    """A list is known by the hash of the file that was kept, here the archive."""
    return replace(found, sha256=sha256)


def _with_note(found: ScreeningList, missing: Iterable[str]) -> ScreeningList:
    notes = tuple(
        f"{part}.csv was not given: what stands in it is not screened" for part in missing
    )
    return replace(found, skipped=(*notes, *found.skipped))
