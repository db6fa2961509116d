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

NEAR = 5  # words between a comparison and its number
SAME_ORDER = 0.5  # share of a rule's neighbouring words from which a sentence is close to the rule's own wording
SAME_WORDS = 0.8  # from which it is the rule's own, and is held to every word of it

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|[,;:.()]")
_NEGATIONS = frozenset(["not", "no", "never", "neither", "nor", "none", "cannot", "nobody", "nothing", "fails", "fail"])
_NEGATIONS |= {"un"}  # of "unlikely", taken apart
_OPPOSITES = {
    "unlikely": "likely", "irrevocable": "revocable", "unenforceable": "enforceable", "inadmissible": "admissible",
    "invalid": "valid", "ineligible": "eligible", "untimely": "timely", "ineffective": "effective",
    "unnecessary": "necessary", "improper": "proper", "unable": "able", "lacks": "has", "lack": "has",
}  # fmt: skip
# A clause ends before each of these.
_CLAUSES = frozenset(
    ["if", "where", "when", "which", "that", "who", "whom", "because", "although", "though", "but", "while", "since",
     "and", "or", "as", "so", "unless", "until", "except", "whether", "before", "after", "than", "despite"]
)  # fmt: skip
_EXCEPTIONS = frozenset(
    ["unless", "until", "except", "without", "before", "beyond", "only"]
)  # "not enforceable unless"
_UP = frozenset(["more", "exceed", "exceeds", "exceeding", "exceeded", "over", "above", "least", "minimum", "greater"])
_UP |= frozenset(["beyond", "larger", "longer", "higher"])
_DOWN = frozenset(["less", "fewer", "under", "below", "most", "maximum", "within", "smaller", "shorter", "lower"])
_COMPARING = frozenset(["more", "less", "fewer", "longer", "later", "earlier", "exceed", "exceeds", "exceeding", "greater",
                        "higher", "larger", "beyond", "within"])  # fmt: skip
_AFTER_UP, _AFTER_DOWN = frozenset(["more", "greater", "over", "above"]), frozenset(["less", "fewer", "under", "below"])
_MUST = frozenset(["must", "shall"])
_MAY = frozenset(["may", "can", "could", "might"])
_HELPERS = frozenset(["need", "needs", "needed", "required", "require", "requires", "make", "makes", "made", "take"])
# A sentence in the rule's own words that has one of a pair where the rule has the other turns it round.
_PAIRS = [
    tuple(pair.split())
    for pair in (
        "more less", "more fewer", "least most", "before after", "above below", "over under", "within outside",
        "always never", "include exclude", "includes excludes", "included excluded", "forward backward", "earlier later",
        "all none", "lost kept", "reduces increases", "larger smaller", "only even", "valid void", "unless if",
        "bound free", "bars allows", "prohibited allowed", "prohibits permits", "without with", "must need", "any no",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Polarity:
    """What a text denies and how far.

    `words`: stem to the ways in which it occurs (True: in a clause that is denied). `heads`: stems right behind a
    negation. `numbers`: value to directions (1 more, -1 less, 0 unsaid); "" stands for what is no number. `required`
    and `allowed`: stems right behind "must" and "may". `pairs`: neighbouring stems.
    """

    words: Mapping[str, set[bool]]
    heads: frozenset[str]
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
    head: str = ""
    awaits_head: bool = False
    open: bool = False  # an exception, which may stand for either


def polarity(text: str) -> Polarity:
    """What the text denies and which way its numbers run. Linear in its length."""
    tokens = [word for token in _TOKEN.findall(text.lower().replace("’", "'")) for word in _opened(token)]
    clauses, numbers = [_Clause()], {}
    modal, modals = "", {True: set[str](), False: set[str]()}
    for at, token in enumerate(tokens):
        clause = clauses[-1]
        if token in ",;:.()" or token in _CLAUSES:
            first = not any([earlier.stems for earlier in clauses[:-1]])  # "Unless he objects, …"
            excepted = clause.open and token not in ";." and not (first and token == ",")
            clauses.append(_Clause(open=excepted or token in ("unless", "except")))
            modal = ""
        elif _denies(tokens, at):
            clause.denied = not (clause.awaits_head and clause.denied)  # "not unlikely"
            clause.awaits_head = True
            if token == "nothing" and clause.stems:
                clause.head = clause.stems[-1]
        elif token in _MUST or token in _MAY:
            modal = token
        elif token[0].isdigit() or token in NUMBER_WORDS:
            value = NUMBER_WORDS.get(token, token.replace(",", ""))
            numbers.setdefault(value, set()).add(_direction(tokens, at))
        elif stem := stem_of(token):
            clause.stems.append(stem)
            if token not in _HELPERS:
                if clause.awaits_head:
                    clause.head, clause.awaits_head = stem, False
                if modal:
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
    turned = {stem for stem in shared if said.words[stem].isdisjoint(rule.words[stem])}
    numbers = any(_opposed(said.numbers[n], rule.numbers[n]) for n in said.numbers.keys() & rule.numbers.keys())
    heads = turned & (said.heads | rule.heads)
    same = len(said.pairs & rule.pairs) / (len(rule.pairs) or 1)
    if same >= SAME_ORDER:
        modals = said.allowed & rule.required | said.required & rule.allowed
        denied_by_both = {stem for stem in modals if True in said.words[stem] and True in rule.words[stem]}
        swapped = _swapped(said.tokens, rule.tokens)
        return bool(heads or numbers or modals - turned - denied_by_both or swapped or (turned and same >= SAME_WORDS))
    both = sum(True in said.words[stem] and True in rule.words[stem] for stem in shared)
    return numbers != bool(heads and len(turned) > both)


def _gathered(clauses: list[_Clause], numbers: dict[str, set[int]], modals: dict[bool, set[str]], tokens: list[str]):
    words: dict[str, set[bool]] = {}
    for clause in clauses:
        for stem in clause.stems:
            words.setdefault(stem, set()).update((True, False) if clause.open else (clause.denied,))
    order = [stem for clause in clauses for stem in clause.stems]
    return Polarity(
        words=words,
        heads=frozenset(clause.head for clause in clauses if clause.head and not clause.open),
        numbers=numbers,
        required=frozenset(modals[True]),
        allowed=frozenset(modals[False]),
        pairs=frozenset(itertools.pairwise(order)),
        tokens=frozenset(tokens),
    )


def _opened(token: str) -> list[str]:
    return ["un", _OPPOSITES[token]] if token in _OPPOSITES else [token]


def _denies(tokens: list[str], at: int) -> bool:
    """Whether the word at `at` denies its clause: not "or not", "not only", "not later than", "not … unless"."""
    word, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else "."
    if word not in _NEGATIONS and not word.endswith("n't"):
        return word == "other" and following == "than"
    if word in ("un", "fail", "fails", "nothing"):
        return True
    if tokens[max(0, at - 1) : at] == ["or"]:
        return False
    if following in _CLAUSES or following in ("only", "by", "on", "from", "to") or following.endswith("ing"):
        return False
    for token in tokens[at + 1 : at + 14]:
        if token in _COMPARING or token in _EXCEPTIONS:
            return False
        if token in ",;:.()" or token in _CLAUSES:
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
        way = 1 if word in _UP else -1 if word in _DOWN or word == "later" else 0
        if way:
            denied = any(token in _NEGATIONS or token.endswith("n't") for token in tokens[max(0, place - 4) : place])
            return (-1 if word == "later" else -way) if denied else (1 if word == "later" else way)
    after = tokens[at + 1 : at + 5]
    for place, word in enumerate(after):
        if word in ",;:.()":
            break
        if word == "or" and place + 1 < len(after):
            return 1 if after[place + 1] in _AFTER_UP else -1 if after[place + 1] in _AFTER_DOWN else 0
    return 0


def _opposed(one: set[int], other: set[int]) -> bool:
    """Whether two sets of directions exclude each other. An unsaid direction agrees with either."""
    return 0 not in one and 0 not in other and one.isdisjoint(other)


def _swapped(said: frozenset[str], rule: frozenset[str]) -> bool:
    """Whether one of a pair of opposites has taken the other's place."""
    return any(
        (a in rule and b in said and a not in said and b not in rule)
        or (b in rule and a in said and b not in said and a not in rule)
        for a, b in _PAIRS
    )
