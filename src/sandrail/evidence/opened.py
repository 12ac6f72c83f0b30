"""A bundle while it is verified: its files, and what the checks so far made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandrail.evidence.books import LedgerDay
from sandrail.evidence.dossier import Dossier, dossier_of
from sandrail.evidence.errors import BundleError, BundleFault, DossierError
from sandrail.evidence.limits import BUNDLE_FILES_MAX, FILE_BYTES_MAX
from sandrail.evidence.manifest import MANIFEST
from sandrail.evidence.rails import BankStatement, ChainRun
from sandrail.evidence.view import View
from sandrail.journal import Fact, VerifyingKey
from sandrail.rulebook import Pack
from sandrail.transfers import Floor

__all__ = ["NotThere", "Opened", "Wrong"]


class Wrong(Exception):
    """A check does not hold. Internal to this room: the verification turns it into an answer."""

    def __init__(self, why: str, *, file: str = "", fact: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.file = file
        self.fact = fact


class NotThere(Exception):
    """A check cannot run, because what it needs did not pass an earlier one."""


class Opened:
    """What is known of a bundle; filled in by the checks in their order.

    Attributes:
        folder: of the bundle; paths: its files, relative, with forward slashes.
        keys, engines: as given to the verification.
    """

    def __init__(
        self, folder: Path, paths: tuple[str, ...], *, keys: Sequence[VerifyingKey],
        engines: Sequence[str],
    ) -> None:  # fmt: skip
        self.folder = folder
        self.paths = paths
        self.keys = tuple(keys)
        self.engines = tuple(engines)
        self._manifest: dict[str, Any] | None = None
        self._name = ""
        self._facts: tuple[Fact, ...] | None = None
        self._pack: Pack | None = None
        self._floor: Floor | None = None
        self._chain: ChainRun | None = None
        self._statements: list[BankStatement] | None = None
        self._dossier: Dossier | DossierError | None = None
        self._view: View | None = None
        self._unmatched: list[int] | None = None

    @classmethod
    def at(
        cls, folder: str | Path, *, keys: Sequence[VerifyingKey] = (), engines: Sequence[str] = ()
    ) -> Opened:
        """Look into a folder; nothing is read yet.

        Raises:
            BundleError: it is not a bundle at all.
        """
        root = Path(folder)
        if not (root / MANIFEST).is_file():
            raise BundleError(
                f"{root} is not a bundle.",
                why=f"A bundle is a folder that holds {MANIFEST}.",
                fix="Give the folder that sandrail wrote, such as demo/bundle.",
            )
        paths = []
        for place in sorted(root.rglob("*")):
            if place.is_symlink() or not place.is_dir():
                paths.append(place.relative_to(root).as_posix())
        return cls(root, tuple(paths[: BUNDLE_FILES_MAX + 1]), keys=keys, engines=engines)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file of the bundle; only of files that were found in it."""
        place = self.folder / path
        if path not in self.paths or place.is_symlink() or not place.is_file():
            raise Wrong("The file is missing, or is no plain file.", file=path)
        try:
            if place.stat().st_size > FILE_BYTES_MAX:
                raise Wrong(f"The file has more than {FILE_BYTES_MAX} bytes.", file=path)
            return place.read_bytes()
        except OSError as error:
            raise BundleFault(
                f"The file {place} cannot be read.",
                why=f"{error.strerror}.",
                fix="Check this user's rights and the disk.",
            ) from error

    # --- what the checks pass on ---

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest, once it was read."""
        if self._manifest is None:
            raise NotThere("The manifest could not be read.")
        return self._manifest

    def take_manifest(self, manifest: dict[str, Any]) -> None:
        """Keep the manifest for later checks."""
        self._manifest = manifest

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts, once their chain was verified."""
        if self._facts is None:
            raise NotThere("The journal did not verify.")
        return self._facts

    @property
    def journal(self) -> str:
        """The journal's name."""
        return self._name

    def take_facts(self, name: str, facts: tuple[Fact, ...]) -> None:
        """Keep verified facts."""
        self._name, self._facts = name, facts

    @property
    def pack(self) -> Pack:
        """The bundled pack, once it was found to be the one the trial names."""
        self.require_pack()
        assert self._pack is not None
        return self._pack

    def require_pack(self) -> None:
        """Go on only under the law that the trial names."""
        if self._pack is None:
            raise NotThere("The pack did not verify.")

    def take_pack(self, pack: Pack) -> None:
        """Keep the verified pack."""
        self._pack = pack

    def pack_bytes(self) -> dict[str, bytes]:
        """Return the files of the bundled pack by name."""
        prefix = f"packs/{self.manifest['pack']['id']}/"
        return {
            path.removeprefix(prefix): self.read(path)
            for path in self.paths
            if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
        }

    @property
    def dossier(self) -> Dossier:
        """What the report is made from, under the bundled pack."""
        if self._dossier is None:
            self.require_pack()
            try:
                self._dossier = dossier_of(self.journal, self.facts, files=self.pack_bytes())
            except DossierError as error:
                self._dossier = error
        if isinstance(self._dossier, DossierError):
            raise self._dossier
        return self._dossier

    @property
    def floor(self) -> Floor:
        """Where the desk stands after every fact, once every verdict came out again."""
        self.require_replayed()
        assert self._floor is not None
        return self._floor

    def require_replayed(self) -> None:
        """Go on only where recorded decisions and balances came out again: they are believed."""
        if self._floor is None:
            raise NotThere("The verdicts did not come out again.")

    def take_floor(self, floor: Floor) -> None:
        """Keep the recomputed desk."""
        self._floor = floor

    @property
    def chain(self) -> ChainRun:
        """The chain, once its calls were run again."""
        if self._chain is None:
            raise NotThere("The chain's calls could not be run again.")
        return self._chain

    def take_chain(self, chain: ChainRun) -> None:
        """Keep the recomputed chain."""
        self._chain = chain

    @property
    def statements(self) -> list[BankStatement]:
        """The bank's statements, once they were read again."""
        if self._statements is None:
            raise NotThere("The bank's statements could not be read again.")
        return self._statements

    def take_statements(self, statements: list[BankStatement]) -> None:
        """Keep the statements."""
        self._statements = statements

    @property
    def unmatched(self) -> list[int]:
        """Money that the bank credited and nobody booked, at every day's end, found again."""
        if self._unmatched is None:
            raise NotThere("The days could not be reconciled again.")
        return self._unmatched

    def take_unmatched(self, unmatched: list[int]) -> None:
        """Keep what no booking explains."""
        self._unmatched = unmatched

    @property
    def days(self) -> list[LedgerDay]:
        """The ledger at every day's end."""
        return self.view.ledger

    @property
    def view(self) -> View:
        """What a page shows of the dossier; each part is derived when it is first asked for."""
        if self._view is None:
            self._view = View(self.dossier)
        return self._view
