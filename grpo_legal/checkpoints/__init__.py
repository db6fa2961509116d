"""Checkpoints that are whole or not there. Files only: no torch, and nothing of the run but its folder.

path = checkpoints.newest(folder)            the newest that is whole to the byte, None without one
why = checkpoints.verify(path)               None, or why it must not be loaded
path = checkpoints.recover(folder, print)    on resume: leftovers deleted, damaged ones set aside and told

staged = checkpoints.stage(folder)           write checkpoint-50 into it, then
checkpoints.commit(folder, 50, settings=…)   synced, hashed, renamed
checkpoints.rotate(folder, last=2, keep_best=True)
"""

from __future__ import annotations

from grpo_legal.checkpoints.content import Fingerprint, changes, digest, fingerprint
from grpo_legal.checkpoints.durable import delete, put, sync_file, write_text
from grpo_legal.checkpoints.full import disk_fault
from grpo_legal.checkpoints.manifest import NAME, verify
from grpo_legal.checkpoints.manifest import read as read_manifest
from grpo_legal.checkpoints.manifest import write as write_manifest
from grpo_legal.checkpoints.retention import best, outdated, rotate, score
from grpo_legal.checkpoints.shelf import DAMAGED, WRITING, commit, newest, recover, stage, steps

__all__ = [
    "DAMAGED",
    "NAME",
    "WRITING",
    "Fingerprint",
    "best",
    "changes",
    "commit",
    "delete",
    "digest",
    "disk_fault",
    "fingerprint",
    "newest",
    "outdated",
    "put",
    "read_manifest",
    "recover",
    "rotate",
    "score",
    "stage",
    "steps",
    "sync_file",
    "verify",
    "write_manifest",
    "write_text",
]
