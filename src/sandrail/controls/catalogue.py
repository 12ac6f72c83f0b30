"""The guardrails that the gate runs, in the order in which verdicts name them."""

from __future__ import annotations

from sandrail.controls.control import Control, Setting
from sandrail.controls.guardrails import (
    g01_window,
    g03_parties,
    g04_holding,
    g05_transfer,
    g06_velocity,
    g07_client_funds,
    g08_supply,
    g12_reserve,
    g18_custody,
    g19_sanctions,
    g20_addresses,
    g21_travel_rule,
    g22_self_hosted,
    g23_counterparty,
    g24_anonymity,
    g25_corridor,
    g34_price,
    stop,
)
from sandrail.controls.program import Limit, Program, RowTest, assemble

__all__ = ["CONTROLS", "compile_program"]

CONTROLS: tuple[Control, ...] = (
    g19_sanctions.CONTROL,
    g20_addresses.CONTROL,
    stop.CONTROL,
    g01_window.CONTROL,
    g03_parties.CONTROL,
    g24_anonymity.CONTROL,
    g25_corridor.CONTROL,
    g23_counterparty.CONTROL,
    g22_self_hosted.CONTROL,
    g18_custody.CONTROL,
    g34_price.CONTROL,
    g12_reserve.CONTROL,
    g08_supply.CONTROL,
    g07_client_funds.CONTROL,
    g05_transfer.CONTROL,
    g06_velocity.CONTROL,
    g04_holding.CONTROL,
    g21_travel_rule.CONTROL,
)


def compile_program(setting: Setting, controls: tuple[Control, ...] = CONTROLS) -> Program:
    """Compile a permission into what the gate runs; a rule the pack does not set is off."""
    tests: list[RowTest] = []
    limits: list[Limit] = []
    for control in controls:
        for check in control.compile(setting):
            if isinstance(check, RowTest):
                tests.append(check)
            else:
                limits.append(check)
    return assemble(tests, limits)
