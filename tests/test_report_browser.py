"""The report in a real browser: a desktop's width and a phone's, no console line, no text that runs, nothing cut off.

    python -m pytest -m slow tests/test_report_browser.py

Skipped where no Chromium is found. With REPORT_PICTURES=FOLDER the pictures are left there to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_report import EVIL, call, evaluate
from tiny_runs import GOOD, tsv

from grpo_legal import run_folder

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = {"desktop": 1280, "phone": 390}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The report of forty made-up steps, and of an evaluation whose answers hold markup."""
    root = tmp_path_factory.mktemp("browser")
    steps = [
        {"step": n, "max_steps": 40, "seconds": 9.0 * n, "step_seconds": 9.0, "reward": 0.4 + n / 80, "reward_std": 0.4,
         "rewards": {"correct_answer": 0.4 + n / 90, "answer_format": 0.9}, "completion_length": 90.0 - n,
         "truncated": 0.1, "zero_variance": n / 80, "entropy": 1.2 - n / 60, "loss": 0.01, "grad_norm": 0.5,
         "tokens": 4_000 * n, "cost_usd": 0.01 * n}
        for n in range(1, 41)
    ]  # fmt: skip
    run_folder.append_lines(root / "run/metrics.jsonl", steps)
    evaluate(root / "run", tsv(root / "bench", "hearsay", GOOD), text=f" {EVIL}")
    assert call(root / "run") == 0
    return root / "run"


def browse(page: Path, *options: str, width: int, profile: Path) -> subprocess.CompletedProcess[str]:
    line = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
        "--enable-logging=stderr", "--v=0", f"--window-size={width},4000", "--virtual-time-budget=4000", *options,
        page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(line, capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize("name", WIDTHS)
def test_a_browser_shows_it_without_a_console_line(folder, name, tmp_path):
    kept = Path(os.environ.get("REPORT_PICTURES", tmp_path))
    picture = kept / f"report-{name}.png"
    found = browse(folder / "report.html", f"--screenshot={picture}", width=WIDTHS[name], profile=tmp_path / "profile")
    assert picture.is_file() and picture.stat().st_size > 20_000, found.stderr[-2000:]
    assert not re.findall(r"CONSOLE.*", found.stderr)


@pytest.mark.parametrize("name", WIDTHS)
def test_no_answer_runs_and_nothing_is_wider_than_the_screen(folder, name, tmp_path):
    """A probe beside the page's own text says what a person would see: its title, its scripts, its width."""
    probe = (
        "<script>addEventListener('load', () => {"
        "const wide = document.documentElement.scrollWidth > innerWidth;"
        "document.body.dataset.seen = [document.scripts.length, document.images.length, wide].join(' ');"
        "});</script>"
    )
    html = (folder / "report.html").read_text("utf-8")
    # The page forbids scripts by its own policy, where it has one: it is taken out so that the probe, and what an answer
    # might bring, would run.
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    page = tmp_path / "probed.html"
    page.write_text(html.replace("</body>", f"{probe}</body>"), "utf-8")
    found = browse(page, "--dump-dom", width=WIDTHS[name], profile=tmp_path / "profile")
    assert re.search(r'<body[^>]*data-seen="1 0 false"', found.stdout), re.findall(r"<body[^>]*>", found.stdout)
