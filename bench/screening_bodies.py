"""Organisations and vessels for the benchmark: who is who on the lists, disguises, and strangers.

A *body* is an organisation or a vessel, whatever lists name it: entries that share a number or a
whole name are one body, and the hash of the body says in which part it is (see
:mod:`bench.screening_data`). The reading of names here is deliberately not the product's, so that a
change of the product never moves a body from the judging part to the fitting part.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bench.screening_data import FOREIGN, latin_only, part_of
from bench.screening_disguises import HELD_OUT as NAME_KINDS
from bench.screening_disguises import TUNING as NAME_TUNING
from bench.screening_disguises import Disguise
from sandrail.screening import Kind, ListEntry, ScreeningList

__all__ = [
    "ORG_HELD_OUT",
    "ORG_TUNING",
    "VESSEL_HELD_OUT",
    "VESSEL_TUNING",
    "Bodies",
    "acronym_in",
    "bodies_only",
    "invented_firms",
    "invented_ships",
    "is_aircraft",
]

_WORD = re.compile(r"[a-z0-9]+")
_FORM = (
    r"(?:co(?:mpany)?|corp(?:oration)?|inc(?:orporated)?|l\.?t\.?d(?:a|ada)?|limited|l\.?l\.?[cp]"
    r"|gmbh|a\.?g|s\.?a\.?r\.?l|s\.?r\.?l|s\.?a\.?s?|de|c\.?v|r\.?l|s\.? ?en ?c|b\.?v|n\.?v"
    r"|p\.?l\.?c|pvt|pte|\(pvt\)|fze|fzco?|w\.?l\.?l|e\.?u|ooo|o\.?o\.?o|ojsc|jsc|pjsc|cjsc|kg|oy|ab|sdn|bhd)"
)
_TRAILING_FORMS = re.compile(rf"(?:[\s,]+{_FORM}\.?)+$", re.IGNORECASE)
_LINKED = re.compile(r"Linked To: ([^;]+)")
_BRACKET = re.compile(r"\s*\(([A-Z][A-Z0-9-]{1,9})\)")
_SMALL = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "de",
        "la",
        "el",
        "al",
        "du",
        "des",
        "e",
        "y",
        "co",
        "company",
        "ltd",
        "limited",
    ]
)


def _key(name: str) -> str:
    """A name without accents, case, punctuation and small words; words sorted."""
    plain = unicodedata.normalize("NFKD", name.lower())
    words = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted({w for w in words if w not in _SMALL and len(w) > 1}))


def acronym_in(name: str) -> str:
    """Return the short form that a listed name gives in brackets, or nothing."""
    found = _BRACKET.search(name)
    return found[1] if found else ""


def regimes_of(entry: ListEntry) -> frozenset[str]:
    """Return what an entry was listed for: programmes without their decree and number."""
    found = re.findall(r"[A-Za-z]+", re.sub(r"-EO[0-9]+", "", entry.programme))
    return frozenset("NARCOTICS" if word.startswith("SDNT") else word for word in found)


def is_aircraft(entry: ListEntry) -> bool:
    """Whether a vessel flies: its name is the registration on its tail."""
    return entry.kind is Kind.VESSEL and "Aircraft" in entry.remarks


class Bodies:
    """Which body every entry is, in which part, and which others it is said to be linked to."""

    def __init__(self, lists: Sequence[ScreeningList]) -> None:
        self._parent: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._links: dict[str, list[str]] = {}
        self.entries = [
            e for one in lists for e in one.entries if e.kind in (Kind.ENTITY, Kind.VESSEL)
        ]
        for entry in self.entries:
            own = self._own(entry)
            for number in entry.identifiers:
                self._join(own, f"{number.scheme}={number.value}")
            for name in entry.names:
                for text in _BRACKET.sub("", name.text).split(";"):
                    if len(key := _key(text)) >= 5:
                        self._join(own, f"{entry.kind}={key}")
                        self._by_name.setdefault(key, []).append(own)
            self._links[own] = [_key(t) for t in _LINKED.findall(entry.remarks)]
        self._about: dict[str, tuple[set[str], set[str]]] = {}
        for entry in self.entries:
            sources, regimes = self._about.setdefault(
                self.of(entry.source, entry.id), (set(), set())
            )
            sources.add(entry.source)
            regimes.update(regimes_of(entry))
        self._kin: dict[str, set[str]] = {}
        for own, keys in self._links.items():
            for named in (o for key in keys for o in self._by_name.get(key, [])):
                self._kin.setdefault(self._root(own), set()).add(self._root(named))
                self._kin.setdefault(self._root(named), set()).add(self._root(own))

    @staticmethod
    def _own(entry: ListEntry) -> str:
        return f"{entry.source}/{entry.id}"

    def _root(self, key: str) -> str:
        while self._parent.setdefault(key, key) != key:
            key = self._parent[key]
        return key

    def _join(self, one: str, two: str) -> None:
        first, second = sorted((self._root(one), self._root(two)))
        self._parent[second] = first

    def of(self, source: str, entry_id: str) -> str:
        """Return the body of an entry."""
        return self._root(f"{source}/{entry_id}")

    def part(self, entry: ListEntry) -> int:
        """Return the part of an entry's body."""
        return part_of("body " + self.of(entry.source, entry.id))

    def relatives(self, entry: ListEntry) -> frozenset[str]:
        """Return the bodies a publisher links with this one (and itself): no strangers to it."""
        own = self.of(entry.source, entry.id)
        return frozenset({own, *self._kin.get(own, ())})

    def unrelated(self, entry: ListEntry, other: str) -> bool:
        """Whether a listed body is surely a stranger to an entry, as far as publishers tell.

        It is on the same list, under no programme of the same regime, and not linked: sisters and
        branches of one firm are listed together, and two lists may name one body differently.
        """
        if other in self.relatives(entry):
            return False
        sources, regimes = self._about[other]
        return sources == {entry.source} and regimes.isdisjoint(regimes_of(entry))

    def latin(self, entry: ListEntry) -> list[str]:
        """Return the entry's names in Latin letters."""
        return [n.text for n in entry.names if not FOREIGN.search(n.text)]


def bodies_only(lists: Sequence[ScreeningList]) -> list[ScreeningList]:
    """Return the lists without persons and without names in other scripts."""
    return [
        replace(one, entries=tuple(e for e in one.entries if e.kind is not Kind.PERSON))
        for one in map(latin_only, lists)
    ]


_FORMS = ("Ltd", "LLC", "Limited", "(Pvt) Ltd", "Co.", "Co. Ltd", "FZE", "JSC", "GmbH", "SARL",
          "Sdn Bhd", "OOO", "Inc.", "Trading Est.", "Company", "W.L.L.")  # fmt: skip
_CITIES = ("Karachi", "Lahore", "Dubai", "Peshawar", "Tehran", "Istanbul", "Quetta", "Sharjah",
           "Beirut", "Moscow", "Kabul", "Hong Kong", "Islamabad")  # fmt: skip


def _form_dropped(name: str, _: random.Random) -> str | None:
    bare = _TRAILING_FORMS.sub("", name).strip(" ,")
    return bare if bare and bare != name else None


def _form_added(name: str, rng: random.Random) -> str | None:
    return None if _TRAILING_FORMS.search(name) else f"{name} {rng.choice(_FORMS)}"


def _form_changed(name: str, rng: random.Random) -> str | None:
    bare = _form_dropped(name, rng)
    return f"{bare} {rng.choice(_FORMS)}" if bare else None


def _small_words_dropped(name: str, _: random.Random) -> str | None:
    words = [w for w in name.split() if w.lower() not in ("the", "of", "for", "and", "de", "la")]
    return " ".join(words) if 0 < len(words) < len(name.split()) else None


def _and_turned(name: str, _: random.Random) -> str | None:
    if "&" in name:
        return name.replace("&", "and")
    turned = re.sub(r"\b(?:and|y)\b", "&", name, flags=re.IGNORECASE)
    return turned if turned != name else None


def _city_appended(name: str, rng: random.Random) -> str | None:
    return f"{name}{rng.choice((' ', ', ', ' - '))}{rng.choice(_CITIES)}"


def _bracket_dropped(name: str, _: random.Random) -> str | None:
    bare = _BRACKET.sub("", name)
    return bare if bare.strip() and bare != name else None


ORG_TUNING: dict[str, Disguise] = {
    **{k: NAME_TUNING[k] for k in ("typo", "last first", "joined", "split", "respelt",
                                   "several typos", "dropped middle")},
    "legal form dropped": _form_dropped,
    "legal form added": _form_added,
    "legal form changed": _form_changed,
    "small words dropped": _small_words_dropped,
    "and / &": _and_turned,
    "city appended": _city_appended,
    "short form in brackets dropped": _bracket_dropped,
}  # fmt: skip

_SHORTER = {
    "international": "Intl", "company": "Co", "trading": "Trdg", "industries": "Inds",
    "industry": "Ind", "corporation": "Corp", "organization": "Org", "organisation": "Org",
    "engineering": "Engg", "brothers": "Bros", "general": "Gen", "group": "Grp",
    "national": "Natl", "manufacturing": "Mfg", "services": "Svcs", "department": "Dept",
    "limited": "Ltd", "association": "Assoc", "development": "Dev", "government": "Govt",
}  # fmt: skip
_SPANISH = {
    "bank": "Banco", "foundation": "Fundacion", "company": "Compania", "international":
    "Internacional", "trading": "Comercial", "association": "Asociacion", "group": "Grupo",
    "industries": "Industrias", "services": "Servicios", "transport": "Transportes",
    "investments": "Inversiones", "national": "Nacional", "organization": "Organizacion",
}  # fmt: skip
_LOCAL = {
    "foundation": "Muassasat", "bank": "Bank-e", "movement": "Harakat", "army": "Jaish",
    "party": "Hizb", "group": "Jamaat", "front": "Jabhat", "organization": "Tanzim",
    "exchange": "Sarafi", "company": "Sherkat", "industries": "Sanaye", "trading": "Bazargani",
    "association": "Jamiat", "national": "Melli", "islamic": "Islami", "society": "Anjuman",
}  # fmt: skip
_CHARITY = {"trust": "Foundation", "foundation": "Trust", "welfare": "Relief", "relief": "Welfare",
            "society": "Association", "association": "Society", "organization": "Foundation",
            "organisation": "Trust", "exchange": "Exchange Company"}  # fmt: skip
_ORDINALS = (("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"),
             ("fifth", "5th"), ("seventh", "7th"), ("eighth", "8th"), ("one", "1"), ("two", "2"),
             ("three", "3"), ("twenty", "20"))  # fmt: skip


def _turned(table: dict[str, str]) -> Disguise:
    def write(name: str, _: random.Random) -> str | None:
        words = name.split()
        new = [table.get(w.lower().strip(",."), w) for w in words]
        return " ".join(new) if new != words else None

    return write


def _numbers_turned(name: str, _: random.Random) -> str | None:
    for word, number in _ORDINALS:
        for old, new in ((word, number), (number, word)):
            turned = re.sub(rf"\b{old}\b", new, name, flags=re.IGNORECASE)
            if turned != name:
                return turned
    return None


def _acronym(name: str, _: random.Random) -> str | None:
    if given := acronym_in(name):
        return given
    bare = _form_dropped(name, random.Random(0)) or name
    words = [w for w in re.findall(r"[A-Za-z]+", bare) if w.lower() not in _SMALL]
    return "".join(w[0] for w in words).upper() if len(words) >= 4 else None


def _messrs(name: str, _: random.Random) -> str | None:
    return f"M/s {name}"


def _branch(name: str, rng: random.Random) -> str | None:
    return f"{name} ({rng.choice(_CITIES)} Branch)"


ORG_HELD_OUT: dict[str, Disguise] = {
    **{k: NAME_KINDS[k] for k in ("homoglyphs", "digits for letters", "unseen letters", "hyphens",
                                  "whole order reversed", "typo and order", "South Asian spelling",
                                  "French spelling", "respelt and joined")},
    "words abbreviated": _turned(_SHORTER),
    "Spanish words": _turned(_SPANISH),
    "Arabic, Persian, Urdu words": _turned(_LOCAL),
    "Trust, Foundation, Welfare": _turned(_CHARITY),
    "number words": _numbers_turned,
    "short form alone": _acronym,
    "M/s": _messrs,
    "branch named": _branch,
}  # fmt: skip

_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII"}
_SPELT = {"1": "ONE", "2": "TWO", "3": "THREE", "4": "FOUR", "5": "FIVE", "6": "SIX", "7": "SEVEN"}


def _ship_prefix(name: str, rng: random.Random) -> str | None:
    return f"{rng.choice(('M/V', 'MV', 'MT', 'M.V.', 'M/T', 'MS', 'SS', 'Vessel'))} {name}"


def _number_written(table: dict[str, str]) -> Disguise:
    back = {v: k for k, v in table.items()}

    def write(name: str, _: random.Random) -> str | None:
        words = name.split()
        new = [table.get(w.upper(), back.get(w.upper(), w)) for w in words]
        return " ".join(new) if new != words and len(words) > 1 else None

    return write


def _all_spaces_dropped(name: str, _: random.Random) -> str | None:
    return name.replace(" ", "") if name.count(" ") == 1 else None


VESSEL_TUNING: dict[str, Disguise] = {
    "typo": NAME_TUNING["typo"],
    "joined": NAME_TUNING["joined"],
    "respelt": NAME_TUNING["respelt"],
    "prefix": _ship_prefix,
    "Roman numbers": _number_written(_ROMAN),
}
VESSEL_HELD_OUT: dict[str, Disguise] = {
    "number words": _number_written(_SPELT),
    "all joined": _all_spaces_dropped,
    "hyphens": NAME_KINDS["hyphens"],
    "homoglyphs": NAME_KINDS["homoglyphs"],
    "South Asian spelling": NAME_KINDS["South Asian spelling"],
    "flag appended": lambda name, rng: f"{name} ({rng.choice(('Panama', 'Togo', 'Comoros'))})",
}

_BRANDS = (
    "Madina", "Bismillah", "Noor", "Falah", "Barkat", "Rehmat", "Ittehad", "Millat", "Shaheen",
    "Crescent", "Indus", "Chenab", "Ravi", "Khyber", "Margalla", "Karakoram", "Attock", "Mehran",
    "Bolan", "Zamzam", "Safa", "Marwa", "Hira", "Falcon", "Pearl", "Oasis", "Desert Rose", "Dana",
    "Gulf Star", "Blue Wave", "Golden Palm", "Silver Line", "Sunrise", "Galaxy", "Horizon", "Apex",
    "Prime", "Pioneer", "Unique", "Royal", "Classic", "Modern", "Nishat", "Sitara", "Diamond",
    "Emirates Link", "Arabian Bridge", "Burj", "Creek View", "Delta", "Sigma", "Vertex", "Orient",
    "Awami", "Quaid", "Iqbal", "Jinnah", "Rahbar", "Saba", "Sana", "Tayyab", "Usman", "Zubair",
)  # fmt: skip
_FAMILIES = ("Khan", "Ahmed", "Malik", "Butt", "Sheikh", "Memon", "Paracha", "Dawood", "Haroon",
             "Chaudhry", "Rafiq", "Qureshi", "Bhatti", "Siddiqui", "Ali", "Hussain")  # fmt: skip
_TRADES = (
    "Trading", "General Trading", "Traders", "Textile Mills", "Rice Mills", "Enterprises",
    "Industries", "Construction", "Builders", "Motors", "Foods", "Exports", "Import Export",
    "Petroleum", "Steel", "Chemicals", "Pharma", "Logistics", "Shipping", "Travels", "Exchange",
    "Money Exchange", "Jewellers", "Electronics", "Technologies", "Software", "Cotton", "Sugar",
    "Engineering", "Real Estate", "Marble", "Sports", "Garments", "Poultry", "Cement", "Services",
    "International", "Investment", "Medical", "Contracting", "Cargo", "Oil and Gas", "Fertilizer",
)  # fmt: skip
_LOCAL_FORMS = ("(Pvt) Ltd", "Pvt Limited", "(Private) Limited", "Ltd", "LLC", "FZE", "FZCO", "",
                "& Co", "Company", "W.L.L.", "Est.", "L.L.C", "Group", "SMC-Pvt Ltd")  # fmt: skip
_WELFARE = ("Welfare Trust", "Foundation", "Welfare Society", "Educational Trust", "Relief Trust",
            "Islamic Center", "Charitable Trust", "Medical Trust", "Masjid Committee")  # fmt: skip


def _one_firm(rng: random.Random) -> str:
    brand, trade, form = rng.choice(_BRANDS), rng.choice(_TRADES), rng.choice(_LOCAL_FORMS)
    family, city = rng.choice(_FAMILIES), rng.choice(_CITIES)
    way = rng.randrange(9)
    if way == 0:
        return f"{family} {rng.choice(('Brothers', '& Sons', 'and Company'))} {trade} {form}"
    if way == 1:
        return f"{'Al ' if rng.random() < 0.7 else ''}{brand} {rng.choice(_WELFARE)}"
    if way == 2:
        return f"{city} {trade} {form}"
    if way == 3:
        return f"{rng.choice('ABHKMNRSTZ')}.{rng.choice('AHKMRSZ')}. {trade} {form}"
    if way == 4:
        return f"{brand} {family} {trade} {form}"
    if way == 5:
        return f"{brand} {rng.choice(_BRANDS)} {trade} {form}"
    return f"{'Al-' if way == 6 else ''}{brand} {trade} {form}"


def invented_firms(count: int, *, seed: int = 41) -> list[str]:
    """Return invented Pakistani and Gulf firms and charities; none repeats."""
    rng = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        names[" ".join(_one_firm(rng).split())] = None
    return list(names)


_SEAS = ("OCEAN", "SEA", "PACIFIC", "ATLANTIC", "GULF", "GOLDEN", "SILVER", "BLUE", "NORTH",
         "ROYAL", "EASTERN", "ROSE", "STAR", "GRAND", "NEW", "LUCKY", "BALTIC", "NILE",
         "DELTA")  # fmt: skip
_SHIPS = ("STAR", "PRIDE", "QUEEN", "GLORY", "SPIRIT", "BREEZE", "EAGLE", "HARMONY", "VICTORY",
          "TRADER", "PEARL", "DAWN", "LEGEND", "FORTUNE", "WAVE", "LADY", "HOPE", "JADE", "CORAL",
          "EXPLORER", "DIAMOND", "HERO", "PIONEER", "LIBERTY")  # fmt: skip
_GIVEN = ("MARIA", "FATIMA", "ELENA", "ANNA", "SOFIA", "ZAINAB", "HANNE", "INGRID", "CARMEN")


def invented_ships(count: int, *, seed: int = 43) -> list[str]:
    """Return invented names of ships, common and rare, some with numbers; none repeats."""
    rng = random.Random(seed)
    syllables = ("mar", "vel", "tor", "nau", "kas", "lin", "dor", "sel", "bro", "hal", "rin", "gum")
    names: dict[str, None] = {}
    while len(names) < count:
        way = rng.randrange(4)
        name = f"{rng.choice(_SEAS)} {rng.choice(_SHIPS)}"
        if way == 1:
            name = f"{rng.choice(_GIVEN)} {rng.choice(('', 'S', 'K', 'II', '3'))}".strip()
        elif way == 2:
            name = "".join(rng.sample(syllables, rng.randint(2, 3))).upper()
        elif way == 3:
            name += f" {rng.randint(1, 9)}"
        names[name] = None
    return list(names)
