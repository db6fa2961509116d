# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Legal questions, rewards that pay for being right, and a score with an interval
#
# The same cells run on a laptop without a GPU (SmolLM2-135M) and on a GPU (Qwen2.5 in 4 bits through Unsloth): the preset
# is chosen by hardware. They call the package and hold no logic of their own.

# %% [markdown]
# ## Install
#
# From the root of a clone. On a GPU machine, such as Colab, the extra is `gpu`: `pip install -c constraints.txt -e ".[gpu]"`.

# %%
# %pip install -q -c ../constraints.txt -e ..

# %% [markdown]
# ## Look at the questions first
#
# A rules engine computes every answer; the argument below it comes from the engine's own steps.

# %%
# !python -m grpo_legal.data show firm_offer -n 1 --difficulty 2 --prompt short

# %% [markdown]
# ## Attack the rewards
#
# Twenty-six kinds of text that do not know the answer, and some that are right by luck. No model is needed.

# %%
# !python -m grpo_legal.audit --rewards irac -n 66

# %% [markdown]
# ## Write a reward of your own, and try it
#
# A plain function: it gets the completions and every column of the data, and returns a number for each completion.
# `gated` makes it count on right answers only.

# %%
from grpo_legal import problems, rewards
from grpo_legal.schema import to_row


def names_a_rule(completions, authorities, **columns):
    texts = [c[0]["content"] if isinstance(c, list) else c for c in completions]
    return [float(any(rule in text for rule in own)) for text, own in zip(texts, authorities, strict=True)]


problem = problems.generate("firm_offer", 1, "train", seed=1, difficulty=1)[0]
row = {key: [value] * 2 for key, value in to_row(problem, "reasoned").items() if key != "prompt"}
rewards.gated(names_a_rule)(completions=[problem.explanation, problem.authorities[0]], **row)

# %% [markdown]
# ## Train
#
# Three steps show the machinery; without `--grpo.max-steps` the preset trains to its end (80 steps on a CPU, a quarter of
# an hour on two cores). Held-out problems are answered before and after.

# %%
# !python -m grpo_legal.train --grpo.max-steps 3 --eval.n 40 --run.output-dir outputs --run.name walkthrough --run.view plain

# %% [markdown]
# ## Watch the curves

# %%
import json
from pathlib import Path

import matplotlib.pyplot as plt

steps = [json.loads(line) for line in Path("outputs/walkthrough/metrics.jsonl").read_text().splitlines()]
figure, axes = plt.subplots(1, 3, figsize=(10, 2.6))
for axis, key in zip(axes, ("reward", "entropy", "zero_variance"), strict=True):
    axis.plot([s["step"] for s in steps], [s[key] for s in steps], marker="o")
    axis.set_title(key)
    axis.set_xlabel("step")
figure.tight_layout()

# %% [markdown]
# ## Compare with the base model, and read the report
#
# The same questions for both, paired; Holm's correction over the contrasts; what so many questions could show at all.

# %%
# !python -m grpo_legal.evaluate --models base= grpo=outputs/walkthrough/adapter --suite families --families diversity_jurisdiction --difficulty 1 -n 40 --prompt short --max-new-tokens 2 --output outputs/walkthrough

# %%
# !python -m grpo_legal.report outputs/walkthrough

# %% [markdown]
# `outputs/walkthrough/report.html` has all of it on one page. To go on from an SFT checkpoint:
# `python -m grpo_legal.train --policy.adapter checkpoint-500`.
