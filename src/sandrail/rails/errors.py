"""Errors of the bank rail and of the travel rule.

::

    InputError
    ├── IbanError             rails.bad_iban, rails.bad_bic
    ├── MessageError          a message that cannot be built or read
    │   ├── UnsafeXmlError        rails.unsafe_xml
    │   ├── XmlError              rails.bad_xml
    │   └── FieldError            rails.{bad_field, bad_amount}
    ├── FaultPlanError        rails.bad_fault_plan
    ├── UnknownAccountError   rails.unknown_account
    ├── UnknownPaymentError   rails.{unknown_payment, unknown_message}
    └── TravelRuleError       travel_rule.{not_json, bad_field, unknown_version, unknown_field,
                              lossy, unknown_inquiry, bad_message}
    ConflictError
    ├── PaymentConflictError  rails.payment_conflict
    ├── AccountConflictError  rails.account_conflict
    └── InquiryConflictError  travel_rule.inquiry_conflict
    EvidenceError
    └── StatementError        rails.{statement_does_not_add_up, bank_books_broken}
"""

from __future__ import annotations

from sandrail.world import ConflictError, EvidenceError, InputError

__all__ = [
    "AccountConflictError",
    "FaultPlanError",
    "FieldError",
    "IbanError",
    "InquiryConflictError",
    "MessageError",
    "PaymentConflictError",
    "StatementError",
    "TravelRuleError",
    "UnknownAccountError",
    "UnknownPaymentError",
    "UnsafeXmlError",
    "XmlError",
]


class IbanError(InputError):
    """A text that is not an account number or a bank's code."""

    code = "rails.bad_iban"


class MessageError(InputError):
    """A bank message that cannot be built or read."""

    code = "rails.bad_message"


class UnsafeXmlError(MessageError):
    """XML that uses what an attacker uses: a document type, entities, excessive size."""

    code = "rails.unsafe_xml"


class XmlError(MessageError):
    """Bytes that are not the XML message they are said to be."""

    code = "rails.bad_xml"


class FieldError(MessageError):
    """One field of a message is missing, repeated, too long or not in its format."""

    code = "rails.bad_field"


class FaultPlanError(InputError):
    """A plan of faults that cannot be carried out."""

    code = "rails.bad_fault_plan"


class UnknownAccountError(InputError):
    """The bank keeps no such account."""

    code = "rails.unknown_account"


class UnknownPaymentError(InputError):
    """No payment with this end-to-end id, or no message with this id, ever crossed the line."""

    code = "rails.unknown_payment"


class PaymentConflictError(ConflictError):
    """The same end-to-end id was used for another payment."""

    code = "rails.payment_conflict"


class AccountConflictError(ConflictError):
    """The account exists already, or its state forbids the change."""

    code = "rails.account_conflict"


class InquiryConflictError(ConflictError):
    """The same inquiry id was used for another transfer, or the inquiry is already closed."""

    code = "travel_rule.inquiry_conflict"


class StatementError(EvidenceError):
    """A statement whose balances do not follow from its entries."""

    code = "rails.statement_does_not_add_up"


class TravelRuleError(InputError):
    """A travel-rule payload that cannot be read."""

    code = "travel_rule.bad_field"
