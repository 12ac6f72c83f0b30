"""Letters of the world's scripts, brought to two alphabets.

Vowelled scripts (Latin, Cyrillic, Greek, Hangul, kana, Georgian, Armenian) become ``a`` to ``z``.
Consonant scripts (Arabic with its Persian, Urdu and Pashto letters, Hebrew, and the Indic scripts,
whose inherent vowel is not written) become one-byte *abjad letters*, because they leave the vowels
out and must be compared on consonants. Both fit in one byte a letter, so that kernels can read
them.
"""

from __future__ import annotations

import unicodedata

__all__ = [
    "ABJAD_BASE",
    "ABJAD_LETTERS",
    "CONFUSABLE",
    "MARKS",
    "PRE_TABLE",
    "SOUND_TABLE",
    "abjad",
]

ABJAD_BASE = 0xC0
ABJAD_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقكگلمنهويةڤ"
"""Position in this text + ``ABJAD_BASE`` is the byte of an abjad letter."""

_BYTE_OF = {letter: chr(ABJAD_BASE + i) for i, letter in enumerate(ABJAD_LETTERS)}


def abjad(text: str) -> str:
    """Return plain Arabic letters as abjad bytes (for the tables of :mod:`lexicon`)."""
    return "".join(_BYTE_OF.get(letter, letter) for letter in text)


def _parts(text: str) -> list[str]:
    return text.split()


# Letters that are written differently in Arabic, Persian, Urdu, Pashto, Sindhi and Kurdish but
# stand for one of the letters above; Unicode's own decomposition does not unite them.
_SAME_LETTER = {
    "ا": "أإآٱٲٳٵ",
    "ب": "ٻڀ",
    "ت": "ٹټٿٺٽ",
    "ج": "ڄځ",
    "چ": "ڃڇڿ",
    "خ": "څ",
    "د": "ڈډڊڌڍ",
    "ر": "ڑړڕڔږ",
    "ش": "ښ",
    "ك": "ککڪګ"[:3],
    "گ": "ګڱ",
    "ل": "ڵ",
    "ن": "ںڼڻ",
    "ه": "ہەۀۿھ",
    "و": "ؤۆۇۋۈ",
    "ي": "یىېۍئےۓۑێ",
    "ة": "ۃ",
}

_HEBREW = dict(zip("אבגדהוזחטיךכלםמןנסעףפץצקרשת", "ابگدهوزحطيككلممننسعففصصقرشت", strict=True))

_INDIC = {
    "अआइईउऊएऐओऔ": "ااييوويييو"[:10],
    "कखगघङचछजझञ": "كخگغنچچججن",
    "टठडढणतथदधन": "تتددنتتددن"[:10],
    "पफबभमयरलवशषसह": "پفببميرلوششسه",
    "ािीुूेैोौ": "اييوويييو"[:9],
    "ৰৱ": "رو",
}
_BENGALI_OFFSET = 0x80
_GURMUKHI_OFFSET = 0x100
_GUJARATI_OFFSET = 0x180

_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфъыьэ", "abvgdeziiklmnoprstuf'y'e", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "є": "ye",
    "і": "i",
    "ї": "yi",
    "ґ": "g",
    "ў": "u",
    "ә": "a",
    "ғ": "gh",
    "қ": "q",
    "ң": "n",
    "ө": "o",
    "ұ": "u",
    "ү": "u",
    "һ": "h",
    "ҳ": "h",
    "ҷ": "j",
    "ӣ": "i",
    "ӯ": "u",
    "ђ": "dj",
    "ј": "j",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "џ": "dz",
    "ѓ": "g",
    "ќ": "k",
}
_GREEK = {
    **dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True)),
    "θ": "th",
    "ς": "s",
    "χ": "ch",
    "ψ": "ps",
}
_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        _parts("a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h"),
        strict=True,
    )
)
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
        _parts(
            "a b g d e z e e t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k "
            "o f ev"
        ),
        strict=True,
    )
)
_KANA = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー",
        (
            _parts(
                "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha "
                "hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa o n a i u e o ya yu yo"
            )
            + _parts("")
            + ["", ""]
        ),
        strict=True,
    )
)
_JAMO_LEAD = _parts("g kk n d tt r m b pp s ss _ j jj ch k t p h")
_JAMO_VOWEL = _parts("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_JAMO_TAIL = _parts("k k k n n n t l k m l l l p l m p p t t ng t t k t p h")

_LATIN = {
    "ø": "o",
    "ł": "l",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ə": "a",
    "đ": "d",
    "ŋ": "n",
    "ħ": "h",
    "ŧ": "t",
    "ĸ": "k",
    "ſ": "s",
    "ʼ": "'",
    "ʻ": "'",
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "ʿ": "'",
    "ʾ": "'",
    "′": "'",
    "&": " and ",
}

CONFUSABLE = {
    **dict(zip("асеорхуіјѕԁһӏпкмтвнгиь", "aceopxyijsdhlnkmtbhrub", strict=True)),
    **dict(zip("αορυνικτεηχ", "aopuviktenx", strict=True)),
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "l",
    "ɑ": "a",
    "ɡ": "g",
    "ɩ": "i",
    "ᴏ": "o",
}
"""Letters and digits that look like a Latin letter; used only inside a word that mixes scripts."""


_HOOKED = {
    **dict.fromkeys("şșš", "sh"),
    **dict.fromkeys("çčć", "ch"),
    **dict.fromkeys("žż", "zh"),
    **dict.fromkeys("ğġ", "gh"),
    **dict.fromkeys("ḫẖ", "kh"),
    "ǧ": "j",
    "ǰ": "j",
}
"""Letters whose mark makes them another sound; other accents are dropped."""


def _pre_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(letter): sound for letter, sound in _HOOKED.items()}
    for letters, sounds in _INDIC.items():
        for letter, sound in zip(letters, sounds, strict=False):
            for offset in (0, _BENGALI_OFFSET, _GURMUKHI_OFFSET, _GUJARATI_OFFSET):
                table[ord(letter) + offset] = sound
    voiced = {"k": "g", "s": "z", "t": "d", "c": "d", "h": "b", "f": "b"}
    for kana, written in _KANA.items():
        code, sound = ord(kana), written.strip("_")
        forms = {code: sound}
        if (
            sound
            and unicodedata.decomposition(chr(code + 1)).endswith("3099")
            and sound[0] in voiced
        ):
            forms[code + 1] = voiced[sound[0]] + sound[-1]
        if sound and unicodedata.decomposition(chr(code + 2)).endswith("309A"):
            forms[code + 2] = "p" + sound[-1]
        table.update(forms)
        table.update({c - 0x60: s for c, s in forms.items() if 0x30A1 <= c <= 0x30F6})
    table[ord("・")] = " "
    return table


def _sound_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(mark): None for mark in MARKS}
    for letter, byte in _BYTE_OF.items():
        table[ord(letter)] = byte
    for letter, variants in _SAME_LETTER.items():
        table.update({ord(v): _BYTE_OF[letter] for v in variants})
    table[ord("ء")] = None
    table.update({ord(h): _BYTE_OF[a] for h, a in _HEBREW.items()})
    for sounds in (_CYRILLIC, _GREEK, _GEORGIAN, _ARMENIAN, _LATIN):
        table.update({ord(letter): sound for letter, sound in sounds.items()})
    jamo = ((0x1100, _JAMO_LEAD), (0x1161, _JAMO_VOWEL), (0x11A8, _JAMO_TAIL))
    for first, syllables in jamo:
        table.update({first + i: s.replace("_", "") for i, s in enumerate(syllables)})
    digits = "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
    table.update({ord(d): str(i) for row in digits for i, d in enumerate(row)})
    return table


MARKS = (
    "".join(
        chr(c)
        for c in range(0x300, 0xFE10)
        if unicodedata.category(chr(c)) in ("Mn", "Cf") and not 0x900 <= c <= 0xD7F
    )
    + "\u0640\u200b\u200d\u2060\ufeff\u094d\u093c\u09cd\u09bc\u0a4d\u0a3c"
)
"""Vowel signs, accents, tatweel, joiners and direction marks: heard or unseen, never letters."""

MARKS = MARKS.replace("\u200c", "")
"""The zero-width non-joiner stays: in Persian and Urdu it parts the halves of a compound name."""

PRE_TABLE = _pre_table()
SOUND_TABLE = _sound_table()
SOUND_TABLE[0x200C] = " "
