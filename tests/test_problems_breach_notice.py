"""Notices of data breaches against hand-worked cases, the guidelines' examples, and a count in minutes."""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from family_series import series

from grpo_legal.problems import breach_notice as b

FAMILY = b.FAMILY
LEVELS = (1, 2, 3)
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

LAPTOP = b.Facts(
    asks="owed",
    controller="Alder Foods",
    processor="",
    asked="controller",
    place="Lyon",
    haul=1,
    kind=("health records", "patients"),
    number=900,
    personal=True,
    protection="none",
    route="direct",
    aware=datetime(2026, 3, 3, 14, 30),
)


def case(asks, **changes):
    """A laptop with 900 patients' readable records, its theft certain at 14:30 on Tuesday, March 3, 2026, but for …"""
    for name in ("aware", "first", "later", "notice", "completed"):
        if name in changes:
            changes[name] = datetime.fromisoformat(changes[name])
    return replace(LAPTOP, asks=asks, **changes)


HOST = {"processor": "Quarry Labs", "route": "processor", "first": "2026-03-02 09:00"}
CASES = [
    ("33(1): 72 hours from awareness", case("latest"), "2026-03-06 14:30"),
    ("33(1): Friday to Monday, the weekend counts", case("latest", aware="2026-03-06 17:45"), "2026-03-09 17:45"),
    ("33(1): over Christmas", case("latest", aware="2025-12-23 08:05"), "2025-12-26 08:05"),
    ("33(1): over the end of a leap-year February", case("latest", aware="2024-02-27 23:59"), "2024-03-01 23:59"),
    (
        "guidelines II.A.2: the alarm is no awareness, the confirmed intrusion is",
        case("latest", route="suspicion", first="2026-03-03 08:00"),
        "2026-03-06 14:30",
    ),
    (
        "guidelines II.A.2: clear evidence from a third party is, though managers hear later",
        case("latest", route="evidence", later="2026-03-04 10:00"),
        "2026-03-06 14:30",
    ),
    (
        "guidelines II.A.4: the processor's knowledge is not the controller's",
        case("latest", **HOST),
        "2026-03-06 14:30",
    ),
    ("33(1): two hours before the end", case("in time", notice="2026-03-06 12:30"), "Yes"),
    ("33(1): two hours after the end", case("in time", notice="2026-03-06 16:30"), "No"),
    (
        "33(4): the first phase in time, the second not",
        case("in time", notice="2026-03-06 12:30", completed="2026-03-09 12:30"),
        "Yes",
    ),
    (
        "33(4): the first phase late",
        case("in time", notice="2026-03-06 16:30", completed="2026-03-09 12:30"),
        "No",
    ),
    (
        "guidelines II.A.4: late if counted from the processor's discovery, but it is not",
        case("in time", **HOST, notice="2026-03-06 10:00"),
        "Yes",
    ),
    ("33(1): readable health records are a risk", case("owed"), "Yes"),
    ("guidelines II.D: encrypted, key safe, copy left", case("owed", protection="encrypted"), "No"),
    ("guidelines II.D: encrypted, but the key is stolen too", case("owed", protection="key stolen"), "Yes"),
    ("4(1): data about companies", case("owed", personal=False), "No"),
    ("33(2): the processor tells the controller", case("owed", **HOST, asked="processor"), "No"),
    ("33(1): the controller whose processor lost the data", case("owed", **HOST), "Yes"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert b.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        case("in time", notice="2026-03-06 14:30"),
        case("in time", notice="2026-03-06 15:00"),
        case("in time", notice="2026-03-03 14:00"),
        case("in time"),
        case("latest", aware="2026-03-27 12:00"),
        case("in time", aware="2026-10-22 12:00", notice="2026-10-26 12:00"),
        case("latest", protection="encrypted"),
        case("latest", **HOST, asked="processor"),
    ],
    ids=["the very minute", "rounding would decide", "before awareness", "no notice", "spring forward", "fall back",
         "no notice owed", "not the controller"],
)  # fmt: skip
def test_contested_facts_are_refused(facts):
    with pytest.raises(ValueError):
        b.decide(facts)


# ---- a second engine: a table of duties, and minutes since an epoch ---------------------------------------------

DUTY = {  # (asked, personal, protection) of those who owe a notice
    ("controller", True, "none"),
    ("controller", True, "key stolen"),
}


def minutes(when):
    return when.toordinal() * 24 * 60 + when.hour * 60 + when.minute


def second_opinion(facts):
    if facts.asks == "owed":
        return "Yes" if (facts.asked, facts.personal, facts.protection) in DUTY else "No"
    end = minutes(facts.aware) + 3 * 24 * 60
    if facts.asks == "in time":
        return "Yes" if minutes(facts.notice) <= end else "No"
    days, rest = divmod(end, 24 * 60)
    return f"{datetime.fromordinal(days):%Y-%m-%d} {rest // 60:02d}:{rest % 60:02d}"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        aware = datetime(2024, 1, 1) + timedelta(minutes=rng.randrange(3 * 365 * 1440))
        scrambled = replace(
            facts,
            asks=rng.choice(("latest", "in time", "owed")),
            asked=rng.choice(("controller", "controller", "controller", "processor")),
            personal=rng.random() < 0.8,
            protection=rng.choice(("none", "key stolen", "none", "encrypted")),
            route=rng.choice(("direct", *b.ROUTES)),
            aware=aware,
            first=aware - timedelta(days=3),
            later=aware + timedelta(days=3),
            notice=aware + timedelta(minutes=rng.randrange(9_000)),
            completed=rng.choice((None, aware + timedelta(days=9))),
        )
        try:
            answer = b.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[scrambled.asks] += 1
    assert min(compared[asks] for asks in ("latest", "in time", "owed")) > 150, compared


# ---- a reader of the text -----------------------------------------------------------------------------------

MOMENT = r"(\d\d:\d\d on [A-Z][a-z]+ \d+, \d{4})"


def read(words):
    return datetime.strptime(words, "%H:%M on %B %d, %Y")


def test_the_level_one_text_alone_leads_to_the_answer():
    for facts, problem in drawn(600, level=1):
        told = sorted(read(words) for words in re.findall(MOMENT, problem.facts))
        if facts.asks == "owed":
            readable = "but the key" in problem.facts or "the unencrypted" in problem.facts
            answer = "Yes" if readable and "companies" not in problem.facts else "No"
        elif facts.asks == "in time":
            answer = "Yes" if told[1] - told[0] <= timedelta(hours=72) else "No"
        else:
            answer = str(told[0] + timedelta(days=3))[:16]
        assert answer == problem.answer, problem.facts


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=(), completed=None),
            "more of them": replace(facts, asides=b.ASIDES, first=facts.aware - timedelta(days=1)),
            "renamed": replace(facts, controller="X Y", processor="Z W", place="Oslo"),
            "other data of theirs": replace(facts, kind=("school files", "pupils"), number=7, haul=0),
            "known at once": replace(facts, route="direct"),
        }
        for what, changed in changes.items():
            assert b.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_the_kind_of_answer_goes_with_what_is_asked():
    for facts, problem in drawn(600):
        assert (problem.kind == "datetime") == (facts.asks == "latest") == (" 72 hours" in problem.question) or (
            facts.asks == "in time" and problem.kind == "yes_no"
        )
        who = facts.processor if facts.asked == "processor" else facts.controller
        assert who in problem.question and who in problem.facts and facts.controller in problem.facts


@pytest.mark.parametrize("level", LEVELS)
def test_outcomes_are_even_and_no_phrasing_gives_the_answer_away(level):
    counts = Counter((facts.asks, problem.answer) for facts, problem in drawn(600, level) if facts.asks != "latest")
    assert set(counts.values()) == {100}, counts
    weekend = [facts.aware.weekday() > 1 for facts, _ in drawn(600, level) if facts.asks == "latest"]
    assert weekend.count(True) == weekend.count(False) == 100
    templates = Counter()
    for _, problem in drawn(900, level):
        templates[problem.template] += {"Yes": 1, "No": -1}.get(problem.answer, 0)
    assert max(abs(lead) for lead in templates.values()) <= 40, templates
    assert sum(b.near_boundary(facts) for facts, _ in drawn(600, level)) >= 150


def test_notices_come_close_to_the_end_on_both_sides_but_never_within_the_hour():
    gaps = [facts.notice - facts.aware - b.LIMIT for facts, _ in drawn(900) if facts.asks == "in time"]
    assert all(abs(gap) > timedelta(hours=1) for gap in gaps)
    close = [gap > timedelta(0) for gap in gaps if abs(gap) <= timedelta(hours=2)]
    assert close.count(True) >= 60 and close.count(False) >= 60


def test_every_rule_is_met_often_and_levels_add_rules():
    for level in (2, 3):
        rules = Counter(rule for _, problem in drawn(900, level) for rule in problem.authorities)
        assert all(rules[rule] >= 30 for rule in b.RULES), (level, rules)
        assert all(facts.asides for facts, _ in drawn(300, level))
    assert all(facts.route == "direct" and not facts.completed for facts, _ in drawn(300, 1))


def test_a_key_that_is_not_safe_is_told_as_stolen_with_the_data():
    stories = [problem.facts for facts, problem in drawn(1_800) if facts.protection == "key stolen"]
    assert len(stories) > 100
    assert all("but the key was stolen" in story or "but the key has been stolen" in story for story in stories)
