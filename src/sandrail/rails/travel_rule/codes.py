"""The code lists of IVMS101, and the countries of ISO 3166-1."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "COUNTRIES",
    "AddressKind",
    "IdKind",
    "LegalNameKind",
    "NaturalNameKind",
    "Transliteration",
    "Version",
]


class Version(StrEnum):
    """The editions of the standard, as a payload names them."""

    V2020 = "101"
    V2023 = "101.2023"


class NaturalNameKind(StrEnum):
    """What kind of name of a person."""

    ALIAS = "ALIA"
    AT_BIRTH = "BIRT"
    MAIDEN = "MAID"
    LEGAL = "LEGL"
    OTHER = "MISC"


class LegalNameKind(StrEnum):
    """What kind of name of a company."""

    LEGAL = "LEGL"
    SHORT = "SHRT"
    TRADING = "TRAD"


class AddressKind(StrEnum):
    """What kind of address."""

    HOME = "HOME"
    BUSINESS = "BIZZ"
    GEOGRAPHIC = "GEOG"


class IdKind(StrEnum):
    """What kind of identifier a state or registrar gave."""

    ALIEN_REGISTRATION = "ARNU"
    PASSPORT = "CCPT"
    REGISTRATION_AUTHORITY = "RAID"
    DRIVING_LICENCE = "DRLC"
    FOREIGN_INVESTOR = "FIIN"
    TAX = "TXID"
    SOCIAL_SECURITY = "SOCS"
    IDENTITY_CARD = "IDCD"
    LEI = "LEIX"
    OTHER = "MISC"


class Transliteration(StrEnum):
    """From which script a name was brought into Latin letters (ISO 15924)."""

    ARABIC = "arab"
    NASTALIQ = "aran"
    """Persian and Urdu."""
    ARMENIAN = "armn"
    CYRILLIC = "cyrl"
    DEVANAGARI = "deva"
    GEORGIAN = "geor"
    GREEK = "grek"
    HAN = "hani"
    HEBREW = "hebr"
    KANA = "kana"
    KOREAN = "kore"
    THAI = "thai"
    OTHER = "othr"


_ISO_3166_1 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

COUNTRIES = frozenset(_ISO_3166_1.split()) | {"XX"}
"""ISO 3166-1 alpha-2, and ``XX`` for an unknown state, which IVMS101 allows."""
