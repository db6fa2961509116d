"""`no_hedging`: does the conclusion commit to one answer?

Only the conclusion and the answer line are read for hedges: a rule may well say that a party "may" withdraw or "could
foresee" a loss, and "reasonable" is a term of art everywhere. So "may", "could", "should", "reasonable" and "more
likely than not" are no hedges in any place. To sit on the fence outright counts wherever it is done.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grpo_legal.schema import completion_text

TAIL = 300  # characters: where there is no heading, the conclusion is looked for in these
PAID = (1.0, 0.5)  # for no hedge, for one; more are worth nothing

_FENCE = (
    "could go either way", "can go either way", "could be decided either way", "it depends", "yes and no",
    "both yes and no", "neither yes nor no", "hard to say", "difficult to say", "a coin toss", "a toss-up",
)  # fmt: skip
_HEDGE = (
    "perhaps", "maybe", "possibly", "presumably", "arguably", "conceivably", "probably", "might", "may or may not",
    "will likely", "would likely", "most likely", "very likely", "quite likely", "seems", "seemingly", "appears to be",
    "it appears", "i think", "i believe", "i guess", "in my opinion", "not sure", "not certain", "uncertain", "unclear",
    "not clear", "not entirely clear", "close call", "close question", "on the other hand", "on the one hand",
    "could be argued", "one could argue", "some would argue", "either way", "to some extent", "not necessarily",
    "depends on how", "depends on whether", "depends on the court", "depends on the judge", "yes or no",
)  # fmt: skip
_CONCLUSION = re.compile(
    r"^[\s#*_>0-9.()ivx-]{0,12}(?:conclusions?|holding)\b|^(?:therefore|thus|in conclusion)\b", re.M
)


def no_hedging(
    completions: Sequence[Any], *, labels: Sequence[Sequence[str]] | None = None, **columns: Any
) -> list[float]:
    """1.0 for a conclusion without a hedge, 0.5 with one, 0.0 with more, or if the text is empty.

    The conclusion is what follows the last heading "Conclusion" or line that starts with "Therefore" or "Thus", else
    the last `TAIL` characters; the answer line belongs to it. A phrase that is in one of the row's `labels`
    ("Unclear") is an answer and no hedge. In [0, 1]. Source: hedge cues of the CoNLL-2010 shared task
    (Farkas et al., W10-3001), without those that are terms of art in law.

    >>> told = ["Conclusion: Lee may withdraw the offer.\\nAnswer: Yes", "Perhaps so; a close call.\\nAnswer: Yes"]
    >>> no_hedging(told)
    [1.0, 0.0]
    """
    named = labels if labels is not None else [()] * len(completions)
    return [_commitment(completion_text(c), own or ()) for c, own in zip(completions, named, strict=True)]


def _commitment(text: str, labels: Sequence[str]) -> float:
    if not text or text.isspace():
        return 0.0
    text = text.lower()
    starts = [match.end() for match in _CONCLUSION.finditer(text)]
    end = text[starts[-1] :] if starts else text[-TAIL:]
    found = {phrase for phrase in _FENCE if phrase in text} | {phrase for phrase in _HEDGE if phrase in end}
    if not found:
        return PAID[0]
    answers = " | ".join(labels).lower()
    count = sum(_times(phrase, text if phrase in _FENCE else end) for phrase in found if phrase not in answers)
    return PAID[count] if count < len(PAID) else 0.0


def _times(phrase: str, text: str) -> int:
    """How often the phrase stands in `text` as whole words."""
    return len(re.findall(rf"(?<!\w){phrase}(?!\w)", text))
