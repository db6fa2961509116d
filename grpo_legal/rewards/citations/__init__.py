"""`citation_valid` and `citation_supported`: are there such citations, and are they those of this problem?

Neither sees whether the law is stated rightly: an invented rule with a real citation behind it passes both. So they
are paid on top of a right answer only (combine.gated).

    from grpo_legal.rewards.citations import citation_supported, citation_valid
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grpo_legal.rewards.citations.citation import Citation, names_agree, normal
from grpo_legal.rewards.citations.problem import Authorities, authorities_of
from grpo_legal.rewards.citations.reading import MAX_CHARACTERS, argued, citations_in
from grpo_legal.schema import completion_text

__all__ = ["MAX_CHARACTERS", "citation_faults", "citation_supported", "citation_valid"]

SIBLING_COSTS = 0.5  # the right section, another paragraph of it


def citation_valid(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    authorities: Sequence[Sequence[str]] | None = None,
    **columns: Any,
) -> list[float]:
    """The share of different citations that can be real, in [0, 1]; 0.0 without any.

    A decision can be real if eyecite reads it, its reporter has that volume and ran in that year (reporters-db), and
    the court in the brackets sat then and is reported there (courts-db). A case named without a reporter counts
    against the text, unless it is an authority, was given, or is cited in full beside it; "384 U.S. at 444" needs the
    full citation likewise. A statute, rule or section must be among those there are (limits.py). "Rule 6" counts if
    the authorities or the question tell of which book; "id." does not.
    Sentences copied from facts or question earn nothing, nor do texts that list rather than argue (reading.argued),
    nor those beyond `MAX_CHARACTERS`. An invented case in faultless form passes: it costs in `citation_supported`.

    >>> told = ["That was settled early by Mas v. Perry, 489 F.2d 1396 (5th Cir. 1974).", "See Elvis v. Presley, 1 U.S. 1 here."]
    >>> citation_valid(told, facts=["Ann sues Bob."] * 2, question=["May she?"] * 2)
    [1.0, 0.0]
    """
    rows = zip(completions, facts, question, authorities or [()] * len(completions), strict=True)
    return [_valid(completion_text(c), f, q, tuple(a or ())) for c, f, q, a in rows]


def citation_supported(
    completions: Sequence[Any],
    *,
    facts: Sequence[str],
    question: Sequence[str],
    authorities: Sequence[Sequence[str]] | None = None,
    **columns: Any,
) -> list[float]:
    """The problem's authorities that a text cites, less what it invents, in [-1, 1].

    (earned / most - invented / needed), within [-1, 1]. `needed` is 2, or the number of different sections and
    decisions among the authorities if that is 1: who cites the main ones gets 1.0. A citation supports an authority
    that it equals, is part of, or contains, from the section down: § 1332 and § 1332(a)(1) support each other,
    § 1332(b) and § 1332(a)(1) do not. Parties named beside a reporter must be the authority's.
    A section or decision earns 1, once, up to `needed`; those of which the question itself says as much earn half of
    `needed` at most, all together. `most` is what the authorities allow, so that 1.0 can be reached where the
    question leaves nothing to add.
    Invented is every different citation that is neither among the authorities nor mentioned in facts or question;
    another paragraph of the right section costs half.
    Sentences copied from facts or question earn nothing, nor do texts that list rather than argue (reading.argued);
    what they invent costs all the same. 0.0 without citations, without authorities that can be read, and beyond
    `MAX_CHARACTERS`.

    >>> told = ["Under 28 U.S.C. § 1332 the two must be citizens of different States.", "So says 12 U.S.C. § 9 as we all know."]
    >>> row = {"facts": ["Ann sues Bob."] * 2, "question": ["May she?"] * 2, "authorities": [["28 U.S.C. § 1332(a)(1)"]] * 2}
    >>> citation_supported(told, **row)
    [1.0, -1.0]
    """
    rows = zip(completions, facts, question, authorities or [()] * len(completions), strict=True)
    return [_supported(completion_text(c), f, q, tuple(a or ())) for c, f, q, a in rows]


def citation_faults(text: str) -> list[tuple[str, str]]:
    """Each citation of a text that cannot be real, as written, and why.

    >>> citation_faults("Compare 99 U.S.C. § 1 and Elvis v. Presley, 1 U.S. 1 (2001).")
    [('99 U.S.C. § 1', 'U.S.C. has no title 99'), ('Elvis v. Presley, 1 U.S. 1 (2001)', '1 U.S. holds no decision of 2001')]
    """
    return [(text[c.start : c.end], c.fault) for c in citations_in(text) if c.fault]


def _valid(text: str, facts: str, question: str, authorities: tuple[str, ...]) -> float:
    kept = argued(text, f"{facts}\n{question}")
    known = authorities_of(authorities, facts, question)
    meant = [(c, known.resolved(c)) for c in kept]
    counted = {_key(c): not c.fault and _is_found(c, kept, known) for _, c in meant if _counts(c, kept, known)}
    return sum(counted.values()) / len(counted) if counted else 0.0


def _key(citation: Citation) -> tuple:
    return (*normal(citation), citation.fault, citation.names if citation.form == "name" else ())


def _counts(citation: Citation, kept: Sequence[Citation], known: Authorities) -> bool:
    """Not a number whose book is not known, nor a name whose case was given or is cited in full beside it."""
    if citation.form == "name":
        return any(known.supporting(citation)) or not _is_named(citation, kept, known)
    return citation.form != "bare"


def _is_found(citation: Citation, kept: Sequence[Citation], known: Authorities) -> bool:
    """Whether a name is one of an authority, and whether a short form has a full one to go back to."""
    if citation.form == "name":
        return any(known.supporting(citation))
    if citation.form != "short":
        return True
    return (citation.source, citation.path[0]) in {(c.source, c.path[0]) for c in kept if c.form == "full" and c.path}


def _is_named(name: Citation, cited: Sequence[Citation], known: Authorities) -> bool:
    """Whether the case behind a name is cited in full, beside it or among the authorities, or was given."""
    full = (c for c in (*cited, *known.cited) if c.form == "full" and len(c.names) == len(name.names))
    return all(name.names) and (known.is_mentioned(name) or any(names_agree(name.names, c.names) for c in full))


def _supported(text: str, facts: str, question: str, authorities: tuple[str, ...]) -> float:
    known = authorities_of(authorities, facts, question)
    cited = citations_in(text)
    if not known.cited or not cited:
        return 0.0
    kept = set(argued(text, f"{facts}\n{question}"))
    fresh: set[tuple[str, ...]] = set()
    echoed: set[tuple[str, ...]] = set()
    invented: dict[tuple, float] = {}
    for citation in cited:
        meant = known.resolved(citation)
        authority = next(known.supporting(meant), None)
        if authority is None:
            invented[_key(meant)] = _cost(meant, cited, known)
        elif citation in kept:
            (echoed if known.is_echo(meant) else fresh).add(authority.unit)
    earned = known.worth(len(fresh), len(echoed - fresh)) / known.most()
    return max(-1.0, min(1.0, earned) - sum(invented.values()) / known.needed)


def _cost(citation: Citation, cited: Sequence[Citation], known: Authorities) -> float:
    if citation.form in ("bare", "parallel") or known.is_mentioned(citation):
        return 0.0
    if citation.form == "name" and _is_named(citation, cited, known):
        return 0.0
    return SIBLING_COSTS if known.is_sibling(citation) else 1.0
