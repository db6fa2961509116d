"""Where models and questions come from: the Hub, the embedded model, a LegalBench folder."""

from __future__ import annotations

import time

from grpo_legal import embedded_model, legalbench
from grpo_legal.checkup.line import Line
from grpo_legal.errors import UserError


def hub() -> Line:
    """Does the Hugging Face Hub answer. Nothing of the default run needs it."""
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return Line("hub", "warn", "HF_HUB_OFFLINE is set: only what is cached is found", "unset HF_HUB_OFFLINE")
    began = time.perf_counter()
    mend = "check the network or HF_ENDPOINT; without it: --policy.model FOLDER, --data.source families or dir"
    try:
        answer = httpx.head(constants.ENDPOINT, timeout=embedded_model.PROBE_SECONDS, follow_redirects=True)
    except httpx.HTTPError as error:
        return Line("hub", "warn", f"{constants.ENDPOINT} does not answer ({type(error).__name__})", mend)
    if answer.status_code >= 400:
        return Line("hub", "warn", f"{constants.ENDPOINT} answers {answer.status_code}", mend)
    return Line("hub", "ok", f"{constants.ENDPOINT} answered in {time.perf_counter() - began:.1f} s")


def small_model() -> Line:
    """Is SmolLM2-135M on this disk, converted or as the Hub's snapshot."""
    found = embedded_model.cached()
    if found is not None:
        return Line("smollm2-135m", "ok", str(found))
    return Line("smollm2-135m", "warn", "not in the cache; the first run fetches it",
                'python -c "from grpo_legal import embedded_model; embedded_model.locate()"')  # fmt: skip


def legalbench_folder(path: str) -> Line:
    """Can the LegalBench files in `path` be read."""
    try:
        counts = legalbench.count_rows(path)
    except UserError as error:
        return Line("legalbench", "fail", str(error), "clone github.com/HazyResearch/legalbench, or --data.source hub")
    tasks = sum(1 for rows in counts.values() if rows)
    if not tasks:
        return Line(
            "legalbench", "fail", f"{path!r} holds no task's rows", "see the README on the layout of the folder"
        )
    return Line("legalbench", "ok", f"{tasks} tasks, {sum(counts.values()):,} rows in {path!r}")
