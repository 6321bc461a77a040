"""The setting of a run: machine, tokenizer, renderer, and the model when it is needed.

In: the config and the contract. Out: a `Setting` before any row is rendered, later the loaded model. Everything that
"auto" stands for is decided here, except the packing, which depends on the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calltune.errors import ConfigError
from calltune.train.config import TrainConfig
from calltune.train.processes import Processes

if TYPE_CHECKING:
    from calltune.contract import Toolset


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the steps of a run share: the machine, the tokenizer, the renderer."""

    device: str
    dtype: str
    source: Any
    """`render.source.ModelSource`"""
    tokenizer: Any
    renderer: Any
    limit: int
    """Longest row in tokens."""
    new_tokens: Mapping[str, int]
    """Tokens that the template added to the tokenizer."""
    processes: Processes
    """The processes that train."""


def open_setting(config: TrainConfig, contract: Toolset | None, processes: Processes) -> Setting:
    """Find the model, load its tokenizer, choose device, dtype, template and thinking."""
    from calltune.data import read_rows
    from calltune.render.renderer import load_renderer
    from calltune.render.source import context_length, resolve_model
    from calltune.train.adapter import resolve_device, resolve_dtype

    device = resolve_device(config, processes)
    source = resolve_model(config.model)
    if source.kind == "run":
        raise ConfigError(
            f"--model {config.model} is itself a run; training on top of one is not supported.",
            hint="Name the model it was tuned from, and give all the data at once.",
        )
    renderer, new_tokens = load_renderer(source, template=config.template, thinking=config.thinking)
    rows = read_rows(config.data, tools=contract)
    renderer = renderer.for_rows(row.conversation for row in rows if row.conversation is not None)
    holds = context_length(source)
    if config.max_tokens is not None and holds is not None and config.max_tokens > holds:
        raise ConfigError(f"--max-tokens {config.max_tokens:,} is more than this model can hold ({holds:,}).")
    return Setting(
        device=device,
        dtype=resolve_dtype(config, device),
        source=source,
        tokenizer=renderer.tokenizer,
        renderer=renderer,
        limit=config.max_tokens or holds or 1 << 30,
        new_tokens=new_tokens,
        processes=processes,
    )


def resolved(setting: Setting, contract: Toolset | None) -> dict[str, Any]:
    """What "auto" came to, for resolved.json."""
    from calltune.render.source import weights_fingerprint
    from calltune.render.template import is_calltune

    source, renderer = setting.source, setting.renderer
    return {
        "model": {
            "name": source.name,
            "kind": source.kind,
            "path": str(source.path),
            "weights": weights_fingerprint(source),
        },
        "template": "calltune" if is_calltune(renderer.template_text) else "native",
        "thinking": renderer.thinking,
        "format": renderer.format,
        "device": setting.device,
        "dtype": setting.dtype,
        "processes": setting.processes.count,
        "added_tokens": dict(setting.new_tokens),
        "contract": contract.fingerprint if contract is not None else None,
    }


def load_tunable(config: TrainConfig, setting: Setting) -> Any:
    """The model, large enough for the tokenizer, in 4 bits where asked."""
    from calltune.render.source import load_model
    from calltune.train.adapter import grow_embeddings, quantization

    quantized = quantization(config)
    if quantized is None:
        model = load_model(setting.source, dtype=setting.dtype, device=setting.device)
        grow_embeddings(model, setting.tokenizer, setting.new_tokens)
        return model
    if setting.new_tokens:
        names = ", ".join(setting.new_tokens)
        raise ConfigError(f"--quantize nf4 cannot learn the tokens that this template adds ({names}).")
    return load_model(setting.source, dtype=setting.dtype, quantization=quantized)
