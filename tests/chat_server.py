"""Servers of chat completions for the judge's tests: one that answers by a function, and transformers' own `serve`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from grpo_legal.rewards.judge import CRITERIA

USAGE = (1_000, 50)  # tokens that the server says a call took: of the prompt, generated
MODEL = "grader"


def verdict_text(*scores: float) -> str:
    """A verdict as a judge would write it: one number for all criteria, or four."""
    return json.dumps(dict(zip(CRITERIA, scores * 4 if len(scores) == 1 else scores, strict=False)))


def answer_of(request: dict[str, Any]) -> str:
    """What stands within the fence of a request."""
    user = request["messages"][1]["content"]
    fence = [line for line in user.split("\n") if line.startswith("=====ANSWER-")][-1]
    return user.split(f"{fence}\n")[1].removesuffix("\n")


class ChatServer:
    """A server on a free local port. `reply(request)` gives a text, (status, headers, body), or sleeps first.

    `requests` and `keys` are what came in; `most_at_once` the calls that were in flight together.
    """

    def __init__(self, reply: Callable[[dict[str, Any]], Any], port: int = 0, usage: Any = USAGE) -> None:
        self.reply, self.usage = reply, usage
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.now = self.most_at_once = 0
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def _handler(server) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server.lock:
                    server.requests.append(request)
                    server.keys.append(self.headers.get("Authorization"))
                    server.now += 1
                    server.most_at_once = max(server.most_at_once, server.now)
                try:
                    found = server.reply(request)
                finally:
                    with server.lock:
                        server.now -= 1
                self._send(*(found if isinstance(found, tuple) else (200, {}, server.completion(found))))

            def do_GET(self) -> None:
                self._send(200, {}, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

            def _send(self, status: int, headers: dict[str, str], body: Any) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(data)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                """Nothing on the terminal."""

        return Handler

    def completion(self, text: str) -> dict[str, Any]:
        body = {
            "id": "c", "object": "chat.completion", "created": 0, "model": MODEL,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        }  # fmt: skip
        if self.usage is not None:
            body["usage"] = dict(
                zip(("prompt_tokens", "completion_tokens", "total_tokens"), (*self.usage, sum(self.usage)), strict=True)
            )
        return body


@contextmanager
def served(reply: Callable[[dict[str, Any]], Any], **options: Any) -> Iterator[ChatServer]:
    """The server while the block runs."""
    server = ChatServer(reply, **options)
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def transformers_serve(model: Path, log: Path) -> Iterator[str]:
    """`transformers serve` with a model folder, from its start on: it is not up yet. Gives its address."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(model)]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        # One thread that does not spin: on a busy machine waiting threads take the time that the work needs.
        threads = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "HF_HUB_OFFLINE": "1", **threads}
        )
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_up(url: str, seconds: float = 120.0) -> None:
    """Returns when the server says that it is well."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url.removesuffix("/v1") + "/health", timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
