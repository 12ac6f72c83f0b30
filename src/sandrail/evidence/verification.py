"""Verifies a bundle offline: named checks, each of which stands on its own and says what it found.

A check returns what it saw, in words, or raises ``Wrong``. Any other error on purpose counts as
wrong too and keeps its text. A check whose grounds are missing, because an earlier one failed, is
not run and does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.check_breaks import check_breaks
from sandrail.evidence.check_claims import check_checkpoint, check_manifest, check_report
from sandrail.evidence.check_facts import (
    check_journal,
    check_ledger,
    check_pack,
    check_people,
    check_plan,
    check_verdicts,
)
from sandrail.evidence.check_files import check_files, check_self
from sandrail.evidence.check_outcome import check_outcome
from sandrail.evidence.check_rails import check_bank, check_books, check_chain
from sandrail.evidence.check_screening import check_screening
from sandrail.evidence.opened import NotThere, Opened, Wrong
from sandrail.journal import VerifyingKey
from sandrail.rails.chain import open_chain
from sandrail.world import MALFORMED, SandrailError

__all__ = ["CHECKS", "Check", "Problem", "Standing", "Verification", "verify_bundle"]


class Standing(StrEnum):
    """How a check ended."""

    HELD = "held"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong.

    Attributes:
        check: the check that found it.
        file: of the bundle; empty when the whole is wrong and no single file.
        fact: number of the fact in the journal, None when it is none.
        why: what is wrong.
    """

    check: str
    file: str
    fact: int | None
    why: str

    def __str__(self) -> str:
        place = self.file if self.fact is None else f"{self.file}, fact {self.fact}"
        return f"{place}: {self.why}" if place else self.why


@dataclass(frozen=True, slots=True)
class Check:
    """One check and how it ended.

    Attributes:
        name: short and stable; title: what it asks.
        standing: how it ended.
        detail: what was seen, or why it failed or was not run.
        file, fact: where it failed, as far as that can be told.
    """

    name: str
    title: str
    standing: Standing
    detail: str
    file: str = ""
    fact: int | None = None

    @property
    def problem(self) -> Problem | None:
        """What is wrong; None unless the check failed."""
        if self.standing is not Standing.FAILED:
            return None
        return Problem(self.name, self.file, self.fact, self.detail)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    Attributes:
        bundle: the folder.
        checks: in the order in which they ran.
    """

    bundle: Path
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check ran and held."""
        return all(check.standing is Standing.HELD for check in self.checks)

    @property
    def first_problem(self) -> Problem | None:
        """The first thing that is wrong."""
        return next((check.problem for check in self.checks if check.problem is not None), None)

    def as_data(self) -> dict[str, object]:
        """Return the verification as plain data."""
        first = self.first_problem
        return {
            "bundle": str(self.bundle),
            "ok": self.ok,
            "checks": [_plain(check) for check in self.checks],
            "problem": None if first is None else _plain(first),
        }


CHECKS: tuple[tuple[str, str, Callable[[Opened], str]], ...] = (
    ("manifest", "The manifest is whole", check_self),
    ("files", "Every file is there, unchanged, and no other", check_files),
    ("journal", "The facts form one chain", check_journal),
    ("pack", "The law is the one the trial names", check_pack),
    ("plan", "The plan is the one that was signed", check_plan),
    ("people", "Permission and decision were given by two, on this evidence", check_people),
    ("verdicts", "Every verdict and balance comes out again", check_verdicts),
    ("screening", "Every verdict on a name comes out again", check_screening),
    ("ledger", "An independent ledger agrees", check_ledger),
    ("bank", "The bank's messages are unchanged and its statements add up", check_bank),
    ("chain", "The chain's calls give the same blocks again", check_chain),
    ("breaks", "Every day reconciles again to the same breaks", check_breaks),
    ("books", "Chain, ledger and bank agree at every day's end", check_books),
    ("outcome", "The hypotheses are judged as the facts say", check_outcome),
    ("report", "The report comes out again, byte for byte", check_report),
    ("checkpoint", "The checkpoint names this journal", check_checkpoint),
    ("claims", "Everything that the manifest claims follows from the facts", check_manifest),
)
"""Every check by name, with what it asks; the order is that of the answer."""


def verify_bundle(
    folder: str | Path,
    *,
    keys: Sequence[VerifyingKey] = (),
    engines: Sequence[str] = (),
    to_first: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Verification:
    """Verify a bundle with nothing but its own files.

    Args:
        folder: the bundle.
        keys: whom the reader trusts to sign checkpoints; without any, a signature is not judged.
        engines: EVMs to run the chain's calls on; all that are installed when empty.
        to_first: stop at the first check that fails; the others then count as not run.
        progress: told the title of each check before it runs.

    Raises:
        BundleError: the folder is not a bundle at all.
        CallError, EngineMissing: there is no such engine here.
    """
    for engine in engines:
        open_chain("asked", genesis_us=0, engine=engine)
    opened = Opened.at(folder, keys=keys, engines=engines)
    checks: list[Check] = []
    for name, title, check in CHECKS:
        if to_first and any(done.standing is not Standing.HELD for done in checks):
            checks.append(Check(name, title, Standing.NOT_RUN, "An earlier check failed."))
            continue
        if progress is not None:
            progress(title)
        checks.append(_run(name, title, check, opened))
    return Verification(opened.folder, tuple(checks))


def _run(name: str, title: str, check: Callable[[Opened], str], opened: Opened) -> Check:
    try:
        return Check(name, title, Standing.HELD, check(opened))
    except NotThere as missing:
        return Check(name, title, Standing.NOT_RUN, str(missing))
    except Wrong as wrong:
        return Check(name, title, Standing.FAILED, wrong.why, wrong.file, wrong.fact)
    except SandrailError as error:
        seq = error.fields.get("seq")
        fact = seq if isinstance(seq, int) else None
        why = f"{error.what} {error.why}".strip()
        return Check(name, title, Standing.FAILED, why, SLICE, fact)
    except MALFORMED as error:
        why = f"Something in it has not the shape that is written: {error!r}."
        return Check(name, title, Standing.FAILED, why, SLICE)


def _plain(item: Check | Problem) -> dict[str, object]:
    return {
        name: value.value if isinstance(value := getattr(item, name), Standing) else value
        for name in item.__slots__
    }
