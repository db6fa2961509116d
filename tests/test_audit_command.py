"""python -m grpo_legal.audit: exit status, JSON, the page, the table at any width."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import BENCH, needs_bench
from rich.console import Console

from grpo_legal import audit, cli, rewards
from grpo_legal.audit import __main__ as command
from grpo_legal.audit import page, table
from grpo_legal.rewards import RewardSpec
from grpo_legal.schema import Problem

ROOT = Path(__file__).parents[1]
SMALL = ["--data", "firm_offer", "intestacy", "-n", "12"]
OLD = ["--rewards", "old_keyword_reward:old_keyword_reward"]
EVIL = "<script>alert(1)</script> [red]x[/red] \x1b[2J \u202e &amp; {{ 7*7 }}"


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.run(command.main, argv)
    return left.value.code


# ---- the command ------------------------------------------------------------------------------------------


def test_sound_rewards_exit_0(capsys):
    assert run("--rewards", "verifiable", *SMALL) == 0
    assert "The rewards hold. No attack earns anything." in capsys.readouterr().out


def test_the_old_keyword_reward_exits_1_and_its_worst_text_is_shown(capsys):
    assert run(*OLD, *SMALL) == 1
    out = capsys.readouterr().out
    assert "The rewards can be gamed. Best attack: keyword list" in " ".join(out.split())
    assert "statute precedent jurisdiction" in out and "gold answer:" in out


def test_a_limit_alone_can_break_rewards(tmp_path, monkeypatch):
    (tmp_path / "audit_tried.py").write_text("def any_text(completions, **columns): return [1.0] * len(completions)\n")
    monkeypatch.syspath_prepend(tmp_path)
    words = ["--rewards", "correct_answer=1", "audit_tried:any_text=0.3", *SMALL]
    assert run(*words) == 1
    assert run(*words, "--limit", "0.25") == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rewards", "verifable"], "did you mean verifiable"),
        (["--rewards", "corect_answer=1"], "did you mean correct_answer"),
        (["--rewards", "irac", "concise=1"], "'irac' is a preset, which stands alone"),
        (["--rewards", "correct_answer=much"], "'much' is no number"),
        (["--rewards", "concise=1", "concise=2"], "'concise' is named twice"),
        (["--rewards", "no_such_module:f"], "no_such_module"),
        (["--data", "frm_offer"], "did you mean firm_offer"),
        (["--data", "hearsay", "--path", "/none"], "/none"),
        (["-n", "0"], "-n 0"),
        (["--limit", "2"], "--limit 2"),
        (["--max-tokens", "0", "--seed", "-1"], "--seed -1 must be 0 or more; --max-tokens 0 must be 1 or more"),
        (["--style", "long"], "long"),
        (["--rewards", "verifiable", *SMALL, "--json", "/proc/none/x"], "'/proc/none/x' cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words, told, capsys):
    assert run(*words) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1 and told in err, err


def test_json_has_the_whole_table(tmp_path, capsys):
    assert run(*OLD, *SMALL, "--json", str(tmp_path / "a.json")) == 1
    read = json.loads((tmp_path / "a.json").read_text())
    assert (read["best"], read["holds"], read["problems"], read["style"]) == ("keyword list", False, 12, "reasoned")
    assert read["families"] == ["firm_offer", "intestacy"] and read["faults"]
    assert len(read["lines"]) == len(audit.ATTACKS) + len(audit.LUCKY) + len(audit.HONEST)
    assert set(read["lines"][0]) == {"name", "group", "about", "rewards", "total", "share", "beats", "worst"}


@needs_bench
def test_legalbench_questions_are_attacked_too(capsys):
    assert run("--rewards", "verifiable", "--data", "hearsay", "--path", str(BENCH), "-n", "5") == 0


def test_problems_come_in_turn_from_every_family_and_level():
    typed = command.options.parser("").parse_args(["-n", "132"])
    some = command.options.chosen(typed)
    assert len(some) == 132 and len({(p.family, p.difficulty) for p in some}) == 66
    assert len({p.id for p in some}) == 132


def test_it_runs_without_torch():
    code = (
        "import sys; from grpo_legal.audit import __main__ as m; "
        "s = m.main(['--rewards', 'verifiable', '--data', 'firm_offer', '-n', '4']); "
        "sys.exit(s or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


# ---- the page and the table ---------------------------------------------------------------------------------


def any_length(completions, **columns):
    return [min(len(str(c)) / 1000, 1.0) for c in completions]


@pytest.fixture(scope="module")
def evil() -> audit.Audit:
    """An audit of problems whose texts are markup."""
    labels = ("Yes", "No")
    some = [Problem(id=f"{EVIL}/{i}", family=EVIL, facts=EVIL, question=EVIL, answer=labels[i], kind="yes_no", labels=labels)
            for i in (0, 1)]  # fmt: skip
    return audit.run([RewardSpec("any_length", any_length, 1.0)], some, style="reasoned", max_tokens=64)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_page_escapes_every_text_and_needs_no_network(evil):
    html = page.render(evil)
    tags = Tags(html)
    assert "script" not in tags.found and "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "{{ 7*7 }}" in html
    assert all(link.startswith("#") for link in tags.links) and not re.search(r"url\(|@import|https?://", html)
    assert 'name="viewport"' in html and "<details>" in html


def test_the_page_has_every_way_with_its_figures_and_its_worst_text(evil):
    html = page.render(evil)
    for line in evil.lines:
        assert f"{line.total:.2f}" in html or line.total == 0
        assert line.about.replace('"', "&#34;").replace("'", "&#39;") in html, line.about
    assert html.count("<details>") == len(evil.lines) and "The rewards can be gamed." in html


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_table_keeps_to_its_width_and_no_text_reaches_the_terminal_raw(evil, width):
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    table.show(evil, console)
    out = console.file.getvalue()
    assert max(map(len, out.splitlines())) <= width
    assert "\x1b[2J" not in out and "\u202e" not in out and "[red]x[/red]" in out


@pytest.mark.parametrize(("width", "column"), [(80, "paid by"), (140, "structure")])
def test_a_column_per_reward_where_there_is_room(width, column):
    specs = rewards.build({"correct_answer": 1.0, "answer_format": 0.1, "irac_structure": 0.2, "concise": 0.05}, max_completion_tokens=64)  # fmt: skip
    some = command.options.chosen(command.options.parser("").parse_args(SMALL))
    console = Console(width=width, file=io.StringIO())
    table.show(audit.run(specs, some, style="short", max_tokens=64), console)
    out = console.file.getvalue()
    assert column in out and "tot…" not in out and "━━━━━━━━" in out
