"""What every store must do. A store's test class inherits these and says how to make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from sandrail.journal import Fact, Head, Snapshot, Store, WriterError, genesis_hash
from sandrail.journal.fact import seal
from sandrail.journal.limits import READ_PAGE_FACTS
from sandrail.journal.snapshot import snapshot_digest

from .makers import draft

NAME = "contract"
GENESIS = Head(-1, genesis_hash(NAME))


def chain(count: int, *, after: Head = GENESIS, size: int = 0, variant: int = 0) -> list[Fact]:
    """Return ``count`` facts that follow ``after``; another variant makes another history."""
    facts: list[Fact] = []
    head = after
    for _ in range(count):
        facts.append(seal(draft(1_000 * variant + head.seq + 1, size=size), head))
        head = facts[-1].head
    return facts


def snapshot(name: str, head: Head, parts: Sequence[bytes], *, version: int = 1) -> Snapshot:
    """Return a snapshot whose digest is right."""
    return Snapshot(name, version, head, tuple(parts), snapshot_digest(name, version, head, parts))


class StoreContract:
    """Tests that hold for every store. ``fresh`` returns a new, empty store named ``contract``."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    @pytest.fixture
    def reopen(self) -> Callable[[Store], Store]:
        """Return a function that closes a store and opens what it left; memory returns it as is."""
        raise NotImplementedError

    def test_a_new_store_has_its_name_and_the_genesis(self, store: Store) -> None:
        assert store.name == NAME
        assert store.head() == GENESIS
        assert list(store.read(0)) == []

    def test_facts_come_back_as_they_were(
        self, store: Store, reopen: Callable[[Store], Store]
    ) -> None:
        facts = chain(7)
        store.append(facts[:1])
        store.append(facts[1:4])
        store.append(facts[4:])
        assert store.head() == facts[-1].head
        assert list(store.read(0)) == facts
        again = reopen(store)
        assert again.name == NAME
        assert again.head() == facts[-1].head
        assert list(again.read(0)) == facts

    def test_any_bytes_and_scripts_survive(self, store: Store) -> None:
        from sandrail.journal import Draft

        blob = bytes(range(256)) * 5000
        first = seal(Draft("a.b", -(2**63), "پاکستان:علی", blob), GENESIS)
        second = seal(Draft("a.b", 2**63 - 1, "x\\N\tend".replace("\t", " "), b""), first.head)
        store.append([first, second])
        assert list(store.read(0)) == [first, second]

    def test_ranges_and_kinds(self, store: Store) -> None:
        facts = chain(12)
        store.append(facts)
        assert list(store.read(3, 6)) == facts[3:6]
        assert list(store.read(10)) == facts[10:]
        assert list(store.read(12)) == []
        assert list(store.read(5, 5)) == []
        assert list(store.read(-3, 2)) == facts[:2]
        picked = list(store.read(1, 11, ("test.event0", "test.event2")))
        assert picked == [f for f in facts[1:11] if f.kind != "test.event1"]
        assert list(store.read(0, None, ())) == []
        assert list(store.read(0, None, ("no.such",))) == []

    def test_reading_crosses_pages(self, store: Store) -> None:
        facts = chain(2 * READ_PAGE_FACTS + 3)
        store.append(facts)
        assert list(store.read(0)) == facts
        sparse = [f for f in facts if f.kind == "test.event0"]
        assert list(store.read(0, None, ("test.event0",))) == sparse

    def test_a_reader_does_not_hold_up_the_writer(self, store: Store) -> None:
        facts = chain(READ_PAGE_FACTS + 5)
        store.append(facts[:-2])
        reading = store.read(0)
        seen = [next(reading) for _ in range(3)]
        store.append(facts[-2:])
        seen.extend(reading)
        assert seen in (facts[:-2], facts)

    def test_a_second_history_is_refused_inside_the_commit(self, store: Store) -> None:
        ours = chain(4)
        store.append(ours[:3])
        with pytest.raises(WriterError):
            store.append(chain(4, variant=1)[3:])
        assert list(store.read(0)) == ours[:3]

    def test_a_gap_is_refused(self, store: Store) -> None:
        facts = chain(4)
        store.append(facts[:2])
        with pytest.raises(WriterError):
            store.append(facts[3:])
        assert list(store.read(0)) == facts[:2]

    def test_redacting_empties_the_payload_with_the_same_commit(
        self, store: Store, reopen: Callable[[Store], Store]
    ) -> None:
        facts = chain(4)
        store.append(facts[:3])
        store.append(facts[3:], redacting=(1,))
        kept = list(reopen(store).read(0))
        assert [f.payload == b"" for f in kept] == [False, True, False, False]
        assert [f.head for f in kept] == [f.head for f in facts]
        assert kept[1].is_redacted

    def test_snapshots_replace_by_name_and_survive(
        self, store: Store, reopen: Callable[[Store], Store]
    ) -> None:
        facts = chain(2)
        store.append(facts)
        assert store.snapshot("book") is None
        large = [bytes(1 << 20), b"", *[b"%d" % place for place in range(12)]]
        for parts in ([b"one"] * 20, large):
            store.put_snapshot(snapshot("book", facts[1].head, parts))
        other = snapshot("other", facts[0].head, [b""])
        store.put_snapshot(other)
        again = reopen(store)
        assert again.snapshot("book") == snapshot("book", facts[1].head, large)
        assert again.snapshot("other") == other
        again.drop_snapshots()
        assert again.snapshot("book") is again.snapshot("other") is None
        assert list(again.read(0)) == facts

    def test_a_redaction_drops_the_snapshots_that_it_went_into(
        self, store: Store, reopen: Callable[[Store], Store]
    ) -> None:
        facts = chain(4)
        store.append(facts[:3])
        for seq in range(3):
            store.put_snapshot(snapshot(f"upto{seq}", facts[seq].head, [b"state"]))
        store.append(facts[3:], redacting=(1,))
        again = reopen(store)
        left = [again.snapshot(f"upto{seq}") is not None for seq in range(3)]
        assert left == [True, False, False]

    def test_closing_twice_is_no_error(self, store: Store) -> None:
        store.close()
        store.close()
