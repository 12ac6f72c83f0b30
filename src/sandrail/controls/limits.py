"""Bounds of the controls room."""

RULES_MAX = 64
"""Rules one compiled program may hold: each is a bit of the ``breached`` mask of a row."""

WINDOWS_MAX = 8
"""Rolling windows one program may count over."""

VALUE_MINOR_MAX = 2**62
"""Largest value of one instruction in minor units of the pack's currency; sums stay in 64 bits."""

OBSERVED_TEXT_CHARS_MAX = 500
"""Characters of one text in an observation of the firm."""

OBSERVED_ITEMS_MAX = 10_000
"""Entries of one list in an observation of the firm."""
