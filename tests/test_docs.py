"""The pages of docs/: their made parts are those of the code, their examples run, their commands and settings are real."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import commands
import pytest

from docs import build, pages, results, row, text
from grpo_legal import cli, config, legalbench, problems, rewards
from grpo_legal.errors import UserError
from grpo_legal.legalbench import own

ROOT = Path(__file__).parents[1]
PAGES = {p.name: p.read_text("utf-8") for p in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]}
CLAUSES = re.search(r"^```csv\n(.*?)^```$", PAGES["data.md"], re.M | re.S)[1]
BLOCKS = {m[1]: m[2] for m in re.finditer(r"^```python\n# (\S+\.py)\n(.*?)^```$", PAGES["extending.md"], re.M | re.S)}
SPANS = {(page, span) for page, told in PAGES.items() for span in re.findall(r"`(--[a-z]+\.[^`]+)`", told)}
SAYINGS = re.findall(r"Says: `([^`]+)`", PAGES["troubleshooting.md"])
COMMANDS = sorted({c for page, told in PAGES.items() if page != "README.md" for c in commands.commands(told)})


# ---- what is made from the code -----------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_the_code_says(page):
    assert build.made(PAGES[page]) == PAGES[page], f"{page} is out of date: python -m docs.build"


def test_every_made_part_stands_in_a_page():
    assert {name for told in PAGES.values() for _, name, _ in build.MARKED.findall(told)} == set(pages.PARTS)


def test_check_tells_of_a_page_that_is_out_of_date_and_writes_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "page.md").write_text("<!-- made: gpu_results -->\nold\n<!-- end -->\nby hand\n", "utf-8")
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    assert build.main(["--check"]) == 1 and "page.md: out of date" in capsys.readouterr().out
    assert "old" in (tmp_path / "page.md").read_text("utf-8")
    assert build.main([]) == 0
    written = (tmp_path / "page.md").read_text("utf-8")
    assert "old" not in written and written.endswith("<!-- end -->\nby hand\n")
    assert build.main(["--check"]) == 0


def test_every_family_reward_and_result_has_its_place():
    assert all(f"\n## {name}\n" in PAGES["families.md"] for name in problems.FAMILIES)
    assert all(f"\n## {name}\n" in PAGES["rewards.md"] for name in rewards.REGISTRY)
    measured = [path.stem for path in results.RESULTS.glob("*.json") if not path.name.startswith("rehearsal-")]
    assert measured and all(f"\n### {name}\n" in PAGES["results.md"] for name in measured)


def test_without_a_gpu_result_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    assert "No GPU figure has been measured yet" in results.gpu()
    machine = {
        "gpu": "H100",
        "gpu_gib": 79.2,
        "cuda": "13.0",
        "cpu": "16 cores",
        "python": "3.12",
        "versions": {"trl": "1", "x": None},
    }
    about = {"date": "2026-12-01T10:00:00", "command": "python -m it", "switches": {"UNSLOTH_A": "0"}}
    jobs = {
        "plain": {**about, "status": "done", "results": [{"side": "both", "seconds": 1.25}, {"loaded": True}]},
        "shared": {**about, "status": "out of time", "results": [{"side": "shared", "seconds": 0.5}]},
    }
    made = {"machine": machine, "parts": {"large": jobs}}
    (tmp_path / "gpu-2026-12-01-h100.json").write_text(json.dumps(made))
    told = results.gpu()
    assert "No GPU figure" not in told and "H100, 79.2 GiB" in told and "trl 1." in told and "None" not in told
    assert "| shared | 2026-12-01 | out of time | UNSLOTH_A=0 | `python -m it` |" in told
    assert "| plain | both | 1.25 |\n| shared | shared | 0.5 |" in told and "| plain | yes |" in told


def test_the_row_of_the_design_is_paid_for_being_right_first():
    problem = problems.generate(row.FAMILY, 1, "train", row.SEED, difficulty=1)[0]
    texts = row.group(problem)
    values, sums, advantages = row.scored(problem, list(texts.values()))
    paid = dict(zip(texts, sums, strict=True))
    assert paid["argued and right"] > paid["right alone"] > paid["argued, wrong answer"] == paid["both labels"] == 0
    assert values["correct_answer"] == [1.0, 1.0, 0.0, 0.0] and sum(advantages) == pytest.approx(0, abs=1e-9)


def test_a_docstrings_examples_are_code_and_its_angle_brackets_text():
    told = text.told("A reward.\n\n    Source: own.\n\nIs `x` < 1?\n>>> f('<a>')\n1")
    assert told == "A reward.\n\n    Source: own.\n\nIs `x` &lt; 1?\n\n```python\n>>> f('<a>')\n1\n```"


def test_the_examples_in_the_files():
    assert doctest.testmod(text).failed == 0 and doctest.testmod(results).failed == 0


# ---- what is written by hand --------------------------------------------------------------------------


def test_the_examples_of_extending_run(tmp_path):
    conftest = f"import grpo_legal.problems\ngrpo_legal.problems.__path__.append({str(tmp_path)!r})\n"
    (tmp_path / "conftest.py").write_text(conftest, "utf-8")
    for name, source in BLOCKS.items():
        (tmp_path / Path(name).name).write_text(source, "utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    found = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert found.returncode == 0 and "10 passed" in found.stdout, found.stdout + found.stderr


def test_a_family_takes_few_lines():
    code = [line for line in BLOCKS["grpo_legal/problems/small_claims.py"].splitlines() if line.strip()]
    assert len(code) <= 25 and len(BLOCKS) == 4


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(command, tmp_path, monkeypatch):
    commands.from_folder(tmp_path, BLOCKS["my_rewards.py"], monkeypatch)
    (tmp_path / "clauses.csv").write_text(CLAUSES, "utf-8")
    commands.check(command)


def test_the_file_of_ones_own_is_read_as_the_page_says(tmp_path):
    (tmp_path / "clauses.csv").write_text(CLAUSES, "utf-8")
    columns = {"id": "ref", "facts": "clause", "question": "ask", "answer": "result"}
    sides = [legalbench.load_file(tmp_path / "clauses.csv", columns, side) for side in ("train", "test")]
    assert all(sides) and sorted(p.id for side in sides for p in side) == [f"c-10{n}" for n in range(1, 7)]
    assert {p.kind for side in sides for p in side} == {"yes_no"}
    keys = re.findall(r"^\| `(\w+)`", PAGES["data.md"], re.M)
    assert sorted(keys) == sorted(own.KEYS)


@pytest.mark.parametrize(("page", "span"), sorted(SPANS))
def test_a_setting_is_one(page, span):
    name, *value = shlex.split(span)
    section, _, key = name.removeprefix("--").replace("-", "_").partition(".")
    assert key in type(getattr(config.Settings(), section)).model_fields, f"{page}: {span}"
    if value:
        line = cli.parse("train", "about", [name, *value])
        assert any(accepted(preset, line) for preset in ("cpu", "h100")), f"{page}: {span}"


def accepted(preset: str, line: cli.CommandLine) -> bool:
    try:
        config.resolve(config.preset(preset), line.overrides, faults=line.faults)
    except UserError:
        return False
    return True


@pytest.mark.parametrize("saying", SAYINGS)
def test_a_message_is_one_that_the_code_gives(saying):
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "grpo_legal").rglob("*.py"))
    assert saying in sources


def test_pages_link_to_files_that_are_there():
    for told in [*PAGES.values(), (ROOT / "README.md").read_text("utf-8")]:
        for target in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", told):
            assert (ROOT / "docs" / target).exists() or (ROOT / target).exists(), target
