"""Every bound of this room. None of them is law: they keep a hostile file from costing a day."""

from __future__ import annotations

LIST_BYTES_MAX = 256 * 1024 * 1024
"""A list file larger than this is refused before it is parsed; the largest real one is 120 MB."""

LIST_ENTRIES_MAX = 2_000_000
XML_DEPTH_MAX = 64
XML_TEXT_CHARS_MAX = 200_000
XML_ELEMENTS_PER_ENTRY_MAX = 100_000
"""An entry is held whole while it is read; the largest real one has some thousands."""

TABLE_LINE_CHARS_MAX = 256 * 1024
TABLE_LINES_PER_ROW_MAX = 512
BUNDLE_FILES_MAX = 4_096
BUNDLE_RATIO_MAX = 200
TAGPACK_BYTES_MAX = 16 * 1024 * 1024
TAGPACK_DEPTH_MAX = 32
FACTS_PER_ENTRY_MAX = 5_000
"""Dates, places or numbers of one entry; exchanges are listed with several hundred addresses."""

SKIPPED_SHOWN_MAX = 10_000
"""Reasons kept about entries that could not be read as they stand."""

NAMES_PER_ENTRY_MAX = 400
NAME_CHARS_MAX = 300
"""A longer name is cut for matching; the stored text is not."""

NAME_TOKENS_MAX = 12
TOKEN_CHARS_MAX = 24
REMARKS_CHARS_MAX = 4_000
YEAR_MIN = 1850
YEAR_MAX = 2100

MATCHES_SHOWN_MAX = 10
SHOWN_BELOW_MILLI = 1_000
"""How far below its threshold (thousandths of log-odds) a match is still told."""

SHRINK_PERCENT_MAX = 5
"""A new version with this many percent fewer entries waits for a person."""

FETCH_SECONDS_MAX = 300
FETCH_SILENCE_SECONDS_MAX = 30
FETCH_REDIRECTS_MAX = 5


BATCH_ROWS_MAX = 20_000_000
GOOD_GUY_DAYS_MAX = 366

CNIC_DIGITS = 13
"""A national identity number of another length is damaged: it says nothing for or against."""
