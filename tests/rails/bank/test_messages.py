"""Messages survive the way out and back, obey their schemas, and refuse what they cannot carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.money import Asset, AssetKind, Money
from sandrail.rails.bank import (
    CAMT_053,
    CAMT_054,
    PACS_002,
    PACS_008,
    PACS_028,
    BankParty,
    Bic,
    CreditTransfer,
    CreditTransferMessage,
    Direction,
    Entry,
    Notification,
    PaymentState,
    Statement,
    StatusReport,
    StatusRequest,
    TransferStatus,
    build_camt053,
    build_camt054,
    build_pacs002,
    build_pacs008,
    build_pacs028,
    make_iban,
    message_name,
    parse_camt053,
    parse_camt054,
    parse_pacs002,
    parse_pacs008,
    parse_pacs028,
)
from sandrail.rails.bank.iban import read_iban
from sandrail.rails.errors import FieldError, MessageError, StatementError, XmlError
from sandrail.world import DAY_US, Micros, SandrailError
from tests.rails.bank.conftest import PKR, START_US
from tests.rails.bank.schemas import violations, xsd_errors

DAY_START = Micros(START_US - 4 * 3_600_000_000)
BIC = Bic("SNDRPK22")

# --- strategies: anything that may stand in a message -----------------------------------------

_letters = st.one_of(
    st.sampled_from("سارہاحمدبلالخان&<>\"'’‌"),
    st.characters(codec="utf-8", categories=["L", "N", "P"]),
)


def texts(chars_max: int) -> st.SearchStrategy[str]:
    return (
        st.text(_letters, min_size=1, max_size=chars_max)
        .map(str.strip)
        .filter(lambda t: bool(t) and all(c.isprintable() or c == "‌" for c in t))
    )


ids = st.text("ABCXYZ0123456789-/", min_size=1, max_size=35)
ibans = st.integers(0, 10**16 - 1).map(lambda n: make_iban("PK", f"SNDR{n:016d}"))
amounts = st.integers(1, 10**15).map(lambda n: Money(PKR, n))
instants = st.integers(0, DAY_US - 1).map(lambda n: Micros(DAY_START + n))
parties = st.builds(BankParty, texts(140), ibans, st.just(BIC))
transfers = st.builds(CreditTransfer, ids, amounts, parties, parties, texts(140))
statuses = st.one_of(
    st.builds(TransferStatus, ids, st.sampled_from([PaymentState.SETTLED, PaymentState.ACCEPTED])),
    st.builds(
        TransferStatus,
        ids,
        st.just(PaymentState.REJECTED),
        st.sampled_from(["AC01", "AM04", "MS03"]),
        st.none() | texts(105),
    ),
)
entries = st.builds(
    Entry,
    ids,
    amounts,
    st.sampled_from(Direction),
    instants,
    ids,
    texts(140),
    st.none() | ibans,
    texts(140),
)
entry_lists = st.lists(entries, max_size=5, unique_by=lambda e: e.reference).map(tuple)
pacs008s = st.builds(
    CreditTransferMessage,
    ids,
    instants,
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.just(BIC),
    st.just(BIC),
    st.lists(transfers, min_size=1, max_size=4).map(tuple),
)
pacs002s = st.builds(
    StatusReport, ids, instants, ids, st.just(PACS_008), st.lists(statuses, max_size=4).map(tuple)
)
camt054s = st.builds(Notification, ids, instants, ibans, entry_lists)


@st.composite
def camt053s(draw: st.DrawFn) -> Statement:
    rows = draw(entry_lists)
    change = sum(
        e.amount.minor if e.direction is Direction.CREDIT else -e.amount.minor for e in rows
    )
    opening = draw(st.integers(max(0, -change), 10**16))
    return Statement(
        draw(ids),
        Micros(DAY_START + DAY_US),
        draw(ibans),
        draw(texts(140)),
        BIC,
        draw(st.integers(1, 10**6)),
        DAY_START,
        Micros(DAY_START + DAY_US),
        Money(PKR, opening),
        Money(PKR, opening + change),
        rows,
    )


# --- there and back, and valid on the way -----------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(pacs008s)
def test_pacs008_survives_and_is_valid(message: CreditTransferMessage) -> None:
    xml = build_pacs008(message)
    assert parse_pacs008(xml, currency=PKR) == message
    assert xsd_errors(xml) == []
    assert build_pacs008(message) == xml


@settings(max_examples=60, deadline=None)
@given(pacs002s)
def test_pacs002_survives(report: StatusReport) -> None:
    xml = build_pacs002(report)
    assert parse_pacs002(xml) == report
    later = build_pacs002(report, name="pacs.002.001.12")
    assert parse_pacs002(later) == report
    assert xsd_errors(later) == []


@settings(max_examples=60, deadline=None)
@given(camt053s())
def test_camt053_survives_and_is_valid(statement: Statement) -> None:
    xml = build_camt053(statement)
    assert parse_camt053(xml, currency=PKR) == statement
    assert xsd_errors(xml) == []


@settings(max_examples=60, deadline=None)
@given(camt054s)
def test_camt054_survives_and_is_valid(notification: Notification) -> None:
    xml = build_camt054(notification)
    assert parse_camt054(xml, currency=PKR) == notification
    assert xsd_errors(xml) == []


def test_pacs028_survives_and_is_valid() -> None:
    request = StatusRequest("FIRM-1", START_US, "R1")
    xml = build_pacs028(request)
    assert parse_pacs028(xml) == request
    later = build_pacs028(request, name="pacs.028.001.05")
    assert parse_pacs028(later) == request
    assert xsd_errors(later) == []


# --- against the classes generated from the official schema -----------------------------------


@settings(max_examples=40, deadline=None)
@given(pacs002s)
def test_pacs002_obeys_the_generated_schema(report: StatusReport) -> None:
    for name in (PACS_002, "pacs.002.001.12"):
        assert violations(build_pacs002(report, name=name)) == []


def test_pacs028_obeys_the_generated_schema() -> None:
    request = StatusRequest("FIRM-1", START_US, "R1")
    for name in (PACS_028, "pacs.028.001.05"):
        assert violations(build_pacs028(request, name=name)) == []


@settings(max_examples=20, deadline=None)
@given(pacs008s)
def test_the_generated_schema_agrees_with_the_xsd_where_both_exist(
    message: CreditTransferMessage,
) -> None:
    assert violations(build_pacs008(message)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<TxSts>RJCT</TxSts>", b""),
        (b"<OrgnlMsgId>FIRM-1</OrgnlMsgId>", b""),
        (b"<TxSts>RJCT</TxSts>", b"<TxSts>REJECTED</TxSts>"),
        (b"<MsgId>BANK-1</MsgId>", b"<MsgId>" + b"9" * 36 + b"</MsgId>"),
        (b"<OrgnlEndToEndId>R1</OrgnlEndToEndId>", b"<EndToEndId>R1</EndToEndId>"),
        (b"<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn>", b"<StsRsnInf><Rsn><Code>AM04</Code></Rsn>"),
    ],
)
def test_the_schema_checks_bite(old: bytes, new: bytes) -> None:
    xml = build_pacs002(_report()).replace(old, new)
    swapped = old.startswith(b"<TxSts>") and not new
    if swapped:  # an optional element may be absent; put it where it must not stand
        xml = xml.replace(b"<OrgnlEndToEndId>", old + b"<OrgnlEndToEndId>")
    assert violations(xml)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<ChrgBr>SLEV</ChrgBr>", b""),
        (b"<SttlmMtd>INDA</SttlmMtd>", b"<SttlmMtd>RAAS</SttlmMtd>"),
        (b"12.34</Intr", b"12.345678</Intr"),
        (b"</EndToEndId>", b"</EndToEndId><EndToEndId>R2</EndToEndId>"),
        (b'Ccy="PKR"', b'Ccy="rupee"'),
    ],
)
def test_the_xsd_bites(old: bytes, new: bytes) -> None:
    xml = build_pacs008(_message())
    assert old in xml and xsd_errors(xml) == []
    assert xsd_errors(xml.replace(old, new))


# --- what a reader refuses --------------------------------------------------------------------


def _party(name: str = "Sara") -> BankParty:
    return BankParty(name, make_iban("PK", "SNDR0000000000000001"), BIC)


def _transfer(minor: int = 1_234) -> CreditTransfer:
    return CreditTransfer("R1", Money(PKR, minor), _party(), _party("Bilal"), "Rent")


def _message() -> CreditTransferMessage:
    return CreditTransferMessage("FIRM-1", START_US, date(2026, 3, 1), BIC, BIC, (_transfer(),))


def _report() -> StatusReport:
    status = TransferStatus("R1", PaymentState.REJECTED, "AM04", "Insufficient funds")
    return StatusReport("BANK-1", START_US, "FIRM-1", PACS_008, (status,))


def _entry(minor: int = 500) -> Entry:
    return Entry(
        "B1", Money(PKR, minor), Direction.CREDIT, START_US, "R1", "Sara", _party().iban, "Rent"
    )


def _statement() -> Statement:
    return Statement(
        "BANK-2",
        START_US,
        _party().iban,
        "Rupee Art",
        BIC,
        1,
        DAY_START,
        Micros(DAY_START + DAY_US),
        Money(PKR, 100),
        Money(PKR, 600),
        (_entry(),),
    )


Damage = tuple[bytes, bytes]

PACS008_DAMAGE: list[Damage] = [
    (b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>2</NbOfTxs>"),
    (b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>one</NbOfTxs>"),
    (b"<NbOfTxs>1</NbOfTxs>", b""),
    (b"12.34</TtlIntr", b"12.35</TtlIntr"),
    (b"12.34</Intr", b"12.345</Intr"),
    (b"12.34</Intr", b"-12.34</Intr"),
    (b"12.34</Intr", b"1e3</Intr"),
    (b"12.34</Intr", "١٢".encode() + b"</Intr"),
    (b"12.34</Intr", b"</Intr"),
    (b'<IntrBkSttlmAmt Ccy="PKR">', b'<IntrBkSttlmAmt Ccy="USD">'),
    (b"<EndToEndId>R1</EndToEndId>", b""),
    (b"<EndToEndId>R1</EndToEndId>", b"<EndToEndId> </EndToEndId>"),
    (b"<EndToEndId>R1</EndToEndId>", b"<EndToEndId>" + b"R" * 36 + b"</EndToEndId>"),
    (b"<EndToEndId>R1</EndToEndId>", b"<EndToEndId>R1</EndToEndId><EndToEndId>R2</EndToEndId>"),
    (b"<Nm>Sara</Nm>", "<Nm>Sara\u202eaibaD</Nm>".encode()),
    (b"<Nm>Sara</Nm>", b"<Nm>" + b"S" * 141 + b"</Nm>"),
    (b"<BICFI>SNDRPK22</BICFI>", b"<BICFI>sndrpk22</BICFI>"),
    (b"<IBAN>PK", b"<IBAN>DE"),
    (b"2026-03-01T04:00:00Z", b"2026-03-01T04:00:00"),
    (b"2026-03-01T04:00:00Z", b"yesterday"),
    (b"<IntrBkSttlmDt>2026-03-01</IntrBkSttlmDt>", b"<IntrBkSttlmDt>2026-02-30</IntrBkSttlmDt>"),
]


@pytest.mark.parametrize(("old", "new"), PACS008_DAMAGE)
def test_a_damaged_payment_is_refused_and_the_field_named(old: bytes, new: bytes) -> None:
    xml = build_pacs008(_message())
    assert old in xml
    with pytest.raises(SandrailError) as caught:
        parse_pacs008(xml.replace(old, new), currency=PKR)
    assert caught.value.what and caught.value.fix


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b">6.00</Amt>", b">6.01</Amt>", StatementError),
        (b"<Sum>5.00</Sum>", b"<Sum>5.01</Sum>", StatementError),
        (b"<NbOfNtries>1</NbOfNtries>", b"<NbOfNtries>2</NbOfNtries>", StatementError),
        (b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"<CdtDbtInd>DBIT</CdtDbtInd><Sts>", MessageError),
        (b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts><Cd>PDNG</Cd></Sts>", FieldError),
        (b"<Cd>CLBD</Cd>", b"<Cd>CLAV</Cd>", FieldError),
        (b"<Cd>CLBD</Cd>", b"<Cd>OPBD</Cd>", FieldError),
        (
            b"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>",
            b"</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt>",
            FieldError,
        ),
        (b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"<CdtDbtInd>BOTH</CdtDbtInd><Sts>", FieldError),
    ],
)
def test_a_damaged_statement_is_refused(old: bytes, new: bytes, error: type[SandrailError]) -> None:
    xml = build_camt053(_statement())
    assert old in xml
    with pytest.raises(error):
        parse_camt053(xml.replace(old, new), currency=PKR)


def test_a_lost_entry_and_a_doubled_entry_are_noticed() -> None:
    xml = build_camt053(_statement())
    start, end = xml.index(b"<Ntry>"), xml.index(b"</Ntry>") + len(b"</Ntry>")
    with pytest.raises(StatementError):
        parse_camt053(xml[:start] + xml[end:], currency=PKR)
    with pytest.raises(FieldError, match="two entries of one reference"):
        parse_camt053(xml[:end] + xml[start:end] + xml[end:], currency=PKR)


def test_a_statement_that_does_not_add_up_is_not_even_written() -> None:
    with pytest.raises(StatementError) as caught:
        build_camt053(replace(_statement(), closing=Money(PKR, 601)))
    assert caught.value.fields["difference_minor"] == -1
    outside = replace(_entry(), booked_us=Micros(DAY_START + DAY_US))
    with pytest.raises(StatementError, match="does not belong"):
        build_camt053(replace(_statement(), entries=(outside,)))


def test_an_unknown_status_code_is_not_guessed() -> None:
    xml = build_pacs002(_report()).replace(b">RJCT<", b">PART<")
    with pytest.raises(FieldError, match="PART"):
        parse_pacs002(xml)


def test_zeroes_behind_the_currencys_decimals_are_no_harm() -> None:
    xml = build_pacs008(_message()).replace(b">12.34<", b">12.34000<")
    assert parse_pacs008(xml, currency=PKR) == _message()


@pytest.mark.parametrize(
    "read",
    [
        lambda xml: parse_pacs002(xml),
        lambda xml: parse_camt053(xml, currency=PKR),
        lambda xml: parse_camt054(xml, currency=PKR),
        lambda xml: parse_pacs028(xml),
    ],
)
def test_one_kind_is_not_taken_for_another(read: Callable[[bytes], object]) -> None:
    with pytest.raises(XmlError, match=r"pacs\.008"):
        read(build_pacs008(_message()))


def test_messages_know_their_names() -> None:
    notification = Notification("N", START_US, _party().iban, (_entry(),))
    assert message_name(build_pacs008(_message())) == PACS_008
    assert message_name(build_pacs002(_report())) == PACS_002
    assert message_name(build_camt053(_statement())) == CAMT_053
    assert message_name(build_camt054(notification)) == CAMT_054


# --- what cannot be said at all ---------------------------------------------------------------


def test_nonsense_cannot_be_built() -> None:
    token = Asset("PKRT", 6, AssetKind.ASSET_REFERENCED_TOKEN)
    fine = Asset("ETH", 18, AssetKind.VIRTUAL_ASSET)
    for amount in (Money(PKR, 0), Money(token, 5), Money(fine, 5), Money(PKR, 10**18)):
        with pytest.raises(FieldError):
            CreditTransfer("R1", amount, _party(), _party(), "Rent")
    for text in ("", " x", "x" * 141, "a\x00b", "a\u2066b"):
        with pytest.raises(FieldError):
            replace(_transfer(), remittance=text)
    with pytest.raises(FieldError):
        TransferStatus("R1", PaymentState.SETTLED, "AM04")
    with pytest.raises(FieldError):
        TransferStatus("R1", PaymentState.REJECTED)
    with pytest.raises(FieldError):
        replace(_message(), transfers=())
    usd = Asset("USD", 2, AssetKind.FIAT)
    mixed = (_transfer(), replace(_transfer(), amount=Money(usd, 5)))
    with pytest.raises(FieldError):
        replace(_message(), transfers=mixed)


def test_the_tracking_id_follows_the_payment_not_the_message() -> None:
    def uetr(message: CreditTransferMessage) -> bytes:
        xml = build_pacs008(message)
        return xml[xml.index(b"<UETR>") : xml.index(b"</UETR>")]

    assert uetr(_message()) == uetr(replace(_message(), message_id="FIRM-2"))
    other = replace(_message(), transfers=(replace(_transfer(), end_to_end_id="R2"),))
    assert uetr(_message()) != uetr(other)
    assert read_iban(_party().iban) == _party().iban
