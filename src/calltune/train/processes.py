"""The processes of a run: data parallel, one a GPU or one a share of the CPU, started by `torchrun` or `accelerate
launch`. In: what the launcher says in environment variables. Out: who this process is, and the few things that all of
them do together. With one process nothing here does anything.

What they exchange is tensors of a fixed size, never pickled objects. It starts no process and ends none: that is the
launcher's work.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from calltune.errors import CalltuneError, ConfigError, ModelError

if TYPE_CHECKING:
    import torch

LONGEST_MESSAGE = 4096
"""Bytes of an error that the other processes are told."""
PATIENCE = timedelta(hours=1)
"""How long a process waits for the others: they read the data at the speed of their disks, and only the first saves."""


@dataclass(frozen=True, kw_only=True)
class Processes:
    """How many processes train, and which one this is."""

    rank: int = 0
    """Number of this process. Process 0 writes the run folder and talks to the user."""
    count: int = 1
    """All processes of the run."""
    here: int = 1
    """Of these, on this machine."""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and talks."""
        return self.rank == 0

    @property
    def command(self) -> str:
        """What to type in front of `train`."""
        return "calltune" if self.count == 1 else f"torchrun --nproc-per-node {self.here} -m calltune"


ALONE = Processes()


def find_processes() -> Processes:
    """What the launcher said. Raises `ConfigError` where it said half of it."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return ALONE
    missing = [name for name in ("RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
    if missing:
        raise ConfigError(
            f"WORLD_SIZE is {count}, but {', '.join(missing)} is not set: no launcher has started this process.",
            hint="Type: torchrun --nproc-per-node N -m calltune train ...   or unset WORLD_SIZE.",
        )
    return Processes(
        rank=int(os.environ["RANK"]), count=count, here=int(os.environ.get("LOCAL_WORLD_SIZE", str(count)))
    )


@contextmanager
def joined(processes: Processes, device: str) -> Iterator[None]:
    """Processes can talk to each other inside; on CUDA each has a GPU of its own, which "cuda" means from here on."""
    if processes.count == 1:
        yield
        return
    from accelerate import PartialState

    PartialState(cpu=device == "cpu", timeout=PATIENCE)  # the trainer finds it and uses it
    yield
    _leave()  # not after an error: the others may still wait in there, and to leave could be to wait for them


@contextmanager
def agreeing(processes: Processes) -> Iterator[None]:
    """All get to the end of this, or none: an error of one is raised in every process."""
    try:
        yield
    except CalltuneError as error:
        _errors_of_all(processes, str(error))
        error.everywhere = True
        raise
    failed = _errors_of_all(processes, "")
    if failed:
        rank, message = failed[0]
        raise CalltuneError(f"process {rank}: {message}")


def _errors_of_all(processes: Processes, message: str) -> list[tuple[int, str]]:
    if processes.count == 1:
        return []
    import torch

    padded = message.encode()[:LONGEST_MESSAGE].ljust(LONGEST_MESSAGE, b"\0")
    table = _gathered(processes, torch.frombuffer(bytearray(padded), dtype=torch.uint8))
    texts = [bytes(row.tolist()).rstrip(b"\0").decode(errors="replace") for row in table]
    failed = [(rank, text) for rank, text in enumerate(texts) if text]
    if failed:
        _leave()
    return failed


def _leave() -> None:
    import torch

    torch.distributed.destroy_process_group()


def totals(processes: Processes, *numbers: float) -> list[float]:
    """Each number summed over the processes: exact for whole ones below 2^53."""
    if processes.count == 1:
        return list(numbers)
    import torch

    summed: list[float] = _gathered(processes, torch.tensor(numbers, dtype=torch.float64)).sum(0).tolist()
    return summed


def who_differs(processes: Processes, texts: Sequence[str]) -> list[int]:
    """The processes that have other texts than the first."""
    if processes.count == 1:
        return []
    import torch

    digest = hashlib.sha256("\0".join(texts).encode()).digest()
    table = _gathered(processes, torch.tensor([int.from_bytes(digest[:8], signed=True)])).flatten().tolist()
    return [rank for rank, number in enumerate(table) if number != table[0]]


def copy_from_first(parameters: Iterable[torch.Tensor]) -> None:
    """Give every process the first one's values."""
    import torch

    for parameter in parameters:
        torch.distributed.broadcast(parameter.data, src=0)


def average_gradients(parameters: Iterable[torch.Tensor]) -> None:
    """The mean over the processes as every process's gradient; a process without one counts as zero.

    All gradients travel as one buffer, once a step. DDP would reduce them while the backward pass runs, but it wants
    every forward pass to go through its wrapper, and a pack's goes through the model's body alone.
    """
    import torch

    learning = list(parameters)
    columns = [torch.zeros_like(p) if p.grad is None else p.grad for p in learning]
    flat = torch.cat([column.float().flatten() for column in columns])
    torch.distributed.all_reduce(flat)
    flat /= torch.distributed.get_world_size()
    parts = torch.split(flat, [p.numel() for p in learning])
    for parameter, part in zip(learning, parts, strict=True):
        parameter.grad = part.view_as(parameter).to(parameter.dtype)


def lost_another(processes: Processes, error: BaseException) -> ModelError | None:
    """What to tell where `error` is that another process has gone; None for any other error."""
    if processes.count == 1 or not isinstance(error, RuntimeError):
        return None
    import torch

    signs = ("Connection closed by peer", "Connection reset by peer", "Broken pipe", "Connection refused")
    gone = isinstance(error, torch.distributed.DistError) or any(sign in str(error) for sign in signs)
    if not gone:
        return None
    return ModelError(
        "another process of this run has ended.",
        hint="Why is in what it said. To go on from the last checkpoint, add --resume.",
    )


def _gathered(processes: Processes, values: torch.Tensor) -> torch.Tensor:
    """The values of all processes. Shape: (processes, *values.shape)."""
    import torch

    if torch.distributed.get_backend() == "nccl":
        values = values.cuda()
    table = [torch.empty_like(values) for _ in range(processes.count)]
    torch.distributed.all_gather(table, values)
    return torch.stack(table).cpu()
