"""Files of a run: lines cut by a crash, and the JSON file that a command's --json names."""

from __future__ import annotations

import json
import os
import tempfile
import threading

import pytest

from grpo_legal import run_folder
from grpo_legal.errors import UserError


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_last_line_cut_anywhere_is_left_out_and_then_written_over(tmp_path, cut):
    path = tmp_path / "answers.jsonl"
    run_folder.append_lines(path, [{"id": 1, "text": "U.C.C. § 2-205’s"}])
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-cut])  # "§" takes two bytes, "’" three
    kept = 2 if cut == 1 else 1  # without its line end alone it can still be read
    assert list(run_folder.read_lines(path)) == [{"id": 1, "text": "U.C.C. § 2-205’s"}] * kept
    run_folder.append_lines(path, [{"id": 2}])
    assert [r["id"] for r in run_folder.read_lines(path)] == [1, 2]


def test_a_line_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"id": 1}\n"\xff"\n{"id": 2}\n')
    with pytest.raises(UserError, match="holds a line that is not JSON"):
        list(run_folder.read_lines(path))


def test_what_is_no_number_is_null(tmp_path):
    run_folder.write_copy(str(tmp_path / "a.json"), {"loss": float("nan"), "all": [1.5, (float("inf"), 2)]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"loss": None, "all": [1.5, [None, 2]]}


def test_a_link_stays_one(tmp_path):
    (tmp_path / "target.json").write_text("old")
    (tmp_path / "link.json").symlink_to("target.json")
    run_folder.write_copy(str(tmp_path / "link.json"), [1])
    assert (tmp_path / "link.json").is_symlink() and json.loads((tmp_path / "target.json").read_text()) == [1]


def test_a_pipe_gets_it(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    run_folder.write_copy(str(pipe), {"a": 1})
    reader.join(10)
    assert json.loads(got[0]) == {"a": 1} and pipe.is_fifo()


def test_a_device_stays_one_and_gets_it():
    before = os.stat("/dev/null")
    run_folder.write_copy("/dev/null", {"a": 1})
    assert os.path.samestat(os.stat("/dev/null"), before)
    there, here = os.pipe()
    run_folder.write_copy(f"/dev/fd/{here}", {"a": 2})  # as /dev/stdout is
    os.close(here)
    with open(there) as file:
        assert json.load(file) == {"a": 2}


def test_a_stream_that_leads_to_a_file_goes_on_in_it(tmp_path):
    with open(tmp_path / "log", "w") as file:
        file.write("begun\n")
        file.flush()
        run_folder.write_copy(f"/dev/fd/{file.fileno()}", [1])
    assert (tmp_path / "log").read_text().startswith("begun\n[")


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no memory disk")
def test_a_file_on_the_memory_disk_is_written_anew():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        for _ in range(2):
            run_folder.write_copy(f"{folder}/a.json", [1])
        with open(f"{folder}/a.json") as file:
            assert json.load(file) == [1]


@pytest.mark.parametrize("name", [".", "", "folder", "folder/"])
def test_a_folder_is_told_and_nothing_is_left_beside_it(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=r"^--json '.*' cannot be written: Is a directory"):
        run_folder.write_copy(name, [1])
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
