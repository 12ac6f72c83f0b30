"""Who may do what on a desk: for each act the roles of who asks, and of who confirms.

A role is what an actor is in an act. The fact records it, and a replay holds it against this table
again. Whoever acts for the authority is never of the firm's own organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandrail.transfers.errors import NotAllowed
from sandrail.world import Actor, Role

__all__ = ["DUTIES", "HOLD", "Duty", "duty_flaw", "require_duty"]

AUTHORITY = (Role.SUPERVISOR, Role.HEAD)
_DESK = (*AUTHORITY, Role.AML_SPECIALIST, Role.RESERVE_ANALYST)
_FIRM = (Role.MLRO, Role.FIRM_SIGNATORY, Role.FIRM_PREPARER)
_COMPLIANCE = (*AUTHORITY, Role.AML_SPECIALIST, Role.MLRO)
_WATCHERS = (*_DESK, *_FIRM, Role.CASE_OFFICER, Role.AUDITOR, Role.FIRM_ENGINEER, Role.SYSTEM)
_OUTSIDE_THE_FIRM = frozenset({*_DESK, Role.CASE_OFFICER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Duty:
    """Who may do one act.

    Attributes:
        act: what is done, as a sentence goes on after "may not".
        roles: of who asks.
        seconds: of who confirms; empty where one person is enough.
    """

    act: str
    roles: tuple[Role, ...]
    seconds: tuple[Role, ...] = ()


HOLD = "transfers.hold_decided"

DUTIES: Mapping[str, Duty] = {
    "transfers.paused": Duty("stop the firm", AUTHORITY),
    "transfers.resumed": Duty("let the firm go on", AUTHORITY, AUTHORITY),
    "transfers.permission": Duty("change the permission", AUTHORITY, AUTHORITY),
    HOLD: Duty("decide about a hold", _COMPLIANCE),
    "firm.observed": Duty("tell the desk about the firm", _WATCHERS),
    "firm.lifted": Duty("lift a pause", AUTHORITY, AUTHORITY),
    "firm.answered": Duty("answer an escalation", _DESK),
    "firm.report_filed": Duty("file a report", (*_FIRM, *AUTHORITY)),
    "wallets.tagged": Duty("change tags of wallets", (*_COMPLIANCE, Role.SYSTEM)),
    "wallets.observed": Duty("tell what a chain shows", _WATCHERS),
    "wallets.cleared": Duty("clear a wallet", _COMPLIANCE, _COMPLIANCE),
    "custody.ceremony": Duty(
        "put custody keys in force", (*AUTHORITY, Role.AUDITOR, Role.FIRM_SIGNATORY)
    ),
}
"""By the kind of the fact that records the act."""


def require_duty(
    kind: str, firm_id: str, actor: Actor, confirmed_by: Actor | None = None
) -> dict[str, object]:
    """Require that these people may do an act; return what the fact records of them.

    Raises:
        NotAllowed: a role that may not, one person alone, or a supervisor of the firm's own.
    """
    duty = DUTIES[kind]
    _require_role(duty.act, duty.roles, firm_id, actor)
    signed: dict[str, object] = {"role": actor.role.value}
    if not duty.seconds:
        return signed
    if confirmed_by is None or confirmed_by.id == actor.id:
        raise NotAllowed(
            f"{actor.id} alone may not {duty.act}.",
            why=f"{actor.id} asked; {'nobody' if confirmed_by is None else actor.id} confirmed.",
            fix="Let a second person confirm.",
        )
    _require_role(f"confirm who wants to {duty.act}", duty.seconds, firm_id, confirmed_by)
    return signed | {"confirmed_by": confirmed_by.id, "confirmed_role": confirmed_by.role.value}


def duty_flaw(kind: str, by: str, plain: Mapping[str, Any]) -> str:
    """Say why a recorded act was not these people's to do; nothing when it was."""
    duty = DUTIES[kind]
    if plain.get("role") not in duty.roles:
        return f"As {plain.get('role')} nobody may {duty.act}."
    if not duty.seconds:
        return ""
    if plain.get("confirmed_by") in (None, by):
        return f"One person alone may not {duty.act}."
    if plain.get("confirmed_role") not in duty.seconds:
        return f"As {plain.get('confirmed_role')} nobody may confirm who wants to {duty.act}."
    return ""


def _require_role(act: str, roles: tuple[Role, ...], firm_id: str, actor: Actor) -> None:
    own = actor.role in _OUTSIDE_THE_FIRM and actor.organisation == firm_id
    if actor.role in roles and not own:
        return
    who = ", ".join(role.value.replace("_", " ") for role in roles)
    raise NotAllowed(
        f"{actor.id} may not {act}.",
        why=f"{actor.id} is of the firm itself, {firm_id}."
        if own
        else f"{actor.id} acts as {actor.role.value.replace('_', ' ')}; it takes: {who}.",
        fix="Let somebody do it whose role it is.",
        code="transfers.not_your_role",
    )
