"""What the user sees while a run trains, and what log.jsonl keeps of it. In: the trainer's events. Out: a progress bar
with loss and tokens per second, one log line a step, and the end of the run when the user asks for it (Ctrl-C) or the
loss breaks.
"""

from __future__ import annotations

import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

from transformers import TrainerCallback

from calltune.errors import ModelError
from calltune.train.processes import ALONE, Processes, totals

if TYPE_CHECKING:
    from rich.console import Console

    from calltune.train.trainer import RowTrainer


class StopRequest:
    """Set by Ctrl-C or by the scheduler of a cluster (SIGTERM): the step is finished, a checkpoint is saved."""

    def __init__(self, processes: Processes = ALONE) -> None:
        self.processes = processes
        self.asked = False

    @contextmanager
    def listening(self, console: Console) -> Iterator[StopRequest]:
        """Take the signals while training; a second Ctrl-C stops at once, as always."""
        if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
            yield self
            return

        def ask(number: int, frame: FrameType | None) -> None:
            alone = self.processes.count == 1  # a launcher may hand on a signal that has come here already
            if self.asked and alone:
                raise KeyboardInterrupt
            if not self.asked:
                again = " Press Ctrl-C again to stop at once." if alone else ""
                console.print(f"Stopping after this step, with a checkpoint.{again}")
            self.asked = True

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Progress(TrainerCallback):  # type: ignore[misc]  # transformers has no types here
    """The progress bar, the log and the two reasons to stop early."""

    def __init__(
        self,
        trainer: RowTrainer,
        *,
        console: Console,
        log: Path,
        stop: StopRequest,
        processes: Processes,
        after_epoch: Callable[[], float] | None,
    ) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self.trainer = trainer
        self.stop = stop
        self.processes = processes
        self.stopping = False
        """Whether any process was asked to stop: all do, after the same step."""
        self.log_path = log
        self.after_epoch = after_epoch
        """Measures the validation loss, where there are rows for it."""
        self._bar = Bar(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[numbers]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not processes.first,
        )
        self._task = self._bar.add_task("training", total=None, numbers="")
        self._file: IO[str] | None = None
        self._seen = 0.0
        self._tokens, self._time_s = 0.0, 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.processes.first:
            self._file = self.log_path.open("a", encoding="utf-8")
        self._time_s = time.perf_counter()
        self._bar.update(self._task, total=state.max_steps, completed=state.global_step)
        self._bar.start()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._bar.update(self._task, completed=state.global_step)
        asked, self._seen = totals(self.processes, self.stop.asked, self.trainer.seen_tokens)
        self.stopping = asked > 0
        if self.stopping:
            control.should_save = True
            control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **kwargs: Any) -> None:
        if "loss" not in logs:  # the trainer's summary at the end
            return
        now = time.perf_counter()
        speed = (self._seen - self._tokens) / max(now - self._time_s, 1e-9)
        self._tokens, self._time_s = self._seen, now
        loss = logs["loss"]
        self._write(
            step=state.global_step,
            epoch=round(self.trainer.epochs_at(state.global_step), 4),
            loss=loss,
            learning_rate=logs["learning_rate"],
            grad_norm=logs.get("grad_norm"),
            tokens_per_s=round(speed, 1),
        )
        self._bar.update(self._task, numbers=f"loss {loss:.3f}  {speed:,.0f} tokens/s")
        if not math.isfinite(loss):
            raise ModelError(
                f"the loss became {loss} at step {state.global_step}: the training has failed.",
                hint="Try a lower --learning-rate (half of it) or --dtype float32.",
            )
        step = state.global_step
        epoch_ends = int(self.trainer.epochs_at(step)) > int(self.trainer.epochs_at(step - 1))
        if self.after_epoch is not None and not self.stopping and (epoch_ends or step == state.max_steps):
            self._write(step=step, validation_loss=self.after_epoch())
            self._time_s = time.perf_counter()

    def close(self) -> None:
        """Stop the bar and close the log, also after an error."""
        self._bar.stop()
        if self._file is not None:
            self._file.close()

    def _write(self, **numbers: Any) -> None:
        if self._file is not None:  # the first process keeps the log
            self._file.write(json.dumps(numbers) + "\n")
            self._file.flush()
