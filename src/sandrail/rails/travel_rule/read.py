"""Reads IVMS101 JSON of either edition into ``TravelRuleData``; an error names the exact path.

The reader accepts what the standard's editions and their common writers put on the wire: VASPs and
the transfer path nested under their own name or not, ``customerNumber`` or
``customerIdentification``, JSON nulls for what is absent. It refuses unknown keys, repeated keys,
fractions, mixed editions and excessive size. Whether the content obeys the standard's constraints
is another question, answered by ``check``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sandrail.rails.errors import TravelRuleError
from sandrail.rails.travel_rule import limits
from sandrail.rails.travel_rule.codes import (
    AddressKind,
    IdKind,
    LegalNameKind,
    NaturalNameKind,
    Transliteration,
    Version,
)
from sandrail.rails.travel_rule.model import (
    Address,
    Birth,
    Intermediary,
    LegalName,
    LegalPerson,
    NationalId,
    NaturalName,
    NaturalPerson,
    Party,
    TravelRuleData,
)
from sandrail.rails.travel_rule.write import ADDRESS_KEYS
from sandrail.world import nests_deeper

__all__ = ["decode", "detect_version"]

T = TypeVar("T")
Code = TypeVar("Code", bound=StrEnum)


def detect_version(payload: bytes) -> Version:
    """Return the edition of a payload, by its mark or by the names it uses.

    Raises:
        TravelRuleError: not JSON, or it names another edition, or it mixes two.
    """
    return _version(_Reader(_load(payload), "payload"))


def decode(payload: bytes) -> TravelRuleData:
    """Read a payload of either edition.

    Raises:
        TravelRuleError: naming the path and the trouble.
    """
    reader = _Reader(_load(payload), "payload")
    version = _version(reader)
    metadata = reader.maybe("payloadMetadata")
    codes: tuple[Transliteration, ...] = ()
    if metadata is not None:
        codes = metadata.many(
            "transliterationMethod",
            lambda r: _code(r, Transliteration, str.lower),
            limits.TRANSLITERATIONS_MAX,
        )
        metadata.maybe_text("payloadVersion")
        metadata.finish()
    data = TravelRuleData(
        originators=_side(reader.one("originator"), "originatorPerson", version),
        beneficiaries=_side(reader.one("beneficiary"), "beneficiaryPerson", version),
        originating_vasp=_vasp(reader, "originatingVASP", version),
        beneficiary_vasp=_vasp(reader, "beneficiaryVASP", version),
        transfer_path=_transfer_path(reader, version),
        transliterations=codes,
    )
    reader.finish()
    return data


# --- the edition -----------------------------------------------------------------------------


def _version(reader: _Reader) -> Version:
    metadata = reader.maybe("payloadMetadata")
    told = metadata.maybe_text("payloadVersion") if metadata else None
    used = {
        version
        for side in ("originator", "beneficiary")
        for version, key in (
            (Version.V2020, f"{side}Persons"),
            (Version.V2023, f"{side}Person"),
        )
        if key in reader.one(side)
    }
    told_version = _told_version(told)
    # The 2020 document itself writes beneficiaryPerson in its table and beneficiaryPersons in its
    # examples, so only the originator's name decides.
    by_name = Version.V2020 if "originatorPersons" in reader.one("originator") else Version.V2023
    if told_version is not None and told_version is not by_name:
        raise _error(
            "payload.payloadMetadata.payloadVersion",
            f"is {told} but the payload uses the names of {by_name.value}",
            code="travel_rule.unknown_version",
        )
    if by_name is Version.V2023 and Version.V2020 in used:
        raise _error(
            "payload",
            "mixes the names of two editions",
            code="travel_rule.unknown_version",
        )
    return by_name


def _told_version(told: str | None) -> Version | None:
    if told is None:
        return None
    bare = told.upper().removeprefix("IVMS")
    if bare not in {version.value for version in Version}:
        raise _error(
            "payload.payloadMetadata.payloadVersion",
            f"is {told!r}; known are {', '.join(Version)}",
            code="travel_rule.unknown_version",
        )
    return Version(bare)


# --- persons ---------------------------------------------------------------------------------


def _side(reader: _Reader, name: str, version: Version) -> tuple[Party, ...]:
    key = f"{name}s" if version is Version.V2020 and f"{name}s" in reader else name
    parties = reader.many(key, lambda r: _party(r, version), limits.PERSONS_MAX)
    if not parties:
        raise _error(f"{reader.path}.{key}", "names nobody")
    accounts = reader.many("accountNumber", _text, limits.ACCOUNTS_MAX)
    if accounts and version is Version.V2023:
        raise _error(f"{reader.path}.accountNumber", "belongs to a person in the 2023 edition")
    reader.finish()
    if accounts:
        first = Party(parties[0].person, accounts)
        return (first, *parties[1:])
    return parties


def _vasp(reader: _Reader, name: str, version: Version) -> Party | None:
    outer = reader.maybe(name)
    if outer is None:
        return None
    inner = outer.maybe(name)
    if inner is None:
        return _party(outer, version)
    outer.finish()
    return _party(inner, version)


def _transfer_path(reader: _Reader, version: Version) -> tuple[Intermediary, ...]:
    outer = reader.maybe("transferPath")
    if outer is None:
        return ()

    def step(r: _Reader) -> Intermediary:
        found = Intermediary(_party(r.one("intermediaryVASP"), version), r.count("sequence"))
        r.finish()
        return found

    if isinstance(outer.value, list):
        return reader.many("transferPath", step, limits.INTERMEDIARIES_MAX)
    path = outer.many("transferPath", step, limits.INTERMEDIARIES_MAX)
    outer.finish()
    return path


def _party(reader: _Reader, version: Version) -> Party:
    natural, legal = reader.maybe("naturalPerson"), reader.maybe("legalPerson")
    person: NaturalPerson | LegalPerson
    if natural is not None and legal is None:
        person = _natural(natural, version)
    elif legal is not None and natural is None:
        person = _legal(legal)
    else:
        raise _error(reader.path, "is a natural person or a legal person, exactly one of them")
    accounts = reader.many("accountNumber", _text, limits.ACCOUNTS_MAX)
    if accounts and version is Version.V2020:
        raise _error(f"{reader.path}.accountNumber", "stands beside the persons in 2020")
    reader.finish()
    return Party(person, accounts)


def _natural(reader: _Reader, version: Version) -> NaturalPerson:
    kind = "nameIdentifierType"
    latin = "naturalPersonNameIdentifierType" if version is Version.V2023 else kind
    name = reader.one("name")

    def names(key: str, kind_key: str) -> tuple[NaturalName, ...]:
        return name.many(key, lambda r: _natural_name(r, kind_key), limits.NAMES_MAX)

    person = NaturalPerson(
        names=names("nameIdentifier", latin),
        local_names=names("localNameIdentifier", kind),
        phonetic_names=names("phoneticNameIdentifier", kind),
        addresses=reader.many("geographicAddress", _address, limits.ADDRESSES_MAX),
        national_id=_maybe(reader.maybe("nationalIdentification"), _national_id),
        customer_id=_customer_id(reader),
        birth=_maybe(reader.maybe("dateAndPlaceOfBirth"), _birth),
        country_of_residence=_country(reader, "countryOfResidence"),
    )
    name.finish()
    reader.finish()
    return person


def _legal(reader: _Reader) -> LegalPerson:
    name = reader.one("name")
    person = LegalPerson(
        names=name.many("nameIdentifier", _legal_name, limits.NAMES_MAX),
        local_names=name.many("localNameIdentifier", _legal_name, limits.NAMES_MAX),
        phonetic_names=name.many("phoneticNameIdentifier", _legal_name, limits.NAMES_MAX),
        addresses=reader.many("geographicAddress", _address, limits.ADDRESSES_MAX),
        national_id=_maybe(reader.maybe("nationalIdentification"), _national_id),
        customer_id=_customer_id(reader),
        country_of_registration=_country(reader, "countryOfRegistration"),
    )
    name.finish()
    reader.finish()
    return person


def _natural_name(reader: _Reader, kind_key: str) -> NaturalName:
    name = NaturalName(
        primary=reader.text("primaryIdentifier"),
        secondary=reader.maybe_text("secondaryIdentifier"),
        kind=_code(reader.one(kind_key), NaturalNameKind, str.upper),
    )
    reader.finish()
    return name


def _legal_name(reader: _Reader) -> LegalName:
    name = LegalName(
        name=reader.text("legalPersonName"),
        kind=_code(reader.one("legalPersonNameIdentifierType"), LegalNameKind, str.upper),
    )
    reader.finish()
    return name


def _address(reader: _Reader) -> Address:
    texts = {
        field: reader.maybe_text(key)
        for field, key in ADDRESS_KEYS.items()
        if field not in ("kind", "lines", "country", "town")
    }
    address = Address(
        kind=_code(reader.one("addressType"), AddressKind, str.upper),
        country=reader.text("country").upper(),
        town=reader.text("townName"),
        lines=reader.many("addressLine", _text, limits.ADDRESS_LINES_MAX),
        **texts,
    )
    reader.finish()
    return address


def _national_id(reader: _Reader) -> NationalId:
    found = NationalId(
        number=reader.text("nationalIdentifier"),
        kind=_code(reader.one("nationalIdentifierType"), IdKind, str.upper),
        country_of_issue=_country(reader, "countryOfIssue"),
        registration_authority=reader.maybe_text("registrationAuthority"),
    )
    reader.finish()
    return found


def _birth(reader: _Reader) -> Birth:
    text = reader.text("dateOfBirth")
    try:
        if len(text) != len("2000-01-31"):
            raise ValueError("another length")
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _error(f"{reader.path}.dateOfBirth", f"is {text!r}, not YYYY-MM-DD") from error
    birth = Birth(day, reader.text("placeOfBirth"))
    reader.finish()
    return birth


def _customer_id(reader: _Reader) -> str | None:
    new, old = reader.maybe_text("customerIdentification"), reader.maybe_text("customerNumber")
    if new is not None and old is not None:
        raise _error(f"{reader.path}.customerNumber", "says again what customerIdentification says")
    return new if new is not None else old


def _country(reader: _Reader, key: str) -> str | None:
    text = reader.maybe_text(key)
    return None if text is None else text.upper()


def _maybe(reader: _Reader | None, read: Callable[[_Reader], T]) -> T | None:
    return None if reader is None else read(reader)


def _text(reader: _Reader) -> str:
    value = reader.value
    if not isinstance(value, str) or not value or len(value) > limits.TEXT_CHARS_MAX:
        raise _error(reader.path, f"is not a text of 1 to {limits.TEXT_CHARS_MAX} characters")
    return value


def _code(reader: _Reader, codes: type[Code], fold: Callable[[str], str]) -> Code:
    text = fold(_text(reader))
    if text not in {code.value for code in codes}:
        raise _error(reader.path, f"is {text[:20]!r}; known are {', '.join(codes)}")
    return codes(text)


# --- JSON ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """A JSON value that knows its path and which of its keys were asked for."""

    value: object
    path: str
    asked: set[str] | None = None

    def __contains__(self, key: str) -> bool:
        return self._object().get(key) is not None

    def maybe(self, key: str) -> _Reader | None:
        """Return the value under ``key``, or None where it is absent or null."""
        found = self._object().get(key)
        self.asked = (self.asked or set()) | {key}
        return None if found is None else _Reader(found, f"{self.path}.{key}")

    def one(self, key: str) -> _Reader:
        """Return the value under ``key``, which must be there."""
        found = self.maybe(key)
        if found is None:
            raise _error(f"{self.path}.{key}", "is missing")
        return found

    def text(self, key: str) -> str:
        """Return the text under ``key``."""
        return _text(self.one(key))

    def maybe_text(self, key: str) -> str | None:
        """Return the text under ``key``, or None."""
        return _maybe(self.maybe(key), _text)

    def count(self, key: str) -> int:
        """Return the whole number under ``key``."""
        found = self.one(key)
        if not isinstance(found.value, int) or isinstance(found.value, bool) or found.value < 0:
            raise _error(found.path, "is not a whole number from 0")
        return found.value

    def many(self, key: str, read: Callable[[_Reader], T], count_max: int) -> tuple[T, ...]:
        """Return what ``read`` makes of each item of the list under ``key``; none if absent."""
        found = self.maybe(key)
        if found is None:
            return ()
        if not isinstance(found.value, list) or len(found.value) > count_max:
            raise _error(found.path, f"is not a list of at most {count_max}")
        return tuple(
            read(_Reader(item, f"{found.path}[{n}]")) for n, item in enumerate(found.value)
        )

    def finish(self) -> None:
        """Refuse keys that nobody asked for: data that is not read could be data that is missed."""
        unknown = sorted(set(self._object()) - (self.asked or set()))
        if unknown:
            raise _error(f"{self.path}.{unknown[0][:40]}", "is unknown to IVMS101")

    def _object(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            raise _error(self.path, "is not an object")
        return self.value


def _load(payload: bytes) -> object:
    if len(payload) > limits.PAYLOAD_BYTES_MAX:
        raise _error("payload", f"has {len(payload):,} bytes of {limits.PAYLOAD_BYTES_MAX:,}")
    try:
        text = payload.decode("utf-8")
        if nests_deeper(text, limits.JSON_DEPTH_MAX):
            raise _error("payload", f"nests deeper than {limits.JSON_DEPTH_MAX} levels")
        value: object = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (ValueError, RecursionError) as error:
        raise _error("payload", f"is not JSON ({error})", code="travel_rule.not_json") from error
    return value


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} is repeated")
        found[key] = value
    return found


def _no_fraction(text: str) -> object:
    raise ValueError(f"{text} is not a whole number")


def _error(path: str, trouble: str, *, code: str = "travel_rule.bad_field") -> TravelRuleError:
    return TravelRuleError(
        f"{path} {trouble}.",
        why="The travel-rule payload cannot be understood without guessing.",
        fix="Ask the other VASP for a corrected payload.",
        code=code,
        path=path,
    )
