"""What a GRPO step spends its passes on: groups that teach.

A group whose completions all earned the same has advantages of 0, and without KL and entropy bonus no gradient: it
costs what the others cost and changes nothing (the zero-variance groups of DAPO, arXiv 2503.14476, section 3.2).

    SkipsFlat       such groups go through the model neither forward nor backward; the loss is the same number
    Refills         dynamic sampling: other prompts in their place, as far as so many rounds of sampling give any
    ChoosesLevels   a curriculum: problems get harder as those of the level in hand are answered

Each is a mixin over trl.GRPOTrainer that does nothing until it is told to; `flat` and `Curriculum` know of no trainer.
"""

from grpo_legal.informative.curriculum import Curriculum
from grpo_legal.informative.levels import ChoosesLevels
from grpo_legal.informative.refilling import Refills
from grpo_legal.informative.skipping import SkipsFlat

__all__ = ["ChoosesLevels", "Curriculum", "Refills", "SkipsFlat"]
