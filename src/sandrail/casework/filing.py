"""What a firm does with its application, and what the intake does with it in return."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.casework.application import Application
from sandrail.casework.case import Case
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Entry, Grounds, Pair
from sandrail.casework.errors import ApplicationError, ForbiddenError, NotReadyError, StateError
from sandrail.casework.lifecycle import Act, State
from sandrail.casework.limits import ITEMS_MAX, TEXT_CHARS_MAX, VERSIONS_MAX
from sandrail.casework.permissions import require
from sandrail.casework.public_id import application_id
from sandrail.casework.report import SelfCheckReport
from sandrail.casework.self_check import self_check
from sandrail.casework.timers import reapply_from, require_in_time
from sandrail.world import Actor, iso

__all__ = ["Filing"]


class Filing(Desk):
    """Draft, self-check, submission, completeness, questions and answers, withdrawal."""

    def start(self, application: Application, *, by: Actor, at_us: int) -> Case:
        """Open a case with the first version of an application.

        Raises:
            ApplicationError: it is made under another pack, or names an unknown predecessor.
            ForbiddenError: ``by`` does not act for the firm.
        """
        self._require_own_pack(application)
        with self.turn:
            require(by, Act.STARTED, None, about=application.firm.id)
            if application.previous is not None:
                self._require_predecessor(application, at_us=at_us)
            number = self.docket.numbered(Act.STARTED) + 1
            entry = Entry(
                subject=application_id(self.pack.jurisdiction, number),
                act=Act.STARTED,
                by=by,
                at_us=at_us,
                source=State.NEW,
                target=State.DRAFT,
                data={"application": application.as_data()},
            )
            case = self._record([entry])[0]
        assert isinstance(case, Case), "starting opens a case"
        return case

    def save(self, case_id: str, application: Application, *, by: Actor, at_us: int) -> Case:
        """Save another version of a draft; the earlier versions stay."""
        case = self.docket.case(case_id)
        self._require_version(case, application)
        data = {"application": application.as_data()}
        return self._case_act(Act.SAVED, case, by, at_us=at_us, data=data)

    def check(self, case_id: str, *, by: Actor, at_us: int) -> SelfCheckReport:
        """Run the self-check on the latest version and record its hash; it never stops a firm."""
        case = self.docket.case(case_id)
        report = self_check(case.application, self.pack, at_us=at_us)
        data = {"report_hash": report.content_hash, "ready": report.ready}
        self._case_act(Act.SELF_CHECKED, case, by, at_us=at_us, data=data)
        return report

    def submit(self, case_id: str, *, signatories: tuple[Actor, Actor], at_us: int) -> Case:
        """Submit with two signatories, both named in the attestation.

        Raises:
            ForbiddenError: the two are one person, or one is not named in the attestation.
        """
        case = self.docket.case(case_id)
        pair = Pair(*signatories)
        _require_named(case_id, case.application, signatories)
        data = {"version": case.versions[-1].content_hash}
        return self._case_act(Act.SUBMITTED, case, pair, at_us=at_us, data=data)

    def amend(
        self,
        case_id: str,
        application: Application,
        *,
        signatories: tuple[Actor, Actor],
        grounds: Grounds,
        at_us: int,
    ) -> Case:
        """Replace what was submitted by another version, before its evaluation has begun.

        Afterwards officers have read and scored the old one: an amendment then answers a question
        of theirs (``answer``), so that everybody knows what changed and why.

        Raises:
            ForbiddenError: the two are one person, or one is not named in the new attestation.
            StateError: the evaluation has begun.
        """
        case = self.docket.case(case_id)
        self._require_version(case, application)
        _require_named(case_id, application, signatories)
        data = {"application": application.as_data()}
        pair = Pair(*signatories)
        return self._case_act(Act.AMENDED, case, pair, at_us=at_us, grounds=grounds, data=data)

    def receive(self, case_id: str, *, by: Actor, at_us: int) -> Case:
        """Take a submitted application in; the completeness clock starts."""
        return self._case_act(Act.RECEIVED, self.docket.case(case_id), by, at_us=at_us)

    def complete(self, case_id: str, *, by: Pair, at_us: int) -> Case:
        """Declare an application complete; the statutory clock starts."""
        return self._case_act(Act.COMPLETED, self.docket.case(case_id), by, at_us=at_us)

    def ask(
        self, case_id: str, points: Sequence[str], *, by: Actor, grounds: Grounds, at_us: int
    ) -> Case:
        """Ask the firm for information, all points in one letter; the clocks stop."""
        if not points or len(points) > ITEMS_MAX or any(len(p) > TEXT_CHARS_MAX for p in points):
            raise ApplicationError(
                "A request for information cannot be sent like this.",
                why=f"It has 1 to {ITEMS_MAX} points of at most {TEXT_CHARS_MAX} characters.",
                fix="Ask everything that is missing in one letter, a point each.",
                code="casework.bad_question",
            )
        data = {"points": list(points)}
        case = self.docket.case(case_id)
        return self._case_act(Act.ASKED, case, by, at_us=at_us, grounds=grounds, data=data)

    def answer(
        self,
        case_id: str,
        text: str,
        *,
        by: Actor,
        at_us: int,
        application: Application | None = None,
    ) -> Case:
        """Answer the open request, with an amended application where one is needed."""
        case = self.docket.case(case_id)
        require_in_time(case, self.pack, clock="information", at_us=at_us)
        data: dict[str, object] = {"text": text[:TEXT_CHARS_MAX]}
        if application is not None:
            self._require_version(case, application)
            data["application"] = application.as_data()
        target = case.questions[-1].asked_in if case.questions else None
        return self._case_act(Act.ANSWERED, case, by, at_us=at_us, target=target, data=data)

    def withdraw(self, case_id: str, *, by: Actor, grounds: Grounds, at_us: int) -> Case:
        """Withdraw an application that is not decided."""
        case = self.docket.case(case_id)
        return self._case_act(Act.WITHDRAWN, case, by, at_us=at_us, grounds=grounds)

    def _require_own_pack(self, application: Application) -> None:
        if application.pack != self.pack.id:
            raise ApplicationError(
                f"The application is made under the pack {application.pack}.",
                why=f"This casebook works under {self.pack.id}.",
                fix="Open the casebook of that regulator, or correct the field pack.",
                code="casework.other_pack",
            )

    def _require_version(self, case: Case, application: Application) -> None:
        self._require_own_pack(application)
        if application.firm.id != case.firm_id or application.instrument is not case.kind:
            raise StateError(
                f"The new version of {case.id} is another application.",
                why="The firm and the instrument asked for stay the same through all versions.",
                fix="Withdraw this one and start another.",
                code="casework.other_application",
            )
        if len(case.versions) >= VERSIONS_MAX:
            raise NotReadyError(
                f"{case.id} has {VERSIONS_MAX} versions.",
                why="That is the bound on one application.",
                fix="Withdraw it and start another.",
            )

    def _require_predecessor(self, application: Application, *, at_us: int) -> None:
        previous = self.docket.case(application.previous or "")
        closed = {State.REFUSED, State.REFUSED_FINALLY, State.LAPSED, State.WITHDRAWN}
        if previous.firm_id != application.firm.id or previous.state not in closed:
            raise ApplicationError(
                f"{previous.id} is not an earlier application of this firm that has ended.",
                why=f"It belongs to {previous.firm_id} and is {previous.state}.",
                fix="Leave the field previous out, or name the right one.",
                code="casework.bad_predecessor",
            )
        earliest = reapply_from(previous, self.pack)
        if earliest is not None and at_us < earliest:
            raise NotReadyError(
                f"{application.firm.id} may not apply again yet.",
                why=f"After {previous.id} a new application may come from {iso(earliest)} on.",
                fix="Wait until then.",
                code="casework.not_due",
            )


def _require_named(
    case_id: str, application: Application, signatories: tuple[Actor, Actor]
) -> None:
    named = application.attestation.signatories
    for signatory in signatories:
        if signatory.id not in named:
            raise ForbiddenError(
                f"{signatory.name} does not sign {case_id}.",
                why=f"The attestation names {', '.join(named)}.",
                fix="Let those sign, or save a version whose attestation names them.",
                code="casework.not_signatory",
                actor=signatory.id,
            )
