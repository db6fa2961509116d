"""The rubric exam: sixty legal questions in ten domains, scored from 0 to 20 by rules, with no language model.

    from grpo_legal import rubric
    for question in rubric.questions("contract"):
        text = model(rubric.prompt(question))
        print(question.id, rubric.score(question, text).total)

The law is that of the United States as of November 2026, unless a question says otherwise.

What the method sees. Each question lists the points that an answer must state, in the wordings that lawyers use: words
and their synonyms that must stand close together in one asserted sentence of prose with the right polarity ("not",
"no", "without", "it is false that" turn a statement round, as do words with a counter-word: valid, void). So it tells a
rule from its opposite, a statement from a question or an attributed argument, and prose from a list of terms, and it
takes no text of the question for an answer. Terms that stand beside terms they have nothing to do with mark a salad.

What it cannot see. A right statement in a wording that nobody listed earns nothing; a wrong statement that no list has
costs nothing; who did what to whom is not parsed ("the buyer may cancel" and "the seller may cancel" differ only where
a pattern names the party); irony, and a denial made in another sentence ("None of this is true"), pass unseen; false
statements beside right ones on matters that the question does not list are free. It ranks answers and measures change
between models; it does not certify an answer as good law.
"""

from grpo_legal.rubric.prompting import prompt
from grpo_legal.rubric.question import DOMAINS, Authority, Point, Question, questions
from grpo_legal.rubric.scoring import MAX_CHARACTERS, Findings, Score, assess, score

__all__ = [
    "DOMAINS",
    "MAX_CHARACTERS",
    "Authority",
    "Findings",
    "Point",
    "Question",
    "Score",
    "assess",
    "prompt",
    "questions",
    "score",
]
