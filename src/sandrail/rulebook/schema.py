"""The pack format as JSON Schema, for editors that check while one types."""

from __future__ import annotations

import json
import re

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaValue

from sandrail.rulebook.pack import Pack

__all__ = ["pack_schema", "pack_schema_text"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_WRITTEN = {"Pack": ("content_hash",), "Rule": ("set_by",), "Source": ("tag",)}
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.+(?:\n {6,}.+)*)", re.MULTILINE)


def pack_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a pack's files taken together.

    What the engine computes is left out, and each key carries its line of documentation.
    """
    schema = TypeAdapter(Pack).json_schema()
    parts = {"Pack": schema} | schema.get("$defs", {})
    for name, part in parts.items():
        _document(part)
        for key in _NOT_WRITTEN.get(name, ()):
            part["properties"].pop(key)
    head: dict[str, object] = {"$schema": _DIALECT, "title": "Sandrail pack"}
    return head | {key: value for key, value in schema.items() if key != "title"}


def pack_schema_text() -> str:
    """Return the schema as the text of ``packs/pack.schema.json``."""
    return json.dumps(pack_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _document(part: JsonSchemaValue) -> None:
    """Spread the list of attributes in a record's docstring over its properties."""
    summary, _, attributes = part.get("description", "").partition("\n\nAttributes:\n")
    if summary:
        part["description"] = " ".join(summary.split())
    for match in _ATTRIBUTE.finditer(attributes):
        if match["name"] in part.get("properties", {}):
            part["properties"][match["name"]]["description"] = " ".join(match["text"].split())
