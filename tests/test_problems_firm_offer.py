"""Firm offers against hand-worked cases and a second engine that counts in day numbers."""

import calendar
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import FAMILIES
from grpo_legal.problems import firm_offer_law as f

FAMILY = FAMILIES["firm_offer"]
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

OFFER = f.Facts(
    offeror="Ann Lee",
    offeree="Bob Ray",
    trade="piano dealer",
    merchant=True,
    other="",
    selling=True,
    thing="a concert piano",
    goods=True,
    price=9_000,
    form="signed",
    assured=True,
    stated="through February 28, 2026",
    offered=date(2026, 1, 10),
    through=date(2026, 2, 28),
    supplied="",
    paid=0,
    renewed=None,
    renewed_stated="",
    renewed_through=None,
    mailed=None,
    revoked=date(2026, 2, 27),
    asks_revocable=False,
    says_unpaid=False,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """A merchant's signed offer of January 10, 2026, firm through February 28 and withdrawn on the 27th, but for …"""
    for name in ("offered", "through", "renewed", "renewed_through", "mailed", "revoked"):
        if changes.get(name):
            changes[name] = date.fromisoformat(changes[name])
    return replace(OFFER, **changes)


LONG = {"through": "2026-08-01"}
SUMMER = {"offered": "2026-07-10", "through": "2026-12-31"}
RENEWED = {"renewed": "2026-02-20", "renewed_through": "2026-08-01"}
UNTIMED = {"stated": "", "through": None}
CASES = [  # was the offer irrevocable?
    ("2-205: every element, within the time stated", case(), "Yes"),
    ("2-205: the time stated has run", case(revoked="2026-03-01"), "No"),
    ("2-205: no merchant", case(merchant=False), "No"),
    ("2-205: merchant offeree, but no merchant offeror", case(merchant=False, other="merchant"), "No"),
    ("2-205: private offeree of a merchant's offer", case(other="private"), "Yes"),
    ("2-205: merchant's offer to buy", case(selling=False), "Yes"),
    ("2-205: no signature", case(form="unsigned"), "No"),
    ("2-205: by word of mouth", case(form="oral"), "No"),
    ("2-205: no assurance", case(assured=False, **UNTIMED, revoked="2026-01-12"), "No"),
    ("2-105: services", case(goods=False), "No"),
    ("2-205 cmt. 3: six months stated, day 89 of three months", case(**LONG, revoked="2026-04-09"), "Yes"),
    ("2-205 cmt. 3: six months stated, three months over", case(**LONG, revoked="2026-04-11"), "No"),
    (
        "2-205 cmt. 3: from February 10, day 90 is too late",
        case(offered="2026-02-10", **LONG, revoked="2026-05-11"),
        "No",
    ),
    ("2-205 cmt. 3: from July 10, day 91 is in time", case(**SUMMER, revoked="2026-10-09"), "Yes"),
    ("2-205: no time stated, after two days", case(**UNTIMED, revoked="2026-01-12"), "Yes"),
    ("2-205: no time stated, after three months", case(**UNTIMED, revoked="2026-04-12"), "No"),
    ("2-205 cmt. 4: offeree's form, separately signed", case(supplied="separately signed"), "Yes"),
    ("2-205 cmt. 4: offeree's form, signed once", case(supplied="not separately signed"), "No"),
    ("2-205 cmt. 3: renewed, within the new three months", case(**RENEWED, revoked="2026-05-19"), "Yes"),
    ("2-205 cmt. 3: renewed, the new three months over", case(**RENEWED, revoked="2026-05-21"), "No"),
    ("2-205 cmt. 3, Rest. 25: an option has no cap", case(**LONG, paid=200, revoked="2026-07-31"), "Yes"),
    ("Rest. 25: an option that has run out", case(**LONG, paid=200, revoked="2026-08-02"), "No"),
    ("Rest. 25: an option on services", case(goods=False, paid=200), "Yes"),
    ("Rest. 25: an option given by no merchant", case(merchant=False, paid=200), "Yes"),
    ("Rest. 42: mailed in time, received too late", case(mailed="2026-02-26", revoked="2026-03-02"), "No"),
    ("Rest. 42: mailed and received in time", case(mailed="2026-02-23", revoked="2026-02-26"), "Yes"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert f.decide(facts)[0] == answer
    assert f.decide(replace(facts, asks_revocable=True))[0] == {"Yes": "No", "No": "Yes"}[answer]


@pytest.mark.parametrize(
    ("facts", "cited"),
    [
        (case(), [f.FIRM, f.FIRM]),
        (case(merchant=False), [f.MERCHANT, f.FIRM]),
        (case(goods=False), [f.GOODS, f.FIRM]),
        (case(form="oral"), [f.FIRM]),
        (case(supplied="not separately signed"), [f.COMMENT_4, f.FIRM]),
        (
            case(supplied="separately signed", **RENEWED, revoked="2026-05-19"),
            [f.FIRM, f.COMMENT_4, f.COMMENT_3, f.FIRM],
        ),
        (case(goods=False, paid=200), [f.OPTION]),
    ],
    ids=["firm", "no merchant", "services", "oral", "form signed once", "form renewed", "option"],
)
def test_the_authorities_are_those_of_the_rules_used(facts, cited):
    assert [rule for rule, _ in f.decide(facts)[1]] == [*cited, f.REVOCATION]


@pytest.mark.parametrize(
    "facts",
    [
        case(stated="", through=None, revoked="2026-02-20"),
        case(supplied="separately signed", paid=100),
        case(form="oral", paid=100),
        case(stated="", through=None, paid=100),
        case(revoked="2026-02-28"),
    ],
    ids=["reasonable time in doubt", "option on offeree's form", "oral option", "option without a time", "last day"],
)
def test_contested_law_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        f.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def add_months(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def second_opinion(facts):
    received = facts.revoked.toordinal()
    if facts.paid > 0:
        binds = received <= facts.through.toordinal()
    else:
        begun, promised = facts.offered, facts.through
        if facts.renewed is not None:
            begun, promised = facts.renewed, facts.renewed_through
        formal = all([facts.merchant, facts.goods, facts.form == "signed", facts.assured, "not" not in facts.supplied])
        in_time = received <= add_months(begun, 3).toordinal() and (
            promised is None or received <= promised.toordinal()
        )
        binds = formal and in_time
    return "No" if binds == facts.asks_revocable else "Yes"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        scrambled = replace(
            facts,
            merchant=rng.random() < 0.8,
            goods=rng.random() < 0.8,
            form=rng.choice(("signed", "signed", "signed", "unsigned", "oral")),
            supplied=rng.choice(("", "", "separately signed", "not separately signed")),
            paid=rng.choice((0, 0, 100)),
            revoked=facts.revoked + timedelta(rng.randint(-30, 30)),
            mailed=None if rng.random() < 0.5 else facts.offered,
        )
        try:
            answer = f.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert compared["Yes"] > 300 and compared["No"] > 300, compared


# ---- a reader of the text -----------------------------------------------------------------------------------

DATE = r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d+, \d{4}"


def read_date(words):
    month, day, year = words.replace(",", "").split()
    return date(int(year), list(calendar.month_name).index(month), int(day))


def test_the_level_one_text_alone_leads_to_the_answer():
    for _, problem in drawn(2_000, level=1):
        text = problem.facts
        through = re.search(rf"through ({DATE})", text)
        days = re.search(r"for (\d+) days", text)
        told = [read_date(words) for words in re.findall(rf"(?<!through )\b({DATE})", text)]
        assert len(told) == 2, text
        end = read_date(through[1]) if through else min(told) + timedelta(int(days[1])) if days else None
        firm = "signed letter" in text and not re.search(r"(selling from|buying for) home", text) and end is not None
        assert ("Yes" if firm and max(told) <= end else "No") == problem.answer, text


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=(), says_unpaid=not facts.says_unpaid),
            "renamed": replace(facts, offeror="X Y", offeree="Z W"),
            "another price": replace(facts, price=facts.price + 1),
            "buying, not selling": replace(facts, selling=not facts.selling),
            "another offeree": replace(facts, other="merchant" if facts.other == "private" else "private"),
            "by messenger": replace(facts, mailed=None),
        }
        for what, changed in changes.items():
            assert f.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_no_revocation_falls_on_the_last_day_of_a_period():
    for facts, _ in drawn(1_500):
        start, stated = f.assurance(facts)
        assert facts.revoked != (facts.through if facts.paid else f.firm_until(start, stated))
        assert facts.offered < facts.revoked <= date(2026, 11, 30)
        assert facts.mailed is None or start <= facts.mailed < facts.revoked
        if facts.renewed:
            assert facts.offered < facts.renewed < facts.through


def test_both_ways_of_asking_are_used_from_level_two_on():
    asked = Counter((facts.difficulty, facts.asks_revocable) for facts, _ in drawn(900))
    assert asked[1, True] == 0 and all(100 < asked[level, way] < 200 for level in (2, 3) for way in (True, False))


def test_every_way_to_fail_and_to_bind_is_met_often():
    one = [facts for facts, problem in drawn(1_000, level=1) if problem.answer == "No"]
    late = [x for x in one if x.through and x.revoked > x.through]
    unsigned = [x for x in one if x.form != "signed"]
    private = [x for x in one if not x.merchant]
    bare = [x for x in one if not x.assured]
    assert all(len(group) >= 40 for group in (late, unsigned, private, bare))
    assert len(late) + len(unsigned) + len(private) + len(bare) == len(one)
    rules = Counter(rule for _, problem in drawn(900, level=3) for rule in problem.authorities)
    assert all(rules[rule] >= 80 for rule in (f.FIRM, f.OPTION, f.COMMENT_3, f.COMMENT_4)), rules


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
    assert 0.02 < sum(bool(facts.asides) for facts, _ in drawn(300, level=1)) / 300 < 0.5


# ---- explanations -----------------------------------------------------------------------------------------


def test_the_argument_ends_the_time_on_the_day_that_the_calendar_gives():
    for facts, problem in drawn(900):
        application, conclusion = problem.explanation.splitlines()[2:4]
        begun, promised = (facts.renewed, facts.renewed_through) if facts.renewed else (facts.offered, facts.through)
        end = facts.through if facts.paid else min(promised or date.max, add_months(begun, 3))
        formal = all([facts.merchant, facts.goods, facts.form == "signed", facts.assured, "not" not in facts.supplied])
        told = [read_date(words) for words in re.findall(DATE, application)]
        if facts.paid or (formal and (promised or facts.revoked > end)):
            assert end in told, problem.explanation
        assert ("nothing bars" in application) == (not facts.paid and not formal), problem.explanation
        binds = "still irrevocable" in application
        assert binds == ((" not " in conclusion) == facts.asks_revocable), problem.explanation
