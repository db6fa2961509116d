"""A trained policy as others can use it: merged, as GGUF, or the adapter alone; reloaded and compared; pushed to the Hub.

    source = read(Path("outputs/run"), questions=20)
    expected = trained_answers(source, 32)                      what the trained policy says to 20 held-out prompts
    with staged(Path("outputs/run/export/gguf")) as folder:     renamed into place when whole
        made = write_gguf(source, folder, "f16")
        found = compare(source, expected, reload(source, made["file"], folder, 32, expected.ends), 32)

source.py reads the run folder, merged.py and adapter.py write model folders, gguf_file.py and vocabulary.py a GGUF file,
modelfile.py what Ollama wants beside it, card.py the model card, answers.py asks and compares, hub.py uploads.
"""

from grpo_legal.exporting.adapter import write_adapter
from grpo_legal.exporting.answers import Comparison, Difference, compare, enough, reload, trained_answers
from grpo_legal.exporting.card import write_card
from grpo_legal.exporting.gguf_file import QUANTS
from grpo_legal.exporting.hub import check_push, push
from grpo_legal.exporting.merged import check_base, write_gguf, write_merged
from grpo_legal.exporting.source import Source, read
from grpo_legal.exporting.staging import check_out, check_room, staged

__all__ = [
    "QUANTS",
    "Comparison",
    "Difference",
    "Source",
    "check_base",
    "check_out",
    "check_push",
    "check_room",
    "compare",
    "enough",
    "push",
    "read",
    "reload",
    "staged",
    "trained_answers",
    "write_adapter",
    "write_card",
    "write_gguf",
    "write_merged",
]
