"""Whether the terms of a text stand beside the terms that they belong with, or are tossed together.

A salad of the right terms in the right grammar ("Orbit employs Monday in the course of the frolic") can meet patterns
by chance. It gives itself away by its neighbours: in an answer, right or wrong, two terms of the question that follow
one another mostly stand together in some sentence of the question or of its perfect answer as well; in a salad they
come from anywhere. Measured over a whole text this share is about 0.65 to 1 for what people write on a question and
0.15 to 0.6 for salads of its terms (`tests/rubric_texts.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from grpo_legal.rubric.question import Question
from grpo_legal.rubric.sentences import Sentence, read

# Shares below which a text counts for nothing and from which on it counts in full: with the right conclusion drawn …
CONCLUDED = (0.55, 0.65)
UNDECIDED = (0.62, 0.72)  # … and without it: what leads nowhere must hold together better


def coherence(question: Question, sentences: Iterable[Sentence]) -> float:
    """The share, 0 to 1, of neighbouring terms of the question that stand together there too; 0 where there are none.

    Neighbours are content words with no other term of the question between them, in one sentence; a word counts as a
    term if the question or its perfect answer has it, by stem.
    """
    home = _homes(question)
    together = pairs = 0
    for sentence in sentences:
        terms = [w.stem for w in sentence.words if w.stem in home]
        for left, right in pairwise(terms):
            if left != right:
                pairs += 1
                together += not home[left].isdisjoint(home[right])
    return together / pairs if pairs else 0.0


def trust(question: Question, sentences: Iterable[Sentence], concluded: bool) -> float:
    """The factor, 0 to 1, by which a text of this coherence counts."""
    low, high = CONCLUDED if concluded else UNDECIDED
    return min(1.0, max(0.0, (coherence(question, sentences) - low) / (high - low)))


@lru_cache(maxsize=256)
def _homes(question: Question) -> dict[str, frozenset[int]]:
    """For each term, the numbers of the sentences of question and perfect answer that hold it."""
    homes: dict[str, set[int]] = {}
    for i, sentence in enumerate(read(question.question) + read(question.gold)):
        for word in sentence.words:
            homes.setdefault(word.stem, set()).add(i)
    return {term: frozenset(found) for term, found in homes.items()}
