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

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grpo_legal.rewards.reading import NUMBER_WORDS, stem_of

BEHIND = 2  # words of substance that a negation stands right before
NEAR = 5  # words between a comparison and its number
SAME_ORDER = 0.5  # share of a rule's neighbouring words from which a sentence is close to the rule's own wording
SAME_WORDS = 0.8  # from which it is the rule's own, and is held to every word of it

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|[,;:.()]")
_NEGATIONS = frozenset(["not", "no", "never", "neither", "nor", "none", "cannot", "nobody", "nothing", "fails", "fail"])
_NEGATIONS |= {"un"}  # of "unlikely", taken apart
_OPPOSITES = {
    "unlikely": "likely", "irrevocable": "revocable", "unenforceable": "enforceable", "inadmissible": "admissible",
    "invalid": "valid", "ineligible": "eligible", "untimely": "timely", "ineffective": "effective",
    "unnecessary": "necessary", "improper": "proper", "unable": "able", "lacks": "has",
}  # fmt: skip
# A clause ends before each of these.
_CLAUSES = frozenset(
    ["if", "where", "when", "which", "that", "who", "whom", "because", "although", "though", "but", "while", "since",
     "and", "or", "as", "so", "unless", "until", "except", "whether", "before", "after", "than", "despite"]
)  # fmt: skip
_EXCEPTIONS = frozenset(["unless", "until", "except", "without", "before"])  # "not enforceable unless"
_UP = frozenset(["more", "exceed", "exceeds", "exceeding", "exceeded", "over", "above", "least", "minimum", "greater"])
_UP |= frozenset(["beyond", "larger", "longer", "higher"])
_DOWN = frozenset(["less", "fewer", "under", "below", "most", "maximum", "within", "smaller", "shorter", "lower"])
_COMPARING = _UP | _DOWN | {"later"} - {"within", "under", "over", "above", "below"}
# What may stand between a negation and the comparison that it turns: "does not need to exceed", "never for more than".
_BETWEEN = frozenset(
    ["be", "for", "to", "need", "needs", "have", "has", "in", "any", "case", "a", "the", "at", "by", "of"]
)
_SIZES = _UP | _DOWN
_AFTER_UP, _AFTER_DOWN = frozenset(["more", "greater", "over", "above"]), frozenset(["less", "fewer", "under", "below"])
_TURNING = _NEGATIONS | _UP | _DOWN | {"only", "without", "all", "any", "always"}
_MUST = frozenset(["must", "shall"])
_MAY = frozenset(["may", "can", "could", "might"])
_HELPERS = frozenset(["need", "needs", "needed", "required", "require", "requires", "make", "makes", "made", "take"])
# A sentence in the rule's own words that has one of a pair where the rule has the other turns it round.
_PAIRS = [
    tuple(pair.split())
    for pair in (
        "more less", "more fewer", "least most", "before after", "above below", "over under", "within outside",
        "always never", "include exclude", "includes excludes", "included excluded", "forward backward", "earlier later",
        "all none", "lost kept", "reduces increases", "larger smaller", "only even", "valid void",
        "bound free", "bars allows", "prohibited allowed", "prohibits permits", "without with", "must need", "any no",
    )
]  # fmt: skip

_ALL_PAIRS = [*_PAIRS, ("unless", "if")]  # in another wording "if … not" says the same as "unless"


@dataclass(frozen=True, slots=True)
class Polarity:
    """What a text denies and how far.

    `words`: stem to the ways in which it occurs (True: in a clause that is denied). `heads`: stems right behind a
    negation. `numbers`: value to directions (1 more, -1 less, 0 unsaid); "" stands for what is no number. `required`
    and `allowed`: stems right behind "must" and "may". `pairs`: neighbouring stems.
    """

    words: Mapping[str, set[bool]]
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
        self.denied = not (self.awaits and self.denied)  # "not unlikely"
        self.awaits = 1 if word == "un" else BEHIND
        self.plain = self.plain or word != "un"
        if word == "nothing":  # "recovers nothing"
            self.heads += self.stems[-1:]

    def add(self, stem: str, helper: bool = False) -> None:
        self.stems.append(stem)
        if self.awaits and not helper:
            self.heads.append(stem)
            self.awaits -= 1


def polarity(text: str) -> Polarity:
    """What the text denies and which way its numbers run. Linear in its length."""
    tokens = _TOKEN.findall(text.lower().replace("’", "'"))
    if not _OPPOSITES.keys().isdisjoint(tokens):
        tokens = [word for token in tokens for word in _opened(token)]
    clauses, numbers, begun = [_Clause()], {}, False
    modal, modals = "", {True: set[str](), False: set[str]()}
    for at, token in enumerate(tokens):
        clause = clauses[-1]
        if token in ",;:.()" or token in _CLAUSES:
            begun = begun or bool(clause.stems and not clause.open)
            excepted = clause.open and token not in ";." and (begun or token != ",")  # but "Unless he objects, …"
            clause.excepted |= token in _EXCEPTIONS
            clauses.append(_Clause(open=excepted or token in ("unless", "except")))
            modal = ""
        elif token in _EXCEPTIONS:
            clause.excepted = True
        elif token == "other" and tokens[at + 1 : at + 2] == ["than"] and clause.stems:
            stem = clause.stems.pop()  # "made other than at the trial" denies this word alone
            clauses[-1:] = [_Clause([stem], denied=True), clause]
        elif (token in _NEGATIONS or token.endswith("n't")) and _denies(tokens, at):
            clause.deny(token)
        elif token in _MUST or token in _MAY:
            modal = token
        elif token[0].isdigit() or token in NUMBER_WORDS:
            value = NUMBER_WORDS.get(token, token.replace(",", ""))
            numbers.setdefault(value, set()).add(_direction(tokens, at))
            clause.add(value)
        elif token in _SIZES and tokens[at + 1 : at + 2] == ["than"] and not _counts(tokens[at + 2 : at + 5]):
            numbers.setdefault("", set()).add(_turned(tokens, at))
        elif stem := stem_of(token):
            clause.add(stem, token in _HELPERS)
            if token not in _HELPERS and modal:
                modals[modal in _MUST].add(stem)
                modal = ""
    return _gathered(clauses, numbers, modals, tokens)


def contradicts(said: Polarity, rule: Polarity) -> bool:
    """Whether a sentence says the opposite of the rule whose words it shares.

    A number that the two compare in opposite directions contradicts, and so does a word behind a negation which the
    other has without one, where more of the shared words are turned than are denied by both; one of each cancel
    ("less than half may recover" is "half or more recovers nothing"). A sentence in the rule's own words
    (`SAME_ORDER`) is held to each of these, to its modal verbs and to pairs of opposites.
    """
    shared = said.words.keys() & rule.words.keys()
    turned = {stem for stem in shared if said.words[stem].isdisjoint(rule.words[stem])} - (
        said.excepted ^ rule.excepted
    )
    numbers = any(_opposed(said.numbers[n], rule.numbers[n]) for n in said.numbers.keys() & rule.numbers.keys())
    if numbers and said.negates != rule.negates and not is_own(said, rule):
        return False  # "with fewer than 15 it is not one" for "with 15 or more it is one"
    heads = turned & (said.heads | rule.heads)
    same = _same(said, rule)
    if same >= SAME_ORDER:
        modals = said.allowed & rule.required | said.required & rule.allowed
        denied_by_both = {stem for stem in modals if True in said.words[stem] and True in rule.words[stem]}
        swapped = _swapped(said.tokens, rule.tokens, _PAIRS if same < SAME_WORDS else _ALL_PAIRS)
        if heads or numbers or modals - turned - denied_by_both or swapped:
            return True
        return is_own(said, rule) and bool(turned or said.turns != rule.turns)
    both = sum(said.words[stem] == rule.words[stem] == {True} for stem in shared)
    agreed = any(said.words[stem] == rule.words[stem] == {True} for stem in said.heads & rule.heads)
    return numbers != bool(heads and not agreed and len(turned) > both)


def is_own(said: Polarity, rule: Polarity) -> bool:
    """Whether a sentence is the rule in the rule's own words, or nearly."""
    return _same(said, rule) >= SAME_WORDS and len(said.pairs) <= len(rule.pairs) / SAME_WORDS


def _same(said: Polarity, rule: Polarity) -> float:
    return len(said.pairs & rule.pairs) / (len(rule.pairs) or 1)


def _gathered(clauses: list[_Clause], numbers: dict[str, set[int]], modals: dict[bool, set[str]], tokens: list[str]):
    words: dict[str, set[bool]] = {}
    for clause in clauses:
        for stem in clause.stems:
            words.setdefault(stem, set()).update((True, False) if clause.open else (clause.denied,))
    order = [stem for clause in clauses for stem in clause.stems]
    return Polarity(
        words=words,
        heads=frozenset(stem for clause in clauses if not clause.open for stem in clause.heads),
        excepted=frozenset(stem for clause in clauses if clause.excepted and clause.plain for stem in clause.stems),
        turns=tuple(sorted(token for token in tokens if token in _TURNING or token.endswith("n't"))),
        numbers=numbers,
        required=frozenset(modals[True]),
        allowed=frozenset(modals[False]),
        negates=any(clause.denied for clause in clauses),
        pairs=frozenset(itertools.pairwise(order)),
        tokens=frozenset(tokens),
    )


def _opened(token: str) -> list[str]:
    return ["un", _OPPOSITES[token]] if token in _OPPOSITES else [token]


def _denies(tokens: list[str], at: int) -> bool:
    """Whether the negation at `at` denies its clause: not "or not", "not only", "not later than", "not … unless"."""
    word, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else "."
    if word in ("un", "fail", "fails", "nothing"):
        return True
    if tokens[max(0, at - 1) : at] == ["or"]:
        return False
    if following in _CLAUSES or following in ("only", "by", "on", "from", "to") or following.endswith("ing"):
        return False
    for place in range(at + 1, min(at + 1 + NEAR, len(tokens))):
        following = tokens[place]
        if following in _COMPARING:
            # The negation turns the comparison; but "no longer firm" is a denial.
            return following == "longer" and tokens[place + 1 : place + 2] != ["than"]
        if following not in _BETWEEN:
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
        if word in _COMPARING or word in _DOWN or word in _UP:
            return _turned(tokens, place)
    after = tokens[at + 1 : at + 5]
    for place, word in enumerate(after):
        if word in ",;:.()":
            break
        if word == "or" and place + 1 < len(after):
            return 1 if after[place + 1] in _AFTER_UP else -1 if after[place + 1] in _AFTER_DOWN else 0
    return 0


def _turned(tokens: list[str], at: int) -> int:
    """1 where the comparison at `at` means more, -1 where it means less, with a negation right before it."""
    way, near = 1 if tokens[at] in _UP or tokens[at] == "later" else -1, True
    for token in tokens[max(0, at - NEAR) : at][::-1]:
        if (token in _NEGATIONS and near) or token == "no" or (near and token.endswith("n't")):
            return -way
        if token in ",;:.()":
            break
        near = near and token in _BETWEEN  # but "no defendant pays more" reaches over its subject
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
