"""Several files that are one list, such as OFAC's four csv files or a folder of TagPacks.

They are kept as one zip archive that is the same, byte for byte, whenever it is made of the same
files: so that it has one hash, as every other version has.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import BUNDLE_FILES_MAX, BUNDLE_RATIO_MAX, LIST_BYTES_MAX
from sandrail.screening.sources.draft import Source

__all__ = ["bundle", "is_bundle", "members"]

_MAGIC = b"PK\x03\x04"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_DAMAGES = (
    OSError,  # the file cannot be read, or it sends us to a place where no file can be read
    zipfile.BadZipFile,  # no archive, one cut short, or a file that fails its check sum
    zlib.error,  # packed bytes that do not unpack
    EOFError,  # a file that is longer than the archive
    ValueError,  # a name that is not UTF-8, or a place before the first byte
    OverflowError,  # a place beyond any file
    NotImplementedError,  # a later version of the format, or a patch to another archive
)
"""All that reading a damaged archive raises."""


def is_bundle(head: bytes) -> bool:
    """Whether a file begins as a zip archive does."""
    return head.startswith(_MAGIC)


def bundle(files: Iterable[Path]) -> bytes:
    """Return files as one archive: sorted by name, without dates, uncompressed.

    Raises:
        ListFormatError: no file, two of one name, or too many or too large ones.
    """
    named = sorted((path.name, path) for path in files)
    sizes = sum(path.stat().st_size for _, path in named)
    doubled = [a for (a, _), (b, _) in pairwise(named) if a == b]
    if not named or doubled or len(named) > BUNDLE_FILES_MAX or sizes > LIST_BYTES_MAX:
        raise ListFormatError(
            "These files cannot be taken as one list.",
            why=f"There are {len(named)} of {sizes:,} bytes, {len(doubled)} of a repeated name.",
            fix=f"Give 1 to {BUNDLE_FILES_MAX} files, {LIST_BYTES_MAX:,} bytes at most.",
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, path in named:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())
    return out.getvalue()


def members(source: Source, *, what: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of an archive, one at a time.

    A file that unpacks to more than the archive says of it is cut there, and fails its check sum.

    Raises:
        ListFormatError: a damaged archive, one that holds more than is allowed, one that is
            encrypted, or one that is packed otherwise than by deflating.
    """
    try:
        with zipfile.ZipFile(
            io.BytesIO(source) if isinstance(source, bytes) else source
        ) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            _check(infos, what)
            for info in infos:
                with archive.open(info) as file:
                    data = file.read(info.file_size)
                yield info.filename.rpartition("/")[2], data
    except _DAMAGES as error:
        raise ListFormatError(
            f"The {what} archive cannot be read.",
            why=f"{str(error) or 'It ends within a file'}.",
            fix="Fetch it again.",
        ) from error


def _check(infos: list[zipfile.ZipInfo], what: str) -> None:
    size = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if len(infos) > BUNDLE_FILES_MAX or size > LIST_BYTES_MAX:
        raise _hostile(what, f"it holds {len(infos)} files of {size:,} bytes together")
    if size > packed * BUNDLE_RATIO_MAX:
        raise _hostile(what, f"{packed:,} bytes would become {size:,}")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise _hostile(what, "it is encrypted")
    if any(info.compress_type not in _METHODS for info in infos):
        raise _hostile(what, "it is packed in a rare way")


def _hostile(what: str, reason: str) -> ListFormatError:
    return ListFormatError(
        f"The {what} archive is refused.",
        why=f"A publisher's archive never looks like this: {reason}.",
        fix="Fetch it again from the official address.",
        code="screening.list_hostile",
    )
