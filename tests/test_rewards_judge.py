"""The judge against a real HTTP server that answers by rule: values, attempts, what the endpoint understands."""

import asyncio
import threading
import time

import pytest
from chat_server import MODEL, USAGE, answer_of, free_port, served, verdict_text
from judge_cases import KEY, RETRY_NOW, judges_in, right, told

from grpo_legal.rewards.judge import JudgeItem, JudgeSettings, judge_scores
from grpo_legal.rewards.judge.budget import Tokens


@pytest.fixture
def make(tmp_path):
    return judges_in(tmp_path)


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
    judge = make(f"http://127.0.0.1:{free_port()}/v1", max_retries=2, concurrency=1)
    before = time.monotonic()
    assert told(judge, *map(right, range(20))) == [None] * 20
    assert time.monotonic() - before < 12.0  # a second and a half of pauses, once and not twenty times
    assert caplog.text.count("no connection") == 1


def test_no_more_calls_in_flight_than_allowed(make):
    with served(lambda request: time.sleep(0.1) or verdict_text(5)) as server:
        assert told(make(server.url, concurrency=3), *map(right, range(12))) == [1.0] * 12
        assert 2 <= server.most_at_once <= 3


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
