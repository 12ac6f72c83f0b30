"""Legal forms of companies, in many languages, to the few families that mean the same.

A form confirms nothing and its absence denies nothing, so that every spelling becomes a marker of
almost no weight: ``.ltd`` for companies whose owners' liability is limited, ``.jsc`` for those with
shares, ``.co`` for firms without either word, ``.lp`` for partnerships, ``.inc`` for corporations,
``.group`` for holdings. The table was put together by hand from general knowledge of company law.
"""

from __future__ import annotations

from sandrail.screening.scripts import abjad

__all__ = ["FORMS", "LEADING_FORMS", "PHRASES", "SHORT_FORMS"]

_FAMILIES = {
    ".ltd": """ltd limited ltda limitada lte llc gmbh mbh sarl sarlu srl sro spzoo ooo tov bv bvba
        kft doo dooel ood eood oy oyj aps sl slu rl pte pty pvt pvtltd private privatelimited wll
        fze fzc fzco fzllc dmcc bhd sdn ent gesmbh eurl ehf uab sia ou mmc mchj too tdv sti dwc spc
        smc""",
    ".jsc": """jsc ojsc cjsc pjsc oao pao ao zao at pat prat ag aktiengesellschaft plc sa sae sal
        sas sab saic spa nv as asa aksjeselskap ab aktiebolag kk tbk ad ead dd nyrt zrt se sca psc
        pjs akc anonim joint-stock anonyme anonima sociedad societe""",
    ".inc": "inc incorporated corp corporation corporacion na",
    ".co": """co company companies cie cia compagnie compania companhia kompania kompaniya kompani
        firma firm est establishment etablissement etablissements ets enterprise enterprises
        entreprise empresa bros brothers sons sherkat sherkate shirkat sharikat sharika shareka
        anstalt kaisha kabushiki""",
    ".lp": "lp llp lllp kg kgaa ohg gbr snc scs ltdkg partnership partners",
    ".group": "group gruppe grupo groupe gruppa grup grp holding holdings kholding conglomerate",
}
_ARABIC = {
    ".ltd": "المحدوده المحدودة محدوده محدودة محدود لميتد ليمتد پرائيويت پرايويت ذمم",
    ".jsc": "المساهمه المساهمة مساهمه مساهمة سهامي شمم",
    ".co": "شركه شركة الشركه الشركة شركت كمپني موسسه‌تجاري",
    ".group": "مجموعه مجموعة گروه هولدينگ گروپ",
}

FORMS = {word: family for family, words in _FAMILIES.items() for word in words.split()} | {
    abjad(word): family for family, words in _ARABIC.items() for word in words.split()
}
"""Every known word for a legal form, to the marker of its family."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHORT_FORMS = _words(
    """ao as ab ad ag at sa se na oy ou nv bv dd kk kg sl rl sas spa sal pat pt too ent est spc smc
    firm firma partners private sons brothers bros sia sociedad societe enterprise enterprises"""
)
"""Forms that are also ordinary words or names: they count only at the end of a name."""

LEADING_FORMS = _words("ooo oao zao ao pao tov jsc ojsc cjsc pjsc too pt pat")
"""Forms that stand in front, as in Russian, Ukrainian and Indonesian."""


def _phrases(text: str) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in text.strip().split("\n")]


_WRITTEN_OUT = {
    ".jsc": """
        open joint stock company
        public joint stock company
        closed joint stock company
        private joint stock company
        joint stock company
        joint stock
        public limited company
        public company limited
        otkrytoe aktsionernoe obshchestvo
        zakrytoe aktsionernoe obshchestvo
        publichnoe aktsionernoe obshchestvo
        aktsionernoe obshchestvo
        sociedad anonima de capital variable
        s a de c v
        sa de cv
        s a p i de c v
        sapi de cv
        sociedad anonima
        societe anonyme
        anonim sirketi
        anonim sirket
        a s
        s a
        s a s
        n v""",
    ".ltd": """
        limited liability company
        limited liability partnership
        private limited company
        private limited
        pvt ltd
        pvt limited
        pte ltd
        pty ltd
        co ltd
        company limited
        gesellschaft mit beschrankter haftung
        besloten vennootschap
        naamloze vennootschap
        societatea cu raspundere limitata
        obshchestvo s ogranichennoi otvetstvennostyu
        obshchestvo s ogranichennoy otvetstvennostyu
        obshchestvo s ogranichennoi otvetstvennost yu
        tovarystvo z obmezhenoiu vidpovidalnistiu
        sociedad de responsabilidad limitada
        s de r l de c v
        s de rl de cv
        s de r l
        s de rl
        limited sirketi
        limited sti
        ltd sti
        sdn bhd
        sendirian berhad
        sp z o o
        sp z oo
        spolka z ograniczona odpowiedzialnoscia
        free zone establishment
        free zone company
        f z e
        fz llc
        w l l
        b v
        d o o
        s r o
        with limited liability
        ba masouliyat mahdoud
        ba masuliyat mahdud""",
    ".co": """
        and sons
        and brothers
        and bros
        and co
        and company
        y cia
        e hijos
        y hijos
        trading est""",
    ".lp": """
        limited partnership
        l p
        en commandite""",
}
_IN_ABJAD = {
    ".ltd": ("ذات مسئوليه محدوده", "ذات مسوليه محدوده", "با مسئوليت محدود", "با مسووليت محدود",
             "ذات المسئوليه المحدوده", "ذات المسووليه المحدوده", "ذ م م", "پرائيويت لميتد"),
    ".jsc": ("ش م م", "ش م ل", "سهامي خاص", "سهامي عام", "شركه مساهمه"),
}  # fmt: skip


_PLACES = {
    "us": "united states of america|united states|u s",
    "uk": "united kingdom|great britain",
    "uae": "united arab emirates|u a e",
    "korea": "democratic people s republic of korea|republic of korea|north korea",
    "iran": "islamic republic of iran|republic of iran",
    "syria": "syrian arab republic",
    "china": "people s republic of china",
}
"""Names of countries of several words; they are read in the same pass."""


def _by_first_word() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for marker, text in _WRITTEN_OUT.items():
        for words in _phrases(text):
            found.setdefault(words[0], []).append((words[1:], marker))
    for place, text in _PLACES.items():
        for phrase in text.split("|"):
            first, *rest = phrase.split()
            found.setdefault(first, []).append((tuple(rest), place))
    for marker, phrases in _IN_ABJAD.items():
        for phrase in phrases:
            first, *rest = abjad(phrase.replace("ئ", "ي")).split()
            found.setdefault(first, []).append((tuple(rest), marker))
    return {k: tuple(sorted(v, key=lambda one: -len(one[0]))) for k, v in found.items()}


PHRASES = _by_first_word()
"""Forms (and countries) of several words: by the first, the rest and the marker; longest first."""
