"""Miranda against hand-worked cases and a second engine that collects the reasons for keeping the statement out."""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from family_series import series

from grpo_legal.problems import miranda as f
from grpo_legal.problems import miranda_rules as law
from grpo_legal.problems.miranda_prose import ASIDES, COERCION, CRIMES, SETTINGS

FAMILY = f.FAMILY
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

WARNED = f.Facts(
    suspect="Ann Lee",
    officer="Bob Ray",
    crime="burglary",
    setting="cell",
    prompt="questions",
    warnings="full",
    waiver="signed",
    request="",
    sequel="",
    days=0,
    coerced="",
    impeaches=False,
    asides=(),
    difficulty=3,
)
NONE = {"warnings": "none", "waiver": ""}


def case(**changes):
    """A suspect in a cell who was warned, signed a waiver and answered questions, but for …"""
    return replace(WARNED, **changes)


def lawyer(sequel, **changes):
    """The same suspect, who had asked for a lawyer."""
    return case(request="counsel", sequel=sequel, **changes)


CASES = [  # may the prosecution use the statement?
    ("Miranda: warned and waived", case(), "Yes"),
    ("Miranda: no warnings", case(**NONE), "No"),
    ("Miranda: no word of the right to silence", case(warnings="silence", waiver=""), "No"),
    ("Miranda: no word of the right to a lawyer", case(warnings="lawyer", waiver=""), "No"),
    ("Mathiason: came to the station by choice", case(setting="station", **NONE), "Yes"),
    ("Beckwith: talk at home", case(setting="kitchen", **NONE), "Yes"),
    ("Berkemer: traffic stop", case(setting="roadside", **NONE), "Yes"),
    ("Innis: volunteered in custody", case(prompt="volunteered", **NONE), "Yes"),
    ("Muniz: booking question", case(prompt="booking", **NONE), "Yes"),
    ("Perkins: undercover cellmate", case(prompt="undercover", **NONE), "Yes"),
    ("Quarles: gun in a supermarket", case(prompt="safety", setting="market", **NONE), "Yes"),
    ("Moran: warnings not understood", case(waiver="not understood"), "No"),
    ("Thompkins: waiver by answering", case(waiver="spoke"), "Yes"),
    ("Butler: waiver form refused", case(waiver="unsigned"), "Yes"),
    ("Davis: maybe I should talk to a lawyer", case(request="maybe counsel"), "Yes"),
    ("Thompkins: doubtful wish for silence", case(request="maybe silence"), "Yes"),
    ("Mosley: pressing on", case(request="silence", sequel="pressed"), "No"),
    ("Mosley: hours later, other officer and crime", case(request="silence", sequel="later"), "Yes"),
    ("Edwards: police return without the lawyer", lawyer("pressed"), "No"),
    ("Roberson: another crime", lawyer("other crime"), "No"),
    ("Minnick: lawyer met but absent", lawyer("absent"), "No"),
    ("Bradshaw: suspect reopens", lawyer("reopened"), "Yes"),
    ("Bradshaw: suspect reopens, defective warnings", lawyer("reopened", warnings="silence", waiver=""), "No"),
    ("Shatzer: 13 days", lawyer("break", days=13), "No"),
    ("Shatzer: 15 days", lawyer("break", days=15), "Yes"),
    ("Shatzer: 15 days, no warnings", lawyer("break", days=15, **NONE), "No"),
    ("Harris: unwarned, to impeach", case(impeaches=True, **NONE), "Yes"),
    ("Hass: lawyer denied, to impeach", lawyer("pressed", impeaches=True), "Yes"),
    ("Mincey: coerced, to impeach", case(coerced="beaten", impeaches=True), "No"),
    ("Mincey: coerced, in chief, though warned", case(coerced="gun"), "No"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert f.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        lawyer("break", days=14),
        lawyer("pressed", setting="kitchen"),
        lawyer("", prompt="booking"),
        lawyer("later"),
        case(request="maybe counsel", waiver="spoke"),
        case(prompt="safety"),
        case(warnings="none"),
        case(request="silence", sequel="reopened"),
    ],
    ids=[
        "14 days", "a request out of custody", "booking after a request", "Mosley after a request for a lawyer",
        "a doubt before any waiver", "urgency in a cell", "a waiver of nothing", "silence given up",
    ],
)  # fmt: skip
def test_contested_law_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        f.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------

FREE = {"station", "kitchen", "roadside"}


def second_opinion(facts):
    """The set of reasons against the statement, struck down to those that count for the purpose."""
    against = {"force"} if facts.coerced else set()
    if facts.setting not in FREE and facts.prompt == "questions":
        if facts.warnings in ("none", "silence", "lawyer"):
            against.add("warnings")
        if facts.waiver == "not understood":
            against.add("waiver")
        if (facts.request, facts.sequel) in {
            ("silence", "pressed"), ("counsel", "pressed"), ("counsel", "other crime"), ("counsel", "absent"),
        } or (facts.sequel == "break" and facts.days <= 13):  # fmt: skip
            against.add("request")
    if facts.impeaches:
        against &= {"force"}
    return "No" if against else "Yes"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        warnings = rng.choice(("full", "full", "full", "none", "silence", "lawyer"))
        scrambled = replace(
            facts,
            setting=rng.choice(tuple(SETTINGS)),
            warnings=warnings,
            waiver=rng.choice(("signed", "spoke", "unsigned", "not understood")) if warnings == "full" else "",
            days=facts.days + rng.randint(-3, 3) if facts.days else 0,
            coerced=rng.choice(("", "", "", "", *COERCION)),
            impeaches=rng.random() < 0.3,
        )
        try:
            answer = f.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert compared["Yes"] > 200 and compared["No"] > 200, compared


# ---- a reader of the text -----------------------------------------------------------------------------------


def test_the_text_alone_leads_to_the_answer():
    for _, problem in drawn(1_500):
        text = problem.facts
        force = re.search(r"beaten|pistol|insulin", text)
        free = re.search(r"by choice|kitchen table|busy road", text)
        unasked = re.search(r"asked nothing|Asked nothing|booking form|cellmate|supermarket", text)
        days = re.search(r"spent (\d+) days", text)
        refused = re.search(r"No lawyer came;|lawyer came, advised|went on at once", text) or (
            days and int(days[1]) < 14
        )
        flawed = re.search(r"no warnings|No warnings|left out|in French", text) or refused
        out = force or (flawed and not free and not unasked and "impeach" not in problem.question)
        assert ("No" if out else "Yes") == problem.answer, text


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "a distractor": replace(facts, asides=ASIDES[:1]),
            "renamed": replace(facts, suspect="X Y", officer="Z W"),
            "another crime": replace(facts, crime="fraud"),
        }
        for what, changed in changes.items():
            assert f.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_no_phrasing_foretells_the_answer():
    for level in (1, 2, 3):
        seen = Counter((problem.template, problem.answer) for _, problem in drawn(900, level))
        for template in {template for template, _ in seen}:
            share = seen[template, "Yes"] / (seen[template, "Yes"] + seen[template, "No"])
            assert 0.25 < share < 0.75, (template, share)


def test_breaks_in_custody_fall_on_both_sides_of_14_days_but_never_on_them():
    days = [facts.days for facts, _ in drawn(1_500) if facts.days]
    assert 14 not in days and {12, 13, 15, 16} <= set(days)


def test_every_case_is_met():
    cited = {citation for _, problem in drawn(2_000) for citation in problem.authorities}
    assert cited == set(law.RULES)


def test_stories_fit_their_places():
    for facts, _ in drawn(1_500):
        assert (facts.setting == "market") == (facts.prompt == "safety")
        assert facts.prompt != "undercover" or facts.setting == "cell"
        assert facts.crime in CRIMES and (facts.waiver != "" or facts.warnings != "full")


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
    assert any(facts.asides for facts, _ in drawn(300, 1))
