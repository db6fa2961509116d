"""What a sentence must hold to state a point: slots joined by "&", wordings of a slot by "|".

    offer & firm | signed | 2-205 & +irrevocable | -revo* | held open

- `word` is met by its stem, `revo*` by any word that starts so, `held open` by its words next to each other (one other
  content word may stand between).
- `+word` wants the word affirmed, `-word` wants it denied ("not", "no", "never", "without" reach it); with no sign
  either will do. In a slot that has a sign, a wording without one is affirmed: "-matter* | irrelevant".
- `@valid` is a list of synonyms.yaml with its counter-list: `+@valid` is "valid", "binding", … or "not void".

All slots must be met by asserted words of one sentence no more than `WINDOW` content words apart. One unsigned slot may
be met by the sentence before instead ("It is irrevocable."), where two slots or a signed one are met here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from grpo_legal.errors import UserError, near
from grpo_legal.rubric.sentences import MIN_PREFIX, Sentence, content_stems

WINDOW = 18  # content words; a sentence of 35 words has about as many


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a slot: the keys of its words in `Sentence.places`, and "+", "-" or "" for its polarity."""

    keys: tuple[str, ...]
    sign: str


Pattern = tuple[tuple[Wording, ...], ...]


@cache
def synonyms() -> dict[str, tuple[str, str]]:
    """Each list of synonyms.yaml as (words, words of the opposite)."""
    return {k: tuple(v) for k, v in yaml.safe_load((files(__package__) / "synonyms.yaml").read_text("utf-8")).items()}


@lru_cache(maxsize=20_000)
def compiled(source: str) -> Pattern:
    """The slots of one pattern. UserError names a pattern with an empty slot or an unknown list."""
    slots = tuple(_slot(part, source) for part in source.split("&"))
    if not all(slots):
        raise UserError(f"pattern {source!r} has an empty slot; write slots as 'a | b & c'")
    return slots


def _slot(part: str, source: str) -> tuple[Wording, ...]:
    wordings = [w.strip() for w in part.split("|")]
    unsigned = "+" if any(w[:1] in ("+", "-") for w in wordings) else ""
    found: list[Wording] = []
    for wording in wordings:
        sign = wording[:1] if wording[:1] in ("+", "-") else unsigned
        wording = wording.removeprefix(sign).strip()
        if wording.startswith("@"):
            found += _expand(wording[1:], sign, source)
        elif keys := _keys(wording):
            found.append(Wording(keys, sign))
    return tuple(found)


def _expand(name: str, sign: str, source: str) -> list[Wording]:
    if name not in synonyms():
        raise UserError(f"pattern {source!r}: no list @{name} in synonyms.yaml{near(name, synonyms())}")
    words, against = synonyms()[name]
    counter = {"+": "-", "-": "+", "": ""}[sign]
    both = ((w, s) for text, s in ((words, sign), (against, counter)) for w in text.split("|"))
    return [Wording(keys, s) for w, s in both if (keys := _keys(w))]


def _keys(wording: str) -> tuple[str, ...]:
    keys: list[str] = []
    for word in wording.split():
        starred = word.endswith("*") and len(word) > MIN_PREFIX
        keys += [word.lower()] if starred else ["=" + s for s in content_stems(word)]
    return tuple(keys)


def matches(pattern: Pattern, sentence: Sentence, before: Sentence | None = None) -> bool:
    """Whether `sentence` states what the pattern says; `before` is the sentence that precedes it, for one topic slot."""
    signed = any(w.sign for slot in pattern for w in slot)
    places = [_places(slot, sentence, signed) for slot in pattern]
    missing = [i for i, found in enumerate(places) if not found]
    if len(missing) == 1 and before is not None and len(pattern) > 1:
        slot = tuple(replace(w, sign="") for w in pattern[missing[0]])
        topic = not any(w.sign for w in pattern[missing[0]])
        here = len(pattern) > 2 or any(w.sign for i, s in enumerate(pattern) if i != missing[0] for w in s)
        if topic and here and _places(slot, before, False):
            places.pop(missing[0])
            missing = []
    return not missing and _close(places)


def _places(slot: tuple[Wording, ...], sentence: Sentence, signed: bool) -> list[int]:
    """Indices of the content words that meet the slot, ascending."""
    found: set[int] = set()
    for wording in slot:
        for start in sentence.places.get(wording.keys[0], ()):
            run = _run(wording.keys, start, sentence)
            if run and _stands(run, wording.sign, sentence, signed):
                found.add(start)
    return sorted(found)


def _run(keys: tuple[str, ...], start: int, sentence: Sentence) -> list[int]:
    """The indices of a phrase that begins at `start`, or [] where it does not go on."""
    run = [start]
    for key in keys[1:]:
        following = [i for i in (run[-1] + 1, run[-1] + 2) if i < len(sentence.words) and sentence.words[i].meets(key)]
        if not following:
            return []
        run.append(following[0])
    return run


def _stands(run: list[int], sign: str, sentence: Sentence, signed: bool) -> bool:
    words = [sentence.words[i] for i in run]
    if not all(w.asserted for w in words):
        return False
    if not sign:
        return signed or not any(w.denied for w in words)
    return any(w.negated for w in words) == (sign == "-")


def _close(places: list[list[int]]) -> bool:
    """Whether one place of each slot fits into a window of `WINDOW` words: a sweep over all places in order."""
    events = sorted((p, slot) for slot, found in enumerate(places) for p in found)
    last: dict[int, int] = {}
    for place, slot in events:
        last[slot] = place
        if len(last) == len(places) and place - min(last.values()) < WINDOW:
            return True
    return False
