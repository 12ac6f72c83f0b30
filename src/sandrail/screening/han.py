"""Chinese characters read aloud: Mandarin syllables, and business words in English.

Lists give Chinese names in pinyin and Chinese firms mostly in translation, while the party's own
papers show characters. Readings come from the pypinyin library; surnames that are read otherwise
than the same character elsewhere, and the words that firms are made of, are given here.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["HAN_RUN", "read_han"]

HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+")
"""Characters in a row, to be read by :func:`read_han`."""

_UNREAD = re.compile(r"[^a-z ]")
_SURNAMES = {
    "曾": "zeng", "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "查": "zha", "朴": "piao",
    "区": "ou", "區": "ou", "盖": "ge", "蓋": "ge", "翟": "zhai", "乐": "yue", "樂": "yue",
    "缪": "miao", "繆": "miao", "覃": "qin", "秘": "bi", "折": "she", "黑": "he", "员": "yun",
    "員": "yun", "召": "shao",
}  # fmt: skip
"""Readings of characters at the head of a person's name, where they differ from the usual one."""

_LONG_SURNAMES = frozenset(
    re.findall("..", "欧阳歐陽司马司馬诸葛諸葛上官尉迟尉遲长孙長孫皇甫令狐慕容夏侯宇文司徒东方東方")
)
_PERSON_CHARS_MAX = 4
"""A run of more characters is not read as the name of one person."""

_WORDS = {
    "股份有限公司": "co ltd", "有限责任公司": "llc", "有限責任公司": "llc", "有限公司": "co ltd",
    "集团": "group", "集團": "group", "公司": "company", "控股": "holding", "银行": "bank",
    "銀行": "bank", "国际": "international", "國際": "international", "贸易": "trading",
    "貿易": "trading", "科技": "technology", "技术": "technology", "技術": "technology",
    "进出口": "import export", "進出口": "import export", "实业": "industry", "實業": "industry",
    "工业": "industry", "工業": "industry", "电子": "electronics", "電子": "electronics",
    "投资": "investment", "投資": "investment", "航运": "shipping", "航運": "shipping",
    "海运": "shipping", "海運": "shipping", "船务": "shipping", "船務": "shipping",
    "石油": "petroleum", "化工": "chemical", "能源": "energy", "物流": "logistics",
    "研究所": "research institute", "研究院": "research institute", "大学": "university",
    "大學": "university", "中国": "china", "中國": "china", "朝鲜": "korea", "朝鮮": "korea",
    "香港": "hong kong", "金融": "finance", "发展": "development", "發展": "development",
    "管理": "management", "服务": "services", "服務": "services", "工程": "engineering",
}  # fmt: skip
"""What firms call themselves, in the English that lists use."""

_ANY_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))


@lru_cache(maxsize=16_384)
def read_han(run: str) -> str:
    """Return characters in a row as lower-case syllables and English words, apart by blanks.

    A character without a known reading becomes its number in Unicode, so that it still equals
    itself.
    """
    if _ANY_WORD.search(run) is None:
        return " ".join(_syllables(run))
    words: list[str] = []
    at = 0
    for found in _ANY_WORD.finditer(run):
        words += _syllables(run[at : found.start()], a_person=False)
        words.append(_WORDS[found[0]])
        at = found.end()
    words += _syllables(run[at:], a_person=False)
    return " ".join(words)


def _syllables(run: str, *, a_person: bool = True) -> list[str]:
    if not a_person or not 2 <= len(run) <= _PERSON_CHARS_MAX:
        return _readings(run)
    size = 2 if run[:2] in _LONG_SURNAMES and len(run) > 2 else 1
    family = _SURNAMES.get(run[:size]) or "".join(_readings(run[:size]))
    return [family, "".join(_readings(run[size:]))]


def _readings(run: str) -> list[str]:
    # The tables of readings take half a second to load: only who meets a character pays for them.
    from pypinyin import Style, lazy_pinyin

    if not run:
        return []
    plain = " ".join(lazy_pinyin(run, style=Style.NORMAL)).replace("ü", "u").replace("v", "u")
    return _UNREAD.sub(lambda found: f" h{ord(found[0]):x} ", plain).split()
