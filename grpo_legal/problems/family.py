"""What a family of problems is, and how one of its problems is drawn.

A family is a rules engine with a story-teller. `sample` invents structured facts that lead to a wanted outcome,
`decide` applies the law to them and nothing else, `render` puts them into words. The gold answer always comes
from `decide`, never from what `sample` was asked for.

A problem depends on (family, split, seed, index, difficulty) and on nothing else: no state is kept between two
of them, so any slice of a data set can be made again alone. Seeds are strings; with `Random(seed + index)` the
data sets of seeds 42 and 43 would share nearly every problem.

Train and test never share a question, by construction: the facts' text is hashed, the hash names the split the
text belongs to, and texts of the other split are rejected. Both splits so have the same distribution.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from grpo_legal.schema import AnswerKind, Problem

SPLITS = ("train", "test")
DIFFICULTIES = (1, 2, 3)
LEVEL_ONE_WORDS = 45  # the facts of a level 1 problem: small models train on them on a CPU
AS_OF = "November 2026"  # the date of the law that every engine states; every question names it

Step = tuple[str, str]  # (the citation of a rule, what it says about these facts)
Ruling = tuple[str, list[Step]]  # (the answer, why)


class Text(NamedTuple):
    """Facts in words: the phrasing's name, the story, the question."""

    template: str
    facts: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One field of law.

    `kind` and `labels` are those of every question, unless `asks(facts)` says otherwise for the facts at hand.
    `outcomes` are what `sample(rng, outcome, difficulty)` can be asked for: the two answers of a yes/no family,
    the regimes or results of another. Every run of `len(outcomes)` problems holds each outcome once.
    `near_boundary` tells whether the facts sit where the rule turns.

    The gold explanation is put together from the engine's own steps. `rules` states, in one sentence without its
    full stop, the rule behind every citation that `decide` may give; `issue(facts)` completes "whether …" or
    "how much …" with the parties' names; `holding(facts, answer)` is the answer as a clause that follows "Therefore, ".
    """

    name: str
    kind: AnswerKind
    labels: tuple[str, ...] = ()
    outcomes: tuple[str, ...]
    sample: Callable[[Random, str, int], Any]
    decide: Callable[[Any], Ruling]
    render: Callable[[Random, Any], Text]
    near_boundary: Callable[[Any], bool]
    rules: Mapping[str, str]
    issue: Callable[[Any], str]
    holding: Callable[[Any, str], str]
    asks: Callable[[Any], tuple[AnswerKind, tuple[str, ...]]] | None = None


def sample_until(propose: Callable[[], Any], accept: Callable[[Any], bool], tries: int = 10_000) -> Any:
    """The first proposal that is accepted."""
    for _ in range(tries):
        facts = propose()
        if accept(facts):
            return facts
    raise RuntimeError(f"no acceptable facts in {tries} proposals; the last was {facts!r}")


def some_asides(rng: Random, level: int, pool: Sequence[str], short: Sequence[str] = ()) -> tuple[str, ...]:
    """Facts that never decide: one in four stories of level 1 has one, from `short` if given; the others one or two."""
    if level == 1:
        return (rng.choice(short or pool),) if rng.random() < 0.25 else ()
    return tuple(rng.sample(pool, rng.choice((1, 1, 2))))


def split_of(facts: str) -> str:
    """The split that a text belongs to. Case and spacing do not count; the question's wording does not either."""
    return SPLITS[hashlib.sha256(" ".join(facts.casefold().split()).encode()).digest()[0] & 1]


@lru_cache(maxsize=64)
def _order(outcomes: tuple[str, ...], seed: str) -> tuple[str, ...]:
    """The outcomes as one block of a series holds them. Remembered, since a block's problems are drawn in a row."""
    order = list(outcomes)
    Random(seed).shuffle(order)
    return tuple(order)


def draw(family: Family, split: str, seed: int, index: int, difficulty: int | None = None) -> tuple[Any, Problem]:
    """The structured facts and the problem at one index. Without a difficulty the levels take turns, block by block."""
    block, place = divmod(index, len(family.outcomes))
    wanted = _order(family.outcomes, f"{family.name}/{split}/{seed}/block {block}")[place]
    level = difficulty if difficulty is not None else DIFFICULTIES[block % len(DIFFICULTIES)]
    name = f"{family.name}/{split}/{seed}/{index}"
    rng = Random(name)

    def propose() -> tuple[Any, Text]:
        facts = family.sample(rng, wanted, level)
        return facts, family.render(rng, facts)

    def accept(told: tuple[Any, Text]) -> bool:
        text = told[1].facts
        return split_of(text) == split and (level > 1 or text.count(" ") < LEVEL_ONE_WORDS)

    facts, text = sample_until(propose, accept)
    answer, steps = family.decide(facts)
    kind, labels = family.asks(facts) if family.asks else (family.kind, family.labels)
    return facts, Problem(
        id=name,
        family=family.name,
        facts=text.facts,
        question=text.question,
        answer=answer,
        kind=kind,
        labels=labels,
        authorities=tuple(dict.fromkeys(rule for rule, _ in steps)),
        split=split,
        difficulty=level,
        template=f"{family.name}/{text.template}",
        explanation=explain(family, facts, answer, kind, steps),
    )


def explain(family: Family, facts: Any, answer: str, kind: AnswerKind, steps: list[Step]) -> str:
    """The engine's steps as an argument in IRAC form that ends in the answer line."""
    cited = dict.fromkeys(citation for citation, _ in steps)
    rule = " ".join(f"{family.rules[citation]} ({citation})." for citation in cited)
    findings = " ".join(f"{finding[0].upper()}{finding[1:]} ({citation})." for citation, finding in steps)
    return (
        f"Issue: The issue is {family.issue(facts)}.\n"
        f"Rule: {rule}\n"
        f"Application: Here, the facts lead to this. {findings}\n"
        f"Conclusion: Therefore, {family.holding(facts, answer)}.\n"
        f"Answer: {f'${float(answer):,.2f}' if kind == 'amount' else answer}"
    )
