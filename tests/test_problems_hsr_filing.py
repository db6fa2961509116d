"""Premerger filings against hand-worked cases and a second engine that walks the statute's tests as sets of pairs."""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from family_series import series

from grpo_legal.problems import hsr_filing_rules as h
from grpo_legal.problems.hsr_filing import FAMILY

drawn = series(FAMILY)


# ---- cases worked by hand ------------------------------------------------------------------------------

BASE = h.Facts(
    buyer="Alpha Corporation",
    target="Beta Corporation",
    trade="paint manufacturer",
    makes=True,
    form="stock",
    percent=100,
    price=2_000,
    buyer_assets=3_000,
    buyer_sales=1_000,
    target_assets=300,
    target_sales=200,
    held=None,
    prior=None,
    non_voting=0,
    parent=None,
    intent="",
    asides=(),
    difficulty=3,
)


def case(**changes):
    """A $300 million company buys all of a $30 million manufacturer for $200 million, but for … (tenths of a million)."""
    return replace(BASE, **changes)


SERVICE = {"makes": False, "trade": "payroll service"}
GROUP = ("Gamma Corporation", 50, 4_000, 3_000)
CASES = [
    ("18a(a)(2)(B)(ii)(I): large buyer, manufacturer of $30 million", case(), "Yes"),
    ("18a(a)(2)(B)(i): $133.9 million is not in excess of it", case(price=1_339), "No"),
    ("18a(a)(2)(B)(i): $134 million is", case(price=1_340), "Yes"),
    ("18a(a)(2)(A): $535.5 million leaves the size of the persons in play", case(price=5_355, buyer_assets=9), "No"),
    ("18a(a)(2)(A): $535.6 million does not", case(price=5_356, buyer_assets=9, buyer_sales=9), "Yes"),
    ("18a(a)(2)(B)(ii)(I): buyer just too small", case(buyer_assets=2_677), "No"),
    ("18a(a)(2)(B)(ii)(I): buyer's sales do as well", case(buyer_assets=9, buyer_sales=2_678), "Yes"),
    ("18a(a)(2)(B)(ii)(I): manufacturer's sales count", case(target_assets=9, target_sales=268), "Yes"),
    ("18a(a)(2)(B)(ii)(II): a service's sales do not", case(target_assets=9, target_sales=268, **SERVICE), "No"),
    ("18a(a)(2)(B)(ii)(II): a service's assets do", case(target_assets=268, target_sales=9, **SERVICE), "Yes"),
    ("18a(a)(2)(B)(ii)(III): its large sales do", case(target_assets=9, target_sales=2_678, **SERVICE), "Yes"),
    ("18a(a)(2)(B)(ii)(III): small buyer, large target", case(buyer_assets=268, target_assets=2_678), "Yes"),
    ("18a(a)(2)(B)(ii)(III): too small a buyer", case(buyer_assets=267, buyer_sales=9, target_assets=9_999), "No"),
    ("18a(c)(3): already half", case(price=9_000, percent=20, held=(50, 9_000)), "No"),
    ("18a(c)(3): 49 percent is not half", case(percent=20, held=(49, 1_000)), "Yes"),
    ("801.13(a): shares held before count", case(price=1_000, percent=40, held=(20, 340)), "Yes"),
    ("801.13(a): and do not suffice", case(price=1_000, percent=40, held=(20, 339)), "No"),
    ("801.13(b)(2): bought 170 days before", case(form="assets", price=1_000, prior=(170, 340)), "Yes"),
    ("801.13(b)(2): bought 190 days before", case(form="assets", price=1_000, prior=(190, 340)), "No"),
    ("802.9: a tenth, passively", case(price=9_000, percent=10, intent="passive"), "No"),
    ("802.9: more than a tenth", case(price=9_000, percent=11, intent="passive"), "Yes"),
    ("802.9: a tenth with the earlier shares", case(percent=6, held=(4, 800), intent="passive"), "No"),
    ("801.1(i)(1): a seat on the board", case(percent=10, intent="seat"), "Yes"),
    ("801.2(f)(1): 49 percent of an LLC", case(form="interests", percent=49, price=9_000), "No"),
    ("801.1(b)(1)(ii): 50 percent of an LLC", case(form="interests", percent=50), "Yes"),
    ("18a(c)(2): non-voting shares do not count", case(price=1_300, non_voting=5_000), "No"),
    ("801.11(b): the parent's size counts", case(buyer_assets=9, buyer_sales=9, parent=GROUP), "Yes"),
    ("801.1(b)(1)(i): 49 percent is no parent",
     case(buyer_assets=9, buyer_sales=9, parent=(GROUP[0], 49, *GROUP[2:])), "No"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "answer"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_hand_worked_cases(facts, answer):
    assert h.decide(facts)[0] == answer


@pytest.mark.parametrize(
    "facts",
    [case(form="assets", prior=(180, 100)), case(prior=(90, 100)), case(form="assets", intent="passive")],
    ids=["bought on the 180th day", "earlier assets, now stock", "passive purchase of assets"],
)
def test_contested_facts_are_refused_and_so_never_drawn(facts):
    with pytest.raises(ValueError):
        h.decide(facts)


# ---- a second engine --------------------------------------------------------------------------------------


def second_opinion(facts):
    """Millions of dollars; the statute's three pairs of sizes are tried in turn."""
    owned, worth = facts.held or (0, 0)
    exempt = (
        owned >= 50
        or (facts.intent == "passive" and owned + facts.percent <= 10)
        or (facts.form == "interests" and 2 * facts.percent < 100)
    )
    recent = facts.prior[1] if facts.prior and facts.prior[0] <= 180 else 0
    worth = (facts.price + worth + recent) / 10
    acquirer = {"assets": facts.buyer_assets / 10, "sales": facts.buyer_sales / 10}
    if facts.parent and facts.parent[1] > 49:
        acquirer = {"assets": facts.parent[2] / 10, "sales": facts.parent[3] / 10}
    target = {"assets": facts.target_assets / 10, "sales": facts.target_sales / 10}
    counted = target if facts.makes else {"assets": target["assets"]}
    pairs = [(counted, 26.8, 267.8), (target, 267.8, 26.8)]
    sized = any(
        any(x >= low for x in t.values()) and any(x >= high for x in acquirer.values()) for t, low, high in pairs
    )
    return "Yes" if not exempt and worth > 133.9 and (worth > 535.5 or sized) else "No"


def test_a_second_engine_agrees_on_2000_problems():
    for facts, problem in drawn(2_000):
        assert second_opinion(facts) == problem.answer, problem.facts


def scramble(rng, facts):
    form = rng.choice(("stock", "stock", "assets", "interests"))
    stock = form == "stock"
    return replace(
        facts,
        form=form,
        makes=rng.random() < 0.5,
        percent=rng.randrange(1, 101),
        price=rng.randrange(0, 7_000),
        held=(rng.randrange(1, 80), rng.randrange(0, 3_000)) if stock and rng.random() < 0.4 else None,
        prior=(rng.choice((1, 178, 182, 999)), rng.randrange(0, 3_000)) if form == "assets" else None,
        non_voting=rng.randrange(0, 9_000) if stock else 0,
        intent=rng.choice(("", "passive", "seat")) if stock else "",
        parent=rng.choice((None, ("P Corporation", rng.randrange(1, 100), 5_000, 20))),
        target_assets=rng.choice((0, 267, 268, 2_677, 2_678, 90_000)),
        target_sales=rng.choice((0, 267, 268, 2_677, 2_678, 90_000)),
        buyer_assets=rng.choice((0, 267, 268, 2_677, 2_678, 90_000)),
    )


def test_the_engines_agree_on_facts_that_no_sampler_would_make():
    rng, compared = random.Random(1), Counter()
    for facts, _ in drawn(1_500):
        scrambled = scramble(rng, facts)
        answer = h.decide(scrambled)[0]
        assert second_opinion(scrambled) == answer, scrambled
        compared[answer] += 1
    assert compared["Yes"] > 300 and compared["No"] > 300, compared


# ---- properties -----------------------------------------------------------------------------------------


def test_what_does_not_matter_changes_nothing():
    for facts, problem in drawn(600):
        changes = {
            "no distractors": replace(facts, asides=()),
            "renamed": replace(facts, buyer="X Corporation", target="Y Corporation"),
            "another trade of the same sort": replace(facts, trade="another"),
            "more non-voting shares": replace(facts, non_voting=99_999 if facts.form == "stock" else 0),
        }
        for what, changed in changes.items():
            assert h.decide(changed)[0] == problem.answer, (what, problem.facts)


def test_a_higher_price_never_ends_a_duty_to_file():
    for facts, problem in drawn(600):
        dearer = h.decide(replace(facts, price=facts.price + 5_000))[0]
        assert dearer == "Yes" or problem.answer == "No"


def test_the_level_one_text_alone_leads_to_the_answer():
    figure = r"\$([\d,.]+) million"
    for _, problem in drawn(900, level=1):
        text = problem.facts
        price = re.search(rf"for {figure}", text)[1]
        sizes = re.search(rf"assets of {figure}, annual sales of {figure}; .*?{figure} and {figure}", text)
        price, assets, sales, theirs, sold = (float(x.replace(",", "")) for x in (price, *sizes.groups()))
        counted = max(theirs, sold) if re.search("maker|manufacturer", text) else theirs
        ours, large = max(assets, sales), max(theirs, sold)
        sized = (counted >= 26.8 and ours >= 267.8) or (large >= 267.8 and ours >= 26.8)
        assert ("Yes" if price > 535.5 or (price > 133.9 and sized) else "No") == problem.answer, text


def test_distractors_are_there_always_from_level_two_on_and_every_rule_is_met():
    assert all(facts.asides for facts, _ in drawn(600) if facts.difficulty > 1)
    cited = Counter((rule, problem.answer) for _, problem in drawn(1_200) for rule in problem.authorities)
    never_yes = {h.MAJORITY}
    assert {rule for rule, _ in cited} == set(h.RULES)
    for rule in h.RULES:
        assert cited[rule, "No"] >= 10 or rule == h.LARGE, rule
        assert cited[rule, "Yes"] >= 10 or rule in never_yes, rule


@pytest.mark.parametrize("level", (1, 2, 3))
def test_no_word_or_phrasing_gives_the_answer_away(level):
    problems = [problem for _, problem in drawn(1_000, level)]
    seen = {}
    for problem in problems:
        words = set(re.findall(r"[a-z-]+", problem.facts.lower())) | {problem.template}
        for word in words:
            seen.setdefault(word, Counter())[problem.answer] += 1
    yes = sum(problem.answer == "Yes" for problem in problems)
    for word, count in seen.items():
        right = max(count["Yes"] + len(problems) - yes - count["No"], count["No"] + yes - count["Yes"])
        assert right / len(problems) < 0.63, (word, count)
