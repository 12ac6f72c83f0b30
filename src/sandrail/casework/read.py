"""Reads application files. Whatever is wrong with one, the error names the field and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sandrail.casework.application import Application, DocumentClaim
from sandrail.casework.documents import read_document
from sandrail.casework.errors import ApplicationError, DocumentError
from sandrail.casework.limits import (
    APPLICATION_BYTES_MAX,
    DOCUMENT_TOTAL_BYTES_MAX,
    PROBLEMS_SHOWN_MAX,
    SHOWN_CHARS_MAX,
)
from sandrail.world import parse_toml

__all__ = ["application_from_data", "load_application", "parse_application"]

_READER: TypeAdapter[Application] = TypeAdapter(Application)
_CODES = {
    "unexpected_keyword_argument": "casework.unknown_field",
    "extra_forbidden": "casework.unknown_field",
    "missing": "casework.missing_field",
    "bad_text": "casework.bad_text",
    "bad_value": "casework.bad_value",
    "string_too_long": "casework.too_large",
    "too_long": "casework.too_large",
    "string_pattern_mismatch": "casework.bad_value",
    "string_too_short": "casework.bad_value",
    "too_short": "casework.bad_value",
    "enum": "casework.bad_value",
    "less_than_equal": "casework.bad_value",
    "greater_than_equal": "casework.bad_value",
}


def load_application(path: Path | str) -> Application:
    """Read an application file and hash the documents that lie beside it.

    Raises:
        ApplicationError: the file cannot be used, with the field and the reason.
        DocumentError: an attachment is missing, too large, unsafe or of a kind not accepted.
    """
    file = Path(path)
    try:
        data = file.read_bytes() if file.stat().st_size <= APPLICATION_BYTES_MAX else None
    except OSError as error:
        raise ApplicationError(
            f"The application {file} cannot be read.",
            why=f"{error.strerror}.",
            fix="Give the path of an application.toml; examples/rupee-art has one to start from.",
            code="casework.bad_file",
        ) from error
    if data is None:
        raise _too_large(file.stat().st_size)
    application = parse_application(data)
    hashed, total = [], 0
    for claim in application.documents:
        document = read_document(file.parent, claim.path)
        total += document.size_bytes
        if claim.sha256 not in (None, document.sha256):
            raise DocumentError(
                f"The document {claim.path} is not the one that the application names.",
                why=f"The application names {claim.sha256}, the file has {document.sha256}.",
                fix="Put the file back, or take the field sha256 out if the change is meant.",
                code="casework.document_changed",
            )
        if total > DOCUMENT_TOTAL_BYTES_MAX:
            raise DocumentError(
                "The documents of the application are too large together.",
                why=f"At {claim.path} they pass {DOCUMENT_TOTAL_BYTES_MAX:,} bytes.",
                fix="Attach what the form asks for, and scans in a smaller format.",
                code="casework.document_too_large",
            )
        hashed.append(replace(claim, sha256=document.sha256))
    return replace(application, documents=tuple(hashed))


def parse_application(data: bytes) -> Application:
    """Read an application from the bytes of its file, without its documents.

    Raises:
        ApplicationError: see ``load_application``.
    """
    if len(data) > APPLICATION_BYTES_MAX:
        raise _too_large(len(data))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApplicationError(
            "The application is not written in UTF-8.",
            why=f"Byte {error.start} is 0x{data[error.start]:02x}.",
            fix="Save the file as UTF-8, without a byte order mark.",
            code="casework.bad_encoding",
            byte=error.start,
        ) from error
    try:
        content = parse_toml(data)
    except ValueError as error:
        raise ApplicationError(
            "The application is not a TOML file.",
            why=f"{error}.",
            fix="Repair the line; values are texts in quotes, whole numbers, true or false.",
            code="casework.bad_toml",
        ) from error
    return application_from_data(content)


def application_from_data(content: Mapping[str, object]) -> Application:
    """Read an application from plain data, such as a recorded fact or a web form.

    Raises:
        ApplicationError: a field is unknown, missing, of another type, too long or deceptive, or
            two fields contradict each other. The error lists the first problems; it raises once.
    """
    try:
        application = _READER.validate_python(content)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False)) from error
    for field, why in _contradictions(application):
        raise ApplicationError(
            f"The field {field} contradicts another one.",
            why=why,
            fix="Correct one of the two.",
            code="casework.inconsistent",
            field=field,
        )
    return application


def _explain(problems: list[ErrorDetails]) -> ApplicationError:
    first = problems[0]
    field = _field_name(first["loc"])
    code = _CODES.get(first["type"], "casework.wrong_type")
    what = {
        "casework.unknown_field": f"No application has a field {field}.",
        "casework.missing_field": f"The field {field} is missing.",
        "casework.too_large": f"The field {field} is too long.",
        "casework.bad_text": f"The text in {field} cannot be accepted.",
    }.get(code, f"The field {field} cannot be used.")
    shown = repr(first.get("input"))
    found = (
        ""
        if code in {"casework.missing_field", "casework.too_large"}
        else (f"; found {shown[:SHOWN_CHARS_MAX]}{'…' if len(shown) > SHOWN_CHARS_MAX else ''}")
    )
    return ApplicationError(
        what,
        why=f"{_reason(first)}{found}.",
        fix=_fix(code),
        code=code,
        field=field,
        problems=len(problems),
        also=", ".join(_field_name(p["loc"]) for p in problems[1:PROBLEMS_SHOWN_MAX]),
    )


def _field_name(location: Iterable[int | str]) -> str:
    name = ""
    for part in location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name or "application"


def _reason(problem: ErrorDetails) -> str:
    message = problem["msg"]
    return message[:1].upper() + message[1:]


def _fix(code: str) -> str:
    return {
        "casework.unknown_field": "Remove it, or correct its spelling; the form lists every field.",
        "casework.missing_field": "Add it; the form says what belongs there.",
        "casework.too_large": "Shorten it and attach the rest as a document.",
        "casework.bad_text": "Type the text again instead of pasting it.",
    }.get(code, "Write the value as the form describes it.")


def _contradictions(application: Application) -> Iterable[tuple[str, str]]:
    """Yield (field, reason) for answers that cannot both be true."""
    ids = [person.id for person in application.people]
    yield from _repeated("people", ids)
    for signatory in application.attestation.signatories:
        if signatory not in ids:
            yield "attestation.signatories", f"{signatory} is not among the people of section B."
    shares = sum(Decimal(owner.share_percent) for owner in application.firm.owners)
    if shares > 100:
        yield "firm.owners", f"The shares add up to {shares} percent."
    flows = application.flows
    if flows is not None and not 0 < flows.key_quorum <= flows.key_holders:
        yield "flows.key_quorum", f"{flows.key_quorum} of {flows.key_holders} keys are no quorum."
    if application.test_plan is not None:
        yield from _repeated("test_plan.limits", [it.rule for it in application.test_plan.limits])
        yield from _repeated(
            "test_plan.hypotheses", [it.id for it in application.test_plan.hypotheses]
        )
    yield from _repeated("perimeter.activities", application.perimeter.activities)
    yield from _repeated("documents", [_claim_key(claim) for claim in application.documents])
    finance = application.finance
    years = [plan.year for plan in finance.plan] if finance is not None else []
    if years != sorted(set(years)):
        yield "finance.plan", f"The years {years} are not in ascending order."


def _claim_key(claim: DocumentClaim) -> str:
    return claim.path.casefold()


def _repeated(field: str, names: Iterable[str]) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield field, f"{name} appears twice."
        seen.add(name)


def _too_large(size: int) -> ApplicationError:
    return ApplicationError(
        "The application file is too large.",
        why=f"It has {size:,} bytes; at most {APPLICATION_BYTES_MAX:,} are read.",
        fix="Move long texts into attached documents.",
        code="casework.too_large",
    )
