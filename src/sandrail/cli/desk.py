"""``sandrail transfer``: one instruction on the desk of a journal, judged and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from sandrail.cli.options import DEMO_JOURNAL, AtOption, JournalOption, last_instant
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.controls import Kind, RowFact
from sandrail.journal import Journal, parse_payload
from sandrail.money import Money
from sandrail.rulebook import load_pack
from sandrail.transfers import Answers, Desk, Instruction, InstructionError
from sandrail.world import (
    Actor,
    Clock,
    InputError,
    RealClock,
    Role,
    SandrailError,
    TrialClock,
    derive_id,
    iso,
    parse_instant,
)

__all__ = ["actor_named", "desk_in", "desk_on", "open_desk", "transfer"]

KINDS = {kind.name.lower(): kind for kind in (Kind.ISSUE, Kind.TRANSFER, Kind.REDEEM)}


def open_desk(journal: Journal, at: str = "") -> Desk:
    """Open the desk of a journal under the pack that it names.

    Args:
        at: an instant, or ``now``; the journal's own last instant when empty, since a trial lives
            on a clock of its own.
    """
    for fact in journal.facts(kinds=["transfers.opened"]):
        pack = load_pack(str(parse_payload(fact)["pack"]))
        return Desk.open(journal, pack, _clock(journal, at))
    raise InstructionError(
        f"The journal {journal.name} has no desk.",
        why="It holds no fact of kind transfers.opened.",
        fix="Run a trial first, such as `sandrail demo --out demo`, and use demo/journal.db.",
        code="transfers.no_desk",
    )


@contextmanager
def desk_in(journal: str, at: str = "") -> Iterator[Desk]:
    """Open a journal and its desk to write; see ``desk_on``."""
    with Journal.open(journal) as opened, desk_on(opened, at) as desk:
        yield desk


@contextmanager
def desk_on(journal: Journal, at: str = "") -> Iterator[Desk]:
    """Open the desk of an open journal; a desk that is left in order keeps its snapshot."""
    desk = open_desk(journal, at)
    yield desk
    desk.close()


def actor_named(who: str) -> Actor:
    """Return who acts: ``pvara:s.khan`` supervises, ``firm:operations`` signs for the firm.

    A person called like a role, such as ``firm:mlro`` or ``pvara:head``, acts in that role, and so
    does ``firm:mlro/s.khan``, who is the same person as ``firm:s.khan``.

    Raises:
        InputError: it does not say for whom somebody acts, or names no role before the slash.
    """
    organisation, _, rest = who.partition(":")
    title, slash, person = rest.rpartition("/")
    named = {role.value: role for role in Role if role is not Role.SYSTEM}
    if not organisation or not person or (slash and title not in named):
        raise InputError(
            f"{who!r} does not say who acts.",
            why="An act names a person, for whom the person acts, and sometimes as what.",
            fix="Write pvara:s.khan, or firm:mlro/s.khan to say the role too.",
            code="cli.bad_actor",
        )
    usual = {"firm": Role.FIRM_SIGNATORY, "auditor": Role.AUDITOR}
    role = named.get(title or person, usual.get(organisation, Role.SUPERVISOR))
    id_ = f"{organisation}:{person}"
    return Actor(id_, id_, role, organisation)


def _clock(journal: Journal, at: str) -> Clock:
    last_us = last_instant(journal)
    clock = RealClock() if at == "now" else TrialClock(parse_instant(at) if at else last_us)
    if clock.now_us() < last_us:
        raise InputError(
            f"The journal stands at {iso(last_us)}, after {at}.",
            why="A desk goes on from its last fact, and dates nothing before it.",
            fix="Leave --at out to stand at that instant, or name a later one.",
            code="cli.past_instant",
        )
    return clock


def transfer(
    amount: Annotated[str, typer.Option(help="In major units, such as 1,250.50.")],
    key: Annotated[str, typer.Option(help="Idempotency key: the same key never moves twice.")],
    debtor: Annotated[str, typer.Option("--from", help="Customer who gives.")] = "",
    creditor: Annotated[str, typer.Option("--to", help="Customer who receives.")] = "",
    asset: Annotated[str, typer.Option(help="Code of the asset.")] = "PKRT",
    kind: Annotated[str, typer.Option(help="transfer, redeem or issue.")] = "transfer",
    travel_data: Annotated[
        bool, typer.Option(help="Originator and beneficiary data are attached and complete.")
    ] = False,
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Ask for one transfer; the gate judges, the ledger posts, the journal keeps the answer."""
    speaker = Speaker(as_json=json_)
    with desk_in(journal, at) as desk:
        try:
            item = _instruction(desk, amount, key, debtor, creditor, asset, kind, travel_data)
        except SandrailError as error:
            desk.refuse(error)
            raise
        answers = desk.submit([item], key=key)
        _say(speaker, desk, item, answers)
    if not answers.accepted[0] and not answers.repeated:
        raise typer.Exit(4)


def _instruction(
    desk: Desk,
    amount: str,
    key: str,
    debtor: str,
    creditor: str,
    asset: str,
    kind: str,
    travel_data: bool,
) -> Instruction:
    if kind not in KINDS:
        raise InstructionError(
            f"{kind!r} is not a kind of instruction.",
            why=f"From the command line one asks for {', '.join(KINDS)}.",
            fix="Use --kind transfer.",
        )
    number = desk.floor.terms.asset_number(asset)
    money = Money.parse(amount, desk.floor.terms.assets[number].asset)
    party = desk.floor.parties.number
    both = RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE
    return Instruction(
        id=derive_id("cli", key),
        kind=KINDS[kind],
        asset=number,
        amount_minor=money.minor,
        debtor=-1 if kind == "issue" else party(debtor),
        creditor=-1 if kind == "redeem" else party(creditor),
        facts=int(both) if travel_data else 0,
    )


def _say(speaker: Speaker, desk: Desk, item: Instruction, answers: Answers) -> None:
    verdict, posting = answers.verdict(0), answers.posting(0)
    money = Money(desk.floor.terms.assets[item.asset].asset, item.amount_minor)
    speaker.line(
        f"{item.kind.name.capitalize()} of {money}: {verdict.outcome.name}, {posting.name}"
    )
    speaker.line(f"  {verdict.reason}")
    if verdict.citation:
        speaker.line(f"  Rule: {verdict.citation}")
    told = answers.customer_text(0)
    speaker.line(f"  For the customer, and no more: {told.words}")
    if answers.repeated:
        speaker.line("  This key was answered before; nothing moved now.")
    speaker.line(f"  Recorded as fact {answers.seq}.")
    speaker.answer(
        {
            "outcome": verdict.outcome.name,
            "posting": posting.name,
            "rule": verdict.rule,
            "reason": verdict.reason,
            "citation": verdict.citation,
            "excess_minor": verdict.excess_minor,
            "breached": list(verdict.breached),
            "customer_text": told.as_dict(),
            "repeated": answers.repeated,
            "fact": answers.seq,
        }
    )
