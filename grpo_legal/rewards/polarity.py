"""Which way a sentence of law turns: what it denies, what it requires, in which direction its thresholds run.

"May not be revoked" and "may be revoked" share every word of substance, so shared words cannot tell a rule from its
opposite. This reads, clause by clause, whether a negation stands in it, and for every number whether more or less than
it is meant. It is no parser, and judges with care: another wording is a contradiction only where a word right behind a
negation, in one of the two, has none in the other.

    >>> rule = polarity("Such an offer may not be revoked for lack of consideration, for at most 3 months.")
    >>> contradicts(polarity("Such an offer may be revoked for lack of consideration."), rule)
    True
    >>> contradicts(polarity("It cannot be revoked because consideration is lacking, for up to 3 months."), rule)
    False
    >>> contradicts(polarity("It cannot be revoked for at least 3 months."), rule)
    True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from grpo_legal.rewards.polarity_words import (
    AFTER_DOWN,
    AFTER_UP,
    ALL_PAIRS,
    BETWEEN,
    CLAUSES,
    COMPARING,
    DOWN,
    EXCEPTIONS,
    KINDS,
    MUST,
    NEGATIONS,
    OPPOSITES,
    PAIRS,
    TURNING,
    UP,
)
from grpo_legal.rewards.words import NUMBER_WORDS, stem_of

KEPT_CHARACTERS = 1_000
BEHIND = 2  # words of substance that a negation stands right before
NEAR = 5  # words between a comparison and its number
SAME_ORDER = 0.5  # share of a rule's neighbouring words from which a sentence is close to the rule's own wording
SAME_WORDS = 0.8  # from which it is the rule's own, and is held to every word of it

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|[,;:.()]")


@dataclass(frozen=True, slots=True)
class Polarity:
    """What a text denies and how far.

    `denied` and `affirmed`: stems that occur in clauses that are denied, and in those that are not, and in no others.
    `heads`: stems right behind a negation. `numbers`: value to directions (1 more, -1 less, 0 unsaid); "" stands for what is no number. `required`
    and `allowed`: stems right behind "must" and "may". `pairs`: neighbouring stems.
    """

    denied: frozenset[str]
    affirmed: frozenset[str]
    heads: frozenset[str]
    excepted: frozenset[str]  # of "not enforceable unless …", which says when it is
    turns: tuple[str, ...]  # every negation and comparison, sorted
    negates: bool
    numbers: Mapping[str, set[int]]
    required: frozenset[str]
    allowed: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    tokens: frozenset[str]


@dataclass(slots=True)
class _Clause:
    """The stems of a clause with their modal verbs, and whether it is denied, by a negation before which stem."""

    stems: list[str] = field(default_factory=list)
    denied: bool = False
    heads: list[str] = field(default_factory=list)
    awaits: int = 0  # words that still stand behind the negation
    plain: bool = False  # denied by a word of its own, and not as "unlikely" is
    excepted: bool = False  # "not enforceable unless …" is enforceable in the end
    open: bool = False  # an exception, which may stand for either

    def deny(self, word: str) -> None:
        self.denied = not (self.awaits == BEHIND and self.denied)  # "not unlikely"
        self.awaits = 1 if word == "un" else BEHIND
        self.plain = self.plain or word != "un"
        if word == "nothing":  # "recovers nothing"
            self.heads += self.stems[-1:]

    def add(self, stem: str, helper: bool = False) -> None:
        self.stems.append(stem)
        if self.awaits and not helper:
            self.heads.append(stem)
            self.awaits -= 1


class _Reader:
    """Goes through the tokens of a text and keeps what they turn."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.clause = _Clause()
        self.clauses = [self.clause]
        self.numbers: dict[str, set[int]] = {}
        self.modal = ""  # that waits for its verb
        self.modals: dict[bool, set[str]] = {True: set(), False: set()}  # the verbs of "must", of "may"
        self.begun = False  # whether a clause that is no exception has gone before

    def read(self, at: int, token: str) -> None:
        kind = KINDS.get(token) or ("number" if token[0].isdigit() else "negation" if token.endswith("n't") else "word")
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else ""
        if kind == "clause":
            self._next_clause(token)
        elif kind == "exception":
            self.clause.excepted = True
        elif kind == "modal":
            self.modal = token
        elif kind == "other" and following == "than" and self.clause.stems:
            stem = self.clause.stems.pop()  # "made other than at the trial" denies this word alone
            self.clauses[-1:] = [_Clause([stem], denied=True), self.clause]
        elif kind == "size" and following == "than" and not _counts(self.tokens[at + 2 : at + 5]):
            self.numbers.setdefault("", set()).add(_turned(self.tokens, at))
        elif kind == "number":
            value = NUMBER_WORDS.get(token, token.replace(",", ""))
            self.numbers.setdefault(value, set()).add(_direction(self.tokens, at))
            self.clause.add(value)
        elif kind == "negation" and _denies(self.tokens, at):
            self.clause.deny(token)
        elif stem := stem_of(token):
            self._word(stem, helper=kind == "helper")

    def _word(self, stem: str, *, helper: bool) -> None:
        self.clause.add(stem, helper)
        if self.modal and not helper:
            self.modals[self.modal in MUST].add(stem)
            self.modal = ""

    def _next_clause(self, token: str) -> None:
        clause = self.clause
        self.begun = self.begun or bool(clause.stems and not clause.open)
        excepted = clause.open and token not in ";." and (self.begun or token != ",")  # but "Unless he objects, …"
        clause.excepted |= token in EXCEPTIONS
        self.clause, self.modal = _Clause(open=excepted or token in ("unless", "except")), ""
        self.clauses.append(self.clause)

    def gathered(self) -> Polarity:
        denied, affirmed = set[str](), set[str]()
        for clause in self.clauses:
            for stems in (denied, affirmed) if clause.open else (denied if clause.denied else affirmed,):
                stems.update(clause.stems)
        order = [stem for clause in self.clauses for stem in clause.stems]
        excepted = [clause.stems for clause in self.clauses if clause.excepted and clause.plain]
        return Polarity(
            denied=frozenset(denied - affirmed),
            affirmed=frozenset(affirmed - denied),
            heads=frozenset(stem for clause in self.clauses if not clause.open for stem in clause.heads),
            excepted=frozenset(stem for stems in excepted for stem in stems),
            turns=tuple(sorted(token for token in self.tokens if token in TURNING or token.endswith("n't"))),
            negates=any(clause.denied for clause in self.clauses),
            numbers=self.numbers,
            required=frozenset(self.modals[True]),
            allowed=frozenset(self.modals[False]),
            pairs=frozenset(pairwise(order)),
            tokens=frozenset(self.tokens),
        )


def polarity(text: str) -> Polarity:
    """What the text denies and which way its numbers run. Linear in its length.

    What was read of a short sentence is kept: the completions of a group state one rule in much the same words.
    """
    return _kept(text) if len(text) < KEPT_CHARACTERS else _polarity(text)


def _polarity(text: str) -> Polarity:
    tokens = _TOKEN.findall(text.lower().replace("’", "'"))
    if not OPPOSITES.keys().isdisjoint(tokens):
        tokens = [word for token in tokens for word in _opened(token)]
    reader = _Reader(tokens)
    for at, token in enumerate(tokens):
        reader.read(at, token)
    return reader.gathered()


def contradicts(said: Polarity, rule: Polarity) -> bool:
    """Whether a sentence says the opposite of the rule whose words it shares.

    A number that the two compare in opposite directions contradicts, and so does a word behind a negation which the
    other has without one, where more of the shared words are turned than are denied by both; one of each cancel
    ("less than half may recover" is "half or more recovers nothing"). A sentence in the rule's own words
    (`SAME_ORDER`) is held to each of these, to its modal verbs and to pairs of opposites.
    """
    turned = ((said.denied & rule.affirmed) | (said.affirmed & rule.denied)) - (said.excepted ^ rule.excepted)
    both = said.denied & rule.denied
    numbers = any(_opposed(said.numbers[n], rule.numbers[n]) for n in said.numbers.keys() & rule.numbers.keys())
    if numbers and said.negates != rule.negates and not is_own(said, rule):
        return False  # "with fewer than 15 it is not one" for "with 15 or more it is one"
    heads = turned & (said.heads | rule.heads)
    same = _same(said, rule)
    if same >= SAME_ORDER:
        modals = said.allowed & rule.required | said.required & rule.allowed
        swapped = _swapped(said.tokens, rule.tokens, PAIRS if same < SAME_WORDS else ALL_PAIRS)
        if heads or numbers or modals - turned - both or swapped:
            return True
        return is_own(said, rule) and bool(turned or said.turns != rule.turns)
    agreed = both & said.heads & rule.heads
    return numbers != bool(heads and not agreed and len(turned) > len(both))


_kept = lru_cache(maxsize=2048)(_polarity)


def is_own(said: Polarity, rule: Polarity) -> bool:
    """Whether a sentence is the rule in the rule's own words, or nearly."""
    return _same(said, rule) >= SAME_WORDS and len(said.pairs) <= len(rule.pairs) / SAME_WORDS


def _same(said: Polarity, rule: Polarity) -> float:
    return len(said.pairs & rule.pairs) / (len(rule.pairs) or 1)


def _opened(token: str) -> list[str]:
    return ["un", OPPOSITES[token]] if token in OPPOSITES else [token]


def _denies(tokens: list[str], at: int) -> bool:
    """Whether the negation at `at` denies its clause: not "or not", "not only", "not later than", "not … unless"."""
    word, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else "."
    if word in ("un", "fail", "fails", "nothing"):
        return True
    if tokens[max(0, at - 1) : at] == ["or"]:
        return False
    if following in CLAUSES or following in ("only", "by", "on", "from", "to") or following.endswith("ing"):
        return False
    for place in range(at + 1, min(at + 1 + NEAR, len(tokens))):
        following = tokens[place]
        if following in COMPARING:
            # The negation turns the comparison; but "no longer firm" is a denial.
            return following == "longer" and tokens[place + 1 : place + 2] != ["than"]
        if following not in BETWEEN:
            break
    return True


def _direction(tokens: list[str], at: int) -> int:
    """1 where more than the number at `at` is meant, -1 where less, 0 where the text does not say."""
    start = max(0, at - NEAR)
    for place in range(at - 1, start - 1, -1):
        word = tokens[place]
        if word in ";:.,()" or word in ("or", "and", "to") or word[0].isdigit():
            if word == "to" and tokens[max(0, place - 1) : place] == ["up"]:
                return -1
            break
        if word in COMPARING or word in DOWN or word in UP:
            return _turned(tokens, place)
    after = tokens[at + 1 : at + 5]
    for place, word in enumerate(after):
        if word in ",;:.()":
            break
        if word == "or" and place + 1 < len(after):
            return 1 if after[place + 1] in AFTER_UP else -1 if after[place + 1] in AFTER_DOWN else 0
    return 0


def _turned(tokens: list[str], at: int) -> int:
    """1 where the comparison at `at` means more, -1 where it means less, with a negation right before it."""
    way, near = 1 if tokens[at] in UP or tokens[at] == "later" else -1, True
    for token in tokens[max(0, at - NEAR) : at][::-1]:
        if (token in NEGATIONS and near) or token == "no" or (near and token.endswith("n't")):
            return -way
        if token in ",;:.()":
            break
        near = near and token in BETWEEN  # but "no defendant pays more" reaches over its subject
    return way


def _counts(tokens: list[str]) -> bool:
    return any(token[0].isdigit() or token in NUMBER_WORDS for token in tokens)


def _opposed(one: set[int], other: set[int]) -> bool:
    """Whether two sets of directions exclude each other. An unsaid direction agrees with either."""
    return 0 not in one and 0 not in other and one.isdisjoint(other)


def _swapped(said: frozenset[str], rule: frozenset[str], pairs: list[tuple[str, str]]) -> bool:
    """Whether one of a pair of opposites has taken the other's place."""
    return any(
        (a in rule and b in said and a not in said and b not in rule)
        or (b in rule and a in said and b not in said and a not in rule)
        for a, b in pairs
    )
