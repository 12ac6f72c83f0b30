"""The one path of a transfer: accept, check, hold, settle, record."""

from sandrail.transfers.answers import Answers
from sandrail.transfers.batch_fact import KIND_BATCH, JudgedBatch, decode_batch
from sandrail.transfers.counter import Counter, Reply
from sandrail.transfers.desk import Desk
from sandrail.transfers.duties import DUTIES, HOLD, Duty
from sandrail.transfers.errors import (
    DeskBroken,
    DeskExists,
    InstructionError,
    KeyConflict,
    NotAllowed,
    OnboardingError,
    ReplayMismatch,
)
from sandrail.transfers.firm import FirmDesk, FirmStatus
from sandrail.transfers.floor import Floor
from sandrail.transfers.holds import draft_hold_decided, read_hold_decided
from sandrail.transfers.instructions import Instruction, InstructionBatch, batch_of
from sandrail.transfers.replay import KINDS, rebuild
from sandrail.transfers.terms import CUSTOMERS_RULE, DeskTerms
from sandrail.transfers.wallet_desk import ChainFlow, TagReport, WalletDesk, WalletReport

__all__ = [
    "CUSTOMERS_RULE",
    "DUTIES",
    "HOLD",
    "KINDS",
    "KIND_BATCH",
    "Answers",
    "ChainFlow",
    "Counter",
    "Desk",
    "DeskBroken",
    "DeskExists",
    "DeskTerms",
    "Duty",
    "FirmDesk",
    "FirmStatus",
    "Floor",
    "Instruction",
    "InstructionBatch",
    "InstructionError",
    "JudgedBatch",
    "KeyConflict",
    "NotAllowed",
    "OnboardingError",
    "ReplayMismatch",
    "Reply",
    "TagReport",
    "WalletDesk",
    "WalletReport",
    "batch_of",
    "decode_batch",
    "draft_hold_decided",
    "read_hold_decided",
    "rebuild",
]
