"""The battle of the forms against hand-worked cases and a second engine that scores the clause."""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import battle_of_forms as f
from grpo_legal.problems.battle_of_forms_prose import ASIDES, CLAUSES
from grpo_legal.problems.mentions import tell

FAMILY = f.FAMILY
NO_CONTRACT, ORIGINAL, ADDED, CONDUCT = FAMILY.labels
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

ORDER = f.Facts(
    offeror="Ann Lee",
    offeree="Bob Ray",
    offeror_is="piano dealer",
    offeree_is="piano maker",
    offeror_merchant=True,
    offeree_merchant=True,
    buying=True,
    thing="a concert piano",
    price=9_000,
    oral=False,
    limited=False,
    through=None,
    came=None,
    conditional=False,
    clause="interest",
    assent=False,
    objected="",
    performed=False,
    asides=(),
    difficulty=3,
)
WINDOW = {"through": date(2026, 3, 10)}


def case(**changes):
    """A merchant's order, accepted by a merchant's form that adds usual interest, but for …"""
    return replace(ORDER, **changes)


CASES = [
    ("2-207(2): between merchants, cmt. 5, interest", case(), ADDED),
    ("2-207(2), cmt. 5: excuse for supervening causes", case(clause="excuse"), ADDED),
    ("2-207(2), cmt. 5: inspection by a sub-purchaser", case(buying=False, clause="inspection"), ADDED),
    ("2-207(2)(b), cmt. 4: negated warranty of merchantability", case(clause="warranty"), ORIGINAL),
    ("2-207(2)(b), cmt. 4: cancellation for one late invoice", case(clause="cancel"), ORIGINAL),
    ("2-207(2)(b), cmt. 4: complaints in an unusually short time", case(clause="hours"), ORIGINAL),
    ("2-207(2)(b), cmt. 4: exact deliveries against usage", case(buying=False, clause="exact"), ORIGINAL),
    ("2-207(2)(a): the offer limits acceptance", case(limited=True), ORIGINAL),
    ("2-207(2)(c): objection already given", case(objected="before"), ORIGINAL),
    ("2-207(2)(c): objection the next day", case(objected="after"), ORIGINAL),
    ("2-207(2): private buyer", case(offeror_merchant=False), ORIGINAL),
    ("2-207(2): private seller", case(offeree_merchant=False), ORIGINAL),
    ("cmt. 3: material, but expressly agreed to", case(clause="warranty", assent=True), ADDED),
    ("cmt. 3: no merchants, but expressly agreed to", case(offeror_merchant=False, assent=True), ADDED),
    ("2-207(1): conditional, nothing done", case(conditional=True), NO_CONTRACT),
    ("2-207(1): conditional, and agreed to", case(conditional=True, assent=True), ADDED),
    ("2-207(3): conditional, performed (C. Itoh v. Jordan)", case(conditional=True, performed=True), CONDUCT),
    (
        "2-207(3): the same with a private buyer",
        case(conditional=True, performed=True, offeror_merchant=False),
        CONDUCT,
    ),
    ("cmt. 1: oral agreement, confirmation adds interest", case(oral=True, performed=True), ADDED),
    ("cmt. 1: oral agreement, confirmation adds a surprise", case(oral=True, clause="hours"), ORIGINAL),
    ("1-205(b): the day after the offer ended", case(**WINDOW, came=date(2026, 3, 11)), NO_CONTRACT),
    ("1-205(b): the day before the offer ended", case(**WINDOW, came=date(2026, 3, 9)), ADDED),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert f.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case(**WINDOW, came=date(2026, 3, 10)),
        case(**WINDOW, came=date(2026, 3, 12), performed=True),
        case(oral=True, conditional=True),
        case(oral=True, limited=True),
        case(assent=True, objected="after"),
    ],
    ids=["the last day", "late but performed", "conditional confirmation", "limited oral offer", "yes and no"],
)
def test_contested_law_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        f.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------

MATERIAL = {"warranty", "cancel", "hours", "exact"}


def second_opinion(facts):
    """First whether the papers make a contract, then whether the clause is in it; in numbers, with no early way out."""
    late = 0 if facts.through is None else int(facts.came.toordinal() > facts.through.toordinal())
    by_papers = 1 - late if not facts.conditional else int(facts.assent)
    hurdles = (2 - facts.offeror_merchant - facts.offeree_merchant) + facts.limited + (facts.clause in MATERIAL)
    hurdles += len(facts.objected) > 0
    inside = facts.assent or hurdles == 0
    return [[NO_CONTRACT, CONDUCT][facts.performed], [ORIGINAL, ADDED][inside]][by_papers]


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        coin = [rng.random() < 0.3 for _ in range(7)]
        scrambled = replace(
            facts,
            offeror_merchant=not coin[0],
            offeree_merchant=not coin[1],
            limited=coin[2],
            conditional=coin[3],
            assent=coin[4],
            performed=coin[5] or coin[6],
            clause=rng.choice(tuple(CLAUSES)),
            objected=rng.choice(("", "", "before", "after")),
        )
        try:
            answer = f.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert all(compared[label] > 60 for label in FAMILY.labels), compared


# ---- a reader of the text -----------------------------------------------------------------------------------


def test_the_text_alone_leads_to_the_answer():
    for facts, problem in drawn(1_500):
        text = problem.facts
        agreed = re.search(r"expressly agree(?:d|ing) to that clause", text)
        opened = re.search(r"open through (\w+ \d+, \d{4})", text)
        late = opened and f"On {f.v.long_date(facts.came)}" in text and facts.came > facts.through
        barred = re.search(
            r"limiting acceptance|refus|objected|Only \w+ (?:deals|is a dealer)|warranty|cancels|unusually|must be exact",
            text,
        )
        private = any(f" {job}" in text for job in f.v.JOBS)
        if late or ("expressly conditional" in text and not agreed):
            done = re.search(r"[Gg]oods were delivered and paid", text)
            expected = CONDUCT if done else NO_CONTRACT
        else:
            expected = ORIGINAL if (barred or private) and not agreed else ADDED
        assert expected == problem.answer, text


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "a distractor": replace(facts, asides=ASIDES[:1]),
            "renamed": replace(facts, offeror="X Y", offeree="Z W"),
            "another price": replace(facts, price=facts.price + 1),
            "another trade": replace(facts, offeror_is="usher", offeree_is="nurse"),
            "another thing": replace(facts, thing="a sea kayak"),
        }
        for what, changed in changes.items():
            assert f.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_every_label_comes_equally_often_at_every_level():
    for level in (1, 2, 3):
        assert Counter(problem.answer for _, problem in drawn(400, level)) == dict.fromkeys(FAMILY.labels, 100)


def test_no_phrasing_foretells_the_answer():
    for level in (1, 2, 3):
        seen = Counter((problem.template, problem.answer) for _, problem in drawn(900, level))
        per_template = Counter(problem.template for _, problem in drawn(900, level))
        assert all(n < 0.45 * per_template[template] for (template, _), n in seen.items()), seen


def test_replies_never_come_on_the_last_day_and_days_are_told():
    for facts, problem in drawn(900):
        if facts.through:
            assert 1 <= abs(facts.came - facts.through).days <= 9
            assert facts.through + timedelta(9) < date(2026, 11, 30)
            assert f.v.long_date(facts.through) in problem.facts and f.v.long_date(facts.came) in problem.facts


def test_no_clause_is_out_of_place():
    for facts, _ in drawn(900):
        assert CLAUSES[facts.clause].seller == facts.buying
        assert facts.offeree_merchant or not CLAUSES[facts.clause].merchants_only
        assert facts.performed or not facts.oral  # the statute of frauds is satisfied


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
    assert any(facts.asides for facts, _ in drawn(300, 1))


def test_names_are_given_in_full_once():
    assert (
        tell("{a} met {b}.  Then {a} left.", {"a": "Ann Lee", "b": "Bob Ruiz"})
        == "Ann Lee met Bob Ruiz. Then Lee left."
    )
