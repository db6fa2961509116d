"""What the citations of an answer are held against: the problem's authorities, and what the model was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from grpo_legal.rewards.citations.citation import Citation, in_line, is_within, name_words, names_agree
from grpo_legal.rewards.citations.reading import citations_in

FULL_MARKS_AT = 2  # authorities: an honest text cites the main one or two, not all
ECHO = 0.5  # the share of full marks that citations can earn that say no more than the question's own


@dataclass(frozen=True)
class Authorities:
    """The authorities of one problem, parsed, and the citations in its facts and question."""

    cited: tuple[Citation, ...]
    mentioned: tuple[Citation, ...]
    needed: int  # authorities that earn full marks
    words: frozenset[str]  # of the facts and the question

    def resolved(self, citation: Citation) -> Citation:
        """A bare or short citation with the book of the authority, or else of the mention, that it can mean.

        "§ 1332(a)" is 28 U.S.C. § 1332(a) where that is the authority; "Rule 506(b)" is 17 C.F.R. § 230.506(b);
        "384 U.S. at 444" is the decision that starts at page 436.
        """
        for known in (*self.cited, *self.mentioned):
            if citation.form == "bare" and known.form == "full" and citation.path[0] in known.numbers:
                return replace(known, path=(*known.path[: known.depth], *citation.path[1:]), fault="", form="full")
            if citation.form == "short" and _is_page_of(citation, known):
                return replace(known, start=citation.start, end=citation.end)
        return citation

    def supporting(self, citation: Citation) -> Iterator[Citation]:
        """The authorities that a citation rests on: the same provision, its parents from the section down, its parts."""
        for known in self.cited:
            if citation.form == "name":
                if len(known.names) > 1 and all(citation.names) and names_agree(citation.names, known.names):
                    yield known
            elif (
                citation.source == known.source
                and len(citation.path) >= citation.depth
                and in_line(citation.path, known.path)
                and names_agree(citation.names, known.names)
            ):
                yield known

    def is_sibling(self, citation: Citation) -> bool:
        """Whether it is the right section, but another paragraph of it."""
        return any(citation.unit == known.unit and names_agree(citation.names, known.names) for known in self.cited)

    def is_mentioned(self, citation: Citation) -> bool:
        """Whether facts or question speak of it, of a part of it or of the whole that it is part of.

        A name alone is mentioned if both parties are: "Smith v. Jones" in a story of Ann Smith and Bob Jones.
        """
        if citation.form == "name":
            return all(side & self.words for side in citation.names)
        return any(
            all(told.names) and bool(citation.names) and names_agree(citation.names, told.names)
            if told.form == "name"
            else citation.source == told.source
            and in_line(citation.path, told.path)
            and names_agree(citation.names, told.names)
            for told in self.mentioned
        )

    def is_echo(self, citation: Citation) -> bool:
        """Whether facts or question say as much: the same place, or a part of it."""
        if citation.form == "name":
            return any(told.names and names_agree(citation.names, told.names) for told in self.mentioned)
        return any(citation.source == told.source and is_within(told.path, citation.path) for told in self.mentioned)

    def worth(self, fresh: int, echoed: int) -> float:
        """What so many authorities earn: one each up to `needed`, those that only echo half of `needed` together."""
        return min(self.needed, fresh + min(echoed, ECHO * self.needed))

    def most(self) -> float:
        """The most that can be earned, where the question says of some authorities all that there is to cite."""
        fresh = {known.unit for known in self.cited if not self.is_echo(known)}
        return self.worth(len(fresh), len({known.unit for known in self.cited} - fresh))


def _is_page_of(short: Citation, known: Citation) -> bool:
    """Whether "384 U.S. at 444" is a page of the decision that starts at 384 U.S. 436."""
    return (
        known.source == short.source
        and len(known.path) == len(short.path) == 2
        and known.path[0] == short.path[0]
        and int(known.path[1]) <= int(short.path[1])
        and names_agree(short.names, known.names)
    )


@lru_cache(maxsize=5_000)
def authorities_of(authorities: tuple[str, ...], facts: str, question: str) -> Authorities:
    """The authorities as given to a problem. One that names no citation ("the common law of options") counts for none."""
    parsed = [[c for c in citations_in(written) if c.form in ("full", "parallel")] for written in authorities]
    cited = tuple(dict.fromkeys(replace(c, start=0, end=0) for found in parsed for c in found))
    mentioned = citations_in(f"{facts}\n{question}")
    units = {c.unit for c in cited}
    needed = min(FULL_MARKS_AT, len(units), sum(map(bool, parsed)))
    return Authorities(cited, mentioned, needed, name_words(f"{facts}\n{question}"))
