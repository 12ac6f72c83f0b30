"""Did the rails do what the ledger says: bank messages, the chain's calls, and the three books?"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.ground_truth import person_of
from sandrail.evidence.opened import Opened, Wrong
from sandrail.evidence.rails import (
    bank_messages,
    chain_records,
    deployments,
    run_chain,
    statements,
)
from sandrail.products import KIND_CHAIN
from sandrail.rails.chain import Artifact, engines_here, wallet_address
from sandrail.trials import DayClose

__all__ = ["check_bank", "check_books", "check_chain"]

_WALLETS_SHOWN = 3


def check_bank(opened: Opened) -> str:
    """Every message has its recorded hash; statements add up and follow on each other."""
    messages = bank_messages(opened.facts)
    numbers = [message.number for _, message in messages]
    if numbers != list(range(len(messages))):
        gap = next(n for n, number in enumerate(numbers) if number != n)
        why = f"The archive has a gap at message {gap}."
        raise Wrong(why, file=SLICE, fact=messages[gap][0].seq)
    read = statements(messages, currency=opened.dossier.pack.currency)
    closing: dict[str, tuple[int, int]] = {}
    for item in read:
        fact, statement = item.fact, item.read
        before = closing.get(statement.iban)
        if before is not None and before != (statement.opening.minor, statement.from_us):
            why = f"The statement of {statement.iban} does not follow on the one before it."
            raise Wrong(why, file=SLICE, fact=fact.seq)
        closing[statement.iban] = (statement.closing.minor, statement.until_us)
    opened.take_statements(read)
    entries = sum(len(item.read.entries) for item in read)
    return f"{len(messages)} messages, {len(read)} statements with {entries} entries"


def check_chain(opened: Opened) -> str:
    """The call log gives the digest that the manifest names, on every engine asked for."""
    records = chain_records(opened.facts)
    _require_known_code(opened, records)
    engines = opened.engines or engines_here()
    runs = [run_chain(records, engine=engine) for engine in engines]
    named = opened.manifest["chain"].get("digest")
    for run in runs:
        if run.digest != named:
            why = f"On {run.engine} the blocks end in {run.digest[:16]}…, not in {str(named)[:16]}…"
            raise Wrong(f"{why}.", file=SLICE)
    opened.take_chain(runs[0])
    head = runs[0].chain.head()
    ran = " and ".join(run.engine for run in runs)
    return f"{len(records)} records, {head.number} blocks, digest {runs[0].digest[:16]}… on {ran}"


def check_books(opened: Opened) -> str:
    """Supply on chain = liability in the ledger <= reserve at the bank, holder by holder."""
    dossier = opened.dossier
    closes = [fact for fact in opened.facts if fact.kind == "trials.day_closed"]
    opened.require_replayed()
    if len(opened.statements) != len(closes):
        why = f"There are {len(opened.statements)} statements for {len(closes)} days."
        raise Wrong(why, file=SLICE)
    wallets = _wallets(opened)
    days = zip(closes, dossier.days, opened.days, opened.statements, opened.unmatched, strict=True)
    for fact, close, day, sent, unmatched in days:
        held = opened.chain.holdings(until_us=close.at_us)
        bank = sent.read.closing.minor
        found = {
            "supply_minor": -held.get(b"", 0),
            "liability_minor": day.liability_minor,
            "bank_minor": bank,
            "ledger_bank_minor": day.liability_minor + day.waiting_minor,
            "unmatched_minor": unmatched,
            "reserve_minor": bank - day.waiting_minor - unmatched,
        }
        for name, value in found.items():
            if getattr(close, name) != value:
                why = (
                    f"Day {close.day} says {getattr(close, name)} {name}; it comes out as {value}."
                )
                raise Wrong(why, file=SLICE, fact=fact.seq)
        _require_covered(close, fact.seq)
        _compare_holders(held, day.holdings, wallets, close, fact.seq)
    holders = len(opened.days[-1].holdings)
    return f"{len(closes)} days, at the end {holders} holders one by one"


def _require_known_code(opened: Opened, records: Sequence[bytes]) -> None:
    """Every contract of the call log is one that the bundle shows, code and all."""
    for item in deployments(records):
        path = f"contracts/{item.name}.json"
        if path not in opened.paths:
            why = (
                f"The call log creates a contract {item.name} whose code the bundle does not show."
            )
            raise Wrong(why, file=SLICE, fact=_chain_fact(opened))
        shown = Artifact.from_json(opened.read(path).decode("utf-8", "replace"))
        same_words = shown.descriptor() == item.artifact.descriptor()
        if not (same_words and item.initcode.startswith(shown.creation)):
            why = f"The contract {item.name} of the call log is not the one that the bundle shows."
            raise Wrong(why, file=SLICE, fact=_chain_fact(opened))


def _chain_fact(opened: Opened) -> int | None:
    """Return the first fact of the call log, which creates the contracts."""
    return next((fact.seq for fact in opened.facts if fact.kind == KIND_CHAIN), None)


def _wallets(opened: Opened) -> list[bytes]:
    """Return each party's address on the chain, by its reference on the desk."""
    floor, trial = opened.floor, opened.dossier.trial
    people = (person_of(floor.parties.ref(party)) for party in range(floor.parties.count))
    return [bytes(wallet_address(trial, "person", person)) for person in people]


def _require_covered(close: DayClose, seq: int) -> None:
    if close.supply_minor != close.liability_minor:
        why = f"On day {close.day} the chain has {close.supply_minor}, the ledger owes "
        raise Wrong(f"{why}{close.liability_minor}.", file=SLICE, fact=seq)
    if close.reserve_minor + close.in_transit_minor < close.supply_minor:
        why = f"On day {close.day} a reserve of {close.reserve_minor} does not cover "
        raise Wrong(f"{why}{close.supply_minor}.", file=SLICE, fact=seq)


def _compare_holders(
    held: dict[bytes, int],
    holdings: dict[int, int],
    wallets: Sequence[bytes],
    close: DayClose,
    seq: int,
) -> None:
    ledger = {wallets[party]: minor for party, minor in holdings.items() if minor}
    chain = {wallet: minor for wallet, minor in held.items() if wallet and minor}
    if ledger != chain:
        differing = sorted(
            wallet.hex()
            for wallet in ledger.keys() | chain.keys()
            if ledger.get(wallet) != chain.get(wallet)
        )
        some = ", ".join(f"0x{wallet[:12]}…" for wallet in differing[:_WALLETS_SHOWN])
        why = f"On day {close.day} chain and ledger differ for {len(differing)} holders: {some}."
        raise Wrong(why, file=SLICE, fact=seq)
