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
# In the folder `notebooks` of a clone. Where there is an NVIDIA GPU, such as Colab's T4, Unsloth is installed as well.

# %%
# %pip install -q -c ../constraints.txt -e "..$(command -v nvidia-smi > /dev/null && echo '[gpu]')"

# %% [markdown]
# ## Look at the questions first
#
# A rules engine computes every answer; the argument below it comes from the engine's own steps.

# %%
# !python -m grpo_legal.data show firm_offer -n 1 --difficulty 2 --prompt short

# %% [markdown]
# ## Attack the rewards
#
# Twenty-six kinds of text whose answer is wrong, missing or unreadable, and some that are right by luck. No model is needed.

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
# A few steps at a low rate show the machinery and change little; without `max-steps` and `learning-rate` the preset goes to
# its end (on two cores, a quarter of an hour for GRPO), and the README has what that came to. First SFT on gold answers, loss on the answer only, then GRPO from its adapter. Each runs in a process of its own,
# answers held-out problems before and after, and is shown while it runs. Interrupt a cell, and the run saves a checkpoint.

# %%
from grpo_legal import notebook

notebook.run("sft --sft.max-steps 6 --sft.batch-size 8 --sft.micro-batch-size 8 --eval.n 40 --run.name walkthrough-sft")

# %%
notebook.run(
    "train --policy.adapter outputs/walkthrough-sft/adapter --grpo.max-steps 4 --grpo.learning-rate 5e-5 --eval.n 40 --run.name walkthrough"
)

# %% [markdown]
# `notebook.watch("outputs/NAME")` shows a run that another cell or a terminal is at, and the curves of one that has ended.

# %%
notebook.watch("outputs/walkthrough")

# %% [markdown]
# ## Compare base, SFT and GRPO
#
# The same questions for all three, paired; Holm's correction over the contrasts; what so many questions could show at all.

# %%
# !python -m grpo_legal.evaluate --models base= sft=outputs/walkthrough-sft/adapter grpo=outputs/walkthrough/adapter -n 40 --output outputs/walkthrough

# %%
# !python -m grpo_legal.runs outputs

# %% [markdown]
# ## Read the report
#
# `outputs/walkthrough/report.html` has all of it on one page.

# %%
# !python -m grpo_legal.report outputs/walkthrough

# %% [markdown]
# ## Ask it something
#
# A question of your own, in the words of the run's prompts; the base answers too. The parties are diverse and more than $75,000 is
# demanded, so Yes is right. One answer is no measure: see above.

# %%
# !python -m grpo_legal.ask outputs/walkthrough "Is there diversity jurisdiction under 28 U.S.C. 1332(a)?" --facts "Ann Lee, a citizen of Ohio, sues Bo Ruiz, a citizen of Iowa, for $90,000."

# %% [markdown]
# ## Export
#
# An adapter to share, or `merged` and `gguf` for serving.

# %%
# !python -m grpo_legal.export outputs/walkthrough --to adapter
