"""Every bound of the bank rail. The message bounds are those of ISO 20022's data types."""

from __future__ import annotations

XML_BYTES_MAX = 64 * 2**20
"""A statement of ``STATEMENT_ENTRIES_MAX`` entries with long names fits."""

XML_DEPTH_MAX = 32
"""camt.053 nests 14 deep in what we read; a deeper document is an attack."""

ID_CHARS_MAX = 35
NAME_CHARS_MAX = 140
REMITTANCE_CHARS_MAX = 140
REASON_TEXT_CHARS_MAX = 105

AMOUNT_DIGITS_MAX = 18
AMOUNT_SCALE_MAX = 5

TRANSFERS_PER_MESSAGE_MAX = 1_000
STATEMENT_ENTRIES_MAX = 50_000
POLL_EVENTS_MAX = 10_000
ACCOUNTS_MAX = 1_000_000
FAULTS_MAX = 100_000
FAULT_TIMES_MAX = 100
FAULT_DELAY_US_MAX = 30 * 86_400 * 1_000_000
