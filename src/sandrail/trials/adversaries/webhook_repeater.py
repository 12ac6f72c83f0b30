"""The bank, or somebody who listens in, sends payment notifications twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandrail.trials.adversaries.port import Attack, Scene, Surroundings
from sandrail.trials.population import People
from sandrail.world import Seed

__all__ = ["WebhookRepeater"]


@dataclass(frozen=True, slots=True)
class WebhookRepeater:
    """Repeats the first ``size`` payment notifications of its day.

    Attributes:
        label: ground truth number.
        day: the day of the repetition.
        size: notifications that arrive twice.
        amount_minor: not used; a plan gives every adversary an amount.
        around: the published limits.
        seed: of the trial.
        on: first day of the trial.
    """

    label: int
    day: int
    size: int
    amount_minor: int
    around: Surroundings
    seed: Seed
    on: date
    name: str = "webhook_repeater"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"The bank's first {self.size} payment notices of a day were delivered twice."

    def recruits(self) -> People | None:
        """Return nobody: the attack uses other people's payments."""
        return None

    def act(self, scene: Scene) -> Attack:
        """Repeat on one day."""
        return Attack(repeated_webhooks=self.size if scene.day == self.day else 0)
