"""Texts that end in the right answer: honest ones, by which all others are measured, and ones that have it by luck.

What is right by luck stands under reasoning that is worth nothing. A reward of answers has to pay it something, but
never more than the shortest honest answer.
"""

from __future__ import annotations

from grpo_legal.audit import texts
from grpo_legal.audit.texts import answer_line, gold
from grpo_legal.audit.ways import Context, way
from grpo_legal.schema import Problem


@way("honest", "shortest honest answer")
def shortest(problem: Problem, context: Context) -> str:
    """The right answer with one sentence for each part of the gold argument; alone where none is known or asked for."""
    if context.style != "reasoned":
        return gold(problem)
    found = texts.parts(problem)
    if not found:
        return "\n".join(filter(None, (problem.explanation and texts.argument(problem), answer_line(gold(problem)))))
    finding = found["Application"][-1].removeprefix("Here, the facts lead to this. ")
    cited = [sentence for sentence in found["Rule"] if sentence.partition(" (")[2] == finding.partition(" (")[2]]
    said = {**{name: sentences[0] for name, sentences in found.items()}, "Application": finding}
    said["Rule"] = (cited or found["Rule"])[-1]
    return "\n".join([*(f"{name}: {said[name]}" for name in texts.PARTS), answer_line(gold(problem))])


@way("honest", "gold explanation")
def explained(problem: Problem, context: Context) -> str:
    """The whole gold argument, ending in the right answer."""
    whole = context.style == "reasoned" and texts.parts(problem)
    return problem.explanation if whole else shortest.write(problem, context)


@way("lucky", "lucky constant answer")
def lucky_constant(problem: Problem, context: Context) -> str:
    """One word or figure that is always the same, right where chance has it."""
    return answer_line(texts.constant(problem))


@way("lucky", "lucky nonsense")
def lucky_nonsense(problem: Problem, context: Context) -> str:
    """The four headings over sentences without sense, and the right answer."""
    return f"{texts.nonsense()}\n{answer_line(gold(problem))}"


@way("lucky", "lucky words of the facts")
def lucky_shuffled(problem: Problem, context: Context) -> str:
    """The four headings over the names and figures of the case in no order, and the right answer."""
    return f"{texts.shuffled(problem)}\n{answer_line(gold(problem))}"


@way("lucky", "lucky keyword list")
def lucky_keywords(problem: Problem, context: Context) -> str:
    """70 legal key words, and the right answer."""
    return f"{texts.KEYWORDS}\n{answer_line(gold(problem))}"


@way("lucky", "lucky citation spam")
def lucky_citations(problem: Problem, context: Context) -> str:
    """Twelve authorities that have nothing to do with the case, and the right answer."""
    return f"{texts.citations()}\n{answer_line(gold(problem))}"


@way("lucky", "lucky echo")
def lucky_echo(problem: Problem, context: Context) -> str:
    """The prompt given back, and the right answer."""
    return f"{context.prompt}\n{answer_line(gold(problem))}"


@way("lucky", "lucky padding")
def lucky_padding(problem: Problem, context: Context) -> str:
    """Prose that fits any case up to the limit of length, and the right answer."""
    return f"{texts.filled(texts.FILLER, context.max_tokens)}\n{answer_line(gold(problem))}"


HONEST = (shortest, explained)
LUCKY = (
    lucky_constant,
    lucky_nonsense,
    lucky_shuffled,
    lucky_keywords,
    lucky_citations,
    lucky_echo,
    lucky_padding,
)
