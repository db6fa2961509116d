"""What an export sends to the Hub, against a local server that speaks its API."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tiny_exports

from grpo_legal import export, exporting, run_folder
from grpo_legal.errors import UserError
from grpo_legal.exporting import hub


class Hub(BaseHTTPRequestHandler):
    """Create, look at, preupload, LFS upload and commit, as huggingface_hub 1 asks for them; what it got is kept."""

    protocol_version = "HTTP/1.1"
    got: dict

    def do_GET(self) -> None:
        private = self.got.get("private", True)
        self.reply({"id": "ann/law", "_id": "1", "sha": "0" * 40, "private": private, "siblings": [], "tags": []})

    def do_PUT(self) -> None:
        self.got.setdefault("lfs", {})[self.path.rsplit("/", 1)[1]] = self.body()
        self.reply({})

    def do_POST(self) -> None:
        body = self.body()
        self.got.setdefault("asked", []).append((self.path, self.headers.get("Authorization")))
        here = f"http://{self.headers['Host']}"
        if self.got.get("refuse"):
            return self.reply({"error": "no"}, 403)
        if self.path == "/api/repos/create":
            made = json.loads(body)
            if "private" not in self.got:
                self.got["private"] = made.get("private", made.get("visibility") == "private")
            return self.reply({"url": f"{here}/ann/law"})
        if self.path == "/api/validate-yaml":
            self.got["card"] = json.loads(body)["content"]
            return self.reply({"errors": [], "warnings": []})
        if "/preupload/" in self.path:
            files = json.loads(body)["files"]
            mode = lambda f: "lfs" if f["path"].endswith((".safetensors", ".gguf")) else "regular"  # noqa: E731
            return self.reply(
                {"files": [{"path": f["path"], "uploadMode": mode(f), "shouldIgnore": False} for f in files]}
            )
        if self.path.endswith("/objects/batch"):
            objects = json.loads(body)["objects"]
            for o in objects:
                o["actions"] = {"upload": {"href": f"{here}/lfs/{o['oid']}"}}
            return self.reply({"transfer": "basic", "objects": objects})
        if "/commit/" in self.path:
            self.got["commit"] = [json.loads(line) for line in body.splitlines()]
            return self.reply({"commitUrl": f"{here}/ann/law/commit/1", "commitOid": "1", "success": True})
        return self.reply({}, 404)

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def reply(self, said: dict, status: int = 200) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server(monkeypatch):
    from huggingface_hub import close_session, constants, hf_api

    handler = type("Served", (Hub,), {"got": {}})
    made = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{made.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(hf_api.api, "endpoint", url)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    close_session()
    yield handler.got
    made.shutdown()
    made.server_close()
    close_session()


@pytest.fixture
def made(tiny_model, tmp_path):
    """An exported adapter with a file beside it that is none of its own, and its source."""
    source = exporting.read(tiny_exports.run(tiny_model, tmp_path), questions=0)
    folder = tmp_path / "out"
    folder.mkdir()
    exporting.write_adapter(source, folder)
    exporting.write_card(source, folder, "adapter", None, None)
    (folder / "notes.txt").write_text("mine")
    return source, folder


def test_a_push_sends_the_files_of_the_export_to_a_private_repository(server, made):
    source, folder = made
    assert exporting.push("ann/law", folder, source, private=True).endswith("/ann/law")
    assert server["private"] is True and server["card"].startswith("---\nlanguage: en\n")
    assert all(token == "Bearer hf_secret" for path, token in server["asked"] if path.startswith("/api/"))
    sent = {line["value"]["path"] for line in server["commit"] if line["key"] in ("file", "lfsFile")}
    assert sent == {p.name for p in folder.iterdir()} - {"notes.txt"} and "README.md" in sent
    weights = (folder / "adapter_model.safetensors").read_bytes()
    assert server["lfs"] == {hashlib.sha256(weights).hexdigest(): weights}


def test_the_command_pushes(server, tiny_model, tmp_path, capsys):
    run = tiny_exports.run(tiny_model, tmp_path)
    assert export.main([str(run), "--to", "adapter", "--check", "0", "--push", "ann/law"]) == 0
    assert server["commit"] and "pushed to http" in capsys.readouterr().out
    with pytest.raises(UserError, match="is not USER/NAME"):
        export.main([str(run), "--to", "adapter", "--out", str(tmp_path / "b"), "--push", "law"])
    assert not (tmp_path / "b").exists()  # told before the work


def test_a_public_repository_is_not_taken_for_a_private_one(server, made):
    server["private"] = False
    with pytest.raises(UserError, match="there and public; --no-private"):
        exporting.push("ann/law", made[1], made[0], private=True)
    assert "commit" not in server
    exporting.push("ann/law", made[1], made[0], private=False)
    assert server["commit"]


def test_a_hub_that_refuses_is_one_line(server, made):
    server["refuse"] = True
    with pytest.raises(UserError, match=r"--push ann/law: .*403.*; what was exported is in"):
        exporting.push("ann/law", made[1], made[0], private=True)


def test_text_of_legalbench_is_never_sent(server, made):
    source, folder = made
    line = "The agreement renews for one year unless a party says otherwise."
    run_folder.append_lines(
        source.folder.answers("before"),
        [{"problem_id": "legalbench/cuad/1", "family": "cuad", "prompt": f"Clause\n{line}"}],
    )
    exporting.push("ann/law", folder, source, private=True)
    server.pop("commit")
    (folder / "README.md").write_text((folder / "README.md").read_text() + f"\nFor example: {line}\n")
    with pytest.raises(UserError, match=r"README\.md quotes a LegalBench question"):
        exporting.push("ann/law", folder, source, private=True)
    assert "commit" not in server


def test_what_cannot_be_pushed_is_told_first(made, monkeypatch):
    source: exporting.Source = made[0]
    for repo, token, told in (
        ("law", "x", "is not USER/NAME"),
        ("a/b c", "x", "--push 'a/b c'"),
        ("a/b", "", "HF_TOKEN"),
    ):
        monkeypatch.setenv("HF_TOKEN", token)
        with pytest.raises(UserError, match=told):
            exporting.check_push(repo)
    monkeypatch.setenv("HF_TOKEN", "x")
    with pytest.raises(UserError, match="HF_HUB_OFFLINE forbids it"):
        exporting.check_push("a/b")
    assert hub.SENT and Path(source.folder.path).is_dir()
