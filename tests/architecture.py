"""Draws the rooms from the import contract into ARCHITECTURE.md, so that the picture cannot lie.

``python -m tests.architecture --write`` redraws it, ``--check`` fails when it is out of date.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sandrail"
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- rooms: drawn by `make docs` -->", "<!-- end of rooms -->"


def layers() -> list[list[str]]:
    """Return the rooms that are built, one list a layer, top first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    rows = [
        [room.strip(" ()") for room in row.split("|")]
        for row in contracts["contracts"][0]["layers"]
    ]
    built = [[room for room in row if (SOURCE / room).is_dir()] for row in rows]
    return [row for row in built if row]


def purpose(room: str) -> str:
    """Return the first sentence of a room's docstring."""
    source = (SOURCE / room / "__init__.py").read_text(encoding="utf-8")
    text = ast.get_docstring(ast.parse(source)) or ""
    return " ".join(text.split("\n\n")[0].split())


def drawing() -> str:
    """Return the picture and the table of rooms as Markdown."""
    rows = layers()
    lines = ["```mermaid", "flowchart TB"]
    for depth, row in enumerate(rows):
        lines.append(f"  subgraph L{depth}[ ]")
        lines.append("    direction LR")
        lines += [f"    {room}" for room in row]
        lines.append("  end")
    lines += [f"  L{depth} --> L{depth + 1}" for depth in range(len(rows) - 1)]
    lines += ["```", "", "| layer | room | what it is |", "|---|---|---|"]
    for depth, row in enumerate(rows):
        for room in row:
            lines.append(f"| {len(rows) - 1 - depth} | `{room}` | {purpose(room)} |")
    return "\n".join(lines)


def page_with(picture: str) -> str:
    """Return the page with the picture in its place."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{picture}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    wanted = page_with(drawing())
    if "--write" in arguments:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") != wanted:
        sys.stderr.write("ARCHITECTURE.md shows other rooms than the contract: run `make docs`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
