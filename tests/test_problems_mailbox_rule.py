"""The mailbox rule against hand-worked cases and a second engine that replays the events in order."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from family_series import series

from grpo_legal.problems import mailbox_rule as m
from grpo_legal.problems.mailbox_rule_law import Facts

DAY = timedelta(1)
drawn = series(m.FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def at(day, hour=10):
    return datetime(2026, 6, day, hour)


def letter(mailed, received):
    return at(mailed), at(received)


OFFER = Facts(
    offeror="Ann Lee",
    offeree="Bob Ray",
    service=True,
    selling=True,
    thing="repaint a warehouse",
    price=4_000,
    offered=date(2026, 6, 1),
    last=None,
    option=0,
    on_receipt=False,
    phone=False,
    written=None,
    sent=at(10),
    arrived=at(14),
    revocation=None,
    rejection=None,
    unopened="",
    opened=None,
    clock=False,
    asks_date=False,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """An offer of June 1, 2026, accepted by a letter of June 10 that arrives on June 14, but for …"""
    return replace(OFFER, **changes)


OPTION = {"option": 50, "last": date(2026, 6, 14)}
CASES = [  # the date of the contract, or None
    ("63(a): accepted by mail", case(), "2026-06-10"),
    ("63(a), ill. 1: the letter is lost", case(arrived=None), "2026-06-10"),
    ("63(a): signed earlier, but kept back", case(written=date(2026, 6, 5), revocation=letter(3, 8)), None),
    ("42, Adams v. Lindsell: revocation under way at dispatch", case(revocation=letter(8, 11)), "2026-06-10"),
    ("42: revocation received the day before dispatch", case(revocation=letter(6, 9)), None),
    ("42: received an hour before dispatch", case(clock=True, revocation=(at(7), at(10, 9))), None),
    ("42: received an hour after dispatch", case(clock=True, revocation=(at(7), at(10, 11))), "2026-06-10"),
    ("68: revocation delivered in time, read too late",
     case(revocation=letter(6, 9), unopened="revocation", opened=date(2026, 6, 12)), None),
    ("41: mailed on the last day, arrives after it", case(last=date(2026, 6, 10)), "2026-06-10"),
    ("41: mailed the day after the last", case(last=date(2026, 6, 9)), None),
    ("63(b), ill. 12: option exercised on receipt", case(**OPTION), "2026-06-14"),
    ("63(b): option, mailed in time but received late", case(option=50, last=date(2026, 6, 13)), None),
    ("63(b): option, letter lost", case(**OPTION, arrived=None), None),
    ("37: an option is not revoked", case(**OPTION, revocation=letter(4, 7)), "2026-06-14"),
    ("64: option exercised by telephone",
     case(**OPTION, phone=True, sent=at(12), arrived=at(12)), "2026-06-12"),
    ("63: the offer asks for receipt", case(on_receipt=True), "2026-06-14"),
    ("63: the offer asks for receipt, revoked meanwhile", case(on_receipt=True, revocation=letter(9, 12)), None),
    ("64: telephoned before the revocation came",
     case(phone=True, arrived=at(10), revocation=letter(8, 11)), "2026-06-10"),
    ("40: rejection sent first, acceptance arrives first", case(rejection=letter(8, 15)), "2026-06-14"),
    ("40: rejection sent first and arrives first", case(rejection=letter(8, 13)), None),
    ("38: rejection received before the acceptance is mailed", case(rejection=letter(6, 9)), None),
    ("40: rejection mailed, then accepted by telephone",
     case(phone=True, arrived=at(10), rejection=letter(8, 11)), "2026-06-10"),
    ("63(a), Morrison v. Thoelke: a rejection overtakes the acceptance", case(rejection=letter(11, 12)), "2026-06-10"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "formed"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, formed):
    assert m.decide(facts)[0] == ("Yes" if formed else "No")
    if formed:
        assert m.decide(replace(facts, asks_date=True))[0] == formed


CONTESTED = {
    "rejection under an option": case(**OPTION, rejection=letter(8, 13)),
    "rejection where receipt counts": case(on_receipt=True, rejection=letter(11, 12)),
    "rejection first, and a revocation": case(rejection=letter(8, 15), revocation=letter(8, 12)),
    "rejection first, and a last day": case(rejection=letter(8, 15), last=date(2026, 6, 12)),
    "option without a last day": case(option=50),
    "goods, a last day and a revocation": case(service=False, last=date(2026, 6, 20), revocation=letter(6, 9)),
    "revocation on the day of dispatch, no hours": case(revocation=letter(8, 10)),
    "a telephone call that takes days": case(phone=True),
    "a date without a contract": case(asks_date=True, revocation=letter(6, 9)),
}


@pytest.mark.parametrize("facts", CONTESTED.values(), ids=CONTESTED)
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        m.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def replay(facts):
    """Every event in order of time; the first that ends the offer or forms the contract decides."""
    events = []
    if facts.revocation and facts.option == 0:
        events.append((facts.revocation[1], "end"))
    dispatched_counts = not (facts.option or facts.on_receipt)
    if facts.rejection:
        events.append((facts.rejection[1], "end"))
        dispatched_counts &= facts.phone or facts.sent < facts.rejection[0]
    if facts.last:
        events.append((datetime.combine(facts.last + DAY, datetime.min.time()), "end"))
    moment = facts.sent if dispatched_counts else facts.arrived
    if moment:
        events.append((moment, "formed"))
    for moment, what in sorted(events):
        return moment.date().isoformat() if what == "formed" else None
    return None


def second_opinion(facts):
    formed = replay(facts)
    return formed if facts.asks_date else "Yes" if formed else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        shift = rng.randint(-6, 6) * DAY
        scrambled = replace(
            facts,
            asks_date=False,
            on_receipt=rng.random() < 0.3,
            last=facts.last and facts.last + shift,
            revocation=facts.revocation and (facts.revocation[0], facts.revocation[1] + shift),
            arrived=facts.arrived and facts.arrived + (not facts.phone) * rng.randint(0, 3) * DAY,
        )
        try:
            answer = m.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert min(compared["Yes"], compared["No"]) > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, offeror="X Y", offeree="Z W"),
            "another price": replace(facts, price=facts.price + 1),
            "buying, not selling": replace(facts, selling=not facts.selling),
            "read at once": replace(facts, unopened="", opened=None),
            "mailed as soon as signed": replace(facts, written=None),
        }
        for what, changed in changes.items():
            assert m.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_every_outcome_is_asked_equally_often_and_the_kind_follows():
    kinds = Counter(problem.kind for _, problem in drawn(800))
    assert kinds == {"yes_no": 400, "date": 400}
    received = [facts for facts, problem in drawn(800) if problem.kind == "date" and m.counts_on_receipt(facts)]
    assert len(received) == 200


def test_everything_in_a_story_happens_in_one_year():
    for facts, _ in drawn(1_000):
        moments = [facts.sent, facts.arrived, *(facts.revocation or ()), *(facts.rejection or ())]
        days = [moment.date() for moment in moments if moment] + [d for d in (facts.last, facts.opened) if d]
        assert all(facts.offered < day and day.year == facts.offered.year for day in days), facts


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
