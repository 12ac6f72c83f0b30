"""Wallets: what is known of an address, whose it is, and whose keys may move it."""

from sandrail.wallets.chain_flows import transfers_in_logs
from sandrail.wallets.custody import (
    Approval,
    Ceremony,
    CustodyKey,
    Movement,
    check_approval,
    check_ceremony,
    sign_approval,
    sign_possession,
)
from sandrail.wallets.errors import CustodyRefused, LinesError, ProofRefused, WalletError
from sandrail.wallets.graph import (
    NOTHING,
    Change,
    Exposure,
    ExposureGraph,
    Ingredient,
    Seen,
    Totals,
)
from sandrail.wallets.lines import EXPOSURE_RULES, ExposureLines, lines_from_rules
from sandrail.wallets.ownership import (
    Challenge,
    Method,
    Proof,
    View,
    check_contract_signature,
    check_signature,
    signed_hash,
)
from sandrail.wallets.register import (
    NO_OWNER,
    NO_WALLET,
    Hosting,
    Wallet,
    WalletRegister,
    clean_address,
    party_node,
)
from sandrail.wallets.tags import SERVICE_TAG, TagBook, TagUpdate, tag_update

__all__ = [
    "EXPOSURE_RULES",
    "NOTHING",
    "NO_OWNER",
    "NO_WALLET",
    "SERVICE_TAG",
    "Approval",
    "Ceremony",
    "Challenge",
    "Change",
    "CustodyKey",
    "CustodyRefused",
    "Exposure",
    "ExposureGraph",
    "ExposureLines",
    "Hosting",
    "Ingredient",
    "LinesError",
    "Method",
    "Movement",
    "Proof",
    "ProofRefused",
    "Seen",
    "TagBook",
    "TagUpdate",
    "Totals",
    "View",
    "Wallet",
    "WalletError",
    "WalletRegister",
    "check_approval",
    "check_ceremony",
    "check_contract_signature",
    "check_signature",
    "clean_address",
    "lines_from_rules",
    "party_node",
    "sign_approval",
    "sign_possession",
    "signed_hash",
    "tag_update",
    "transfers_in_logs",
]
