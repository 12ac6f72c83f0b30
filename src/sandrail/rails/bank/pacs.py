"""pacs.008, pacs.002 and pacs.028: payments, their status, and the question after it.

We write the elements that the Sandrail rails need and read any message that has them; elements we
do not know are left alone, because the archive keeps the message whole.
"""

from __future__ import annotations

from datetime import date

from sandrail.money import Asset, Money
from sandrail.rails.bank.iban import parse_bic, read_iban
from sandrail.rails.bank.limits import (
    ID_CHARS_MAX,
    NAME_CHARS_MAX,
    REASON_TEXT_CHARS_MAX,
    REMITTANCE_CHARS_MAX,
    TRANSFERS_PER_MESSAGE_MAX,
)
from sandrail.rails.bank.messages import (
    BankParty,
    CreditTransfer,
    CreditTransferMessage,
    PaymentState,
    StatusReport,
    StatusRequest,
    TransferStatus,
)
from sandrail.rails.bank.xml import Node, amount_leaf, document, element, leaf, read_document
from sandrail.rails.errors import FieldError
from sandrail.world import derive_id, hex_id, iso

__all__ = [
    "PACS_002",
    "PACS_008",
    "PACS_028",
    "build_pacs002",
    "build_pacs008",
    "build_pacs028",
    "parse_pacs002",
    "parse_pacs008",
    "parse_pacs028",
]

PACS_008 = "pacs.008.001.08"
PACS_002 = "pacs.002.001.10"
PACS_028 = "pacs.028.001.03"
PACS_002_READ = (PACS_002, "pacs.002.001.12")
PACS_028_READ = (PACS_028, "pacs.028.001.05")


# --- pacs.008: payments ----------------------------------------------------------------------


def build_pacs008(message: CreditTransferMessage) -> bytes:
    """Return the XML of a credit transfer message."""
    total = sum(transfer.amount.minor for transfer in message.transfers)
    asset = message.transfers[0].amount.asset
    day = message.settlement_day.isoformat()
    header = element(
        "GrpHdr",
        leaf("MsgId", message.message_id),
        leaf("CreDtTm", iso(message.created_us)),
        leaf("NbOfTxs", str(len(message.transfers))),
        amount_leaf("TtlIntrBkSttlmAmt", Money(asset, total)),
        leaf("IntrBkSttlmDt", day),
        "<SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf>",
        _agent("InstgAgt", message.instructing_bic),
        _agent("InstdAgt", message.instructed_bic),
    )
    sender = message.instructing_bic
    transfers = [_transfer(transfer, sender) for transfer in message.transfers]
    return document(PACS_008, element("FIToFICstmrCdtTrf", header, *transfers))


def _transfer(transfer: CreditTransfer, sender: str) -> str:
    return element(
        "CdtTrfTxInf",
        element(
            "PmtId",
            leaf("EndToEndId", transfer.end_to_end_id),
            leaf("UETR", _uetr(sender, transfer.end_to_end_id)),
        ),
        amount_leaf("IntrBkSttlmAmt", transfer.amount),
        "<ChrgBr>SLEV</ChrgBr>",
        element("Dbtr", leaf("Nm", transfer.debtor.name)),
        _account("DbtrAcct", transfer.debtor.iban),
        _agent("DbtrAgt", transfer.debtor.bic),
        _agent("CdtrAgt", transfer.creditor.bic),
        element("Cdtr", leaf("Nm", transfer.creditor.name)),
        _account("CdtrAcct", transfer.creditor.iban),
        element("RmtInf", leaf("Ustrd", transfer.remittance)),
    )


def parse_pacs008(data: bytes, *, currency: Asset) -> CreditTransferMessage:
    """Read a credit transfer message; its own count and total must match its transfers.

    Raises:
        MessageError: unsafe, another message, or a field that is missing or wrong.
    """
    body = read_document(data, names=(PACS_008,))
    header = body.one("GrpHdr")
    nodes = body.many("CdtTrfTxInf")
    if len(nodes) > TRANSFERS_PER_MESSAGE_MAX:
        raise FieldError(
            f"The message carries {len(nodes)} transfers.",
            why=f"At most {TRANSFERS_PER_MESSAGE_MAX} are read.",
            fix="Split it.",
        )
    transfers = tuple(_parse_transfer(node, currency) for node in nodes)
    _check_header(header, transfers, currency)
    return CreditTransferMessage(
        message_id=header.text("MsgId", chars_max=ID_CHARS_MAX),
        created_us=header.instant("CreDtTm"),
        settlement_day=_day(header, "IntrBkSttlmDt"),
        instructing_bic=parse_bic(header.text("InstgAgt/FinInstnId/BICFI", chars_max=11)),
        instructed_bic=parse_bic(header.text("InstdAgt/FinInstnId/BICFI", chars_max=11)),
        transfers=transfers,
    )


def _check_header(header: Node, transfers: tuple[CreditTransfer, ...], currency: Asset) -> None:
    count = header.count("NbOfTxs")
    total = header.money("TtlIntrBkSttlmAmt", currency).minor
    actual = sum(transfer.amount.minor for transfer in transfers)
    if count != len(transfers) or total != actual:
        raise FieldError(
            f"The header announces {count} transfers of {total} minor units in all.",
            why=f"The message carries {len(transfers)} of {actual}.",
            fix="Reject the message: it was cut or altered on its way.",
            field=header.path,
        )


def _parse_transfer(node: Node, currency: Asset) -> CreditTransfer:
    return CreditTransfer(
        end_to_end_id=node.text("PmtId/EndToEndId", chars_max=ID_CHARS_MAX),
        amount=node.money("IntrBkSttlmAmt", currency),
        debtor=_parse_party(node, "Dbtr"),
        creditor=_parse_party(node, "Cdtr"),
        remittance=node.text("RmtInf/Ustrd", chars_max=REMITTANCE_CHARS_MAX),
    )


def _parse_party(node: Node, role: str) -> BankParty:
    return BankParty(
        name=node.text(f"{role}/Nm", chars_max=NAME_CHARS_MAX),
        iban=read_iban(node.text(f"{role}Acct/Id/IBAN", chars_max=34)),
        bic=parse_bic(node.text(f"{role}Agt/FinInstnId/BICFI", chars_max=11)),
    )


# --- pacs.002: status ------------------------------------------------------------------------


def build_pacs002(report: StatusReport, *, name: str = PACS_002) -> bytes:
    """Return the XML of a status report, in the version ``name``.

    The elements written have the same names and order in every version of ``PACS_002_READ``.
    """
    body = element(
        "FIToFIPmtStsRpt",
        element(
            "GrpHdr",
            leaf("MsgId", report.message_id),
            leaf("CreDtTm", iso(report.created_us)),
        ),
        element(
            "OrgnlGrpInfAndSts",
            leaf("OrgnlMsgId", report.original_message_id),
            leaf("OrgnlMsgNmId", report.original_name),
        ),
        *(_status(status) for status in report.statuses),
    )
    return document(name, body)


def _status(status: TransferStatus) -> str:
    reason = ""
    if status.reason is not None:
        words = leaf("AddtlInf", status.text) if status.text else ""
        reason = element("StsRsnInf", element("Rsn", leaf("Cd", status.reason)), words)
    return element(
        "TxInfAndSts",
        leaf("OrgnlEndToEndId", status.end_to_end_id),
        leaf("TxSts", status.state),
        reason,
    )


def parse_pacs002(data: bytes) -> StatusReport:
    """Read a status report.

    Raises:
        MessageError: unsafe, another message, or a field that is missing or wrong.
    """
    body = read_document(data, names=PACS_002_READ)
    header, original = body.one("GrpHdr"), body.one("OrgnlGrpInfAndSts")
    return StatusReport(
        message_id=header.text("MsgId", chars_max=ID_CHARS_MAX),
        created_us=header.instant("CreDtTm"),
        original_message_id=original.text("OrgnlMsgId", chars_max=ID_CHARS_MAX),
        original_name=original.text("OrgnlMsgNmId", chars_max=ID_CHARS_MAX),
        statuses=tuple(_parse_status(node) for node in body.many("TxInfAndSts")),
    )


def _parse_status(node: Node) -> TransferStatus:
    code = node.text("TxSts", chars_max=4)
    if code not in {state.value for state in PaymentState}:
        raise FieldError(
            f"{node.path}/TxSts is {code!r}.",
            why=f"The rail knows {', '.join(PaymentState)}.",
            fix="Map the bank's code in its adapter; guessing would move money.",
            field=node.path,
        )
    return TransferStatus(
        end_to_end_id=node.text("OrgnlEndToEndId", chars_max=ID_CHARS_MAX),
        state=PaymentState(code),
        reason=node.maybe_text("StsRsnInf/Rsn/Cd", chars_max=4),
        text=node.maybe_text("StsRsnInf/AddtlInf", chars_max=REASON_TEXT_CHARS_MAX),
    )


# --- pacs.028: status request ----------------------------------------------------------------


def build_pacs028(request: StatusRequest, *, name: str = PACS_028) -> bytes:
    """Return the XML of a status request."""
    body = element(
        "FIToFIPmtStsReq",
        element(
            "GrpHdr",
            leaf("MsgId", request.message_id),
            leaf("CreDtTm", iso(request.created_us)),
        ),
        element("TxInf", leaf("OrgnlEndToEndId", request.end_to_end_id)),
    )
    return document(name, body)


def parse_pacs028(data: bytes) -> StatusRequest:
    """Read a status request.

    Raises:
        MessageError: unsafe, another message, or a field that is missing or wrong.
    """
    body = read_document(data, names=PACS_028_READ)
    header = body.one("GrpHdr")
    return StatusRequest(
        message_id=header.text("MsgId", chars_max=ID_CHARS_MAX),
        created_us=header.instant("CreDtTm"),
        end_to_end_id=body.one("TxInf").text("OrgnlEndToEndId", chars_max=ID_CHARS_MAX),
    )


# --- shared ----------------------------------------------------------------------------------


def _agent(name: str, bic: str) -> str:
    return f"<{name}><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></{name}>"


def _account(name: str, iban: str) -> str:
    return f"<{name}><Id><IBAN>{iban}</IBAN></Id></{name}>"


def _uetr(sender: str, end_to_end_id: str) -> str:
    """Return the payment's tracking id: the shape of a random UUID, derived so that it replays."""
    digits = hex_id(derive_id("bank.uetr", sender, end_to_end_id))
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _day(node: Node, path: str) -> date:
    text = node.text(path, chars_max=10)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FieldError(
            f"{node.path}/{path} is {text!r}.",
            why=f"{error}.".capitalize(),
            fix="A day is written 2026-03-01.",
            field=f"{node.path}/{path}",
        ) from error
