"""What every family promises: determinism, balance, split, size, and gold answers that read back as correct."""

import ast
import hashlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import grpo_legal.problems
from grpo_legal.problems import DIFFICULTIES, FAMILIES, SPLITS, draw, generate
from grpo_legal.problems.family import split_of
from grpo_legal.problems.vocabulary import a
from grpo_legal.rewards import correct_answer, irac_structure
from grpo_legal.schema import is_correct, read_answer

EACH_FAMILY = pytest.mark.parametrize("family", FAMILIES)
EACH_LEVEL = pytest.mark.parametrize("level", DIFFICULTIES)
N = 1_000  # per family and split


@cache
def many(family, split):
    return generate(family, N, split, seed=42)


@cache
def at_level(family, level):
    return [draw(FAMILIES[family], "train", 7, index, level) for index in range(480)]


def normalised(problem):
    return " ".join(problem.facts.casefold().split())


def test_the_registry_names_each_family_as_it_names_itself():
    assert list(FAMILIES) == [family.name for family in FAMILIES.values()]


@EACH_FAMILY
def test_same_arguments_same_problems_and_any_slice_can_be_made_alone(family):
    whole = generate(family, 30, "train", 42)
    assert generate(family, 30, "train", 42) == whole
    assert generate(family, 12, "train", 42, start=9) == whole[9:21]
    assert [problem.id for problem in whole] == [f"{family}/train/42/{index}" for index in range(30)]


@EACH_FAMILY
def test_seeds_42_and_43_share_no_text(family):
    forty_two, forty_three = (generate(family, 700, "train", seed) for seed in (42, 43))
    assert not {normalised(p) for p in forty_two} & {normalised(p) for p in forty_three}


@EACH_FAMILY
def test_train_and_test_share_no_text_and_repeat_none(family):
    train, test = ({normalised(problem) for problem in many(family, split)} for split in SPLITS)
    assert len(train) == len(test) == N
    assert not train & test


@EACH_FAMILY
def test_the_split_is_a_property_of_the_text(family):
    for split in SPLITS:
        assert all(split_of(problem.facts) == problem.split == split for problem in many(family, split)[:500])
    one = many(family, "train")[0].facts
    assert split_of(f"  {one.upper()}\n") == "train"


@EACH_FAMILY
def test_both_splits_have_the_same_templates_and_answers(family):
    train, test = (Counter(problem.template for problem in many(family, split)) for split in SPLITS)
    # Rare phrasings may miss a sample of this size: diversity jurisdiction tells most of level 1 in one way.
    assert {template for template, n in (train + test).items() if n >= 20} <= train.keys() & test.keys()
    if FAMILIES[family].kind == "yes_no":
        assert all(sum(p.answer == "Yes" for p in many(family, split)) == N // 2 for split in SPLITS)


@EACH_FAMILY
@EACH_LEVEL
def test_every_problem_has_an_argument_in_order_from_stated_rules_to_its_answer(family, level):
    drawn = at_level(family, level)
    for facts, problem in drawn:
        headings = [line.split(":")[0] for line in problem.explanation.splitlines()]
        assert headings == ["Issue", "Rule", "Application", "Conclusion", "Answer"], problem.explanation
        assert read_answer(problem.explanation, problem.kind, problem.labels) == problem.answer, problem.explanation
        cited = {rule for rule, _ in FAMILIES[family].decide(facts)[1]}
        assert cited == set(problem.authorities) <= set(FAMILIES[family].rules)
        assert all(f"{FAMILIES[family].rules[rule]} ({rule})." in problem.explanation for rule in cited)
    columns = {name: [getattr(p, name) for _, p in drawn] for name in ("facts", "question", "authorities")}
    paid = irac_structure([p.explanation for _, p in drawn], style=["reasoned"] * len(drawn), **columns)
    assert min(paid) >= 0.9, drawn[paid.index(min(paid))][1].explanation


@EACH_FAMILY
def test_every_wrong_label_scores_nothing(family):
    for problem in many(family, "train")[:200]:
        for label in problem.labels:
            columns = {"kind": [problem.kind], "labels": [problem.labels], "answer": [problem.answer]}
            assert correct_answer([f"Answer: {label}"], **columns) == [float(label == problem.answer)]


@EACH_FAMILY
def test_every_gold_answer_reads_back_as_correct(family):
    for problem in many(family, "train") + many(family, "test"):
        given = read_answer(f"Answer: {problem.answer}", problem.kind, problem.labels)
        assert given == problem.answer and is_correct(given, problem.answer, problem.kind)


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if family.kind == "yes_no"])
@EACH_LEVEL
def test_each_pair_of_a_yes_no_family_holds_both_answers_in_random_order(family, level):
    answers = [problem.answer for _, problem in at_level(family, level)]
    pairs = list(zip(answers[::2], answers[1::2], strict=True))
    assert set(pairs) == {("Yes", "No"), ("No", "Yes")}
    assert 0.4 < pairs.count(("Yes", "No")) / len(pairs) < 0.6


# Level 1 of diversity jurisdiction keeps its sums clear of $75,000, for the smallest models, and tells nine stories of
# ten in one plain order; its boundary is at levels 2 and 3.
CLEAR_OF_THE_BOUNDARY = {("diversity_jurisdiction", 1)}


@EACH_FAMILY
@EACH_LEVEL
def test_a_quarter_sits_near_the_boundary_and_there_are_at_least_twelve_phrasings(family, level):
    drawn = at_level(family, level)
    near = sum(FAMILIES[family].near_boundary(facts) for facts, _ in drawn) / len(drawn)
    assert near >= 0.25 or ((family, level) in CLEAR_OF_THE_BOUNDARY and near == 0)
    phrasings = Counter(problem.template for _, problem in drawn)
    assert len(phrasings) >= 12
    if (family, level) not in CLEAR_OF_THE_BOUNDARY:
        assert sum(n >= 5 for n in phrasings.values()) >= 12 and max(phrasings.values()) < 0.25 * len(drawn), phrasings


@EACH_FAMILY
def test_phrasings_differ_in_structure_and_not_only_in_names(family):
    """With names, numbers and dates blotted out, the words around them come in different orders in each phrasing."""
    blot = re.compile(r"[A-Z$][\w.,'$]*|\d[\d:,.]*")
    skeletons: dict[str, Counter] = {}
    for _, problem in at_level(family, 2) + at_level(family, 3):
        words = " ".join(blot.sub("_", problem.facts).split())
        skeletons.setdefault(problem.template, Counter())[words] += 1
    assert len(skeletons) >= 12
    shared = Counter(words for told in skeletons.values() for words in told)
    assert max(shared.values()) == 1, shared.most_common(3)


@EACH_FAMILY
@EACH_LEVEL
def test_answers_are_even_at_every_level(family, level):
    """Blocks hold each outcome once, so that what is even over 480 problems is even over any number."""
    answers = Counter(problem.answer for _, problem in at_level(family, level) if problem.kind == "yes_no")
    labels = Counter(problem.answer for _, problem in at_level(family, level) if problem.kind == "label")
    assert answers["Yes"] == answers["No"], answers
    assert not labels or max(labels.values()) - min(labels.values()) <= 1, labels
    open_answers = Counter(p.answer for _, p in at_level(family, level) if p.kind in ("date", "datetime"))
    assert not open_answers or max(open_answers.values()) < 0.1 * len(at_level(family, level)), (
        open_answers.most_common(3)
    )
    amounts = Counter(problem.answer for _, problem in at_level(family, level) if problem.kind == "amount")
    assert not amounts or max(amounts.values()) <= sum(amounts.values()) / 3 + 20, amounts.most_common(3)


@EACH_FAMILY
@pytest.mark.parametrize("level", (2, 3))
def test_every_story_above_level_one_tells_something_that_does_not_matter(family, level):
    for facts, problem in at_level(family, level):
        if hasattr(facts, "asides"):
            assert facts.asides, problem.facts
        else:  # answer_deadline: an event or a holiday that moves nothing
            assert len(facts.events) > 1 or facts.holiday, problem.facts


def test_the_stories_of_diversity_jurisdiction_at_level_one_stay_what_they_were():
    """A measured training run hangs on these texts and on the random stream behind them."""
    found = hashlib.sha256()
    for split in SPLITS:
        for p in generate("diversity_jurisdiction", 500, split, 42, 1):
            found.update(f"{p.id}|{p.facts}|{p.question}|{p.answer}|{p.template}\n".encode())
    assert found.hexdigest() == "77c8424041dd5f1152ebef535902228a06317938f71c8a58e9cc4257489e3836"


@EACH_FAMILY
@EACH_LEVEL
def test_difficulty_is_what_was_asked_for_and_mixed_if_nothing_was(family, level):
    assert all(problem.difficulty == level for _, problem in at_level(family, level))
    levels = [problem.difficulty for problem in many(family, "train")]
    assert 0.3 < levels.count(level) / N < 0.37


@EACH_FAMILY
def test_level_one_is_short_and_questions_are(family):
    for problem in many(family, "train"):
        assert problem.difficulty > 1 or len(problem.facts.split()) <= 45, problem.facts
        assert len(problem.question.split()) <= 30, problem.question


@EACH_FAMILY
def test_the_prose_has_no_seams(family):
    seams = re.compile(
        r"[{}_|]| [,.;:)]|\( |\.\.|,[,.]|;\.|\.[A-Z]|\bNone\b|\b(?:an?|the) (?:an?|the)\b|\b(\w+) \1\b"
        r"|\ba [aeioAEIO]|\ban [^aeiouAEIOU\W]"
    )
    for problem in many(family, "train"):
        assert not seams.search(problem.facts.replace("U.S.", "US")), problem.facts
        assert problem.facts[0].isupper() or problem.facts[0] == "$", problem.facts
        assert problem.facts[-1] in '.?"', problem.facts
        assert problem.question.endswith("?"), problem.question


def test_articles_follow_the_sound():
    nouns = "Ohio citizen", "Utah citizen", "U.S. citizen", "usher", "used car", "engine dealer", "piano dealer"
    assert [a(noun) for noun in nouns] == [
        "an Ohio citizen",
        "a Utah citizen",
        "a U.S. citizen",
        "an usher",
        "a used car",
        "an engine dealer",
        "a piano dealer",
    ]


@EACH_FAMILY
def test_the_question_cites_its_law_and_date_and_leaves_the_form_of_the_answer_to_the_prompt(family):
    for problem in many(family, "train"):
        assert "as of November 2026" in problem.question or "As of November 2026" in problem.question
        assert re.search(r"§|Fed\. R\. (?:Civ\. P|Evid)\.|Ill\. Comp\. Stat\.| v\. |GDPR art\.", problem.question), (
            problem.question
        )
        assert not re.search(
            r"\b(yes or no|answer with yes|in dollars|iso|format)\b", problem.facts + problem.question, re.I
        )
        assert problem.authorities and problem.template.startswith(f"{family}/")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "hearsey"}, "'hearsey' is none of answer_deadline, "),
        ({"split": "dev"}, "'dev' is none of train, test"),
        ({"difficulty": 4}, "4 is none of 1, 2, 3"),
        ({"n": -1}, "n=-1"),
    ],
)
def test_an_unknown_value_is_named_together_with_the_legal_ones(change, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        generate(**({"family": "firm_offer", "n": 1, "split": "train", "seed": 42} | change))


def test_the_room_imports_only_the_schema_and_the_standard_library():
    allowed = {"grpo_legal.schema", "__future__"}
    allowed |= {
        "ast",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "functools",
        "hashlib",
        "importlib",
        "random",
        "typing",
    }
    for path in Path(grpo_legal.problems.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            others = [name for name in names if not name.startswith("grpo_legal.problems")]
            assert all(name in allowed or name.split(".")[0] in allowed for name in others), (path.name, names)
