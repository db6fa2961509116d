"""The report of a run: one page that needs nothing else, from what lies in the run folder.

    run = read(Path("outputs/run"))        every file that is there, and what is missing
    made = render(run)                     the page, and its figures as PNG
    made.html, made.figures[0].png

read.py knows the files, findings.py and scores.py what they say, examples.py the answers side by side, figures.py how
numbers are drawn, page.py and page.html.j2 the page. Imports no torch.
"""

from grpo_legal.reporting.page import Report, render
from grpo_legal.reporting.read import Run, read

__all__ = ["Report", "Run", "read", "render"]
