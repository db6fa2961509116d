"""A stand-in for the keyword reward that this project replaces, written from its description.

Clipped to -5 … 20: over 500 characters 3; 32 legal terms by substring, .3 each, at most 4; three of five IRAC words 3;
blank lines 1; list marks .5; anything like "2-205" counts as a statute and "x v. y" as a case; connectives; words of
a question. No term looks at the answer. The description gives no weights for the last three: these pay the list of
key words, an answer on UCC 2-205 and the empty text about what the old reward paid them (19.4, 7.9 and -5).
"""

from __future__ import annotations

import re

from grpo_legal.schema import completion_text

TERMS = (
    "statute", "precedent", "jurisdiction", "constitution", "contract", "negligence", "liability", "plaintiff",
    "defendant", "damages", "consideration", "breach", "equity", "tort", "remedy", "due process", "offer", "acceptance",
    "merchant", "hearsay", "diversity", "motion", "appeal", "injunction", "fiduciary", "scrutiny", "standard",
    "reasonable", "evidence", "ucc", "court", "holding",
)  # fmt: skip
IRAC = ("issue", "rule", "analysis", "application", "conclusion")
CONNECTIVES = ("because", "therefore", "however", "thus", "furthermore", "accordingly", "moreover", "consequently")
QUESTION_WORDS = ("what", "how", "why", "whether", "which", "when", "explain", "compare")


def old_keyword_reward(completions, **columns) -> list[float]:
    """In [-5, 20]."""
    return [_score(completion_text(completion)) for completion in completions]


def _score(text: str) -> float:
    low = text.lower()
    if not low.strip():
        return -5.0
    score = 3.0 * (len(text) > 500)
    score += min(0.3 * sum(term in low for term in TERMS), 4.0)
    score += 3.0 * (sum(word in low for word in IRAC) >= 3)
    score += 1.0 * ("\n\n" in text)
    score += 0.5 * bool(re.search(r"^\s{0,8}(?:\d\.|[-*])", text, re.M))
    score += 1.5 * bool(re.search(r"\d+-\d+|§", text)) + 1.5 * bool(re.search(r"\b\w+ v\. \w+", text))
    score += min(0.5 * sum(word in low for word in CONNECTIVES), 2.5)
    score += min(0.4 * sum(word in low for word in QUESTION_WORDS), 2.4)
    return max(-5.0, min(20.0, score))
