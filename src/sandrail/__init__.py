"""Sandrail: guardrails and payment rails for a regulatory sandbox of virtual assets.

Each sub-package is a room with one purpose; its public surface is its ``__all__``.
ARCHITECTURE.md draws how the rooms stand on each other.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
