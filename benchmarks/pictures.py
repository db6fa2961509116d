"""The README's pictures, made from a run folder: the live view at its end, and the head of the report.

    python -m benchmarks.pictures outputs/mine --output docs/pictures

live.svg is rich's own export of the view that the run's records give. report.png is a headless Chromium's view of
report.html, which python -m grpo_legal.report writes; without that page or Chromium it is left as it is, and said.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from grpo_legal import config, dashboard, run_folder

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLUMNS, ROWS = 120, 30


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--output", type=Path, default=Path("docs/pictures"))
    typed = parser.parse_args()
    typed.output.mkdir(parents=True, exist_ok=True)
    (typed.output / "live.svg").write_text(live(typed.run), encoding="utf-8")
    page, browser = typed.run / "report.html", next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or not page.is_file():
        print(f"report.png is not made: {'no Chromium here' if browser is None else f'{page} is not there'}")
        return
    shot = typed.output / "report.png"
    size = ["--window-size=1100,1400", "--force-device-scale-factor=1", "--hide-scrollbars"]
    where = [f"--screenshot={shot.resolve()}", page.resolve().as_uri()]
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", *size, *where], check=True, capture_output=True
    )


def live(run: Path) -> str:
    """The live view after the last record, as SVG."""
    folder = run_folder.RunFolder(run)
    settings = config.resolve(config.read_file(folder.config))
    console = Console(
        record=True, width=COLUMNS, height=ROWS, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    view = dashboard.LiveView(
        run.name, settings.grpo.max_steps, settings.reward.weights, console,
        subtitle=f"{settings.policy.model} · {', '.join(settings.data.families[:4])}", clock=lambda: 0.0,
    )  # fmt: skip
    for record in run_folder.read_lines(folder.metrics):
        view.update(record)
    rows = list(run_folder.read_lines(folder.completions))
    last = [row for row in rows if row["step"] == rows[-1]["step"]] if rows else []
    if sample := dashboard.most_different(last, settings.grpo.num_generations):
        view.sample(sample)
    console.print(view)
    drawn = console.export_svg(title="python -m grpo_legal.train")
    return re.sub(
        r"@font-face \{.*?\}|<!--.*?-->", "", drawn, flags=re.S
    )  # fonts from the network; any monospaced one will do


if __name__ == "__main__":
    main()
