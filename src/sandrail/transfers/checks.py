"""What is looked at before an act is recorded, so that no fact is written that no replay takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls import Consent, Observation, ObservationError, PositionTaken, Screen
from sandrail.transfers.errors import InstructionError, NotAllowed, OnboardingError
from sandrail.transfers.floor import Floor
from sandrail.transfers.limits import CONSENTS_MAX, PARTIES_MAX, PARTY_REF_CHARS_MAX

__all__ = [
    "require_asset",
    "require_classes",
    "require_consents_fit",
    "require_new_customers",
    "require_own_position",
    "require_parties",
    "require_reserve",
    "require_screens",
]

RESERVE_BITS = 127
_SCREENS = np.array([int(screen) for screen in Screen], dtype=np.uint8)


def require_parties(floor: Floor, parties: npt.NDArray[np.int64]) -> None:
    """Require that customers are on the desk.

    Raises:
        InstructionError: the error names the first who is not.
    """
    strange = (parties < 0) | (parties >= floor.parties.count)
    if strange.any():
        raise InstructionError(
            f"The desk has no customer number {int(parties[int(strange.argmax())])}.",
            why=f"It onboarded {floor.parties.count}, numbered from 0.",
            fix="Onboard the customer first.",
            code="transfers.unknown_party",
        )


def require_asset(floor: Floor, asset: int) -> None:
    """Require that the desk moves an asset, by its number.

    Raises:
        InstructionError: it has no such asset.
    """
    if not 0 <= asset < len(floor.terms.assets):
        raise InstructionError(
            f"The desk has no asset number {asset}.",
            why=f"It has {len(floor.terms.assets)} assets, numbered from 0.",
            fix="Look the asset up by its code.",
            code="transfers.unknown_asset",
        )


def require_screens(
    floor: Floor, parties: npt.NDArray[np.int64], screen: npt.NDArray[np.uint8]
) -> None:
    """Require that screening says one word of each of some customers.

    Raises:
        InstructionError: a customer is not on the desk, or the words are too few or no words.
    """
    require_parties(floor, parties)
    if screen.shape != parties.shape or not np.isin(screen, _SCREENS).all():
        raise InstructionError(
            "What screening decided cannot be recorded.",
            why=f"There are {parties.size} customers and {screen.size} decisions, each of which is "
            f"a number from 0 to {int(_SCREENS.max())}.",
            fix="Give one decision a customer.",
        )


def require_reserve(floor: Floor, asset: int, reserve_minor: int) -> None:
    """Require that an attested reserve can be counted.

    Raises:
        InstructionError: of no asset, or no amount.
    """
    require_asset(floor, asset)
    if not 0 <= reserve_minor < 2**RESERVE_BITS:
        raise InstructionError(
            f"A reserve of {reserve_minor} minor units cannot be recorded.",
            why=f"It is at least nothing and fits {RESERVE_BITS} bits.",
            fix="Attest nothing where there is nothing.",
        )


def require_new_customers(floor: Floor, refs: Sequence[str], at_us: int) -> None:
    """Require that the permission allows so many more customers, each under a new reference.

    Raises:
        OnboardingError: it allows fewer, or a reference is used twice or cannot be used.
    """
    rule = floor.terms.customers_rule(at_us)
    total = floor.parties.count + len(refs)
    if total > PARTIES_MAX or (rule is not None and rule.crossed_by(total)):
        limit = "" if rule is None else f" {rule.citation}"
        raise OnboardingError(
            f"{len(refs)} more customers would make {total}.",
            why=f"The permission allows {PARTIES_MAX if rule is None else rule.text}.{limit}",
            fix="Wait for the next stage of the trial.",
            code="transfers.customers_full",
        )
    seen: set[str] = set()
    for ref in refs:
        fits = 0 < len(ref) <= PARTY_REF_CHARS_MAX and ref.isprintable()
        if not fits or ref in seen or floor.parties.knows(ref):
            raise OnboardingError(
                f"The customer reference {ref[:PARTY_REF_CHARS_MAX]!r} cannot be used.",
                why=f"It has 1 to {PARTY_REF_CHARS_MAX} printable characters and is used once.",
                fix="Use the firm's own customer number.",
                code="transfers.bad_reference",
            )
        seen.add(ref)


def require_classes(count: int, classes: npt.NDArray[np.uint8]) -> None:
    """Require one class of customer for each of so many customers.

    Raises:
        OnboardingError: there are more or fewer, or they are no small whole numbers.
    """
    if classes.shape != (count,) or classes.dtype != np.uint8:
        raise OnboardingError(
            f"{count} customers cannot be taken on with {classes.size} classes.",
            why=f"Each has one class, a number of type uint8; given was {classes.dtype}.",
            fix="Give one class a customer, or none at all.",
        )


def require_consents_fit(floor: Floor, consent: Consent) -> None:
    """Require that one more kind of consent can be told apart from the others.

    Raises:
        NotAllowed: the desk knows as many as it can.
    """
    if consent not in floor.consents and len(floor.consents) >= CONSENTS_MAX:
        raise NotAllowed(
            "The consent cannot be recorded.",
            why=f"The desk tells {CONSENTS_MAX - 1} consents apart, by version and languages.",
            fix="Publish fewer versions of the disclosure.",
            code="transfers.consents_full",
        )


def require_own_position(floor: Floor, told: Observation) -> None:
    """Require that a position which somebody tells is the desk's own.

    Raises:
        ObservationError: it is not; ``FirmDesk.look`` takes it.
    """
    if isinstance(told, PositionTaken) and told != floor.position(told.at_us):
        raise ObservationError(
            "The position cannot be recorded.",
            why="It differs from the desk's own figures.",
            fix="Let the desk take its position itself.",
        )
