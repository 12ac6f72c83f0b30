"""What a trial runs on: the plan held against the permission, and the rails set up for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sandrail.controls import AssetTerms, ClientAccountReported
from sandrail.journal import Journal
from sandrail.money import Asset, AssetKind
from sandrail.products import ReserveToken, payout_reference
from sandrail.rails.bank import BankSettings, Fault, FaultKind, FaultPlan, SimulatedBank
from sandrail.rails.chain import (
    EmbeddedChain,
    SupervisedToken,
    TokenRoles,
    TokenTerms,
    open_chain,
    wallet_address,
)
from sandrail.rulebook import Condition, Pack, Permission, RuleSet, effective_rules
from sandrail.screening import ScreeningList
from sandrail.transfers import Desk, DeskTerms, FirmDesk
from sandrail.trials.errors import NotPermitted, UnsignedPlan
from sandrail.trials.firm_watch import FirmWatch
from sandrail.trials.office import Office
from sandrail.trials.officers import SIMULATED, Officers
from sandrail.trials.plan import LimitAsked, ScenarioKind, TestPlan
from sandrail.trials.reconciling import Reconciler
from sandrail.world import DAY_US, Seed, TrialClock, start_of_day

__all__ = ["Setting", "World", "build_world", "permission_for", "require_permitted"]

WINDOW_OPEN_DAYS = 60
"""A drafted permission stays open this long after the plan's last day, for exits and the report."""

_MINTER_ALLOWANCE_MINOR = 2**127
"""The gate and the reserve bound what is issued; the contract's allowance is left wide."""

_FAULTS = {
    ScenarioKind.BANK_REJECT: FaultKind.REJECT,
    ScenarioKind.BANK_TIMEOUT: FaultKind.TIMEOUT_NOT_APPLIED,
    ScenarioKind.BANK_APPLIED_TIMEOUT: FaultKind.TIMEOUT_APPLIED,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a trial is run with.

    Attributes:
        plan: what was signed.
        pack: the law.
        permission: the instrument whose limits the gate enforces.
        lists: sanctions lists in force.
        seed: the root of all chance.
        engine: ``simular``, ``py-evm`` or ``auto``; it leaves no trace in the journal.
        officers: who signs what happens in the trial.
        office: the casework behind the permission; None in a rehearsal.
    """

    plan: TestPlan
    pack: Pack
    permission: Permission
    lists: tuple[ScreeningList, ...]
    seed: Seed
    engine: str = "auto"
    officers: Officers = SIMULATED
    office: Office | None = None

    @property
    def trial_id(self) -> str:
        """Name of the trial: firm and plan."""
        return f"{self.plan.firm_id}/{self.plan.id}"

    @property
    def starts_us(self) -> int:
        """Local midnight of the first day."""
        return self.day_starts_us(1)

    @property
    def token(self) -> Asset:
        """The token on trial."""
        plan = self.plan
        return Asset(plan.token_code, plan.token_scale, AssetKind.ASSET_REFERENCED_TOKEN)

    def day_starts_us(self, day: int) -> int:
        """Return local midnight of a day of the trial, counted from 1."""
        on = self.plan.start + timedelta(days=day - 1)
        return start_of_day(on, utc_offset_minutes=self.pack.utc_offset_minutes)

    def rules(self) -> RuleSet:
        """Return the rules that bind on the first day."""
        return effective_rules(self.pack, self.permission, self.starts_us)


@dataclass(frozen=True, slots=True)
class World:
    """The running parts.

    Attributes:
        clock: stands still until the trial moves it.
        bank: simulated; speaks ISO 20022.
        desk: gate, ledger and journal.
        product: the token on all three.
        chain: that its contract stands on.
        reconciler: compares the three.
        watch: tells the desk what concerns the firm as a whole.
    """

    clock: TrialClock
    bank: SimulatedBank
    desk: Desk
    product: ReserveToken
    chain: EmbeddedChain
    reconciler: Reconciler
    watch: FirmWatch


def require_permitted(setting: Setting, *, rehearsal: bool = False) -> None:
    """Refuse a trial whose plan is unsigned or says other than its permission.

    Args:
        setting: plan, pack and permission.
        rehearsal: allow an unsigned plan; for drafts, tests and examinations without customers.

    Raises:
        UnsignedPlan: two people of two sides have not signed.
        NotPermitted: firm, pack, window or a limit differ.
    """
    plan, permission = setting.plan, setting.permission
    if not (plan.is_signed or rehearsal):
        raise UnsignedPlan(
            f"The plan {plan.id} cannot be run with customers.",
            why=f"It carries {len(plan.signatures)} signatures; the firm's and the regulator's "
            "are needed.",
            fix="Have both sign the terms, or run it as a rehearsal.",
        )
    pairs = [
        ("firm", plan.firm_id, permission.firm_id),
        ("pack", plan.pack_id, permission.pack_id),
        ("pack", plan.pack_id, setting.pack.id),
    ]
    for what, planned, permitted in pairs:
        if planned != permitted:
            raise _not_permitted(what, planned, permitted)
    last_us = setting.starts_us + plan.days * DAY_US
    if not permission.valid_from_us <= setting.starts_us or last_us > permission.valid_to_us:
        raise _not_permitted("window", f"{plan.days} days from {plan.start}", "another window")
    rules = setting.rules()
    for limit in plan.limits:
        rule = rules[limit.rule]
        if str(rule.value) != limit.value or rule.unit != limit.unit:
            raise _not_permitted(limit.rule, f"{limit.value} {limit.unit}", rule.text)


def permission_for(plan: TestPlan, pack: Pack, *, number: str) -> Permission:
    """Draft the permission that a plan asks for: every limit asked becomes a condition.

    Whether it is granted is for casework to decide; a rehearsal runs on the draft.
    """
    starts_us = start_of_day(plan.start, utc_offset_minutes=pack.utc_offset_minutes)
    rules = pack.in_force(plan.start)
    return Permission(
        id=number,
        firm_id=plan.firm_id,
        instrument="SANDBOX_APPROVAL",
        pack_id=pack.id,
        pack_hash=pack.content_hash,
        products=("asset_referenced_token",),
        stage="",
        valid_from_us=starts_us,
        valid_to_us=starts_us + (plan.days + WINDOW_OPEN_DAYS) * DAY_US,
        conditions=tuple(_condition(limit, rules, number) for limit in plan.limits),
    )


def build_world(setting: Setting, journal: Journal) -> World:
    """Open desk, bank and chain for a trial; the desk's first fact is its terms."""
    plan, pack = setting.plan, setting.pack
    clock = TrialClock(setting.starts_us)
    desk = Desk.create(
        journal,
        DeskTerms(
            pack=pack,
            permission=setting.permission,
            assets=(AssetTerms(setting.token), AssetTerms(pack.currency)),
        ),
        clock,
    )
    bank = SimulatedBank(
        clock,
        setting.seed.child("bank"),
        currency=pack.currency,
        faults=_fault_plan(setting),
        settings=BankSettings(utc_offset_minutes=pack.utc_offset_minutes),
    )
    reserve = bank.open_account(f"{plan.firm_id} reserve for {plan.token_code}")
    FirmDesk(desk).observe(_client_account(reserve, plan.firm_id, setting.starts_us))
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in setting.trial_id)[:32]
    chain = open_chain(name, genesis_us=setting.starts_us, engine=setting.engine)
    token = _deploy(setting, chain)
    product = ReserveToken(desk, bank=bank, reserve=bank.party(reserve), token=token)
    reconciler = Reconciler(journal, product, chain, setting.officers)
    watch = FirmWatch(desk, setting.officers)
    return World(clock, bank, desk, product, chain, reconciler, watch)


def _client_account(account: str, bank: str, at_us: int) -> ClientAccountReported:
    """Return what the settlement bank confirms: customers' money only, without interest."""
    return ClientAccountReported(
        at_us=at_us, account=account, bank=bank, segregated=True, interest_bearing=False
    )


def _deploy(setting: Setting, chain: EmbeddedChain) -> SupervisedToken:
    rules = setting.rules()
    addresses = [wallet_address(setting.trial_id, role) for role in TokenRoles.__slots__]
    return SupervisedToken.deploy(
        chain,
        asset=setting.token,
        terms=TokenTerms(
            title=setting.plan.token_code,
            attestation_age_max_us=rules["G12.attestation_age_max"].duration_us,
            reserve_ratio_bps=rules["G12.reserve_ratio_min"].basis_points,
            minter_allowance_minor=_MINTER_ALLOWANCE_MINOR,
        ),
        roles=TokenRoles(*addresses),
    )


def _fault_plan(setting: Setting) -> FaultPlan:
    """Let each bank scenario strike the first payouts of its day that no other one strikes."""
    used: dict[int, int] = {}
    faults = []
    for scenario in setting.plan.scenarios:
        kind = _FAULTS.get(scenario.kind)
        if kind is None:
            continue
        day = (setting.plan.start + timedelta(days=scenario.day - 1)).strftime("%Y%m%d")
        for _ in range(scenario.size):
            used[scenario.day] = number = used.get(scenario.day, 0) + 1
            reference = payout_reference(setting.plan.token_code, day, number)
            faults.append(Fault(kind, end_to_end_id=reference))
    return FaultPlan(tuple(faults))


def _condition(limit: LimitAsked, rules: RuleSet, number: str) -> Condition:
    citation = f"{number}, as asked in the test plan"
    return Condition.on(rules[limit.rule], limit.value, citation=citation, unit=limit.unit)


def _not_permitted(what: str, planned: str, permitted: str) -> NotPermitted:
    return NotPermitted(
        f"Plan and permission differ in the {what}.",
        why=f"The plan says {planned}; the permission says {permitted}.",
        fix="Sign a plan that says what was permitted, or have the permission amended.",
        term=what,
    )
