"""What everybody does who only wanted an account: buy, and pay somebody the day after."""

from __future__ import annotations

import numpy as np

from sandrail.trials.adversaries.port import Attack, Scene
from sandrail.trials.intents import IntentKind, Intents
from sandrail.world import HOUR_US

__all__ = ["buy_then_pay"]


def buy_then_pay(scene: Scene, *, by: str, label: int, day: int, amount_minor: int) -> Attack:
    """Let every recruit buy on a day, and pay half of it to an honest customer on the next.

    Args:
        scene: the morning.
        by: name of the adversary; label: its ground truth number.
        day: on which they buy.
        amount_minor: what each buys.
    """
    if scene.day not in (day, day + 1) or not len(scene.mine):
        return Attack()
    buys = scene.day == day
    if not buys and not len(scene.customers):
        return Attack()
    whom = {} if buys else {"payee": int(scene.customers[0])}
    return Attack(
        intents=Intents.of(
            by,
            scene.day,
            at_us=scene.starts_us + (10 if buys else 11) * HOUR_US + np.arange(len(scene.mine)),
            kind=IntentKind.BUY if buys else IntentKind.PAY,
            payer=scene.mine,
            amount=amount_minor if buys else amount_minor // 2,
            label=label,
            **whom,
        )
    )
