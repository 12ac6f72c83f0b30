"""The report: one HTML file, made from a dossier alone."""

from __future__ import annotations

import hashlib

from sandrail.evidence.dossier import Dossier

__all__ = ["render_report", "report_hash"]


def render_report(dossier: Dossier) -> str:
    """Return the report as one self-contained HTML file."""
    return f"<!doctype html><title>{dossier.trial}</title>\n"


def report_hash(dossier: Dossier) -> str:
    """Return the SHA-256 of the report, in hexadecimal."""
    return hashlib.sha256(render_report(dossier).encode()).hexdigest()
