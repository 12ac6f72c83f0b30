"""Where commands find examples and put results."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandrail.world import EnvironmentFault, why_unreadable

__all__ = ["example_folder", "fresh_folder", "write_whole"]

_PACKAGE = Path(__file__).resolve().parent.parent
_MARK = ".sandrail-demo"


def example_folder(name: str) -> Path:
    """Return the folder of a shipped example, in the source tree or in the installed package."""
    for base in (_PACKAGE.parent.parent / "examples", _PACKAGE / "_data" / "examples"):
        if (base / name).is_dir():
            return base / name
    raise EnvironmentFault(
        f"The example {name} is not here.",
        why="It ships with the source tree and with the installed package.",
        fix="Reinstall sandrail.",
        code="cli.no_example",
    )


def fresh_folder(folder: Path) -> Path:
    """Make an empty folder; one that an earlier demonstration filled is emptied first."""
    if folder.exists() and not folder.is_dir():
        raise EnvironmentFault(
            f"{folder} is a file.",
            why="What is written needs a folder of its own.",
            fix="Choose another place with --out.",
            code="cli.folder_taken",
        )
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise EnvironmentFault(
                f"The folder {folder} holds something else.",
                why="A demonstration only replaces what a demonstration wrote.",
                fix="Choose another folder with --out, or empty this one.",
                code="cli.folder_taken",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("Written by `sandrail demo`; it may be replaced.\n")
    return folder


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that appears whole or not at all; what stood there stays until then.

    What is no plain file, such as ``/dev/stdout``, is written to as it is.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_dir():
        raise EnvironmentFault(
            f"{path} is a folder.",
            why="One file is written, and needs a name.",
            fix=f"Name it, such as {path / 'answer'}.",
            code="cli.unwritable",
        )
    plain = path.is_file() or not path.exists()
    target = path.with_name(f"{path.name}.new") if plain else path
    try:
        target.write_bytes(data)
        if plain:
            target.replace(path)
    except OSError as error:
        if plain:
            target.unlink(missing_ok=True)
        raise EnvironmentFault(
            f"{path} cannot be written.",
            why=f"{why_unreadable(error)}.",
            fix="Check the path, this user's rights and the space that is left.",
            code="cli.unwritable",
        ) from error
