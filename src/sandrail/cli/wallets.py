"""``sandrail wallet``: what a wallet is exposed to, whose it is, and what lists say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.desk import actor_named, desk_in, open_desk
from sandrail.cli.options import DEMO_JOURNAL, AtOption, ByOption, JournalOption
from sandrail.cli.speaking import JsonFlag, Speaker, percent
from sandrail.journal import Journal
from sandrail.money import Money
from sandrail.screening import ScreeningList, load_addresses_json, load_tagpack
from sandrail.transfers import WalletDesk, WalletReport
from sandrail.wallets import Approval, Hosting, WalletError
from sandrail.world import iso, parse_instant

__all__ = ["wallet_app"]

wallet_app = typer.Typer(help="Wallets: exposure, tags, proofs of ownership.", no_args_is_help=True)

HOSTING = {"provider": Hosting.OTHER_PROVIDER, "self": Hosting.SELF_HOSTED}


@wallet_app.command("exposure")
def exposure(
    wallet: Annotated[str, typer.Argument(help="Address, or customer:REFERENCE.")],
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Say where a wallet's value came from: for supervisors, never for the customer."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal, read_only=True) as opened:
        desk = WalletDesk(open_desk(opened))
        ref = wallet.removeprefix("customer:")
        report = desk.report_customer(ref) if ref != wallet else desk.report(wallet)
        currency = desk.desk.floor.terms.pack.currency
    found = report.exposure

    def money(minor: int) -> str:
        return str(Money(currency, minor))

    speaker.line(f"{report.name}: {report.decision}" + (f" ({report.rule})" * bool(report.rule)))
    for source, category in report.sources:
        speaker.line(f"  {source} says: {category or 'a known service'}")
    speaker.line(
        f"  Received {money(found.received_minor)}, holds {money(found.balance_minor)}; "
        f"{percent(found.share_ppm)} of it all from listed wallets, {found.hops} hops at least."
        if found.ingredients
        else f"  Received {money(found.received_minor)}, nothing of it from listed wallets."
    )
    lines = [
        (item.category, item.hops, money(item.value_minor), percent(item.share_ppm))
        for item in found.ingredients
    ]
    if lines:
        speaker.table("Where it came from", ("category", "hops", "value", "share"), lines)
    if report.path:
        speaker.line("  " + " → ".join(report.path))
    speaker.answer(_plain(report))


@wallet_app.command("tag")
def tag(
    file: Annotated[Path, typer.Argument(help="A TagPack (.yaml), or a JSON array of addresses.")],
    asset: Annotated[str, typer.Option(help="Asset of the addresses, for a JSON array.")] = "ETH",
    by: ByOption = "firm:mlro",
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Put a version of a list of wallets in force; the next transfer is judged by it."""
    speaker = Speaker(as_json=json_)
    found: ScreeningList = (
        load_tagpack(file, only_abuse=False)
        if file.suffix in {".yaml", ".yml"}
        else load_addresses_json(file, asset=asset)
    )
    with desk_in(journal, at) as desk:
        report = WalletDesk(desk).update_tags(found, actor=actor_named(by))
    tagged, untagged = len(report.update.tagged), len(report.update.untagged)
    speaker.line(
        f"{report.update.version}: {tagged} tagged, {untagged} no longer; "
        f"the decision on {report.changed} wallets and customers changed."
    )
    speaker.answer({"version": report.update.version, "tagged": tagged, "untagged": untagged,
                    "changed": report.changed})  # fmt: skip


@wallet_app.command("register")
def register(
    wallet: Annotated[str, typer.Argument(help="Address.")],
    hosting: Annotated[str, typer.Option(help="Who runs it: provider or self.")] = "self",
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Make a wallet known to the desk, so that instructions can name it by its number."""
    if hosting not in HOSTING:
        raise WalletError(
            f"Nobody runs a wallet as {hosting!r}.",
            why=f"From the command line a wallet is run by {' or '.join(HOSTING)}.",
            fix="Use --hosting self.",
        )
    speaker = Speaker(as_json=json_)
    with desk_in(journal, at) as desk:
        known = WalletDesk(desk).register(wallet, HOSTING[hosting])
    speaker.line(f"Wallet {known.number}: {known.address}, {known.hosting.name.lower()}.")
    speaker.answer({"number": known.number, "address": known.address, "hosting": hosting})


@wallet_app.command("challenge")
def challenge(
    wallet: Annotated[str, typer.Argument(help="Address.")],
    customer: Annotated[str, typer.Option(help="The firm's reference of the customer.")],
    asset: Annotated[str, typer.Option(help="Code of the asset.")] = "PKRT",
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Ask a customer to prove a wallet: a text to sign, or an exact small payment."""
    speaker = Speaker(as_json=json_)
    with desk_in(journal, at) as opened:
        desk = WalletDesk(opened)
        floor = opened.floor
        number = floor.terms.asset_number(asset)
        asked = desk.challenge(floor.parties.number(customer), wallet, asset=number)
        exact = Money(floor.terms.assets[number].asset, asked.deposit_minor())
    speaker.line(asked.message())
    speaker.line(f"Sign this text with the wallet, or send exactly {exact} from it.")
    speaker.line(f"Number of the challenge: {asked.nonce:032x}")
    speaker.answer(
        {
            "nonce": f"{asked.nonce:032x}",
            "message": asked.message(),
            "deposit_minor": asked.deposit_minor(),
            "expires_us": asked.expires_us,
        }
    )


@wallet_app.command("prove")
def prove(
    nonce: Annotated[str, typer.Argument(help="Number of the challenge.")],
    signature: Annotated[str, typer.Option(help="Signature of its text, in hexadecimal.")] = "",
    deposit: Annotated[str, typer.Option(help="Id of the posted payment, in hexadecimal.")] = "",
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Answer a challenge; the wallet counts as the customer's until the proof is too old."""
    speaker = Speaker(as_json=json_)
    try:
        number = int(nonce, 16)
        signed = bytes.fromhex(signature.removeprefix("0x"))
        paid = int(deposit or "0", 16)
    except ValueError as error:
        raise WalletError(
            "The answer cannot be read.", why=f"{error}.", fix="Give hexadecimal digits."
        ) from error
    with desk_in(journal, at) as opened:
        desk = WalletDesk(opened)
        if paid:
            desk.prove_by_deposit(number, paid)
        else:
            desk.prove(number, signed)
        proof = next(reversed(desk.state.proofs.values()))
        address = desk.state.register.get(proof.wallet).address
    speaker.line(f"{address} is proven by {proof.method.value}.")
    speaker.answer({"wallet": address, "method": proof.method.value,
                    "expires_us": proof.expires_us})  # fmt: skip


@wallet_app.command("waiting")
def waiting(journal: JournalOption = DEMO_JOURNAL, json_: JsonFlag = False) -> None:
    """Show what waits for signatures before it leaves custody, and what its keys sign."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal, read_only=True) as opened:
        desk = open_desk(opened)
    state, now_us = desk.floor.wallets, desk.instant()
    rows = []
    for movement in state.waiting_for_signatures().values():
        asset = desk.floor.terms.assets[desk.floor.terms.asset_number(movement.asset)].asset
        rows.append(
            {
                "digest": movement.digest().hex(),
                "amount": str(Money(asset, movement.amount_minor)),
                "customer": movement.customer,
                "wallet": movement.wallet,
                "signed": state.approvals(movement.digest(), now_us),
                "quorum": state.quorum,
            }
        )
    if rows:
        speaker.table("Waiting for signatures", tuple(rows[0]), [tuple(r.values()) for r in rows])
    else:
        speaker.line("Nothing waits for signatures.")
    speaker.answer({"ceremony": state.ceremony_id, "waiting": rows})


@wallet_app.command("approve")
def approve(
    digest: Annotated[str, typer.Argument(help="Of the movement, as `wallet waiting` shows it.")],
    key: Annotated[str, typer.Option(help="Short name of the key.")],
    signature: Annotated[str, typer.Option(help="Of the key over the approval, in hexadecimal.")],
    expires: Annotated[str, typer.Option(help="Instant after which it no longer counts.")],
    by: Annotated[str, typer.Option(help="The holder of the key, as the ceremony names them.")],
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Hand in one key's approval of a movement out of custody; only its holder may."""
    speaker = Speaker(as_json=json_)
    with desk_in(journal, at) as opened:
        desk = WalletDesk(opened)
        ends_us = parse_instant(expires)
        given = Approval(desk.state.ceremony_id, key, digest, ends_us, signature)
        signed, quorum = desk.approve(given, actor=actor_named(by)), desk.state.quorum
    speaker.line(f"{signed} of {quorum} keys stand by it, until {iso(ends_us)} this one.")
    speaker.answer({"digest": digest, "signed": signed, "quorum": quorum})


def _plain(report: WalletReport) -> dict[str, object]:
    found = report.exposure
    return {
        "wallet": report.name,
        "decision": report.decision,
        "rule": report.rule,
        "category": found.category,
        "received_minor": found.received_minor,
        "balance_minor": found.balance_minor,
        "tainted_balance_minor": found.tainted_balance_minor,
        "direct_minor": found.direct_minor,
        "indirect_minor": found.indirect_minor,
        "hops": found.hops,
        "share_ppm": found.share_ppm,
        "ingredients": [item._asdict() for item in found.ingredients],
        "path": list(report.path),
        "sources": dict(report.sources),
    }
