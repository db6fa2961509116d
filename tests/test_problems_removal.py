"""Removal against hand-worked cases and a second engine that lists the objections to a removal."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import removal as r
from grpo_legal.problems.court_days import FEDERAL
from grpo_legal.problems.removal_law import Defendant, Facts, Paper, decide

DAY = timedelta(1)
drawn = series(r.FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def day(iso):
    return date.fromisoformat(iso)


def served(iso, home="Texas", copy=None, joins=True, name="Bob Ray"):
    return Defendant(name, home, iso and day(iso), copy and day(copy), joins)


def second(iso, **changes):
    return served(iso, name="Cy Poe", **changes)


def case(*defendants, removed, filed="2026-02-20", paper=None, **changes):
    """Ann Lee of Utah sues in Ohio state court, on diversity unless changed; the first defendant removes."""
    told = {"basis": "diversity", "bad_faith": False, "home": "Utah"} | changes
    return Facts(
        plaintiff="Ann Lee",
        forum="Ohio",
        amount=200_000,
        filed=day(filed),
        defendants=defendants,
        removed=day(removed),
        paper=paper and Paper(paper[0], day(paper[1])),
        asks_remand=False,
        asides=(),
        difficulty=3,
        **told,
    )


MARCH = served("2026-03-03")  # day 30 is Thursday, April 2
OLD = {"filed": "2025-03-12"}  # a year ends on Thursday, March 12, 2026
FLSA = "the Fair Labor Standards Act"
CASES = [  # was the removal proper?
    ("1446(b)(1): day 30", case(MARCH, removed="2026-04-02"), "Yes"),
    ("1446(b)(1): day 31", case(MARCH, removed="2026-04-03"), "No"),
    ("6(a)(1)(C): day 30 a Saturday, removed on Monday", case(served("2026-04-09"), removed="2026-05-11"), "Yes"),
    ("6(a)(1)(C): day 30 a Saturday, removed on Tuesday", case(served("2026-04-09"), removed="2026-05-12"), "No"),
    ("6(a)(6)(A): day 30 is Memorial Day", case(served("2026-04-25"), removed="2026-05-26"), "Yes"),
    ("Murphy Bros.: a courtesy copy starts no clock",
     case(served("2026-03-03", copy="2026-02-24"), removed="2026-04-01"), "Yes"),
    ("Murphy Bros.: counted from service, too late",
     case(served("2026-03-03", copy="2026-02-24"), removed="2026-04-06"), "No"),
    ("1441(b)(2): forum defendant", case(served("2026-03-03", "Ohio"), removed="2026-03-20"), "No"),
    ("1441(b)(2): one of two is a forum defendant",
     case(MARCH, second("2026-03-03", home="Ohio"), removed="2026-03-20"), "No"),
    ("1441(b)(2): forum plaintiff", case(MARCH, removed="2026-03-20", home="Ohio"), "Yes"),
    ("1441(b)(2): forum defendant, federal question",
     case(served("2026-03-03", "Ohio"), removed="2026-03-20", basis=FLSA), "Yes"),
    ("1446(b)(2)(A): all consent", case(MARCH, second("2026-03-03"), removed="2026-03-20"), "Yes"),
    ("1446(b)(2)(A): one refuses", case(MARCH, second("2026-03-03", joins=False), removed="2026-03-20"), "No"),
    ("1446(b)(2)(A): one refuses, federal question",
     case(MARCH, second("2026-03-03", joins=False), removed="2026-03-20", basis=FLSA), "No"),
    ("1446(b)(2)(A): one is not served", case(MARCH, second(None, joins=False), removed="2026-03-20"), "Yes"),
    ("1446(b)(2)(B), (C): later-served removes, earlier-served consents",
     case(served("2026-04-06"), second("2026-02-24"), removed="2026-05-06"), "Yes"),
    ("1446(b)(2)(B): later-served is late too",
     case(served("2026-04-06"), second("2026-02-24"), removed="2026-05-07"), "No"),
    ("1446(b)(3): 30 days from the amended complaint",
     case(served("2026-01-05"), removed="2026-04-02", filed="2025-12-29", paper=("demand", "2026-03-03")), "Yes"),
    ("1446(b)(3): day 31 after the amended complaint",
     case(served("2026-01-05"), removed="2026-04-03", filed="2025-12-29", paper=("federal", "2026-03-03"), basis=FLSA),
     "No"),
    ("1446(c)(1): the day before the year ends",
     case(served("2025-03-20"), removed="2026-03-11", paper=("demand", "2026-03-03"), **OLD), "Yes"),
    ("1446(c)(1): the day after the year ended",
     case(served("2025-03-20"), removed="2026-03-13", paper=("dismissal", "2026-03-03"), **OLD), "No"),
    ("1446(c)(1): bad faith",
     case(served("2025-03-20"), removed="2026-03-13", paper=("dismissal", "2026-03-03"), bad_faith=True, **OLD), "Yes"),
    ("1446(c)(1): a federal question has no limit of a year",
     case(served("2025-03-20"), removed="2026-03-13", paper=("federal", "2026-03-03"), basis=FLSA, **OLD), "Yes"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert decide(facts)[0] == answer
    assert decide(replace(facts, asks_remand=True))[0] == {"Yes": "No", "No": "Yes"}[answer]


CONTESTED = {
    "snap removal": case(MARCH, second(None, home="Ohio"), removed="2026-03-20"),
    "removal before service": case(served(None), removed="2026-03-20"),
    "not diverse": case(served("2026-03-03", "Utah"), removed="2026-03-20"),
    "a year that ends on a Saturday": case(
        served("2025-03-20"), filed="2025-03-14", removed="2026-03-16", paper=("demand", "2026-03-03")
    ),
    "filed on February 29": case(
        served("2024-03-05"), filed="2024-02-29", removed="2025-02-27", paper=("demand", "2025-02-10")
    ),
    "day 30 is the Friday before Independence Day": case(served("2026-06-03"), removed="2026-07-06"),
    "day 30 is Good Friday": case(served("2026-03-04"), removed="2026-04-06"),
}


@pytest.mark.parametrize("facts", CONTESTED.values(), ids=CONTESTED)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def objections(facts):
    bound = [d for d in facts.defendants if d.served is not None]
    if facts.basis == "diversity":
        yield from ("forum defendant" for d in bound if d.home == facts.forum)
        first = facts.filed
        if facts.paper is not None and not facts.bad_faith:
            yield from ["year"] * (facts.removed > first.replace(year=first.year + 1))
    yield from ("no consent" for d in bound[1:] if not d.joins)
    left, today = 30, facts.paper.received if facts.paper else bound[0].served
    while left > 0 or today.isoweekday() in (6, 7) or today in FEDERAL:
        today, left = today + DAY, left - 1
    yield from ["late"] * (facts.removed > today)


def second_opinion(facts):
    improper = any(objections(facts))
    return "Yes" if improper == facts.asks_remand else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        defendants = [replace(d, joins=rng.random() < 0.7) for d in facts.defendants]
        if rng.random() < 0.2:
            defendants[-1] = replace(defendants[-1], home=facts.forum)
        scrambled = replace(
            facts,
            defendants=tuple(defendants),
            removed=facts.removed + rng.randint(-12, 6) * DAY,
            basis=rng.choice(("diversity", FLSA)),
            bad_faith=rng.random() < 0.3,
        )
        try:
            answer = decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert min(compared["Yes"], compared["No"]) > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        remover, *others = facts.defendants
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, plaintiff="X Y", defendants=(replace(remover, name="Z W"), *others)),
            "another amount": replace(facts, amount=facts.amount + 1),
            "no courtesy copy": replace(facts, defendants=(replace(remover, copy=None), *others)),
            "the others in another order": replace(facts, defendants=(remover, *others[::-1])),
        }
        for what, changed in changes.items():
            assert decide(changed)[0] == problem.answer, (what, problem.facts)


def test_every_objection_is_met_often_and_both_ways_of_asking():
    met = Counter(objection for facts, _ in drawn(1_500, level=3) for objection in set(objections(facts)))
    assert min(met[what] for what in ("forum defendant", "no consent", "year", "late")) >= 60, met
    asked = Counter((facts.difficulty, facts.asks_remand) for facts, _ in drawn(900))
    assert asked[1, True] == 0 and all(100 < asked[level, way] < 200 for level in (2, 3) for way in (True, False))


def test_events_stand_in_order_of_time():
    for facts, _ in drawn(1_000):
        for defendant in facts.defendants:
            assert facts.filed < (defendant.copy or defendant.served or facts.removed), facts
        start = facts.paper.received if facts.paper else facts.remover.served
        assert facts.remover.served <= start < facts.removed <= date(2026, 11, 30)


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
