"""Settings: one error lists all faults, each naming the setting, its value and what would be legal."""

from __future__ import annotations

import pytest
import yaml

from grpo_legal import cli, config
from grpo_legal.errors import UserError


def parse(*argv: str) -> cli.CommandLine:
    return cli.parse("train", "test", argv)


def fault(*layers, **more) -> str:
    with pytest.raises(UserError) as raised:
        config.resolve(*layers, **more)
    return str(raised.value)


@pytest.mark.parametrize("name", config.PRESETS)
def test_every_preset_resolves_and_survives_a_round_trip(name, tmp_path):
    settings = config.resolve(config.preset(name))
    path = tmp_path / "config.yaml"
    path.write_text(config.dump(settings))
    assert config.resolve(config.read_file(path)) == settings


def test_layers_lie_on_top_of_each_other():
    settings = config.resolve(
        config.preset("cpu"), {"grpo": {"max_steps": 7}}, {"reward": {"weights": {"correct_answer": 2}}}
    )
    assert settings.grpo.max_steps == 7
    assert settings.grpo.num_generations == config.resolve(config.preset("cpu")).grpo.num_generations
    assert settings.reward.weights == {"correct_answer": 2.0}  # weights are replaced, not mixed


def test_all_faults_are_told_at_once():
    line = parse(
        "--grpo.max-stps", "3", "--grpo.learning-rate", "fast", "--grpo.batch-size", "30", "--data.source", "dir"
    )
    text = fault(line.overrides, faults=line.faults, checks=[lambda s: ["reward 'x' does not exist"]])
    assert "--grpo.max-stps is not a setting; did you mean --grpo.max-steps" in text
    assert "grpo.learning-rate" in text and "'fast'" in text
    assert "grpo.batch-size 30 is not a multiple of the group, grpo.num-generations 8: try 32" in text
    assert "data.source dir needs data.path" in text
    assert "reward 'x' does not exist" in text


CASES = [
    ({"grpo": {"max_steps": 0}}, "grpo.max-steps", "greater than or equal to 1"),
    ({"grpo": {"temperature": "nan"}}, "grpo.temperature", "finite"),
    (
        {"grpo": {"batch_size": 12, "num_generations": 4, "micro_batch_size": 8}},
        "grpo.micro-batch-size 8",
        "try --grpo.micro-batch-size 6",
    ),
    ({"policy": {"engine": "jax"}}, "policy.engine", "'unsloth' or 'transformers'"),
    (
        {"policy": {"max_seq_length": 100}, "grpo": {"max_completion_length": 100}},
        "grpo.max-completion-length 100",
        "room",
    ),
    ({"reward": {"weights": {"correct_answer": -1}}}, "correct_answer=-1.0 is negative", ""),
    ({"reward": {"weights": {}}}, "no weight above 0", ""),
    ({"data": {"path": "x"}}, "data.path 'x'", "data.source dir"),
    ({"data": {"families": []}}, "data.families is empty", ""),
    ({"reward": {"preset": "iraq"}}, "reward.preset", "'verifiable', 'irac' or 'drafting', not 'iraq'"),
    ({"reward": {"preset": ["irac"]}}, "reward.preset", "'verifiable', 'irac' or 'drafting'"),
    ({"reward": {"timeout_s": 0}}, "reward.timeout-s", "greater than 0"),
    ({"reward": {"max_failed": 2}}, "reward.max-failed", "less than or equal to 1"),
    ({"run": {"name": "a/b"}}, "run.name", "one folder name"),
    ({"polcy": {"model": "x"}}, "polcy is not a setting", ""),
    ({"policy": {"modl": "x"}}, "policy.modl is not a setting", "policy.model"),
]


@pytest.mark.parametrize("layer, names, legal", CASES)
def test_a_fault_names_the_setting_and_what_is_legal(layer, names, legal):
    text = fault(layer)
    assert names in text and legal in text
    assert "\n" not in text


def test_unknown_preset_offers_near_names():
    with pytest.raises(
        UserError, match=r"preset 'h10' is none of cpu, cpu-legalbench, t4, l4, a100, h100; did you mean h100"
    ):
        config.preset("h10")


@pytest.mark.parametrize(
    "content", ["- a\n- b\n", "", "just words", "a: [1\n", "x: !!python/object/apply:os.getcwd []\n"]
)
def test_a_file_that_is_not_settings_is_told(tmp_path, content):
    path = tmp_path / "my.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=r"my\.yaml"):
        config.read_file(path)


def test_yaml_on_and_off_are_words():
    assert config.resolve(yaml.safe_load("grpo: {shared_prefix: off}")).grpo.shared_prefix == "off"
    assert config.resolve(yaml.safe_load("grpo: {shared_prefix: on}")).grpo.shared_prefix == "on"


def test_command_line_values():
    line = parse(
        "--preset", "cpu", "--grpo.max-steps", "30", "--data.tasks", "diversity_*", "hearsay",
        "--reward.weights", "correct_answer=1", "my.module:f=0.5", "--policy.revision", "none", "--resume",
    )  # fmt: skip
    assert not line.faults and line.resume and line.preset == "cpu" and line.config is None
    settings = config.resolve(line.overrides)
    assert settings.grpo.max_steps == 30
    assert settings.data.tasks == ["diversity_*", "hearsay"]
    assert settings.reward.weights == {"correct_answer": 1.0, "my.module:f": 0.5}
    assert settings.policy.revision is None


@pytest.mark.parametrize(
    "argv, told",
    [
        (["--grpo.max-steps"], "--grpo.max-steps takes one value, not 0"),
        (["--grpo.max-steps", "3", "4"], "--grpo.max-steps takes one value, not 2"),
        (["loose"], "'loose' belongs to no option"),
        (["--reward.weights", "correct_answer"], "'correct_answer' is not NAME=VALUE"),
        (
            ["--reward.weights", "correct_answer=1", "--reward.preset", "irac"],
            "--reward.preset and --reward.weights are given together: name one of them",
        ),
    ],
)
def test_words_that_make_no_sense(argv, told):
    assert any(told in f for f in parse(*argv).faults)


def test_help_has_a_sentence_for_every_setting(capsys):
    with pytest.raises(SystemExit) as left:
        parse("--help")
    assert left.value.code == 0
    text = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for name in config.setting_names():
        assert f"--{name} " in text
    for section in config.Settings.model_fields.values():
        for field in getattr(section.annotation, "model_fields", {}).values():
            assert " ".join(field.description.split()) in text


def test_differences_name_setting_and_values():
    one, other = config.resolve({}), config.resolve({"grpo": {"max_steps": 30}, "run": {"name": "x"}})
    assert config.differences(one, other, ignore=["run.name"]) == ["grpo.max-steps 500 -> 30"]


MINE = {"weights": {"correct_answer": 2.0}}
VERIFIABLE = {"correct_answer": 1.0, "answer_format": 0.1}


@pytest.mark.parametrize(
    ("layers", "preset", "weights"),
    [
        ([], None, VERIFIABLE),
        ([{"preset": "verifiable"}], "verifiable", VERIFIABLE),
        ([{"preset": "irac"}, {"preset": "verifiable"}], "verifiable", VERIFIABLE),
        ([{"preset": "irac"}, MINE], None, MINE["weights"]),  # the weights of a later layer win
        ([MINE, {"preset": "verifiable"}], "verifiable", VERIFIABLE),  # and so does a later preset
        ([{"preset": "verifiable", **MINE}], None, MINE["weights"]),  # a file that was edited
        ([{"preset": "verifiable", "weights": VERIFIABLE}], "verifiable", VERIFIABLE),  # config.yaml
        ([MINE, {"max_failed": 0.5}], None, MINE["weights"]),
    ],
)
def test_a_reward_preset_is_its_weights_and_the_last_layer_wins(layers, preset, weights):
    reward = config.resolve(*({"reward": layer} for layer in layers)).reward
    assert (reward.preset, reward.weights) == (preset, weights)


@pytest.mark.parametrize(("name", "preset"), [("cpu", "verifiable"), ("t4", "irac"), ("h100", "irac")])
def test_each_machine_has_a_reward_preset(name, preset):
    settings = config.resolve(config.preset(name))
    assert settings.reward.preset == preset and settings.reward.weights["correct_answer"] == 1.0
    changed = config.resolve(config.preset(name), {"reward": {"weights": settings.reward.weights}})
    assert config.differences(settings, changed) == []  # compared by weights
