"""Attached documents: accepted by what they hold, and nothing in them is ever run or unpacked."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.casework import DocumentError, check_document, read_document
from sandrail.casework.documents import safe_relative_path
from sandrail.casework.limits import ARCHIVE_ENTRIES_MAX, DOCUMENT_BYTES_MAX


def archive(files: dict[str, bytes], *, compress: bool = True) -> bytes:
    data = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(data, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return data.getvalue()


DOCX = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<r/>", "word/document.xml": b"<w/>"}


def code_of(name: str, data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        check_document(name, data)
    assert caught.value.why and caught.value.fix
    return caught.value.stable_code.removeprefix("casework.document_")


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("plan.md", "منصوبہ".encode(), "text/markdown"),
        ("figures.csv", b"a,b\r\n1,2\r\n", "text/csv"),
        ("audit.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("chart.png", b"\x89PNG\r\n\x1a\n....", "image/png"),
        (
            "opinion.docx",
            archive(DOCX),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_ordinary_documents_are_accepted_and_known_by_their_hash(
    name: str, data: bytes, media_type: str
) -> None:
    document = check_document(name, data)
    assert document.media_type == media_type
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.size_bytes == len(data)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.md", b"", "empty"),
        ("big.md", b"x" * (DOCUMENT_BYTES_MAX + 1), "too_large"),
        ("setup.exe", b"MZ\x90", "active"),
        ("report.pdf", b"MZ\x90", "active"),
        ("run.md", b"#!/bin/sh\nrm -rf /\n", "active"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "active"),
        ("script.pdf", b"%PDF-1.7 /OpenAction << /JavaScript (x) >>", "active"),
        ("chart.png", b"%PDF-1.7", "kind"),
        ("unknown.xyz", b"hello", "kind"),
        ("page.html", b"<script>", "kind"),
        ("latin.md", "é".encode("latin-1"), "encoding"),
        ("null.txt", b"a\x00b", "encoding"),
        ("broken.zip", b"PK\x03\x04garbage", "kind"),
        ("macro.docx", archive(DOCX | {"word/vbaProject.bin": b"x"}), "active"),
        ("nested.zip", archive({"inner.zip": archive({"a.txt": b"a"})}), "active"),
        ("bomb.zip", archive({"zeros": b"\x00" * 20_000_000}), "bomb"),
        ("many.zip", archive({f"{n}.txt": b"" for n in range(ARCHIVE_ENTRIES_MAX + 1)}), "bomb"),
        ("slip.zip", archive({"../../etc/passwd": b"x"}), "path"),
        ("absolute.zip", archive({"/etc/passwd": b"x"}), "path"),
    ],
)
def test_what_could_harm_is_refused_by_what_it_holds(name: str, data: bytes, code: str) -> None:
    assert code_of(name, data) == code


def test_an_archive_that_lies_about_its_size_is_not_unpacked_either() -> None:
    data = bytearray(archive({"a.txt": b"a" * 1000}, compress=False))
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (4_000_000_000).to_bytes(4, "little")
    assert code_of("liar.zip", bytes(data)) == "bomb"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.md",
        "documents/../../secret.md",
        "/etc/passwd",
        "C:\\secret.md",
        "documents\\secret.md",
        "~/secret.md",
        "a\x00b.md",
        "a\u202egpj.md",
        "",
        "x" * 200 + ".md",
    ],
)
def test_paths_stay_beside_the_application(path: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(tmp_path, path)
    assert caught.value.stable_code == "casework.document_path"


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    folder = tmp_path / "application"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(DocumentError) as caught:
        read_document(folder, "link.md")
    assert caught.value.stable_code == "casework.document_path"


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"plan\.md cannot be read"):
        read_document(tmp_path, "plan.md")


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_path_that_is_accepted_leaves_its_folder(path: str) -> None:
    folder = Path("/somewhere/application")
    try:
        relative = safe_relative_path(path)
    except DocumentError:
        return
    assert (folder / relative).is_relative_to(folder)
    assert ".." not in relative.parts


@given(st.sampled_from(["a.pdf", "a.md", "a.docx", "a.zip", "a.csv"]), st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_accepted_or_refused_and_never_crash(name: str, data: bytes) -> None:
    try:
        document = check_document(name, data)
    except DocumentError as error:
        assert error.stable_code.startswith("casework.document_")
    else:
        assert document.sha256 == hashlib.sha256(data).hexdigest()
