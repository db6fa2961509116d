"""`calibrated_abstention`: is "the facts do not decide" said exactly where they don't?

A problem is undecided where its gold answer is a label that reads as an abstention ("Undetermined", "Cannot be
determined"). No generated family has such problems, so on them this is a plain incentive not to guess: with these
values a guess pays more than abstaining only if it is right with a probability above `ABSTAINED`. It judges the
answer, like correct_answer, so it is not gated by it; a right answer always gets 1.0, the most there is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from grpo_legal.rewards.correct import correct_answer
from grpo_legal.schema import MAX_ANSWER_LINE, YES_NO, AnswerKind, completion_text, final_answer_line

ABSTAINED = 0.3  # for saying so of a problem that the facts do decide; wrong and confident gets 0.0

_CANNOT = r"(?:can ?not|can't|could not|couldn't|can never) be"
_DO_NOT = r"(?:do not|don't|does not|doesn't|cannot|can not|can't)"
_KNOWN = r"(?:determined|decided|known|said|told|resolved|answered|settled|ascertained)"
_ABSTENTION = re.compile(
    r"(?:(?:the |this |it |that )?(?:(?:answer|outcome|result|question|issue|matter) )?(?:is |remains )?)"
    r"(?:undetermined|indeterminate|undecided|undecidable|unresolved|not determinable|not decidable|unclear|unknown"
    rf"|{_CANNOT} {_KNOWN}|impossible to (?:say|tell|know|determine|decide))\b"
    r"|(?:there (?:is|are) )?(?:not enough|insufficient|too few|too little) (?:facts?|information|evidence|data)\b"
    r"|(?:the )?(?:facts|information|evidence)(?: (?:given|stated|here|provided))? "
    rf"(?:{_DO_NOT} (?:decide|settle|say|tell|show|determine|suffice|resolve)|(?:is|are) (?:insufficient|not enough))\b"
    rf"|(?:i|we|one) {_DO_NOT} (?:know|tell|say|decide|determine)\b|(?:i |we )?abstain\b"
)


def calibrated_abstention(
    completions: Sequence[Any],
    *,
    kind: Sequence[AnswerKind],
    labels: Sequence[Sequence[str]],
    answer: Sequence[str],
    **columns: Any,
) -> list[float]:
    """Where the facts decide: 1.0 right, `ABSTAINED` abstaining, 0.0 wrong. Where they don't: 1.0 abstaining, else 0.0.

    Read from the final answer line alone. To abstain, the line must say so, in any usual wording, and name no other
    answer of the row's kind beside it: "Undetermined, but probably Yes" does not. No answer at all is worth 0.0.
    A list that is right in part earns its part, as from correct_answer. Source: the scoring rule that OpenAI's "Why Language Models Hallucinate" (arXiv 2509.04664) asks for, with a
    threshold of confidence of `ABSTAINED`.

    >>> told = ["Answer: Yes", "Answer: The facts do not decide.", "Answer: No"]
    >>> calibrated_abstention(told, kind=["yes_no"] * 3, labels=[["Yes", "No"]] * 3, answer=["Yes"] * 3)
    [1.0, 0.3, 0.0]
    >>> calibrated_abstention(told, kind=["label"] * 3, labels=[["Yes", "No", "Unclear"]] * 3, answer=["Unclear"] * 3)
    [0.0, 1.0, 0.0]
    """
    right = correct_answer(completions=completions, kind=kind, labels=labels, answer=answer, **columns)
    return [
        value if value > 0.0 else _abstained(completion_text(c), k, names or (), gold)
        for value, c, k, names, gold in zip(right, completions, kind, labels, answer, strict=True)
    ]


def is_abstention(text: str) -> bool:
    """Whether a label or an answer line opens with an abstention. At most `MAX_ANSWER_LINE` characters are read.

    >>> [is_abstention(t) for t in ("Cannot be determined", "The facts do not decide.", "Yes", "No")]
    [True, True, False, False]
    """
    plain = " ".join(unicodedata.normalize("NFC", text[:MAX_ANSWER_LINE]).replace("’", "'").lower().split())
    return _ABSTENTION.match(plain.lstrip("*_`\"'“‘(")) is not None


def _abstained(text: str, kind: AnswerKind, labels: Sequence[str], gold: str) -> float:
    """What an answer that is not right earns."""
    line = final_answer_line(text)
    if line is None or not is_abstention(line) or _names_an_answer(line, kind, labels):
        return 0.0
    return 1.0 if is_abstention(gold) else ABSTAINED


def _names_an_answer(line: str, kind: AnswerKind, labels: Sequence[str]) -> bool:
    """Whether another answer stands in the line: a digit for amounts and dates, a label that is no abstention."""
    decided = [label.lower() for label in (labels or (YES_NO if kind == "yes_no" else ())) if not is_abstention(label)]
    if not decided:
        return any(character.isnumeric() for character in line)
    return re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, decided))})(?!\w)", line.lower()) is not None
