"""G32: nothing is announced before it is authorised; claims are approved where the pack asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView
from sandrail.controls.firm.observation import Observation

__all__ = ["FIRM", "ClaimPublished"]

EARLY = "G32.announcement_before_authorisation_allowed"
APPROVED = "G32.claims_approved_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPublished(Observation):
    """The firm said something in public.

    Attributes:
        claim: reference of the text; its SHA-256 or a name.
        announces: it announces the test or its product.
        approved: the authority approved this text before.
    """

    claim: str
    announces: bool
    approved: bool


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    early, approved = setting.rule(EARLY), setting.rule(APPROVED)
    for one in view.of(ClaimPublished):
        before = one.announces and one.at_us < setting.permission.valid_from_us
        if early is not None and not early.flag and before:
            because = f"{one.claim} announced the test before it was authorised."
            yield from Breach(
                early, one.claim, one.at_us, "announced", because, scope=Effect.BLOCK
            ).follows(setting)
        if approved is not None and approved.flag and not one.approved:
            because = f"{one.claim} was published without approval."
            yield from Breach(
                approved, one.claim, one.at_us, "not approved", because, scope=Effect.BLOCK
            ).follows(setting)


FIRM = FirmControl("G32", "Marketing", (EARLY, APPROVED), (ClaimPublished,), _judge)
