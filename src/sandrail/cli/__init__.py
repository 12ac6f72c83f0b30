"""Every command: a thin skin over the rooms."""

from sandrail.cli.app import main

__all__ = ["main"]
