"""Addresses: attribution TagPacks (YAML) and plain lists of sanctioned addresses (JSON)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import yaml

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import LIST_ENTRIES_MAX
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.xmlsafe import file_bytes, sha256_of
from sandrail.world import nests_deeper

__all__ = ["load_addresses_json", "load_tagpack"]

_FIELDS = ("label", "currency", "network", "source", "lastmod", "category", "abuse", "actor")


class _NoAliasLoader(yaml.SafeLoader):
    """Safe YAML without anchors: a few lines of them can stand for a billion."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def load_tagpack(
    source: Path | str | bytes, *, only_abuse: bool = True, published: date | None = None
) -> ScreeningList:
    """Read a TagPack: header fields are inherited by its ``tags``; each tag names one address.

    Args:
        source: the YAML file or its bytes.
        only_abuse: keep only tags that state an ``abuse``; attribution alone incriminates nobody.
        published: the day, if known.
    """
    data = file_bytes(source, what="TagPack")
    try:
        pack = yaml.load(data.decode("utf-8", errors="replace"), Loader=_NoAliasLoader)
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
    header = {k: str(pack[k]) for k in _FIELDS if k in pack}
    entries: dict[str, ListEntry] = {}
    skipped = []
    for number, tag in enumerate(pack["tags"][:LIST_ENTRIES_MAX], start=1):
        if not isinstance(tag, dict) or not str(tag.get("address", "")).strip():
            skipped.append(f"tag {number}: no address")
            continue
        fields = header | {k: str(tag[k]) for k in _FIELDS if k in tag}
        if only_abuse and not fields.get("abuse"):
            skipped.append(f"tag {number}: attribution without an abuse")
            continue
        entry = _wallet("tagpack", str(tag["address"]), fields)
        entries[entry.id] = entry
    return ScreeningList(
        source="tagpack",
        title=str(pack.get("title", "TagPack"))[:200],
        published=published,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
        skipped=tuple(skipped),
    )


def load_addresses_json(
    source: Path | str | bytes,
    *,
    asset: str,
    name: str = "ofac_wallets",
    published: date | None = None,
) -> ScreeningList:
    """Read a JSON array of addresses of one asset, such as ``XBT``."""
    data = file_bytes(source, what="address list")
    try:
        text = data.decode("utf-8")
        if nests_deeper(text, 1):
            raise ValueError("it is nested, not a plain array")
        addresses = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListFormatError(
            "The address list is not JSON.", why=f"{error}.", fix="Fetch it again."
        ) from error
    if not isinstance(addresses, list) or not all(isinstance(a, str) for a in addresses):
        raise ListFormatError(
            "The address list is not an array of texts.", fix='Give it as ["0x...", ...].'
        )
    entries = {}
    for address in addresses[:LIST_ENTRIES_MAX]:
        if address.strip():
            fields = {"currency": asset, "abuse": "sanctions", "source": name}
            entry = _wallet(name, address, fields)
            entries[entry.id] = entry
    return ScreeningList(
        source=name,
        title=f"Sanctioned {asset} addresses",
        published=published,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
    )


def _wallet(source: str, address: str, fields: dict[str, str]) -> ListEntry:
    value = clean_identifier("wallet", address)
    label = fields.get("label") or fields.get("actor") or ""
    remarks = "; ".join(f"{k}: {v}" for k, v in sorted(fields.items()))
    return ListEntry(
        id=value,
        source=source,
        kind=Kind.WALLET,
        names=(ListedName(label, "low"),) if label else (),
        identifiers=(Identifier("wallet", value, fields.get("currency", "")),),
        programme=fields.get("abuse") or fields.get("category", ""),
        remarks=remarks[:2_000],
    )
