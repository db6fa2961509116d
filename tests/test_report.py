"""The report: of a real run, of an evaluation, of half a run; well-formed, escaped, the same every time."""

from __future__ import annotations

import functools
import html
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from tiny_runs import GOOD, lines, run, tsv

from grpo_legal import cli, evaluation, problems, report, reporting, run_folder
from grpo_legal.evaluation.judged import agreement
from grpo_legal.reporting.examples import galleries

SECTIONS = ["verdict", "regressions", "scores", "differences", "training", "examples", "audit", "flags", "cost",
            "hashes", "licences"]  # fmt: skip
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'</pre></title><svg onload=alert(3)> {{ 7 * 7 }} $x_1$"
ODD = "bell\x07 nul\x00 turned\u202egnip half\ud800"


def call(*words: object) -> int:
    """The command in this process; its exit status."""
    with pytest.raises(SystemExit) as left:
        cli.run(report.main, [str(word) for word in words])
    return left.value.code


def page(folder: Path) -> str:
    return (folder / "report.html").read_text("utf-8")


@functools.lru_cache(maxsize=8)  # seconds each
def parsed(html: str):
    """The page as a tree; a strict parser raises at the first fault."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    return parser.parse(html)


def words(html: str) -> str:
    """What a person reads: the text of the page, blanks joined."""
    return " ".join("".join(parsed(html).find("body").itertext()).split())


def section(html: str, name: str) -> str:
    (found,) = [s for s in parsed(html).iter("section") if s.get("id") == name]
    for cell in (*found.iter("td"), *found.iter("th")):
        cell.tail = " "
    return " ".join("".join(found.itertext()).split())


def evaluate(folder: Path, bench: Path, *, text: str = "") -> None:
    """What python -m grpo_legal.evaluate leaves, of made-up answers: grpo is better, but for firm_offer."""
    items = evaluation.build(
        evaluation.Suites(
            names=("families", "legalbench", "rubric"), n=60, families=("firm_offer", "hsr_filing"), path=str(bench),
            tasks=("hearsay",), prompt="short", domains=("contract",),
        )
    )  # fmt: skip
    answers = {}
    for name, skill in {"base": 0.4, "sft": 0.5, "grpo": 0.95}.items():
        rng = random.Random(name)
        answers[name] = [
            evaluation.record(name, item, 0, answered(item, skill, rng) + text, 10, 0.25) for item in items
        ]
        run_folder.append_lines(folder / f"eval/{name}.jsonl", answers[name])
    results = {
        "model": "tiny", "engine": "transformers",
        "adapters": {"base": None, "sft": {"folder": "sft", "sha256": "a" * 64}, "grpo": {"folder": "g", "sha256": "b" * 64}},
        "settings": {"questions": len(items), "questions_sha256": "c" * 64},
        "scores": {name: evaluation.score(found) for name, found in answers.items()},
        "contrasts": evaluation.compare(answers, seed=0),
    }  # fmt: skip
    judged = [
        {"model": m, "points": 20 * r["score"], "judged": 15.0} for m, found in answers.items() for r in found[-6:]
    ]
    results["judge"] = {"model": "g<b>", **agreement(judged)}
    run_folder.write_json(folder / "eval/results.json", results)


def answered(item, skill: float, rng: random.Random) -> str:
    if item.suite == "rubric":
        return item.subject.gold if rng.random() < skill else "It depends."
    if item.group == "firm_offer":
        skill = 1.3 - skill
    problem = item.subject
    wrong = next((label for label in problem.labels if label != problem.answer), "none of these")
    return f"{'So it is' if skill > 0.6 else 'Perhaps'}.\nAnswer: {problem.answer if rng.random() < skill else wrong}"


@pytest.fixture(scope="module")
def trained(tiny_model, tmp_path_factory):
    """A real run of four steps."""
    out = tmp_path_factory.mktemp("outputs")
    assert run(tiny_model, out, "real", "--run.usd-per-hour", "3.5") == 0
    return out / "real"


@pytest.fixture(scope="module")
def whole(trained, tmp_path_factory):
    """The same run with an evaluation and an audit, and its report."""
    root = tmp_path_factory.mktemp("whole")
    folder = root / "run"
    shutil.copytree(trained, folder)
    evaluate(folder, tsv(root / "bench", "hearsay", GOOD))
    audit = {
        "holds": False, "faults": ["'padding' earns 40% of an honest answer, more than 20%"], "best": "padding",
        "best_share": 0.4, "limit": 0.2, "lines": [
            {"name": "shortest", "group": "honest", "about": "right and short", "share": 1.0, "beats": 0},
            {"name": "padding", "group": "attack", "about": "words without end", "share": 0.4, "beats": 2}],
    }  # fmt: skip
    run_folder.write_json(folder / "audit.json", audit)
    assert call(folder, "--json", root / "table.json") == 0
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    """A copy to break."""
    shutil.copytree(whole, tmp_path / "copy")
    return tmp_path / "copy"


# ---- what it says -------------------------------------------------------------------------------------


def test_a_run_alone_has_a_report_that_says_what_is_missing(trained, tmp_path, capsys):
    assert call(trained, "--output", tmp_path / "page.html") == 0
    said = capsys.readouterr().out
    summary = json.loads((trained / "summary.json").read_text())
    html = (tmp_path / "page.html").read_text("utf-8")
    assert f"({100 * summary['ci95'][0]:.1f} to".replace("-", "−") in section(html, "verdict")
    assert "missing: eval/results.json" in said
    assert "Not here: eval/results.json, base, SFT and GRPO" in section(html, "scores")
    metrics = lines(trained / "metrics.jsonl")
    pictures = {p.name for p in (tmp_path / "page").glob("*.png")}
    assert {
        "curve-reward.png",
        "curve-completion-length.png",
        "curve-zero-variance.png",
        "curve-entropy.png",
    } <= pictures
    assert sum(name.startswith("curve-reward-") for name in pictures) == len(metrics[-1]["rewards"])
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in (tmp_path / "page").iterdir())


def test_the_sections_stand_in_order_verdict_and_regressions_first(whole):
    assert [s.get("id") for s in parsed(page(whole)).iter("section")] == SECTIONS


def test_the_verdicts_are_those_of_the_evaluation_and_of_the_run(whole):
    told = section(page(whole), "verdict")
    results = json.loads((whole / "eval/results.json").read_text())
    for contrast in results["contrasts"]:
        assert contrast["verdict"] in told.replace("Better", "better").replace("Worse", "worse").replace("No d", "no d")
    assert "hsr filing" not in told


def test_regressions_are_what_lies_below_0_and_nothing_else(whole):
    told = section(page(whole), "regressions")
    results = json.loads((whole / "eval/results.json").read_text())
    below = {
        name.replace("_", " ") for c in results["contrasts"] for name, g in c["groups"].items() if g["ci95"][1] < 0
    }
    assert below == {"firm offer"}
    assert "firm offer" in told and "base → grpo" in told and "hsr filing" not in told and "None." not in told


def test_a_run_without_regressions_says_so(whole, tmp_path):
    results = json.loads((whole / "eval/results.json").read_text())
    results["contrasts"] = [c for c in results["contrasts"] if c["suite"] == "legalbench" and c["before"] == "base"]
    assert all(c["ci95"][1] > 0 for c in results["contrasts"])
    run_folder.write_json(tmp_path / "eval/results.json", results)
    assert call(tmp_path) == 0
    assert section(page(tmp_path), "regressions").startswith("Regressions None.")


def test_scores_have_intervals_for_every_model_and_suite(whole):
    run = reporting.read(whole)
    from grpo_legal.reporting.scores import scores

    found = scores(run)
    models = [(s.suite, s.model) for s in found]
    assert models == [(s, m) for s in ("families", "legalbench", "rubric") for m in ("base", "sft", "grpo")] + [
        ("training", "before"),
        ("training", "after"),
    ]
    for score in found:
        assert score.ci95[0] <= score.centre <= score.ci95[1] and score.ci95[0] < score.ci95[1]
        assert score.centre == pytest.approx(score.value, abs=1e-5)
    told = section(page(whole), "scores")
    assert all(f"{100 * s.value:.1f}%" in told for s in found if s.suite != "rubric")


def test_each_family_is_told_at_each_difficulty(whole):
    told = section(page(whole), "scores")
    levels = json.loads((whole / "eval/results.json").read_text())["scores"]["grpo"]["families"]["groups"]["firm_offer"]
    shares = " / ".join(f"{100 * levels['by_difficulty'][level]['score']:.1f}%" for level in "123")
    assert "Each family by difficulty, 1 / 2 / 3" in told and shares in told


def test_the_judges_points_stand_beside_the_scorers(whole):
    told = section(page(whole), "scores")
    assert "Rubric by the judge g<b>, points of 20" in told and "judge 15.0 15.0 15.0" in told
    assert "Rank correlation of judge and scorer over 18 answers: –" in told


def test_examples_that_became_right_come_first_then_those_that_became_wrong(whole):
    kinds = [a.get("class").split()[1] for a in parsed(page(whole)).iter("article")]
    assert {"gained", "lost"} <= set(kinds)
    first = kinds[: kinds.index("lost")]
    assert set(first) == {"gained"} and len(first) == 5
    tree = parsed(page(whole))
    article = next(tree.iter("article"))
    assert article.find(".//del") is not None and article.find(".//ins") is not None
    sides = [h.text.split(":")[0] for h in article.iter("h5")]
    assert sides == ["base", "sft", "grpo"]


def test_as_many_examples_as_asked_for_from_every_suite(whole):
    run = reporting.read(whole)
    assert galleries(run, 0) == []
    shown = galleries(run, 8)[0]
    kinds = [example.kind for example in shown.examples]
    assert kinds == sorted(kinds, key=("gained", "lost", "same").index) and kinds.count("gained") == 8
    groups = {e.group for e in shown.examples if e.kind == "gained"}
    assert groups >= {"hsr filing", "hearsay", "contract"}  # of each suite; firm offer is what got worse
    assert "firm offer" in {e.group for e in shown.examples if e.kind == "lost"}


def test_audit_flags_failures_cost_hashes_and_licences_are_told(copy):
    records = lines(copy / "metrics.jsonl")
    for record in records:
        record |= {"failed_rewards": 0.0, "held_out_accuracy": 0.5, "kl": 0.01}
    records[1] |= {"failed_rewards": 0.25, "flags": ["probable reward hacking: reward rose"]}
    records[0]["guards"] = [{"guard": "kl_spike", "says": "KL 9", "act": "lower", "did": "learning rate times 0.5"}]
    records[1]["guards"] = [{"guard": "kl_spike", "says": "KL 9", "act": "", "did": ""}]
    (copy / "metrics.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    summary = json.loads((copy / "summary.json").read_text())
    run_folder.write_json(copy / "summary.json", {**summary, "stopped": "budget: $20.00 spent; stopped"})
    assert call(copy) == 0
    html = page(copy)
    assert "A guard stopped this run" in section(html, "verdict") and "$20.00 spent" in section(html, "verdict")
    assert "kl-spike" in section(html, "flags") and "learning rate times 0.5" in section(html, "flags")
    assert "The rewards can be gamed." in section(html, "audit") and "padding" in section(html, "audit")
    flags = section(html, "flags")
    assert "probable reward hacking" in flags and "6.25% of the rewards gave no number, on 1 step." in flags
    cost = section(html, "cost")
    assert "4 to 8 hours and $10 to $20: the time is below it" in cost and "$3.5" not in cost
    hashes = section(html, "hashes")
    assert all(value in hashes for value in reporting.read(copy).hashes.values()) and "b" * 64 in hashes
    licences = section(html, "licences")
    assert "LegalBench: hearsay evaluation" in licences and "CC BY 4.0" in licences and "Apache-2.0" in licences
    assert {"curve-kl.png", "curve-held-out-accuracy.png", "curve-failed-rewards.png"} <= {
        p.name for p in (copy / "report").iterdir()
    }


def test_json_has_verdicts_regressions_and_hashes(whole):
    table = json.loads((whole.parent / "table.json").read_text())
    assert len(table["verdicts"]) == 4 and any("firm offer" in r for r in table["regressions"])
    assert table["missing"] == [] and len(table["training_questions_sha256"]) == 64


@pytest.mark.long
def test_two_reports_of_one_run_are_the_same(whole, tmp_path):
    assert call(whole, "--output", tmp_path / "again.html") == 0
    assert (tmp_path / "again.html").read_text() == page(whole)


# ---- the page -----------------------------------------------------------------------------------------


def check_page(html: str) -> None:
    """Well-formed, nothing that runs or is fetched, a name for every picture, every id once, every link inside."""
    tree = parsed(html)
    names = [e.tag for e in tree.iter() if isinstance(e.tag, str)]
    assert not {"script", "iframe", "img", "object", "embed", "form", "base", "foreignObject"} & set(names)
    local = {e.get("id") for e in tree.iter() if e.get("id")}
    assert len(local) == sum(bool(e.get("id")) for e in tree.iter())
    for element in tree.iter():
        for key, value in element.attrib.items():
            key = str(key).rpartition("}")[2].lower()
            assert not key.startswith("on"), key
            if key in ("href", "xlink:href", "src"):
                assert value == "data:," or (value.startswith("#") and value[1:] in local), value
    pictures = [e for e in tree.iter() if str(e.tag).rpartition("}")[2] == "svg"]
    assert all(e.get("role") == "img" and len(e.get("aria-label")) > 20 for e in pictures)
    assert len(pictures) == names.count("figure") and "url(http" not in html
    assert tree.get("lang") == "en" and 'name="viewport"' in html and "@media print" in html


def test_the_page_is_well_formed_and_needs_nothing_else(whole):
    check_page(page(whole))


def test_nothing_that_a_model_or_a_data_set_writes_becomes_markup(trained, tmp_path):
    folder = tmp_path / "evil"
    shutil.copytree(trained, folder)
    evaluate(folder, tsv(tmp_path / "bench", "hearsay", GOOD), text=EVIL + ODD.replace("\ud800", ""))
    for name in ("eval/before", "eval/after", "completions", "metrics"):
        path = folder / f"{name}.jsonl"
        records = lines(path)
        for i, record in enumerate(records):
            record |= {key: EVIL + str(record[key]) + ODD for key in ("text", "prompt", "completion") if key in record}
            record |= {key: EVIL + ODD for key in ("family", "answer") if key in record}
            record["problem_id"] = record.get("problem_id", "") + EVIL
            if "rewards" in record:
                record["rewards"] = {EVIL: 0.5, ODD: None}
            if name == "metrics":
                record["flags"] = [EVIL]
                record["guards"] = [{"guard": EVIL, "says": EVIL, "act": "warn", "did": EVIL}, EVIL]
            elif name == "eval/after":
                record["correct"] = i % 2 == 0
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
    summary = json.loads((folder / "summary.json").read_text())
    summary |= {
        "stopped": EVIL,
        "model": EVIL,
        "families": {EVIL: {"delta": -0.5, "ci95": [-0.9, -0.1], "p_value": 0.01}},
    }
    run_folder.write_json(folder / "summary.json", summary)
    audit = {"holds": False, "faults": [EVIL], "best": EVIL, "best_share": 0.5, "limit": 0.2,
             "lines": [{"name": EVIL, "group": EVIL, "about": EVIL, "share": 1, "beats": 1}]}  # fmt: skip
    run_folder.write_json(folder / "audit.json", audit)
    (folder / "config.yaml").write_text(json.dumps({"run": {EVIL: EVIL}, EVIL: [ODD.replace("\ud800", "")]}))
    assert call(folder) == 0
    html = page(folder)
    check_page(html)
    assert words(html).count("<script>alert(1)</script>") > 10 and "{{ 7 * 7 }}" in html
    assert "\x00" not in html and "\u202e" not in html and r"nul\x00" in html and r"half\ud800" in html


# ---- half a run, and none -----------------------------------------------------------------------------


def test_without_texts_no_question_and_no_answer_is_on_the_page(copy):
    asked = [
        r["prompt"] for name in ("eval/base.jsonl", "completions.jsonl") for r in run_folder.read_lines(copy / name)
    ]
    parts = {" ".join(prompt.split())[-60:] for prompt in asked}
    assert call(copy) == 0

    def told():  # markup and all: to parse a page takes seconds
        return " ".join(html.unescape(page(copy)).split())

    assert any(part in told() for part in parts)
    assert call(copy, "--no-texts") == 0
    assert not any(part in told() for part in parts)
    assert "Questions and answers were left out." in section(page(copy), "examples")
    check_page(page(copy))


HALVES = (
    ["config.yaml", "completions.jsonl", "eval/before.jsonl", "eval/base.jsonl", "summary.json"],
    ["metrics.jsonl", "eval/after.jsonl", "eval/results.json", "audit.json", "adapter/adapter_model.safetensors"],
)


@pytest.mark.parametrize("names", HALVES)
def test_missing_files_are_named_and_the_rest_is_told(copy, names, capsys):
    for name in names:
        (copy / name).unlink()
    assert call(copy, "--examples", 1) == 0
    told = capsys.readouterr().out
    assert all(name in told and name in section(page(copy), "verdict") for name in names)
    check_page(page(copy))


def test_a_run_of_which_only_the_settings_are_there(whole, tmp_path, capsys):
    shutil.copy(whole / "config.yaml", tmp_path)
    assert call(tmp_path) == 0
    assert "nothing to compare yet" in capsys.readouterr().out
    assert "Nothing to compare yet." in section(page(tmp_path), "verdict")
    check_page(page(tmp_path))


def write(name: str, text: str):
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (write("metrics.jsonl", "{}\nnot json\n"), "holds a line that is not JSON"),
        (write("metrics.jsonl", "[1]\n"), "holds a line that is no JSON object"),
        (write("summary.json", "[]"), "holds list, not a JSON object"),
        (write("config.yaml", "a: [\n"), "cannot be read as YAML"),
        (write("eval/after.jsonl", '{"problem_id": "a"}\n'), "holds a line without family, correct, gold"),
        (write("eval/results.json", '{"contrasts": [{"suite": "families"}]}'), "a contrast lacks"),
        (write("eval/base.jsonl", '{"suite":"a","id":1,"sample":0,"group":"g","score":7,"gold":"","kind":"","text":""}\n'),
         "score 7 is no share from 0 to 1"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_line(copy, damage, told, capsys):
    damage(copy)
    (copy / "report.html").unlink()
    assert call(copy) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1 and "copy" in said
    assert not (copy / "report.html").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["nowhere"], "'nowhere' is not a folder: name a run folder"),
        (["."], "is no run folder: it has none of config.yaml, metrics.jsonl"),
        ([".", "--examples", "-1"], "'-1' is not a whole number of 0 or more"),
        ([], "required: folder"),
    ],
)
def test_bad_input_is_one_line(line, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(*line) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_a_folder_of_runs_names_them(whole, capsys):
    assert call(whole.parent) == 2
    assert "it holds the runs run" in capsys.readouterr().err


def test_a_pipelines_folder_names_the_runs_in_it(tmp_path, capsys):
    run_folder.write_settings(run_folder.RunFolder(tmp_path), "pipeline", "{}\n")
    assert call(tmp_path) == 2
    assert f"holds a pipeline: name one of its runs, {tmp_path / 'grpo'}" in capsys.readouterr().err


def test_the_figures_of_a_page_without_an_ending_stand_beside_it(trained, tmp_path):
    (tmp_path / "run").mkdir()
    shutil.copy(trained / "summary.json", tmp_path / "run")
    assert call(tmp_path / "run", "--output", tmp_path / "page") == 0
    assert (tmp_path / "page").is_file() and list((tmp_path / "page-figures").glob("*.png"))


def test_neither_torch_nor_matplotlib_is_imported_for_the_help():
    code = "import sys, grpo_legal.report; sys.exit(bool({'torch', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(report.__file__).parents[1]).returncode == 0


def test_a_generated_family_is_known_by_its_ids():
    from grpo_legal.reporting.read import origin

    for name in problems.FAMILIES:
        assert origin(problems.generate(name, 1, "test", 0)[0].id, name) == "generated"
