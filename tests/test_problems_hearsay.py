"""Hearsay against hand-worked cases and a second engine that asks for one sufficient reason."""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from family_series import series

from grpo_legal.problems import hearsay as f
from grpo_legal.problems import hearsay_rules as law
from grpo_legal.problems.hearsay_prose import ASIDES

FAMILY = f.FAMILY
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

TOLD = f.Facts(
    plaintiff="Ann Lee",
    defendant="Bob Ray",
    declarant="Cy Dow",
    listener="Di Fox",
    by_plaintiff=True,
    matter=0,
    kind="plain",
    form="words",
    place="",
    notice=None,
    tie="",
    tie_flaw="",
    prior="",
    prior_flaw="",
    forgot=False,
    oath="",
    days=1,
    asides=(),
    difficulty=3,
)


def case(**changes):
    """Dow told Fox that the stairs were loose; Lee offers that against Ray to prove it, but for …"""
    return replace(TOLD, **changes)


def tie(bond, flaw="", **changes):
    return case(tie=bond, tie_flaw=flaw, **changes)


def prior(sort, flaw="", **changes):
    return case(prior=sort, prior_flaw=flaw, **changes)


PAYROLL = {"tie": "employee", "tie_flaw": "scope"}
CASES = [  # is it hearsay?
    ("801(c): a stranger's words, for their truth", case(), "Yes"),
    ("801(c)(2): only to show a warning", case(notice=True), "No"),
    ("801(c)(2): to show the truth, not just a warning", case(notice=False), "Yes"),
    ("801(c) adv. comm. note: words that make a gift", case(kind="gift", form="act"), "No"),
    ("801(c): a later report of a gift", case(kind="gift"), "Yes"),
    ("801(a) adv. comm. note: act not meant to assert", case(kind="conduct", form="conduct"), "No"),
    ("801(a)(2): a nod in answer", case(kind="conduct", form="gesture"), "Yes"),
    ("801(b): a machine's print-out", case(kind="device", form="device"), "No"),
    ("801(b): a person's report of a machine", case(kind="device"), "Yes"),
    ("801(c)(1): testimony at this trial", case(place="this trial"), "No"),
    ("801(c)(1): testimony at another trial", case(place="earlier trial"), "Yes"),
    ("801(d)(2)(A): the opponent's own words", tie("opponent"), "No"),
    ("801(d)(2): a party's own words for itself", tie("offeror"), "Yes"),
    ("801(d)(2)(B): that is true", tie("adopted"), "No"),
    ("801(d)(2)(B): that is false", tie("adopted", "denied"), "Yes"),
    ("801(d)(2)(C): authorized", tie("authorized"), "No"),
    ("801(d)(2)(C): not authorized", tie("authorized", "none"), "Yes"),
    ("801(d)(2)(D): employee on the job", tie("employee"), "No"),
    ("801(d)(2)(D): outside the scope", tie("employee", "scope"), "Yes"),
    ("801(d)(2)(D): a day after leaving", tie("employee", "left"), "Yes"),
    ("801(d)(2)(E): to win a recruit", tie("plotter", kind="plot"), "No"),
    ("801(d)(2)(E): when the scheme was over", tie("plotter", "aim", kind="plot"), "Yes"),
    ("801(d)(2), Bourjaily: the statement alone", tie("plotter", "proof", kind="plot"), "Yes"),
    ("801(d)(2), 2024 amendment: before the assignment", tie("assignor", by_plaintiff=False), "No"),
    ("801(d)(2), 2024 note: after the assignment", tie("assignor", "after", by_plaintiff=False), "Yes"),
    ("801(d)(1)(A): sworn in a deposition", prior("inconsistent", oath="in a deposition"), "No"),
    ("801(d)(1)(A) before 12/1/2026: unsworn", prior("inconsistent", "unsworn"), "Yes"),
    ("801(d)(1)(A): sworn, not called", prior("inconsistent", "absent", oath="in a deposition"), "Yes"),
    ("801(d)(1)(B), Tome: before the motive", prior("consistent"), "No"),
    ("801(d)(1)(B), Tome: after the motive", prior("consistent", "after"), "Yes"),
    ("801(d)(1)(C): lineup", prior("identification", kind="identity"), "No"),
    ("801(d)(1)(C), Owens: memory lost", prior("identification", kind="identity", forgot=True), "No"),
    ("801(d)(1)(C): lineup, not called", prior("identification", "absent", kind="identity"), "Yes"),
    (
        "801(d)(1)(A) and (d)(2)(D): unsworn, but employee on the job",
        prior("inconsistent", "unsworn", tie="employee"),
        "No",
    ),
    ("801(d)(1)(A) and (d)(2)(D): unsworn, outside the scope", prior("inconsistent", "unsworn", **PAYROLL), "Yes"),
    ("801(d)(2)(D) and (c)(2): outside the scope, but a warning", case(notice=True, **PAYROLL), "No"),
]


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert f.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [
        tie("employee", "left", days=0),
        tie("assignor", days=0),
        tie("opponent", form="device", kind="device"),
        prior("consistent", place="this trial"),
        prior("consistent", forgot=True),
    ],
    ids=[
        "left that day",
        "assigned that day",
        "a party's machine",
        "testimony as earlier words",
        "forgot one's own tale",
    ],
)
def test_contested_law_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        f.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(facts):
    """Hearsay unless one of a list of sentences is true."""
    reasons = [
        facts.form in {"conduct", "device", "act"},
        facts.place.startswith("this"),
        bool(facts.notice),
        (facts.prior != "", facts.prior_flaw) == (True, ""),
        facts.tie in {"opponent", "adopted", "authorized", "employee", "plotter", "assignor"} and not facts.tie_flaw,
    ]
    return {0: "Yes"}.get(sum(reasons), "No")


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    ties, priors = [("", ""), *law.TIES], [("", ""), *(key for key in law.PRIORS if key[0] != "forgotten")]
    for facts, _ in drawn(1_200):
        (bond, flaw), (kind, lack) = rng.choice(ties), rng.choice(priors)
        scrambled = replace(
            facts,
            tie=bond,
            tie_flaw=flaw,
            prior=kind,
            prior_flaw=rng.choice((lack, "absent")) if kind else "",
            forgot=rng.random() < 0.2,
            place=rng.choice(("", "", "earlier trial", "this trial")),
            notice=rng.choice((None, False, True)),
            by_plaintiff=rng.random() < 0.5,
        )
        try:
            answer = f.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert compared["Yes"] > 150 and compared["No"] > 300, compared


# ---- a reader of the text -----------------------------------------------------------------------------------


def test_the_text_alone_leads_to_the_answer():
    for facts, problem in drawn(1_200):
        text = problem.facts
        ways = [
            r"no thought of telling|Untouched by|Testifying at this trial|This is my gift",
            r"prove just that|but just that",
            r'"That is true\."|had authorized|Bank records.*(?:running)|assigned the claim to \w+ \d+ days? later',
            r"Under oath.*testifies to the contrary|testifies to the contrary.*Under oath|cross-examines \w+ on the lineup",
            r"days? after the words",
        ]
        party = facts.declarant in (facts.plaintiff, facts.defendant) and facts.tie == "opponent"
        job = re.search(r"one job: upkeep of the (\w+)\.", text)
        on_the_job = job and f"that the {job[1]} w" in text and re.search(r"left that job \d+ days? later", text)
        found = party or on_the_job or any(re.search(way, text) for way in ways)
        assert ("No" if found else "Yes") == problem.answer, text


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "a distractor": replace(facts, asides=ASIDES[:1]),
            "renamed": replace(facts, plaintiff="X Y", defendant="Z W", declarant="U V", listener="S T"),
            "another matter": replace(facts, matter=0),
            "the other side's witness": replace(facts, by_plaintiff=not facts.by_plaintiff),
        }
        for what, changed in changes.items():
            assert f.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_no_phrasing_foretells_the_answer():
    for level in (1, 2, 3):
        seen = Counter((problem.template, problem.answer) for _, problem in drawn(900, level))
        for template in {template for template, _ in seen}:
            share = seen[template, "Yes"] / (seen[template, "Yes"] + seen[template, "No"])
            assert 0.25 < share < 0.75, (template, share)


def test_who_is_warned_is_who_was_told():
    for facts, problem in drawn(900):
        if facts.notice is not None:
            assert (
                facts.tie == "adopted"
                or f.v.surname(facts.listener) not in problem.facts.replace(facts.declarant, "").split()
            ), problem.facts


def test_all_that_is_drawn_is_cited_somewhere():
    cited = {citation for _, problem in drawn(2_000) for citation in problem.authorities}
    assert cited == set(law.RULES) - {law.CONSISTENT}


def test_distractors_are_there_always_from_level_two_on():
    assert all(facts.asides for facts, _ in drawn(300) if facts.difficulty > 1)
    assert any(facts.asides for facts, _ in drawn(300, 1))


def test_a_nod_is_shown_to_be_a_statement_first():
    outcome, steps = f.decide(case(kind="conduct", form="gesture"))
    assert outcome == "Yes" and [citation for citation, _ in steps] == ["Fed. R. Evid. 801(a)", "Fed. R. Evid. 801(c)"]
