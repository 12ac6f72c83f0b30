"""Every bound of the chain, in one place."""

from __future__ import annotations

from typing import Final

ADDRESS_BYTES: Final = 20
WORD_BYTES: Final = 32
REF_BYTES: Final = 16

CALLDATA_BYTES_MAX: Final = 4_096
"""Longer calldata is refused before it reaches an engine."""

INITCODE_BYTES_MAX: Final = 49_152
"""EIP-3860: the longest creation code that an EVM runs."""

BATCH_CALLS_MAX: Final = 100_000
"""Calls in one ``apply``."""

PAUSE_CALLS_MIN: Final = 256
"""From this length on, a batch runs with the cycle collector paused."""

RECORD_BYTES_MAX: Final = 1_000_000
"""One record of a call log; the longest is a deployment with its interface."""

RECORDS_MAX: Final = 50_000_000
"""Records in one packed call log."""

REASON_BYTES_MAX: Final = 256
"""A revert reason is cut here: it is untrusted text on its way into evidence."""

NAME_CHARS_MAX: Final = 32
"""Name of a chain: the reference part of its CAIP-2 id."""

CALL_GAS_MAX: Final = 10_000_000
"""Gas one call may burn on the reference engine; bounds a hostile loop."""

BLOCK_GAS_LIMIT: Final = 2**63 - 1
"""What a contract that asks for the block's gas limit is told."""

CHAIN_ID_OPCODE: Final = 1
"""What ``CHAINID`` answers on every embedded engine; simular-evm can answer nothing else."""

JSON_DEPTH_MAX = 32
"""Brackets that an artefact file may open at once."""
