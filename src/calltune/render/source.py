"""Where a model comes from, and loading it: `--model base`, a run folder, a local folder, or a name on the Hub.

In: what the user typed. Out: a `ModelSource`, then transformers objects. Weights are read from safetensors only and no
code that comes with a model is ever run. Nothing is trained or rendered here."""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from calltune.data.hub import is_offline, require_network
from calltune.errors import ConfigError, MissingExtraError, ModelError

BASE_PACKAGE = "calltune_base"
"""The package that carries the embedded model."""
BASE_VARIABLE = "CALLTUNE_BASE"
"""Environment variable: a folder to use as `--model base` instead."""

_HUB_NAME = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, kw_only=True)
class ModelSource:
    """A model, found but not loaded."""

    name: str
    """What the user typed."""
    kind: Literal["base", "run", "local", "hub"]
    """The embedded model, a run of ours (adapter), a folder, or a name on the Hub."""
    path: str
    """What transformers loads weights from: a folder or a Hub name. For a run, its base model's."""
    adapter: str | None = None
    """The run folder whose adapter goes on top."""

    @property
    def tokenizer_path(self) -> str:
        """Where the tokenizer lies: a run brings its own."""
        return self.adapter or self.path


def resolve_model(name: str) -> ModelSource:
    """What `--model NAME` means. ModelError where it means nothing."""
    name = str(name)
    if name == "base":
        return ModelSource(name=name, kind="base", path=str(_base_folder()))
    if not name.strip():
        raise ModelError("no model is named.", hint="Give a folder, a name on the Hugging Face Hub, or base.")
    folder = Path(name).expanduser()
    if (folder / "adapter_config.json").is_file():
        return _run(name, folder)
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "tokenizer.json").is_file():
            raise ModelError(
                f"{name} is a folder without a model: no config.json and no adapter_config.json in it.",
                hint="Give a model folder, a run folder, a name on the Hugging Face Hub, or --model base.",
            )
        return ModelSource(name=name, kind="local", path=str(folder))
    if folder.is_file():
        raise ModelError(f"{name} is a file; a model is a folder.", hint=f"Try --model {folder.parent or '.'}")
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or not _HUB_NAME.fullmatch(name):
        raise ModelError(f"there is no folder {name}.", hint="Check the path, or use --model base.")
    return ModelSource(name=name, kind="hub", path=name)


def load_tokenizer(source: ModelSource) -> Any:
    """The tokenizer with its chat template."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingExtraError("transformers", "train") from error
    with _clear_errors(source, "tokenizer"), _quiet():
        return AutoTokenizer.from_pretrained(source.tokenizer_path, **_loading(source))


def context_length(source: ModelSource) -> int | None:
    """How many tokens the model can hold (`max_position_embeddings`); None where its configuration does not say."""
    try:
        from transformers import AutoConfig
    except ImportError as error:
        raise MissingExtraError("transformers", "train") from error
    with _clear_errors(source, "configuration"), _quiet():
        config = AutoConfig.from_pretrained(source.path, **_loading(source))
    holds = getattr(config.get_text_config(), "max_position_embeddings", None)
    return int(holds) if holds else None


def load_model(source: ModelSource, *, dtype: str = "auto", device: str = "auto", quantization: Any = None) -> Any:
    """The model in evaluation mode, adapter on top where there is one.

    `dtype`: a torch dtype by name; "auto" is that of the weights, but float32 on a CPU for half precision.
    `device`: "cpu", "cuda", ...; "auto" is a GPU where there is one. `quantization`: a config of transformers, for a
    model that goes on the current GPU. Raises `ModelError` for a model that is not there and `ConfigError` for a device
    that is not."""
    try:
        import torch
        from transformers import AutoModelForCausalLM
    except ImportError as error:
        raise MissingExtraError("torch and transformers", "train") from error
    target = find_device(device)
    with _clear_errors(source, "model"), _quiet():
        placed: dict[str, Any] = {}
        if quantization is not None:
            placed = {"quantization_config": quantization, "device_map": {"": torch.cuda.current_device()}}
        model = AutoModelForCausalLM.from_pretrained(
            source.path, dtype=_dtype(dtype), use_safetensors=True, **placed, **_loading(source)
        )
    if quantization is not None:
        return model
    if dtype == "auto" and target == "cpu" and model.dtype in (torch.bfloat16, torch.float16):
        model = model.float()  # half precision on a CPU is slow, and sampling in it is noisy
    if source.adapter:
        model = _with_adapter(model, source)
    return model.to(target).eval()


def _loading(source: ModelSource) -> dict[str, Any]:
    """No code that comes with a model is run. Where the Hub cannot be reached, what was downloaded before is used at
    once: transformers would try for most of a minute first."""
    local = source.kind != "hub" or is_offline()
    if not local:
        try:
            require_network()
        except ConnectionError:
            local = True
    return {"trust_remote_code": False, "local_files_only": local}


def _with_adapter(model: Any, source: ModelSource) -> Any:
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingExtraError("peft", "train") from error
    if not (Path(str(source.adapter)) / "adapter_model.safetensors").is_file():  # PEFT would read a pickle instead
        raise ModelError(f"{source.adapter} has no adapter_model.safetensors; other formats are not read.")
    rows = len(load_tokenizer(source))
    if rows > model.get_input_embeddings().num_embeddings:  # tokens were added for this run
        with _quiet():
            model.resize_token_embeddings(rows, mean_resizing=False)
    with _clear_errors(source, "adapter"), _quiet():
        return PeftModel.from_pretrained(model, source.adapter, is_trainable=False)


def _base_folder() -> Path:
    override = os.environ.get(BASE_VARIABLE)
    if override:
        if not (Path(override) / "config.json").is_file():
            raise ModelError(f"{BASE_VARIABLE}={override} is not a model folder: it has no config.json.")
        return Path(override)
    spec = find_spec(BASE_PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(location) / "config.json").is_file():
            return Path(location)
    raise ModelError(
        "the embedded model is not installed.",
        hint="Type: pip install 'calltune[train]'   (or set CALLTUNE_BASE to a model folder)",
    )


def _run(name: str, folder: Path) -> ModelSource:
    """A run folder: run.yaml names the base model; an adapter from elsewhere names it in adapter_config.json."""
    import yaml

    adapter_file = folder / "adapter_config.json"
    try:
        adapter_config = json.loads(adapter_file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{adapter_file} is not JSON: {error}") from error
    base = adapter_config.get("base_model_name_or_path") if isinstance(adapter_config, dict) else None
    run_file = folder / "run.yaml"
    if run_file.is_file():
        try:
            run = yaml.safe_load(run_file.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ModelError(f"{run_file} is not YAML: {error}") from error
        base = run.get("model", base) if isinstance(run, dict) else base
    if not base:
        raise ModelError(f"{name} has an adapter, but neither run.yaml nor adapter_config.json names its base model.")
    under = resolve_model(_moved(folder, str(base)))
    _check_weights(folder, under)
    return ModelSource(name=name, kind="run", path=under.path, adapter=str(folder))


def _moved(run: Path, base: str) -> str:
    """A base model named by a path that was relative to another folder: where it lay then."""
    if base == "base" or Path(base).expanduser().exists():
        return base
    try:
        trained_on = json.loads((run / "resolved.json").read_text(encoding="utf-8"))["model"]
        return str(trained_on["path"]) if trained_on["kind"] == "local" else base
    except (OSError, ValueError, KeyError, TypeError):
        return base  # an adapter from elsewhere


def weights_fingerprint(source: ModelSource) -> str | None:
    """A model folder told from another version of it: sizes and first megabytes of its weights, SHA-256. None for a
    model on the Hub."""
    if source.kind == "hub":
        return None
    digest = hashlib.sha256()
    for path in sorted(Path(source.path).glob("*.safetensors")):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
    return f"sha256:{digest.hexdigest()}"


def _check_weights(run: Path, under: ModelSource) -> None:
    """An adapter on other weights than it was trained on gives nonsense without an error: refused."""
    try:
        resolved = json.loads((run / "resolved.json").read_text(encoding="utf-8"))
        trained_on = resolved["model"].get("weights")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # an adapter from elsewhere
    if trained_on is not None and trained_on != weights_fingerprint(under):
        raise ModelError(
            f"{run} was trained on other weights of {under.name} than the ones in {under.path}.",
            hint="Train again on this version, or install the version of the model that it was trained on.",
        )


def find_device(device: str) -> str:
    """Where to compute; "auto" is a GPU where there is one. `ConfigError` for a kind that is not on this machine."""
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    here = [kind for kind, found in present.items() if found]
    if device == "auto":
        return here[0]
    if device.partition(":")[0] not in here:
        raise ConfigError(f"--device {device}: there is none on this machine.", hint=f"Here: {', '.join(here)}.")
    return device


def _dtype(dtype: str) -> Any:
    import torch

    if dtype == "auto":
        return "auto"
    found = getattr(torch, dtype, None)
    if not isinstance(found, torch.dtype):
        raise ModelError(f"there is no dtype {dtype!r}.", hint="Use auto, float32, bfloat16 or float16.")
    return found


@contextmanager
def _clear_errors(source: ModelSource, what: str) -> Iterator[None]:
    """transformers' long texts become one sentence and what to type."""
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError) as error:
        first = str(error).strip().split("\n")[0]
        if source.kind != "hub":
            raise ModelError(f"the {what} in {source.adapter or source.path} cannot be loaded: {first}") from error
        raise ModelError(
            f"the {what} of {source.path!r} cannot be loaded: {first}",
            hint="Check the name (owner/model as on huggingface.co); for a private or gated model set HF_TOKEN; "
            + ("unset HF_HUB_OFFLINE to download it; " if is_offline() else "check the network; ")
            + "or use the model that ships with calltune: --model base",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries' own progress bars and warnings (about each other's future versions) off while a model loads."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
