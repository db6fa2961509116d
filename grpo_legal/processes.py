"""Several processes of one run: who this one is, and the few things that they have to agree on.

`accelerate launch` and `torchrun` start one process for each device and tell it its rank in the environment. The main
process, rank 0, makes the run folder, writes, prints and shows; every process holds the policy, samples and scores
prompts of its own. With one process nothing here does anything, and torch is not imported.

    folder = processes.from_main(lambda: session.create(settings, "train"))    main makes it, all get it
    for record in processes.together(heldout.answer(...), at_once=16): ...      each answers its part, all get all
"""

from __future__ import annotations

import datetime
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from grpo_legal.errors import UserError

T = TypeVar("T")

# As accelerate reads them (accelerate.utils.get_cpu_distributed_information): torchrun, then three kinds of MPI.
WORLD = ("WORLD_SIZE", "PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")
RANK = ("RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK")
LOCAL_RANK = ("LOCAL_RANK", "MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_RANK")
# Others may wait for main to answer held-out problems or to ask a slow judge. A process that died is noticed at once.
PATIENCE = datetime.timedelta(days=7)


def count() -> int:
    """Processes of this run."""
    return _from_environment(WORLD, 1)


def rank() -> int:
    """Which of them this one is, from 0."""
    return _from_environment(RANK, 0)


def device_index() -> int:
    """The number of this process's device on its machine."""
    return _from_environment(LOCAL_RANK, 0)


def is_main() -> bool:
    """Whether this process writes, prints and shows."""
    return rank() == 0


def sharded() -> str | None:
    """FSDP or DeepSpeed, where accelerate's configuration has one of them split the training, else None."""
    if os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true":
        return "FSDP"
    return "DeepSpeed" if os.environ.get("ACCELERATE_USE_DEEPSPEED", "").lower() == "true" else None


def check_whole() -> None:
    """Raise UserError where each process would hold a part of the model only: FSDP, DeepSpeed's ZeRO stage 3.

    Held-out problems are answered by single processes while and after training, which a part of a model cannot do.
    """
    stage = os.environ.get("ACCELERATE_DEEPSPEED_ZERO_STAGE", "2")
    if sharded() == "FSDP" or (sharded() == "DeepSpeed" and stage == "3"):
        name = "FSDP" if sharded() == "FSDP" else "DeepSpeed ZeRO stage 3"
        raise UserError(
            f"{name} splits the model itself, which train does not work with: use accelerate launch --multi_gpu, or "
            "--use_deepspeed --zero_stage 2, and policy.load-in-4bit true where the model does not fit on one GPU"
        )


def only_one(command: str) -> None:
    """Raise UserError where `command` was started in several processes and works in one."""
    if count() > 1:
        raise UserError(
            f"python -m grpo_legal.{command} runs in one process, not in {count()}: start it without a launcher"
        )


# ---- what they agree on -------------------------------------------------------------------------------


def from_main(make: Callable[[], T]) -> T:
    """What the main process makes, in every process; a UserError that it raises is raised in all of them."""
    if count() == 1:
        return make()
    told: list[Any] = [None, None]
    if is_main():
        try:
            told[0] = make()
        except UserError as error:
            told[1] = str(error)
    _group().broadcast_object_list(told, src=0)
    if told[1] is not None:
        raise UserError(told[1])
    return told[0]


def gather(items: Sequence[T]) -> list[T]:
    """The items of all processes, in the order of their ranks, in every process."""
    if count() == 1:
        return list(items)
    found: list[Any] = [None] * count()
    _group().all_gather_object(found, list(items))
    return list(itertools.chain.from_iterable(found))


def together(items: Iterable[T], at_once: int) -> Iterator[T]:
    """The items of all processes, in every process; they meet whenever each has made `at_once` more, or has no more."""
    if count() == 1:
        yield from items
        return
    own = iter(items)
    while found := gather(list(itertools.islice(own, at_once))):
        yield from found


def mine(items: Sequence[T]) -> Sequence[T]:
    """This process's part of a list that all processes hold."""
    return items[rank() :: count()]


def anyone(asks: bool) -> bool:
    """Whether it is so in any process."""
    return any(gather([asks])) if count() > 1 else asks


def _group() -> Any:
    """torch.distributed, this process having met the others."""
    import torch
    from accelerate import PartialState

    if not torch.distributed.is_initialized():
        cpu = not torch.cuda.is_available()
        if cpu:  # accelerate would name it cpu:0, where torch cannot load an optimizer's state to
            os.environ.setdefault("ACCELERATE_TORCH_DEVICE", "cpu")
        PartialState(cpu=cpu, timeout=PATIENCE)
    return torch.distributed


def _from_environment(names: Sequence[str], otherwise: int) -> int:
    return next((int(os.environ[name]) for name in names if os.environ.get(name)), otherwise)
