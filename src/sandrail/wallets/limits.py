"""Bounds of the wallets room. None of them is law; what the law says comes from the pack."""

from __future__ import annotations

CATEGORIES_MAX = 16
"""Categories of tags that one graph tells apart."""

HOPS_MAX = 16
"""Hops that a pack may ask to be told apart; value that came further is counted as further."""

NODES_MAX = 2**31 - 1
"""Wallets and customers of one graph."""

VALUE_MAX = 2**62
"""What one wallet may receive in all, in minor units; what exceeds it is not counted."""

MILLION = 1_000_000
"""Shares are whole millionths; what is left over is dropped."""

ADDRESS_CHARS_MAX = 128
TAGS_MAX = 2_000_000
WALLETS_PER_ACT_MAX = 100_000
CUSTODY_KEYS_MAX = 32
WITNESSES_MIN = 2
REASON_CHARS_MAX = 500
CHALLENGE_LIFE_US = 24 * 3_600_000_000
"""How long a challenge waits for its answer; a technical bound, not a rule."""

MICRO_DEPOSIT_MINOR_MAX = 9_999
"""A micro-deposit asks for 1 to this many minor units of the asset."""

SIGNATURE_BYTES_MAX = 4_096
"""A contract wallet may want more than the 65 bytes of a key."""
