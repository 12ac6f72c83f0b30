"""Writes the reference pages that are drawn from code: errors, commands, settings, guardrails.

``python -m tests.reference --write`` writes them, ``--check`` fails when one is out of date.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from sandrail.cli import app
from sandrail.cli.commands import Later, root
from sandrail.cli.settings import Settings
from sandrail.controls import CONTROLS, FIRM_CONTROLS
from sandrail.rulebook import GUARDRAILS, load_pack
from sandrail.transfers import CUSTOMERS_RULE
from sandrail.trials import METRICS

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sandrail"
FOLDER = ROOT / "docs" / "reference"
EXIT_CODE = re.compile(r"^(\d+) {2,}(\S.*)$", re.M)


def error_codes() -> dict[str, tuple[str, str]]:
    """Return every stable error code with the room it comes from and what it means."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for code, meaning in _codes_in(node):
                found.setdefault(code, (code.split(".")[0], meaning))
    return dict(sorted(found.items()))


def _codes_in(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef):
        for item in node.body:
            targets = getattr(item, "targets", [getattr(item, "target", None)])
            named = any(isinstance(t, ast.Name) and t.id == "code" for t in targets if t)
            value = getattr(item, "value", None)
            if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, (ast.get_docstring(node) or "").split("\n\n")[0]
    if isinstance(node, ast.Call):
        code = next((k.value for k in node.keywords if k.arg == "code"), None)
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and "." in code.value:
            yield code.value, _words(node.args[0]) if node.args else ""


def _words(node: ast.expr) -> str:
    """Return the text of a message, with an ellipsis where a value stands."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    return ""


def errors_page() -> str:
    lines = [
        "# Errors",
        "",
        "Every error says what happened, why, and what to do. Its code is stable. The exit code of"
        " a command follows from the kind of error: 2 unusable input, 3 conflict, 4 refused by a"
        " rule or a permission, 5 a proof or an invariant does not hold, 6 the machine or the"
        " store.",
        "",
    ]
    for code, (_, meaning) in error_codes().items():
        anchor = code.replace(".", "-").replace("_", "-")
        lines += [f'<a id="{anchor}"></a>', f"### {code}", "", " ".join(meaning.split()) or "—", ""]
    return "\n".join(lines).rstrip() + "\n"


def commands_page() -> str:
    lines = [
        "# Commands",
        "",
        "Every command takes `--json` and then answers with one JSON object.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODE.findall(app.__doc__ or "")),
    ]
    for name, command in commands_of(root, "sandrail"):
        lines += ["", f"## {name}", "", " ".join((command.help or "").split()), ""]
        lines += ["| parameter | meaning | default |", "|---|---|---|"]
        for parameter in command.params:
            options = ", ".join(f"`{item}`" for item in parameter.opts)
            kind = parameter.param_type_name
            shown = options if kind == "option" else f"`{(parameter.name or '').upper()}`"
            default = "" if parameter.default in (None, "", False) else f"`{parameter.default}`"
            lines.append(f"| {shown} | {getattr(parameter, 'help', '') or ''} | {default} |")
    return "\n".join(lines) + "\n"


def commands_of(command: object, name: str) -> Iterator[tuple[str, object]]:
    """Yield each command of a tree with the words that call it."""
    command = command.real() if isinstance(command, Later) else command
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for key in sorted(inner):
        yield from commands_of(inner[key], f"{name} {key}")


def settings_page() -> str:
    doc = (Settings.__doc__ or "").split("Attributes:")[1]
    meanings = {}
    for line in doc.strip().splitlines():
        key, _, text = line.strip().partition(": ")
        meanings[key] = text
    lines = ["# Settings", "", "Read from the environment, once; `sandrail settings` prints them."]
    lines += ["", "| variable | meaning | default |", "|---|---|---|"]
    for field in fields(Settings):
        variable = f"`SANDRAIL_{field.name.upper()}`"
        lines.append(f"| {variable} | {meanings[field.name]} | `{field.default}` |")
    return "\n".join(lines) + "\n"


def places_of(guardrail: str) -> list[str]:
    """Return where a guardrail is enforced, as the code has it."""
    places = {
        "gate": {control.guardrail for control in CONTROLS},
        "firm": {control.guardrail for control in FIRM_CONTROLS},
        "desk": {CUSTOMERS_RULE.split(".")[0]},
    }
    return [place for place, names in places.items() if guardrail in names]


def guardrails_page() -> str:
    """Return G01 to G35: what each bounds, where it is enforced, and Pakistan's values."""
    pack = load_pack("pakistan")
    lines = [
        "# Guardrails",
        "",
        "Where each guardrail of the catalogue is enforced. *Gate*: in the path of every transfer,"
        " in the same step as the posting. *Firm*: on what is told about the firm, with pauses,"
        " escalations and reports; a pause reaches the next transfer through the gate. *Desk*: when"
        " customers are taken on. A guardrail whose rules a pack does not set is off under it."
        " *Told*: whether a customer may read that it was this rule; else the words are neutral.",
        "",
        "| id | guardrail | enforced | exits pass | rules in the Pakistani pack | told |",
        "|---|---|---|---|---|---|",
    ]
    for guardrail in GUARDRAILS.values():
        where = ", ".join(places_of(guardrail.id))
        rules = [rule for rule in pack.rules if rule.guardrail == guardrail.id]
        shown = "; ".join(f"`{r.id.split('.')[1]}` {r.text} ({r.status})" for r in rules)
        passes = "yes" if guardrail.lets_exits_pass else "no"
        told = "yes" if guardrail.tells_customer else "no"
        lines.append(
            f"| {guardrail.id} | {guardrail.title} | {where} | {passes} | {shown} | {told} |"
        )
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    lines = ["# Metrics", "", "What a hypothesis of a test plan may be measured by.", ""]
    lines += ["| metric | unit | what it is |", "|---|---|---|"]
    for name, metric in METRICS.items():
        lines.append(f"| `{name}` | {metric.unit} | {getattr(metric, 'meaning', '')} |")
    return "\n".join(lines) + "\n"


PAGES = {
    "errors.md": errors_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "guardrails.md": guardrails_page,
    "metrics.md": metrics_page,
}


def main(arguments: list[str]) -> int:
    """Write or check the pages."""
    stale = []
    for name, page in PAGES.items():
        path = FOLDER / name
        if "--write" in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(page(), encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != page():
            stale.append(name)
    if stale:
        sys.stderr.write(f"Out of date: {', '.join(stale)}. Run `make docs`.\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
