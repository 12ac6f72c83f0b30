"""What very common names cost: ``SANDRAIL_TEST_DATA=... python -m bench.screening_common``.

Invented Pakistani customers, one in three a Muhammad, by name alone, against the UN's and OFAC's
lists. Draws ``docs/concepts/screening-common.svg`` beside the page that explains it, and prints one
JSON line.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench.screening import full_lists
from bench.screening_data import common_names, real_lists
from sandrail.screening import (
    Index,
    PartyIdentity,
    Screener,
    alarm_margin,
    curve_of_customers,
    curve_svg,
    load_model,
    parse_partial_date,
)

PAGE = Path(__file__).parents[1] / "docs" / "concepts"
CUSTOMERS = 3_000


def main() -> None:
    """Measure, print, draw."""
    screener = Screener(Index.build(full_lists(real_lists())))
    rows = common_names(CUSTOMERS)
    model, own = load_model(), {}
    for pattern in ("latin", "latin+dob"):
        margins = [
            alarm_margin(
                screener,
                PartyIdentity(
                    -1,
                    row["full_name"],
                    dob=parse_partial_date(row["date_of_birth"]) if "dob" in pattern else None,
                ),
            )
            for row in rows
        ]
        own[pattern] = curve_of_customers(margins, pattern=pattern)
    drawn = {
        "strangers, by name": model.curves["latin"],
        "common names, by name": own["latin"],
        "common names, with date": own["latin+dob"],
    }
    title = "What common names cost, and what a date of birth saves"
    (PAGE / "screening-common.svg").write_text(
        curve_svg(drawn, title=title, recall_low_ppm=960_000), encoding="utf-8"
    )
    told = {p: [[round(x / 1e6, 6) for x in one[1:]] for one in own[p]] for p in own}
    print(json.dumps({"bench": "screening_common", "customers": CUSTOMERS, "recall_fpr": told}))


if __name__ == "__main__":
    main()
