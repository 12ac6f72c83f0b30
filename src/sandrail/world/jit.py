"""The one place where a function becomes a compiled kernel.

Compiled code is cached on disk. The cache folder is named by a hash over every kernel source of the
package, because the compiler's own cache does not notice that a function *called* by a kernel has
changed in another file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import config as _config

__all__ = ["I64", "U64", "Column", "kernel", "kernel_part", "lean_part"]

# Inside a kernel the compiler infers types; these names tell the reader what they are.
Column = Any
I64 = Any
U64 = Any

config: Any = _config

# Files without a kernel whose constants the compiler bakes into kernels.
_CONSTANTS = (
    "codes.py",
    "ints.py",
    "kinds.py",
    "known.py",
    "known_names.txt",
    "limits.py",
    "phones.py",
    "program.py",
    "scripts.py",
    "state.py",
    "verdict.py",
)

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that Python calls; single-threaded, deterministic, cached on disk."""
    previous = config.CACHE_DIR
    config.CACHE_DIR = str(_cache_dir())
    try:
        compiled: Callable[P, R] = numba.njit(cache=True, boundscheck=False)(function)
    finally:
        config.CACHE_DIR = previous
    return compiled


def kernel_part(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that only kernels call; it is inlined by the compiler where that helps."""
    compiled: Callable[P, R] = numba.njit()(function)
    return compiled


def lean_part(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a part that is called once a row: compiled without reference counts, so not allocating.

    Counting references to every array of a book on every call costs four fifths of a posting
    kernel's time. A part that allocates (``np.empty``, a list) does not compile under this mark.
    """
    lean: Any = numba.njit
    compiled: Callable[P, R] = lean(_nrt=False)(function)
    return compiled


@lru_cache(maxsize=1)
def _cache_dir() -> Path:
    package = Path(__file__).resolve().parent.parent
    stamp = hashlib.sha256(f"{numba.__version__}".encode())
    for source in sorted([*package.rglob("*.py"), *package.rglob("*.txt")]):
        text = source.read_bytes()
        if b"world.jit import" in text or source.name in _CONSTANTS:
            stamp.update(text)
    base = os.environ.get("SANDRAIL_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sandrail"
    )
    return Path(base) / "kernels" / stamp.hexdigest()[:16]
