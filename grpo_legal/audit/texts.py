"""What attacks are written with: stock texts, a wrong answer of any kind, a rule turned round, parts of an argument.

Every text here is made to look like law to a reward that counts words, and says nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import date, timedelta

from grpo_legal.schema import YES_NO, Problem, parse_answer

PARTS = ("Issue", "Rule", "Application", "Conclusion")
WORDS_A_TOKEN = 0.75  # of English prose, by which a limit in tokens is filled with words

# 70 words that a reward of key words pays in full: terms, headings, list marks, a "statute", a "case", connectives.
KEYWORDS = (
    "statute precedent jurisdiction constitutional contract negligence liability plaintiff defendant damages "
    "consideration breach equity tort remedy due process\n\n"
    "issue rule analysis application conclusion case court\n\n"
    "1. § 2-205 Foo v. Bar 410 U.S. 113 because therefore however furthermore moreover consequently accordingly\n\n"
    "2. must shall required firm offer merchant irrevocable hearsay diversity reasonable standard strict scrutiny "
    "fiduciary injunction\n\n"
    "3. what how why whether which when explain compare thus hence UCC for example"
)
NONSENSE = (
    "Purple moons eat their soup under a polite ladder.",
    "Seven green ideas sleep because the river is a hat.",
    "The teapot shall therefore sing to every second carpet.",
    "A cloud of spoons must not marry the north wind.",
)
CITATIONS = (
    "Erie R.R. Co. v. Tompkins, 304 U.S. 64 (1938)",
    "Hadley v. Baxendale, 9 Exch. 341 (1854)",
    "Strawbridge v. Curtiss, 7 U.S. 267 (1806)",
    "Int'l Shoe Co. v. Washington, 326 U.S. 310 (1945)",
    "Palsgraf v. Long Island R.R. Co., 248 N.Y. 339 (1928)",
    "Lucy v. Zehmer, 196 Va. 493 (1954)",
    "28 U.S.C. § 1331",
    "42 U.S.C. § 1983",
    "U.C.C. § 2-207",
    "Fed. R. Evid. 403",
    "Fed. R. Civ. P. 12(b)(6)",
    "Restatement (Second) of Contracts § 90",
)
FILLER = (
    "It is well settled that the law must be applied with care to each matter that comes before the court. ",
    "Counsel on both sides would do well to keep the purpose of the rule in mind at every step. ",
    "Reasonable minds have long considered such questions, and the weight of authority is considerable. ",
    "One should therefore look to the whole of the record, and to nothing beyond it. ",
    "The parties' conduct is to be read in its context, as courts have said time and again. ",
    "None of this is new, and yet each generation of lawyers has to learn it afresh. ",
)
NOBODY = "Plantagenet Palliser"  # in no problem, and unlike "none", which some lists are
MANY_NAMES = 20  # of a text that has no list of answers
UNDECIDED = re.compile(r"determin|decide|unclear|unknown|not enough|insufficient", re.I)
CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def answer_line(answer: str) -> str:
    """The line that a completion ends in."""
    return f"Answer: {answer}"


def gold(problem: Problem) -> str:
    """The right answer as a person writes it: dollars with a sign and separators."""
    return f"${float(problem.answer):,.2f}" if problem.kind == "amount" else problem.answer


def wrong(problem: Problem) -> str:
    """An answer in the right form that is not the gold one."""
    if problem.kind == "amount":
        return f"${2 * abs(float(problem.answer)) + 1000:,.2f}"  # no tolerance reaches so far
    if problem.kind in ("date", "datetime"):
        day, _, time = problem.answer.partition(" ")
        was = date.fromisoformat(day)
        return f"{was - timedelta(days=1) if was > date.min else was + timedelta(days=1)} {time}".strip()
    labels = problem.labels or (YES_NO if problem.kind in ("yes_no", "label") else ())
    return next((label for label in labels if label not in problem.answer), NOBODY)


def candidates(problem: Problem) -> list[str]:
    """Every answer that one could give without thinking: all labels, all names of the facts, or
    all amounts or dates there and the gold one."""
    if problem.labels:
        return list(problem.labels)
    if problem.kind == "list":
        names = re.findall(r"[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,3}", problem.facts)
        return list(dict.fromkeys([*names[:MANY_NAMES], wrong(problem)]))
    pieces = re.findall(r"\$[0-9][0-9,.]{0,15}[0-9]|[A-Z][a-z]{2,8} [0-9]{1,2}, [0-9]{4}", problem.facts)
    found = [piece for piece in pieces if parse_answer(piece, problem.kind, ()) not in (None, problem.answer)]
    return list(dict.fromkeys([*found, wrong(problem), gold(problem)]))


def filled(pieces: Sequence[str], max_tokens: int) -> str:
    """The pieces in turn, up to `max_tokens` tokens of prose; nothing where no piece has a word."""
    room = max(1, int(max_tokens * WORDS_A_TOKEN))
    words = [word for piece in pieces for word in piece.split()]
    return " ".join(itertools.islice(itertools.cycle(words), room))


def nonsense() -> str:
    """The four headings over sentences without sense."""
    return "\n".join(f"{part}: {text}" for part, text in zip(PARTS, NONSENSE, strict=True))


def shuffled(problem: Problem) -> str:
    """The four headings over the words of the case, each once, in an order that means nothing."""
    words = sorted(set(f"{problem.facts} {problem.question}".split()), key=lambda word: (word[::-1], word))
    return "\n".join(f"{part}: {' '.join(words[i :: len(PARTS)])}." for i, part in enumerate(PARTS))


def citations() -> str:
    """A sentence for each of the twelve authorities."""
    return "\n".join(f"Rule: The court must follow {citation}." for citation in CITATIONS)


def constant(problem: Problem) -> str:
    """The same answer to every question of a kind."""
    kinds = {"amount": "$1,000.00", "date": "2026-01-31", "datetime": "2026-01-31 12:00"}
    return problem.labels[0] if problem.labels else kinds.get(problem.kind, "none")


# ---- the gold argument, taken apart and turned round -----------------------------------------------------


def argument(problem: Problem) -> str:
    """The gold explanation without its answer line; the question's own words where there is no explanation."""
    told = problem.explanation or f"{problem.facts}\n{problem.question}"
    return "\n".join(line for line in told.splitlines() if not line.startswith("Answer:"))


def parts(problem: Problem) -> dict[str, list[str]]:
    """The sentences of each part of the gold explanation; {} where it is not in IRAC form.

    A sentence of the engines ends in its citation, "(Fed. R. Civ. P. 6(a)(1)).", whose full stops end nothing.
    """
    found: dict[str, list[str]] = {}
    ends = "|".join(re.escape(f" ({citation}).") for citation in problem.authorities)
    for line in problem.explanation.splitlines():
        name, colon, body = line.partition(": ")
        if colon and name in PARTS:
            cited = re.split(f"({ends})", body) if ends else [body]
            sentences = ["".join(pair).strip() for pair in zip(cited[::2], [*cited[1::2], ""], strict=True)]
            found[name] = [sentence for sentence in sentences if sentence]
    return found if set(found) == set(PARTS) else {}


_TURNED = {
    "is not": "is", "are not": "are", "was not": "was", "were not": "were", "may not": "may", "must not": "may",
    "need not": "must", "does not": "does", "do not": "do", "did not": "did", "cannot": "can", "is": "is not",
    "are": "are not", "was": "was not", "were": "were not", "may": "may not", "must": "need not", "can": "cannot",
    "shall": "shall not", "has": "has no", "had": "had no", "lacks": "has", "takes": "loses", "more than": "less than",
    "less than": "more than", "at least": "less than", "before": "after", "after": "before", "within": "outside",
    "without": "with", "never": "always", "always": "never", "no": "every", "above": "below", "below": "above",
    "first": "last", "exceeds": "falls short of", "exceed": "fall short of", "irrevocable": "revocable",
    "revocable": "irrevocable", "runs": "stops", "ends": "begins", "begins": "ends", "valid": "void", "void": "valid",
    "owes": "is owed", "bound": "free", "any": "no", "only if": "unless", "unless": "only if", "or": "and",
}  # fmt: skip
_TURN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _TURNED), key=len, reverse=True)) + r")\b")


def inverted(text: str) -> str:
    """The text with each rule turned into its opposite, word by word; its form, names and figures stay.

    >>> inverted("The offer is irrevocable for no more than three months.")
    'The offer is not revocable for every less than three months.'
    """
    return _TURN.sub(lambda found: _TURNED[found.group()], text)
