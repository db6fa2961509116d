"""Porter stems, as LegalBench's own scorer takes them: those of nltk, with its extensions to Porter's algorithm.

>>> stem("statutes") == stem("statute")
True
"""

from __future__ import annotations

from functools import cache
from typing import Any

# No text loses more than 21 characters in all of Porter's steps together.
LONGEST_SUFFIX = 30


def stem(text: str) -> str:
    """The stem of a lower-case text; of several words, only the last one's end is cut."""
    return _stemmer().stem(text)


def inflections(term: str) -> tuple[str, ...]:
    """The regular inflections of a term's last word that share its stem, sorted, without the term itself.

    >>> inflections("authorize")
    ('authorized', 'authorizes', 'authorizing')

    A departure from the scorer upstream, which takes whatever has the same stem: "authority" and "author" are none of
    these. Some of the forms are no English words; nobody will write those.
    """
    before, _, last = term.lower().rpartition(" ")
    wanted = stem(last)
    bases = {last} | {last.removesuffix(end) + more for end in _ENDS if last.endswith(end) for more in ("", "e", "y")}
    forms = {form for base in bases for form in _inflected(base) if len(base) > 2 and stem(form) == wanted}
    return tuple(sorted(f"{before} {form}".strip() for form in forms - {last}))


_ENDS = ("s", "es", "ies", "ed", "ied", "ing")


def _inflected(word: str) -> tuple[str, ...]:
    if word.endswith("e"):
        return word, f"{word}s", f"{word}d", f"{word[:-1]}ing"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing"
    plural = f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
    return word, plural, f"{word}ed", f"{word}ing"


@cache
def _stemmer() -> Any:
    from nltk.stem.porter import PorterStemmer  # here, since nltk takes a second to import

    return PorterStemmer()
