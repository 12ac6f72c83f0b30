"""``sandrail ledger``: prove a book sound, or name the first wrong row; balances, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from sandrail.cli.options import DEMO_JOURNAL, JournalArgument, JournalOption
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.ledger import (
    AccountFlag,
    Axis,
    BookReader,
    ChartCode,
    Engine,
    Entry,
    Statement,
    check_book,
)
from sandrail.money import Asset, Money
from sandrail.world import InputError, hex_id, iso, parse_instant

__all__ = ["app"]

app = typer.Typer(help="The books: check, balances, statement.", no_args_is_help=True)

LIMIT = 50
AMOUNTS = frozenset({"balance", "held", "coming", "amount"})
STOPPED = AccountFlag.FROZEN_DEBIT | AccountFlag.FROZEN_CREDIT | AccountFlag.CLOSED
EVER_US = 2**62

AsOfOption = Annotated[
    int | None, typer.Option(help="Answer as it was known right after this fact.", min=0)
]
LimitOption = Annotated[int, typer.Option(help="Lines on a page.", min=1, max=10_000)]


@contextmanager
def _reading(journal: str, as_of_seq: int | None) -> Iterator[BookReader]:
    """Open a journal for reading, chain verified, and follow it as far as asked."""
    with Journal.open(journal, read_only=True) as opened:
        yield BookReader(opened, until_seq=as_of_seq)


@app.command("check")
def check(
    journal: JournalArgument = DEMO_JOURNAL,
    reference: Annotated[
        bool, typer.Option(help="Replay in plain Python, independent of the kernel; slow.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Replay the books from the first fact; exit 5 and name the first wrong row if there is one."""
    speaker = Speaker(as_json=json_)
    engine = Engine.REFERENCE if reference else Engine.KERNEL
    with Journal.open(journal, read_only=True, verify=False) as opened:
        report = check_book(opened, engine=engine)
    speaker.line(
        f"{report.facts} facts, {report.batches} batches, {report.rows} rows, "
        f"{report.accepted} accepted, {report.accounts} accounts."
    )
    lines = [
        (
            report.assets[line.asset] if line.asset < len(report.assets) else line.asset,
            line.accounts,
            line.debits_posted,
            line.credits_posted,
            line.debits_pending,
        )
        for line in report.trial_balance
    ]
    columns = ("asset", "accounts", "debits", "credits", "pending")
    speaker.table("Trial balance, in minor units", columns, lines)
    problem = report.problem
    if problem is None:
        speaker.line(f"The book is sound up to fact {report.head.seq}.", style="green")
    else:
        speaker.line(f"Wrong from fact {problem.seq}, row {problem.row}: {problem.text}", "red")
    speaker.answer(
        {
            "sound": report.sound,
            "facts": report.facts,
            "rows": report.rows,
            "state_hash": report.state_hash,
            "head": report.head.hash.hex(),
            "problem": None if problem is None else {"seq": problem.seq, "row": problem.row,
                                                      "code": problem.code, "text": problem.text},
        }
    )  # fmt: skip
    if problem is not None:
        raise typer.Exit(5)


@app.command("balances")
def balances(
    journal: JournalArgument = DEMO_JOURNAL,
    as_of_seq: AsOfOption = None,
    chart: Annotated[str, typer.Option(help="Only accounts of this chart code.")] = "",
    owner: Annotated[int | None, typer.Option(help="Only accounts of this customer.")] = None,
    empty: Annotated[bool, typer.Option(help="Also accounts that never moved.")] = False,
    after: Annotated[int, typer.Option(help="Go on after this account.")] = -1,
    limit: LimitOption = LIMIT,
    json_: JsonFlag = False,
) -> None:
    """List accounts with what they hold; a page ends with the account to go on after."""
    speaker = Speaker(as_json=json_)
    wanted = _chart_code(chart) if chart else None
    found: list[dict[str, Any]] = []
    with _reading(journal, as_of_seq) as reader:
        accounts, more = reader.book.state.accounts, False
        for no in range(after + 1, reader.book.account_count):
            balance = reader.balance(no)
            skip = wanted is not None and int(accounts["chart"][no]) != wanted
            skip |= owner is not None and int(accounts["owner"][no]) != owner
            if skip or not (empty or any(_four(balance))):
                continue
            if len(found) == limit:
                more = True
                break
            found.append(_account(reader, no))
        head = reader.head.seq
    columns = ("account", "chart", "owner", "asset", "side", "balance", "held", "coming", "stopped")
    rows = [_row(line, columns) for line in found]
    speaker.table(f"Balances as of fact {head}", columns, rows)
    if more:
        speaker.line(f"More: --after {found[-1]['account']}")
    next_after = found[-1]["account"] if more else None
    speaker.answer({"as_of_seq": head, "accounts": found, "next_after": next_after})


@app.command("statement")
def statement(
    account: Annotated[int, typer.Argument(help="Account number; see: sandrail ledger balances.")],
    journal: JournalOption = DEMO_JOURNAL,
    from_: Annotated[str, typer.Option("--from", help="First day or instant.")] = "",
    until: Annotated[str, typer.Option(help="Day or instant after the last.")] = "",
    axis: Annotated[
        Axis, typer.Option(help="Choose and order by when it was recorded, or by value date.")
    ] = Axis.RECORDED,
    as_of_seq: AsOfOption = None,
    after: Annotated[str, typer.Option(help="Next page: the address the last one gave.")] = "",
    limit: LimitOption = LIMIT,
    json_: JsonFlag = False,
) -> None:
    """Show an account's statement, in the words of camt.053; no read holds up the writer."""
    speaker = Speaker(as_json=json_)
    period_us = _period_us(from_, until)
    with _reading(journal, as_of_seq) as reader:
        page = reader.statement(
            account,
            period_us=period_us,
            axis=axis,
            after=_address(after) if after else None,
            limit=limit,
        )
        chart = _chart_name(int(reader.book.state.accounts["chart"][account]))
    columns = ("ref", "booked", "valued", "side", "amount", "balance", "counter", "transfer")
    rows = [_row(line, columns) for line in _entries(page)]
    speaker.line(
        f"Account {account}{f' ({chart})' if chart else ''}, {page.asset.code}, by {axis} time,"
        f" as of fact {page.head.seq}; entries: {page.entry_count}."
    )
    speaker.line(f"Opening (OPBD)   {_grouped(_signed(page.asset, page.opening))}")
    if page.page_opening != page.opening:
        speaker.line(f"Interim (ITBD)   {_grouped(_signed(page.asset, page.page_opening))}")
    speaker.table("Entries", columns, rows)
    sums = [_grouped(_text(page.asset, minor)) for minor in (page.credits, page.debits)]
    speaker.line(f"Credits {sums[0]}, debits {sums[1]} in the period")
    if page.next_after is not None:
        speaker.line(f"Interim (ITBD)   {_grouped(_signed(page.asset, page.page_closing))}")
    speaker.line(f"Closing (CLBD)   {_grouped(_signed(page.asset, page.closing))}")
    held = _text(page.asset, page.pending_debits), _text(page.asset, page.pending_credits)
    speaker.line(f"Pending as of fact {page.head.seq}: {held[0]} to go, {held[1]} to come")
    if page.next_after is not None:
        seq, row = page.next_after
        speaker.line(f"More: --after {seq}.{row}")
    speaker.answer(_plain(page, chart))


def _period_us(from_: str, until: str) -> tuple[int, int]:
    from_us = parse_instant(from_) if from_ else 0
    until_us = parse_instant(until) if until else EVER_US
    if from_us > until_us:
        raise InputError(
            "The period ends before it begins.",
            why=f"It goes from {iso(from_us)} until {iso(until_us)}.",
            fix="Give --from the earlier day and --until the day after the last.",
            code="cli.bad_period",
        )
    return from_us, until_us


def _account(reader: BookReader, no: int) -> dict[str, Any]:
    """Return an account's line: its balance as a text of major units, and on which side."""
    record, balance = reader.book.state.accounts[no], reader.balance(no)
    asset, net = reader.asset_of(no), balance.net_credit
    flags = AccountFlag(int(record["flags"]))
    return {
        "account": no,
        "chart": _chart_name(int(record["chart"])),
        "owner": None if record["owner"] < 0 else int(record["owner"]),
        "asset": asset.code,
        "side": _side(net),
        "balance": _text(asset, net),
        "balance_minor": str(abs(net)),
        "held": _text(asset, balance.debits_pending) if balance.debits_pending else "",
        "coming": _text(asset, balance.credits_pending) if balance.credits_pending else "",
        "stopped": _names(flags & STOPPED),
        "flags": _names(flags),
    }


def _plain(page: Statement, chart: str) -> dict[str, Any]:
    """Return a statement for machines; every amount is a text, exact."""
    asset = page.asset
    amounts = {
        "opening": page.opening,
        "closing": page.closing,
        "page_opening": page.page_opening,
        "page_closing": page.page_closing,
    }
    return {
        "account": page.account,
        "chart": chart,
        "currency": asset.code,
        "scale": asset.scale,
        "axis": str(page.axis),
        "from": iso(page.from_us),
        "until": None if page.until_us == EVER_US else iso(page.until_us),
        "as_of_seq": page.head.seq,
        "as_of_hash": page.head.hash.hex(),
        "credits": _text(asset, page.credits),
        "debits": _text(asset, page.debits),
        "pending_debits": _text(asset, page.pending_debits),
        "pending_credits": _text(asset, page.pending_credits),
        "entry_count": page.entry_count,
        "entries": _entries(page),
        "next_after": None if page.next_after is None else ".".join(map(str, page.next_after)),
    } | {
        name: {"side": _side(value), "amount": _text(asset, value), "minor": str(abs(value))}
        for name, value in amounts.items()
    }


def _entries(page: Statement) -> list[dict[str, Any]]:
    return [_entry(page.asset, entry) for entry in page.entries]


def _entry(asset: Asset, entry: Entry) -> dict[str, Any]:
    return {
        "ref": f"{entry.seq}.{entry.row}",
        "status": "BOOK",
        "booked": iso(entry.at_us),
        "valued": iso(entry.valid_us),
        "side": str(entry.side),
        "amount": _text(asset, entry.amount),
        "amount_minor": str(entry.amount),
        "balance": _signed(asset, entry.balance_after),
        "counter": entry.counter_account,
        "transfer": hex_id(entry.transfer_id),
    }


def _row(line: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    """Return a line for people: digits of amounts in groups, nothing for what is not there."""
    values = ((name, line[name]) for name in columns)
    return [
        _grouped(str(value)) if name in AMOUNTS else "" if value is None else str(value)
        for name, value in values
    ]


def _grouped(amount: str) -> str:
    whole, dot, rest = amount.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.isdecimal() else amount


def _text(asset: Asset, minor: int) -> str:
    return Money(asset, abs(minor)).text(grouped=False)


def _side(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def _signed(asset: Asset, minor: int) -> str:
    return f"{_text(asset, minor)} {_side(minor)}"


def _four(balance: Any) -> tuple[int, int, int, int]:
    return (
        balance.debits_pending,
        balance.debits_posted,
        balance.credits_pending,
        balance.credits_posted,
    )


def _names(flags: AccountFlag) -> str:
    return " ".join(flag.name.lower() for flag in flags if flag.name)


def _chart_name(code: int) -> str:
    """Return the name of a chart code, its number when it has none, nothing for no code."""
    return ChartCode(code).name.lower() if code in {*ChartCode} else str(code or "")


def _chart_code(name: str) -> int:
    codes = {code.name.lower(): int(code) for code in ChartCode}
    found = codes.get(name.lower(), int(name) if name.isdecimal() else None)
    if found is None:
        raise InputError(
            f"There is no chart code {name[:40]!r}.",
            why=f"The chart has {', '.join(codes)}.",
            fix="Choose one of these, or give its number.",
            code="ledger.bad_account",
        )
    return found


def _address(text: str) -> tuple[int, int]:
    seq, _, row = text.partition(".")
    if not (seq.isdecimal() and row.isdecimal()):
        raise InputError(
            f"{text[:40]!r} is not the address of an entry.",
            why="An address is the fact and the row in it, such as 120.7.",
            fix="Pass what the page before gave as --after.",
            code="ledger.bad_page",
        )
    return int(seq), int(row)
