"""Nomenklatura (DuckDB blocker + LogicV2), run by a Python that has it.

Started by :mod:`bench.screening_peers` with the interpreter that ``NOMENKLATURA_PYTHON`` names; it
imports nothing of Sandrail. Reads one JSON object (listed names, queries, pairs) from the standard
input and writes one to the standard output.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CANDIDATES = 10


def main() -> None:
    """Answer one request."""
    ftm: Any = importlib.import_module("followthemoney")
    store_of: Any = importlib.import_module("nomenklatura.store").load_entity_file_store
    linker: Any = importlib.import_module("nomenklatura.resolver").Linker
    index_of: Any = importlib.import_module("nomenklatura.blocker.index").Index
    matching: Any = importlib.import_module("nomenklatura.matching")
    config: Any = importlib.import_module("nomenklatura.matching.types").ScoringConfig.defaults()
    matcher = matching.get_algorithm("logic-v2")
    asked = json.load(sys.stdin)

    def entity(number: str, names: list[str], schema: str = "Person") -> dict[str, object]:
        return {"id": number, "schema": schema, "properties": {"name": names}}

    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "listed.json"
        rows = [json.dumps(entity(number, names)) for number, names in asked["listed"]]
        listed.write_text("\n".join(rows) + "\n", encoding="utf-8")
        dataset = ftm.Dataset.make({"name": "asked", "title": "asked"})
        view = store_of(listed, linker({})).default_view()
        index = index_of(view, Path(folder) / "index")
        start = time.process_time()
        index.build()
        built = time.process_time() - start
        queries = {
            f"q{n}": ftm.StatementEntity.from_data(dataset, entity(f"q{n}", [name]))
            for n, name in enumerate(asked["queries"])
        }
        best: list[list[object]] = [["", 0.0] for _ in queries]
        start = time.process_time()
        for found, candidates in index.match_entities(queries.values()):
            place = int(found.id[1:])
            for candidate, _ in candidates[:CANDIDATES]:
                other = view.get_entity(candidate.id)
                score = matcher.compare(queries[found.id], other, config).score
                if score > float(str(best[place][1])):
                    best[place] = [candidate.id, score]
        asking = time.process_time() - start
    start = time.process_time()
    pairs = [
        matcher.compare(
            ftm.StatementEntity.from_data(dataset, entity("a", [one], schema)),
            ftm.StatementEntity.from_data(dataset, entity("b", [two], schema)),
            config,
        ).score
        for one, two, schema in asked["pairs"]
    ]
    pairing = time.process_time() - start
    json.dump({"built_s": built, "asking_s": asking, "best": best, "pairs": pairs,
               "pairing_s": pairing}, sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main()
