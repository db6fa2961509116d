"""The judge against a real HTTP server that answers by rule: values, attempts, cache, budget, secrets."""

import asyncio
import json
import logging
import threading
import time

import pytest
from chat_server import MODEL, USAGE, answer_of, free_port, served, verdict_text

from grpo_legal.errors import UserError
from grpo_legal.rewards.judge import Judge, JudgeItem, JudgeSettings, judge_scores
from grpo_legal.rewards.judge.budget import Budget, Tokens, ceiling

KEY = "sk-very-secret-0123456789"
RETRY_NOW = {"retry-after-ms": "5"}


@pytest.fixture
def make(tmp_path):
    """A judge for a server's address, its verdicts in the test's folder."""

    def made(url: str, ledger=None, **settings) -> Judge:
        given = {"base_url": url, "model": MODEL, "cache": str(tmp_path / "verdicts.jsonl"), "timeout_s": 5} | settings
        return Judge(JudgeSettings(**given), ledger)

    return made


def told(judge: Judge, *texts: str, answer: str = "Yes", **columns) -> list[float | None]:
    n = len(texts)
    row = {
        "question": "Is it hearsay?",
        "answer": answer,
        "kind": "yes_no",
        "labels": ["Yes", "No"],
        "style": "reasoned",
    }
    return judge(completions=list(texts), **{name: [value] * n for name, value in row.items()}, **columns)


def right(n: int) -> str:
    return f"The statement number {n} is offered for its truth.\nAnswer: Yes"


# ---- values -----------------------------------------------------------------------------------------


def test_the_value_is_the_total_over_twenty(make):
    with served(lambda request: verdict_text(5, 4, 3, 2)) as server:
        judge = make(server.url)
        assert told(judge, right(1)) == [14 / 20]
        assert judge.__name__ == "judge"
        assert told(judge) == []


def test_the_judge_gets_the_case_and_is_asked_by_schema(make):
    with served(lambda request: verdict_text(5)) as server:
        told(
            make(server.url), right(1), facts=["Ann told Bob."], authorities=[["Fed. R. Evid. 801"]], explanation=["Rule: 801."]
        )  # fmt: skip
    (request,) = server.requests
    system, user = (message["content"] for message in request["messages"])
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    for part in ("Is it hearsay?", "Ann told Bob.", "Fed. R. Evid. 801", "Rule: 801.", "Reference answer:\nYes"):
        assert part in user
    assert "an invented authority earns 0" in system
    assert answer_of(request) == right(1)
    assert request["model"] == MODEL and request["temperature"] == 0.0 and request["seed"] == 1
    assert request["response_format"]["json_schema"]["schema"]["required"] == [
        "knowledge", "accuracy", "reasoning", "completeness",
    ]  # fmt: skip


def test_wrong_empty_and_equal_completions_cost_nothing(make):
    with served(lambda request: verdict_text(5)) as server:
        judge = make(server.url)
        assert told(judge, "Answer: No", "", " \n", right(1), right(1)) == [0.0, 0.0, 0.0, 1.0, 1.0]
        assert len(server.requests) == 1
        asked_for_all = make(server.url, only_right=False)
        assert told(asked_for_all, "Answer: No", "") == [1.0, 0.0]


def test_chat_messages_and_metrics(make):
    noted = {}
    with served(lambda request: verdict_text(5)) as server:
        judge = make(server.url, usd_per_million_in=1.0, usd_per_million_out=2.0)
        values = judge(
            completions=[[{"role": "assistant", "content": right(1)}], [{"role": "assistant", "content": right(2)}]],
            question=["?"] * 2, answer=["Yes"] * 2, kind=["yes_no"] * 2, labels=[["Yes", "No"]] * 2,
            log_metric=lambda name, value: noted.update({name: value}),
        )  # fmt: skip
    assert values == [1.0, 1.0]
    assert noted["judge/scored"] == 1.0 and noted["judge/unanswered"] == 0.0
    assert noted["judge/usd"] == pytest.approx(2 * (USAGE[0] * 1.0 + USAGE[1] * 2.0) / 1e6)


def test_it_works_inside_a_running_loop(make):
    with served(lambda request: verdict_text(4)) as server:
        judge = make(server.url)

        async def notebook():
            return told(judge, right(1), right(2))

        assert asyncio.run(notebook()) == [0.8, 0.8]


def test_scores_for_evaluation_judge_wrong_answers_too(tmp_path):
    items = [
        JudgeItem("Answer: No", question="Is it?", reference="Yes"),
        JudgeItem("", question="Is it?", reference="Yes"),
    ]
    with served(lambda request: verdict_text(1, 0, 2, 3)) as server:
        settings = JudgeSettings(base_url=server.url, model=MODEL, cache=str(tmp_path / "c.jsonl"))
        wrong, empty = judge_scores(items, settings)
    assert (wrong.total, wrong.criteria["accuracy"], wrong.status) == (6.0, 0.0, "scored")
    assert (empty.total, empty.status) == (0.0, "empty")


# ---- attempts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_server_is_asked_again(make, status):
    replies = iter([(status, RETRY_NOW, {}), (status, RETRY_NOW, {}), verdict_text(5)])
    with served(lambda request: next(replies)) as server:
        judge = make(server.url)
        assert told(judge, right(1)) == [1.0]
        assert len(server.requests) == 3
        assert judge.budget.spent == Tokens(*USAGE)  # what was refused cost nothing


@pytest.mark.parametrize(
    ("name", "reply", "calls"),
    [
        ("always busy", (429, RETRY_NOW, {}), 3),
        ("key refused", (401, {}, {"error": {"message": f"Incorrect API key {KEY}"}}), 1),
        ("no such model", (404, {}, {}), 1),
        ("not JSON", (200, {"Content-Type": "text/html"}, b"<html>"), 1),
        ("broken JSON", (200, {}, b'{"choices": ['), 1),
        ("no choices", (200, {}, {"choices": []}), 1),
        ("rubbish, twice", "a fine answer", 2),
        ("out of range, twice", verdict_text(50), 2),
    ],
)
def test_no_verdict_is_none_and_never_an_error(make, caplog, name, reply, calls):
    with served(lambda request: reply) as server:
        assert told(make(server.url, max_retries=2), right(1)) == [None]
        assert len(server.requests) == calls
    assert KEY not in caplog.text and "offered for its truth" not in caplog.text


def test_a_rubbish_reply_is_asked_about_once_more(make):
    replies = iter(["I would say it is good. <|im_end|>", verdict_text(3)])
    with served(lambda request: next(replies)) as server:
        assert told(make(server.url), right(1)) == [0.6]
        again = server.requests[1]["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]
    assert again[2]["content"] == "I would say it is good. ‹|im_end|›"
    assert "cannot be read" in again[3]["content"]


def test_a_slow_server_runs_out_of_time_and_is_charged_for(make):
    with served(lambda request: time.sleep(1.0) or verdict_text(5)) as server:
        judge = make(server.url, timeout_s=0.2, max_retries=0, usd_per_million_in=1.0)
        assert told(judge, right(1)) == [None]
        assert judge.budget.spent.prompt > len(right(1)) and judge.budget.reserved == Tokens()


def test_a_server_that_is_down_then_up(make):
    port = free_port()
    up = threading.Event()

    def start_later():
        time.sleep(0.8)
        with served(lambda request: verdict_text(5), port=port):
            up.wait(10)

    thread = threading.Thread(target=start_later)
    thread.start()
    try:
        judge = make(f"http://127.0.0.1:{port}/v1")
        assert told(judge, right(1)) == [1.0]
        assert judge.budget.spent == Tokens(*USAGE)  # no connection, no charge
    finally:
        up.set()
        thread.join()


def test_a_server_that_stays_down_is_not_waited_for_by_every_completion(make, caplog):
    judge = make(f"http://127.0.0.1:{free_port()}/v1", max_retries=1, concurrency=1)
    before = time.monotonic()
    assert told(judge, *map(right, range(20))) == [None] * 20
    assert time.monotonic() - before < 5.0  # one pause of half a second, not twenty
    assert caplog.text.count("no connection") == 1


def test_no_more_calls_in_flight_than_allowed(make):
    with served(lambda request: time.sleep(0.05) or verdict_text(5)) as server:
        assert told(make(server.url, concurrency=3), *map(right, range(12))) == [1.0] * 12
        assert server.most_at_once == 3


def test_each_verdict_goes_to_its_own_completion(make):
    def reply(request):
        n = int(answer_of(request).split("number ")[1].split()[0])
        time.sleep(0.01 * (5 - n))  # the first is answered last
        return verdict_text(n)

    with served(reply) as server:
        assert told(make(server.url), *map(right, range(6))) == [n / 5 for n in range(6)]


@pytest.mark.parametrize(
    ("refused", "complaint"),
    [
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        ("temperature", "Unsupported value: 'temperature' does not support 0."),
        ("seed", "Unknown field: seed"),
        ("response_format", "guided decoding is not built in"),
    ],
)
def test_an_endpoint_gets_what_it_understands(make, refused, complaint):
    def reply(request):
        return (400, {}, {"error": {"message": complaint}}) if refused in request else verdict_text(5)

    with served(reply) as server:
        judge = make(server.url, concurrency=1)
        assert told(judge, right(1), right(2)) == [1.0, 1.0]
        learned = len(server.requests)
        assert told(judge, right(3)) == [1.0]
        assert len(server.requests) == learned + 1  # and is not asked in the wrong way again
        assert refused not in server.requests[-1]
        assert not (refused == "max_tokens" and "max_completion_tokens" not in server.requests[-1])


def test_one_prompt_too_long_does_not_change_how_the_next_is_asked(make):
    def reply(request):
        too_long = "long " * 50 in answer_of(request)
        return (400, {}, {"error": {"message": "maximum context length is 40 tokens"}}) if too_long else verdict_text(5)

    with served(reply) as server:
        assert told(make(server.url, concurrency=1), "long " * 60 + "\nAnswer: Yes", right(1)) == [None, 1.0]
        assert "response_format" in server.requests[-1]


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
