"""Words and their stems: what the rewards of prose compare.

The stem is light: no plural, possessive, -ed or -ing, six letters at most, and a table of the forms that this does
not bring together. A library's stemmer is slower by far, and keeps "revocable" and "revoked" apart.

    >>> sorted(stems_of(words_of("The revocation was revoked after sixty days.")))
    ['60', 'day', 'revok']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GRAM = 4  # words in a row that count as copied or repeated
KEPT_WORDS = 50_000  # of which the stem is kept

# Latin letters only: a look-alike of another script is no letter of a word here.
_LETTERS = "[a-zß-öø-ɏ]+"
_WORD = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*|[0-9](?:[0-9,]*[0-9])?")
_GROUPED = re.compile(",[0-9]").search  # a comma that may stand within a number
FUNCTION_WORDS = frozenset(
    _WORD.findall(
        """a about after against all also although an and any are as at be because been before being between both but by can
        could did do does each either for from had has have he hence her here him his how if in into is it its may more
        most must neither no nor not of on only or other our out over shall she should since so some such than that the
        their them then there therefore these they this those though thus to under until upon was we were what when
        where whether which while who whom whose will with within without would yes you"""
    )
)
NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        1: "one", 2: "two twice both", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve dozen", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen",
        17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 21: "twenty-one", 30: "thirty", 40: "forty",
        50: "fifty", 60: "sixty", 70: "seventy", 72: "seventy-two", 80: "eighty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip
# Forms that the endings below do not bring together.
_IRREGULAR = {
    form: base
    for base, forms in {
        "pay": "paid payment payments pays paying", "sell": "sold sale sales seller sellers selling sells",
        "buy": "bought buyer buyers purchase purchased purchaser", "give": "gave given", "hold": "held holding",
        "send": "sent sender", "make": "made", "take": "took taken", "write": "wrote written writing writings writes",
        "revok": "revocable revocation revoke revoked revoking revokes withdrawal withdrawn withdraw withdrew withdraws",
        "notic": "notify notifies notified notification notifying notices notice", "run": "ran running runs",
        "begin": "began begun start starts started starting begins", "tell": "told", "lose": "lost loss losing",
        "bind": "bound binds binding", "know": "knew known knowledge aware awareness", "leav": "left leave leaves leaving",
        "state": "states stated stating", "deny": "denied denies denial", "reply": "replies replied", "fall": "fell falls",
        "lapse": "lapsed lapses expire expires expired expiry", "get": "got gotten gets", "say": "said says saying", "find": "found finds",
        "day": "days daily", "exceed": "exceeds exceeding exceeded", "silent": "silence", "die": "died dead death deceased decedent decedents dies",
    }.items()
    for form in (base, *forms.split())
}  # fmt: skip


class _Stems(dict[str, str]):
    """Word to stem, kept; emptied when a flood of made-up words has filled it."""

    def __missing__(self, word: str) -> str:
        if len(self) > KEPT_WORDS:
            self.clear()
        self[word] = found = _stem(word)
        return found


STEMS = _Stems()


def words_of(text: str) -> list[str]:
    """Lower-case words and whole numbers; "$75,000" is the word 75000.

    >>> words_of("Ann's $75,000")
    ["ann's", '75000']
    """
    found = _WORD.findall(text.lower())
    return [word.replace(",", "") if "," in word else word for word in found] if _GROUPED(text) else found


def stems_of(words: Iterable[str]) -> frozenset[str]:
    """The words that carry meaning, by a light stem: no plural, possessive, -ed or -ing, six letters at most.

    >>> sorted(stems_of(["the", "revocation", "was", "revoked", "sixty", "contracts"]))
    ['60', 'contra', 'revok']
    """
    return frozenset(map(STEMS.__getitem__, words)) - NO_STEM


def stem_of(word: str) -> str:
    """The stem of one lower-case word, "" where it carries no meaning."""
    found = STEMS[word]
    return "" if found == "-" else found


def rows_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every `GRAM` words in a row."""
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


def _stem(word: str) -> str:
    """The stem of a lower-case word, or "" of one that carries no meaning."""
    word = word.replace("’", "'").removesuffix("'s")
    if len(word) < 2 and not word.isdigit():
        return "-"
    if word in FUNCTION_WORDS:
        return ""
    if word in NUMBER_WORDS or word[0].isdigit():
        return NUMBER_WORDS.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in ("ies", "ing", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:6]


NO_STEM = frozenset(["", "-"])  # of a function word; of a letter, which stands in "(a)(1)" as well
