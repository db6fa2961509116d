"""Diversity jurisdiction against hand-worked cases, a second engine, and a reader of the text itself."""

import random
import re
from dataclasses import replace

import pytest
from family_series import series

from grpo_legal.problems import FAMILIES
from grpo_legal.problems import diversity_law as d

FAMILY = FAMILIES["diversity_jurisdiction"]
US = "United States"
drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------


def person(state, **more):
    return d.Party("Ann Lee", "person", state, **more)


def corporation(incorporated, headquarters, most_employees="Texas"):
    return d.Party("Acme Corporation", "corporation", headquarters, charters=(incorporated,), plant=most_employees)


def llc(*members, organized="Delaware", office="Texas"):
    return d.Party("Acme LLC", "company", office, charters=(organized,), members=members)


def executor(own_home, decedent_home):
    return d.Party("Bob Ray", "representative", own_home, decedent="Cy Dow", decedent_home=decedent_home)


def alien(country):
    return person(country, nation=country)


def green_card(state, country="Japan"):
    return person(state, nation=country, resident=True)


def claims(*dollars):
    """One plaintiff's claims, in dollars."""
    return tuple(("claim", round(100 * amount)) for amount in dollars)


def suit(plaintiffs, defendants, *demands, common=False):
    return d.Facts(tuple(plaintiffs), tuple(defendants), demands or (claims(90_000),), common, "a fire", (), 3)


OHIO, UTAH, IOWA = person("Ohio"), person("Utah"), person("Iowa")
CASES = [
    ("§ 1332(a)(1): citizens of two States, $90,000", suit([OHIO], [UTAH]), "Yes"),
    ("§ 1332(a): exactly $75,000 does not exceed it", suit([OHIO], [UTAH], claims(75_000)), "No"),
    ("§ 1332(a): a cent more does", suit([OHIO], [UTAH], claims(75_000.01)), "Yes"),
    (
        "§ 1332(a): interest and costs do not count",
        suit([OHIO], [UTAH], (*claims(75_000), ("interest", 900_00), ("costs", 405_00))),
        "No",
    ),
    ("Strawbridge: one of two defendants shares the plaintiff's State", suit([OHIO], [UTAH, OHIO]), "No"),
    ("Strawbridge: two plaintiffs of one State", suit([OHIO, OHIO], [UTAH], claims(80_000), claims(80_000)), "Yes"),
    ("§ 1332(c)(1): incorporated in the plaintiff's State", suit([OHIO], [corporation("Ohio", "Utah")]), "No"),
    (
        "Hertz: Californians against a Delaware corporation run from New Jersey, most work in California",
        suit([person("California")], [corporation("Delaware", "New Jersey", "California")]),
        "Yes",
    ),
    ("Hertz: directed from the plaintiff's State", suit([OHIO], [corporation("Delaware", "Ohio")]), "No"),
    ("Americold: one member of the plaintiff's State", suit([OHIO], [llc(UTAH, OHIO)]), "No"),
    ("Americold: organized and run there", suit([OHIO], [llc(UTAH, organized="Ohio", office="Ohio")]), "Yes"),
    (
        "Americold with § 1332(c)(1): a corporate member based there",
        suit([OHIO], [llc(UTAH, corporation("Delaware", "Ohio"))]),
        "No",
    ),
    ("§ 1332(c)(2): executor of an Ohio decedent", suit([OHIO], [executor("Utah", "Ohio")]), "No"),
    ("§ 1332(c)(2): Ohio executor of a Utah decedent", suit([OHIO], [executor("Ohio", "Utah")]), "Yes"),
    (
        "Newman-Green: an Illinois corporation against an alien and a U.S. citizen domiciled abroad",
        suit([corporation("Illinois", "Illinois")], [alien("Mexico"), person("Spain")]),
        "No",
    ),
    ("§ 1332(a)(2): alien defendant", suit([OHIO], [alien("France")]), "Yes"),
    ("Hodgson: alien against alien", suit([alien("Spain")], [alien("France")]), "No"),
    ("Hodgson: aliens of one country", suit([alien("Spain")], [alien("Spain")]), "No"),
    ("§ 1332(a)(2): permanent resident of the plaintiff's State", suit([OHIO], [green_card("Ohio")]), "No"),
    ("§ 1332(a)(2): permanent resident of another State", suit([OHIO], [green_card("Utah")]), "Yes"),
    ("§ 1332(a)(3): alien next to a citizen of another State", suit([OHIO], [UTAH, alien("France")]), "Yes"),
    (
        "Mas v. Perry: wife domiciled in Mississippi, husband French, landlord of Louisiana",
        suit([person("Mississippi"), alien("France")], [person("Louisiana")], claims(80_000), claims(80_000)),
        "Yes",
    ),
    ("Mas v. Perry: moved away for good before filing", suit([person("Ohio", earlier="Utah")], [UTAH]), "Yes"),
    ("Grupo Dataflux: moved into the State after filing", suit([person("Ohio", later="Utah")], [UTAH]), "Yes"),
    ("Grupo Dataflux: a later move cures nothing", suit([person("Utah", later="Ohio")], [UTAH]), "No"),
    ("Snyder: one plaintiff's two claims add up", suit([OHIO], [UTAH], claims(40_000, 35_000.01)), "Yes"),
    ("Snyder: two plaintiffs' claims do not", suit([OHIO, IOWA], [UTAH], claims(60_000), claims(70_000)), "No"),
    ("Allapattah: one claim of two", suit([OHIO, IOWA], [UTAH], claims(75_000), claims(75_001)), "Yes"),
    ("Allapattah: not over a lack of diversity", suit([OHIO, UTAH], [UTAH], claims(99_000), claims(1_000)), "No"),
    ("Troy Bank: an undivided interest of $80,000", suit([OHIO, IOWA], [UTAH], claims(80_000), common=True), "Yes"),
    ("Troy Bank: an undivided interest of $75,000", suit([OHIO, IOWA], [UTAH], claims(75_000), common=True), "No"),
]


@pytest.mark.parametrize(("facts", "answer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_hand_worked_cases(facts, answer):
    assert d.decide(facts)[0] == answer


def test_the_authorities_are_those_of_the_rules_used():
    cited = {rule for rule, _ in d.decide(suit([OHIO], [llc(UTAH, OHIO)]))[1]}
    assert cited == {d.AMERICOLD, d.STRAWBRIDGE, d.AMOUNT}
    cited = {rule for rule, _ in d.decide(suit([OHIO, IOWA], [UTAH], claims(1_000), claims(99_000)))[1]}
    assert cited == {d.DIFFERENT_STATES, d.AMOUNT, "28 U.S.C. § 1367(a)", d.ALLAPATTAH}
    cited = {rule for rule, _ in d.decide(suit([OHIO, UTAH], [UTAH], claims(1_000), claims(99_000)))[1]}
    assert cited == {d.STRAWBRIDGE, d.AMOUNT, d.ALLAPATTAH}


@pytest.mark.parametrize(
    "facts",
    [
        suit([OHIO, alien("Spain")], [UTAH, alien("France")]),
        suit([OHIO, IOWA], [UTAH, UTAH], claims(80_000), claims(1_000)),
        suit([OHIO], [UTAH, green_card("Iowa")]),
    ],
    ids=["aliens on both sides next to citizens", "supplemental claims, several defendants", "resident next to others"],
)
def test_contested_law_is_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError, match="not settled"):
        d.decide(facts)


# ---- a second engine: pair by pair, in dollars -----------------------------------------------------------


def leaves(party):
    """(kind, where) of everyone whose citizenship counts: a State, a foreign country, or a stateless American."""
    if party.members:
        return [leaf for member in party.members for leaf in leaves(member)]
    if party.charters:
        return [("state", place) for place in {*party.charters, party.home}]
    if party.decedent:
        return [("state", party.decedent_home)]
    if party.nation == US:
        return [("state" if party.home in d.STATES else "nowhere", party.home)]
    return [("green card" if party.resident else "alien", party.home)]


def clash(one, other):
    kinds = {one[0], other[0]}
    if "nowhere" in kinds or kinds <= {"alien", "green card"}:
        return True
    return "alien" not in kinds and one[1] == other[1]


def second_opinion(facts):
    pairs = [(a, b) for p in facts.plaintiffs for a in leaves(p) for q in facts.defendants for b in leaves(q)]
    if any(clash(a, b) for a, b in pairs):
        return "No"
    worth = [sum(cents / 100 for head, cents in heads if head == "claim") for heads in facts.demands]
    return "Yes" if max(worth) > 75_000 else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def squeezed(party, into):
    """The party with every State renamed by the map `into`."""
    charters = tuple(into[state] for state in party.charters)
    members = tuple(squeezed(member, into) for member in party.members)
    homes = {"home": into.get(party.home, party.home), "decedent_home": into.get(party.decedent_home, "")}
    return party._replace(charters=charters, members=members, **homes)


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    """All States merged into four and the sums drawn anew, so that every kind of clash meets every amount."""
    rng, compared = random.Random(1), []
    for facts, _ in drawn(1_500):
        into = {state: rng.choice(("Ohio", "Utah", "Iowa", "Maine")) for state in d.STATES}
        sides = [tuple(squeezed(party, into) for party in side) for side in (facts.plaintiffs, facts.defendants)]
        sums = tuple(
            tuple((head, rng.choice((7_500_000, 7_500_001, 3_800_000))) for head, _ in h) for h in facts.demands
        )
        scrambled = replace(facts, plaintiffs=sides[0], defendants=sides[1], demands=sums)
        try:
            answer = d.decide(scrambled)[0]
        except ValueError:
            continue
        assert second_opinion(scrambled) == answer, scrambled
        compared.append(answer)
    assert len(compared) > 1_200 and compared.count("Yes") > 250


# ---- a reader of the text: level 1 without the structured facts --------------------------------------------

STATE = "|".join(sorted(d.STATES, key=len, reverse=True))
NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
HOME_FIRST = re.compile(rf"({STATE}) citizens? ({NAME})(?: and ({NAME})\b(?! \(| citizen))?")
HOME_AFTER = re.compile(rf"({NAME}) \((?:a citizen of|U\.S\. citizen, domiciled in) ({STATE})\)")
SENTENCE = re.compile(
    rf"({NAME})(?: and ({NAME}))? (?:is a citizen|are citizens) of ({STATE})(?: and ({NAME}) of ({STATE}))?\."
)


def homes_in(text):
    """{name: State} as the text tells it."""
    homes = dict(HOME_AFTER.findall(text))
    for state, name, other in HOME_FIRST.findall(text):
        homes |= {name: state} | ({other: state} if other else {})
    for name, other, state, second, second_state in SENTENCE.findall(text):
        homes |= {name: state} | ({other: state} if other else {}) | ({second: second_state} if second else {})
    return homes


def test_the_level_one_text_alone_leads_to_the_answer():
    for facts, problem in drawn(2_000, level=1):
        homes = homes_in(problem.facts)
        sides = [{homes[party.name] for party in side} for side in (facts.plaintiffs, facts.defendants)]
        (amount,) = re.findall(r"\$([\d,]+(?:\.\d\d)?)", problem.facts)
        yes = not sides[0] & sides[1] and float(amount.replace(",", "")) > 75_000
        assert ("Yes" if yes else "No") == problem.answer, problem.facts


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    rng = random.Random(0)
    for facts, problem in drawn(600):
        bare = replace(facts, asides=(), matter="")
        strip = lambda p: p._replace(plant="", earlier="", later="")  # noqa: E731
        moved = replace(
            facts, plaintiffs=tuple(map(strip, facts.plaintiffs)), defendants=tuple(map(strip, facts.defendants))
        )
        swapped = replace(facts, defendants=tuple(rng.sample(facts.defendants, len(facts.defendants))))
        renamed = replace(facts, plaintiffs=tuple(p._replace(name="X Y") for p in facts.plaintiffs))
        order = rng.sample(range(len(facts.plaintiffs)), len(facts.plaintiffs))
        demands = facts.demands if len(facts.demands) == 1 else tuple(facts.demands[i] for i in order)
        shuffled = replace(facts, plaintiffs=tuple(facts.plaintiffs[i] for i in order), demands=demands)
        turned = replace(facts, plaintiffs=facts.defendants, defendants=facts.plaintiffs)
        one_on_one = len(facts.plaintiffs) == len(facts.defendants) == 1
        for changed in (bare, moved, swapped, renamed, shuffled, turned if one_on_one else facts):
            assert d.decide(changed)[0] == problem.answer, problem.facts


def test_distractors_are_in_the_text_always_from_level_two_on():
    for facts, problem in drawn(300):
        assert all(aside in problem.facts for aside in facts.asides)
        assert facts.asides or facts.difficulty == 1
    assert 0.05 < sum(bool(facts.asides) for facts, _ in drawn(600, level=1)) / 600 < 0.2


def test_every_rule_is_met_often_enough_to_be_learned():
    cited = [rule for _, problem in drawn(1_500, level=3) + drawn(1_500, level=2) for rule in problem.authorities]
    for rule in (d.HERTZ, d.AMERICOLD, d.ESTATES, d.MAS, d.DATAFLUX, d.ALIENAGE, d.NEWMAN_GREEN, d.HODGSON, d.SNYDER):
        assert cited.count(rule) >= 20, rule
    assert set(cited) == set(FAMILY.rules)
    assert cited.count(d.TROY) >= 100 and cited.count(d.ALLAPATTAH) >= 100


# ---- explanations -----------------------------------------------------------------------------------------


def test_the_conclusion_names_what_is_lacking_as_the_second_engine_sees_it():
    for facts, problem in drawn(900):
        conclusion = problem.explanation.splitlines()[3]
        pairs = [(a, b) for p in facts.plaintiffs for a in leaves(p) for q in facts.defendants for b in leaves(q)]
        assert ("not diverse" in conclusion) == any(clash(a, b) for a, b in pairs), problem.explanation
        worth = [sum(cents for head, cents in heads if head == "claim") for heads in facts.demands]
        assert ("too little" in conclusion) == (max(worth) <= 7_500_000), problem.explanation
