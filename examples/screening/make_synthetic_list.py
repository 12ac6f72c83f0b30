"""Write the invented lists that the examples use; the same bytes every time."""

from __future__ import annotations

from pathlib import Path

from sandrail.screening.synthetic import synthetic_nacta_csv, synthetic_un_xml
from sandrail.world import Seed

TARGET = Path(__file__).resolve().parents[1] / "rupee-art" / "lists" / "synthetic_un.xml"

NACTA = Path(__file__).resolve().parent / "synthetic_nacta.csv"

if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(synthetic_un_xml(Seed(7)))
    NACTA.write_bytes(synthetic_nacta_csv(Seed(7)))
