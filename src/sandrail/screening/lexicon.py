"""Words that are in names but do not tell people apart: titles, particles, legal forms,
diminutives.

Assembled by hand from general knowledge of naming customs; nothing here comes from a list of
sanctioned persons.
"""

from __future__ import annotations

from sandrail.screening.scripts import abjad

__all__ = [
    "ABD",
    "ABD_ARTICLES",
    "ARTICLE_KEPT",
    "COMPOUND_PARTS",
    "DIN",
    "ENTITY_PARTICLES",
    "KUNYA",
    "LAH",
    "NUMBER_WORDS",
    "OF_FAITH",
    "OF_GOD",
    "PARTICLES",
    "SAME_NAME",
    "SERVANT",
    "SHIP_PREFIXES",
    "TITLES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _words(
    """al el ul ad ash ar at az as an bin ibn ben bint binti binte ould wuld wld bn b
    de la le du des del della di da dos das do van von der den ter ten zu af av y e
    the of and for in et und o oo i"""
) | _words(abjad("بن ابن بنت ال آل ولد".replace("آ", "ا")))
"""Dropped, unless nothing else is left."""

ENTITY_PARTICLES = _words("the of and for de la le du des del della di da do das et e y al el")

ABD_ARTICLES = _words("ur us ush uz un ut ud ush")
"""Forms of the article that only follow ``Abd``."""

TITLES = _words(
    """mr mrs ms miss mx dr doctor prof professor sir madam mme monsieur mister herr frau senor
    senora
    haji hajji haj hajj alhaj alhaji hafiz hafez qari kari maulana mawlana mowlana molana maulvi
    mawlawi
    molvi moulvi mullah mulla mollah mufti sheikh shaikh shaykh sheik shaikh sayyid syed sayed
    sayyed
    seyed seyyed saiyid ustad ustaz ostad engineer eng engr capt captain col colonel gen general lt
    lieutenant maj major brig brigadier president minister amir emir sahib saheb begum bibi mst
    mohtarma janab hazrat chaudhry chaudhary ch malik rana raja agha aga jr sr junior senior
    prasident"""
) | _words(
    abjad(
        "حاجي الحاج حاج حافظ قاري مولانا مولوي ملا مفتي شيخ الشيخ سيد السيد استاد دكتر "
        "دكتور الدكتور "
        "صاحب بيگم بيبي جناب حضرت مهندس المهندس چودهري ملك رانا راجا اغا محترمه مسمات"
    )
)
"""Kept with almost no weight: a title confirms nothing and its absence denies nothing."""

ABD = _words("abd abdul abdel abdal abdol abdu abdoul abdur abdus abdush abdul") | _words(
    abjad("عبد عبدال عبدول عبدل ابدل ابدول")
)
DIN = _words("din deen dine uddin eddin addin aldin udin aldeen uddeen eddine") | _words(
    abjad("الدين دين")
)
LAH = _words("allah ullah ollah") | _words(abjad("الله"))
SERVANT = ("abdul", abjad("عبدل"))
OF_GOD = ("ullah", abjad("الله"))
OF_FAITH = ("din", abjad("دين"))
"""The halves of compound names, Latin and abjad; each weighs little by itself."""

KUNYA = _words("abu abou aboo abul aboul abol umm um") | _words(abjad("ابو ام ابي"))

ARTICLE_KEPT = _words(
    abjad(
        "الياس الطاف الماس المان الهام الهي القاس البرت اليزابت الكسندر الكساندر الينا "
        "الناز الف الما"
    )
)
"""Arabic-script words whose first two letters are not the article."""

SAME_NAME = {
    **dict.fromkeys(_words("mohd muhd mohmd mohammd muhmmad mhd md mohamd mohamad"), "muhammad"),
    **dict.fromkeys(_words("bill billy will"), "william"),
    **dict.fromkeys(_words("bob bobby rob robbie"), "robert"),
    **dict.fromkeys(_words("dick rick ricky"), "richard"),
    **dict.fromkeys(_words("jim jimmy"), "james"),
    **dict.fromkeys(_words("joe joey"), "joseph"),
    **dict.fromkeys(_words("mike mick mickey"), "michael"),
    **dict.fromkeys(_words("tom tommy"), "thomas"),
    **dict.fromkeys(_words("ted teddy"), "theodore"),
    **dict.fromkeys(_words("ben benny"), "benjamin"),
    **dict.fromkeys(_words("liz beth betty"), "elizabeth"),
    **dict.fromkeys(_words("kate kathy"), "katherine"),
    **dict.fromkeys(_words("alex sasha"), "alexander"),
    **dict.fromkeys(_words("tony"), "anthony"),
    **dict.fromkeys(_words("dan danny"), "daniel"),
    **dict.fromkeys(_words("sam sammy"), "samuel"),
    **dict.fromkeys(_words("nick kolya"), "nicholas"),
    **dict.fromkeys(_words("volodya vova"), "vladimir"),
    **dict.fromkeys(_words("pepe"), "jose"),
    **dict.fromkeys(_words("juan"), "john"),
    **dict.fromkeys(_words("chuck charlie"), "charles"),
    **dict.fromkeys(_words("ed eddie"), "edward"),
    **dict.fromkeys(_words("jack johnny"), "john"),
    **dict.fromkeys(_words("larry"), "lawrence"),
    **dict.fromkeys(_words("steve"), "stephen"),
}
"""Diminutives and abbreviations that no sound rule can undo."""

NUMBER_WORDS = {
    "first": "1",
    "1st": "1",
    "second": "2",
    "2nd": "2",
    "third": "3",
    "3rd": "3",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fourty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}

COMPOUND_PARTS = frozenset([*SERVANT, *OF_GOD, *OF_FAITH, *KUNYA])

SHIP_PREFIXES = _words("mv mt ms ss mts mvs vessel ship tanker")
