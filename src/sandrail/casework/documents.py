"""Attached documents: read inside their folder, bounded, never executed, known by their hash.

A document is evidence only through its SHA-256. What an archive would unpack to is counted without
unpacking it, and a file that carries macros or a program is refused by what it is, not by its name.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sandrail.casework.errors import DocumentError
from sandrail.casework.limits import (
    ARCHIVE_BYTES_MAX,
    ARCHIVE_ENTRIES_MAX,
    ARCHIVE_RATIO_MAX,
    DOCUMENT_BYTES_MAX,
    DOCUMENT_NAME_CHARS_MAX,
)

__all__ = ["Document", "MediaType", "check_document", "read_document", "safe_relative_path"]

MediaType = str
_PDF_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/OpenAction")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_TYPES = {
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".json": "application/json",
    ".toml": "application/toml",
}
_MAGIC = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".docx": (
        b"PK\x03\x04",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ".xlsx": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".zip": (b"PK\x03\x04", "application/zip"),
}
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/embeddings/")
_NESTED = (".zip", ".jar", ".7z", ".rar", ".gz", ".bz2", ".xz", ".exe", ".dll", ".js", ".vbs")


@dataclass(frozen=True, slots=True)
class Document:
    """An accepted attachment.

    Attributes:
        name: its last path component.
        media_type: what its first bytes and its ending agree on.
        size_bytes: its length.
        sha256: its identity, 64 hexadecimal digits.
    """

    name: str
    media_type: MediaType
    size_bytes: int
    sha256: str


def read_document(folder: Path, path: str) -> Document:
    """Read ``path`` inside ``folder`` and accept or refuse it.

    Raises:
        DocumentError: outside the folder, missing, too large, or of a kind that is not accepted.
    """
    relative = safe_relative_path(path)
    root = folder.resolve()
    target = (root / relative).resolve()
    if not target.is_relative_to(root):
        raise _escape(path)
    try:
        size = target.stat().st_size
        if size > DOCUMENT_BYTES_MAX:
            raise _too_large(path, size)
        data = target.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"The document {path} cannot be read.",
            why=f"{error.strerror}.",
            fix="Put the file beside the application, or take it out of the list of documents.",
            code="casework.document_missing",
        ) from error
    return check_document(relative.name, data)


def safe_relative_path(path: str) -> PurePosixPath:
    """Return ``path`` if it stays where it begins: no root, parent, drive, home or odd character.

    Raises:
        DocumentError: code ``casework.document_path``.
    """
    relative = PurePosixPath(path)
    odd = any(unicodedata.category(character).startswith("C") for character in path)
    if odd or "\\" in path or ":" in path or relative.is_absolute() or ".." in relative.parts:
        raise _escape(path)
    if not relative.name or relative.parts[0].startswith("~"):
        raise _escape(path)
    if len(path) > DOCUMENT_NAME_CHARS_MAX:
        raise DocumentError(
            "The path of a document is too long.",
            why=f"It has {len(path)} characters; at most {DOCUMENT_NAME_CHARS_MAX} are accepted.",
            fix="Rename the file.",
            code="casework.document_path",
        )
    return relative


def check_document(name: str, data: bytes) -> Document:
    """Accept a document by what it holds, or refuse it.

    Raises:
        DocumentError: too large, a kind not accepted, ending and content disagree, active content,
            or an archive that would unpack to too much.
    """
    if len(data) > DOCUMENT_BYTES_MAX:
        raise _too_large(name, len(data))
    if not data:
        raise _unfit(name, "It is empty.", "casework.document_empty")
    if data.startswith((*_PROGRAMS, _OLE)):
        raise _unfit(
            name,
            "Its first bytes are those of a program or of an old office file with room for macros.",
            "casework.document_active",
        )
    media_type = _media_type(name, data)
    if data.startswith(b"PK\x03\x04"):
        _check_archive(name, data)
    if media_type == "application/pdf" and any(mark in data for mark in _PDF_ACTIVE):
        raise _unfit(
            name, "The PDF carries a script, an action or a file.", "casework.document_active"
        )
    return Document(name, media_type, len(data), hashlib.sha256(data).hexdigest())


def _media_type(name: str, data: bytes) -> MediaType:
    ending = PurePosixPath(name).suffix.lower()
    if ending in _MAGIC:
        magic, media_type = _MAGIC[ending]
        if not data.startswith(magic):
            raise _unfit(
                name, f"Its content is not that of a {ending} file.", "casework.document_kind"
            )
        return media_type
    if ending in _TEXT_TYPES:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unfit(
                name, f"Byte {error.start} is not UTF-8 text.", "casework.document_encoding"
            ) from error
        if "\x00" in text:
            raise _unfit(name, "It holds a null character.", "casework.document_encoding")
        return _TEXT_TYPES[ending]
    accepted = ", ".join(sorted(_MAGIC | dict.fromkeys(_TEXT_TYPES)))
    raise _unfit(name, f"Accepted endings are {accepted}.", "casework.document_kind")


def _check_archive(name: str, data: bytes) -> None:
    """Refuse bombs, escapes, nested archives, encryption and macros, reading the directory only."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _unfit(name, f"The archive is damaged: {error}.", "casework.document_kind") from error
    total = sum(entry.file_size for entry in entries)
    if len(entries) > ARCHIVE_ENTRIES_MAX or total > ARCHIVE_BYTES_MAX:
        raise _bomb(name, f"It would unpack to {total:,} bytes in {len(entries):,} files.")
    if total > ARCHIVE_RATIO_MAX * len(data):
        raise _bomb(name, f"It would unpack to {total // len(data)} times its size.")
    for entry in entries:
        safe_relative_path(entry.filename.rstrip("/") if entry.is_dir() else entry.filename)
        lower = "/" + entry.filename.lower()
        if entry.flag_bits & 1:
            raise _unfit(name, f"{entry.filename} is encrypted.", "casework.document_active")
        if any(part in lower for part in _MACRO_PARTS) or lower.endswith(_NESTED):
            raise _unfit(
                name,
                f"It carries {entry.filename}: a macro, a program or another archive.",
                "casework.document_active",
            )


def _escape(path: str) -> DocumentError:
    return DocumentError(
        f"The path {path[:DOCUMENT_NAME_CHARS_MAX]!r} leaves the application's folder.",
        why="A path is relative, uses forward slashes and has no part '..' and no odd character.",
        fix="Copy the file beside the application and name it from there.",
        code="casework.document_path",
    )


def _too_large(name: str, size: int) -> DocumentError:
    return _unfit(
        name,
        f"It has {size:,} bytes; at most {DOCUMENT_BYTES_MAX:,} are accepted.",
        "casework.document_too_large",
    )


def _bomb(name: str, why: str) -> DocumentError:
    return _unfit(name, why, "casework.document_bomb")


def _unfit(name: str, why: str, code: str) -> DocumentError:
    return DocumentError(
        f"The document {name[:DOCUMENT_NAME_CHARS_MAX]!r} cannot be accepted.",
        why=why,
        fix="Save it as PDF, Markdown, CSV or an image and attach it again.",
        code=code,
    )
