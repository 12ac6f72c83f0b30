"""Errors of the evidence room::

SandrailError
├── InputError
│   └── BundleError          the folder is no bundle, or may not be replaced by one
├── EvidenceError
│   └── DossierError         a journal does not hold what a report is made from
└── EnvironmentFault
    ├── BundleFault          a file of a bundle cannot be read or written
    └── PdfMissing           the extra that makes PDF files is not installed
"""

from __future__ import annotations

from sandrail.world import EnvironmentFault, EvidenceError, InputError

__all__ = ["BundleError", "BundleFault", "DossierError", "PdfMissing"]


class BundleError(InputError):
    """The folder is no bundle, or may not be replaced by one."""

    code = "evidence.not_a_bundle"


class DossierError(EvidenceError):
    """A journal does not hold what a report is made from; the error names the fact."""

    code = "evidence.bad_dossier"


class BundleFault(EnvironmentFault):
    """A file of a bundle cannot be read or written."""

    code = "evidence.bundle_io"


class PdfMissing(EnvironmentFault):
    """The extra that makes PDF files is not installed."""

    code = "evidence.pdf_missing"
