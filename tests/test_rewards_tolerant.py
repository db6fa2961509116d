"""Rewards that raise, hang or give rubbish in the middle of a run: what each costs, what is told, and when it ends."""

import contextlib
import doctest
import math
import re
import signal
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grpo_legal.errors import UserError
from grpo_legal.rewards import RewardSpec, Tolerant, deadline, preflight, tolerant
from grpo_legal.rewards.deadline import in_time
from grpo_legal.schema import Problem, to_row

TEXTS = ["a", "bad", "ccc", "dddd"]
FINE = [0.1, 0.3, 0.3, 0.4]


def make(function, told=None, **limits) -> Tolerant:
    notes = told if told is not None else []
    return Tolerant(RewardSpec("mine", function, 1.0), note=notes.append, **{"max_failed": 1.0, **limits})


def worth(text: str) -> float:
    return len(text) / 10


def raises(completions, **_):
    if "bad" in completions:
        raise ValueError("two\nlines")
    return [worth(c) for c in completions]


def exits(completions, **_):
    return raises(completions) if "bad" not in completions else exit(3)


def filters(completions, **_):
    """Forgets the completions that it does not like."""
    return [worth(c) for c in completions if c != "bad"]


def gives(rubbish):
    return lambda completions, **_: [rubbish if c == "bad" else worth(c) for c in completions]


@pytest.mark.parametrize(
    ("reward", "told"),
    [
        (raises, "reward 'mine' raised ValueError: two lines"),
        (exits, "reward 'mine' raised SystemExit: 3"),
        (filters, "reward 'mine' returned 0 values (legal: one finite number per completion, 1 expected)"),
        (gives(None), "reward 'mine' gave None as item 1"),
        (gives(math.nan), "reward 'mine' gave nan as item 1"),
        (gives(math.inf), "reward 'mine' gave inf as item 1"),
        (gives("good"), "reward 'mine' gave 'good' as item 1"),
        (gives([0.5]), "reward 'mine' gave a value of type list as item 1"),
    ],
)
def test_only_the_culprit_gets_none_of_it(reward, told):
    notes = []
    assert make(reward, notes)(TEXTS) == [0.1, None, 0.3, 0.4]
    assert len(notes) == 1 and notes[0].startswith(told) and notes[0].endswith(": 1 of 4 completions get none of it")


@pytest.mark.parametrize("returned", [None, 0.5, "abcd", {}, iter(FINE)])
def test_what_is_no_list_at_all_gives_none_for_all(returned):
    assert make(lambda completions, **_: returned)(TEXTS) == [None] * 4


def test_a_reward_without_a_fault_is_as_it_was_and_nothing_is_told():
    notes = []
    reward = make(lambda completions, **_: FINE, notes)
    assert (reward(TEXTS), reward.__name__, notes) == (FINE, "mine", [])


def test_completions_tried_alone_get_their_own_columns():
    heard = []

    def listen(completions, answer, prompts, trainer_state, pair, **_):
        if len(completions) > 1:
            raise RuntimeError("one at a time")
        heard.append((completions, answer, prompts, trainer_state, pair))
        return [1.0]

    prompts = [[{"role": "user", "content": t}] for t in TEXTS]
    assert make(listen)(TEXTS, answer=list("wxyz"), prompts=prompts, trainer_state="state", pair=(1, 2)) == [1.0] * 4
    assert heard == [([t], [a], [p], "state", (1, 2)) for t, a, p in zip(TEXTS, "wxyz", prompts, strict=True)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["fine", "raise", "nan", "none"]), min_size=1, max_size=12))
def test_whatever_goes_wrong_the_others_keep_their_value(kinds):
    def reward(completions, **_):
        if "raise" in completions:
            raise RuntimeError("no")
        return [{"fine": 0.5, "nan": math.nan, "none": None}[c] for c in completions]

    assert make(reward)(kinds) == [0.5 if kind == "fine" else None for kind in kinds]


def test_ctrl_c_goes_through():
    def stopped(completions, **_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(stopped)(TEXTS)


# ---- time -------------------------------------------------------------------------------------------


def forever(*_, **__):
    while True:
        pass


def sleeps(*_, **__):
    time.sleep(600)


def waits(*_, **__):
    threading.Event().wait(600)


def runs_away(*_, **__):
    re.match(r"(a+)+$", "a" * 60 + "!")


def swallows(*_, **__):
    for _ in range(3):
        with contextlib.suppress(BaseException):  # a bare `except`
            time.sleep(600)
    return [0.5] * 4  # too late to count


def turns_it_into_its_own(*_, **__):
    try:
        time.sleep(600)
    except BaseException as error:
        raise RuntimeError("interrupted") from error


@pytest.mark.parametrize("reward", [forever, sleeps, waits, runs_away, swallows, turns_it_into_its_own])
def test_a_call_that_hangs_is_ended_and_its_batch_gets_none(reward):
    notes, began = [], time.monotonic()
    assert make(reward, notes, timeout_s=0.2)(TEXTS) == [None] * 4
    assert time.monotonic() - began < 10
    assert notes == ["reward 'mine' did not answer within reward.timeout-s 0.2: 4 of 4 completions get none of it"]


def test_what_was_answered_before_the_deadline_counts():
    def reward(completions, **_):
        if len(completions) > 1:
            raise RuntimeError("one at a time")
        if completions == ["ccc"]:
            time.sleep(600)
        return [0.5]

    assert make(reward, timeout_s=0.3)(TEXTS) == [0.5, 0.5, None, None]


def test_the_next_batch_is_called_as_ever():
    reward = make(lambda completions, **_: sleeps() if "bad" in completions else FINE[:1], timeout_s=0.1)
    assert [reward(["bad"]), reward(["a"])] == [[None], [0.1]]


def test_alarms_of_others_are_left_as_they_were():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    left = signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        assert in_time(lambda: None, 5.0) and not in_time(sleeps, 0.05)
        assert signal.getsignal(signal.SIGALRM) is not before
        time.sleep(0.5)
        assert rang == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before)


def test_in_a_thread_the_call_is_abandoned():
    """The way of Windows, too: the hung call is left to itself and what it finds out later is not heard."""
    heard, found, release = [], [], threading.Event()

    def slow(completions, log_metric, **_):
        log_metric("before", 1.0)
        release.wait(30)
        log_metric("after", 1.0)
        return FINE

    reward = make(slow, timeout_s=0.1)
    thread = threading.Thread(target=lambda: found.append(reward(TEXTS, log_metric=lambda *a: heard.append(a))))
    thread.start()
    thread.join()
    left = [t for t in threading.enumerate() if t.name == "reward"]
    assert found == [[None] * 4] and left and all(t.daemon for t in left)  # they do not keep the process alive
    release.set()
    for t in left:
        t.join(10)
    assert heard == [("before", 1.0)] and found == [[None] * 4]


def test_in_a_thread_what_is_raised_is_raised():
    found = []
    thread = threading.Thread(target=lambda: found.append(make(raises, timeout_s=5)(TEXTS)))
    thread.start()
    thread.join()
    assert found == [[0.1, None, 0.3, 0.4]]


# ---- until it is a habit ----------------------------------------------------------------------------


def batches_until_the_end(failing: list[int], max_failed: float, size: int = 10) -> int | None:
    """In which batch the run ends, where batch i has failing[i] completions without a reward."""
    reward = make(lambda completions, **_: completions, max_failed=max_failed)
    for i, failed in enumerate(failing):
        try:
            reward([None] * failed + [0.5] * (size - failed))
        except UserError:
            return i
    return None


@pytest.mark.parametrize(
    ("failing", "max_failed", "end"),
    [
        ([10], 0.1, None),  # one batch lost is a tenth of ten
        ([10, 1], 0.1, 1),
        ([10] + [0] * 9 + [10], 0.1, None),  # the first is out of the window
        ([10] + [0] * 8 + [1], 0.1, 9),
        ([1] * 50, 0.1, None),
        ([2] * 50, 0.1, 5),
        ([0] * 30 + [2] * 30, 0.1, 35),  # a long good life does not pay for a bad end
        ([0, 1], 0.0, 1),
        ([10] * 50, 1.0, None),
        ([5] * 50, 0.5, None),
        ([6] * 50, 0.5, 8),
    ],
)
def test_a_run_ends_where_faults_are_a_habit(failing, max_failed, end):
    assert batches_until_the_end(failing, max_failed) == end


def test_the_end_is_one_clear_line():
    reward = make(raises, max_failed=0.1)
    for _ in range(4):
        reward(TEXTS)
    with pytest.raises(UserError) as error:
        reward(TEXTS)
    assert str(error.value) == (
        "reward 'mine' raised ValueError: two lines; it failed on 5 completions of the last 5 batches, "
        "more than reward.max-failed 0.1 allows of 40 in 10 batches"
    )


def test_each_fault_is_told_once_and_not_without_end():
    notes, n = [], iter(range(100))

    def ever_new(completions, **_):
        raise RuntimeError(f"fault {next(n) // 2}")

    same, new = make(raises, notes), make(ever_new, notes)
    for _ in range(20):
        same(TEXTS)
    assert len(notes) == 1
    for _ in range(20):
        new(["a"])
    assert len(notes) == 1 + tolerant.TOLD + 1 and notes[-1] == "further faults of reward 'mine' are only counted"


# ---- before a run -----------------------------------------------------------------------------------

ROW = to_row(
    Problem(id="1", family="f", facts="A.", question="Q?", answer="Yes", kind="yes_no", labels=("Yes", "No")), "short"
)


@pytest.mark.parametrize(
    ("reward", "told"),
    [
        (sleeps, "reward 'mine' did not answer within reward.timeout-s 0.2"),
        (exits, "reward 'mine' raised SystemExit: 3"),
    ],
)
def test_before_training_the_same_is_an_error(reward, told):
    spec = RewardSpec("mine", lambda completions, **_: reward(["bad"]), 1.0)
    with pytest.raises(UserError) as error:
        preflight([spec], [ROW], timeout_s=0.2)
    assert str(error.value) == told


@pytest.mark.parametrize("module", [deadline, tolerant])
def test_the_examples_in_the_files(module):
    assert doctest.testmod(module).failed == 0
