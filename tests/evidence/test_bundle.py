"""The bundle: the same bytes every time, whole or not at all, and never over something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sandrail.evidence import (
    BundleError,
    BundleFault,
    Dossier,
    read_dossier,
    verify_bundle,
    write_bundle,
)
from sandrail.evidence import bundle as bundle_module
from sandrail.journal import read_slice
from sandrail.rails.chain import engines_here


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_dossier_gives_the_same_bytes(
    pristine: Path, again: Callable[[Path], Path], tmp_path: Path
) -> None:
    assert contents(again(tmp_path / "b")) == contents(pristine)


def test_a_stranger_makes_the_same_bundle_from_a_bundle(pristine: Path, tmp_path: Path) -> None:
    piece = read_slice(pristine / "journal.slice")
    dossier = read_dossier(piece, pristine / "packs" / "pakistan")
    assert contents(write_bundle(dossier, tmp_path / "b")) == contents(pristine)


def test_an_earlier_bundle_is_replaced(pristine: Path, dossier: Dossier, tmp_path: Path) -> None:
    folder = write_bundle(dossier, tmp_path / "b")
    (folder / "extra").write_text("of an earlier version")
    write_bundle(dossier, folder)
    assert contents(folder) == contents(pristine)


def test_an_empty_folder_is_taken(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    folder = write_bundle(dossier, tmp_path / "b")
    assert verify_bundle(folder, engines=engines_here()[:1]).ok


def test_something_else_is_never_replaced(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter-1.txt").write_text("years of work")
    with pytest.raises(BundleError) as caught:
        write_bundle(dossier, tmp_path / "thesis")
    assert caught.value.stable_code == "evidence.folder_taken"
    assert os.listdir(tmp_path / "thesis") == ["chapter-1.txt"]


def test_a_failure_leaves_the_earlier_bundle_and_no_crumbs(
    dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(dossier, tmp_path / "b")
    before = contents(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle_module, "write_slice", full)
    with pytest.raises(BundleFault):
        write_bundle(dossier, folder)
    assert contents(folder) == before
    assert os.listdir(tmp_path) == ["b"]


def test_a_missing_parent_is_said(dossier: Dossier, tmp_path: Path) -> None:
    with pytest.raises(BundleFault):
        write_bundle(dossier, tmp_path / "no" / "such" / "place")
