"""An archive is one list: the same bytes for the same files, and nothing hostile gets out of it."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from sandrail.screening import ListFormatError
from sandrail.screening.sources import bundle as bundles
from sandrail.screening.sources.bundle import bundle, members
from sandrail.screening.sources.sniff import load_ofac

NAME = "sdn.csv"
CONTENT = b"1,ASIF KOHMARI,individual\n" * 40
DIRECTORY, END = b"PK\x01\x02", b"PK\x05\x06"


def archive(method: int = zipfile.ZIP_DEFLATED, content: bytes = CONTENT) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        file.writestr(NAME, content)
    return out.getvalue()


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def in_directory(data: bytes, offset: int, new: bytes) -> bytes:
    """Change what the archive's directory says of its file."""
    return patched(data, data.rindex(DIRECTORY) + offset, new)


def content_at(data: bytes) -> int:
    return data.index(NAME.encode()) + len(NAME)


def placed(at: int) -> bytes:
    """Return an archive whose file stands at any place, which takes a field of 64 bits."""
    field = struct.pack("<HHQ", 1, 8, at)
    data = in_directory(archive(), 42, b"\xff" * 4)
    data = in_directory(data, 30, struct.pack("<H", len(field)))
    end = data.rindex(END)
    size = struct.pack("<L", end - data.rindex(DIRECTORY) + len(field))
    return patched(data[:end] + field + data[end:], end + len(field) + 12, size)


STORED = archive(zipfile.ZIP_STORED)
DEFLATED = archive()
UTF8 = struct.pack("<H", 0x800)
DAMAGES: dict[str, tuple[bytes, type[Exception]]] = {
    "not an archive": (b"PK\x03\x04" + b"x" * 100, zipfile.BadZipFile),
    "cut short": (DEFLATED[:-30], zipfile.BadZipFile),
    "a changed byte": (patched(STORED, content_at(STORED), b"X"), zipfile.BadZipFile),
    "bytes that do not unpack": (patched(DEFLATED, content_at(DEFLATED), b"\xff" * 4), zlib.error),
    "a file beyond the end": (
        in_directory(STORED, 20, struct.pack("<LL", 100_000, 100_000)),
        EOFError,
    ),
    "a name that is not UTF-8": (
        in_directory(in_directory(DEFLATED, 8, UTF8), 46, b"\xff\xff"),
        ValueError,
    ),
    "a place beyond any file": (placed(2**63), OverflowError),
    "a later version": (in_directory(DEFLATED, 6, b"\x63"), NotImplementedError),
    "a patch to another archive": (in_directory(DEFLATED, 8, b"\x20"), NotImplementedError),
}


def test_archives_are_deterministic_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_bytes(b"x" * 100_000)
    files = list(tmp_path.iterdir())
    assert bundle(files) == bundle(reversed(files))
    assert [name for name, _ in members(bundle(files), what="list")] == ["a", "b"]
    for refused in ([], [files[0], files[0]]):
        with pytest.raises(ListFormatError, match="cannot be taken"):
            bundle(refused)
    for limit, number in (("BUNDLE_FILES_MAX", 1), ("LIST_BYTES_MAX", 150_000)):
        with monkeypatch.context() as patch:
            whole = bundle(files)
            patch.setattr(bundles, limit, number)
            with pytest.raises(ListFormatError):
                list(members(whole, what="list"))


@pytest.mark.parametrize(("data", "cause"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_archive_is_told_however_it_breaks(
    data: bytes, cause: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ListFormatError, match="cannot be read") as caught:
        list(members(data, what="list"))
    assert isinstance(caught.value.__cause__, cause) and caught.value.why != "."
    others = tuple(one for one in bundles._DAMAGES if one is not cause)
    monkeypatch.setattr(bundles, "_DAMAGES", others)
    with pytest.raises(cause):
        list(members(data, what="list"))


def test_every_damage_that_is_expected_is_planted(tmp_path: Path) -> None:
    planted = {cause for _, cause in DAMAGES.values()} | {OSError}
    assert planted == set(bundles._DAMAGES)
    with pytest.raises(ListFormatError, match="cannot be read") as caught:
        list(members(tmp_path / "absent.zip", what="list"))
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (in_directory(DEFLATED, 8, b"\x01"), "encrypted"),
        (archive(zipfile.ZIP_BZIP2), "a rare way"),
        (archive(zipfile.ZIP_LZMA), "a rare way"),
        (archive(content=b"\0" * 30_000_000), "would become"),
    ],
    ids=["encrypted", "bzip2", "lzma", "bomb"],
)
def test_an_archive_that_no_publisher_makes_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ListFormatError, match="refused") as caught:
        load_ofac(data)
    assert caught.value.stable_code == "screening.list_hostile" and why in caught.value.why


def test_a_bomb_that_hides_its_size_is_never_unpacked() -> None:
    bomb = archive(content=b"\0" * 30_000_000)
    hidden = in_directory(bomb, 24, struct.pack("<L", 1_000))
    tracemalloc.start()
    try:
        with pytest.raises(ListFormatError, match="cannot be read"):
            list(members(hidden, what="list"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_cut_bomb_is_refused_wherever_it_is_cut() -> None:
    data = archive(content=b"\0" * 30_000_000)
    for cut in range(1, len(data), len(data) // 20):
        with pytest.raises(ListFormatError):
            load_ofac(data[:-cut])


def test_folders_and_files_without_a_name_hold_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("folder/", b"")
        file.writestr("folder/a.csv", b"a")
    found = list(members(out.getvalue(), what="list"))
    assert found == [("a.csv", b"a")]
    nameless = in_directory(STORED, 28, b"\0\0")
    with pytest.raises(ListFormatError):
        list(members(nameless, what="list"))
