"""Reference products on the path of a transfer: so far a token backed one to one by money."""

from sandrail.products.adjusting import Adjuster
from sandrail.products.art import MONEY, TOKEN, ReserveToken
from sandrail.products.errors import BooksDisagree, ProductError, RailFactError
from sandrail.products.mirror import ChainMove, Mirror, chain_moves
from sandrail.products.nouns import Books, Customer, Deposit, Hold, Orders, Step
from sandrail.products.payouts import Payout, PayoutBook, PayoutEnd, Purpose, payout_reference
from sandrail.products.rail_facts import (
    KIND_BANK,
    KIND_CHAIN,
    RailRecorder,
    RecordedMessage,
    read_bank_messages,
    read_chain_records,
)

__all__ = [
    "KIND_BANK",
    "KIND_CHAIN",
    "MONEY",
    "TOKEN",
    "Adjuster",
    "Books",
    "BooksDisagree",
    "ChainMove",
    "Customer",
    "Deposit",
    "Hold",
    "Mirror",
    "Orders",
    "Payout",
    "PayoutBook",
    "PayoutEnd",
    "ProductError",
    "Purpose",
    "RailFactError",
    "RailRecorder",
    "RecordedMessage",
    "ReserveToken",
    "Step",
    "chain_moves",
    "payout_reference",
    "read_bank_messages",
    "read_chain_records",
]
