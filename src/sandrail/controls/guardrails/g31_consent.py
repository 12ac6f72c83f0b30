"""G31: a customer was told the risks in every language the pack asks for, and agreed.

Without that consent nothing enters from or to the customer; the way out stays open. A disclosure
that is published without a required language stops onboarding. A material new version asks every
customer again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting, party_column
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot

__all__ = ["CONTROL", "FIRM", "Consent", "DisclosurePublished", "consent_holds"]

RULE = "G31.disclosure_languages"
TITLE = "Disclosure and consent"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer agreed to.

    Attributes:
        version: of the disclosure.
        languages: in which it was given to the customer.
    """

    version: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePublished(Observation):
    """A version of the disclosure.

    Attributes:
        version: its name.
        languages: in which it is published.
        material: customers who agreed to earlier versions are asked again.
    """

    version: str
    languages: tuple[str, ...]
    material: bool


def consent_holds(setting: Setting, view: FirmView, consent: Consent) -> bool:
    """Tell whether a consent is enough today: every language, and no material version since."""
    rule = setting.rule(RULE)
    if rule is None:
        return True
    if not set(rule.names) <= set(consent.languages):
        return False
    published = view.of(DisclosurePublished)
    newest = max((n for n, one in enumerate(published) if one.material), default=-1)
    return newest < 0 or consent.version in {one.version for one in published[newest:]}


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()

    def silent(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
        found = np.zeros(rows.kind.shape[0], dtype=np.bool_)
        for parties in (rows.debtor, rows.creditor):
            given = snapshot.consent_holds[party_column(snapshot.party_consent, parties)]
            found |= (parties >= 0) & ~given
        return found

    return (RowTest(setting.ref(rule), setting.outcome(rule), ENTRIES, silent),)


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    published = view.of(DisclosurePublished)
    if rule is None or not published:
        return
    one = published[-1]
    missing = [name for name in rule.names if name not in one.languages]
    if missing:
        yield from Breach(
            rule,
            one.version,
            one.at_us,
            f"without {', '.join(missing)}",
            f"The disclosure {one.version} is not published in {', '.join(missing)}.",
            scope=Effect.PAUSE_ONBOARDING,
        ).follows(setting)


CONTROL = Control("G31", TITLE, (RULE,), _compile)
FIRM = FirmControl("G31", TITLE, (RULE,), (DisclosurePublished,), _judge)
