"""Write the invented list that the examples use; the same bytes every time."""

from __future__ import annotations

from pathlib import Path

from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import Seed

TARGET = Path(__file__).resolve().parents[1] / "rupee-art" / "lists" / "synthetic_un.xml"

if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(synthetic_un_xml(Seed(7)))
