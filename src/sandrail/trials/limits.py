"""Every bound of the trials room, in one place. They protect the machine; the law is in packs."""

from __future__ import annotations

PLAN_BYTES_MAX = 256 * 1024
TEXT_CHARS_MAX = 2_000
NAME_CHARS_MAX = 80
HYPOTHESES_MAX = 64
STAGES_MAX = 12
LIMITS_ASKED_MAX = 64
SCENARIOS_MAX = 64
ADVERSARIES_MAX = 32
SIGNATURES_MAX = 16
SIGNATORIES_MIN = 2
DAYS_MAX = 2_000
CUSTOMERS_MAX = 2_000_000
CONCURRENT_CALLERS_MAX = 1_024
AMOUNT_MINOR_MAX = 2**62
"""Intents are drawn as signed 64-bit columns; a person's payment is far below this."""
