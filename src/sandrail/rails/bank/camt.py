"""camt.053 and camt.054: the day's statement and the notice of a single booking."""

from __future__ import annotations

from sandrail.money import Asset, Money
from sandrail.rails.bank.iban import Iban, parse_bic, read_iban
from sandrail.rails.bank.limits import (
    ID_CHARS_MAX,
    NAME_CHARS_MAX,
    REMITTANCE_CHARS_MAX,
    STATEMENT_ENTRIES_MAX,
)
from sandrail.rails.bank.messages import Direction, Entry, Notification, Statement
from sandrail.rails.bank.xml import Node, amount_leaf, document, element, leaf, read_document
from sandrail.rails.errors import FieldError, StatementError
from sandrail.world import Micros, iso

__all__ = [
    "CAMT_053",
    "CAMT_054",
    "build_camt053",
    "build_camt054",
    "check_statement",
    "parse_camt053",
    "parse_camt054",
]

CAMT_053 = "camt.053.001.08"
CAMT_054 = "camt.054.001.08"

_FAMILY = {Direction.CREDIT: "RCDT", Direction.DEBIT: "ICDT"}
"""Bank transaction families: a received and an issued credit transfer."""


# --- camt.053: statement ---------------------------------------------------------------------


def build_camt053(statement: Statement) -> bytes:
    """Return the XML of a statement whose balances follow from its entries.

    Raises:
        StatementError: opening + credits - debits is not closing.
    """
    check_statement(statement)
    asset = statement.opening.asset
    currency = leaf("Ccy", asset.code)
    body = element(
        "Stmt",
        leaf("Id", statement.message_id),
        leaf("ElctrncSeqNb", str(statement.number)),
        leaf("CreDtTm", iso(statement.created_us)),
        element(
            "FrToDt",
            leaf("FrDtTm", iso(statement.from_us)),
            leaf("ToDtTm", iso(statement.until_us)),
        ),
        element(
            "Acct",
            element("Id", leaf("IBAN", statement.iban)),
            currency,
            element("Ownr", leaf("Nm", statement.holder)),
            element("Svcr", element("FinInstnId", leaf("BICFI", statement.servicer_bic))),
        ),
        _balance("OPBD", statement.opening, statement.from_us),
        _balance("CLBD", statement.closing, min(statement.until_us, statement.created_us)),
        element(
            "TxsSummry",
            _summary("TtlCdtNtries", statement, Direction.CREDIT),
            _summary("TtlDbtNtries", statement, Direction.DEBIT),
        ),
        *(_entry(entry) for entry in statement.entries),
    )
    header = _header(statement.message_id, statement.created_us)
    return document(CAMT_053, element("BkToCstmrStmt", header, body))


def parse_camt053(data: bytes, *, currency: Asset) -> Statement:
    """Read a statement and check that it adds up.

    Raises:
        MessageError: unsafe, another message, or a field that is missing or wrong.
        StatementError: the balances or the summary do not follow from the entries.
    """
    body = read_document(data, names=(CAMT_053,))
    node = body.one("Stmt")
    balances = _balances(node, currency)
    statement = Statement(
        message_id=body.text("GrpHdr/MsgId", chars_max=ID_CHARS_MAX),
        created_us=node.instant("CreDtTm"),
        iban=read_iban(node.text("Acct/Id/IBAN", chars_max=34)),
        holder=node.text("Acct/Ownr/Nm", chars_max=NAME_CHARS_MAX),
        servicer_bic=parse_bic(node.text("Acct/Svcr/FinInstnId/BICFI", chars_max=11)),
        number=node.count("ElctrncSeqNb"),
        from_us=node.instant("FrToDt/FrDtTm"),
        until_us=node.instant("FrToDt/ToDtTm"),
        opening=balances["OPBD"],
        closing=balances["CLBD"],
        entries=_parse_entries(node, currency),
    )
    check_statement(statement)
    _check_summary(node, statement, currency)
    return statement


def check_statement(statement: Statement) -> None:
    """Check that opening + credits - debits = closing and that no entry lies outside the day.

    Raises:
        StatementError: naming the account and the difference, or the entry.
    """
    expected = (
        statement.opening.minor
        + statement.total_minor(Direction.CREDIT)
        - statement.total_minor(Direction.DEBIT)
    )
    if expected != statement.closing.minor:
        raise StatementError(
            f"The statement {statement.message_id} of {statement.iban} does not add up.",
            why=f"Its entries lead to {expected} minor units; it closes with "
            f"{statement.closing.minor}.",
            fix="Ask the bank for the statement again and keep both.",
            difference_minor=expected - statement.closing.minor,
        )
    for entry in statement.entries:
        if not statement.from_us <= entry.booked_us < statement.until_us:
            raise StatementError(
                f"The entry {entry.reference} does not belong to the statement's day.",
                why=f"It was booked {iso(entry.booked_us)}, outside {iso(statement.from_us)} to "
                f"{iso(statement.until_us)}.",
                fix="Ask the bank for the statement again and keep both.",
                entry=entry.reference,
            )


def _check_summary(node: Node, statement: Statement, currency: Asset) -> None:
    for name, direction in (
        ("TtlCdtNtries", Direction.CREDIT),
        ("TtlDbtNtries", Direction.DEBIT),
    ):
        told = node.maybe(f"TxsSummry/{name}")
        if told is None:
            continue
        count = sum(entry.direction is direction for entry in statement.entries)
        total = statement.total_minor(direction)
        if told.count("NbOfNtries") != count or told.one("Sum").minor_units(currency) != total:
            raise StatementError(
                f"The summary {name} of the statement {statement.message_id} does not hold.",
                why=f"The statement carries {count} such entries of {total} minor units.",
                fix="An entry was lost on the way: ask the bank for the statement again.",
            )


def _balances(node: Node, currency: Asset) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for balance in node.many("Bal"):
        code = balance.text("Tp/CdOrPrtry/Cd", chars_max=4)
        amount = balance.money("Amt", currency)
        overdrawn = _direction(balance) is Direction.DEBIT and amount.minor
        if code in found or (overdrawn and code in ("OPBD", "CLBD")):
            raise FieldError(
                f"{balance.path} cannot be used.",
                why="An account of the rail has one opening and one closing balance, never below "
                "zero.",
                fix="Ask the bank what happened to the account.",
                field=balance.path,
            )
        found[code] = amount
    for code in ("OPBD", "CLBD"):
        if code not in found:
            raise FieldError(
                f"{node.path} has no {code} balance.",
                why="Without an opening and a closing booked balance nothing can be reconciled.",
                fix="Ask the bank for a complete statement.",
                field=node.path,
            )
    return found


def _balance(code: str, amount: Money, at_us: int) -> str:
    return element(
        "Bal",
        element("Tp", element("CdOrPrtry", leaf("Cd", code))),
        amount_leaf("Amt", amount),
        leaf("CdtDbtInd", Direction.CREDIT),
        element("Dt", leaf("DtTm", iso(at_us))),
    )


def _summary(name: str, statement: Statement, direction: Direction) -> str:
    count = sum(entry.direction is direction for entry in statement.entries)
    total = Money(statement.opening.asset, statement.total_minor(direction))
    return element(name, leaf("NbOfNtries", str(count)), leaf("Sum", total.text(grouped=False)))


# --- camt.054: notification ------------------------------------------------------------------


def build_camt054(notification: Notification) -> bytes:
    """Return the XML of a notification."""
    body = element(
        "Ntfctn",
        leaf("Id", notification.message_id),
        leaf("CreDtTm", iso(notification.created_us)),
        element("Acct", element("Id", leaf("IBAN", notification.iban))),
        *(_entry(entry) for entry in notification.entries),
    )
    header = _header(notification.message_id, notification.created_us)
    return document(CAMT_054, element("BkToCstmrDbtCdtNtfctn", header, body))


def parse_camt054(data: bytes, *, currency: Asset) -> Notification:
    """Read a notification.

    Raises:
        MessageError: unsafe, another message, or a field that is missing or wrong.
    """
    body = read_document(data, names=(CAMT_054,))
    node = body.one("Ntfctn")
    return Notification(
        message_id=body.text("GrpHdr/MsgId", chars_max=ID_CHARS_MAX),
        created_us=node.instant("CreDtTm"),
        iban=read_iban(node.text("Acct/Id/IBAN", chars_max=34)),
        entries=_parse_entries(node, currency),
    )


# --- entries, in both ------------------------------------------------------------------------


def _header(message_id: str, created_us: int) -> str:
    return element("GrpHdr", leaf("MsgId", message_id), leaf("CreDtTm", iso(created_us)))


def _entry(entry: Entry) -> str:
    role = "Dbtr" if entry.direction is Direction.CREDIT else "Cdtr"
    account = ""
    if entry.counterparty_iban is not None:
        account = element(f"{role}Acct", element("Id", leaf("IBAN", entry.counterparty_iban)))
    return element(
        "Ntry",
        leaf("NtryRef", entry.reference),
        amount_leaf("Amt", entry.amount),
        leaf("CdtDbtInd", entry.direction),
        "<Sts><Cd>BOOK</Cd></Sts>",
        element("BookgDt", leaf("DtTm", iso(entry.booked_us))),
        leaf("AcctSvcrRef", entry.reference),
        element("BkTxCd", _transaction_code(entry)),
        element(
            "NtryDtls",
            element(
                "TxDtls",
                element("Refs", leaf("EndToEndId", entry.end_to_end_id)),
                element(
                    "RltdPties",
                    element(role, element("Pty", leaf("Nm", entry.counterparty_name))),
                    account,
                ),
                element("RmtInf", leaf("Ustrd", entry.remittance)),
            ),
        ),
    )


def _transaction_code(entry: Entry) -> str:
    if entry.counterparty_iban is None:
        family, kind = "CNTR", "CDPT" if entry.direction is Direction.CREDIT else "CWDL"
    else:
        family, kind = _FAMILY[entry.direction], "DMCT"
    return element(
        "Domn",
        leaf("Cd", "PMNT"),
        element("Fmly", leaf("Cd", family), leaf("SubFmlyCd", kind)),
    )


def _parse_entries(node: Node, currency: Asset) -> tuple[Entry, ...]:
    nodes = node.many("Ntry")
    if len(nodes) > STATEMENT_ENTRIES_MAX:
        raise FieldError(
            f"{node.path} has {len(nodes):,} entries.",
            why=f"At most {STATEMENT_ENTRIES_MAX:,} are read.",
            fix="Ask the bank for pages.",
            field=node.path,
        )
    entries = tuple(_parse_entry(entry, currency) for entry in nodes)
    if len({entry.reference for entry in entries}) < len(entries):
        raise FieldError(
            f"{node.path} has two entries of one reference.",
            why="A booking has a reference of its own; a repeated one would be counted twice.",
            fix="Ask the bank for a corrected message.",
            field=node.path,
        )
    return entries


def _parse_entry(node: Node, currency: Asset) -> Entry:
    direction = _direction(node)
    if node.text("Sts/Cd", chars_max=4) != "BOOK":
        raise FieldError(
            f"{node.path} is not booked.",
            why="Money that is only announced must not be counted.",
            fix="Wait for the booking.",
            field=node.path,
        )
    role = "Dbtr" if direction is Direction.CREDIT else "Cdtr"
    details = node.one("NtryDtls/TxDtls")
    return Entry(
        reference=node.text("AcctSvcrRef", chars_max=ID_CHARS_MAX),
        amount=node.money("Amt", currency),
        direction=direction,
        booked_us=Micros(node.instant("BookgDt/DtTm")),
        end_to_end_id=details.text("Refs/EndToEndId", chars_max=ID_CHARS_MAX),
        counterparty_name=details.text(f"RltdPties/{role}/Pty/Nm", chars_max=NAME_CHARS_MAX),
        counterparty_iban=_maybe_iban(details, f"RltdPties/{role}Acct/Id/IBAN"),
        remittance=details.text("RmtInf/Ustrd", chars_max=REMITTANCE_CHARS_MAX),
    )


def _maybe_iban(node: Node, path: str) -> Iban | None:
    text = node.maybe_text(path, chars_max=34)
    return None if text is None else read_iban(text)


def _direction(node: Node) -> Direction:
    code = node.text("CdtDbtInd", chars_max=4)
    if code not in ("CRDT", "DBIT"):
        raise FieldError(
            f"{node.path}/CdtDbtInd is {code!r}.",
            why="It is CRDT or DBIT.",
            fix="Ask the bank for a corrected message.",
            field=node.path,
        )
    return Direction(code)
