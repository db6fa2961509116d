"""The rubric exam: what it holds, and what it gives to right, wrong, empty and senseless answers."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubric_texts import CORRECT, INVERTED, NONSENSE, PARTLY, SALAD

from grpo_legal import rubric
from grpo_legal.errors import UserError
from grpo_legal.rubric.pattern import compiled, matches
from grpo_legal.rubric.sentences import read

EXAM = rubric.questions()
BY_ID = {q.id: q for q in EXAM}
every_question = pytest.mark.parametrize("question", EXAM, ids=lambda q: q.id)


def total(question: rubric.Question | str, text: str) -> float:
    return rubric.score(BY_ID[question] if isinstance(question, str) else question, text).total


def words(question: rubric.Question) -> list[str]:
    """Every word that a pattern of the question looks for."""
    patterns = [p for point in (*question.points, question.conclusion) for p in point.say]
    return [key.strip("=*") for pattern in patterns for slot in pattern for w in slot for key in w.keys]


# ---- the exam itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", rubric.DOMAINS)
def test_six_questions_in_each_domain(domain):
    assert len(rubric.questions(domain)) >= 6
    assert all(q.domain == domain for q in rubric.questions(domain))


def test_the_exam_has_sixty_questions_with_names_of_their_own():
    assert len(EXAM) >= 60 and len(BY_ID) == len(EXAM)
    assert [q.id for q in rubric.questions()] == [q.id for q in EXAM]


def test_an_unknown_domain_is_named():
    with pytest.raises(UserError, match="domain 'torts' is none of contract"):
        rubric.questions("torts")


@every_question
def test_each_question_is_whole(question):
    assert 3 <= len(question.points) <= 6
    assert len({p.id for p in question.points}) == len(question.points)
    assert question.authorities and len(question.facts) >= 3 and question.conclusion.opposite
    assert any(p.opposite for p in question.points)
    assert question.question.rstrip("?") != question.question or question.question.endswith(".")


@every_question
def test_the_prompt_is_the_question_and_nothing_of_its_answer(question):
    system, user = rubric.prompt(question)
    assert (system["role"], user["role"], user["content"]) == ("system", "user", question.question)


# ---- every question, by construction ------------------------------------------------------------------


@every_question
def test_a_perfect_answer_scores_twenty(question):
    assert rubric.score(question, question.gold) == rubric.Score(5.0, 5.0, 5.0, 5.0)


@every_question
@pytest.mark.parametrize("text", ["", " \n", "?", "I do not know.", "Yes.", "Objection!"])
def test_nothing_scores_nothing(question, text):
    assert total(question, text) == 0


@every_question
def test_the_question_repeated_is_no_answer(question):
    assert total(question, question.question) <= 3
    assert total(question, question.question.replace("?", ".")) <= 3


@every_question
@pytest.mark.parametrize("joint", [" ", ", ", ". ", " and ", "\n- ", " because "])
def test_a_list_of_the_very_words_looked_for_is_no_answer(question, joint):
    assert total(question, joint.join(words(question))) <= 3


@every_question
def test_nonsense_padded_with_key_terms_is_no_answer(question):
    padded = " ".join(f"Purple moon eats {word}." for word in words(question))
    assert total(question, padded + " Purple moon7 eats soup7." * 40) <= 3


@every_question
def test_the_perfect_answer_denied_sentence_by_sentence_loses_six_points(question):
    denied = ". ".join(f"It is not true that {s}" for s in re.split(r"(?<=[a-z0-9)])\. ", question.gold))
    assert total(question, denied) <= 14


@every_question
def test_an_answer_to_another_question_is_none_to_this_one(question):
    others = [q for q in EXAM if q.domain != question.domain]
    assert max(total(question, other.gold) for other in others) <= 4


# ---- held-out texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_answer_scores_at_least_fifteen(name):
    assert total(name, CORRECT[name]) >= 15


@pytest.mark.parametrize("name", INVERTED)
def test_an_inverted_answer_falls_six_points_below_its_twin(name):
    assert total(name, INVERTED[name]) <= total(name, CORRECT[name]) - 6


@pytest.mark.parametrize("name", PARTLY)
def test_a_partly_correct_answer_scores_between(name):
    assert 3 < total(name, PARTLY[name]) < 15


@pytest.mark.parametrize("name", NONSENSE)
def test_fluent_nonsense_scores_at_most_three(name):
    assert total(name, NONSENSE[name]) <= 3


@pytest.mark.parametrize("name", SALAD)
def test_a_salad_of_the_right_terms_scores_at_most_three(name):
    assert total(name, SALAD[name]) <= 3


@every_question
def test_the_perfect_answer_holds_together_and_its_shuffled_words_do_not(question):
    assert rubric.assess(question, question.gold).trust == 1.0
    words_of_it = question.gold.split()
    random.Random(question.id).shuffle(words_of_it)
    assert total(question, " ".join(words_of_it)) <= 3


def test_there_are_enough_held_out_texts():
    assert len(CORRECT) >= 10 and len(INVERTED) >= 6 and len(PARTLY) >= 4 and len(NONSENSE) >= 5
    assert len(CORRECT) + len(INVERTED) + len(PARTLY) + len(NONSENSE) >= 34
    assert len({BY_ID[name].domain for name in CORRECT}) >= 8


def test_a_correct_answer_takes_no_words_from_the_perfect_one():
    """Runs of eight words in common would mean that the held-out text was derived from the gold answer."""
    for name, text in CORRECT.items():
        gold, held = (re.findall(r"\w+", t.lower()) for t in (BY_ID[name].gold, text))
        runs = {tuple(gold[i : i + 8]) for i in range(len(gold) - 7)}
        shared = sum(tuple(held[i : i + 8]) in runs for i in range(len(held) - 7))
        assert shared <= 0.1 * len(held), name


# ---- how sentences and patterns are read --------------------------------------------------------------

STATES = [
    # pattern, sentence, whether it states it
    ("offer & +revocable", "The offer is revocable.", True),
    ("offer & +revocable", "The offer is not revocable.", False),
    ("offer & -revocable", "The offer isn't revocable.", True),
    ("offer & +revocable", "Is the offer revocable?", False),
    ("offer & +revocable", "The issue is whether the offer is revocable.", False),
    ("offer & +revocable", "Ann argues that the offer is revocable.", False),
    ("offer & +revocable", "It is not true that the offer is revocable.", False),
    ("offer & -revocable", "It is false that the offer is revocable.", True),
    ("offer & +@valid", "The offer is not void.", True),
    ("offer & -@valid", "The offer is void.", True),
    ("writing & -matter* | irrelevant", "The writing does not matter.", True),
    ("writing & -matter* | irrelevant", "The writing is irrelevant.", True),
    ("writing & -matter* | irrelevant", "The writing is not irrelevant.", False),
    ("notice & +need*", "Notice is needed because no one else is.", True),
    ("Ann & -take", "Ann may not take the case.", True),
    ("Ann & +may", "Ann may not take the case.", False),
    ("90 days", "She has ninety days.", True),
    ("18000", "He lost $18,000.00 in all.", True),
    ("2-209", "See U.C.C. § 2-209(1).", True),
    ("reasonable time", "Within a reasonable period of time.", True),
    ("reasonable time", "Reasonable people need much more of time.", False),
]


@pytest.mark.parametrize(("pattern", "sentence", "stated"), STATES)
def test_a_pattern_is_met_with_the_right_polarity(pattern, sentence, stated):
    (found,) = read(sentence)
    assert matches(compiled(pattern), found) == stated


def test_a_topic_may_stand_in_the_sentence_before():
    before, after = read("The offer was signed. It is not revocable.")
    assert matches(compiled("offer & -revocable"), after, before)
    assert not matches(compiled("offer & -revocable"), after)


def test_a_wrapped_line_does_not_end_a_sentence_and_a_paragraph_does():
    assert len(read("The offer\nis firm.\n\nIt binds\n- him")) == 3


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("offer & & firm", "empty slot"), ("offer & +@vald", "no list @vald .* did you mean valid")],
)
def test_a_bad_pattern_is_named(pattern, message):
    with pytest.raises(UserError, match=message):
        compiled(pattern)


# ---- any text -----------------------------------------------------------------------------------------

terms = st.sampled_from(
    sorted({w for q in EXAM[:6] for w in words(q)} | {"not", "that", "false", "whether", ".", "?", ","})
)
texts = st.one_of(st.text(max_size=400), st.lists(terms, max_size=120).map(" ".join))


@settings(max_examples=60, deadline=None)
@given(text=texts, question=st.sampled_from(EXAM))
def test_any_text_has_one_score_within_bounds(text, question):
    result = rubric.score(question, text)
    assert result == rubric.score(question, text)
    parts = (result.knowledge, result.accuracy, result.reasoning, result.completeness)
    assert all(0 <= part <= 5 for part in parts) and result.total == pytest.approx(sum(parts), abs=0.01)


@settings(max_examples=40, deadline=None)
@given(question=st.sampled_from(EXAM), data=st.data())
def test_knowledge_grows_from_zero_as_the_perfect_answer_is_told(question, data):
    sentences = re.split(r"(?<=[a-z0-9)])\. ", question.gold)
    n = data.draw(st.integers(0, len(sentences)))
    part = rubric.score(question, ". ".join(sentences[:n]))
    assert part.total <= 20 and (n > 0 or part.total == 0)
    assert part.knowledge <= rubric.score(question, question.gold).knowledge


@pytest.mark.parametrize(
    "unit", ["a ", "not ", "(", "a.b.", "held open ", "1,000,", "é", "\n", "the offer is not firm ", "that false "]
)
def test_a_megabyte_takes_no_longer_than_what_is_read_of_it(unit):
    start = time.process_time()
    rubric.score(EXAM[0], unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 3.0
