"""A contract, its model and a stream of acts that compares the two after every step."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandrail.rails.chain import (
    Address,
    Artifact,
    Call,
    EmbeddedChain,
    Log,
    Receipt,
    load_artifact,
    open_chain,
)
from sandrail.world import SECOND_US, derive_id
from tests.contracts.model import SHUT, ZERO, TokenModel
from tests.makers.chain import GENESIS_US, ROLES, who

AGE_MAX_S = 86_400
PEOPLE = (who("alice"), who("bob"), who("carol"))
OFFICERS = (
    ROLES.owner,
    ROLES.attester,
    ROLES.minter,
    ROLES.redeemer,
    ROLES.pauser,
    ROLES.freezer,
    ROLES.enforcer,
)
ORDER = bytes(31) + b"\x07"


@dataclass(frozen=True)
class Act:
    """One call in words: which contract, which function, by whom, with what."""

    name: str
    caller: bytes
    args: tuple[object, ...]

    @property
    def on_oracle(self) -> bool:
        return self.name == "attest"


class Mismatch(AssertionError):
    """The contract and its model disagree."""


@dataclass
class World:
    """A token on a chain, and its model."""

    chain: EmbeddedChain
    token: Address
    oracle: Address
    artifact: Artifact
    model: TokenModel
    acts: int = 0
    words: list[str] = field(default_factory=list)

    @classmethod
    def make(
        cls,
        engine: str,
        *,
        ratio_bps: int = 10_000,
        artifact: Artifact | None = None,
        oracle_artifact: Artifact | None = None,
    ) -> World:
        token_artifact = artifact or load_artifact("SupervisedToken")
        chain = open_chain("model", genesis_us=GENESIS_US, engine=engine)
        oracle = chain.deploy(
            oracle_artifact or load_artifact("ReserveOracle"),
            (2, ROLES.owner, ROLES.attester),
            sender=ROLES.owner,
            ref=1,
        ).contract
        assert oracle is not None
        roles = {1: ROLES.pauser, 2: ROLES.freezer, 3: ROLES.enforcer, 4: ROLES.redeemer}
        args = ("Rupee", "PKRT", 2, ROLES.owner, *roles.values(), oracle, AGE_MAX_S, ratio_bps)
        made = chain.deploy(token_artifact, args, sender=ROLES.owner, ref=2)
        if made.contract is None:
            raise Mismatch(f"the token cannot be created: {made.reason}")
        now_s = GENESIS_US // SECOND_US
        model = TokenModel(
            made.contract, ROLES.owner, ROLES.attester, roles, AGE_MAX_S, ratio_bps, now_s
        )
        return cls(chain, made.contract, oracle, token_artifact, model)

    def call(self, act: Act) -> Call:
        artifact = load_artifact("ReserveOracle") if act.on_oracle else self.artifact
        data = artifact.interface.functions[act.name].encode(*act.args)
        self.acts += 1
        to = self.oracle if act.on_oracle else self.token
        return Call(derive_id("act", self.acts), Address(act.caller), to, data)

    def do(self, act: Act) -> Receipt:
        """Do it to both and compare the answer."""
        frozen = dict(self.model.frozen)
        expected = getattr(self.model, act.name)(act.caller, *act.args)
        receipt = self.chain.apply([self.call(act)])[0]
        self.words.append(expected)
        if (receipt.ok, receipt.reason) != (not expected, expected):
            raise Mismatch(f"{act}: the contract says {receipt.reason!r}, the model {expected!r}")
        logs = tuple(self.log(*event) for event in events_of(act, self.model, frozen)) * receipt.ok
        if receipt.logs != logs:
            raise Mismatch(f"{act}: the contract reports {receipt.logs}, the model {logs}")
        return receipt

    def log(self, name: str, *values: object) -> Log:
        """Return the log of an event; indexed values come first."""
        on_oracle = name == "Attested"
        artifact = load_artifact("ReserveOracle") if on_oracle else self.artifact
        address = self.oracle if on_oracle else self.token
        return Log(address, *artifact.interface.events[name].encode(values))

    def wait(self, seconds: int) -> None:
        self.model.now_s += seconds
        self.chain.seal(self.model.now_s * SECOND_US)

    def ask(self, name: str, *args: object) -> object:
        function = self.artifact.interface.functions[name]
        return function.decode_output(self.chain.view(self.token, function.encode(*args)))[0]

    def compare(self) -> None:
        """Compare everything that can be asked."""
        model = self.model
        expected: dict[tuple[object, ...], object] = {
            ("totalSupply",): model.supply,
            ("paused",): model.paused,
            ("mintable",): model.mintable(),
        }
        everyone = (*PEOPLE, *OFFICERS)
        for who_ in everyone:
            expected["balanceOf", who_] = model.balances[who_]
            expected["getFrozenTokens", who_] = model.frozen[who_]
            expected["minter_allowance", who_] = model.minters[who_]
            expected["canSend", who_] = model.frozen[who_] != SHUT
            expected["canReceive", who_] = model.frozen[who_] != SHUT
        for payer in PEOPLE:
            for payee in PEOPLE:
                expected["allowance", payer, payee] = model.allowances[payer, payee]
                expected["canTransfer", payer, payee, 5] = not model.restriction(payer, payee, 5)
        for (name, *args), value in expected.items():
            answer = self.ask(str(name), *args)
            if answer != value:
                raise Mismatch(f"{name}{args}: the contract says {answer}, the model {value}")
        if sum(model.balances.values()) != model.supply:
            raise Mismatch("the balances do not add up to the supply")


def events_of(
    act: Act, model: TokenModel, frozen_before: dict[bytes, int]
) -> list[tuple[object, ...]]:
    """Return the events that an act reports when it takes effect, in order."""
    by, args = act.caller, act.args
    match act.name:
        case "transfer":
            return [("Transfer", by, *args)]
        case "transferFrom":
            return [("Transfer", *args)]
        case "approve":
            return [("Approval", by, *args)]
        case "mint":
            receiver, amount, order = args
            return [("Transfer", ZERO, receiver, amount), ("Minted", by, receiver, order, amount)]
        case "burn":
            holder, amount, order = args
            return [("Transfer", holder, ZERO, amount), ("Redeemed", by, holder, order, amount)]
        case "forced_transfer":
            sender, receiver, amount, order = args
            assert isinstance(sender, bytes)
            left = model.frozen[sender]
            thawed = [("Frozen", sender, left)] if frozen_before.get(sender, 0) != left else []
            moved = ("Transfer", sender, receiver, amount)
            return [*thawed, moved, ("ForcedTransfer", sender, receiver, order, amount)]
        case "setFrozenTokens":
            return [("Frozen", *args)]
        case "pause" | "unpause":
            return [("PauseChanged", act.name == "pause")]
        case "set_minter":
            return [("MinterChanged", *args)]
        case "set_role":
            return [("RoleChanged", *args)]
        case "offer_ownership":
            return [("OwnershipOffered", by, *args)]
        case "take_ownership":
            return [("OwnershipTaken", by)]
        case "attest":
            reserve, as_of_s, evidence = args
            return [("Attested", by, model.rounds, reserve, as_of_s, evidence)]
    raise AssertionError(act.name)
