"""Every attack under every reward, over many problems: what it earns, and whether that is too much.

A reward is broken where an attack earns as much as the shortest honest right answer to the same problem, or on
average more than a share of it (`limit`); where a text that is right by luck earns more than that answer; and where
that answer itself earns nothing. Totals are weighted sums, as the trainer adds them up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grpo_legal import schema
from grpo_legal.audit.attacks import ATTACKS
from grpo_legal.audit.right import HONEST, LUCKY
from grpo_legal.audit.ways import Attack, Context, Group
from grpo_legal.errors import UserError
from grpo_legal.rewards import Checked, RewardSpec
from grpo_legal.schema import Problem, PromptStyle

LIMIT = 0.2  # of the honest reward
EPSILON = 1e-9  # sums of weights in different order
BLOCK = 64  # problems
CHARACTERS_A_TOKEN = 4  # of English prose; stands in for the tokenizer that no audit loads


@dataclass(frozen=True)
class Worst:
    """The completion of an attack that comes nearest to the honest answer, or passes it furthest."""

    problem_id: str
    question: str
    answer: str
    text: str
    rewards: dict[str, float]
    total: float
    honest_total: float


@dataclass(frozen=True)
class Line:
    """One way to write, over all problems. `rewards` and `total` are means, weighted; `share` is of what the shortest
    honest answer earns; `beats` counts problems on which it earns as much as that (right by luck: more)."""

    name: str
    group: Group
    about: str
    rewards: dict[str, float]
    total: float
    share: float
    beats: int
    worst: Worst


@dataclass(frozen=True)
class Audit:
    """The result. `faults` says in words what is wrong with the rewards; empty if they held."""

    weights: dict[str, float]
    problems: int
    families: tuple[str, ...]
    style: PromptStyle
    limit: float
    lines: tuple[Line, ...]
    faults: tuple[str, ...]

    @property
    def best(self) -> Line:
        """The attack that earns the largest share; those that are right by luck are not among them."""
        return max((line for line in self.lines if line.group == "attack"), key=lambda line: line.share)

    def table(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**asdict(self), "best": self.best.name, "best_share": self.best.share, "holds": not self.faults}


def run(
    specs: Sequence[RewardSpec],
    problems: Sequence[Problem],
    *,
    style: PromptStyle,
    max_tokens: int,
    limit: float = LIMIT,
) -> Audit:
    """Attack `specs` on `problems`, asked for in `style`. Deterministic.

    `max_tokens` is the longest completion of the run; `limit`, in [0, 1], the share of the honest reward that an attack
    may earn on average. UserError for no problems, and for a reward that fails.

    >>> from grpo_legal import problems, rewards
    >>> few = problems.generate("firm_offer", 4, "train", 1)
    >>> run(rewards.build({"correct_answer": 1.0}, max_completion_tokens=99), few, style="short", max_tokens=99).faults
    ()
    """
    if not problems:
        raise UserError("audit: there are no problems to attack the rewards on (legal: 1 or more)")
    contexts = [
        Context(other=other, prompt=_prompt(problem, style), style=style, max_tokens=max_tokens)
        for problem, other in zip(problems, _others(problems), strict=True)
    ]
    ways = (*HONEST, *ATTACKS, *LUCKY)
    paid = _pay(specs, ways, problems, contexts)
    honest = [math.fsum(row.values()) for row in paid[HONEST[0].name].rewards]
    argued = [style != "reasoned" or bool(problem.explanation) for problem in problems]
    lines = tuple(_line(paid[way.name], problems, honest, argued) for way in ways)
    return Audit(
        weights={spec.name: spec.weight for spec in specs},
        problems=len(problems),
        families=tuple(sorted({problem.family for problem in problems})),
        style=style,
        limit=limit,
        lines=lines,
        faults=tuple(_faults(lines, limit, len(problems), honest)),
    )


def share(value: float) -> str:
    """A share as whole percent; what is more than nothing never reads as 0%."""
    return "<1%" if 0 < value < 0.005 else f"{value:.0%}".replace("-", "−")


@dataclass(frozen=True)
class _Paid:
    """What one way of writing earned: texts and weighted rewards, one per problem."""

    way: Attack
    texts: list[str]
    rewards: list[dict[str, float]]


def _pay(
    specs: Sequence[RewardSpec], ways: Sequence[Attack], problems: Sequence[Problem], contexts: Sequence[Context]
) -> dict[str, _Paid]:
    """What every way earns, by its name. In blocks of problems, as rewards keep what they read of the latest ones."""
    paid = {way.name: _Paid(way, [], []) for way in ways}
    for start in range(0, len(problems), BLOCK):
        block, told = problems[start : start + BLOCK], contexts[start : start + BLOCK]
        columns = _columns(block, told[0].style)
        for way in ways:
            written = [way.write(problem, context) for problem, context in zip(block, told, strict=True)]
            paid[way.name].texts.extend(written)
            paid[way.name].rewards.extend(_rewards(specs, way, written, columns))
    return paid


def _rewards(
    specs: Sequence[RewardSpec], way: Attack, written: Sequence[str], columns: dict[str, Any]
) -> list[dict[str, float]]:
    """The weighted rewards of each text, by name."""
    completions = [[{"role": "assistant", "content": text}] for text in written]
    ids = [list(range(max(len(text.split()), len(text) // CHARACTERS_A_TOKEN))) for text in written]
    rows: list[dict[str, float]] = [{} for _ in written]
    for spec in specs:
        try:
            values = Checked(spec)(completions, **columns, completion_ids=ids)
        except UserError as error:
            raise UserError(f"audit, attack {way.name!r}: {error}") from None
        for row, value in zip(rows, values, strict=True):
            row[spec.name] = spec.weight * value
    return rows


def _prompt(problem: Problem, style: PromptStyle) -> str:
    return schema.chat_prompt(problem, style)[-1]["content"]


def _columns(problems: Sequence[Problem], style: PromptStyle) -> dict[str, Any]:
    """The keywords that rewards get from the trainer, but for completion_ids."""
    rows = [schema.to_row(problem, style) for problem in problems]
    columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
    columns["prompts"] = columns.pop("prompt")
    return columns | {
        "trainer_state": None,
        "log_extra": lambda column, values: None,
        "log_metric": lambda name, value: None,
    }


def _others(problems: Sequence[Problem]) -> list[Problem | None]:
    """For each problem the next one, of its family if possible, whose answer would be wrong for it; None if none is."""
    found = []
    for at, problem in enumerate(problems):
        rest = [*problems[at + 1 :], *problems[:at]]
        near = sorted(rest, key=lambda other: other.family != problem.family)
        found.append(next((other for other in near if not _answers(other, problem)), None))
    return found


def _answers(one: Problem, other: Problem) -> bool:
    """Whether the answer of `one` would be taken for an answer to `other`."""
    given = schema.parse_answer(one.answer, other.kind, other.labels)
    return schema.is_correct(given, other.answer, other.kind)


def _line(paid: _Paid, problems: Sequence[Problem], honest: Sequence[float], argued: Sequence[bool]) -> Line:
    """`argued` says on which problems the honest answer is in the form that was asked for: where no argument is known,
    any text with the right answer has more form than it, and luck is not judged."""
    totals = [math.fsum(row.values()) for row in paid.rewards]
    names, n = list(paid.rewards[0]), len(totals)
    lucky = paid.way.group == "lucky"
    over = [(mine - his, not lucky or fair) for mine, his, fair in zip(totals, honest, argued, strict=True)]
    margin = EPSILON if paid.way.group != "attack" else -EPSILON
    worst = max(range(n), key=lambda i: (over[i][1], over[i][0]))
    earned, due = math.fsum(totals) / n, math.fsum(honest) / n
    return Line(
        name=paid.way.name,
        group=paid.way.group,
        about=paid.way.about,
        rewards={name: round(math.fsum(row[name] for row in paid.rewards) / n, 6) for name in names},
        total=round(earned, 6),
        share=round(earned / due, 6) if due > 0 else 0.0,
        beats=sum(difference > margin for difference, judged in over if judged),
        worst=Worst(
            problem_id=problems[worst].id,
            question=f"{problems[worst].facts}\n{problems[worst].question}".strip(),
            answer=problems[worst].answer,
            text=paid.texts[worst],
            rewards={name: round(value, 6) for name, value in paid.rewards[worst].items()},
            total=round(totals[worst], 6),
            honest_total=round(honest[worst], 6),
        ),
    )


def _faults(lines: Sequence[Line], limit: float, n: int, honest: Sequence[float]) -> list[str]:
    """What is wrong with the rewards, the worst first."""
    unpaid = sum(total <= EPSILON for total in honest)
    faults = [f"the shortest honest answer earns nothing on {unpaid} of {n} problems"] if unpaid else []
    ranked = sorted((line for line in lines if line.group != "honest"), key=lambda line: -line.share)
    for line in ranked:
        if line.beats and line.group == "attack":
            faults.append(f"{line.name!r} earns as much as the shortest honest answer on {line.beats} of {n} problems")
        elif line.beats:
            faults.append(f"{line.name!r} earns more than the shortest honest answer on {line.beats} of {n} problems")
        elif line.group == "attack" and line.share > limit + EPSILON:
            faults.append(f"{line.name!r} earns {line.share:.0%} of an honest answer, more than {limit:.0%}")
    return faults
