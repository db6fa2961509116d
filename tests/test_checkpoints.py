"""Checkpoints as files: whole or not there, never loaded when damaged, the last and the best kept."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grpo_legal import checkpoints
from grpo_legal.checkpoints import durable


def save(folder: Path, step: int, score: float | None = None, name: str = "reward", **said) -> Path:
    """A checkpoint of two files, as a trainer would write it."""
    made = checkpoints.stage(folder) / f"checkpoint-{step}"
    (made / "sub").mkdir(parents=True)
    (made / "weights.bin").write_bytes(bytes(range(100)) + str(step).encode())
    (made / "sub" / "state.json").write_text(json.dumps({"step": step}))
    said["score"] = None if score is None else {"name": name, "value": score}
    return checkpoints.commit(folder, step, **said)


def test_a_committed_checkpoint_is_whole_and_says_what_it_was_made_from(tmp_path):
    path = save(tmp_path, 5, settings={"grpo.max-steps": 9}, data="abc")
    assert path == tmp_path / "checkpoint-5" == checkpoints.newest(tmp_path)
    assert checkpoints.verify(path) is None
    said = checkpoints.read_manifest(path)
    assert (said["step"], said["settings"], said["data"]) == (5, {"grpo.max-steps": 9}, "abc")
    assert sorted(said["files"]) == ["sub/state.json", "weights.bin"]
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint-5"]  # nothing of the writing is left


def flip(path: Path) -> None:
    """One bit of the middle byte."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


FAULTS = {
    "truncated": (lambda c: (c / "weights.bin").write_bytes(b"short"), "weights.bin has 5 bytes, not 101"),
    "flipped byte": (lambda c: flip(c / "weights.bin"), "weights.bin has changed since it was written"),
    "flipped byte below": (lambda c: flip(c / "sub" / "state.json"), "sub/state.json has changed"),
    "missing file": (lambda c: (c / "weights.bin").unlink(), "weights.bin is missing"),
    "no manifest": (lambda c: (c / "manifest.json").unlink(), "it has no manifest.json: it was never finished"),
    "flipped manifest": (lambda c: flip(c / "manifest.json"), "its manifest.json is damaged"),
    "empty manifest": (lambda c: (c / "manifest.json").write_text(""), "its manifest.json is damaged"),
    "list as manifest": (lambda c: (c / "manifest.json").write_text("[]"), "its manifest.json is damaged"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_checkpoint_is_never_loaded_the_one_before_is_and_one_line_says_so(fault, tmp_path):
    damage, why = FAULTS[fault]
    before, broken = save(tmp_path, 5), save(tmp_path, 6)
    damage(broken)
    assert why in checkpoints.verify(broken)
    assert checkpoints.newest(tmp_path) == before and broken.is_dir()  # a look changes nothing
    told = []
    assert checkpoints.recover(tmp_path, told.append) == before
    assert len(told) == 1 and told[0].startswith("checkpoint-6 is not loaded: " + why) and "\n" not in told[0]
    assert "checkpoint-5 is loaded instead (it is kept as damaged-checkpoint-6)" in told[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["checkpoint-5", "damaged-checkpoint-6"]
    assert checkpoints.recover(tmp_path, told.append) == before and len(told) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_byte_or_cut_of_any_file_is_seen(tmp_path, data):
    shutil.rmtree(tmp_path / "c", ignore_errors=True)
    path = save(tmp_path / "c", 1, score=0.5, settings={"a.b": 1})
    file = data.draw(st.sampled_from(sorted(p for p in path.rglob("*") if p.is_file())))
    content = file.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.booleans())
    changed = (
        content[:at]
        if cut
        else content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    )
    file.write_bytes(changed)
    spared = file.name == "manifest.json" and changed.strip(b" \t\r\n") == content.strip()  # its last line end
    assert (checkpoints.verify(path) is None) == spared


def test_a_checkpoint_under_another_step_is_not_whole(tmp_path):
    shutil.copytree(save(tmp_path, 5), tmp_path / "checkpoint-50")
    assert checkpoints.verify(tmp_path / "checkpoint-50") == "its manifest.json is of step 5"
    assert checkpoints.newest(tmp_path).name == "checkpoint-5"


def test_no_whole_one_at_all(tmp_path):
    assert checkpoints.newest(tmp_path / "none") is None and checkpoints.recover(tmp_path / "none", print) is None
    (tmp_path / "checkpoint-3").mkdir()
    told = []
    assert checkpoints.recover(tmp_path, told.append) is None
    assert "there is none before it" in told[0]


def test_leftovers_of_a_killed_save_and_a_killed_deletion_are_removed(tmp_path):
    before = save(tmp_path, 5)
    (checkpoints.stage(tmp_path) / "checkpoint-6").mkdir()
    shutil.copytree(before, tmp_path / ".deleting-checkpoint-4")
    assert checkpoints.newest(tmp_path) == before
    assert checkpoints.recover(tmp_path, print) == before
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint-5"]


def test_a_failed_save_leaves_the_one_before_and_the_next_one_works(tmp_path, monkeypatch):
    before = save(tmp_path, 5)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("sync_tree", "write_text", "put"):
        with monkeypatch.context() as patch:
            patch.setattr(durable, place, full)
            with pytest.raises(OSError, match="No space left"):
                save(tmp_path, 6)
        assert checkpoints.newest(tmp_path) == before
    assert checkpoints.newest(tmp_path) == before and save(tmp_path, 6) == checkpoints.newest(tmp_path)


def test_the_same_step_is_replaced_whole(tmp_path):
    save(tmp_path, 5, score=0.1)
    assert checkpoints.read_manifest(save(tmp_path, 5, score=0.2))["score"]["value"] == 0.2
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint-5"]


# ---- what is kept -----------------------------------------------------------------------------------------


def kept(folder: Path) -> list[int]:
    return sorted(step for step, _ in checkpoints.steps(folder))


@pytest.mark.parametrize(
    "last, keep_best, left", [(2, True, [10, 30, 40]), (2, False, [30, 40]), (1, True, [10, 40]), (9, False, [10, 20, 30, 40])]
)  # fmt: skip
def test_the_last_and_the_best_are_kept(tmp_path, last, keep_best, left):
    for step, score in ((10, 0.9), (20, 0.2), (30, 0.3), (40, 0.8)):
        save(tmp_path, step, score)
    checkpoints.rotate(tmp_path, last, keep_best)
    assert kept(tmp_path) == left


def test_held_out_accuracy_is_compared_before_reward_and_a_tie_goes_to_the_later(tmp_path):
    save(tmp_path, 10, 0.6, "held_out_accuracy")
    save(tmp_path, 20, 0.6, "held_out_accuracy")
    save(tmp_path, 30, 5.0, "reward")
    save(tmp_path, 40)
    assert checkpoints.best(tmp_path)[0].name == "checkpoint-20"
    assert checkpoints.best(tmp_path / "none") is None


def test_a_damaged_checkpoint_makes_no_whole_one_redundant(tmp_path):
    for step in (10, 20, 30):
        save(tmp_path, step)
    (tmp_path / "checkpoint-30" / "manifest.json").unlink()
    checkpoints.rotate(tmp_path, last=1, keep_best=False)
    assert kept(tmp_path) == [20, 30] and checkpoints.newest(tmp_path).name == "checkpoint-20"


@pytest.mark.parametrize(
    "records, score",
    [
        ([], None),
        ([{"step": 1, "reward": None}], None),
        ([{"reward": 0.5, "loss": 3.0}, {"reward": 1.0}], {"name": "reward", "value": 0.75}),
        ([{"loss": 3.0}, {"loss": 1.0}], {"name": "-loss", "value": -2.0}),
        (
            [{"reward": 1.0, "held_out_accuracy": 0.4}, {"reward": 1.0, "held_out_accuracy": 0.7}, {"reward": 9.0}],
            {"name": "held_out_accuracy", "value": 0.7},
        ),
    ],
)
def test_the_score_is_the_newest_probe_else_the_mean_reward_else_the_loss(records, score):
    assert checkpoints.score(records) == score


# ---- what a run learns from ---------------------------------------------------------------------------------


def rows(*texts: str) -> list[dict]:
    return [{"family": text.split()[0], "text": text} for text in texts]


def prints(train: list[dict], held_out: list[dict] | None = None) -> checkpoints.Fingerprint:
    return checkpoints.fingerprint({"train": train, "held_out": held_out or []}, lambda row: row["family"])


def test_what_changed_in_the_data_is_named():
    was = prints(rows("a 1", "a 2", "b 1"), rows("a 9"))
    assert checkpoints.changes(was, prints(rows("a 1", "a 2", "b 1"), rows("a 9"))) == []
    assert checkpoints.changes(was, prints(rows("a 1", "b 1"), rows("a 9"))) == ["train a 2 -> 1 rows"]
    assert checkpoints.changes(was, prints(rows("a 1", "a 3", "b 1", "c 1"), rows("a 9"))) == [
        "train a has other rows", "train c 0 -> 1 rows"]  # fmt: skip
    assert checkpoints.changes(was, prints(rows("b 1", "a 1", "a 2"), rows("a 9"))) == [
        "train has its rows in another order"
    ]
    assert checkpoints.changes(was, {"train": was["train"]}) == ["held_out has gone"]
    assert checkpoints.digest(was) != checkpoints.digest(prints(rows("b 1", "a 1", "a 2"), rows("a 9")))
