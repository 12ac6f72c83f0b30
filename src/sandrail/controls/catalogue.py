"""The guardrails that the gate runs, in the order in which verdicts name them, and those that act
on the firm. Many do both.
"""

from __future__ import annotations

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.control import FirmControl
from sandrail.controls.guardrails import (
    g01_window,
    g02_customers,
    g03_parties,
    g04_holding,
    g05_transfer,
    g06_velocity,
    g07_client_funds,
    g08_supply,
    g09_listing,
    g10_transition,
    g11_exchange,
    g12_reserve,
    g13_composition,
    g14_matching,
    g15_redemption,
    g16_attestation,
    g17_segregation,
    g18_custody,
    g19_sanctions,
    g20_addresses,
    g21_travel_rule,
    g22_self_hosted,
    g23_counterparty,
    g24_anonymity,
    g25_corridor,
    g26_reports,
    g27_capital,
    g28_complaints,
    g29_incident,
    g30_reconciliation,
    g31_consent,
    g32_marketing,
    g33_retention,
    g34_price,
    g35_sharia,
    stop,
)
from sandrail.controls.program import Limit, Program, RowTest, assemble

__all__ = ["CONTROLS", "FIRM_CONTROLS", "compile_program"]

CONTROLS: tuple[Control, ...] = (
    g19_sanctions.CONTROL,
    g20_addresses.CONTROL,
    stop.CONTROL,
    g30_reconciliation.CONTROL,
    g28_complaints.CONTROL,
    g27_capital.CONTROL,
    g01_window.CONTROL,
    g03_parties.CONTROL,
    g31_consent.CONTROL,
    g24_anonymity.CONTROL,
    g25_corridor.CONTROL,
    g23_counterparty.CONTROL,
    g22_self_hosted.CONTROL,
    g18_custody.CONTROL,
    g34_price.CONTROL,
    g17_segregation.CONTROL,
    g16_attestation.CONTROL,
    g13_composition.CONTROL,
    g15_redemption.CONTROL,
    g35_sharia.CONTROL,
    g11_exchange.CONTROL,
    g12_reserve.CONTROL,
    g14_matching.CONTROL,
    g09_listing.CONTROL,
    g08_supply.CONTROL,
    g07_client_funds.CONTROL,
    g05_transfer.CONTROL,
    g06_velocity.CONTROL,
    g04_holding.CONTROL,
    g21_travel_rule.CONTROL,
)

FIRM_CONTROLS: tuple[FirmControl, ...] = (
    g02_customers.FIRM,
    g07_client_funds.FIRM,
    g08_supply.FIRM,
    g09_listing.FIRM,
    g10_transition.FIRM,
    g11_exchange.FIRM,
    g12_reserve.FIRM,
    g13_composition.FIRM,
    g14_matching.FIRM,
    g15_redemption.FIRM,
    g16_attestation.FIRM,
    g17_segregation.FIRM,
    g26_reports.FIRM,
    g27_capital.FIRM,
    g28_complaints.FIRM,
    g29_incident.FIRM,
    g30_reconciliation.FIRM,
    g31_consent.FIRM,
    g32_marketing.FIRM,
    g33_retention.FIRM,
    g35_sharia.FIRM,
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
