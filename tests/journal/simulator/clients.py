"""Several clients of one ledger on a failing disk, over a network that reorders what they are told.

Requests and answers wait in the network, arrive in any order, are lost or arrive twice, and outlive
the crash of the server that sent them. A client that hears nothing asks again under the same key;
meanwhile others go on. On an honest disk it must hold, whatever breaks: an answer that was ever
sent stays true, all answers to one key agree, each key is recorded once, and no money is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sandrail.journal import ChainError, Journal, LocationError, StoreFault, frame_of
from sandrail.journal.stores.sqlite import SqliteStore
from sandrail.ledger import (
    AccountFlag,
    HaltedError,
    KeyConflictError,
    Ledger,
    TransferRow,
    rows_of,
)
from sandrail.money import Asset, AssetKind

from .disk import Disk, FaultPlan, driver_for
from .world import OPEN_TRIES, Report, Violation

__all__ = ["Clients", "run_clients"]

PATH = Path("/simulated/ledger.db")
NAME = "simulated-ledger"
CLIENTS = 4
CUSTOMERS = 3
FUNDS = 100
REQUESTS_MAX = 5
STEPS_MAX = 60
ENDING_STEPS_MAX = 400


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for, again and again until it hears."""

    client: int
    key: str
    rows: tuple[TransferRow, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says it recorded."""

    client: int
    key: str
    seq: int
    outcomes: tuple[int, ...]


@dataclass(slots=True)
class Client:
    """One client: what it waits for and what it was told."""

    number: int
    asked: int = 0
    waiting: Request | None = None
    told: dict[str, Answer] = field(default_factory=dict)


def run_clients(seed: int) -> Report:
    """Run one world of clients to its end.

    Raises:
        Violation: something that must always hold did not; the text names the seed.
    """
    world = Clients(seed)
    try:
        for _ in range(world.random.randrange(STEPS_MAX // 3, STEPS_MAX)):
            world.step()
        world.end()
    except Violation as violation:
        raise Violation(f"clients {seed}: {violation} {dict(world.disk.befell)}") from violation
    finally:
        world.disk.session = None
    world.report.befell = world.disk.befell
    return world.report


class Clients:
    """The clients, the network between, the server and its disk."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"clients {seed}")
        plan = FaultPlan(keep=self.random.choice(("some", "none", "all")))
        if self.random.random() < 0.7:
            plan.power_cut_at = self.random.randrange(200)
        for name in ("write_error_rate", "sync_error_rate", "read_error_rate"):
            if self.random.random() < 0.2:
                setattr(plan, name, self.random.choice((0.01, 0.05)))
        self.disk = Disk(self.random, plan)
        self.driver = driver_for(self.disk)
        self.report = Report(seed)
        self.clients = [Client(number) for number in range(CLIENTS)]
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.sent: dict[str, Answer] = {}
        self.journal: Journal | None = None
        self.ledger: Ledger | None = None

    def step(self) -> None:
        """Let one thing happen: somebody asks, something arrives, is lost, or the power goes."""
        choice = self.random.random()
        if choice < 0.35:
            self.ask(self.random.choice(self.clients))
        elif choice < 0.60:
            self.serve()
        elif choice < 0.85:
            self.tell()
        elif choice < 0.92:
            self.lose_or_double()
        elif choice < 0.96:
            self.intrude()
        else:
            self.crash(power=self.random.random() < 0.5)

    def end(self) -> None:
        """Heal everything, let every client hear, and look at what was recorded."""
        self.disk.heal()
        for _ in range(ENDING_STEPS_MAX):
            for client in self.clients:
                if client.waiting is not None:
                    self.ask(client)
            self.serve()
            self.tell()
            if not self.answers and all(client.waiting is None for client in self.clients):
                break
        else:
            raise Violation("on a sound disk somebody never hears")
        self.crash(power=True)
        self.look(self.open())
        self.crash(power=False)

    def ask(self, client: Client) -> None:
        """Send a new request, or the one that was not answered once more."""
        if client.waiting is None and client.asked < REQUESTS_MAX:
            key = f"client {client.number} request {client.asked}"
            client.waiting = Request(client.number, key, self._payments(client))
            client.asked += 1
        if client.waiting is not None:
            self.requests.append(client.waiting)

    def serve(self) -> None:
        """Let the server answer some of the requests on their way, in any order."""
        for _ in range(min(self.random.randrange(1, 4), len(self.requests))):
            request = self.requests.pop(self.random.randrange(len(self.requests)))
            ledger = self.ledger or self.open()
            try:
                posted = ledger.post(rows_of(request.rows), request.key, ledger.book.last_us + 1)
            except (StoreFault, HaltedError):
                self.crash(power=not self.disk.powered)
                return
            answer = Answer(
                request.client, request.key, posted.seq, tuple(posted.outcomes.tolist())
            )
            if self.sent.setdefault(request.key, answer) != answer:
                raise Violation(f"{request.key} was answered {self.sent[request.key]} and {answer}")
            self.answers.append(answer)

    def tell(self) -> None:
        """Deliver one answer: any of those on their way, whatever was recorded first."""
        if not self.answers:
            return
        place = self.random.randrange(len(self.answers))
        if place != 0:
            self.disk.befell["reordered answer"] += 1
        answer = self.answers.pop(place)
        client = self.clients[answer.client]
        client.told[answer.key] = answer
        self.report.acknowledged += 1
        if client.waiting is not None and client.waiting.key == answer.key:
            client.waiting = None

    def lose_or_double(self) -> None:
        """Drop a message on its way, or deliver it twice."""
        lane: list[Request] | list[Answer] = self.random.choice((self.requests, self.answers))
        if not lane:
            return
        if self.random.random() < 0.5:
            self.disk.befell["lost message"] += 1
            lane.pop(self.random.randrange(len(lane)))
        else:
            self.disk.befell["doubled message"] += 1
            lane.append(self.random.choice(lane))  # type: ignore[arg-type]

    def intrude(self) -> None:
        """Ask for something else under a key that was answered; nothing may come of it."""
        told = [answer for client in self.clients for answer in client.told.values()]
        if not told:
            return
        key = self.random.choice(told).key
        row = TransferRow(id=2**100 + self.random.getrandbits(64), debit=0, credit=1, amount=1)
        ledger = self.ledger or self.open()
        try:
            ledger.post(rows_of([row]), key, ledger.book.last_us + 1)
        except KeyConflictError:
            return
        except (StoreFault, HaltedError):
            self.crash(power=not self.disk.powered)
            return
        raise Violation(f"{key} was answered, and then taken for another request")

    def crash(self, *, power: bool) -> None:
        """The server ends; what it has sent stays on its way."""
        if power:
            self.disk.powered = False
        if self.journal is not None:
            self.journal.close()
        self.journal = self.ledger = None
        if not self.disk.powered:
            self.disk.power_cycle()

    def open(self) -> Ledger:
        """Start the server on what the disk holds."""
        problem: Exception | None = None
        for attempt in range(OPEN_TRIES):
            if attempt == OPEN_TRIES // 2:
                self.disk.heal()
            try:
                self.journal = self._journal()
                self.ledger = Ledger.open(self.journal)
                self._begin(self.ledger)
                return self.ledger
            except (StoreFault, HaltedError, ChainError, LocationError) as error:
                problem = error
                self.crash(power=not self.disk.powered)
        raise Violation(f"an honest disk, yet it never opens: {problem}") from problem

    def look(self, ledger: Ledger) -> None:
        """Compare what is recorded with what was ever said."""
        journal = self.journal
        assert journal is not None
        recorded: dict[str, Answer] = {}
        for fact in journal.facts(kinds=("ledger.batch",)):
            frame = frame_of(fact)
            key = str(frame.meta["key"])
            outcomes = tuple(frame.columns["outcome"].tolist())
            if key in recorded:
                raise Violation(
                    f"{key} is recorded twice, in facts {recorded[key].seq}, {fact.seq}"
                )
            owner = int(key.split()[1]) if key.startswith("client") else -1
            recorded[key] = Answer(owner, key, fact.seq, outcomes)
        for answer in (*self.sent.values(), *(a for c in self.clients for a in c.told.values())):
            if recorded.get(answer.key) != answer:
                raise Violation(f"{answer} was sent; recorded is {recorded.get(answer.key)}")
        for client in self.clients:
            places = [client.told[key].seq for key in client.told]
            if len(client.told) != client.asked or sorted(places) != sorted(set(places)):
                raise Violation(f"client {client.number} asked {client.asked}, heard {places}")
        nets = [ledger.balance(no).net_credit for no in range(1, CUSTOMERS + 1)]
        if sum(nets) != CUSTOMERS * FUNDS or min(nets) < 0:
            raise Violation(f"the customers hold {nets}")

    def _journal(self) -> Journal:
        if PATH.as_posix() not in self.disk.files or not self.report.acknowledged:
            try:
                store = SqliteStore.create(PATH, name=NAME, now_us=0, driver=self.driver)
                return Journal(store)
            except LocationError:
                pass  # it is there already
        return Journal(SqliteStore.open(PATH, read_only=False, now_us=0, driver=self.driver))

    def _begin(self, ledger: Ledger) -> None:
        """Define what is not defined yet; a crash may have come in between."""
        if not ledger.assets:
            ledger.define_asset(Asset("PKR", 2, AssetKind.FIAT), at_us=0)
        while ledger.book.account_count <= CUSTOMERS:
            flags = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
            own = flags if ledger.book.account_count else AccountFlag.NONE
            ledger.open_account(asset=0, flags=own, at_us=0)
        funds = [
            TransferRow(id=no, debit=0, credit=no, amount=FUNDS) for no in range(1, CUSTOMERS + 1)
        ]
        ledger.post(rows_of(funds), "funds", ledger.book.last_us + 1)

    def _payments(self, client: Client) -> tuple[TransferRow, ...]:
        rows = []
        for place in range(self.random.randrange(1, 4)):
            debit, credit = self.random.sample(range(1, CUSTOMERS + 1), 2)
            id_ = (client.number + 1) << 64 | client.asked << 8 | place
            amount = self.random.randrange(1, FUNDS)
            rows.append(TransferRow(id=id_, debit=debit, credit=credit, amount=amount))
        return tuple(rows)
