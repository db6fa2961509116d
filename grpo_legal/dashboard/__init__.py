"""What a person sees of a run: a live view on a terminal, a panel and curves in a notebook, else one plain line a step,
and a table at the end.

All views take a step's metrics record as it stands in metrics.jsonl (shares 0..1, seconds, dollars); any
key may be missing, None or NaN. Texts come from models and data and may hold anything: only printable
characters reach the screen, and none is read as markup.

    with make_view(Console(), "run-1", 60, {"correct_answer": 1.0}) as view:
        view.update({"step": 1, "reward": 0.4, "rewards": {"correct_answer": 0.4}})
        view.sample({"step": 1, "prompt": "Is it hearsay?", "gold": "No", "best": {"text": "No", "reward": 1.0}})
        view.note("all groups are alike")
    Console().print(result_table(summary))

Of ours it imports progress alone, neither torch nor numpy, and matplotlib only when a notebook draws.
"""

from grpo_legal.dashboard.choice import make_view
from grpo_legal.dashboard.evaluation import evaluation_tables
from grpo_legal.dashboard.layout import LOSS, REWARDS, Layout
from grpo_legal.dashboard.notebook import NotebookView
from grpo_legal.dashboard.results import result_table
from grpo_legal.dashboard.samples import most_different
from grpo_legal.dashboard.texts import clean, dollars, duration, sparkline
from grpo_legal.dashboard.views import LiveView, PlainView, QuietView

__all__ = [
    "LOSS",
    "REWARDS",
    "Layout",
    "LiveView",
    "NotebookView",
    "PlainView",
    "QuietView",
    "clean",
    "dollars",
    "duration",
    "evaluation_tables",
    "make_view",
    "most_different",
    "result_table",
    "sparkline",
]
