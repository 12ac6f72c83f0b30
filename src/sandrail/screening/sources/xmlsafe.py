"""Reading a publisher's XML without trusting it: no entities, no network, no unbounded anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import LIST_BYTES_MAX, XML_DEPTH_MAX, XML_TEXT_CHARS_MAX

__all__ = ["file_bytes", "iter_elements", "sha256_of", "texts"]

_CHUNK = 1 << 20


def file_bytes(source: Path | str | bytes, *, what: str) -> bytes:
    """Return the bytes of a list, refusing a file beyond the limit before reading it."""
    if isinstance(source, bytes):
        data = source
        size = len(data)
    else:
        path = Path(source)
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= LIST_BYTES_MAX else b""
        except OSError as error:
            raise ListFormatError(
                f"The {what} file {path.name} cannot be read.",
                why=f"{error.strerror or error}.",
                fix="Check the path and the permissions.",
            ) from error
    if size > LIST_BYTES_MAX:
        raise ListFormatError(
            f"The {what} file is {size:,} bytes.",
            why=f"More than {LIST_BYTES_MAX:,} bytes are never parsed.",
            fix="Fetch the list again from its publisher; no real list is that large.",
            code="screening.list_too_large",
        )
    if size == 0:
        raise ListFormatError(f"The {what} file is empty.", fix="Fetch it again.")
    return data


def sha256_of(data: bytes) -> str:
    """Return the hash under which a version is kept."""
    return hashlib.sha256(data).hexdigest()


def iter_elements(data: bytes, *, tags: tuple[str, ...], what: str) -> Iterator[etree._Element]:
    """Yield each element whose local name is in ``tags`` and free it afterwards.

    Memory stays flat however long the file is. Document type declarations are refused, so entity
    bombs never get as far as being counted.

    Raises:
        ListFormatError: not well-formed, truncated, too deep, or it declares a document type.
    """
    head = data[:4096].lower()
    if b"<!doctype" in head or b"<!entity" in head:
        raise _hostile(what, "it declares a document type")
    reader = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    try:
        for event, element in reader:
            if event == "start":
                depth += 1
                if depth == 1 and element.getroottree().docinfo.doctype:
                    raise _hostile(what, "it declares a document type")
                if depth > XML_DEPTH_MAX:
                    raise _hostile(what, f"it nests deeper than {XML_DEPTH_MAX} levels")
                continue
            depth -= 1
            if isinstance(element.tag, str) and etree.QName(element).localname in tags:
                yield element
                _free(element)
    except etree.XMLSyntaxError as error:
        raise ListFormatError(
            f"The {what} file is not well-formed XML.",
            why=f"{error.msg}.",
            fix="It is probably cut short: fetch it again from the publisher.",
        ) from error


def _free(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _hostile(what: str, reason: str) -> ListFormatError:
    return ListFormatError(
        f"The {what} file is refused.",
        why=f"A publisher's list never looks like this: {reason}.",
        fix="Fetch it again from the official address.",
        code="screening.list_hostile",
    )


def texts(element: etree._Element, path: str) -> list[str]:
    """Return the non-empty texts at ``path``, spaces squeezed and length bounded."""
    found = []
    for child in element.iterfind(path):
        text = " ".join("".join(str(part) for part in child.itertext()).split())[
            :XML_TEXT_CHARS_MAX
        ]
        if text:
            found.append(text)
    return found
