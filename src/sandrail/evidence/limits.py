"""Bounds on what this room reads, writes and draws."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BUNDLE_FILES_MAX",
    "CHART_ROWS_MAX",
    "FACTS_MAX",
    "FILE_BYTES_MAX",
    "MANIFEST_BYTES_MAX",
    "REASONS_SHOWN_MAX",
]

FACTS_MAX: Final = 2_000_000
"""Facts of a journal that one dossier takes in."""

BUNDLE_FILES_MAX: Final = 4_096
"""Files of a bundle; more than a year of daily statements."""

FILE_BYTES_MAX: Final = 2 * 1024**3
"""Bytes of one file of a bundle."""

MANIFEST_BYTES_MAX: Final = 4 * 1024**2
"""Bytes of a manifest, which is read before anything vouches for it."""

CHART_ROWS_MAX: Final = 400
"""Rows of one chart and of the table beside it."""

REASONS_SHOWN_MAX: Final = 12
"""Reasons ranked in the chart; the table beside it has them all."""
