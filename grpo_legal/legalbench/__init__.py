"""LegalBench as training and test problems: its 162 tasks, of which all but rule_qa can be scored by a program.

Source: LegalBench (Guha et al., arXiv 2308.11462), files as in the public repository HazyResearch/legalbench
(`tasks/<task>/base_prompt.txt` and `train.tsv`) and on the Hub in nguha/legalbench (`data/<task>/{train,test}.tsv`).
None of their text lies in this package: rows come from a folder of the user's or from the Hub. `load_file` reads
questions of one's own from JSONL, CSV or TSV. `official_score` is the benchmark's own metric, bug for bug,
`corrected_score` the metric as it is meant.

    >>> match_tasks(["diversity_*"], "../shared/legalbench")[:2]           # doctest: +SKIP
    ['diversity_1', 'diversity_2']
    >>> load("hearsay", "train", path="../shared/legalbench")[0].labels    # doctest: +SKIP
    ('Yes', 'No')
"""

from grpo_legal.legalbench.corrected import corrected_score
from grpo_legal.legalbench.few_shot import few_shot_prompts, official_prompt
from grpo_legal.legalbench.loader import Halves, Row, gold_cells, load, split_rows
from grpo_legal.legalbench.official import official_score
from grpo_legal.legalbench.own import load_file
from grpo_legal.legalbench.sources import count_rows, match_tasks
from grpo_legal.legalbench.table import Task, commercial_tasks, find_task, task_table

__all__ = [
    "Halves",
    "Row",
    "Task",
    "commercial_tasks",
    "corrected_score",
    "count_rows",
    "few_shot_prompts",
    "find_task",
    "gold_cells",
    "load",
    "load_file",
    "match_tasks",
    "official_prompt",
    "official_score",
    "split_rows",
    "task_table",
]
