"""Do the facts hold: their chain, the law and plan they name, the people, verdicts and balances?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sandrail.casework import Entry, Gap, docket_of, read_entries
from sandrail.evidence.bundle import PLAN, SLICE
from sandrail.evidence.check_holds import require_decided
from sandrail.evidence.dossier import OPENED, dossier_of
from sandrail.evidence.opened import Opened, Wrong
from sandrail.evidence.plan_text import plan_toml
from sandrail.evidence.report import report_hash
from sandrail.journal import Fact, Head, genesis_hash, parse_payload, read_slice
from sandrail.ledger import Engine, check_facts
from sandrail.rulebook import PackError, Permission, parse_pack
from sandrail.transfers import ReplayMismatch, rebuild
from sandrail.trials import PlanError, SignatureMismatch, parse_plan

__all__ = [
    "check_journal",
    "check_ledger",
    "check_pack",
    "check_people",
    "check_plan",
    "check_verdicts",
]

EMPTY = -1
FINAL_REPORTED = "casework.final_reported"


def check_journal(opened: Opened) -> str:
    """Every fact chains to the one before it, from the journal's genesis on."""
    opened.read(SLICE)
    piece = read_slice(opened.folder / SLICE)
    if piece.after != Head(EMPTY, genesis_hash(piece.journal)):
        raise Wrong("It does not begin with the journal's first fact.", file=SLICE, fact=0)
    facts = tuple(piece)
    opened.take_facts(piece.journal, facts)
    last = facts[-1].head if facts else piece.after
    return f"{len(facts)} facts, head {last.hash.hex()[:16]}…"


def check_pack(opened: Opened) -> str:
    """The bundled pack is the version that the trial was opened under."""
    fact = _opening(opened)
    plain = parse_payload(fact)
    folder = f"packs/{opened.manifest['pack']['id']}"
    try:
        pack = parse_pack(opened.pack_bytes())
    except PackError as error:
        raise Wrong(f"{error.what} {error.why}", file=folder) from error
    if (pack.id, pack.content_hash) != (plain["pack"], plain["pack_hash"]):
        why = f"It is {pack.id} {pack.content_hash[:16]}…, the trial names {plain['pack']} "
        raise Wrong(f"{why}{str(plain['pack_hash'])[:16]}….", file=folder, fact=fact.seq)
    opened.take_pack(pack)
    return f"{pack.id} {pack.content_hash[:16]}…, {len(pack.rules)} rules"


def check_plan(opened: Opened) -> str:
    """The plan as a file is the plan in the journal, and its signatures stand under its terms."""
    fact = _opening(opened)
    plain = cast("dict[str, Any]", parse_payload(fact))
    try:
        plan = parse_plan(opened.read(PLAN))
    except (PlanError, SignatureMismatch) as error:
        raise Wrong(f"{error.what} {error.why}", file=PLAN) from error
    if plan.as_data() != plain["plan"]:
        raise Wrong("Its terms are not those in the journal.", file=PLAN, fact=fact.seq)
    if (plan.content_hash, plan.terms_hash) != (plain["plan_hash"], plain["plan_terms_hash"]):
        raise Wrong("The journal names another hash of it.", file=SLICE, fact=fact.seq)
    if plan_toml(plain["plan"]) != opened.read(PLAN):
        raise Wrong("It is written in another form than the journal's.", file=PLAN)
    if not (plan.is_signed or plain["rehearsal"]):
        raise Wrong("It is not signed by two sides, and this was no rehearsal.", file=PLAN)
    signed = f"{len(plan.signatures)} signatures" if plan.is_signed else "a rehearsal, not signed"
    return f"{plan.content_hash[:16]}…, {signed}"


def check_people(opened: Opened) -> str:
    """The procedure was kept, two people stand for what needs two, and each saw the evidence."""
    opened.require_pack()
    entries = [_told(item) for item in read_entries(opened.facts)]
    if not entries:
        return "no case in this journal; the permission was given elsewhere"
    docket_of(opened.facts)
    pairs = 0
    for entry in entries:
        if entry.checker is not None:
            pairs += 1
            if entry.checker.id == entry.by.id:
                raise Wrong("One person stands for both.", file=SLICE, fact=entry.seq)
        if entry.kind == FINAL_REPORTED:
            _require_evidence(opened, entry)
    _require_permission(opened)
    _require_signed_changes(opened, entries)
    told = f"{len(entries)} acts, {pairs} of them by two different people"
    redacted = sum(bool(entry.redacted_under) for entry in entries)
    return f"{told}; {redacted} read from what a law left of them" if redacted else told


def check_verdicts(opened: Opened) -> str:
    """Gate and ledger, run again under the bundled pack, give every answer; holds end by people."""
    try:
        floor = rebuild(opened.facts, opened.pack)
    except ReplayMismatch as error:
        seq = error.fields.get("seq")
        fact = seq if isinstance(seq, int) else None
        raise Wrong(f"{error.what} {error.why}", file=SLICE, fact=fact) from error
    opened.take_floor(floor)
    ended = require_decided(opened.facts, floor.programs)
    dossier = opened.dossier
    if floor.program.content_hash != dossier.last_program.content_hash:
        raise Wrong("The gate's program is another one than the report tells of.", file=SLICE)
    plain = cast("dict[str, Any]", parse_payload(_opening(opened)))
    if plain["permission"] != dossier.granted.as_plain():
        seq = _opening(opened).seq
        raise Wrong("Trial and desk name different permissions.", file=SLICE, fact=seq)
    told = f"{len(dossier.asked.seq)} instructions, program {floor.program.content_hash[:16]}…"
    return f"{told}, {ended} holds decided" if ended else told


def check_ledger(opened: Opened) -> str:
    """A ledger in plain Python, which shares no posting code with the kernel, gives the same."""
    after = Head(EMPTY, genesis_hash(opened.journal))
    report = check_facts(opened.facts, after, Engine.REFERENCE)
    if report.problem is not None:
        fact = report.problem.seq if report.problem.seq >= 0 else None
        raise Wrong(report.problem.text, file=SLICE, fact=fact)
    return f"{report.rows} rows, {report.accounts} accounts, debits equal credits"


def _opening(opened: Opened) -> Fact:
    for fact in opened.facts:
        if fact.kind == OPENED:
            return fact
    raise Wrong("It holds no trial.", file=SLICE, fact=0)


def _told(item: Entry | Gap) -> Entry:
    if isinstance(item, Gap):
        why = "Its payload was removed, and nothing tells what is left of the act."
        raise Wrong(why, file=SLICE, fact=item.seq)
    return item


def _require_permission(opened: Opened) -> None:
    """What the gate enforced as the trial began and as it ended is what casework had given then."""
    dossier, fact = opened.dossier, _opening(opened)
    if not _had_given(opened, dossier.granted, before=fact.seq):
        why = f"No such permission {dossier.granted.id} had been issued when the trial began."
        raise Wrong(why, file=SLICE, fact=fact.seq)
    if not _had_given(opened, dossier.permission, before=dossier.ending.seq):
        why = f"At the end the gate enforced another {dossier.permission.id} than its case gives."
        raise Wrong(why, file=SLICE, fact=dossier.permissions[-1][1])


def _had_given(opened: Opened, wanted: Permission, *, before: int) -> bool:
    issued = docket_of(opened.facts, before=before).instruments.get(wanted.id)
    return issued is not None and issued.permission.content_hash == wanted.content_hash


def _require_signed_changes(opened: Opened, acts: Sequence[Entry]) -> None:
    """Every permission that the gate changed to had been signed in the case before."""
    for _, seq, permission in opened.dossier.permissions[1:]:
        wanted = permission.as_plain()
        if wanted not in [act.data.get("permission") for act in acts if act.seq < seq]:
            raise Wrong("Nobody had signed the permission in its case.", file=SLICE, fact=seq)


def _require_evidence(opened: Opened, entry: Entry) -> None:
    """The final report names the journal or the report as they stood when it was handed in."""
    named = entry.grounds.evidence[0] if entry.grounds and entry.grounds.evidence else ""
    before = opened.facts[: entry.seq]
    if named in {item.hash.hex() for item in before}:
        return
    then = dossier_of(opened.journal, before, files=opened.pack_bytes())
    if named != report_hash(then):
        why = f"It rests on {named[:16]}…, which is neither a fact nor the report at that time."
        raise Wrong(why, file=SLICE, fact=entry.seq)
