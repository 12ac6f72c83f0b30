"""Where the schemas come from, and a check against schema *classes* where no XSD can be had.

No schema is kept in this repository. The development packages ``pacs008`` and ``camt053`` carry the
official XSD of pacs.008.001.08, camt.053.001.08 and camt.054.001.08. Of pacs.002 and pacs.028 they
carry a shortened one only; for these the package ``pyiso20022`` carries classes that were generated
from the official XSD, with every element's order, obligation, length and pattern. ``violations``
holds a message against such classes.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import os
import re
import types
import typing
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pytest
from lxml import etree

from sandrail.rails.bank import CAMT_053, CAMT_054, PACS_002, PACS_008, PACS_028, message_name

XSD_FILES = {
    PACS_008: ("pacs008", "templates/pacs.008.001.08/pacs.008.001.08.xsd"),
    CAMT_053: ("camt053", "xsd/camt.053.001.08.xsd"),
    CAMT_054: ("camt053", "xsd/camt.054.001.08.xsd"),
    "pacs.002.001.12": ("pacs008", "templates/pacs.002.001.12/pacs.002.001.12.xsd"),
    "pacs.028.001.05": ("pacs008", "templates/pacs.028.001.05/pacs.028.001.05.xsd"),
}
CLASSES = {
    PACS_002: "pyiso20022.pacs.pacs_002_001_10",
    "pacs.002.001.12": "pyiso20022.pacs.pacs_002_001_12",
    PACS_028: "pyiso20022.pacs.pacs_028_001_03",
    "pacs.028.001.05": "pyiso20022.pacs.pacs_028_001_05",
    PACS_008: "pyiso20022.pacs.pacs_008_001_08",
}


def require(package: str) -> Any:
    """Import a development package; without it skip loudly, or fail under SANDRAIL_REQUIRE_ALL."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        if os.environ.get("SANDRAIL_REQUIRE_ALL") == "1":
            raise
        pytest.skip(f"NOT VALIDATED: the development package {package} is absent ({error})")


@lru_cache
def xsd(name: str) -> etree.XMLSchema:
    """Return the compiled schema of a message."""
    package, path = XSD_FILES[name]
    require(package)
    text = files(package).joinpath(path).read_bytes()
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True)))


def xsd_errors(data: bytes) -> list[str]:
    """Return what the XSD of the message has against it."""
    schema = xsd(message_name(data))
    schema.validate(etree.fromstring(data))
    return [f"{entry.line}: {entry.message}" for entry in schema.error_log]


def violations(data: bytes) -> list[str]:
    """Return what the generated classes of the message have against it."""
    module = require(CLASSES[message_name(data)])
    return list(_walk(etree.fromstring(data), module.Document, "Document"))


def _walk(node: Any, owner: type, path: str) -> typing.Iterator[str]:
    hints = typing.get_type_hints(owner)
    known = {
        field.metadata["name"]: (position, field)
        for position, field in enumerate(dataclasses.fields(owner))
        if field.metadata.get("type") == "Element"
    }
    last = -1
    counts: dict[str, int] = {}
    for child in node:
        name = etree.QName(child).localname
        if name not in known:
            yield f"{path}/{name}: unknown element"
            continue
        position, field = known[name]
        counts[name] = counts.get(name, 0) + 1
        if position < last:
            yield f"{path}/{name}: out of order"
        last = position
        repeated = field.default_factory is list
        if counts[name] > 1 and not repeated:
            yield f"{path}/{name}: repeated"
        yield from _check(child, _plain(hints[field.name]), field.metadata, f"{path}/{name}")
    for name, (_, field) in known.items():
        needed = field.metadata.get("required") or field.metadata.get("min_occurs", 0) > 0
        if needed and name not in counts:
            yield f"{path}/{name}: missing"


def _check(node: Any, kind: Any, rules: Any, path: str) -> typing.Iterator[str]:
    text = node.text or ""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if any(field.name == "value" for field in dataclasses.fields(kind)):
            return
        yield from _walk(node, kind, path)
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        if text not in {item.value for item in kind}:
            yield f"{path}: {text!r} is not one of the codes"
    else:
        if not rules.get("min_length", 0) <= len(text) <= rules.get("max_length", len(text)):
            yield f"{path}: {len(text)} characters"
        pattern = rules.get("pattern")
        if pattern and not re.fullmatch(pattern, text):
            yield f"{path}: {text!r} does not match {pattern}"


def _plain(hint: Any) -> Any:
    """Return the type inside ``Optional[...]`` and ``list[...]``."""
    while typing.get_origin(hint) in (typing.Union, types.UnionType, list):
        hint = next(arg for arg in typing.get_args(hint) if arg is not type(None))
    return hint
