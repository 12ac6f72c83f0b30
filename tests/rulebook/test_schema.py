"""The JSON Schema beside the packs is the one that the code means."""

from __future__ import annotations

from sandrail.rulebook import find_packs, pack_schema, pack_schema_text


def test_the_committed_schema_is_current() -> None:
    committed = find_packs()["example"].parent / "pack.schema.json"
    assert committed.read_text(encoding="utf-8") == pack_schema_text(), (
        "Write it anew: python -c 'from sandrail.rulebook import pack_schema_text; "
        'print(pack_schema_text(), end="")\' > packs/pack.schema.json'
    )


def test_what_the_engine_computes_is_not_asked_of_authors() -> None:
    text = pack_schema_text()
    assert "content_hash" not in text
    assert "set_by" not in text


def test_it_knows_the_keys_as_they_stand_in_files() -> None:
    properties = pack_schema()["properties"]
    assert isinstance(properties, dict)
    assert {"currency", "assets", "rules", "stages", "forms", "calendars"} <= set(properties)
