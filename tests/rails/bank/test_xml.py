"""Hostile XML is turned away at the door."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.rails.bank import parse_pacs002
from sandrail.rails.bank import xml as reader
from sandrail.rails.bank.xml import element, leaf, message_name, read_document
from sandrail.rails.errors import FieldError, MessageError, UnsafeXmlError, XmlError
from sandrail.world import SandrailError

NAME = "pacs.002.001.10"
NS = f"urn:iso:std:iso:20022:tech:xsd:{NAME}"


def wrapped(body: str) -> bytes:
    return f'<Document xmlns="{NS}">{body}</Document>'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><Document/>',
        b'<?xml version="1.0"?><!doctype x SYSTEM "http://127.0.0.1/x.dtd"><Document/>',
        b'<!  DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Document>&a;</Document>',
        wrapped("<A/>").decode().encode("utf-16"),
        wrapped("<A>" * 40 + "x" + "</A>" * 40),
    ],
)
def test_dangerous_documents_are_unsafe(data: bytes) -> None:
    with pytest.raises(UnsafeXmlError) as caught:
        message_name(data)
    assert caught.value.stable_code == "rails.unsafe_xml"


def test_a_large_document_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "XML_BYTES_MAX", 100)
    with pytest.raises(UnsafeXmlError, match="bytes"):
        message_name(wrapped("<A>" + "x" * 100 + "</A>"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<Document>",
        b"<Document/>",
        b'<Doc xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"/>',
        b'<Document xmlns="urn:example:other"/>',
        wrapped("&undefined;"),
        '<?xml version="1.0" encoding="latin-1"?><Document xmlns="x">é</Document>'.encode(
            "latin-1"
        ),
        wrapped("<A>\x01</A>"),
    ],
)
def test_other_bytes_are_not_a_message(data: bytes) -> None:
    with pytest.raises(XmlError):
        message_name(data)


def test_a_document_has_one_body() -> None:
    for body in ("", "<A/><B/>"):
        with pytest.raises(XmlError, match="bodies"):
            read_document(wrapped(body), names=(NAME,))


def test_an_error_names_the_path_of_the_field() -> None:
    data = wrapped("<Rpt><Hdr><Id>1</Id></Hdr></Rpt>")
    body = read_document(data, names=(NAME,))
    assert body.text("Hdr/Id", chars_max=5) == "1"
    assert body.maybe("Hdr/Other") is None
    with pytest.raises(FieldError, match="Rpt/Hdr/Other is missing"):
        body.text("Hdr/Other", chars_max=5)


def test_comments_and_processing_instructions_hide_nothing() -> None:
    data = wrapped("<Rpt><!-- x --><Id>1<!-- 2 -->3</Id><?php x ?></Rpt>")
    body = read_document(data, names=(NAME,))
    assert body.text("Id", chars_max=5) == "13"


def test_text_is_escaped() -> None:
    assert leaf("A", "<&>\"'") == "<A>&lt;&amp;&gt;\"'</A>"
    assert element("A", "", leaf("B", "x")) == "<A><B>x</B></A>"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_our_errors(data: bytes) -> None:
    with pytest.raises(MessageError):
        parse_pacs002(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_message_with_flipped_bytes_raises_only_our_errors(data: st.DataObject) -> None:
    good = wrapped(
        "<FIToFIPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-01T00:00:00Z</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>F</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId>"
        "</OrgnlGrpInfAndSts><TxInfAndSts><OrgnlEndToEndId>R</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
        "</TxInfAndSts></FIToFIPmtStsRpt>"
    )
    assert parse_pacs002(good).statuses[0].end_to_end_id == "R"
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(bad) - 1))
        bad[at] = data.draw(st.integers(0, 255))
    try:
        parse_pacs002(bytes(bad))
    except SandrailError:
        return
