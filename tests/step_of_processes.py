"""The gradients of one optimizer step, written to a file: what tests/test_processes.py runs in one process and in two.

    python tests/step_of_processes.py MODEL OUT ROWS        ROWS completions in each process

Completions are fixed and belong to the place in the whole batch, so that one process with twice the rows sees the same.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch

from grpo_legal import config, policy, processes, trainer

ROWS = [
    {"prompt": [{"role": "user", "content": f"Ann sues Bob for ${n},000. Diversity?"}], "answer": "Yes"} for n in range(10, 26)
]  # fmt: skip
CASES = {
    "one pass": {},
    "two passes": {"micro_batch_size": 4},
    "by tokens": {"micro_batch_tokens": 120},
    "grpo": {"loss_type": "grpo", "scale_rewards": "group"},
    "dr_grpo": {"loss_type": "dr_grpo"},
    "kl": {"beta": 0.1},
    "plain": {"shared_prefix": "off"},
    "one word, entropy": {"max_completion_length": 1, "entropy_coef": 0.3},
}


def completions(rows: int, longest: int) -> list[list[int]]:
    """One for each place in the batch, of 1 to `longest` tokens."""
    generator = torch.Generator().manual_seed(5)
    draw = lambda low, high, n: torch.randint(low, high, (n,), generator=generator).tolist()  # noqa: E731
    return [draw(3, 259, draw(1, longest + 1, 1)[0]) for _ in range(rows)]


def letters(completions: list, **columns: object) -> list[float]:
    """A reward that differs within every group."""
    texts = [c[0]["content"] for c in completions]
    return [sum(ch.isalpha() for ch in t) / max(len(t), 1) + 0.1 * len(t) for t in texts]


def gradients(model: str, rows: int, case: dict) -> dict[str, torch.Tensor]:
    """Of the adapter's weights, before the first optimizer step clips them; LoRA's B is not zero."""
    settings = config.resolve(config.preset("cpu"), {
        "policy": {"model": model, "max_seq_length": 512, "lora_rank": 4},
        "grpo": {"max_steps": 1, "batch_size": rows, "num_generations": 4, "micro_batch_size": rows, "max_completion_length": 6,
                 "warmup_steps": 0, "entropy_coef": 0.0, "entropy_target": None, "max_grad_norm": 1e9, "save_steps": 100, **case},
    })  # fmt: skip
    loaded = policy.load(settings.policy, seed=1, gradient_checkpointing=False)
    torch.manual_seed(2)
    for name, parameter in loaded.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    found: dict[str, torch.Tensor] = {}

    class Catch(trainer.TrainerCallback):
        def on_pre_optimizer_step(self, args, state, control, model=None, **_):
            # The callback's model is the inner one, without a wrapper's "module." before its names.
            found.update(
                {n.removeprefix("module."): p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}
            )

    with tempfile.TemporaryDirectory() as out:
        built = trainer.build(
            loaded,
            ROWS,
            settings,
            reward_functions=[letters],
            reward_weights=[1.0],
            callbacks=[Catch()],
            output_dir=out,
        )
        assert isinstance(built, trainer.SharedPrefixTrainer) == (settings.grpo.shared_prefix == "on")
        fixed = completions(rows * processes.count(), settings.grpo.max_completion_length)
        mine = fixed[rows * processes.rank() : rows * (processes.rank() + 1)]
        built._generate_single_turn = lambda *a, **k: (mine, None)
        if settings.grpo.beta > 0:  # the reference differs from the policy: KL has a gradient
            for name, parameter in built.model.named_parameters():
                if "lora_B.default" in name:
                    parameter.data.mul_(1.5)
        trainer.run(built, None)
    return found


if __name__ == "__main__":
    model, out, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    processes.from_main(lambda: None)
    made = {name: gradients(model, rows, case) for name, case in CASES.items()}
    torch.save(made, out / f"{processes.count()}-{processes.rank()}.pt")
