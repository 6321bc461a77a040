"""`calltune train`: from a contract and conversations to a run folder with an adapter.

In: a `TrainConfig`. Out: the run folder (see `run_folder`) and a `TrainReport`. The steps are the numbered list in
`train`; each is a module of this folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from calltune.contract.files import write_whole
from calltune.errors import CalltuneError, ConfigError, DataError, MissingExtraError, ModelError
from calltune.train.checkpoints import complete_checkpoints, is_disk_full, remove_incomplete, step_of
from calltune.train.config import TrainConfig
from calltune.train.processes import (
    Processes,
    agreeing,
    copy_from_first,
    find_processes,
    joined,
    lost_another,
    totals,
    who_differs,
)
from calltune.train.report import TrainReport, losses_of, report_of_finished
from calltune.train.run_folder import (
    ADAPTER,
    check_same_run,
    claim,
    describe,
    draw_loss,
    read_log,
    save_adapter,
)

if TYPE_CHECKING:
    from rich.console import Console

    from calltune.contract import Toolset
    from calltune.train.plan import Packing, PackingChoice
    from calltune.train.rows import PreparedRows
    from calltune.train.setting import Setting
    from calltune.train.trainer import RowTrainer

MOST_PREPARING = 8
"""Processes that prepare rows: more only wait for the one that writes."""
NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "matplotlib")


def train(config: TrainConfig, *, console: Console | None = None) -> TrainReport:
    """Tune a model on conversations with LoRA and write the run folder.

    Raises a `CalltuneError` for anything that the user can mend; everything is checked before the first step.
    """
    from calltune.train.session import take_whole_pages

    take_whole_pages()
    processes = find_processes()
    console = console if console is not None and processes.first else _silent_console()
    # 1. The options make sense, the libraries are here, and the run folder is ours to write.
    config.check(processes.count)
    _check_libraries()
    with ExitStack() as stack:
        if processes.count > 1:
            from calltune.train.adapter import resolve_device

            stack.enter_context(joined(processes, resolve_device(config, processes)))
        with agreeing(processes):
            if processes.first:
                claim(config)
        (finished,) = totals(processes, processes.first and config.resume and (config.out / ADAPTER).exists())
        if finished:
            return report_of_finished(config, console)
        folder = config.out if processes.first else Path(stack.enter_context(TemporaryDirectory(prefix="calltune-")))
        return _train(config, processes, folder, console)


def _train(config: TrainConfig, processes: Processes, folder: Path, console: Console) -> TrainReport:
    """Steps 2 to 8. Every process checks and renders all rows, into a `folder` of its own: no disk need be shared."""
    from calltune.train.session import check_trackers, quiet_libraries
    from calltune.train.setting import open_setting

    with quiet_libraries():
        with agreeing(processes):
            check_trackers(config.report_to)
            # 2. The contract, the machine, the model's tokenizer and template.
            contract = _load_contract(config)
            setting = open_setting(config, contract, processes)
            # 3. Every row is checked against the contract and rendered to tokens and weights, or put in quarantine.
            prepared = _prepare(config, setting, contract, folder, console)
            # 4. A resumed run is the same run: same settings, data and contract.
            if processes.first:
                _describe(config, setting, prepared, console)
        _check_same_rows(processes, prepared)
        with agreeing(processes), _clear_memory_errors(config, processes):
            # 5. The model with LoRA in TRL's trainer, on packed rows.
            trainer, choice = _build(config, setting, prepared)
            # 6. The plan, from two batches that are really computed.
            checkpoint = _last_checkpoint(config, processes, console)
            _announce(config, setting, prepared, trainer, choice, checkpoint, console)
        _check_same_plan(processes, setting, choice, trainer, checkpoint)
        with _clear_memory_errors(config, processes):
            # 7. Training, with a log, checkpoints, and an orderly end on Ctrl-C.
            time_s = _run(config, setting, prepared, trainer, choice.packing, checkpoint, console)
            # 8. The run folder: adapter, tokenizer, loss curve.
            finished = trainer.state.global_step >= trainer.state.max_steps
            if finished and processes.first:
                _save(config, setting, trainer)
            (tokens,) = totals(processes, trainer.seen_tokens)
    return _report(config, prepared, trainer, choice, finished=finished, time_s=time_s, tokens=tokens)


def _silent_console() -> Console:
    from rich.console import Console

    return Console(quiet=True)


def _check_libraries() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtraError(", ".join(missing), "train")


def _load_contract(config: TrainConfig) -> Toolset | None:
    from calltune.contract import Toolset

    return Toolset.load(config.tools) if config.tools is not None else None


def _prepare(
    config: TrainConfig, setting: Setting, contract: Toolset | None, folder: Path, console: Console
) -> PreparedRows:
    from calltune.train.rows import check_bad_share, prepare_data

    if setting.renderer.notice:
        console.print(setting.renderer.notice)

    quarantine = folder / "quarantine.jsonl"
    try:
        with console.status("checking and rendering rows") as status:
            prepared = prepare_data(
                config.data,
                setting.renderer,
                folder / "rows",
                validation=config.validation,
                processes=min(MOST_PREPARING, os.cpu_count() or 1),
                limit=setting.limit,
                validation_share=config.validation_share,
                seed=config.seed,
                contract=contract,
                quarantine=quarantine,
                on_row=lambda count: status.update(f"checking and rendering rows: {count:,}"),
            )
    except OSError as error:
        raise _as_disk_error(error, config) from error
    check_bad_share(prepared.counts, most=config.max_bad, quarantine=quarantine, data=config.data, tools=config.tools)
    if not quarantine.stat().st_size:
        quarantine.unlink()
    return prepared


def _describe(config: TrainConfig, setting: Setting, prepared: PreparedRows, console: Console) -> None:
    from calltune.train.setting import resolved

    found = resolved(setting, prepared.contract)
    described = {
        **prepared.counts.to_json(),
        "data_fingerprint": prepared.data_fingerprint,
        "token_fingerprint": prepared.token_fingerprint,
    }
    if config.resume:
        for remark in check_same_run(config, found, described, prepared.contract):
            console.print(remark)
    describe(config, found, described, prepared.contract)


def _check_same_rows(processes: Processes, prepared: PreparedRows) -> None:
    others = who_differs(processes, [prepared.data_fingerprint, prepared.token_fingerprint])
    if others:
        raise DataError(
            f"{_named(others)} prepared other rows than process 0: {prepared.counts.rows:,} here.",
            hint="Every machine needs the same data, contract, model and versions of the libraries.",
        )


def _check_same_plan(
    processes: Processes, setting: Setting, choice: PackingChoice, trainer: RowTrainer, checkpoint: Path | None
) -> None:
    """What each process decides for itself, or reads from its own disk, must have come out alike."""
    plan = [setting.dtype, choice.packing, str(len(trainer.batches.rows))]
    others = who_differs(processes, plan)
    if others:
        raise ConfigError(
            f"{_named(others)} would train otherwise than process 0: dtype {setting.dtype}, packing {choice.packing} "
            "here.",
            hint="Give --dtype and --packing.",
        )
    others = who_differs(processes, [checkpoint.name if checkpoint else ""])
    if others:
        raise ConfigError(
            f"{_named(others)} found other checkpoints than process 0 in {trainer.args.output_dir}.",
            hint="To resume, every machine must see the run folder.",
        )


def _named(ranks: list[int]) -> str:
    return f"process{'es' if len(ranks) > 1 else ''} {', '.join(map(str, ranks))}"


def _build(config: TrainConfig, setting: Setting, prepared: PreparedRows) -> tuple[RowTrainer, PackingChoice]:
    from transformers import set_seed

    from calltune.train.plan import choose_packing, measure_sharing
    from calltune.train.session import batches_of, build_trainer, open_rows
    from calltune.train.setting import load_tunable
    from calltune.train.tree import use_sparse_attention, why_not_a_tree

    processes = setting.processes.count
    set_seed(config.seed)
    model = load_tunable(config, setting)
    plans_packs = config.packing in ("auto", "prefix")
    obstacle = why_not_a_tree(model) if plans_packs else None
    attention = model.config.get_text_config()._attn_implementation
    sparse = plans_packs and obstacle is None and use_sparse_attention(model, setting.device)
    choice = choose_packing(
        config,
        measure_sharing(
            batches_of(prepared.train, config, "prefix", processes, epochs=1, steps=config.max_steps).rows,
            open_rows(prepared.train),
            model.config.get_text_config().hidden_size,
        ),
        obstacle=obstacle,
        sparse=sparse,
        fractional=prepared.counts.fractional,
        device=setting.device,
    )
    if choice.packing != "prefix":
        model.set_attn_implementation(attention)
    trainer = build_trainer(
        config,
        model=model,
        tokenizer=setting.tokenizer,
        prepared=prepared,
        packing=choice.packing,
        new_tokens=list(setting.new_tokens.values()),
        device=setting.device,
        dtype=setting.dtype,
        processes=processes,
    )
    return trainer, choice


def _last_checkpoint(config: TrainConfig, processes: Processes, console: Console) -> Path | None:
    """The checkpoint to go on from. Half-written ones are deleted; the log is cut back to where it was."""
    folder = config.out / "checkpoints"
    if not processes.first:
        return max(complete_checkpoints(folder), key=step_of, default=None) if config.resume else None
    for name in remove_incomplete(folder):
        console.print(f"{name} was not written to its end; it is deleted.")
    whole = complete_checkpoints(folder)
    checkpoint = whole[-1] if whole and config.resume else None
    if config.resume and checkpoint is None:
        console.print("No checkpoint to go on from: starting at the beginning.")
    last_step = step_of(checkpoint) if checkpoint else 0
    kept = [line for line in read_log(config.out) if line["step"] <= last_step]
    write_whole(config.out / "log.jsonl", "".join(json.dumps(line) + "\n" for line in kept))
    return checkpoint


def _announce(
    config: TrainConfig,
    setting: Setting,
    prepared: PreparedRows,
    trainer: RowTrainer,
    choice: PackingChoice,
    checkpoint: Path | None,
    console: Console,
) -> None:
    from calltune.train.adapter import trainable_bytes
    from calltune.train.plan import estimate, show_plan, some_of
    from calltune.train.session import planned_steps

    learning = trainable_bytes(trainer.model)
    if setting.processes.first:
        _check_room(config, learning)
    sample = some_of(trainer.batches.rows)
    with console.status("measuring two batches"):
        measured = estimate(trainer, trainer.train_dataset, sample, extra_bytes=2 * learning)
    steps = planned_steps(config, trainer, setting.processes.count)
    show_plan(
        console,
        prepared=prepared,
        choice=choice,
        steps=steps,
        done=step_of(checkpoint) if checkpoint else 0,
        epochs=trainer.epochs_at(steps),
        device=setting.device,
        dtype=setting.dtype,
        processes=setting.processes.count,
        trainable=sum(p.numel() for p in trainer.model.parameters() if p.requires_grad),
        parameters=sum(p.numel() for p in trainer.model.parameters()),
        measured=measured,
    )


def _check_room(config: TrainConfig, learning: int) -> None:
    """Refuse to start what the disk cannot hold: a checkpoint is the weights that learn and two moments of each."""
    needed = 4 * 3 * learning  # two checkpoints kept, one being written, and the adapter itself with room to spare
    free = shutil.disk_usage(config.out).free
    if free < needed:
        raise ConfigError(
            f"the disk of {config.out} has {free / 2**20:,.0f} MiB left; checkpoints need {needed / 2**20:,.0f} MiB.",
            hint="Make room, or give another --out.",
        )


def _run(
    config: TrainConfig,
    setting: Setting,
    prepared: PreparedRows,
    trainer: RowTrainer,
    packing: Packing,
    checkpoint: Path | None,
    console: Console,
) -> float:
    """Train to the end or until asked to stop; returns the seconds it took."""
    from safetensors import SafetensorError
    from transformers import PrinterCallback

    from calltune.train.progress import Progress, StopRequest
    from calltune.train.session import batches_of, open_rows
    from calltune.train.trainer import held_out_loss

    processes = setting.processes
    after_epoch = None
    if prepared.validation is not None:
        held_out = open_rows(prepared.validation)
        batches = batches_of(prepared.validation, config, packing, processes.count, epochs=1, steps=None)

        def after_epoch() -> float:
            return held_out_loss(trainer, held_out, batches, processes)

    trainer.remove_callback(PrinterCallback)
    stop = StopRequest(processes)
    progress = Progress(
        trainer,
        console=console,
        log=config.out / "log.jsonl",
        stop=stop,
        processes=processes,
        after_epoch=after_epoch,
    )
    trainer.add_callback(progress)
    if processes.count > 1:  # equal already where the same seed gives the same numbers
        copy_from_first(p for p in trainer.model.parameters() if p.requires_grad)
    started = time.perf_counter()
    try:
        with stop.listening(console):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except (OSError, RuntimeError, SafetensorError) as error:
        if not is_disk_full(error):
            raise
        remove_incomplete(config.out / "checkpoints")
        raise _as_disk_error(error, config) from error
    finally:
        progress.close()
    return time.perf_counter() - started


@contextmanager
def _clear_memory_errors(config: TrainConfig, processes: Processes) -> Iterator[None]:
    """Running out of memory is something the user can mend: say how. So is another process that did."""
    import torch

    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and "can't allocate memory" not in str(error):
            if (lost := lost_another(processes, error)) is not None:
                raise lost from error
            raise
        parts, rows = config.micro_batches * processes.count, config.most_rows
        finer = range(config.micro_batches + 1, (rows or parts + processes.count) // processes.count + 1)
        more = [n for n in finer if not rows or rows % (n * processes.count) == 0]
        ways = [f"--micro-batches {more[0]}"] if more else []
        ways += [] if config.gradient_checkpointing else ["--gradient-checkpointing"]
        held = f"{rows // parts} rows" if rows else f"{(config.tokens_per_step or 0) // parts:,} tokens"
        raise _of_one_process(
            ModelError(
                f"the memory does not hold {held} at once.",
                hint=f"Try {' and '.join([*ways, 'a smaller --max-tokens'])}, in a new run.",
            )
        ) from error


def _of_one_process(error: CalltuneError) -> CalltuneError:
    """The others do not know of it."""
    error.everywhere = False
    return error


def _as_disk_error(error: BaseException, config: TrainConfig) -> BaseException:
    if not is_disk_full(error):
        return error
    whole = complete_checkpoints(config.out / "checkpoints")
    kept = f"The checkpoint of step {step_of(whole[-1])} is whole." if whole else "There is no checkpoint yet."
    command = f"{find_processes().command} train --config {config.out / 'run.yaml'} --resume"
    resume = f"type: {command}" if whole else "start again."
    return _of_one_process(ModelError(f"the disk of {config.out} is full. {kept}", hint=f"Make room, then {resume}"))


def _save(config: TrainConfig, setting: Setting, trainer: RowTrainer) -> None:
    draw_loss(read_log(config.out), config.out / "loss.png")
    setting.tokenizer.chat_template = setting.renderer.template_text
    try:
        save_adapter(trainer.model, setting.tokenizer, config.out)
    except Exception as error:
        if is_disk_full(error):
            raise _as_disk_error(error, config) from error
        raise
    shutil.rmtree(config.out / "rows", ignore_errors=True)


def _report(
    config: TrainConfig,
    prepared: PreparedRows,
    trainer: RowTrainer,
    choice: PackingChoice,
    *,
    finished: bool,
    time_s: float,
    tokens: float,
) -> TrainReport:
    from calltune.train.plan import peak_bytes

    return TrainReport(
        out=config.out,
        finished=finished,
        steps=trainer.state.global_step,
        steps_planned=trainer.state.max_steps,
        counts=prepared.counts.to_json(),
        packing=choice.packing,
        packing_reason=choice.reason,
        time_s=time_s,
        tokens_per_s=tokens / time_s,
        peak_memory_bytes=peak_bytes(trainer.args.device.type),
        data=config.data,
        tools=config.tools,
        model=config.model,
        command=find_processes().command,
        **losses_of(config.out),
    )
