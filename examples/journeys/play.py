"""Play a journey in memory and say what came of each step."""

from __future__ import annotations

import sys

from sandrail.casework import load_journey, play
from sandrail.journal import Journal
from sandrail.rulebook import load_pack


def main(path: str) -> None:
    """Play the journey file at ``path``."""
    journey = load_journey(path)
    journal = Journal.in_memory("journey")
    played = play(path, journal=journal, pack=load_pack(journey.pack))
    lines = [journey.title, ""]
    for step in played.steps:
        result = (
            f"refused, as it must be: {step.refused}" if step.refused else f"{step.facts} facts"
        )
        lines.append(f"{step.at[:10]}  {step.do:<15} {result}")
    lines += ["", *(f"{name:<20} {public_id}" for name, public_id in played.names.items())]
    lines.append(f"{'journal':<20} {journal.head.seq + 1} facts, {journal.head.hash.hex()}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
