"""What the judge keeps: verdicts on disk, dollars within the budget, secrets to itself. The server is a real one."""

import json
import logging
import time

import pytest
from chat_server import USAGE, answer_of, free_port, served, verdict_text
from judge_cases import KEY, RETRY_NOW, judges_in, right, told

from grpo_legal.errors import UserError
from grpo_legal.rewards.judge.budget import Budget, Tokens, ceiling


@pytest.fixture
def make(tmp_path):
    return judges_in(tmp_path)


# ---- cache ------------------------------------------------------------------------------------------


def test_a_verdict_is_asked_for_once_ever(make, tmp_path):
    with served(lambda request: verdict_text(5, 4, 3, 2)) as server:
        told(make(server.url), right(1))
        again = make(server.url)  # as after a kill
        assert told(again, right(1)) == [14 / 20]
        assert len(server.requests) == 1 and again.budget.spent == Tokens()
        told(make(server.url, model="other"), right(1))
        told(make(server.url, rubric="knowledge: only that"), right(1))
        told(make(server.url), right(2))
        assert len(server.requests) == 4  # another model, rubric or text is another case
    lines = (tmp_path / "verdicts.jsonl").read_text().splitlines()
    assert len(lines) == 4 and "truth" not in "".join(lines)
    assert set(json.loads(lines[0])) == {"key", "total", "criteria"}


@pytest.mark.parametrize(
    "damage",
    [
        b'{"key": "abc", "tot',
        b"\xff\xfe\n",
        b"[1]\n",
        b'{"key": "abc", "total": 99, "criteria": null}\n',
        b'{"key": "abc", "total": 9, "criteria": {"accuracy": 5}}\n',
        b'{"key": "abc", "total": true}\n',
        b'{"total": 3}\n',
        b"[" * 9000,
    ],
)
def test_a_damaged_line_is_passed_over_and_the_next_is_whole(make, tmp_path, damage):
    (tmp_path / "verdicts.jsonl").write_bytes(damage)
    with served(lambda request: verdict_text(5)) as server:
        judge = make(server.url)
        assert len(judge.cache) == 0
        assert told(judge, right(1)) == [1.0]
        assert len(make(server.url).cache) == 1


def test_no_verdict_is_not_kept(make):
    replies = iter(["?", "?", verdict_text(5)])
    with served(lambda request: next(replies)) as server:
        judge = make(server.url)
        assert told(judge, right(1)) == [None]
        assert told(judge, right(1)) == [1.0]


def test_a_cache_that_cannot_be_written(make, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with (
        served(lambda request: verdict_text(5)) as server,
        pytest.raises(UserError, match=r"judge: .*cannot be (read|written)"),
    ):
        make(server.url, cache=str(tmp_path / "file" / "below.jsonl")).check()
    with served(lambda request: verdict_text(5)) as server:
        judge = make(server.url, cache=str(tmp_path / "folder" / "c.jsonl"))
        (tmp_path / "folder").write_text("in the way")
        assert told(judge, right(1), right(2)) == [1.0, 1.0]  # a run goes on
        assert told(judge, right(1)) == [1.0] and len(server.requests) == 2
    assert caplog.text.count("cannot be written") == 1


# ---- budget -----------------------------------------------------------------------------------------


def test_the_budget_ends_verdicts_and_says_so_once(make, caplog):
    with served(lambda request: verdict_text(5)) as server:
        judge = make(server.url, usd_per_million_in=1.0, budget_usd=0.01, concurrency=2)
        values = told(judge, *map(right, range(20)))
        calls = len(server.requests)
        assert values.count(1.0) == calls and values.count(None) == 20 - calls > 0
        assert judge.budget.spent == Tokens(calls * USAGE[0], calls * USAGE[1])
        assert judge.budget.reserved == Tokens()
        request = "".join(m["content"] for m in server.requests[0]["messages"])
        next_call = judge.budget.usd(ceiling(request, 300))
        assert judge.budget.spent_usd <= 0.01 < judge.budget.spent_usd + next_call + 500e-6  # the schema is on top
        assert told(judge, right(99)) == [None]
        assert told(judge, right(values.index(1.0))) == [1.0]  # what is known costs nothing
        assert len(server.requests) == calls
    assert caplog.text.count("could pass judge.budget-usd 0.01") == 1


def test_a_service_that_counts_more_than_was_sent_is_reckoned_with(make):
    with served(lambda request: verdict_text(5), usage=(10_000, 0)) as server:
        judge = make(server.url, usd_per_million_in=1.0, budget_usd=0.035, concurrency=1)
        assert told(judge, *map(right, range(9))) == [1.0] * 3 + [None] * 6
        assert judge.budget.spent_usd == 0.03 and len(server.requests) == 3


def test_calls_wait_for_what_others_set_aside(make):
    """Ceilings are several times what calls take: two in flight must not end the judge while one alone fits."""
    with served(lambda request: time.sleep(0.02) or verdict_text(5), usage=(10, 10)) as server:
        judge = make(server.url, usd_per_million_in=1.0, budget_usd=0.004, concurrency=8)
        assert told(judge, *map(right, range(8))) == [1.0] * 8
        assert server.most_at_once < 3
        assert judge.budget.spent == Tokens(80, 80)


def test_no_usage_counts_as_the_ceiling(make):
    with served(lambda request: verdict_text(5), usage=None) as server:
        judge = make(server.url, max_tokens=64)
        told(judge, right(1))
        words = "".join(m["content"] for m in server.requests[0]["messages"])
        assert judge.budget.spent.generated == 64
        assert judge.budget.spent.prompt >= ceiling(words, 64).prompt


def test_a_run_that_goes_on_keeps_to_its_budget(make, tmp_path):
    ledger = tmp_path / "run" / "judge.jsonl"
    with served(lambda request: verdict_text(5), usage=(10_000, 0)) as server:
        settings = {"usd_per_million_in": 1.0, "budget_usd": 0.035}
        told(make(server.url, ledger, **settings), right(1), right(2))
        with ledger.open("a") as file:
            file.write('{"prompt": 1')  # killed in the middle of a line
        resumed = make(server.url, ledger, **settings)
        assert resumed.budget.spent == Tokens(20_000, 0)
        assert told(resumed, right(3)) == [1.0]
        assert told(resumed, right(4)) == [None]
        assert Budget(resumed.settings, ledger).spent == Tokens(30_000, 0)


def test_no_budget_is_no_limit(make):
    with served(lambda request: verdict_text(5), usage=(10**9, 0)) as server:
        judge = make(server.url, usd_per_million_in=1.0, budget_usd=None)
        assert told(judge, right(1), right(2)) == [1.0, 1.0]
        assert judge.budget.spent_usd == 2000.0


# ---- preflight and secrets --------------------------------------------------------------------------


def test_check_gives_the_trial_verdict(make):
    with served(lambda request: verdict_text(5)) as server:
        assert make(server.url).check().total == 20.0
        assert "testator" in answer_of(server.requests[0]) or "will" in answer_of(server.requests[0])


def test_check_warns_of_a_judge_that_gives_no_verdicts(make, caplog):
    with served(lambda request: "very good") as server, caplog.at_level(logging.WARNING):
        assert make(server.url).check().status == "unreadable"
    assert "no verdict" in caplog.text


@pytest.mark.parametrize(
    ("settings", "reply", "expected"),
    [
        ({"model": None}, "", "judge.model is not set: name the model that the endpoint serves"),
        ({"api_key_env": "NOT_SET_KEY"}, "", "judge.api-key-env: the environment variable NOT_SET_KEY is not set or empty"),
        ({"model": "gpt"}, (404, {}, {}), r"judge.model 'gpt' is not served at 'http://127.0.0.1:\d+/v1' \(legal: grader\)"),
        ({}, (404, {}, {}), r"refuses a trial call with status 404: is judge.model 'grader' the name"),
        ({"api_key_env": "THE_KEY"}, (401, {}, {"error": KEY}), r"refuses the key in THE_KEY \(status 401\)"),
        ({}, (401, {}, {}), r"refuses a call without a key: set judge.api-key-env \(status 401\)"),
        ({}, (500, RETRY_NOW, {}), r"gives no answer to a trial call \(status 500\)|cannot be reached"),
        ({}, (200, {}, b"hello"), r"no answer to a trial call \(unreadable reply\)"),
        ({"usd_per_million_in": 1e3, "budget_usd": 0.01}, "", r"judge.budget-usd 0.01 does not pay for one call"),
    ],
)  # fmt: skip
def test_check_says_what_is_wrong_in_one_line(make, monkeypatch, settings, reply, expected):
    monkeypatch.setenv("THE_KEY", KEY)
    with served(lambda request: reply) as server, pytest.raises(UserError, match=expected) as error:
        make(server.url, **{"max_retries": 1, **settings}).check()
    assert "\n" not in str(error.value) and KEY not in str(error.value)


def test_check_of_an_endpoint_that_is_not_there(make):
    with pytest.raises(
        UserError, match=r"judge.base-url 'http://127.0.0.1:\d+/v1' cannot be reached \(no connection\)"
    ):
        make(f"http://127.0.0.1:{free_port()}/v1", max_retries=0).check()


def test_the_key_goes_to_the_endpoint_and_nowhere_else(make, monkeypatch, tmp_path, caplog):
    monkeypatch.setenv("THE_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    caplog.set_level(logging.DEBUG)
    replies = iter([(500, RETRY_NOW, {"error": KEY}), verdict_text(5), "?", "?"])
    with served(lambda request: next(replies)) as server:
        judge = make(server.url, tmp_path / "ledger.jsonl", api_key_env="THE_KEY")
        assert told(judge, right(1)) == [1.0]
        assert server.keys == [f"Bearer {KEY}"] * 2
        told(make(server.url), right(2))
        assert server.keys[2] == "Bearer none"  # not the one that lies around for another endpoint
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("grpo_legal"))
    assert KEY not in written + ours + repr(judge.settings)
