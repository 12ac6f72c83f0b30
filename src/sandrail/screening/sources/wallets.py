"""Addresses: attribution TagPacks (YAML) and plain lists of sanctioned addresses (JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import yaml

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import (
    LIST_ENTRIES_MAX,
    TAGPACK_BYTES_MAX,
    TAGPACK_DEPTH_MAX,
)
from sandrail.screening.nouns import Kind, ScreeningList, clean_identifier
from sandrail.screening.sources.bundle import is_bundle, members
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.stream import ListFile, open_list
from sandrail.world import nests_deeper

__all__ = ["load_addresses_json", "load_tagpack"]

_FIELDS = (
    "abuse",
    "actor",
    "category",
    "concepts",
    "confidence",
    "currency",
    "label",
    "lastmod",
    "network",
    "source",
)
_ABUSES = frozenset({
    "abuse", "attack", "blackmail", "child_abuse", "csam", "darknet_market", "darkweb_market",
    "defi_bridge_hack", "defi_hack", "extortion", "fraud", "hack", "malware", "murder", "phishing",
    "ponzi_scheme", "ransomware", "rugpull", "sanction", "sanctions", "scam", "sextortion",
    "stolen_funds", "terrorism", "terrorism_financing", "terrorist", "theft", "trafficking",
})  # fmt: skip
"""Concepts that say a wrong was done with an address; others only say whose it is."""

_ASSET = re.compile(r"(?:^|_)([A-Za-z0-9]{2,8})\.json$")
_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load_tagpack(
    source: Source, *, only_abuse: bool = True, published: date | None = None
) -> ScreeningList:
    """Read a TagPack, or an archive of several: each tag names one address.

    Header fields are inherited by the ``tags``. Tags of one address are one entry.

    Args:
        source: the YAML file, the archive, or the bytes of either.
        only_abuse: keep only tags that state an ``abuse`` (or a concept that is one); attribution
            alone incriminates nobody.
        published: the day, if known.
    """
    drafts: dict[str, EntryDraft] = {}
    with open_list(source, what="TagPack") as file:
        found = ListDraft("tagpack", "TagPacks", what="TagPack")
        if is_bundle(file.head):
            for name, data in members(source, what="TagPack"):
                if name.lower().endswith((".yaml", ".yml")):
                    _read_pack(data, drafts, found, only_abuse=only_abuse, where=f"{name}, ")
        else:
            data = _bounded(file)
            found.title = _read_pack(data, drafts, found, only_abuse=only_abuse, where="")
        for draft in drafts.values():
            found.add(draft)
        return found.done(file.sha256(), published)


def _bounded(file: ListFile) -> bytes:
    data = file.read(TAGPACK_BYTES_MAX + 1) or b""
    while len(data) <= TAGPACK_BYTES_MAX and (more := file.read(TAGPACK_BYTES_MAX)):
        data += more
    return data


def _read_pack(
    data: bytes, drafts: dict[str, EntryDraft], found: ListDraft, *, only_abuse: bool, where: str
) -> str:
    pack = _parsed(data)
    header = _fields(pack)
    tags = pack["tags"]
    for number, tag in enumerate(tags[:LIST_ENTRIES_MAX], start=1):
        address = tag.get("address", "") if isinstance(tag, dict) else ""
        if not isinstance(address, str) or not address.strip():
            found.skip(f"{where}tag {number}: no address")
            continue
        fields = header | _fields(tag)
        concepts = set(fields.get("concepts", "").split())
        if only_abuse and not fields.get("abuse") and not concepts & _ABUSES:
            found.skip(f"{where}tag {number}: attribution without an abuse")
            continue
        _add_wallet(drafts, address, fields)
    return squeezed(str(pack.get("title", "TagPack")))[:200]


def _parsed(data: bytes) -> dict[str, Any]:
    """Read YAML in which every value is a text; aliases and depth are refused on the way.

    A few lines of anchors can stand for a billion, and an address such as ``0x12`` is a number to
    most readers of YAML.
    """
    if len(data) > TAGPACK_BYTES_MAX:
        raise ListFormatError(
            f"The TagPack is larger than {TAGPACK_BYTES_MAX:,} bytes.",
            why="YAML is read slowly, and no published pack is that large.",
            fix="Split it, and give the folder.",
            code="screening.list_too_large",
        )
    text = data.decode("utf-8-sig", errors="replace")
    try:
        _check_events(yaml.parse(text, Loader=_LOADER))
        pack = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ListFormatError(
            "The TagPack is not readable YAML.",
            why=f"{str(error)[:200]}.",
            fix="Check the file against the TagPack schema.",
        ) from error
    if not isinstance(pack, dict) or not isinstance(pack.get("tags"), list):
        raise ListFormatError(
            "The file is not a TagPack.",
            why="It has no list named tags.",
            fix="Give it a title, a creator and tags with an address each.",
        )
    return pack


def _check_events(events: Iterable[yaml.Event]) -> None:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > TAGPACK_DEPTH_MAX:
            raise yaml.YAMLError(f"it nests deeper than {TAGPACK_DEPTH_MAX} levels")


def _fields(plain: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name in _FIELDS:
        value = plain.get(name)
        if isinstance(value, str) and value.strip():
            found[name] = squeezed(value)
        elif isinstance(value, list):
            found[name] = " ".join(squeezed(str(part)) for part in value)
    return found


def load_addresses_json(
    source: Source,
    *,
    asset: str = "",
    name: str = "addresses",
    published: date | None = None,
) -> ScreeningList:
    """Read sanctioned addresses: a JSON array of one asset, or an object of arrays by asset.

    An archive holds one array a file, named after the asset: ``sanctioned_addresses_XBT.json``.
    """
    drafts: dict[str, EntryDraft] = {}
    title = f"Sanctioned {asset} addresses" if asset else "Sanctioned addresses"
    found = ListDraft(name, title, what="address list")
    with open_list(source, what="address list") as file:
        if is_bundle(file.head):
            parts: Iterable[tuple[str, bytes]] = members(source, what="address list")
        else:
            parts = (("", file.readall() or b""),)
        for file_name, data in parts:
            of_file = _ASSET.search(file_name)
            if file_name and of_file is None:
                found.skip(f"{file_name}: its name does not end with an asset and .json")
                continue
            for of_asset, address in _addresses(data, asset or (of_file[1] if of_file else "")):
                fields = {"currency": of_asset, "abuse": "sanctions", "source": name}
                _add_wallet(drafts, address, {k: v for k, v in fields.items() if v})
        for draft in drafts.values():
            found.add(draft)
        return found.done(file.sha256(), published)


def _addresses(data: bytes, asset: str) -> Iterator[tuple[str, str]]:
    try:
        text = data.decode("utf-8-sig")
        if nests_deeper(text, 2):
            raise ValueError("it is nested deeper than arrays by asset")
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListFormatError(
            "The address list is not JSON.", why=f"{error}.", fix="Fetch it again."
        ) from error
    by_asset = plain if isinstance(plain, dict) else {asset: plain}
    for of_asset, addresses in by_asset.items():
        if not isinstance(addresses, list) or not all(isinstance(a, str) for a in addresses):
            raise ListFormatError(
                "The address list is not an array of texts.",
                fix='Give it as ["0x...", ...], or as {"XBT": ["1..."], "ETH": ["0x..."]}.',
            )
        for address in addresses:
            if address.strip():
                yield of_asset, address


def _add_wallet(drafts: dict[str, EntryDraft], address: str, fields: dict[str, str]) -> None:
    value = clean_identifier("wallet", address)
    draft = drafts.setdefault(value, EntryDraft(value, Kind.WALLET))
    said = fields.get("abuse") or fields.get("category") or fields.get("concepts", "")
    known = draft.programme.split("; ") if draft.programme else []
    draft.programme = "; ".join(dict.fromkeys((*known, *filter(None, (said,)))))
    draft.add_name(fields.get("label") or fields.get("actor") or "", "low")
    draft.add_number("wallet", value, fields.get("currency") or fields.get("network", ""))
    remarks = "; ".join(f"{k}: {v}" for k, v in sorted(fields.items()))
    if remarks not in draft.remarks:
        draft.remarks = f"{draft.remarks} | {remarks}".strip(" |")
