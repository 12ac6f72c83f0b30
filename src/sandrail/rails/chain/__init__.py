"""The chain: an EVM as a pure function of an append-only call log.

``open_chain`` gives a chain in this process, on revm or on py-evm; ``SupervisedToken`` is the token
that the trials run on; ``Chain.records`` is what to journal, and ``replay`` proves it again on
either engine.
"""

from sandrail.rails.chain.artifact import Artifact, contracts_dir, load_artifact
from sandrail.rails.chain.embedded import EmbeddedChain
from sandrail.rails.chain.errors import (
    ArtifactError,
    CallError,
    CallLogError,
    EngineMissing,
    RefConflict,
)
from sandrail.rails.chain.open import engines_here, open_chain, replay
from sandrail.rails.chain.port import Address, BlockHeader, Call, Chain, Log, Receipt
from sandrail.rails.chain.records import (
    Deploy,
    Genesis,
    Record,
    Seal,
    pack_records,
    parse_record,
    unpack_records,
)
from sandrail.rails.chain.token import SHUT_MINOR, SupervisedToken, TokenRoles, TokenTerms
from sandrail.rails.chain.verify import compare_engines, replay_checked
from sandrail.rails.chain.wallets import checksum_text, wallet_address

__all__ = [
    "SHUT_MINOR",
    "Address",
    "Artifact",
    "ArtifactError",
    "BlockHeader",
    "Call",
    "CallError",
    "CallLogError",
    "Chain",
    "Deploy",
    "EmbeddedChain",
    "EngineMissing",
    "Genesis",
    "Log",
    "Receipt",
    "Record",
    "RefConflict",
    "Seal",
    "SupervisedToken",
    "TokenRoles",
    "TokenTerms",
    "checksum_text",
    "compare_engines",
    "contracts_dir",
    "engines_here",
    "load_artifact",
    "open_chain",
    "pack_records",
    "parse_record",
    "replay",
    "replay_checked",
    "unpack_records",
    "wallet_address",
]
