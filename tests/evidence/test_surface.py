"""The room's surface, its errors, and its commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sandrail import evidence
from sandrail.cli import evidence as commands
from sandrail.evidence import BundleError, BundleFault, DossierError, PdfMissing
from sandrail.rails.chain import engines_here
from sandrail.world import SandrailError

ENGINE = engines_here()[0]


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    app = typer.Typer()
    app.command("verify")(commands.verify)
    app.command("report")(commands.report)
    return app


def test_the_surface_is_what_it_says() -> None:
    assert set(evidence.__all__) == {
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
    }


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [(BundleError, 2), (DossierError, 5), (BundleFault, 6), (PdfMissing, 6)],
)
def test_errors_have_codes_of_this_room(error: type[SandrailError], exit_code: int) -> None:
    assert error.exit_code == exit_code
    assert error.code.startswith("evidence.")


def test_verify_says_yes(app: typer.Typer, pristine: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(pristine), "--engine", ENGINE])
    assert result.exit_code == 0, result.output
    assert "checks hold" in result.output


def test_verify_names_file_and_fact(app: typer.Typer, bundle: Path) -> None:
    file = bundle / "journal.slice"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 8
    file.write_bytes(data)
    result = CliRunner().invoke(app, ["verify", str(bundle), "--engine", ENGINE, "--json"])
    assert result.exit_code == 5
    answer = json.loads(result.output.splitlines()[-1])
    assert answer["ok"] is False
    assert answer["problem"]["file"] == "journal.slice"
    assert isinstance(answer["problem"]["fact"], int)


def test_the_report_of_a_bundle_is_the_one_in_it(
    app: typer.Typer, pristine: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again.html"
    result = CliRunner().invoke(app, ["report", str(pristine), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == (pristine / "report.html").read_bytes()
