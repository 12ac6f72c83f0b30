"""Bounds of the transfers room."""

BATCH_ROWS_MAX = 65_536
"""Rows of one submission; a larger file is cut into several, each with its own key."""

OBSERVATIONS_MAX = 100_000
"""Observations that one firm's file holds."""

REASON_CHARS_MAX = 1_000
"""Length of a reason or of a receiver's reference."""

SNAPSHOT_PART_BYTES = 16 * 1024 * 1024
"""Most bytes of one part of a desk's snapshot."""

SNAPSHOT_AFTER_FACTS = 1_000
"""A desk that is left keeps a snapshot when so many facts came since the last one."""

CONSENTS_MAX = 256
"""Different consents, by version and languages, that one desk tells apart."""

KEY_CHARS_MAX = 128
"""Length of an idempotency key."""

PARTIES_MAX = 50_000_000
"""Parties of one desk."""

PARTY_REF_CHARS_MAX = 64
"""Length of a firm's own name for a party."""
