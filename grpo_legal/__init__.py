"""GRPO on legal questions with rewards that pay for being right.

The commands are modules: ``python -m grpo_legal.train --help``. Importing this package imports no torch.
"""

__version__ = "0.1.0"
