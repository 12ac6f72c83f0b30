"""What the desk is told about the firm, as typed records that a fact can carry.

Each guardrail declares the observations it takes in its own file. A record holds whole numbers,
texts, yes/no and tuples of these or of smaller records; nothing else gets in or out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from sandrail.controls.errors import ObservationError
from sandrail.controls.limits import OBSERVED_ITEMS_MAX, OBSERVED_TEXT_CHARS_MAX, VALUE_MINOR_MAX

__all__ = ["Observation", "name_of", "read_observation", "told_as_plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something about the firm.

    Attributes:
        at_us: when it happened, or as of when it is true; never after it was told.
    """

    at_us: int


def name_of(kind: type) -> str:
    """Return what facts call a kind of observation: ``incident_reported``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def told_as_plain(told: Observation) -> dict[str, object]:
    """Return an observation as the payload of a fact."""
    return {"what": name_of(type(told))} | _plain_record(told)


def read_observation(
    plain: Mapping[str, Any], kinds: Mapping[str, type[Observation]]
) -> Observation:
    """Read an observation from plain data.

    Raises:
        ObservationError: the kind is unknown, a field is missing or unknown, or a value does not
            fit its field.
    """
    what = plain.get("what")
    kind = kinds.get(what) if isinstance(what, str) else None
    if kind is None:
        raise ObservationError(
            f"{str(what)[:40]!r} is nothing that can be observed.",
            why=f"The guardrails take {', '.join(sorted(kinds))}.",
            fix="Use one of these names.",
        )
    told: Observation = _record(
        kind, {key: value for key, value in plain.items() if key != "what"}, name_of(kind)
    )
    return told


def _plain_record(record: Any) -> dict[str, object]:
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _plain_record(value) if is_dataclass(value) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: type, plain: Mapping[str, Any], where: str) -> Any:
    hints = _hints(kind)
    wanted = {field.name for field in fields(kind)}
    if set(plain) != wanted:
        missing, unknown = sorted(wanted - set(plain)), sorted(set(plain) - wanted)
        raise ObservationError(
            f"The observation {where} cannot be read.",
            why=f"Missing: {', '.join(missing) or 'nothing'}. "
            f"Unknown: {', '.join(unknown)[:80] or 'nothing'}.",
            fix=f"Give exactly {', '.join(sorted(wanted))}.",
        )
    return kind(**{name: _value(hints[name], plain[name], f"{where}.{name}") for name in wanted})


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple) or len(value) > OBSERVED_ITEMS_MAX:
            raise _unfit(where, f"a list of at most {OBSERVED_ITEMS_MAX} entries", value)
        item = get_args(hint)[0]
        return tuple(_value(item, one, f"{where}[{n}]") for n, one in enumerate(value))
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        if not isinstance(value, Mapping):
            raise _unfit(where, "a record", value)
        return _record(hint, value, where)
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is bool and isinstance(value, bool):
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > VALUE_MINOR_MAX:
            raise _unfit(where, "a number that fits 62 bits", value)
        return value
    if hint is str and isinstance(value, str):
        if len(value) > OBSERVED_TEXT_CHARS_MAX or not value.isprintable():
            raise _unfit(where, f"at most {OBSERVED_TEXT_CHARS_MAX} printable characters", value)
        return value
    raise _unfit(where, {bool: "yes or no", int: "a whole number"}.get(hint, "a text"), value)


def _unfit(where: str, wanted: str, value: object) -> ObservationError:
    return ObservationError(
        f"The field {where} cannot be read.",
        why=f"It is {str(value)[:40]!r}; wanted is {wanted}.",
        fix="Correct the value and tell it again; nothing was recorded.",
    )
