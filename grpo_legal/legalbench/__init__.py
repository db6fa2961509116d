"""LegalBench as training and test problems: 154 of its 162 tasks have one right label per row.

Source: LegalBench (Guha et al., arXiv 2308.11462), files as in the public repository HazyResearch/legalbench
(`tasks/<task>/base_prompt.txt` and `train.tsv`) and on the Hub in nguha/legalbench (`data/<task>/{train,test}.tsv`).
None of their text lies in this package: rows and instructions are read from a folder of the user's.

    >>> match_tasks(["diversity_*"], "../shared/legalbench")[:2]           # doctest: +SKIP
    ['diversity_1', 'diversity_2']
    >>> load("hearsay", "train", path="../shared/legalbench")[0].labels    # doctest: +SKIP
    ('Yes', 'No')
"""

from grpo_legal.legalbench.folder import match_tasks
from grpo_legal.legalbench.loader import Halves, Row, load, split_rows
from grpo_legal.legalbench.table import Task, find_task, task_table

__all__ = ["Halves", "Row", "Task", "find_task", "load", "match_tasks", "split_rows", "task_table"]
