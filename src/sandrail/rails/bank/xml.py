"""XML in and out: one byte string per message, and a reader that trusts nobody.

Writing is plain concatenation, so the same message always has the same bytes. Reading refuses
document types, entities, other encodings than UTF-8, excessive size and depth before looking at
any field; each field is then asked for by path, and an error names that path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from sandrail.money import Asset, Money
from sandrail.rails.bank.limits import (
    AMOUNT_DIGITS_MAX,
    AMOUNT_SCALE_MAX,
    XML_BYTES_MAX,
    XML_DEPTH_MAX,
)
from sandrail.rails.errors import FieldError, UnsafeXmlError, XmlError
from sandrail.world import InputError, Micros, parse_instant

__all__ = [
    "Node",
    "amount_attributes",
    "amount_leaf",
    "check_text",
    "document",
    "element",
    "leaf",
    "message_name",
    "read_document",
]

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_MARKUP = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_DECIMAL = re.compile(r"(?P<whole>[0-9]{1,18})(?:\.(?P<part>[0-9]{0,5}))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: invisible, but part of how Urdu names are spelt."""


# --- writing ---------------------------------------------------------------------------------


def element(name: str, *children: str) -> str:
    """Return an element around its children; children that are empty texts leave no trace."""
    return f"<{name}>{''.join(children)}</{name}>"


def leaf(name: str, text: str) -> str:
    """Return an element that holds a text."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{safe}</{name}>"


def amount_leaf(name: str, amount: Money) -> str:
    """Return an amount with its currency, all decimal digits of the currency shown."""
    amount_attributes(amount)
    return f'<{name} Ccy="{amount.asset.code}">{amount.text(grouped=False)}</{name}>'


def amount_attributes(amount: Money) -> None:
    """Refuse an amount that ISO 20022 cannot carry: 18 digits, 5 decimals, a 3-letter currency."""
    asset = amount.asset
    if not _CURRENCY.fullmatch(asset.code) or asset.scale > AMOUNT_SCALE_MAX:
        raise FieldError(
            f"{asset.code} with {asset.scale} decimals cannot stand in a bank message.",
            why=f"Banks move currencies of three letters and at most {AMOUNT_SCALE_MAX} decimals.",
            fix="Send the fiat amount; the token's own amount stays on the ledger and the chain.",
            code="rails.bad_amount",
        )
    if amount.minor >= 10**AMOUNT_DIGITS_MAX:
        raise FieldError(
            f"{amount} has more than {AMOUNT_DIGITS_MAX} digits.",
            why=f"An ISO 20022 amount has at most {AMOUNT_DIGITS_MAX} digits in all.",
            fix="Split the payment.",
            code="rails.bad_amount",
        )


def document(name: str, body: str) -> bytes:
    """Return the bytes of a whole message of the given name, such as ``pacs.008.001.08``."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{NAMESPACE}{name}">{body}</Document>\n'
    )
    return text.encode("utf-8")


def check_text(value: str, *, field: str, chars_max: int) -> str:
    """Return the text if it can stand in a message; any script is welcome, control codes are not.

    Raises:
        FieldError: empty, too long, padded with blanks, or with characters that do not print.
    """
    if not value or len(value) > chars_max or value != value.strip():
        raise FieldError(
            f"{field} cannot be {value[: chars_max + 1]!r}.",
            why=f"It has 1 to {chars_max} characters and no blank at either end; "
            f"this has {len(value)}.",
            fix="Shorten or trim it.",
            field=field,
        )
    if not value.isprintable() and not all(c.isprintable() or c in _JOINERS for c in value):
        raise FieldError(
            f"{field} holds a character that does not print: {value!r}.",
            why="Control and direction-override characters can make a text read as another.",
            fix="Remove it.",
            field=field,
        )
    return value


# --- reading ---------------------------------------------------------------------------------


def message_name(data: bytes) -> str:
    """Return the message's name, such as ``camt.053.001.08``, from its namespace."""
    return _message_name(_root(data))


def read_document(data: bytes, *, names: tuple[str, ...]) -> Node:
    """Return the body of a message whose name is one of ``names``.

    Raises:
        UnsafeXmlError: a document type, entities, another encoding, too large or too deep.
        XmlError: not well-formed, or another message.
    """
    root = _root(data)
    name = _message_name(root)
    if name not in names:
        raise XmlError(
            f"This is a {name} message.",
            why=f"Here only {' or '.join(names)} can be read.",
            fix="Hand it to the reader of its own kind.",
            message=name,
        )
    children = list(root)
    if len(children) != 1:
        raise XmlError(
            f"The {name} document has {len(children)} bodies.",
            why="A document carries exactly one message.",
            fix="Split the file.",
        )
    return Node(children[0], f"{{{NAMESPACE}{name}}}", etree.QName(children[0]).localname)


def _root(data: bytes) -> etree._Element:
    if len(data) > XML_BYTES_MAX:
        raise UnsafeXmlError(
            f"The message has {len(data):,} bytes.",
            why=f"At most {XML_BYTES_MAX:,} are read.",
            fix="Ask the sender for pages.",
        )
    if b"\x00" in data or _MARKUP.search(data):
        raise UnsafeXmlError(
            "The message declares a document type or is not UTF-8.",
            why="Bank messages have neither; entities are how XML readers are attacked.",
            fix="Ask the sender for plain ISO 20022 in UTF-8.",
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(
            "The message is not well-formed XML.",
            why=f"{error.msg}.",
            fix="Ask the sender to send it again; do not repair it by hand.",
        ) from error
    _refuse_deep(root)
    return root


def _refuse_deep(root: etree._Element) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > XML_DEPTH_MAX:
            raise UnsafeXmlError(
                f"The message nests deeper than {XML_DEPTH_MAX} levels.",
                why="No ISO 20022 message we read does.",
                fix="Ask the sender for a plain message.",
            )
        level = [child for parent in level for child in parent if len(child)]


def _message_name(root: etree._Element) -> str:
    tag = etree.QName(root)
    if tag.localname != "Document" or not (tag.namespace or "").startswith(NAMESPACE):
        raise XmlError(
            f"The root element is {root.tag!s}, not an ISO 20022 Document.",
            why=f"Its namespace begins with {NAMESPACE}.",
            fix="Unwrap the business envelope first, or ask the sender for the bare document.",
        )
    return (tag.namespace or "").removeprefix(NAMESPACE)


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a message being read, which knows its own path.

    Attributes:
        element: the parsed element.
        namespace: its namespace in braces.
        path: how it is named in errors, from the message's body down.
    """

    element: etree._Element
    namespace: str
    path: str

    def maybe(self, path: str) -> Node | None:
        """Return the only element at ``path``, or None; two of them are an error."""
        node = self
        for step in path.split("/"):
            found = list(node.element.iterchildren(node.namespace + step))
            if len(found) > 1:
                raise self._bad(f"{node.path}/{step}", f"occurs {len(found)} times")
            if not found:
                return None
            node = Node(found[0], self.namespace, f"{node.path}/{step}")
        return node

    def one(self, path: str) -> Node:
        """Return the only element at ``path``; none is an error."""
        node = self.maybe(path)
        if node is None:
            raise self._bad(f"{self.path}/{path}", "is missing")
        return node

    def many(self, name: str) -> list[Node]:
        """Return all direct children of that name, numbered from 1 in errors."""
        found = self.element.iterchildren(self.namespace + name)
        return [Node(e, self.namespace, f"{self.path}/{name}[{n}]") for n, e in enumerate(found, 1)]

    def text(self, path: str, *, chars_max: int) -> str:
        """Return the text at ``path``."""
        node = self.one(path)
        return check_text(node.element.text or "", field=node.path, chars_max=chars_max)

    def maybe_text(self, path: str, *, chars_max: int) -> str | None:
        """Return the text at ``path``, or None where the element is absent."""
        return self.text(path, chars_max=chars_max) if self.maybe(path) else None

    def count(self, path: str) -> int:
        """Return the whole number at ``path``, of at most 15 digits."""
        text = self.text(path, chars_max=15)
        if not (text.isascii() and text.isdigit()):
            raise self._bad(f"{self.path}/{path}", f"is {text!r}, not a count")
        return int(text)

    def instant(self, path: str) -> Micros:
        """Return the instant at ``path`` in microseconds; it must carry its offset from UTC."""
        text = self.text(path, chars_max=40)
        try:
            return parse_instant(text)
        except InputError as error:
            raise self._bad(
                f"{self.path}/{path}", f"is {text!r}, not an instant with its offset"
            ) from error

    def money(self, path: str, currency: Asset) -> Money:
        """Return the amount at ``path``, which must be in ``currency``; nothing is rounded."""
        node = self.one(path)
        code = node.element.get("Ccy")
        if code != currency.code:
            raise FieldError(
                f"{node.path} is in {code}.",
                why=f"The account is kept in {currency.code}.",
                fix=f"Send {currency.code}, or convert first.",
                code="rails.bad_amount",
                field=node.path,
            )
        return Money(currency, node.minor_units(currency))

    def minor_units(self, currency: Asset) -> int:
        """Return this element's decimal text as minor units of ``currency``."""
        text = self.element.text or ""
        match = _DECIMAL.fullmatch(text)
        part = (match["part"] or "") if match else ""
        extra = part[currency.scale :]
        if match is None or extra.strip("0"):
            raise FieldError(
                f"{self.path} is {text[:40]!r}.",
                why=f"{currency.code} has {currency.scale} decimals and an amount has digits only.",
                fix="Send the exact amount; it is never rounded.",
                code="rails.bad_amount",
                field=self.path,
            )
        return int(match["whole"] + part[: currency.scale].ljust(currency.scale, "0"))

    def _bad(self, path: str, trouble: str) -> FieldError:
        return FieldError(
            f"{path} {trouble}.",
            why="The message cannot be understood without guessing.",
            fix="Ask the sender for a corrected message.",
            field=path,
        )
