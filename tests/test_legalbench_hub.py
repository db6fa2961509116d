"""The Hub as a source: downloaded once from a server that speaks its API, checked by hash, read offline afterwards.

GRPO_LEGAL_BENCH_DIR=../shared/legalbench python -m pytest -q tests/test_legalbench_hub.py
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import BENCH, needs_bench

from grpo_legal.errors import UserError
from grpo_legal.legalbench import few_shot_prompts, find_task, load
from grpo_legal.legalbench.hub import REPO, REVISION, fetch

ROOT = Path(__file__).parents[1]
ROWS = "text\tanswer\n" + "".join(f"Office {n}.\t{'Yes' if n % 3 else 'No'}\n" for n in range(40))
PREFIX = f"/datasets/{REPO}/resolve/{REVISION}/"


class Server(BaseHTTPRequestHandler):
    """HEAD and GET of a file as the Hub answers them: Git's hash, or, in LFS, a redirect with the linked SHA-256."""

    protocol_version = "HTTP/1.1"
    folder: Path
    asked: list[str]
    lfs = False
    trouble = ""  # what goes wrong: a status, or one of "cut", "short", "damaged", "opaque", …

    def do_GET(self) -> None:
        path = unquote(self.path)
        if "/data/" in path:  # huggingface_hub asks for more than files
            self.asked.append(f"{self.command} {path}")
        if self.trouble.isdigit():
            return self.reply(b"no", int(self.trouble))
        if self.trouble in ("RepoNotFound", "RevisionNotFound"):
            return self.reply(b"no", 404, {"X-Error-Code": self.trouble})
        file = self.folder / path.removeprefix(PREFIX).removeprefix("/cdn/")
        if not file.is_file():
            return self.reply(b"no", 404, {"X-Error-Code": "EntryNotFound"})
        content = file.read_bytes()
        if path.startswith(PREFIX) and self.lfs:
            stated = {"X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Linked-Size": str(len(content))}
            return self.reply(b"", 302, {**stated, "Location": f"/cdn/{self.path.removeprefix(PREFIX)}"})
        if self.trouble == "no newline":
            content = content[:-1]
        etag = "opaque" if self.trouble == "opaque" else hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        self.reply(self.harmed(content), 200, {"ETag": f'"{etag}"'})

    do_HEAD = do_GET

    def harmed(self, content: bytes) -> bytes:
        if self.command == "GET" and self.trouble == "damaged":
            return content.replace(b"Yes", b"No ", 1)
        if self.command == "GET" and self.trouble == "short":
            return content[:-9]
        return content

    def reply(self, content: bytes, status: int, headers: dict[str, str] | None = None) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        part = content[start:]
        self.send_response(206 if start else status)
        for name, value in {"X-Repo-Commit": REVISION, "Content-Length": str(len(part)), **(headers or {})}.items():
            self.send_header(name, value)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            self.close_connection = self.trouble.startswith("cut")
            self.wfile.write(part[: len(part) // 2] if self.close_connection else part)
            if self.trouble == "cut once":
                type(self).trouble = ""

    def log_message(self, *_: object) -> None: ...


class Hub:
    """A running server, what it was asked, and its switches."""

    def __init__(self, folder: Path) -> None:
        self.handler = type("Served", (Server,), {"folder": folder, "asked": []})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def asked(self) -> list[str]:
        return self.handler.asked

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A Hub with the task proa, an empty cache, and no waiting between huggingface_hub's retries."""
    from huggingface_hub import close_session, constants

    put(tmp_path / "hub", "proa", "test.tsv", ROWS)
    put(tmp_path / "hub", "proa", "train.tsv", "text\tanswer\nBeach 1.\tYes\n")
    served = Hub(tmp_path / "hub")
    monkeypatch.setattr(constants, "ENDPOINT", served.url)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", served.url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    close_session()
    yield served
    served.stop()
    close_session()


def put(folder: Path, task: str, name: str, text: str) -> None:
    path = folder / "data" / task / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def refusal(**arguments: str) -> str:
    with pytest.raises(UserError) as refused:
        load(arguments.pop("task", "proa"), "test", source="hub", **arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("lfs", [False, True], ids=["git", "lfs"])
def test_the_first_load_downloads_and_the_second_needs_no_server(hub, tmp_path, lfs):
    hub.handler.lfs = lfs
    first = {split: load("proa", split, source="hub") for split in ("train", "test")}
    assert first == {split: load("proa", split, path=tmp_path / "hub") for split in ("train", "test")}
    assert len(first["train"]) + len(first["test"]) == 41 and first["train"] and first["test"]
    got = [path for path in hub.asked if path.startswith("GET")]
    assert len(got) == 2 and all(("/cdn/" in path) == lfs for path in got)
    hub.asked.clear()
    hub.stop()
    assert {split: load("proa", split, source="hub") for split in ("train", "test")} == first
    assert hub.asked == []


@needs_bench
@pytest.mark.parametrize(
    "task",
    ["hearsay", "scalr", "opp115_user_access,_edit_and_deletion", "maud_additional_matching_rights_period_for_modifications_(cor)"],
)  # fmt: skip
def test_official_files_are_the_same_from_the_hub_as_from_the_folder(hub, task):
    hub.handler.folder = BENCH.resolve()
    files = [name for name in ("train.tsv", "test.tsv") if (BENCH / "data" / task / name).is_file()]
    assert files
    for split in ("train", "test"):
        assert load(task, split, source="hub", path=BENCH) == load(task, split, path=BENCH)  # with its prompt
    assert {p.question for p in load(task, "test", source="hub")} <= {find_task(task).question}  # without
    hub.stop()
    assert load(task, "train", source="hub", path=BENCH)


def test_a_file_that_the_commit_lacks_is_remembered(hub):
    (hub.handler.folder / "data/proa/train.tsv").unlink()
    first = load("proa", "test", source="hub")
    hub.stop()
    assert load("proa", "test", source="hub") == first and fetch("proa", "train.tsv") is None


def test_a_task_without_any_file_is_one_line(hub):
    assert refusal(task="hearsay") == (
        f"legalbench task 'hearsay' has neither train.tsv nor test.tsv in the data set {REPO} at revision {REVISION}"
    )


TROUBLES = {
    "503": "the server answers with status 503",
    "500": "the server answers with status 500",
    "403": "the server answers with status 403",
    "RepoNotFound": "there is no such data set, or none without a token",
    "401": "the server answers with status 401",
    "RevisionNotFound": f"there is no revision {REVISION}",
    "cut": "peer closed connection without sending complete message body",
    "short": "Consistency check failed: file should be of size",
}


@pytest.mark.parametrize(("trouble", "reason"), TROUBLES.items(), ids=TROUBLES)
def test_a_file_that_cannot_be_had_is_one_line_and_leaves_nothing_behind(hub, tmp_path, trouble, reason):
    hub.handler.trouble = trouble
    line = refusal()
    assert line.startswith(f"legalbench file data/proa/train.tsv of {REPO} cannot be had from {hub.url}: {reason}")
    assert len(hub.asked) <= 8
    hub.handler.trouble = ""
    assert load("proa", "test", source="hub") == load("proa", "test", path=tmp_path / "hub")


def test_a_server_that_is_not_there_is_one_line(hub):
    hub.stop()
    assert refusal().startswith(f"legalbench file data/proa/train.tsv of {REPO} cannot be had from {hub.url}: ")


def test_offline_without_the_file_is_one_line(hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refusal().endswith(": it is not in the cache, and HF_HUB_OFFLINE forbids a download")
    assert hub.asked == []


def test_a_connection_that_breaks_once_is_tried_again(hub, tmp_path):
    hub.handler.trouble = "cut once"
    assert load("proa", "test", source="hub") == load("proa", "test", path=tmp_path / "hub")


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize(
    ("trouble", "complaint"),
    [
        ("damaged", "as the Hub states: it is damaged and is not used"),
        ("no newline", "does not end in a newline"),
        ("opaque", "has the ETag 'opaque', neither a SHA-256 nor a Git hash as the Hub states"),
    ],
)
def test_a_file_of_the_right_size_with_wrong_content_is_refused(hub, tmp_path, monkeypatch, trouble, complaint, links):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_SYMLINKS", not links)
    hub.handler.trouble = trouble
    if trouble == "damaged":
        put(tmp_path / "hub", "proa", "train.tsv", "text\tanswer\nBeach 1.\tYes\nBeach 2.\tYes\n")
    line = refusal()
    assert complaint in line and line.endswith("load again to download it anew")
    hub.handler.trouble = ""
    assert load("proa", "test", source="hub") == load("proa", "test", path=tmp_path / "hub")
    assert any(path.is_symlink() for path in (tmp_path / "cache").rglob("*.tsv")) == links


def test_a_cached_file_that_was_cut_off_later_is_refused_and_then_fetched_anew(hub, tmp_path):
    first = load("proa", "test", source="hub")
    path = fetch("proa", "test.tsv")
    content = path.read_bytes()
    path.resolve().write_bytes(content[: content.rindex(b"Office 30")])  # ends in a newline: only the hash tells
    assert refusal().startswith(f"{path} has hash ")
    assert load("proa", "test", source="hub") == first and path.read_bytes() == content


@pytest.mark.parametrize("trouble", ["cut", "short"])
def test_half_a_download_is_not_taken_for_the_whole_once_the_server_is_gone(hub, tmp_path, monkeypatch, trouble):
    from huggingface_hub import constants

    hub.handler.trouble = trouble
    refusal()
    hub.stop()
    assert "cannot be had" in refusal()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "it is not in the cache" in refusal()
    assert not list((tmp_path / "cache").rglob("*.tsv"))


@pytest.mark.parametrize("revision", ["main", REVISION[:7], "", REVISION.upper()])
def test_a_revision_that_can_move_is_refused(hub, revision):
    assert refusal(revision=revision) == (
        f"legalbench revision {revision!r} is no commit: 40 hex digits are legal, such as {REVISION}"
    )


def test_few_shot_prompts_need_a_folder_for_they_are_not_on_the_hub(hub, tmp_path):
    with pytest.raises(UserError) as refused:
        few_shot_prompts("proa", "test", source="hub")
    assert (
        str(refused.value) == "legalbench few-shot prompts of proa need a folder that holds tasks/proa/base_prompt.txt"
    )
    (tmp_path / "own/tasks/proa").mkdir(parents=True)
    (tmp_path / "own/tasks/proa/base_prompt.txt").write_text("Q: {{text}}\nA:")
    prompts = few_shot_prompts("proa", "test", source="hub", path=tmp_path / "own")
    problems = load("proa", "test", source="hub", path=tmp_path / "own")
    assert prompts == {p.id: f"Q: {p.facts}\nA:" for p in problems}


def test_the_environment_of_huggingface_hub_is_respected(hub, tmp_path):
    code = (
        "from grpo_legal import cli, legalbench\n"
        "cli.run(lambda argv: print(len(legalbench.load('proa', 'test', source='hub'))) or 0, [])"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    environment = clean | {"HF_HOME": str(tmp_path / "home"), "HF_ENDPOINT": hub.url}

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, env=environment)

    first = run()
    assert first.returncode == 0 and int(first.stdout) > 5, first.stderr
    assert (tmp_path / "home/hub/datasets--nguha--legalbench").is_dir() and not (tmp_path / "cache").exists()
    hub.stop()
    assert run().stdout == first.stdout
