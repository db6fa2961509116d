"""A text as sentences of stemmed content words, each word with its polarity.

What is kept of a sentence is what a pattern of `grpo_legal.rubric.pattern` may look at: the content words in order, for
each whether a negation reaches it and whether it is asserted at all ("whether …", "Ann argues that …" and questions
assert nothing), and whether the sentence is prose or a list of words. Words are stemmed by Snowball's English stemmer
(Porter 2). Everything is one pass over the text.

    >>> sentence, = read("The offer is not revocable.")
    >>> [(w.text, w.negated) for w in sentence.words]
    [('offer', False), ('revocable', True)]
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import snowballstemmer

from grpo_legal.rubric.wordlists import (
    ABBREVIATIONS,
    ATTRIBUTION,
    AUXILIARIES,
    CARRIES_TO,
    DENIALS,
    FUNCTION_WORDS,
    LISTING,
    MODALS,
    NEGATORS,
    NO_DOUBT,
    NO_NEGATION,
    NUMBERS,
    PRIVATIVES,
    SCOPE_ENDS,
    VERBS,
)

MIN_PREFIX = 3  # letters before the star of a pattern's word
LONGEST_WORD = 24  # letters that are looked at
SCOPE = 8  # content words that a negation reaches, where no conjunction or mark ends it earlier
PRIVATIVE_SCOPE = 3  # the same for "without", "lacks"
LEAST_FUNCTION_SHARE = 0.15  # of all words; English prose has 0.4 to 0.5, a list of key terms about none
LONGEST_SENTENCE = 90  # content words; a longer one is no sentence
MONOTONY, MONOTONY_FROM = 0.25, 12  # greatest share of one word, in sentences of so many words or more
MOST_LISTING_SHARE = 0.5  # commas, "and", "or" per content word

# One token per match; each branch starts with another character and repeats over one class, so time is linear.
_TOKEN = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.0+(?![0-9]))?"
    r"|(?P<initials>(?:[a-z]\.){2,8})"
    r"|(?P<word>[a-z]+(?:'[a-z]{1,3})?)"
    r"|(?P<end>[.!?]+)(?=[\s\"')\]*]|$)"
    r"|(?P<line>\n(?=[ \t]{0,12}(?:\n|[-*#•]|[0-9]{1,2}[.)]\s)))"  # a paragraph or item; wrapped lines go on
    r"|(?P<mark>[,;:()—–]|\s-\s|--)"
)
_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """One content word: as written (lower case), stemmed, and how it stands in its sentence."""

    text: str
    stem: str
    negated: bool
    asserted: bool
    denied: bool  # under "it is not true that"

    def meets(self, key: str) -> bool:
        """Whether this word is under `key` in `Sentence.places`: "=stem", or "prefix*"."""
        return self.stem == key[1:] if key[0] == "=" else self.text.startswith(key[:-1])


@dataclass(frozen=True, slots=True)
class Sentence:
    """`words` are the content words; `tokens` all words in order. `places` maps a stem "=offer" or prefix "rev*" to
    the indices of `words` that have it."""

    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    prose: bool
    hypothetical: bool

    def shingles(self, n: int = 4) -> list[tuple[str, ...]]:
        """Runs of n content stems; one shorter run for a short sentence, none for an empty one."""
        stems = [w.stem for w in self.words]
        return [tuple(stems[i : i + n]) for i in range(max(1, len(stems) - n + 1))] if stems else []


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one lower-case word; digits as they are; a possessive's ending dropped."""
    word = word.removesuffix("'s")[:LONGEST_WORD]
    return NUMBERS.get(word) or (word if word.isdigit() else _stemmer.stemWord(word))


@cache
def _stems(words: frozenset[str]) -> frozenset[str]:
    return frozenset(stem(w) for w in words)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of every token: "word", "mark", "end", "line". Lower case; numbers without commas."""
    lowered = text.lower().replace("’", "'").replace("‘", "'")
    for match in _TOKEN.finditer(lowered):
        kind, found = match.lastgroup or "mark", match.group(match.lastgroup or 0)
        if kind == "number":
            yield "word", found.replace(",", "").lstrip("0") or "0"
        elif kind == "initials":
            yield "word", found.replace(".", "")
        elif kind == "end":
            yield "end", found
        else:
            yield kind, found


def content_stems(text: str) -> list[str]:
    """The stems of a phrase's content words, as `read` would index them."""
    return [stem(t) for kind, t in tokens(text) if kind == "word" and t.removesuffix("'s") not in FUNCTION_WORDS]


def read(text: str) -> list[Sentence]:
    """The sentences of `text`, in order; [] for a text without words. Never raises."""
    return [_sentence(run) for run in _runs(text)]


def _runs(text: str) -> Iterator[list[tuple[str, str]]]:
    """The tokens of one sentence after another. A full stop after "v", "U.S." or a single letter ends none."""
    run: list[tuple[str, str]] = []
    for kind, found in tokens(text):
        if kind == "end" and found == "." and run and _abbreviated(run[-1][1]):
            continue
        run.append((kind, found))
        if kind in ("end", "line"):
            if any(k == "word" for k, _ in run):
                yield run
            run = []
    if any(k == "word" for k, _ in run):
        yield run


def _abbreviated(word: str) -> bool:
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word not in "ai")


def _sentence(run: list[tuple[str, str]]) -> Sentence:
    asked = any(kind == "end" and "?" in found for kind, found in run)
    words = _polarised(run, asked)
    plain = tuple(found for kind, found in run if kind == "word")
    return Sentence(words, plain, _places(words), _is_prose(run, words, plain), _is_hypothetical(plain))


class _Scope:
    """How far the negation, attribution and denial met so far reach, while a sentence is read from left to right."""

    def __init__(self, asked: bool) -> None:
        self.asked = asked
        self.odd, self.left = False, 0  # negations in force, content words they still reach
        self.private = 0
        self.attributed = self.denied = False

    def end_clause(self, mark: str) -> None:
        self.odd, self.left, self.private = False, 0, 0
        if mark in ",;:—–--":
            self.attributed = False

    def move(self, token: str, before: str, after: str, denies: bool) -> None:
        """What a word does to what follows it."""
        if _negates(token, after):
            self.odd, self.left = not self.odd if self.left else True, SCOPE
        elif _deprives(token, before, after):
            self.private = PRIVATIVE_SCOPE
        elif token in AUXILIARIES:
            self.private = 0
        elif token in SCOPE_ENDS or (token == "to" and stem(before) not in _stems(CARRIES_TO)):
            self.end_clause("")
            self.attributed |= token == "whether"
        elif token == "that" and before in ATTRIBUTION:
            self.attributed = True
        elif token == "that" and denies:
            self.end_clause("")
            self.denied = not self.denied

    def take(self, word: str) -> Word:
        negated = (self.odd and self.left > 0) or self.private > 0
        self.left, self.private = max(0, self.left - 1), max(0, self.private - 1)
        return Word(word, stem(word), negated != self.denied, not (self.asked or self.attributed), self.denied)


def _polarised(run: list[tuple[str, str]], asked: bool) -> tuple[Word, ...]:
    scope, found = _Scope(asked), []
    plain = [t for _, t in run]
    for i, (kind, token) in enumerate(run):
        if kind != "word":
            scope.end_clause(token)
            continue
        before, after = plain[i - 1] if i else "", plain[i + 1] if i + 1 < len(run) else ""
        taken = None if _is_grammar(token) else scope.take(token) if token not in SCOPE_ENDS else None
        scope.move(token, before, after, denies=_denies(plain, i))
        if taken or not _is_grammar(token):
            word = taken or scope.take(token)
            found.append(replace(word, negated=not word.negated) if token in MODALS and after == "not" else word)
    return tuple(found)


def _is_grammar(token: str) -> bool:
    return token.removesuffix("'s") in FUNCTION_WORDS or token in NEGATORS or token.endswith("n't")


def _negates(token: str, after: str) -> bool:
    if token in ("fails", "failed", "fail", "failing", "failure", "unable"):
        return after == "to"
    if token == "no" and after in NO_DOUBT:
        return False
    return (token in NEGATORS or token.endswith("n't")) and after not in NO_NEGATION


def _deprives(token: str, before: str, after: str) -> bool:
    if token == "absent":
        return before not in ("an", "the", "is", "was", "are", "were", "be")
    return token in PRIVATIVES or (token in ("rather", "instead") and after in ("than", "of"))


def _denies(plain: list[str], i: int) -> bool:
    """Whether the "that" at i follows "false" or "not true": what comes after it is then denied."""
    if i and plain[i - 1] in DENIALS:
        return True
    before = plain[max(0, i - 4) : i]
    return before[-1:] in (["true"], ["case"], ["correct"], ["so"], ["law"]) and any(
        t in NEGATORS or t.endswith("n't") for t in before
    )


def _places(words: tuple[Word, ...]) -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(words):
        index["=" + word.stem].append(i)
        plain = word.text.removesuffix("'s")[:LONGEST_WORD]
        for end in range(MIN_PREFIX, len(plain) + 1):
            index[plain[:end] + "*"].append(i)
    return {key: tuple(places) for key, places in index.items()}


def _is_prose(run: list[tuple[str, str]], words: tuple[Word, ...], plain: tuple[str, ...]) -> bool:
    """A verb, enough words of grammar, and not mostly commas and "and": a sentence and no list of terms."""
    if not words or not any(_may_be_verb(t) for t in plain):
        return False
    if len(words) > LONGEST_SENTENCE or _monotonous(plain):
        return False
    functional = sum(_is_grammar(t) for t in plain)
    listing = sum(token in LISTING for _, token in run)
    return functional >= LEAST_FUNCTION_SHARE * len(plain) and listing <= MOST_LISTING_SHARE * len(words)


def _monotonous(plain: tuple[str, ...]) -> bool:
    """Whether one word other than an article makes up a quarter of the sentence: a list held together by "because"."""
    counted = Counter(t for t in plain if t not in ("the", "a"))
    return len(plain) >= MONOTONY_FROM and max(counted.values(), default=0) > MONOTONY * len(plain)


def _may_be_verb(token: str) -> bool:
    """Generous: any word in -s or -ed may be one. Lists of terms are told by their lack of grammar, not by this."""
    return token in VERBS or stem(token) in _stems(VERBS) or token.endswith(("n't", "ed", "s"))


def _is_hypothetical(plain: tuple[str, ...]) -> bool:
    """ "If …, it would …", "ordinarily …": what is said there of another case is no error about this one."""
    held = set(plain)
    counterfactual = "would" in held and held & {"if", "had", "were", "unless", "otherwise", "without", "absent"}
    return bool(counterfactual or held & {"ordinarily", "generally", "normally", "usually", "otherwise", "argues"})
