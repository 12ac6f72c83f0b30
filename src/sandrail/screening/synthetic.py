"""Invented designated persons and organisations, in the shapes of the real publishers.

Given names are everyday ones; family names are made from places that do not exist. Everything is
drawn from one seed, so that the committed example list can be made again, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from sandrail.world import Seed

__all__ = [
    "GIVEN_NAMES",
    "SyntheticPerson",
    "synthetic_nacta_csv",
    "synthetic_people",
    "synthetic_un_xml",
]

GIVEN_NAMES: tuple[tuple[str, str], ...] = tuple(
    (latin, script)
    for latin, script in (
        part.split("/")
        for part in """
Abdul Basit/عبد الباسط|Abdul Ghaffar/عبد الغفار|Abdullah/عبد الله|Adeel/عدیل|Akram/اکرم|Altaf/الطاف
Amjad/امجد|Anwar/انور|Arshad/ارشد|Asif/آصف|Aslam/اسلم|Bashir/بشیر|Bilal/بلال|Dilawar/دلاور
Ehsan/احسان|Faisal/فیصل|Farooq/فاروق|Ghulam Rasool/غلام رسول|Gul Zaman/گل زمان|Habib/حبیب
Hamid/حامد|Haroon/ہارون|Hashim/ہاشم|Ibrahim/ابراہیم|Idrees/ادریس|Iftikhar/افتخار|Imran/عمران
Inayatullah/عنایت اللہ|Ismail/اسماعیل|Jahangir/جہانگیر|Jamshed/جمشید|Javed/جاوید|Kamran/کامران
Khalid/خالد|Khurshid/خورشید|Liaqat/لیاقت|Mahmood/محمود|Mansoor/منصور|Mazhar/مظہر|Mubarak/مبارک
Muhammad Yaqoob/محمد یعقوب|Mushtaq/مشتاق|Nadeem/ندیم|Naseer/نصیر|Nawaz/نواز|Noor Ahmad/نور احمد
Obaidullah/عبید اللہ|Qasim/قاسم|Rafiq/رفیق|Rahim/رحیم|Rashid/راشد|Riaz/ریاض|Saeed/سعید
Saifuddin/سیف الدین|Sajjad/سجاد|Shafiq/شفیق|Shakeel/شکیل|Shamsuddin/شمس الدین|Sharif/شریف
Sohail/سہیل|Sultan/سلطان|Tahir/طاہر|Tariq/طارق|Waheed/وحید|Wazir/وزیر|Yasin/یاسین|Yousaf/یوسف
Zafar/ظفر|Zahid/زاہد|Zakir/ذاکر|Ziauddin/ضیاء الدین|Zubair/زبیر""".replace("\n", "|").split("|")
        if "/" in part
    )
)
"""Everyday given names in Latin and Urdu."""

_PLACES = (
    ("Kohmari", "کوہماری"), ("Zarrinabi", "زرینابی"), ("Darwazgi", "دروازگی"),
    ("Bandshahri", "بندشہری"), ("Talgani", "تلگانی"), ("Surkhdagi", "سرخداگی"),
    ("Mirkotvi", "میرکوٹوی"), ("Chashmali", "چشمالی"), ("Sangbari", "سنگباری"),
    ("Narwandi", "نروندی"), ("Lalpathri", "لعلپتھری"), ("Gulistanvi", "گلستانوی"),
    ("Baraghani", "براغانی"), ("Shorkandi", "شورکندی"), ("Qumrabi", "قمرابی"),
    ("Tandkheli", "تندخیلی"), ("Mazdaghi", "مزداغی"), ("Wardagoli", "وردگولی"),
    ("Hazarchi", "ہزارچی"), ("Nilkothi", "نیلکوٹھی"),
)  # fmt: skip
_CITIES = ("Kohmar", "Zarrinab", "Talgan", "Mirkot", "Sangbar", "Narwand", "Shorkand", "Nilkoth")
_ORG_FIRST = (
    "Falcon",
    "Crescent Star",
    "Blue Minaret",
    "Silver Pass",
    "Northern Torch",
    "Red Valley",
)
_ORG_LAST = (
    "Relief Fund",
    "Trading Company",
    "Welfare Trust",
    "Front",
    "Exchange House",
    "Shipping Lines",
)


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """An invented person.

    Attributes:
        name: Latin.
        script: the same name in Urdu letters.
        father: Latin.
        father_script: Urdu.
        dob: ISO date.
        cnic: in the shape of a Pakistani national identity number, from an unissued province code.
        city: an invented city.
    """

    name: str
    script: str
    father: str
    father_script: str
    dob: str
    cnic: str
    city: str


def synthetic_people(seed: Seed, *, count: int) -> list[SyntheticPerson]:
    """Draw ``count`` persons, no two with the same name and father's name."""
    stream = seed.stream("screening.synthetic")
    seen: set[tuple[str, str]] = set()
    people: list[SyntheticPerson] = []
    while len(people) < count:
        person = _person(stream)
        if (person.name, person.father) not in seen:
            seen.add((person.name, person.father))
            people.append(person)
    return people


def _person(stream: np.random.Generator) -> SyntheticPerson:
    first, second, father = (GIVEN_NAMES[int(i)] for i in stream.integers(len(GIVEN_NAMES), size=3))
    place = _PLACES[int(stream.integers(len(_PLACES)))]
    parts = [first, second, place] if stream.integers(3) and first != second else [first, place]
    year, day = int(stream.integers(1948, 1996)), int(stream.integers(1, 29))
    month, number = int(stream.integers(1, 13)), int(stream.integers(10**10))
    return SyntheticPerson(
        name=" ".join(p[0] for p in parts),
        script=" ".join(p[1] for p in parts),
        father=f"{father[0]} {place[0]}",
        father_script=f"{father[1]} {place[1]}",
        dob=f"{year}-{month:02d}-{day:02d}",
        cnic=f"99{number:010d}{int(stream.integers(10))}",
        city=_CITIES[int(stream.integers(len(_CITIES)))],
    )


def synthetic_un_xml(seed: Seed, *, people: int = 180, entities: int = 20) -> bytes:
    """Return an invented list in the real shape of the UN consolidated list."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "<!-- Invented by sandrail.screening.synthetic: nobody on this list exists. -->",
        '<CONSOLIDATED_LIST dateGenerated="2026-03-01T00:00:00.000Z">',
        "  <INDIVIDUALS>",
    ]
    for number, person in enumerate(synthetic_people(seed, count=people)):
        lines += _individual(person, number)
    lines += ["  </INDIVIDUALS>", "  <ENTITIES>"]
    for number in range(entities):
        lines += _entity(number)
    lines += ["  </ENTITIES>", "</CONSOLIDATED_LIST>", ""]
    return "\n".join(lines).encode()


def _individual(person: SyntheticPerson, number: int) -> list[str]:
    parts = person.name.split(" ")
    names = [*[*parts, "", "", ""][:3], " ".join(parts[3:])]
    tags = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    body = [("DATAID", str(9_900_000 + number)), ("VERSIONNUM", "1")]
    body += [(tag, text) for tag, text in zip(tags, names, strict=True) if text]
    body += [("UN_LIST_TYPE", "Synthetic"), ("REFERENCE_NUMBER", f"SYi.{number + 1:03d}")]
    body += [("LISTED_ON", "2026-03-01"), ("NAME_ORIGINAL_SCRIPT", person.script)]
    body += [("COMMENTS1", f"Invented person. Father's name is {person.father}.")]
    rows = ["    <INDIVIDUAL>", *(f"      <{t}>{escape(v)}</{t}>" for t, v in body)]
    rows += [
        "      <NATIONALITY><VALUE>Pakistan</VALUE></NATIONALITY>",
        f"      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>{escape(_alias(parts))}"
        "</ALIAS_NAME></INDIVIDUAL_ALIAS>",
        "      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE>"
        f"<DATE>{person.dob}</DATE></INDIVIDUAL_DATE_OF_BIRTH>",
        f"      <INDIVIDUAL_PLACE_OF_BIRTH><CITY>{person.city}</CITY><COUNTRY>Pakistan</COUNTRY>"
        "</INDIVIDUAL_PLACE_OF_BIRTH>",
        "      <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number"
        f"</TYPE_OF_DOCUMENT><NUMBER>{person.cnic}</NUMBER><ISSUING_COUNTRY>Pakistan"
        "</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>",
        "    </INDIVIDUAL>",
    ]
    return rows


def _alias(parts: list[str]) -> str:
    return f"Haji {parts[0]} {parts[-1]}"


def _entity(number: int) -> list[str]:
    name = f"{_ORG_FIRST[number % len(_ORG_FIRST)]} {_ORG_LAST[(number // 3) % len(_ORG_LAST)]}"
    return [
        "    <ENTITY>",
        f"      <DATAID>{9_990_000 + number}</DATAID>",
        "      <VERSIONNUM>1</VERSIONNUM>",
        f"      <FIRST_NAME>{escape(name)} of {_CITIES[number % len(_CITIES)]}</FIRST_NAME>",
        "      <UN_LIST_TYPE>Synthetic</UN_LIST_TYPE>",
        f"      <REFERENCE_NUMBER>SYe.{number + 1:03d}</REFERENCE_NUMBER>",
        "      <LISTED_ON>2026-03-01</LISTED_ON>",
        "      <COMMENTS1>Invented organisation.</COMMENTS1>",
        f"      <ENTITY_ADDRESS><CITY>{_CITIES[number % len(_CITIES)]}</CITY>"
        "<COUNTRY>Pakistan</COUNTRY></ENTITY_ADDRESS>",
        "    </ENTITY>",
    ]


def synthetic_nacta_csv(seed: Seed, *, people: int = 60) -> bytes:
    """Return an invented list in the shape of Pakistan's proscribed persons."""
    lines = ["name,father_name,cnic,province,district"]
    for number, person in enumerate(synthetic_people(seed.child("nacta"), count=people)):
        parts = person.name.split(" ")
        alias = f" @ {parts[0]} {parts[-1]}" if number % 3 == 0 else ""
        name = person.script if number % 4 == 3 else person.name
        cnic = f"{person.cnic[:5]}-{person.cnic[5:12]}-{person.cnic[12:]}" if number % 5 else ""
        lines.append(f"{name}{alias},{person.father},{cnic},Invented Province,{person.city}")
    return ("\n".join(lines) + "\n").encode()
