"""How much the rulebook reads. None of these is a legal number; those live in packs."""

from __future__ import annotations

from typing import Final

PACK_FILE_BYTES_MAX: Final = 2_000_000
PACK_FILES_MAX: Final = 40
CASE_FILE_BYTES_MAX: Final = 500_000
CASES_PER_PACK_MAX: Final = 2_000
TEXT_CHARS_MAX: Final = 8_000
ID_CHARS_MAX: Final = 64
ENTRIES_MAX: Final = 5_000
DEPTH_MAX: Final = 12
CONDITIONS_PER_PERMISSION_MAX: Final = 200
PROBLEMS_SHOWN_MAX: Final = 50
WORKING_DAYS_MAX: Final = 20_000
QUANTITY_MAX: Final = 2**53
"""Counts and times beyond it would not survive every reader of a published table."""
