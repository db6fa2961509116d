"""The words that turn a sentence of law: negations, comparisons, modal verbs, exceptions and pairs of opposites."""

from __future__ import annotations

from grpo_legal.rewards.words import NUMBER_WORDS

NEGATIONS = frozenset(["not", "no", "never", "neither", "nor", "none", "cannot", "nobody", "nothing", "fails", "fail"])
NEGATIONS |= {"un"}  # of "unlikely", taken apart
OPPOSITES = {
    "unlikely": "likely", "irrevocable": "revocable", "unenforceable": "enforceable", "inadmissible": "admissible",
    "invalid": "valid", "ineligible": "eligible", "untimely": "timely", "ineffective": "effective",
    "unnecessary": "necessary", "improper": "proper", "unable": "able", "lacks": "has",
}  # fmt: skip
# A clause ends before each of these.
CLAUSES = frozenset(
    ["if", "where", "when", "which", "that", "who", "whom", "because", "although", "though", "but", "while", "since",
     "and", "or", "as", "so", "unless", "until", "except", "whether", "before", "after", "than", "despite"]
)  # fmt: skip
EXCEPTIONS = frozenset(["unless", "until", "except", "without", "before"])  # "not enforceable unless"
UP = frozenset(["more", "exceed", "exceeds", "exceeding", "exceeded", "over", "above", "least", "minimum", "greater"])
UP |= frozenset(["beyond", "larger", "longer", "higher"])
DOWN = frozenset(["less", "fewer", "under", "below", "most", "maximum", "within", "smaller", "shorter", "lower"])
COMPARING = (UP | DOWN | {"later"}) - {"within", "under", "over", "above", "below"}
# What may stand between a negation and the comparison that it turns: "does not need to exceed", "never for more than".
BETWEEN = frozenset(
    ["be", "for", "to", "need", "needs", "have", "has", "in", "any", "case", "a", "the", "at", "by", "of"]
)
SIZES = UP | DOWN
# Behind a number: "15 or more", "50 percent or less".
AFTER_UP = frozenset(["more", "greater", "over", "above"])
AFTER_DOWN = frozenset(["less", "fewer", "under", "below"])
TURNING = NEGATIONS | UP | DOWN | {"only", "without", "all", "any", "always"}
MUST = frozenset(["must", "shall"])
MAY = frozenset(["may", "can", "could", "might"])
HELPERS = frozenset(["need", "needs", "needed", "required", "require", "requires", "make", "makes", "made", "take"])
KINDS = {
    **dict.fromkeys(NUMBER_WORDS, "number"),
    **dict.fromkeys(HELPERS, "helper"),
    **dict.fromkeys(SIZES, "size"),
    **dict.fromkeys(MUST | MAY, "modal"),
    **dict.fromkeys(NEGATIONS, "negation"),
    **dict.fromkeys(EXCEPTIONS, "exception"),
    **dict.fromkeys(CLAUSES, "clause"),
    **dict.fromkeys(",;:.()", "clause"),
    "other": "other",
}
# A sentence in the rule's own words that has one of a pair where the rule has the other turns it round.
PAIRS: list[tuple[str, str]] = [
    (pair.split()[0], pair.split()[1])
    for pair in (
        "more less", "more fewer", "least most", "before after", "above below", "over under", "within outside",
        "always never", "include exclude", "includes excludes", "included excluded", "forward backward", "earlier later",
        "all none", "lost kept", "reduces increases", "larger smaller", "only even", "valid void",
        "bound free", "bars allows", "prohibited allowed", "prohibits permits", "without with", "must need", "any no",
    )
]  # fmt: skip

ALL_PAIRS = [*PAIRS, ("unless", "if")]  # in another wording "if … not" says the same as "unless"
