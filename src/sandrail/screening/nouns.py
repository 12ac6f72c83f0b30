"""What screening talks about: entries of a list, parties, and the verdict on a party."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import NamedTuple

from sandrail.screening.dates import PartialDate
from sandrail.world import canonical_bytes

__all__ = [
    "NUMBER_PATTERNS",
    "Decision",
    "Evidence",
    "Identifier",
    "Kind",
    "ListEntry",
    "ListedName",
    "Match",
    "PartyIdentity",
    "ScreeningList",
    "ScreeningResult",
    "clean_identifier",
    "is_imo",
]


NUMBER_PATTERNS = frozenset(["cnic", "passport", "wallet", "lei", "imo"])
"""Patterns of a match that rests on a number; nobody can rule such a match out."""


class Decision(IntEnum):
    """What the gate is told about a party; one byte."""

    CLEAR = 0
    REVIEW = 1
    """A person must look: the party's transfers are held."""
    HIT = 2
    """As good as certain: the party is frozen."""
    UNSCREENED = 3
    """Never screened, or screened against a list that is no longer in force: the gate holds."""


class Kind(StrEnum):
    """What an entry or a party is."""

    PERSON = "person"
    ENTITY = "entity"
    VESSEL = "vessel"
    WALLET = "wallet"
    UNKNOWN = "unknown"


class ListedName(NamedTuple):
    """One name of an entry.

    Attributes:
        text: as published.
        quality: ``primary``, ``good`` or ``low``; a low alias alone never freezes anybody.
    """

    text: str
    quality: str = "primary"


class Identifier(NamedTuple):
    """A number or an address that names exactly one holder.

    Attributes:
        scheme: ``cnic``, ``passport``, ``lei``, ``imo``, ``wallet``, ``registration`` or ``other``.
        value: cleaned by :func:`clean_identifier`.
        issuer: country or asset, when known.
    """

    scheme: str
    value: str
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One designated person, entity, vessel or wallet.

    Attributes:
        id: unique on its list and stable from version to version.
        source: the list, such as ``un``.
        kind: what it is.
        names: the primary name first, then aliases in every script.
        father_names: as published; empty for lists that do not give them.
        dobs: every date of birth the publisher thinks possible.
        countries: nationalities and countries of birth or residence, as published.
        places: cities, provinces and districts.
        identifiers: numbers and addresses.
        programme: the regime under which it is listed.
        listed_on: when it was designated, if said.
        remarks: the publisher's own words, cut to a limit.
    """

    id: str
    source: str
    kind: Kind
    names: tuple[ListedName, ...]
    father_names: tuple[str, ...] = ()
    dobs: tuple[PartialDate, ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    programme: str = ""
    listed_on: str = ""
    remarks: str = ""

    @property
    def name(self) -> str:
        """The primary name, or the id where an entry has none (a bare wallet)."""
        return self.names[0].text if self.names else self.id

    def as_dict(self) -> dict[str, object]:
        """The entry as plain data, for the list store and for diffs."""
        return {
            "id": self.id,
            "source": self.source,
            "kind": self.kind.value,
            "names": [list(n) for n in self.names],
            "father_names": list(self.father_names),
            "dobs": [[d.year, d.month, d.day, d.year_to, int(d.approximate)] for d in self.dobs],
            "countries": list(self.countries),
            "places": list(self.places),
            "identifiers": [list(i) for i in self.identifiers],
            "programme": self.programme,
            "listed_on": self.listed_on,
            "remarks": self.remarks,
        }

    def content_hash(self) -> str:
        """SHA-256 over everything published about the entry."""
        return hashlib.sha256(canonical_bytes(self.as_dict())).hexdigest()


@dataclass(frozen=True, slots=True)
class ScreeningList:
    """One version of one list.

    Attributes:
        source: short name, such as ``un``, ``ofac``, ``eu``, ``uk``, ``nacta``, ``firm``.
        title: the publisher's name for it.
        published: the day the publisher generated it, if the file says so.
        sha256: of the file's bytes.
        entries: in the publisher's order.
        skipped: entries that could not be read, with the reason; never silently dropped.
    """

    source: str
    title: str
    published: date | None
    sha256: str
    entries: tuple[ListEntry, ...]
    skipped: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Names this version in every verdict: source, day, and the start of the hash."""
        day = self.published.isoformat() if self.published else "undated"
        return f"{self.source}/{day}/{self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class PartyIdentity:
    """Who a party says it is.

    Attributes:
        party_no: its position in the trial; -1 for a one-off question.
        name: as on the identity document, in any script.
        other_names: aliases, the same name in another script, a maiden name.
        father_name: as on the document; empty if unknown.
        dob: date of birth, or of incorporation.
        cnic: 13-digit national identity number with or without dashes.
        country: nationality or country of registration.
        wallets: addresses the party uses.
        kind: a person unless said otherwise.
        passport: number, if any.
        place: district or city.
        lei: legal entity identifier.
        imo: number of a ship, which it keeps when it is renamed or sold.
        registration: number in a register of companies, tax number, or an aircraft's serial number.
    """

    party_no: int
    name: str
    other_names: tuple[str, ...] = ()
    father_name: str = ""
    dob: PartialDate | None = None
    cnic: str = ""
    country: str = ""
    wallets: tuple[str, ...] = ()
    kind: Kind = Kind.PERSON
    passport: str = ""
    place: str = ""
    lei: str = ""
    imo: str = ""
    registration: str = ""

    def version(self) -> str:
        """Changes whenever anything that screening looks at changes; first part of the memory
        key."""
        names = "\x1f".join((self.name, *self.other_names))
        wallets = "".join([f"{wallet}\x1f" for wallet in self.wallets])
        about = f"{self.father_name}\x1f{self.dob or ''}\x1f{self.cnic}\x1f{self.country}"
        more = f"{self.kind.value}\x1f{self.passport}\x1f{self.place}\x1f{self.lei}"
        if self.imo or self.registration:
            more += f"\x1f{self.imo}\x1f{self.registration}"
        text = f"{names}\x1f\x1f{about}\x1f{wallets}\x1f{more}"
        return hashlib.sha256(b"sandrail/party/1\n" + text.encode()).hexdigest()[:32]

    def identifiers(self) -> tuple[Identifier, ...]:
        """Every number and address of the party, cleaned."""
        known = self.cnic or self.passport or self.lei or self.wallets
        if not (known or self.imo or self.registration):
            return ()
        given = [("cnic", self.cnic), ("passport", self.passport), ("lei", self.lei)]
        given += [("imo", self.imo), ("registration", self.registration)]
        given += [("wallet", wallet) for wallet in self.wallets]
        return tuple(Identifier(s, clean_identifier(s, v)) for s, v in given if v.strip())


class Evidence(NamedTuple):
    """One line of an explanation.

    Attributes:
        field: ``name``, ``father's name``, ``date of birth`` ...
        given: what the party said.
        listed: what the list says.
        weight_milli: thousandths of a natural-logarithm odds unit; positive speaks for the match.
        reason: a sentence for a clerk.
    """

    field: str
    given: str
    listed: str
    weight_milli: int
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """One entry that a party resembles.

    Attributes:
        entry_id: id on its list.
        source: which list.
        listed_name: the name that matched best, as published.
        score_milli: posterior likeness in thousandths, 0 to 1000.
        decision: what this match alone would mean.
        pattern: which attributes could be compared, such as ``name+dob``.
        evidence: the explanation, field by field; sums up to the score.
    """

    entry_id: str
    source: str
    listed_name: str
    score_milli: int
    decision: Decision
    pattern: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The verdict on one party against one state of the lists.

    Attributes:
        party_no: whose verdict.
        party_version: the state of the party it was given for.
        list_version: the state of the lists it stood on.
        decision: the strictest of the matches, after remembered decisions.
        matches: best first.
        explanation: two or three sentences for a clerk.
    """

    party_no: int
    party_version: str
    list_version: str
    decision: Decision
    matches: tuple[Match, ...]
    explanation: str

    def as_dict(self) -> dict[str, object]:
        """The verdict as plain data: the payload of a ``screening.decided`` fact."""
        return {
            "party_no": self.party_no,
            "party_version": self.party_version,
            "list_version": self.list_version,
            "decision": self.decision.name,
            "explanation": self.explanation,
            "matches": [
                {
                    "entry_id": m.entry_id,
                    "source": m.source,
                    "listed_name": m.listed_name,
                    "score_milli": m.score_milli,
                    "decision": m.decision.name,
                    "pattern": m.pattern,
                    "evidence": [e._asdict() for e in m.evidence],
                }
                for m in self.matches
            ],
        }


_NOT_ALNUM = re.compile(r"[\W_]+")


def clean_identifier(scheme: str, value: str) -> str:
    """Return the form in which two spellings of one number are equal.

    Wallet addresses of Bitcoin and Tron are case-sensitive and stay as they are; hexadecimal and
    bech32 ones are lower-cased; everything else loses its punctuation, becomes upper case and is
    written with the digits 0 to 9, whatever script it came in.
    """
    text = value.strip()
    if scheme == "wallet":
        lowered = text.lower()
        is_case_blind = lowered.startswith(("0x", "bc1", "ltc1", "bitcoincash:", "xdc"))
        return lowered if is_case_blind else text
    plain = _NOT_ALNUM.sub("", text).upper()
    if not plain.isascii():
        plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)
    return plain.removeprefix("IMO") if scheme == "imo" else plain


def is_imo(number: str) -> bool:
    """Whether a ship's number is well formed: six digits and the check digit they give."""
    if len(number) != 7 or not (number.isascii() and number.isdigit()):
        return False
    return sum(int(d) * (7 - at) for at, d in enumerate(number[:6])) % 10 == int(number[6])
