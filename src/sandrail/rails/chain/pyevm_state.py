"""The state under the reference engine: dictionaries with an undo log.

py-evm's own state is a Merkle trie behind five layers of journals and caches, made to agree with a
network about a state root. A sandbox has no state root to agree about: what it must prove is the
call log and the receipts. So the interpreter and its gas rules are py-evm's, and the state is ours.
"""

from __future__ import annotations

from typing import Any

from eth.vm.forks.cancun import state as _cancun
from eth_hash.auto import keccak

from sandrail.rails.chain.pyevm_run import SandboxComputation

__all__ = ["Accounts", "SandboxState"]

_NO_ACCOUNT = bytes(32)

# Typed as anything: py-evm's annotations describe the trie that is replaced here.
CancunState: Any = _cancun.CancunState


class Accounts:
    """Accounts, code and storage as dictionaries; every write can be undone.

    It offers what py-evm's interpreter asks of its account database, under the same names.
    """

    def __init__(self) -> None:
        self.storage: dict[tuple[bytes, int], int] = {}
        self.code: dict[bytes, bytes] = {}
        self.nonces: dict[bytes, int] = {}
        self.balances: dict[bytes, int] = {}
        self._settled: dict[tuple[bytes, int], int] = {}
        self._warm: set[object] = set()
        self._transient: dict[tuple[bytes, int], bytes] = {}
        self._undo: list[tuple[dict[Any, Any], object, object]] = []

    def begin(self) -> None:
        """Start a transaction: nothing is warm, nothing transient, nothing to undo."""
        self._settled.clear()
        self._warm.clear()
        self._transient.clear()
        self._undo.clear()

    def record(self) -> int:
        """Return a mark to which ``discard`` goes back."""
        return len(self._undo)

    def discard(self, mark: int) -> None:
        """Undo every write since the mark."""
        undo = self._undo
        while len(undo) > mark:
            table, key, before = undo.pop()
            if before is None:
                table.pop(key, None)
            else:
                table[key] = before

    def write(self, table: dict[Any, Any], key: object, value: object) -> None:
        """Write so that it can be undone."""
        self._undo.append((table, key, table.get(key)))
        table[key] = value

    def get_storage(self, address: bytes, slot: int, from_journal: bool = True) -> int:
        """Return a slot: as it is, or as it was when the transaction began."""
        key = (address, slot)
        if not from_journal and key in self._settled:
            return self._settled[key]
        return self.storage.get(key, 0)

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        """Write a slot."""
        key = (address, slot)
        self._settled.setdefault(key, self.storage.get(key, 0))
        self.write(self.storage, key, value)

    def get_transient(self, address: bytes, slot: int) -> bytes:
        """Return a slot that lives for one transaction."""
        return self._transient.get((address, slot), b"")

    def set_transient(self, address: bytes, slot: int, value: bytes) -> None:
        """Write a slot that lives for one transaction."""
        self.write(self._transient, (address, slot), value)

    def is_warm(self, key: object) -> bool:
        """Return whether an address or a slot was touched in this transaction."""
        return key in self._warm

    def warm(self, key: object) -> None:
        """Mark an address or a slot as touched."""
        self._warm.add(key)

    def copy(self) -> Accounts:
        """Return an independent copy, between transactions."""
        twin = Accounts()
        twin.storage = dict(self.storage)
        twin.code = dict(self.code)
        twin.nonces = dict(self.nonces)
        twin.balances = dict(self.balances)
        return twin


class SandboxState(CancunState):  # type: ignore[misc]
    """py-evm's Cancun state over ``Accounts``."""

    computation_class = SandboxComputation

    def __init__(self, accounts: Accounts, context: Any) -> None:
        self.execution_context = context
        self.accounts = accounts

    def snapshot(self) -> int:
        return self.accounts.record()

    def revert(self, snapshot: int) -> None:
        self.accounts.discard(snapshot)

    def commit(self, snapshot: int) -> None:
        pass

    def get_storage(self, address: bytes, slot: int, from_journal: bool = True) -> int:
        return self.accounts.get_storage(address, slot, from_journal)

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        self.accounts.set_storage(address, slot, value)

    def get_transient_storage(self, address: bytes, slot: int) -> bytes:
        return self.accounts.get_transient(address, slot)

    def set_transient_storage(self, address: bytes, slot: int, value: bytes) -> None:
        self.accounts.set_transient(address, slot, value)

    def get_balance(self, address: bytes) -> int:
        return self.accounts.balances.get(address, 0)

    def set_balance(self, address: bytes, balance: int) -> None:
        self.accounts.write(self.accounts.balances, address, balance)

    def get_nonce(self, address: bytes) -> int:
        return self.accounts.nonces.get(address, 0)

    def set_nonce(self, address: bytes, nonce: int) -> None:
        self.accounts.write(self.accounts.nonces, address, nonce)

    def increment_nonce(self, address: bytes) -> None:
        self.set_nonce(address, self.get_nonce(address) + 1)

    def get_code(self, address: bytes) -> bytes:
        return self.accounts.code.get(address, b"")

    def set_code(self, address: bytes, code: bytes) -> None:
        self.accounts.write(self.accounts.code, address, code)

    def get_code_hash(self, address: bytes) -> bytes:
        return (
            bytes(keccak(self.get_code(address))) if self.account_exists(address) else _NO_ACCOUNT
        )

    def has_code_or_nonce(self, address: bytes) -> bool:
        return bool(self.get_code(address)) or self.get_nonce(address) != 0

    def account_exists(self, address: bytes) -> bool:
        return self.has_code_or_nonce(address) or self.get_balance(address) != 0

    def account_is_empty(self, address: bytes) -> bool:
        return not self.account_exists(address)

    def touch_account(self, address: bytes) -> None:
        pass

    def is_storage_warm(self, address: bytes, slot: int) -> bool:
        return self.accounts.is_warm((address, slot))

    def mark_storage_warm(self, address: bytes, slot: int) -> None:
        self.accounts.warm((address, slot))

    def is_address_warm(self, address: bytes) -> bool:
        return self.accounts.is_warm(address) or address in self.computation_class.get_precompiles()

    def mark_address_warm(self, address: bytes) -> None:
        self.accounts.warm(address)
