"""The parts of the report by themselves: numbers in words, marked words, intervals, licences, large files."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from grpo_legal import reporting
from grpo_legal.reporting import charts, figures, findings, guarded, scores, spent, words
from grpo_legal.reporting.diff import marked
from grpo_legal.reporting.examples import spread
from grpo_legal.reporting.read import Run, questions_hash


def a_run(tmp_path, **more) -> Run:
    empty = dict(
        config={}, metrics=[], sampled=None, held_out={}, models={}, summary={}, results={}, audit={}, hashes={}
    )
    return Run(path=tmp_path, **{**empty, **more})


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (words.fixed(-0.04), "0.0"), (words.fixed(-1234.56), "−1,234.6"), (words.fixed(None), "–"),
        (words.score(0.8149), "81.5%"), (words.score(0.62, "rubric"), "12.4"),
        (words.spread((-0.02, 0.5)), "−2.0 to 50.0"), (words.spread((0.1, 0.5), "rubric"), "2.0 to 10.0"),
        (words.difference(0.31), "+31.0"), (words.difference(-0.1, "rubric"), "−2.0"), (words.difference(0.0), "0.0"),
        (words.chance(0.0004), "<0.001"), (words.chance(0.0312), "0.031"), (words.chance(None), "–"),
        (words.duration(42), "42 s"), (words.duration(470), "7 min 50 s"), (words.duration(3725), "1 h 02 min"),
        (words.duration(float(-1)), "–"), (words.dollars(12.345), "$12.35"), (words.dollars(0.001), "<$0.01"),
        (words.dollars(0.0), "$0.00"), (words.plain("firm_offer\n x"), "firm offer x"),
        (words.shorten("a" * 100, 10, 5), "a" * 10 + " […85 characters…] " + "a" * 5), (words.shorten("abc", 1), "abc"),
        (words.number(float("nan")), None), (words.number("1"), None), (words.number(10**400), None),
        (words.interval([1, 2]), (1.0, 2.0)), (words.interval([1, None]), None), (words.interval("ab"), None),
        (charts.slug("My: Reward §§ 1/2"), "my-reward-1-2"), (charts.slug("§"), "x"),
    ],
)  # fmt: skip
def test_numbers_and_names(made, shown):
    assert made == shown


@given(st.text(max_size=200), st.text(max_size=200))
def test_marked_pieces_put_together_are_the_texts(before, after):
    left, right = marked(before, after)
    assert "".join(text for _, text in left) == before and "".join(text for _, text in right) == after
    assert {kind for kind, _ in left} <= {"same", "del"} and {kind for kind, _ in right} <= {"same", "ins"}
    same = ["".join(t for k, t in side if k == "same") for side in (left, right)]
    assert same[0] == same[1]


@given(st.text())
def test_texts_are_printable_and_nothing_is_lost(text):
    shown = words.printable(text)
    shown.encode("utf-8")
    assert len(shown) >= len(text.replace("\r\n", "\n")) and not any(ord(c) < 32 and c not in "\n\t" for c in shown)


def test_examples_come_from_every_group_in_turn():
    assert spread([1, 2, 3, 4, 5], ["a", "a", "a", "b", "c"]) == [1, 4, 5, 2, 3]


@pytest.mark.parametrize(("right", "n"), [(1.0, 5), (1.0, 200), (0.0, 30)])
def test_unanimous_answers_have_the_exact_binomial_interval(right, n):
    ids = [str(i) for i in range(n)]
    centre, ci95 = scores.measured("families", [right] * n, ["*"] * n, ["f"] * n, ids)
    exact = scipy_stats.binomtest(int(right * n), n).proportion_ci(0.95, "exact")
    assert centre == right and ci95 == pytest.approx((exact.low, exact.high))


def test_a_score_and_its_interval_are_near_the_binomial_one():
    right = [1.0] * 140 + [0.0] * 60
    centre, (low, high) = scores.measured("families", right, ["*"] * 200, ["f"] * 200, list(map(str, range(200))))
    wilson = scipy_stats.binomtest(140, 200).proportion_ci(0.95, "wilson")
    assert centre == pytest.approx(0.7) and (low, high) == pytest.approx((wilson.low, wilson.high), abs=0.012)


def test_few_clusters_widen_the_interval():
    right = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0] * 25
    alone = scores.measured("families", right, ["*"] * 200, ["f"] * 200, list(map(str, range(200))))[1]
    right_by = sorted(right)
    together = scores.measured("families", right_by, ["*"] * 200, ["f"] * 200, [str(i // 20) for i in range(200)])[1]
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


@pytest.mark.parametrize(
    ("family", "problem_id", "licence", "commercial"),
    [
        ("firm_offer", "firm_offer/train/1/0", "Apache-2.0", True),
        ("hearsay", "legalbench/hearsay/ab", "CC BY 4.0", True),
        ("canada_tax_court_outcomes", "legalbench/canada_tax_court_outcomes/ab", "CC BY-NC 4.0", False),
        ("mine", "own/mine/ab", "yours", None),
        ("hearsay", "case-17", "yours", None),
    ],
)
def test_licences(tmp_path, family, problem_id, licence, commercial):
    record = {
        "problem_id": problem_id,
        "family": family,
        "answer": "Yes",
        "prompt": "?",
        "completion": "Yes",
        "step": 1,
    }
    (tmp_path / "completions.jsonl").write_text(json.dumps(record) + "\n")
    (row,) = findings.licences(reporting.read(tmp_path))
    assert (row.licence, row.commercial, row.use, row.questions) == (licence, commercial, "training", 1)


@pytest.mark.parametrize(
    ("price", "seconds", "told"),
    [
        (0, 9_000, "this run has no price"),
        (2.5, 6 * 3600, "the time is within it (6.00 h) and the cost is within it ($15.00)"),
        (2.5, 3600, "the time is below it (1.00 h) and the cost is below it ($2.50)"),
        (3.0, 9 * 3600, "the time is above it (9.00 h) and the cost is above it ($27.00)"),
    ],
)
def test_cost_against_the_plan(tmp_path, price, seconds, told):
    last = {"seconds": seconds, "cost_usd": seconds / 3600 * price, "tokens": 10, "step": 3, "max_steps": 10}
    run = a_run(tmp_path, config={"run": {"usd_per_hour": price}}, metrics=[last])
    assert told in spent.against_plan(run)
    assert ("step 3 of 10" in spent.against_plan(run)) == bool(price)
    assert spent.spent(run)[0].dollars == (pytest.approx(last["cost_usd"]) if price else None)


def test_a_flag_is_told_once_with_its_steps():
    metrics = [{"step": 1, "flags": ["a"]}, {"step": 2}, {"step": 5, "flags": ["b", "a"]}, {"step": 6, "flags": None}]
    assert [(f.text, f.times, f.first, f.last) for f in spent.flags(metrics)] == [("a", 2, 1, 5), ("b", 1, 5, 5)]


def test_what_a_guard_did_is_told_with_the_steps_on_which_its_sign_lasted():
    warn = {"guard": "no_variance", "says": "all alike", "act": "warn", "did": "warned"}
    metrics = [
        {"step": 3, "guards": [warn]},
        {"step": 4, "guards": [{**warn, "act": "", "did": ""}, {"guard": "budget", "says": "spent", "act": "stop", "did": "stopped"}]},
        {"step": 5},
        {"step": 9, "guards": [warn, "nonsense"]},
        {"step": 10, "guards": None},
    ]  # fmt: skip
    assert [(a.guard, a.says, a.did, a.first, a.last) for a in guarded.guarded(metrics)] == [
        ("no-variance", "all alike", "warned", 3, 4),
        ("budget", "spent", "stopped", 4, 4),
        ("no-variance", "all alike", "warned", 9, 9),
    ]


def test_regressions_are_the_whole_first_and_then_the_worst_group():
    def contrast(suite, ci95, **groups):
        made = {n: {"delta": d, "ci95": [d - 0.1, d + 0.1], "p_value": 0.01, "n": 9} for n, d in groups.items()}
        return {
            "suite": suite,
            "before": "a",
            "after": "b",
            "delta": sum(ci95) / 2,
            "ci95": ci95,
            "n": 9,
            "groups": made,
        }

    made = {
        "contrasts": [contrast("families", [0.0, 0.2], x=-0.2, y=-0.4, z=-0.1), contrast("legalbench", [-0.5, -0.1])]
    }
    run = a_run(None, results={**made, "scores": {"a": {}, "b": {}}})
    found = findings.regressions(findings.contrasts(run))
    assert [(c.suite, g and g.name) for c, g in found] == [("legalbench", None), ("families", "y"), ("families", "x")]


def test_a_long_series_is_drawn_with_few_points_and_a_forest_of_many_rows_in_parts():
    figure = figures.curve("long", "Long", range(20_000), [i % 7 for i in range(20_000)])
    assert len(figure.svg) < 80_000 and "at step 19999" in figure.alt
    rows = [figures.Row(f"task {i} $x^2$ <b>&", i - 45.0, (i - 50.0, i - 40.0)) for i in range(90)]
    made = figures.forest("f", "F", rows, unit="points")
    assert len(made) == 3 and "task 0 $x^2$" in made[0].svg and "<b>" not in made[0].svg
    assert made[0].alt.startswith("F (1 of 3), in points: 40 worse, 0 better, 0 open.")


def test_values_that_are_missing_or_not_finite_leave_gaps_and_no_curve_where_there_is_none():
    metrics = [{"step": 1, "reward": None, "kl": None}, {"step": 2, "reward": float("inf")}, {"step": 3, "reward": 0.5}]
    (figure,) = charts.curves(metrics)
    assert "from 0.5 at step 3 to 0.5 at step 3" in figure.alt


def test_a_large_file_of_completions_is_read_in_little_memory(tmp_path):
    row = {"family": "f", "answer": "Yes", "prompt": "why " * 100, "completion": "word " * 200, "rewards": {"a": 1.0}}
    with (tmp_path / "completions.jsonl").open("w") as file:
        for i in range(20_000):
            question = {"problem_id": f"f/train/1/{i // 32}", "step": 1 + i // 4000, "reward": i % 10}
            file.write(json.dumps({**row, **question, "rewards": {"a": None if i % 100 == 0 else 1.0}}) + "\n")
    tracemalloc.start()
    sampled = reporting.read(tmp_path).sampled
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (
        sampled.completions == 20_000
        and sampled.failed == {"a": 200}
        and sampled.questions == {("f", "generated"): 625}
    )
    assert (sampled.best["reward"], sampled.worst["reward"], sampled.best["step"]) == (9, 0, 5)
    assert peak < 2_000_000 < (tmp_path / "completions.jsonl").stat().st_size / 10


def test_the_hash_of_questions_depends_on_them_and_not_on_their_order():
    one, two = ("a", "why?", "Yes"), ("b", "why?", "No")
    assert questions_hash([one, two]) == questions_hash([two, one, one]) != questions_hash([one, ("b", "why?", "Yes")])
