"""The published lists, where the operator has them; skipped loudly elsewhere."""

import os
from pathlib import Path

import pytest

from sandrail.screening import Decision, Index, Kind, Screener, load_un_xml, screen_name

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def folder() -> Path:
    path = os.environ.get("SANDRAIL_TEST_DATA", "")
    if not path:
        if os.environ.get("SANDRAIL_REQUIRE_ALL") == "1":
            pytest.fail("SANDRAIL_TEST_DATA is not set, and SANDRAIL_REQUIRE_ALL=1 asks for it")
        pytest.skip("SANDRAIL_TEST_DATA is not set: the published lists are not read")
    return Path(path)


def test_original_scripts_find_their_latin_entries(folder: Path) -> None:
    """Named individuals of the list, asked for in Arabic letters, all Arabic names left out."""
    from dataclasses import replace

    one = load_un_xml(next((folder / "lists").glob("un_consolidated_*.xml")))
    people = [e for e in one.entries if e.kind is Kind.PERSON]
    latin = [replace(e, names=tuple(n for n in e.names if max(n.text) < "\u0250")) for e in people]
    screener = Screener(Index.build([replace(one, entries=tuple(e for e in latin if e.names))]))
    asked = found = 0
    for entry in people:
        for name in entry.names:
            if "\u0600" <= name.text[:1] <= "\u06ff":
                result = screen_name(screener, name.text)
                hits = {m.entry_id for m in result.matches if m.decision is not Decision.CLEAR}
                asked, found = asked + 1, found + (entry.id in hits)
    assert asked > 250
    assert found / asked >= 0.88
