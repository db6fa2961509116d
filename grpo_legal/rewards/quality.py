"""`legal_quality`: does the text read like a lawyer's: terms, structure, analysis, citations?

This is what a reward of key words meant to measure, for those who want it. What differs: whole words ("success" has
no UCC in it), every part is full at a low count, and a sentence counts only if it is prose and not taken from the
question. It still cannot see whether the law is right, so it is paid on a right answer only and weighs little.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from grpo_legal.schema import PromptStyle, completion_text

FULL = {"terms": 4, "structure": 3, "analysis": 2, "citations": 1}  # different ones: more earn nothing
UNGROUNDED = 0.2  # the most that a text earns whose prose is not about the facts
MIN_FACTS = 3  # different content words of the facts and the question in the prose
MIN_PROSE = 0.5  # share of the words that stand in sentences which count
SENTENCE = (4, 120)  # words; less says nothing, more is a list
GLUE_SHARE = (0.15, 0.75)  # of the words of a sentence; English prose has about .35, a list of key words none
COPIED = 0.6  # share of a sentence's rows of `ROW` words that stand in the facts or the question; more is an echo
ROW = 4
MAX_CHARACTERS = 100_000  # a longer text is no brief, and is not looked at

_WORD = re.compile(r"[^\W\d_]{2,}|[0-9]{2,}")  # of "Fed. R. Civ. P. 6(a)(1)" two words, so that a citation leaves prose
# No sentence ends in an abbreviation ("Cal. Prob. Code"): four small letters, digits or brackets stand before the stop.
_SENTENCE = re.compile(r"(?<=[a-z0-9()]{4}[.!?])\s+(?=[^\W\d_a-z])|\n+")
# What holds English prose together; connectives stand apart, since lists of key words are full of them.
_GLUE_WORDS = """
    a about after all also an and any are as at be been before being between both but by can could did do does each
    either for from had has have he her him his how if in into is it its more most neither no nor not of on only or
    other out over she some such than that the their them then there these they this those to was we were what when
    where which while who whom whose will with yes you"""
_GLUE = frozenset(_GLUE_WORDS.split())
_CONNECTIVES = """
    although because here must should since so therefore though thus under until upon whether within without would"""
_FUNCTION = _GLUE | frozenset(_CONNECTIVES.split())
_SINGULAR = """accept acceptance accepted accredited acquiring acquisition action agreement allegation amount appeal appellant
    applicant assent asset authority bankruptcy breach burden cause charge citizen citizenship claim commission
    common complaint consent consideration contract contractual controller controversy conviction counsel
    counteroffer court covered creditor custodial custody damage damages data deadline debtor decedent declarant
    deduction deed defendant defense dependent descendant diligence discharge discrimination discriminatory
    distribution diversity domicile duty effect eligibility eligible employee employer enforceable entry equity
    estate evidence exception exempt exemption fault federal file filed filing goods gross hearsay heir holding
    holiday immunity income injury insolvency insolvent intent interest interrogation intestacy intestate investor
    irrevocable issuer judgment jurisdiction jurisdictional jury knowledge law lawful lease leave legal liability
    liable limitation mailbox matter merchant motion negligence negligent notice notification notify obligation
    offer offeree offering offeror party payment penalty per performance period personal plaintiff pleading power
    preference premerger presumption probate proceeding proceedings processor promise property prove proximate
    purchaser reasonable recovery reject rejection relief remand remedy removal requirement rescission revocable
    revocation revoke revoked right rule sale securitie security serve served service settlement share signed
    sovereign spouse standing state statement statute statutory stirpes sue sued suit supervisory supplemental
    surviving suspect tax taxable tenant term testator testimony threshold title tolled tolling tort transaction
    transfer transferee trial trust truth unenforceable unsecured valid verdict vest void voidable voting waive
    waived waiver warning warrant worksite writing"""
_TERMS = frozenset(form for word in _SINGULAR.split() for form in (word, f"{word}s"))
_ANALYSIS_WORDS = """
    accordingly although applies apply because but consequently despite even except hence here however if instead
    nevertheless not only otherwise provided since so still therefore though thus unless until when whereas whether
    while within without"""
_ANALYSIS = frozenset(_ANALYSIS_WORDS.split())
_PARTS = (
    ("issue", "question", "whether"),
    ("rule", "law", "under", "standard", "statute", "section"),
    ("application", "analysis", "here", "applying", "facts"),
    ("conclusion", "therefore", "thus", "accordingly", "hence", "holding"),
)
_CITATION = re.compile(
    r"§|\b[0-9]{1,4} (?:U\.\s?S\.|F\.|S\. ?Ct\.|Cal\.|N\.E\.|P\.|A\.|So\.|N\.W\.|S\.W\.|S\.E\.|C\.F\.R)"
    r"|\bFed\. ?R\. ?[A-Z]|\b(?:UCC|U\.C\.C\.|[Rr]ules?|[Aa]rt(?:icle|\.)|[Ss]ection|Restatement|Reg\.)\s[(0-9]"
    r"|\b[A-Z][\w.'’-]{1,30} v\. [A-Z]"
)


def legal_quality(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    style: Sequence[PromptStyle],
    authorities: Sequence[Sequence[str]] | None = None,
    **columns: Any,
) -> list[float]:
    """The mean of terms, structure, analysis and citations, each full at the low count in `FULL`. In [0, 1].

    Only prose counts: sentences with function words that are not copied from the question. Where they make up less
    than half of the text, or take up fewer than `MIN_FACTS` words of the case, at most `UNGROUNDED` is paid. A
    citation is one by its form, or one of the row's `authorities`. 0.0 for style "short". Source: the keyword reward of
    a public attempt at this task, made hard to feed.

    >>> told = "Under UCC 2-205 the signed offer of a merchant is irrevocable. Here Lee signed the letter to him, thus Ruiz may accept."
    >>> row = {"facts": ["Lee signed a letter to Ruiz about 400 chairs."], "question": ["Was it open?"]}
    >>> [legal_quality([text], **row, style=["reasoned"])[0] for text in (told, "law court rule § 1")]
    [1.0, 0.0]
    """
    cited = authorities if authorities is not None else [()] * len(completions)
    return [
        0.0 if s == "short" else _quality(completion_text(c), _case(f or "", q or ""), a or ())
        for c, f, q, s, a in zip(completions, facts, question, style, cited, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    """Content words and rows of words of the facts and the question."""

    words: frozenset[str]
    rows: frozenset[tuple[str, ...]]


@functools.lru_cache(maxsize=1024)
def _case(facts: str, question: str) -> _Case:
    told = [_WORD.findall(text.lower()) for text in (facts, question)]
    return _Case(frozenset(told[0] + told[1]) - _FUNCTION, frozenset(row for words in told for row in _rows(words)))


def _quality(text: str, case: _Case, authorities: Sequence[str]) -> float:
    if len(text) > MAX_CHARACTERS:
        return 0.0
    prose: set[str] = set()
    counted: list[str] = []
    good = total = 0
    for sentence in dict.fromkeys(_SENTENCE.split(text)):  # each once
        words = _WORD.findall(sentence.lower())
        total += len(words)
        if _is_prose(words, case):
            good += len(words)
            prose.update(words)
            counted.append(sentence)
    if not good:
        return 0.0
    mean = _mean(prose, "\n".join(counted), authorities)
    return mean if good >= MIN_PROSE * total and len(prose & case.words) >= MIN_FACTS else UNGROUNDED * mean


def _mean(words: Set[str], text: str, authorities: Sequence[str]) -> float:
    found = {
        "terms": len(words & _TERMS),
        "structure": sum(not words.isdisjoint(part) for part in _PARTS),
        "analysis": len(words & _ANALYSIS),
        "citations": int(any(a in text for a in authorities) or _CITATION.search(text) is not None),
    }
    return sum(min(1.0, found[part] / full) for part, full in FULL.items()) / len(FULL)


def _is_prose(words: Sequence[str], case: _Case) -> bool:
    if not SENTENCE[0] <= len(words) <= SENTENCE[1]:
        return False
    low, high = GLUE_SHARE
    if not low <= sum(map(_GLUE.__contains__, words)) / len(words) <= high:
        return False
    rows = _rows(words)
    return sum(map(case.rows.__contains__, rows)) <= COPIED * len(rows)


def _rows(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every `ROW` words in a row."""
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))
