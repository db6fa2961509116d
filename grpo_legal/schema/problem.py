"""One legal question with an answer that can be checked."""

from __future__ import annotations

from dataclasses import dataclass

from grpo_legal.schema.kinds import KINDS, AnswerKind
from grpo_legal.schema.lists import SEPARATOR, list_items
from grpo_legal.schema.parsing import parse_answer
from grpo_legal.schema.words import fold_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A legal question with an answer that can be checked.

    `facts` is the story, `question` what is asked about it (with the governing rule's citation and as-of date),
    `answer` the gold answer in canonical form:

    - yes_no, label: one of `labels`;
    - amount: dollars with two decimals and no separators, "12500.00"; `tolerance` is how far off a right answer may be,
      as a share of it in [0, 1): 0.0 is to the cent, 0.1 within 10 percent;
    - date: an ISO date, "2026-03-31"; datetime: that and the time of day on the 24-hour clock, "2026-03-31 14:30";
    - list: "a; b" in any order, each item once, "none" for the empty list; from `labels`, in their order, if it has any;
    - text: a term or a name. `alternatives` are other texts that are right as well, such as "authorized" beside
      "authorize"; compared as names are, case, spacing and stops aside.

    `authorities` are the citations that the answer rests on. `template` names the phrasing or source passage: rows that
    share one are not independent, and standard errors are clustered by it. `explanation` is a gold answer in IRAC form
    that ends in the answer line, "" where there is none. `few_shot` is the benchmark's own prompt for this question,
    solved examples and all, where that is to be used instead of ours. ValueError for an answer that is not canonical.
    """

    id: str
    family: str
    facts: str
    question: str
    answer: str
    kind: AnswerKind
    labels: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    split: str = "train"
    difficulty: int = 1
    template: str = ""
    explanation: str = ""
    few_shot: str = ""
    tolerance: float = 0.0
    alternatives: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"problem {self.id}: kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.kind in ("yes_no", "label") and self.answer not in self.labels:
            raise ValueError(f"problem {self.id}: answer {self.answer!r} is not among its labels {list(self.labels)}")
        for form in (self.answer, *self.alternatives):
            if parse_answer(form, self.kind, self.labels) != form:
                raise ValueError(f"problem {self.id}: answer {form!r} is not a canonical {self.kind}")
        if self.kind == "list":
            self._check_list()
        if self.alternatives and self.kind != "text":
            raise ValueError(f"problem {self.id}: alternatives are for a text, not for kind {self.kind}")
        if not 0 <= self.tolerance < 1 or (self.tolerance and self.kind != "amount"):
            raise ValueError(
                f"problem {self.id}: tolerance {self.tolerance!r} of kind {self.kind} is not legal (0, or of an amount 0 to 1)"
            )

    def _check_list(self) -> None:
        if any(SEPARATOR in label for label in self.labels):
            raise ValueError(f"problem {self.id}: a label of a list holds a semicolon, which separates items")
        items = [fold_name(item) for item in list_items(self.answer)]
        if len(set(items)) < len(items):
            raise ValueError(f"problem {self.id}: answer {self.answer!r} has an item twice")
