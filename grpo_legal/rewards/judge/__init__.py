"""`judge`: a language model grades the answer by a rubric, for what no rule can check.

The reward that it replaces paid a list of legal words 19 of 20, and a language model can be talked into the same. So
the judge sees the reference answer and the authorities, the answer is fenced off as data (prompt.py), an answer
that tells the judge what to score gets nothing and is not sent (injection.py), and a wrong answer is not asked about.
Any OpenAI-compatible endpoint serves: OpenAI, vLLM, llama.cpp, Ollama, `transformers serve`. It needs the extra
`judge`. Evaluation may use the same rubric, 0 to 20 (`judge_scores`), with another model than training's.

    transformers serve Qwen/Qwen2.5-7B-Instruct &
    python -c "
    from grpo_legal.rewards.judge import Judge, JudgeSettings
    judge = Judge(JudgeSettings(model='Qwen/Qwen2.5-7B-Instruct'))
    print(judge.check())"
"""

from grpo_legal.judge_settings import RUBRIC, JudgeSettings, judge_faults
from grpo_legal.rewards.judge.injection import addresses_the_judge
from grpo_legal.rewards.judge.prompt import JudgeItem
from grpo_legal.rewards.judge.reward import Judge, judge_scores
from grpo_legal.rewards.judge.verdict import CRITERIA, Verdict, parse_verdict

__all__ = [
    "CRITERIA",
    "RUBRIC",
    "Judge",
    "JudgeItem",
    "JudgeSettings",
    "Verdict",
    "addresses_the_judge",
    "judge_faults",
    "judge_scores",
    "parse_verdict",
]
