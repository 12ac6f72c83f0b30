"""Every bound of this room. None of them is law: they keep a hostile file from costing a day."""

from __future__ import annotations

LIST_BYTES_MAX = 256 * 1024 * 1024
"""A list file larger than this is refused before it is parsed; the largest real one is 120 MB."""

LIST_ENTRIES_MAX = 2_000_000
XML_DEPTH_MAX = 64
XML_TEXT_CHARS_MAX = 200_000
NAMES_PER_ENTRY_MAX = 400
NAME_CHARS_MAX = 300
"""A longer name is cut for matching; the stored text is not."""

NAME_TOKENS_MAX = 12
TOKEN_CHARS_MAX = 24
REMARKS_CHARS_MAX = 4_000
YEAR_MIN = 1850
YEAR_MAX = 2100

CANDIDATES_MAX = 24
"""Names of the list that are scored in full for one query."""

MATCHES_SHOWN_MAX = 10

SHRINK_PERCENT_MAX = 5
"""A new version with this many percent fewer entries waits for a person."""

FETCH_SECONDS_MAX = 120

BATCH_ROWS_MAX = 20_000_000
GOOD_GUY_DAYS_MAX = 366

CNIC_DIGITS = 13
"""A national identity number of another length is damaged: it says nothing for or against."""
