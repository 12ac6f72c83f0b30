"""Reports and bundles: what a decision rests on, and how anybody verifies it without us."""

from sandrail.evidence.bundle import SLICE, write_bundle
from sandrail.evidence.dossier import Dossier, read_dossier
from sandrail.evidence.errors import BundleError, BundleFault, DossierError, PdfMissing
from sandrail.evidence.report import render_report, report_hash, write_pdf
from sandrail.evidence.screening_part import Attempt, ScreeningPart, screening_part
from sandrail.evidence.verification import (
    CHECKS,
    Check,
    Problem,
    Standing,
    Verification,
    verify_bundle,
)

__all__ = [
    "CHECKS",
    "SLICE",
    "Attempt",
    "BundleError",
    "BundleFault",
    "Check",
    "Dossier",
    "DossierError",
    "PdfMissing",
    "Problem",
    "ScreeningPart",
    "Standing",
    "Verification",
    "read_dossier",
    "render_report",
    "report_hash",
    "screening_part",
    "verify_bundle",
    "write_bundle",
    "write_pdf",
]
