"""Every bound of the travel-rule room. Text lengths are those of IVMS101's data types."""

from __future__ import annotations

PAYLOAD_BYTES_MAX = 256 * 1024
JSON_DEPTH_MAX = 16
TEXT_CHARS_MAX = 1_000
"""What the reader accepts at all; the standard's shorter limits are checked as constraints."""

PERSONS_MAX = 20
NAMES_MAX = 20
ADDRESSES_MAX = 20
ADDRESS_LINES_MAX = 7
ACCOUNTS_MAX = 50
INTERMEDIARIES_MAX = 20
TRANSLITERATIONS_MAX = 13

NAME_CHARS_MAX = 100
CUSTOMER_ID_CHARS_MAX = 50
NATIONAL_ID_CHARS_MAX = 35
BIRTHPLACE_CHARS_MAX = 70
ACCOUNT_CHARS_MAX = 100

ANSWER_DELAY_US_MAX = 30 * 86_400 * 1_000_000
INQUIRY_ID_CHARS_MAX = 64
"""Of the exchange with the other VASP; IVMS101 itself has no such id."""
