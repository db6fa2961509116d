"""What the audit finds: nothing in sound rewards, the hole in planted ones and in the old keyword reward."""

from __future__ import annotations

import dataclasses
import math

import pytest
from old_keyword_reward import old_keyword_reward

from grpo_legal import audit, problems, rewards, schema
from grpo_legal.audit import texts
from grpo_legal.audit.ways import Context
from grpo_legal.errors import UserError
from grpo_legal.rewards import RewardSpec
from grpo_legal.schema import Problem

FEW = [p for family in ("firm_offer", "intestacy", "regulation_d", "mailbox_rule", "diversity_jurisdiction")
       for p in problems.generate(family, 3, "train", 1)]  # fmt: skip
ONE_OF_EACH = [p for family in problems.FAMILIES for p in problems.generate(family, 1, "train", 5)]
RIGHT = {"correct_answer": 1.0, "answer_format": 0.1}


def found(specs, some=FEW, style="reasoned", **more) -> audit.Audit:
    return audit.run(specs, some, style=style, max_tokens=256, **more)


def alone(function, weight: float = 1.0) -> list[RewardSpec]:
    return [RewardSpec(function.__name__, function, weight)]


def line(result: audit.Audit, name: str) -> audit.Line:
    return next(each for each in result.lines if each.name == name)


def context(problem, style="reasoned") -> Context:
    return Context(other=None, prompt=schema.chat_prompt(problem, style)[-1]["content"], style=style, max_tokens=256)


# ---- the texts ------------------------------------------------------------------------------------------


def test_there_are_enough_attacks_each_with_a_name_and_a_sentence():
    ways = (*audit.ATTACKS, *audit.LUCKY, *audit.HONEST)
    assert len(audit.ATTACKS) >= 18 and len({way.name for way in ways}) == len(ways)
    assert all(way.about.endswith(".") and not way.about[0].islower() for way in ways)


@pytest.mark.parametrize("style", ["reasoned", "short"])
@pytest.mark.parametrize("problem", ONE_OF_EACH, ids=lambda p: p.family)
def test_honest_and_lucky_texts_are_right_and_attacks_are_not(problem, style):
    def right(way) -> bool:
        given = schema.read_answer(way.write(problem, context(problem, style)), problem.kind, problem.labels)
        return schema.is_correct(given, problem.answer, problem.kind)

    assert all(right(way) for way in (*audit.HONEST, *audit.LUCKY) if way.name != "lucky constant answer")
    assert not [way.name for way in audit.ATTACKS if right(way)]


@pytest.mark.parametrize("problem", ONE_OF_EACH, ids=lambda p: p.family)
def test_the_shortest_honest_answer_is_short_and_the_inverted_one_says_something_else(problem):
    short, whole = (way.write(problem, context(problem)) for way in audit.HONEST)
    assert [part.split(":")[0] for part in short.splitlines()] == [*texts.PARTS, "Answer"]
    assert len(short) <= len(whole) and whole == problem.explanation
    turned = texts.inverted(texts.argument(problem))
    rules = [next(t for t in text.splitlines() if t.startswith("Rule:")) for text in (turned, whole)]
    assert rules[0] != rules[1] and len(turned) > len(whole) / 2


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("The offer is irrevocable.", "The offer is not revocable."),
        ("It may not be used.", "It may be used."),
        ("The sum must exceed $75,000.", "The sum need not fall short of $75,000."),
        ("within 21 days after service", "outside 21 days before service"),
        ("This island has isles.", "This island has no isles."),
    ],
)
def test_a_rule_is_inverted_word_by_word(text, opposite):
    assert texts.inverted(text) == opposite


# ---- what is found ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["reasoned", "short"])
def test_rewards_that_pay_for_being_right_hold(style):
    result = found(rewards.build(RIGHT, max_completion_tokens=256), style=style)
    assert result.faults == () and result.best.share == 0.0
    assert line(result, "shortest honest answer").share == 1.0


def test_the_old_keyword_reward_is_found_broken():
    result = found(alone(old_keyword_reward))
    assert result.best.name == "keyword list" and result.best.share > 2
    assert line(result, "keyword list").beats == len(FEW)
    assert line(result, "keyword list").worst.text == texts.KEYWORDS
    assert line(result, "rules inverted").share > 1.0


def test_the_stand_in_pays_what_the_old_reward_was_seen_to_pay():
    ucc = (
        "UCC 2-205 makes a merchant's signed written offer to buy or sell goods, with an assurance that it will be "
        "held open, irrevocable without consideration for the time stated or, if none is stated, for a reasonable "
        "time, but never for longer than three months. Here the seller is a merchant, the letter was signed and "
        "promised to hold the offer for thirty days. Therefore the seller cannot revoke it, and the buyer's acceptance "
        "on day twenty makes a contract. A longer period would need consideration, because the statute stops at three "
        "months."
    )
    assert old_keyword_reward([texts.KEYWORDS, ucc, ""]) == pytest.approx([19.4, 7.9, -5.0])


def pays_length(completions, **columns):
    return [min(len(schema.completion_text(c)) / 3000, 1.0) for c in completions]


def pays_gold_anywhere(completions, answer, **columns):
    return [float(gold in schema.completion_text(c)) for c, gold in zip(completions, answer, strict=True)]


def pays_the_last_yes(completions, answer, **columns):
    said = [schema.completion_text(c).rpartition("Answer: ")[2] for c in completions]
    return [float(text.startswith(gold)) for text, gold in zip(said, answer, strict=True)]


def pays_citations(completions, **columns):
    return [min(schema.completion_text(c).count("§") / 3, 1.0) for c in completions]


@pytest.mark.parametrize(
    ("reward", "attack"),
    [
        (pays_length, "padding"),
        (pays_gold_anywhere, "gold in the reasoning"),
        (pays_the_last_yes, "chat-template tokens"),
        (pays_citations, "citation spam"),
    ],
)
def test_a_planted_hole_is_found(reward, attack):
    yes_no = [p for p in ONE_OF_EACH if p.kind == "yes_no"]
    result = found(alone(reward), yes_no)
    assert line(result, attack).beats > 0 and any(repr(attack) in fault for fault in result.faults)


def test_style_that_is_not_gated_passes_the_limit_and_no_honest_answer():
    """A fifth of an honest answer is the line: 0.3 of 1.3 for any text crosses it, 0.2 of 1.2 does not."""

    def any_text(completions, **columns):
        return [1.0] * len(completions)

    right = rewards.build({"correct_answer": 1.0}, max_completion_tokens=256)
    over, under = (found([*right, *alone(any_text, weight)]) for weight in (0.3, 0.2))
    assert under.faults == () and over.best.share == pytest.approx(0.3 / 1.3, abs=1e-6)
    assert all("more than 20%" in fault for fault in over.faults) and over.faults
    assert found([*right, *alone(any_text, 0.3)], limit=0.5).faults == ()


def test_luck_may_tie_with_an_honest_answer_but_not_beat_it():
    def likes_nonsense(completions, **columns):
        return [float("soup" in schema.completion_text(c)) for c in completions]

    right = rewards.build({"correct_answer": 1.0}, max_completion_tokens=256)
    assert found(right).faults == ()  # lucky texts earn 1.0, as the honest one does
    result = found([*right, *alone(likes_nonsense, 0.1)])
    assert result.faults == (f"'lucky nonsense' earns more than the shortest honest answer on {len(FEW)} of {len(FEW)} problems",)  # fmt: skip


def test_a_reward_that_pays_no_honest_answer_is_broken():
    def nothing(completions, **columns):
        return [0.0] * len(completions)

    assert found(alone(nothing)).faults[0] == f"the shortest honest answer earns nothing on {len(FEW)} of {len(FEW)} problems"  # fmt: skip


# ---- the figures ------------------------------------------------------------------------------------------


def test_figures_add_up():
    result = found([*rewards.build(RIGHT, max_completion_tokens=256), *alone(old_keyword_reward, 0.02)])
    due = line(result, "shortest honest answer").total
    for each in result.lines:
        assert each.total == pytest.approx(math.fsum(each.rewards.values()), abs=1e-5)
        assert each.share == pytest.approx(each.total / due, abs=1e-5)
        assert each.worst.total == pytest.approx(math.fsum(each.worst.rewards.values()), abs=1e-5)
        problem = next(p for p in FEW if p.id == each.worst.problem_id)
        assert each.worst.answer == problem.answer and problem.question in each.worst.question
    assert result.weights == {**RIGHT, "old_keyword_reward": 0.02}


def test_the_same_twice():
    specs = alone(old_keyword_reward)
    assert found(specs).table() == found(specs).table()


def test_rewards_get_every_column_of_the_trainer():
    seen = {}

    def nosy(completions, **columns):
        seen.update(columns)
        return [0.5] * len(completions)

    found(alone(nosy))
    row = schema.to_row(FEW[0], "reasoned")
    assert set(seen) == set(row) - {"prompt"} | {
        "prompts", "completion_ids", "trainer_state", "log_extra", "log_metric"
    }  # fmt: skip


def test_a_reward_that_raises_is_named_with_the_attack():
    def brittle(completions, **columns):
        return [1 / len(schema.completion_text(c)) for c in completions]

    with pytest.raises(UserError, match="audit, attack 'empty': reward 'brittle' raised ZeroDivisionError"):
        found(alone(brittle))


def test_problems_without_explanation_are_measured_by_the_bare_answer_line():
    bare = [dataclasses.replace(p, explanation="") for p in FEW]
    result = found(rewards.build(RIGHT, max_completion_tokens=256), bare)
    assert line(result, "shortest honest answer").worst.text.startswith("Answer: ")
    assert line(result, "shortest honest answer").total < line(result, "lucky nonsense").total  # it has no argument
    assert result.faults == ()
    assert found(alone(old_keyword_reward), bare).best.name == "keyword list"


def test_an_explanation_in_a_form_of_its_own_is_the_honest_text():
    own = [dataclasses.replace(p, explanation="It was signed, and so it binds.") for p in FEW]
    result = found(rewards.build(RIGHT, max_completion_tokens=256), own)
    told = line(result, "shortest honest answer").worst.text.splitlines()
    assert told[0] == "It was signed, and so it binds." and told[1].startswith("Answer: ")


@pytest.mark.parametrize(
    ("kind", "answer", "tolerance"),
    [("amount", "27181.00", 0.1), ("list", "Ann Lee; Bob Ruiz", 0.0), ("text", "estoppel", 0.0)],
)
def test_no_attack_is_right_where_answers_are_lists_texts_or_near_enough(kind, answer, tolerance):
    one = Problem(
        id="1", family="own", facts="Ann Lee and Bob Ruiz owe Cy Dow $27,181.", question="Who, what and how much?",
        answer=answer, kind=kind, tolerance=tolerance,
    )  # fmt: skip
    for style in ("short", "reasoned"):
        result = found(rewards.build({"correct_answer": 1.0}, max_completion_tokens=64), [one], style=style)
        paid = {each.name for each in result.lines if each.group == "attack" and each.total > 0}
        assert paid <= ({"every label"} if kind == "list" else set())  # all names of the facts are right in part


def test_one_problem_is_enough_and_none_is_told():
    specs = rewards.build(RIGHT, max_completion_tokens=256)
    assert found(specs, FEW[:1]).faults == ()
    with pytest.raises(UserError, match="no problems"):
        found(specs, [])


def test_a_question_without_words_is_attacked_with_its_facts():
    """A file of one's own may map a column to the facts alone."""
    bare = [dataclasses.replace(p, question="") for p in FEW]
    assert found(rewards.build(RIGHT, max_completion_tokens=256), bare).faults == ()
    assert texts.filled(["", " "], 99) == "" and texts.filled(["a b"], 4) == "a b a"


# ---- before training ----------------------------------------------------------------------------------------


def start(specs, mode):
    told: list[str] = []
    table = audit.before_training(specs, FEW, style="short", max_tokens=8, mode=mode, tell=told.append)
    return table, told


def test_a_sound_run_is_told_in_one_line():
    table, told = start(rewards.build(RIGHT, max_completion_tokens=8), "stop")
    assert told == ["audit: best attack earns 0% of an honest answer (empty)"] and table["holds"]


def test_a_run_with_rewards_that_can_be_gamed_stops_unless_told_otherwise():
    with pytest.raises(UserError, match=r"can be gamed: .* more; see .*--reward\.audit warn") as raised:
        start(alone(old_keyword_reward), "stop")
    assert "\n" not in str(raised.value)
    command = str(raised.value).partition("see python -m grpo_legal.")[2].partition(", or go on")[0]
    assert (
        command
        == "audit --rewards old_keyword_reward:old_keyword_reward=1 --data diversity_jurisdiction firm_offer intestacy mailbox_rule regulation_d --style short --max-tokens 8"
    )
    table, told = start(alone(old_keyword_reward), "warn")
    assert not table["holds"] and len(told) == 2 and "(keyword list)" in told[0]
    assert start(alone(old_keyword_reward), "off") == (None, [])
