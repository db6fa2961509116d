"""Points of law that are not settled, one test each: no problem that is drawn turns on them."""

import re
from datetime import date, timedelta

import pytest
from family_series import series

from grpo_legal.problems import FAMILIES, answer_deadline_law, battle_of_forms_prose, computing_time
from grpo_legal.problems.breach_notice import LIMIT
from grpo_legal.problems.court_days import UNSETTLED, run_on
from grpo_legal.problems.regulation_d_notice import Notice
from grpo_legal.problems.removal_law import PERIOD, start_of_time

N = 1_500  # of each family


def drawn(family):
    return series(FAMILIES[family])(N)


def ends_computing_time(facts):
    return {day for run in computing_time.count(facts) for day in run}


def ends_answer_deadline(facts):
    return {day for period in answer_deadline_law.count(facts) for day in period.run}


def ends_removal(facts):
    days = run_on(start_of_time(facts) + PERIOD)
    return set(days) if facts.removed > days[0] else set()  # on or before day 30 it was in time in any case


def ends_regulation_d(facts):
    return set(run_on(facts.sold + timedelta(15))) if isinstance(facts, Notice) else set()


PERIODS = {
    "computing_time": ends_computing_time,
    "answer_deadline": ends_answer_deadline,
    "removal": ends_removal,
    "regulation_d": ends_regulation_d,
}


@pytest.mark.parametrize("family", PERIODS)
def test_no_period_ends_on_the_friday_on_which_a_saturday_holiday_is_observed(family):
    """Rule 6(a)(6)(A) names the holiday, not the day on which offices close for it: July 3, 2026 and the like."""
    assert date(2026, 7, 3) in UNSETTLED and date(2026, 7, 4).weekday() == 5
    ends = [day for facts, _ in drawn(family) for day in PERIODS[family](facts)]
    assert len(ends) > 400 and not UNSETTLED.intersection(ends)


def test_tolling_never_ends_on_such_a_friday_either():
    assert not {date.fromisoformat(problem.answer) for _, problem in drawn("supplemental_tolling")} & UNSETTLED


def test_no_removal_comes_before_the_forum_defendant_or_the_remover_is_served():
    """Snap removal: may a defendant remove while the forum defendant is joined but not yet served?"""
    forum = 0
    for facts, problem in drawn("removal"):
        assert facts.remover.served and facts.remover.served <= facts.removed, problem.facts
        for defendant in facts.defendants:
            if facts.diversity and defendant.home == facts.forum:
                forum += 1
                assert defendant.served and defendant.served <= facts.removed, problem.facts
    assert forum > 50


def test_no_class_could_be_closed_at_once_by_the_rule_of_convenience():
    """An immediate class gift closes once one member can take; after a life estate to someone else it does not."""
    gifts = 0
    for facts, problem in drawn("perpetuities"):
        if facts.form != "event":
            gifts += 1
            first = facts.parent if facts.form == "spouse" else facts.tenant
            assert f"in trust for {first} for life, then for " in problem.facts, problem.facts
    assert gifts > 900


def test_no_reply_contradicts_the_offer():
    """U.C.C. § 2-207(2) speaks of additional terms; courts are split over different ones."""
    clauses = [clause.words for clause in battle_of_forms_prose.CLAUSES.values()]
    for _, problem in drawn("battle_of_forms"):
        assert not re.search(r"\b(?:differ\w*|instead|chang\w+|contradict\w*|conflict\w*)\b", problem.facts), (
            problem.facts
        )
        assert sum(words in problem.facts for words in clauses) == 1, problem.facts


def test_no_notice_of_a_breach_comes_so_near_the_end_that_rounding_to_full_hours_could_decide():
    """Regulation 1182/71 art. 3 counts in full hours and gives at least two working days."""
    notices = 0
    for facts, problem in drawn("breach_notice"):
        if facts.asks == "in time":
            notices += 1
            assert abs(facts.notice - facts.aware - LIMIT) > timedelta(hours=1), problem.facts
        if facts.asks != "owed":
            assert "72 hours from minute to minute" in problem.question
    assert notices > 400
