"""Where commands find examples and put results."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandrail.world import EnvironmentFault

__all__ = ["example_folder", "fresh_folder"]

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
