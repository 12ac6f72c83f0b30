"""A listed person tries twenty disguises; a namesake is served. Every fate is in the evidence.

Each attempt is a customer of a small supervised trial: it applies, is screened, asks the gate to
buy, and on the next day to pay. The report names what became of it, and the bundle can be verified
by anybody: ``sandrail verify disguises/bundle``.

Run ``python examples/screening/twenty_disguises.py disguises``. Nobody in it exists.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from sandrail.evidence import (
    Attempt,
    Verification,
    read_dossier,
    render_report,
    screening_part,
    verify_bundle,
    write_bundle,
)
from sandrail.journal import Journal
from sandrail.rails.chain import engines_here
from sandrail.rulebook import load_pack
from sandrail.screening import load_un_xml
from sandrail.trials import Setting, TrialOutcome, load_plan, permission_for, run_trial
from sandrail.world import Seed

HERE = Path(__file__).resolve().parent
PLAN = HERE / "plan.toml"
LIST = HERE.parent / "rupee-art" / "lists" / "synthetic_un.xml"
SEED = 2026


@dataclass(frozen=True, slots=True)
class Told:
    """What the trial came to.

    Attributes:
        outcome: of the trial; attempts: the fate of each, from the facts; checked: the bundle.
    """

    outcome: TrialOutcome
    attempts: tuple[Attempt, ...]
    checked: Verification


def run(folder: Path) -> Told:
    """Run the trial and leave ``report.html`` and ``bundle`` in an empty folder."""
    plan = load_plan(PLAN)
    pack = load_pack(plan.pack_id)
    permission = permission_for(plan, pack, number="REHEARSAL-DISGUISES")
    setting = Setting(plan, pack, permission, (load_un_xml(LIST),), Seed(SEED))
    folder.mkdir(parents=True, exist_ok=True)
    with Journal.create(folder / "journal.db", name="twenty-disguises") as journal:
        outcome = run_trial(setting, journal, rehearsal=True)
        dossier = read_dossier(journal, pack.id)
    (folder / "report.html").write_text(render_report(dossier), encoding="utf-8")
    bundle = write_bundle(dossier, folder / "bundle")
    checked = verify_bundle(bundle, engines=engines_here()[:1])
    return Told(outcome, screening_part(dossier).attempts, checked)


def main(folder: Path) -> int:
    """Print the fates; return 1 if one is not as it should be or the evidence does not hold."""
    told = run(folder)
    for one in told.attempts:
        mark = "" if one.expected else "  NOT AS IT SHOULD BE"
        fate = f"{one.served} of {one.asked} served"
        sys.stdout.write(f"{one.decision:7} {fate:14} {one.what:46} {one.name}{mark}\n")
    sys.stdout.write(f"Report  {folder / 'report.html'}\nBundle  {folder / 'bundle'}\n")
    sys.stdout.write(f"Verified: {'yes' if told.checked.ok else told.checked.first_problem}\n")
    right = all(one.expected for one in told.attempts)
    held = all(verdict.holds for verdict in told.outcome.verdicts)
    return 0 if right and held and told.checked.ok else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "disguises")))
