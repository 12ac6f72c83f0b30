"""The report: one self-contained HTML file, made from a dossier alone, and a PDF of it."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sandrail import __version__
from sandrail.evidence.dossier import Dossier
from sandrail.evidence.errors import PdfMissing
from sandrail.evidence.view import View
from sandrail.evidence.words import plain

__all__ = ["render", "render_report", "report_hash", "write_pdf"]

_TEMPLATES = Path(__file__).parent / "templates"
PERMILLE = 1_000
_ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")
_JOINT = re.compile(r"([._/])")


def render_report(dossier: Dossier) -> str:
    """Return the report as one HTML file: no script, no request, the same bytes every time."""
    return render(View(dossier))


def render(view: View) -> str:
    """Return the report of a view, which keeps what it derived for whoever asks next."""
    titles = {stage.id: stage.title for stage in view.d.plan.stages}
    text = _template().render(
        v=view,
        css=Markup(_styles()),
        version=__version__,
        share=share,
        stage_title=lambda stage: titles.get(stage, stage),
    )
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def report_hash(dossier: Dossier) -> str:
    """Return the SHA-256 of the report, in hexadecimal."""
    return hashlib.sha256(render_report(dossier).encode()).hexdigest()


def write_pdf(dossier: Dossier, path: str | Path) -> Path:
    """Write the report as a PDF of the same pages; the HTML stays the evidence.

    Raises:
        PdfMissing: the extra ``sandrail[pdf]`` or the libraries it needs are not installed.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise PdfMissing(
            "A PDF cannot be made here.",
            why=f"{error}.",
            fix="Run pip install 'sandrail[pdf]' and apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0, or print report.html from a browser.",
        ) from error
    target = Path(path)
    HTML(string=render_report(dossier)).write_pdf(target)
    return target


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent with one decimal digit, rounded to the nearest."""
    if not whole:
        return "–"
    permille = (2 * part * PERMILLE + whole) // (2 * whole)
    return f"{permille // 10}.{permille % 10} %"


def breakable(code: str) -> Markup:
    """Return a code such as ``G06.daily_value_max`` that may be broken at its joints."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(code))))


def is_urdu(text: str) -> bool:
    """Whether a text has letters of the Arabic script."""
    return _ARABIC.search(text) is not None


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.tests["urdu"] = is_urdu
    environment.filters["breakable"] = breakable
    return environment.get_template("report.html")


@cache
def _styles() -> str:
    return (_TEMPLATES / "report.css").read_text("utf-8").strip()
