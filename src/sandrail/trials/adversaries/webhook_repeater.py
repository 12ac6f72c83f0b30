"""The bank, or somebody who listens in, sends payment notifications twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sandrail.trials.adversaries.attacker import Attacker
from sandrail.trials.adversaries.port import Attack, Scene

__all__ = ["WebhookRepeater"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRepeater(Attacker):
    """Repeats the first ``size`` payment notifications of its day; the payments are others'."""

    name: ClassVar[str] = "webhook_repeater"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"The bank's first {self.size} payment notices of a day were delivered twice."

    def act(self, scene: Scene) -> Attack:
        """Repeat on one day."""
        return Attack(repeated_webhooks=self.size if scene.day == self.day else 0)
