"""Reads packs from disk: the only file of this room that touches one (beside case files)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sandrail.rulebook.checks import pack_problems
from sandrail.rulebook.errors import PackError, Problem
from sandrail.rulebook.limits import PACK_FILE_BYTES_MAX, PACK_FILES_MAX
from sandrail.rulebook.pack import PACK_ID, Pack
from sandrail.rulebook.raw import Tree, raw_problems, with_implied_bounds
from sandrail.rulebook.sources import Source
from sandrail.rulebook.translate import problems_of
from sandrail.world import digest, parse_toml

__all__ = ["build_pack", "find_packs", "load_pack", "pack_directories", "parse_pack"]

_PACKAGE = Path(__file__).resolve().parent.parent
_PLACES = (_PACKAGE / "_data" / "packs", _PACKAGE.parent.parent / "packs")
_FIRST_FILE = "pack.toml"


def pack_directories() -> tuple[Path, ...]:
    """Return the folders that packs are looked for in: the installed one, the source tree's."""
    return tuple(place for place in _PLACES if place.is_dir())


def find_packs() -> dict[str, Path]:
    """Return every pack that comes with Sandrail: its id and its folder, by id."""
    found = {
        path.parent.name: path.parent
        for place in reversed(pack_directories())
        for path in place.glob(f"*/{_FIRST_FILE}")
    }
    return dict(sorted(found.items()))


def load_pack(path_or_id: str | Path) -> Pack:
    """Read a pack and check it whole.

    Args:
        path_or_id: id of a pack that comes with Sandrail, a folder of TOML files, or one file.

    Raises:
        PackError: it cannot be read, or has a defect; the error lists all that were found.
    """
    path = _locate(path_or_id)
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if len(files) > PACK_FILES_MAX:
        raise PackError(
            [Problem("too_large", str(path), f"It has {len(files)} files.", "Merge some.")]
        )
    return parse_pack({file.name: _read(file) for file in files})


def parse_pack(files: Mapping[str, bytes]) -> Pack:
    """Build a pack from the bytes of its files; nothing is read from elsewhere.

    Raises:
        PackError: a file is not TOML in UTF-8, or the pack has a defect.
    """
    tree, origin = _merge({name: _parse(name, data) for name, data in files.items()})
    return build_pack(tree, origin=origin)


def build_pack(tree: Tree, *, origin: Mapping[str, str]) -> Pack:
    """Build a pack from what TOML gave; ``origin`` names the file of each top-level key.

    Raises:
        PackError: the pack has a defect.
    """
    problems = raw_problems(tree, origin=origin)
    if problems:
        raise PackError(problems)
    content_hash = digest(_plain(tree))
    pack = _validate(tree, origin=origin, content_hash=content_hash)
    problems = pack_problems(pack, origin=origin)
    if problems:
        raise PackError(problems)
    return pack


def _locate(path_or_id: str | Path) -> Path:
    text = str(path_or_id)
    if isinstance(path_or_id, str) and PACK_ID.fullmatch(text):
        packs = find_packs()
        if text in packs:
            return packs[text]
    path = Path(path_or_id)
    if path.is_file() or (path / _FIRST_FILE).is_file():
        return path
    raise PackError(
        [
            Problem(
                "not_found",
                text,
                "There is no such pack.",
                f"Give one of {', '.join(find_packs()) or '(none installed)'}, a TOML file, or a "
                f"folder that holds {_FIRST_FILE}.",
            )
        ]
    )


def _read(file: Path) -> bytes:
    if file.stat().st_size > PACK_FILE_BYTES_MAX:
        raise PackError(
            [
                Problem(
                    "too_large",
                    file.name,
                    f"The file is longer than {PACK_FILE_BYTES_MAX:,} bytes.",
                    "Split the pack into several files.",
                )
            ]
        )
    return file.read_bytes()


def _parse(name: str, data: bytes) -> Tree:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(
            "not_utf8", name, f"Byte {error.start} begins no character.", "Save it as UTF-8."
        )
        raise PackError([problem]) from error
    try:
        return parse_toml(data)
    except ValueError as error:
        problem = Problem("syntax", name, f"{error}.", "See https://toml.io for the syntax.")
        raise PackError([problem]) from error


def _merge(trees: Mapping[str, Tree]) -> tuple[Tree, dict[str, str]]:
    merged: Tree = {}
    origin: dict[str, str] = {}
    for name, tree in trees.items():
        for key, value in tree.items():
            if key in merged:
                problem = Problem(
                    "duplicate_section",
                    f"{name}: {key}",
                    f"{key!r} is already defined in {origin[key]}.",
                    "Keep each top-level key in one file.",
                )
                raise PackError([problem])
            merged[key] = value
            origin[key] = name
    return merged, origin


@cache
def _adapters() -> tuple[TypeAdapter[dict[str, Source]], TypeAdapter[Pack]]:
    return TypeAdapter(dict[str, Source]), TypeAdapter(Pack)


def _validate(tree: Tree, *, origin: Mapping[str, str], content_hash: str) -> Pack:
    sources_of, pack_of = _adapters()
    try:
        tagged = {
            tag: {**entry, "tag": tag} if isinstance(entry, dict) else entry
            for tag, entry in tree.get("sources", {}).items()
        }
        sources = sources_of.validate_python(tagged)
    except ValidationError as error:
        raise PackError(problems_of(error, tree=tree, origin=origin, root="sources")) from error
    filled = with_implied_bounds(tree) | {"sources": sources, "content_hash": content_hash}
    try:
        return pack_of.validate_python(filled, context={"sources": sources})
    except ValidationError as error:
        raise PackError(problems_of(error, tree=tree, origin=origin)) from error


def _plain(value: object) -> object:
    """Dates become ISO text; everything else TOML gives is canonical already."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
