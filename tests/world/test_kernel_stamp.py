"""What kernels have baked in is part of the name of their cache: old machine code is never run."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import sandrail
from sandrail.world import jit

PACKAGE = Path(sandrail.__file__).parent


def is_stamped(source: Path) -> bool:
    return b"world.jit import" in source.read_bytes() or source.name in jit._CONSTANTS


def file_of(module: str) -> Path:
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def baked(source: str) -> set[str]:
    """Modules of ours that give a kernel file a constant, or a value made when it is imported."""
    tree = ast.parse(source)
    made = {
        name.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }
    return {
        origin(node.module, alias.name)
        for node in imports(tree)
        for alias in node.names
        if (alias.asname or alias.name).isupper() or alias.name in made
    }


def imports(tree: ast.Module) -> list[Any]:
    """Return the imports of a file from modules of ours."""
    froms = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return [node for node in froms if (node.module or "").startswith("sandrail.")]


def origin(module: str, name: str) -> str:
    """Return the module that defines a name which a room's front door passes on."""
    source = file_of(module)
    if source.name == "__init__.py":
        for node in imports(ast.parse(source.read_text("utf-8"))):
            if any((alias.asname or alias.name) == name for alias in node.names):
                return origin(node.module, name)
    return module


KERNELS = sorted(p for p in PACKAGE.rglob("*.py") if b"lean_part\n" in p.read_bytes())


@pytest.mark.parametrize("source", KERNELS, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_constants_of_kernels_are_stamped(source: Path) -> None:
    missing = [m for m in sorted(baked(source.read_text("utf-8"))) if not is_stamped(file_of(m))]
    assert not missing, f"{source.name} bakes in {missing}: add them to _CONSTANTS in world/jit.py"


def test_a_forgotten_constant_is_found() -> None:
    planted = "from sandrail.screening.dates import YEAR\n"
    planted += "from sandrail.money.amount import scale\nX = scale()"
    assert baked(planted) == {"sandrail.screening.dates", "sandrail.money.amount"}
