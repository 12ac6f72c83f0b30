"""How names agree, in words that an officer can check against a document."""

import pytest

from sandrail.screening.fold import tokens_of
from sandrail.screening.pairs import PairComparer
from sandrail.screening.wording import explain_name, strength

LISTED = "Waheed Faisal Baraghani"


@pytest.mark.parametrize(
    ("given", "listed", "said"),
    [
        (LISTED, LISTED, "The names are the same, word for word."),
        (
            "Vahid Faisal Khan",
            LISTED,
            "The same: Faisal. Sounds or reads alike (as listed): Vahid (Waheed). "
            "Only the party has: Khan. Only the list has: Baraghani.",
        ),
        ("Baraghani, Waheed", LISTED, "The same: Baraghani, Waheed. Only the list has: Faisal. "
         "The order differs."),
        ("WaheedFaisal Baraghani", LISTED,
         "The same: Baraghani. Sounds or reads alike (as listed): Waheedfaisal (Waheed)."),
        ("Waheed Faisal Bara Ghani", LISTED, "The same: Waheed, Faisal. Sounds or reads alike "
         "(as listed): Bara (Baraghani), Ghani (Baraghani)."),
        ("وحید فیصل براغانی", LISTED,
         "The names are in different scripts; 3 of 3 words sound alike."),
        ("وحید براغانی", LISTED, "The names are in different scripts; 2 of 2 words sound alike, "
         "and 1 listed word has no partner."),
        ("وحید براغانی", "وحید فیصل براغانی",
         "2 of 2 words are the same, 1 listed word has no partner."),
    ],
)  # fmt: skip
def test_names_are_compared_word_by_word(given: str, listed: str, said: str) -> None:
    ours, theirs = tokens_of(given), tokens_of(listed)
    assert explain_name(ours, theirs, PairComparer().partners(ours, theirs)) == said


def test_weights_have_words_in_their_order() -> None:
    words = [strength(milli) for milli in (7_500, 2_000, 300, 0, -500, -2_000, -4_000)]
    assert len(set(words)) == 7
    assert words[0] == "strongly for" and words[-1] == "strongly against"
