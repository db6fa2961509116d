"""A chat-completions endpoint on this machine that gives every answer the same grade."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Grader(BaseHTTPRequestHandler):
    """An endpoint that gives every answer 15 of 20, and counts how often it was asked."""

    asked = 0

    def do_POST(self):
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        verdict = json.dumps({"knowledge": 4, "accuracy": 4, "reasoning": 4, "completeness": 3})
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": verdict}}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "g", "choices": [choice], "usage": usage}
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        """Nothing on the screen."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of a running Grader."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Grader)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()
