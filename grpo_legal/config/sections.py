"""The sections of the settings: every setting with its type, bounds, default, and a sentence for the help."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from grpo_legal.config.base import Section
from grpo_legal.config.guards import Guards
from grpo_legal.judge_settings import JudgeSettings

CPU_PRESETS = ("cpu", "cpu-legalbench")
PRESETS = (*CPU_PRESETS, "t4", "l4", "a100", "h100")
REWARD_PRESETS = "rewards/presets.yaml"  # weights by name; the rewards read the same file
EMBEDDED = "smollm2-135m"
# Of held-out questions, as python -m grpo_legal.evaluate knows them.
SUITES = ("families", "legalbench", "own", "rubric")


class Run(Section):
    """Where the run lies and how it is watched."""

    name: str | None = Field(None, description="Folder of this run under output-dir; by default command and time.")
    output_dir: str = Field("outputs", description="Folder that holds all runs.")
    seed: int = Field(1, ge=0, description="Seed of data order, sampling and LoRA weights.")
    view: Literal["auto", "live", "plain", "quiet"] = Field(
        "auto", description="Live view (in a notebook, HTML and curves), one plain line per step, or warnings alone."
    )
    trackers: list[Literal["tensorboard", "wandb", "trackio", "mlflow"]] = Field(
        [], description="Experiment trackers that get every metrics record: tensorboard, wandb, trackio, mlflow."
    )
    sample_every: int = Field(5, ge=1, description="Steps between two shown completions.")
    usd_per_hour: float = Field(0.0, ge=0, description="Price of this machine in dollars an hour.")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str | None) -> str | None:
        if name is not None and (not name or name in (".", "..") or set(name) & set('/\\:*?"<>|\0')):
            raise ValueError("a run name is one folder name, without / or \\")
        return name


class Policy(Section):
    """The model that is trained."""

    engine: Literal["auto", "unsloth", "transformers"] = Field(
        "auto", description="unsloth (CUDA) or transformers + peft (CPU, CUDA); auto picks by hardware."
    )
    model: str = Field(EMBEDDED, min_length=1, description=f"Hub name, model folder, or {EMBEDDED} (embedded).")
    revision: str | None = Field(None, description="Commit of the Hub model; by default the newest.")
    adapter: str | None = Field(None, description="LoRA adapter folder to continue, such as checkpoint-500.")
    load_in_4bit: bool = Field(False, description="Hold the base weights in 4-bit NF4.")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="Floats to compute in: auto is bfloat16 on a GPU that has it, float32 on a CPU; bfloat16 is faster on a "
        "CPU with AMX.",
    )
    max_seq_length: int = Field(2048, ge=32, description="Longest prompt + completion in tokens.")
    lora_rank: int = Field(16, ge=1, le=512, description="Rank of a fresh LoRA adapter on all linear layers.")
    lora_alpha: int = Field(32, ge=1, description="LoRA scale is alpha / rank.")
    lora_last_layers: int | None = Field(
        None, ge=1, description="LoRA on the last N layers only; none, or N beyond the depth, means all."
    )
    trust_remote_code: bool = Field(False, description="Run Python code that comes with the model.")


class Data(Section):
    """The legal questions."""

    source: Literal["families", "dir", "hub", "file"] = Field(
        "families",
        description="families: generated problems; dir: LegalBench files in a folder; hub: LegalBench from the Hub; "
        "file: a JSONL, CSV or TSV file of your own.",
    )
    families: list[str] = Field(
        ["diversity_jurisdiction", "firm_offer"], description="Families of generated problems, by name or glob."
    )
    families_share: float = Field(
        0.0, ge=0, lt=1, description="Share of generated problems beside source dir, hub or file, 0 to 1."
    )
    difficulty: int | None = Field(None, ge=1, le=3, description="Rules to combine, 1 to 3; none mixes all levels.")
    train_size: int = Field(2000, ge=1, description="Generated training problems over all families (source families).")
    path: str | None = Field(
        None, description="Folder with LegalBench files (dir; hub: for prompts only), or the file (file)."
    )
    tasks: list[str] = Field(["*"], description="LegalBench tasks by name or glob (sources dir and hub).")
    licence: Literal["any", "commercial"] = Field(
        "any", description="commercial leaves LegalBench's 30 non-commercial tasks out."
    )
    columns: dict[str, str] = Field(
        {}, description="What is in which column (source file): facts, question, answer, …, as NAME=COLUMN."
    )
    prompt: Literal["short", "reasoned", "few_shot"] = Field(
        "reasoned",
        description="short: the answer alone; reasoned: IRAC, then a final answer line; few_shot: LegalBench's own.",
    )
    long_prompts: Literal["error", "drop", "trim"] = Field(
        "error", description="A prompt that does not fit max-seq-length stops the run, is dropped, or loses facts."
    )
    curriculum: Literal["on", "off"] = Field(
        "off",
        description="Begin with the lowest difficulty and go up a level as the problems at hand are answered right "
        "(source families, both engines).",
    )
    max_leakage: float = Field(
        0.05,
        ge=0,
        le=1,
        description="The run stops above this share of held-out problems with a near-duplicate in training; 1 never.",
    )

    @field_validator("curriculum", mode="before")
    @classmethod
    def _yaml_on_off(cls, value: Any) -> Any:
        """YAML 1.1 reads a bare on/off as a boolean."""
        return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value

    def suites(self) -> list[str]:
        """The suites of python -m grpo_legal.evaluate that ask what is trained on."""
        first = {"families": "families", "file": "own"}.get(self.source, "legalbench")
        return [first, "families"] if self.families_share > 0 else [first]


class Reward(Section):
    """What is paid for. Style counts on right answers only."""

    preset: Literal["verifiable", "irac", "drafting"] | None = Field(
        None,
        description="Weights by name: verifiable (right, in form), irac (argued too), drafting (fit to be filed too).",
    )
    weights: dict[str, float] = Field(
        {"correct_answer": 1.0, "answer_format": 0.1},
        description="Reward names or module:function, each with its weight, as NAME=WEIGHT, in place of a preset.",
    )
    timeout_s: float = Field(
        120.0, gt=0, description="Seconds a reward may take for a batch; after that its completions get none of it."
    )
    max_failed: float = Field(
        0.1, ge=0, le=1, description="The run stops above this share of a reward's values failed in ten batches."
    )

    audit: Literal["stop", "warn", "off"] = Field(
        "stop", description="Attacks on the rewards before training: rewards that can be gamed stop the run, or warn."
    )
    audit_every: int = Field(10, ge=0, description="Steps between looks for attacks among completions; 0 is never.")

    @field_validator("audit", mode="before")
    @classmethod
    def _yaml_off(cls, value: Any) -> Any:
        """YAML 1.1 reads a bare off as a boolean."""
        return "off" if value is False else value


class Grpo(Section):
    """Group relative policy optimisation, in TRL's terms."""

    max_steps: int = Field(500, ge=1, description="Optimizer steps.")
    batch_size: int = Field(32, ge=2, description="Completions per optimizer step on each device.")
    num_generations: int = Field(8, ge=2, description="Completions per prompt, the group size G.")
    micro_batch_size: int = Field(8, ge=1, description="Completions per forward and backward pass.")
    micro_batch_tokens: int | None = Field(
        None,
        ge=1,
        description="Tokens per forward and backward pass, shared prompts counted once, in place of micro-batch-size rows; "
        "the loss is that of the whole batch (transformers engine with shared-prefix on).",
    )
    max_completion_length: int = Field(768, ge=1, description="Tokens after which a completion is cut.")
    learning_rate: float = Field(1e-5, gt=0, lt=1, description="Peak learning rate.")
    warmup_steps: int = Field(10, ge=0, description="Steps of linear warm-up.")
    lr_scheduler: Literal["constant", "linear", "cosine", "stable_decay"] = Field(
        "constant", description="After warm-up; stable_decay is constant, then a cosine to 0 over decay-steps."
    )
    decay_steps: int = Field(
        0, ge=0, description="Last steps, over which stable_decay falls to 0; no other scheduler reads it."
    )
    weight_decay: float = Field(0.0, ge=0, description="AdamW's decay.")
    optim: Literal["adamw_torch", "adamw_8bit"] = Field("adamw_torch", description="Optimizer.")
    adam_beta2: float = Field(0.999, gt=0, lt=1, description="Decay of Adam's second moment.")
    max_grad_norm: float = Field(1.0, gt=0, description="Gradients are clipped to this norm.")
    loss_type: Literal["dapo", "dr_grpo", "grpo", "bnpo"] = Field("dapo", description="How token losses are averaged.")
    scale_rewards: Literal["batch", "group", "none"] = Field("batch", description="What advantages are divided by.")
    beta: float = Field(0.0, ge=0, description="Weight of KL to the reference policy; 0 needs no reference.")
    epsilon: float = Field(0.2, gt=0, lt=1, description="Lower clip of the probability ratio.")
    epsilon_high: float = Field(0.28, gt=0, description="Upper clip of the probability ratio (DAPO).")
    num_iterations: int = Field(1, ge=1, description="Updates per generated batch.")
    temperature: float = Field(1.0, gt=0, description="Sampling temperature.")
    entropy_coef: float = Field(0.0, ge=0, description="Bonus per nat of token entropy.")
    entropy_target: float | None = Field(
        None,
        gt=0,
        description="The bonus acts only while entropy is below this, in nats a token (Skywork-OR1).",
    )
    mask_truncated: bool = Field(True, description="Completions that are cut carry no loss.")
    gradient_checkpointing: bool = Field(True, description="Recompute activations to save memory.")
    shared_prefix: Literal["on", "off"] = Field("on", description="Compute each prompt once per group (transformers).")
    skip_flat: Literal["on", "off"] = Field(
        "on",
        description="Completions without a gradient, as in groups that all earned the same, cost no forward or backward "
        "pass (transformers engine; with beta or an entropy bonus only cut ones are without).",
    )
    dynamic_sampling: int = Field(
        0,
        ge=0,
        description="Rounds of sampling, at most, in which prompts whose groups all earned the same are replaced by "
        "others (DAPO; transformers engine).",
    )
    preflight: Literal["auto", "on", "off"] = Field(
        "auto",
        description="One pass at the longest prompt and completions before the first step; auto is on CUDA only.",
    )
    vllm: Literal["off", "colocate", "server", "unsloth"] = Field(
        "off",
        description="Sample through vLLM: colocate on this GPU or a running server (TRL's modes, transformers engine, "
        "not in 4 bits), or Unsloth's fast_inference (unsloth engine).",
    )
    vllm_gpu_memory_utilization: float = Field(
        0.3, gt=0, lt=1, description="Share of the GPU's memory that vLLM takes (vllm colocate or unsloth)."
    )
    vllm_server_host: str = Field("127.0.0.1", min_length=1, description="Host of the vLLM server (vllm server).")
    vllm_server_port: int = Field(8000, ge=1, le=65535, description="Port of the vLLM server (vllm server).")
    save_steps: int = Field(50, ge=1, description="Steps between checkpoints.")
    keep_checkpoints: int = Field(2, ge=1, description="Newest checkpoints kept.")
    keep_best: bool = Field(
        True, description="Keep the checkpoint with the best held-out answers too (without them, the best reward)."
    )

    @field_validator("shared_prefix", "skip_flat", "preflight", "vllm", mode="before")
    @classmethod
    def _yaml_on_off(cls, value: Any) -> Any:
        """YAML 1.1 reads a bare on/off as a boolean."""
        return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


class Sft(Section):
    """Supervised fine-tuning on gold answers, loss on the answer only."""

    path: str | None = Field(
        None,
        description="JSONL, CSV or TSV file of your own with prompt and completion (or messages) to learn from, in place "
        "of the training problems; held-out problems stay those of the data.",
    )
    max_steps: int = Field(500, ge=1, description="Optimizer steps.")
    batch_size: int = Field(16, ge=1, description="Examples per optimizer step on each device.")
    micro_batch_size: int = Field(4, ge=1, description="Examples per forward and backward pass.")
    learning_rate: float = Field(1e-4, gt=0, lt=1, description="Peak learning rate.")
    warmup_steps: int = Field(20, ge=0, description="Steps of linear warm-up.")
    lr_scheduler: Literal["constant", "linear", "cosine"] = Field(
        "cosine", description="After warm-up; linear and cosine fall to 0 at the last step."
    )
    weight_decay: float = Field(0.0, ge=0, description="AdamW's decay.")
    optim: Literal["adamw_torch", "adamw_8bit"] = Field("adamw_torch", description="Optimizer.")
    max_grad_norm: float = Field(1.0, gt=0, description="Gradients are clipped to this norm.")
    gradient_checkpointing: bool = Field(True, description="Recompute activations to save memory.")
    save_steps: int = Field(100, ge=1, description="Steps between checkpoints.")
    keep_checkpoints: int = Field(2, ge=1, description="Newest checkpoints kept.")
    keep_best: bool = Field(True, description="Keep the checkpoint with the lowest loss too.")


class Pipeline(Section):
    """What python -m grpo_legal.pipeline evaluates after training."""

    suites: list[str] = Field(
        [],
        description="families, legalbench, own (a file of your own), rubric; by default what is trained on.",
    )
    n: int = Field(500, ge=2, description="Most questions of each suite but the rubric.")


class Eval(Section):
    """The held-out comparison before and after training."""

    n: int = Field(200, ge=2, description="Held-out problems.")
    batch_size: int = Field(16, ge=1, description="Prompts answered at once.")
    probe_every: int = Field(
        25, ge=0, description="Steps between answers to 32 of the held-out problems; 0 is never. Only watched."
    )


class Settings(Section):
    """All settings of one training run."""

    preset: str | None = Field(None, exclude=True)  # what the settings came from; told, not stored
    run: Run = Run()
    policy: Policy = Policy()
    data: Data = Data()
    reward: Reward = Reward()
    sft: Sft = Sft()
    grpo: Grpo = Grpo()
    guards: Guards = Guards()
    eval: Eval = Eval()
    pipeline: Pipeline = Pipeline()
    judge: JudgeSettings = JudgeSettings()
