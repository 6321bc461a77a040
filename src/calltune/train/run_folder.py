"""The run folder: everything that a training run leaves behind, and the only thing that later commands need of it.

    adapter_model.safetensors, adapter_config.json    what PEFT loads
    tokenizer files with the chat template            what AutoTokenizer loads
    run.yaml        the config, a file for `calltune train --config`
    resolved.json   what its "auto" came to: the model's path, template, thinking, format, dtype
    contract.json   the tools trained on; absent where the rows' own tools contradict each other
    data.json       fingerprints and counts of the data       versions.json  of Python and the libraries
    log.jsonl       one line a step                           loss.png       the same as a picture
    quarantine.jsonl  rows that were not trained on           checkpoints/   for --resume

It reads and writes these; it loads no model.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calltune.contract import Toolset
from calltune.contract.change import Change
from calltune.contract.diff import diff
from calltune.contract.drift import drift
from calltune.contract.files import write_whole
from calltune.errors import ConfigError, ModelError
from calltune.train.checkpoints import complete_checkpoints
from calltune.train.config import TrainConfig

ADAPTER = "adapter_model.safetensors"
CONFIG = "run.yaml"
"""Written first: a folder with other files and without it is not ours."""
LIBRARIES = ("calltune", "torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A finished run."""

    path: Path
    """The run folder."""
    model: dict[str, Any]
    """The model that was tuned: its name, kind and path."""
    template: str
    """ "native" or "calltune"."""
    thinking: str
    """ "on" or "off"."""
    format: str
    """How calls are written: a format of `parse`, or "response_template", which the renderer reads."""
    contract: Toolset | None
    """The tools trained on, or None where the rows brought tools that contradict each other."""
    data: dict[str, Any]
    """Fingerprints and counts."""
    config: dict[str, Any]
    """The `TrainConfig`."""

    def drift(self, toolset: Toolset, *, ordered: bool = True) -> tuple[Change, ...]:
        """What of `toolset` is not as the model was trained on; () where there is no one contract to compare with.
        `ordered` says that prompts show the tools in this order."""
        if self.contract is None:
            return ()
        given = self.config.get("tools") is not None  # else the union of the rows' tools, in no order that was shown
        return drift(self.contract, toolset, ordered=ordered and given)


def read_run(path: str | Path) -> Run:
    """A finished run folder. Raises `ModelError` for anything else, saying what it is instead."""
    import yaml

    folder = Path(path)
    if not (folder / "run.yaml").is_file():
        raise ModelError(f"{folder} is not a run folder: it has no run.yaml.", hint="Type: calltune train --help")
    if not (folder / ADAPTER).is_file():
        raise ModelError(
            f"the run in {folder} is not finished: it has no {ADAPTER}.",
            hint=f"Type: calltune train --config {folder / 'run.yaml'} --resume",
        )
    try:
        described = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
        resolved = json.loads((folder / "resolved.json").read_text(encoding="utf-8"))
        data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
        contract = folder / "contract.json"
        return Run(
            path=folder,
            model=resolved["model"],
            template=resolved["template"],
            thinking=resolved["thinking"],
            format=resolved["format"],
            contract=Toolset.load(contract) if contract.is_file() else None,
            data=data,
            config=dict(described),
        )
    except (KeyError, TypeError, ValueError, OSError, yaml.YAMLError) as error:
        raise ModelError(f"the run folder {folder} is damaged: {type(error).__name__}: {error}") from error


def find_run(model: str) -> Run | None:
    """The run in folder `model`, None when that is another kind of model. Raises `ModelError` for a broken run."""
    return read_run(folder) if ((folder := Path(model).expanduser()) / CONFIG).is_file() else None


def claim(config: TrainConfig) -> None:
    """Make the folder, and refuse to write over anything. Raises `ConfigError` naming the ways on."""
    folder = config.out
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"--out {folder} is a file.", hint="Give the name of a folder that does not exist yet.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {folder} cannot be made: {error.strerror}.", hint="Give another --out.") from error
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"--out {folder} cannot be written to.", hint="Give another --out.")
    for option, source in (("data", config.data), ("validation", config.validation)):
        if source and Path(source).exists() and Path(source).resolve().is_relative_to(folder.resolve()):
            raise ConfigError(f"--{option} {source} is inside --out {folder}.", hint="Give another --out.")
    names = sorted(path.name for path in folder.iterdir())
    if names and CONFIG not in names:
        raise ConfigError(
            f"--out {folder} holds other files: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}.",
            hint="Give the name of a folder that does not exist yet.",
        )
    if not names:
        _write_config(config)
    if config.resume:
        return
    if (folder / ADAPTER).exists():
        raise ConfigError(f"--out {folder} holds a finished run.", hint="Give another --out, or delete that folder.")
    if complete_checkpoints(folder / "checkpoints"):
        raise ConfigError(
            f"--out {folder} holds a run that was stopped.",
            hint="Go on with --resume, give another --out, or delete that folder.",
        )


def _write_config(config: TrainConfig) -> None:
    import yaml

    write_whole(config.out / CONFIG, yaml.safe_dump(config.to_json(), sort_keys=False, allow_unicode=True))


def describe(
    config: TrainConfig, resolved: dict[str, Any], prepared_data: dict[str, Any], contract: Toolset | None
) -> None:
    """Write run.yaml, resolved.json, contract.json, data.json and versions.json."""
    folder = config.out
    folder.mkdir(parents=True, exist_ok=True)
    _write_config(config)
    for name, content in (("resolved", resolved), ("data", prepared_data), ("versions", versions())):
        write_whole(folder / f"{name}.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    if contract is not None:
        contract.save(folder / "contract.json")
    else:
        (folder / "contract.json").unlink(missing_ok=True)


def check_same_run(
    config: TrainConfig, resolved: dict[str, Any], prepared_data: dict[str, Any], contract: Toolset | None
) -> tuple[str, ...]:
    """Refuse to resume where the result would be neither the old run nor the new one: lists everything that differs.

    Returns what differs and does no harm: sentences on other versions of the libraries.
    """
    import yaml

    folder = config.out
    if not (folder / "versions.json").is_file():  # it was stopped before anything was decided
        if complete_checkpoints(folder / "checkpoints"):
            raise ConfigError(f"{folder} has checkpoints but no versions.json.", hint="Give another --out.")
        return ()
    then = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    then_resolved = json.loads((folder / "resolved.json").read_text(encoding="utf-8"))
    differences = config.differences(then)
    parts = then.get("micro_batches", 1) * then_resolved.get("processes", 1)
    now_parts = config.micro_batches * resolved.get("processes", 1)
    if parts != now_parts:
        differences.append(f"batches of a step (micro-batches x processes): {parts} then, {now_parts} now")
    then_contract = then_resolved["contract"]
    if then_resolved["model"].get("weights") != resolved["model"].get("weights"):
        differences.append(f"model: {config.model} has other weights now")
    if then_contract != resolved["contract"]:
        old = folder / "contract.json"
        detail = []
        if contract is not None and old.is_file():
            detail = [change.sentence for change in diff(Toolset.load(old), contract, witnesses=False).changes]
        differences.append("contract: " + ("; ".join(detail) or f"{then_contract} then, {resolved['contract']} now"))
    if data["data_fingerprint"] != prepared_data["data_fingerprint"]:
        sizes = f"{data['rows']:,} rows then, {prepared_data['rows']:,} now"
        differences.append(f"data: other rows ({sizes})")
    elif data["token_fingerprint"] != prepared_data["token_fingerprint"]:
        differences.append(
            "tokens: the same rows are rendered to other tokens (another tokenizer, template or version)"
        )
    if differences:
        raise ConfigError(
            f"the run in {folder} was started with other settings:",
            faults=differences,
            hint="Go on with the old settings, or start anew with another --out.",
        )
    before, now = json.loads((folder / "versions.json").read_text(encoding="utf-8")), versions()
    return tuple(
        f"{name} was {before.get(name)} and is {now[name]}: the losses may differ in their last digits."
        for name in now
        if before.get(name) != now[name]
    )


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that make the result."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def save_adapter(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write adapter and tokenizer. The adapter's weights come last: a folder that has them is whole."""
    draft = folder / "unfinished"
    shutil.rmtree(draft, ignore_errors=True)
    # the tokenizer tells how many rows the embedding must have, so the whole matrix need not be saved
    model.save_pretrained(str(draft), save_embedding_layers=False)
    tokenizer.save_pretrained(str(draft))
    (draft / "README.md").unlink(missing_ok=True)
    _sort_targets(draft / "adapter_config.json")
    for path in sorted(draft.iterdir(), key=lambda path: path.name == ADAPTER):
        os.replace(path, folder / path.name)
    draft.rmdir()


def _sort_targets(path: Path) -> None:
    """PEFT writes a set of names in an order that changes from run to run."""
    config = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(config["target_modules"], list):
        config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of log.jsonl; a line cut off by a crash is left out."""
    path = folder / "log.jsonl"
    return list(_whole_lines(path.read_text(encoding="utf-8").splitlines())) if path.is_file() else []


def _whole_lines(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return


def draw_loss(log: list[dict[str, Any]], path: Path) -> None:
    """The loss by step as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    trained = [(line["step"], line["loss"]) for line in log if "loss" in line]
    held_out = [(line["step"], line["validation_loss"]) for line in log if "validation_loss" in line]
    axes.plot(*zip(*trained, strict=True), linewidth=1, label="training")
    if held_out:
        axes.plot(*zip(*held_out, strict=True), marker="o", label="validation")
        axes.legend()
    axes.set(xlabel="step", ylabel="loss per learned token", ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
