"""What is trained: LoRA matrices on the linear layers and, where the template needed new tokens, their rows of the
embedding.

In: a loaded model, the config, the ids of added tokens. Out: a PEFT config, a model large enough for the tokenizer, and
the machine's dtype and device. It does not train and does not save.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from calltune.errors import ConfigError, ModelError
from calltune.render.source import find_device
from calltune.train.config import TrainConfig
from calltune.train.processes import ALONE, Processes

if TYPE_CHECKING:
    import torch

MEANINGS = {
    "<tools>": "list of tools",
    "</tools>": "end of the list of tools",
    "<tool_call>": "call a function",
    "</tool_call>": "end of the function call",
    "<tool_response>": "result of the function",
    "</tool_response>": "end of the result of the function",
    "<think>": "think",
    "</think>": "end of thinking",
    "<|im_start|>": "start of a message",
    "<|im_end|>": "end of a message",
}
"""What an added token means, in words the model knows: its first embedding is their mean."""


def resolve_device(config: TrainConfig, processes: Processes = ALONE) -> str:
    """ "cpu", "cuda" or "mps"; raises `ConfigError` for one that is not here, or not for every process."""
    import torch

    device = find_device(config.device)
    gpus = torch.cuda.device_count() if device == "cuda" else 0
    if gpus > 1 and processes.count == 1:
        raise ConfigError(
            f"{gpus} GPUs are visible; a process uses one.",
            hint="To use one, put CUDA_VISIBLE_DEVICES=0 in front of the command; to use all, type: "
            f"torchrun --nproc-per-node {gpus} -m calltune train ...",
        )
    if device == "cuda" and processes.here > gpus:
        raise ConfigError(
            f"{processes.here} processes on this machine, {gpus} GPUs: each process needs one.",
            hint=f"Type: torchrun --nproc-per-node {gpus} -m calltune train ...",
        )
    if device == "mps" and processes.count > 1:
        raise ConfigError("several processes cannot share an Apple GPU.", hint="Start it without a launcher.")
    if config.quantize == "nf4":
        if device != "cuda":
            raise ConfigError(
                f"--quantize nf4 needs an NVIDIA GPU; the device here is {device}.",
                hint="Leave --quantize out. To save memory: --gradient-checkpointing or a higher --micro-batches.",
            )
        if importlib.util.find_spec("bitsandbytes") is None:
            raise ConfigError(
                "--quantize nf4 needs bitsandbytes, which is not installed.", hint="Type: pip install bitsandbytes"
            )
    return device


def resolve_dtype(config: TrainConfig, device: str) -> str:
    """ "float32" or "bfloat16"."""
    import torch

    if config.dtype != "auto":
        return config.dtype
    if device == "cpu":
        computes = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)  # private: there is no public name
        return "bfloat16" if computes() else "float32"
    return "bfloat16" if device == "cuda" and torch.cuda.is_bf16_supported() else "float32"


def lora_config(config: TrainConfig, model: Any, new_tokens: Sequence[int]) -> Any:
    """The PEFT config. The rows of `new_tokens` are trained too, in the head as well where it is not tied."""
    from peft import LoraConfig

    _check_targets(config.targets, model)
    token_rows: list[int] | dict[str, list[int]] | None = None
    if new_tokens:
        token_rows = list(new_tokens)
        if not _is_tied(model):
            names = {id(module): name.rpartition(".")[2] for name, module in model.named_modules()}
            heads = (model.get_input_embeddings(), model.get_output_embeddings())
            token_rows = {names[id(module)]: list(new_tokens) for module in heads}
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=config.rank,
        lora_alpha=config.alpha if config.alpha is not None else 2 * config.rank,
        lora_dropout=config.dropout,
        target_modules=config.targets[0] if config.targets == ("all-linear",) else list(config.targets),
        use_rslora=config.rslora,
        use_dora=config.dora,
        trainable_token_indices=token_rows,
    )


def grow_embeddings(model: Any, tokenizer: Any, new_tokens: Mapping[str, int]) -> None:
    """Give every added token a row that starts at the mean of the words that say what it means. Never shrinks a matrix:
    many models have more rows than tokens, and these are trained."""
    import torch

    if not new_tokens:
        return
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    added = set(new_tokens.values())
    matrices = [model.get_input_embeddings().weight]
    if not _is_tied(model):
        matrices.append(model.get_output_embeddings().weight)
    with torch.no_grad():
        for token, index in new_tokens.items():
            meaning = MEANINGS.get(token) or " ".join(re.findall(r"\w+", token)) or "token"
            words = [i for i in tokenizer(meaning, add_special_tokens=False)["input_ids"] if i not in added]
            for matrix in matrices:
                known = matrix[words] if words else matrix[: min(rows, matrix.shape[0])]
                matrix[index] = known.float().mean(0).to(matrix.dtype)


def answer_for_bias(model: Any) -> None:
    """Let the head of a model with trained token rows say what its bias is.

    TRL reads `lm_head.bias`; PEFT's wrapper around a head with trained rows answers for `weight` alone (TRL 1.16, PEFT
    0.21). Where it answers by itself, nothing is changed.
    """
    head = model.get_output_embeddings()
    if head is None or hasattr(head, "bias"):
        return
    base: Any = getattr(head, "original_module", None)
    if not hasattr(base, "bias"):
        raise ModelError(
            f"the head of this model ({type(head).__name__}) has trained token rows in an unknown form.",
            hint="Install the versions it was tested with: pip install 'peft<0.22' 'trl<1.17'",
        )
    head.__dict__["bias"] = base.bias  # past nn.Module's registration: the parameter already belongs to the base layer


def quantization(config: TrainConfig) -> Any:
    """What `from_pretrained` needs for QLoRA, or None."""
    if config.quantize == "none":
        return None
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def trainable_bytes(model: torch.nn.Module) -> int:
    """Bytes of the weights that learn."""
    return sum(p.numel() * p.element_size() for p in model.parameters() if p.requires_grad)


def _is_tied(model: Any) -> bool:
    head = model.get_output_embeddings()
    return head is not None and head.weight is model.get_input_embeddings().weight


def _check_targets(targets: tuple[str, ...], model: Any) -> None:
    import torch

    if targets == ("all-linear",):
        return
    linear = {name.rpartition(".")[2] for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    head = model.get_output_embeddings()
    linear -= {name.rpartition(".")[2] for name, module in model.named_modules() if module is head}
    unknown = [target for target in targets if target.rpartition(".")[2] not in linear]
    if unknown:
        raise ConfigError(
            f"--targets: this model has no linear layer called {', '.join(unknown)}.",
            hint=f"It has: {', '.join(sorted(linear))}; or all-linear.",
        )
