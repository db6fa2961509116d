"""How good a given answer is: all or nothing, but for lists, which earn the share that they have in common with gold.

>>> score_answer("mere continuation", "mere continuation; de facto merger", "list")
0.6666666666666666
>>> score_answer("29000.00", "27181.00", "amount", tolerance=0.1)
1.0
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grpo_legal.schema.kinds import AMOUNT_TOLERANCE, AnswerKind
from grpo_legal.schema.lists import SEPARATOR, list_items
from grpo_legal.schema.words import fold_name


def score_answer(
    given: str | None, gold: str, kind: AnswerKind, tolerance: float = 0.0, alternatives: Sequence[str] = ()
) -> float:
    """The worth of a canonical answer, in [0, 1]; None is worth nothing.

    amount: 1.0 within `AMOUNT_TOLERANCE` dollars or the share `tolerance` of the gold amount, whichever is more.
    list: F1 over the items, in any order, compared as names are (case, spacing and stops aside); an item given twice
    is one too many. text: 1.0 where it is, compared so, the gold text or one of its `alternatives`, whole: a text that
    lists several is none of them. Other kinds: 1.0 where it is the gold answer.
    """
    if given is None:
        return 0.0
    if kind == "amount":
        allowed = max(AMOUNT_TOLERANCE, tolerance * abs(float(gold)))
        return float(abs(float(given) - float(gold)) <= allowed + 1e-9)
    if kind == "list":
        shared, n_given, n_gold = list_counts(given, gold)
        return 2 * shared / (n_given + n_gold)
    if kind == "text":
        return float(fold_name(given) in {fold_name(form) for form in (gold, *alternatives)})
    return float(given == gold)


def is_correct(
    given: str | None, gold: str, kind: AnswerKind, tolerance: float = 0.0, alternatives: Sequence[str] = ()
) -> bool:
    """Whether the answer scores 1.0."""
    return score_answer(given, gold, kind, tolerance, alternatives) == 1.0


def list_counts(given: str | None, gold: str) -> tuple[int, int, int]:
    """How many items two canonical lists share, and how many each has: F1 = 2 · shared / (given + gold).

    A given list without a semicolon may have commas between its items, as LegalBench's own prompts show: then the gold
    items are looked for between the commas ("Acme, Inc., Ann Lee" is two), and whatever is left counts as wrong.
    """
    wanted = [fold_name(item) for item in list_items(gold)]
    if given is None:
        return 0, 0, len(wanted)
    if SEPARATOR not in given and "," in given and fold_name(given) not in wanted:
        return _between_commas(given, list_items(gold))
    items = [fold_name(item) for item in list_items(given)]
    return sum((Counter(items) & Counter(wanted)).values()), len(items), len(wanted)


def _between_commas(given: str, wanted: Sequence[str]) -> tuple[int, int, int]:
    pieces = [piece.removeprefix("and ") for piece in _pieces(given)]
    shared = 0
    for sought in sorted(map(_pieces, wanted), key=len, reverse=True):
        starts = range(len(pieces) - len(sought) + 1)
        at = next((i for i in starts if pieces[i : i + len(sought)] == sought), None)
        if at is not None:
            del pieces[at : at + len(sought)]
            shared += 1
    return shared, shared + len(pieces), len(wanted)


def _pieces(text: str) -> list[str]:
    return [folded for piece in text.split(",") if (folded := fold_name(piece))]
