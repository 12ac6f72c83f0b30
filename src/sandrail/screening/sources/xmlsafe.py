"""Reading a publisher's XML without trusting it: no entities, no network, no unbounded anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import (
    XML_DEPTH_MAX,
    XML_ELEMENTS_PER_ENTRY_MAX,
    XML_TEXT_CHARS_MAX,
)
from sandrail.screening.sources.stream import ListFile

__all__ = ["XmlShape", "first_text", "has_root", "iter_elements", "local_name", "texts"]

_PROLOGUE = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"\s*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_MARKS = b"\xef\xbb\xbf\xfe\xff"


@dataclass(frozen=True, slots=True)
class XmlShape:
    """What a publisher's document looks like.

    Attributes:
        root: local name of its root element.
        entries: local names of the elements that are handed over whole.
        fix: where to fetch it, for errors.
        dated: local name of the element that says when it was published; the root, or one more
            that is handed over whole.
    """

    root: str
    entries: tuple[str, ...]
    fix: str
    dated: str

    def wants(self, name: str) -> bool:
        """Whether an element of this name is handed over whole; the root is only shown."""
        return name in self.entries or (name == self.dated and name != self.root)


def has_root(file: ListFile, root: str) -> bool:
    """Whether a file looks like XML with this root element; nothing is read for it."""
    return _root_of(file) == root.encode()


def _root_of(file: ListFile) -> bytes:
    head = file.head.replace(b"\x00", b"").lstrip(_MARKS)
    found = _ROOT.match(_PROLOGUE.sub(b"", head))
    return found[1] if found else b""


def iter_elements(file: ListFile, shape: XmlShape) -> Iterator[etree._Element]:
    """Yield the root as it opens, then each wanted element when it is complete; free them all.

    Memory stays flat however long the file is: whatever is not wanted is freed as it closes. A
    document type declaration is refused before the parser sees it, so entity bombs never get as
    far as being counted.

    Raises:
        ListFormatError: another document, not well-formed, truncated, too deep, an entry without
            end, or one that declares a document type.
    """
    _check_prologue(file, shape)
    reader = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = inside = held = 0
    known: dict[str, bool] = {}
    try:
        for event, element in reader:
            tag = str(element.tag)
            wanted = known.get(tag)
            if wanted is None:
                wanted = known[tag] = shape.wants(local_name(element))
            if event == "start":
                depth, inside, held = depth + 1, inside + wanted, held + 1
                if depth == 1:
                    _check_root(element, file, shape)
                    yield element
                if depth > XML_DEPTH_MAX:
                    raise _hostile(file.what, f"it nests deeper than {XML_DEPTH_MAX} levels")
                if held > XML_ELEMENTS_PER_ENTRY_MAX:
                    raise _hostile(file.what, "one entry does not end")
                continue
            depth, inside = depth - 1, inside - wanted
            if inside == 0:
                if wanted:
                    yield element
                _free(element)
                held = 0
    except etree.XMLSyntaxError as error:
        raise ListFormatError(
            f"The {file.what} file is not well-formed XML.",
            why=f"{error.msg}.",
            fix="It is probably cut short: fetch it again from the publisher.",
        ) from error


def _check_prologue(file: ListFile, shape: XmlShape) -> None:
    head = file.head.replace(b"\x00", b"").lower()
    if b"<!doctype" in head or b"<!entity" in head:
        raise _hostile(file.what, "it declares a document type")
    if not _root_of(file):
        raise _another(file.what, shape, "its first 64 KiB hold no root element")


def _check_root(element: etree._Element, file: ListFile, shape: XmlShape) -> None:
    if getattr(element.getroottree().docinfo, "doctype", ""):
        raise _hostile(file.what, "it declares a document type")
    if local_name(element) != shape.root:
        raise _another(file.what, shape, f"its root element is not {shape.root}")


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _free(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _another(what: str, shape: XmlShape, reason: str) -> ListFormatError:
    return ListFormatError(f"The file is not the {what}.", why=f"{reason}.", fix=shape.fix)


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
        said = "".join(map(str, child.itertext())) if len(child) else child.text
        text = " ".join(said.split()) if said else ""
        if text:
            found.append(text[:XML_TEXT_CHARS_MAX])
    return found


def first_text(element: etree._Element, path: str) -> str:
    """Return the first text at ``path``, or nothing."""
    found = texts(element, path)
    return found[0] if found else ""
