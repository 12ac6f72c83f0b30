"""``sandrail settings``: what the environment sets, read once by a function."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.world import InputError

__all__ = ["Settings", "read_settings", "settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment can change; each is a variable ``SANDRAIL_…``.

    Attributes:
        cache_dir: where compiled kernels are kept; empty for the user's cache folder.
        packs_dir: a folder of packs to use instead of the shipped ones; empty for those.
        test_data: folder of real lists for tests and demonstrations; empty for synthetic ones.
        engine: ``auto``, ``simular`` or ``py-evm``: which EVM trials run on.
        list_confirmations: how many persons confirm a sanctions list that waits: 1 or 2.
    """

    cache_dir: str = ""
    packs_dir: str = ""
    test_data: str = ""
    engine: str = "auto"
    list_confirmations: str = "1"

    @property
    def real_un_list(self) -> Path | None:
        """The newest UN list in the test data, where there is one."""
        if not self.test_data:
            return None
        found = sorted((Path(self.test_data) / "lists").glob("un_consolidated_*.xml"))
        return found[-1] if found else None

    @property
    def list_confirmations_min(self) -> int:
        """How many persons must confirm a list that waits."""
        if self.list_confirmations not in ("1", "2"):
            raise InputError(
                f"SANDRAIL_LIST_CONFIRMATIONS is {self.list_confirmations!r}.",
                why="One person confirms a list, or two do.",
                fix="Set it to 1 or 2.",
                code="cli.bad_setting",
            )
        return int(self.list_confirmations)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from ``SANDRAIL_…`` variables."""
    source = os.environ if environment is None else environment
    given = {
        field.name: source[f"SANDRAIL_{field.name.upper()}"]
        for field in fields(Settings)
        if f"SANDRAIL_{field.name.upper()}" in source
    }
    return Settings(**given)


def settings(json_: JsonFlag = False) -> None:
    """Print what the environment sets."""
    speaker = Speaker(as_json=json_)
    now = read_settings()
    rows = [
        (f"SANDRAIL_{f.name.upper()}", getattr(now, f.name) or "(not set)") for f in fields(now)
    ]
    speaker.table("Settings", ("variable", "value"), rows)
    speaker.answer({f.name: getattr(now, f.name) for f in fields(now)})
