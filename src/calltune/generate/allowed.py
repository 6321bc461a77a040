"""What a model and a machine allow: shared prefixes, tokens side by side, caches that fit. In: a loaded model. Out: yes
or no, or a number. Found out from the configuration, and by trying two short rows both ways."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

# The caches of a batch may take this share of the memory that is free when the engine is made.
MEMORY_SHARE = 0.25


def has_windows(config: Any) -> bool:
    """Whether any layer looks back only so far, in any of the spellings of configurations."""
    from transformers import DynamicCache

    spelled = any(
        getattr(config, name, None)
        for name in ("sliding_window", "window_size", "attention_chunk_size", "local_window")
    )
    kinds = str([getattr(config, name, None) for name in ("layer_types", "attention_layers", "attention_types")])
    sliding = any(getattr(layer, "is_sliding", False) for layer in DynamicCache(config=config).layers)
    return bool(spelled or sliding or "local" in kinds or "sliding" in kinds or "chunk" in kinds)


def turns_with_length(config: Any) -> bool:
    """Whether positions are encoded otherwise in a long prompt than in a short one: then nothing of one can be kept for
    another."""
    scaling = [getattr(config, name, None) for name in ("rope_scaling", "rope_parameters")]
    return any(kind in str(scaling) for kind in ("longrope", "dynamic", "'su'"))


def merged(model: Any) -> Any:
    """The adapter added to the weights it belongs to: exact to rounding in float32, and it saves half of a step."""
    import torch

    if hasattr(model, "merge_and_unload") and next(model.parameters()).dtype == torch.float32:
        return model.merge_and_unload()
    return model


def sharing_is_exact(model: Any, prompt: Sequence[int]) -> bool:
    """Try two short rows both ways: models whose attention does more than `shared_prefix` covers are found out here."""
    import torch

    from calltune.generate.decode import _Batch
    from calltune.generate.shared_prefix import compute_prefix

    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    if not getattr(base, "_supports_attention_backend", False):
        return False
    sample = list(prompt[:24])
    half = len(sample) // 2
    rows = [sample, [*sample[:half], *reversed(sample[half + 1 :])]]
    plain = _first_two(_Batch(model, rows, None))
    try:
        shared = _first_two(_Batch(model, rows, compute_prefix(model, sample[:half])))
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        return False  # keys and values of another shape
    # Rounding differs in the last places; a mask or a scale that is missing differs in the first.
    tolerance = 1e-3 if plain.dtype == torch.float32 else 5e-2
    return bool((plain - shared).abs().max() <= tolerance * plain.abs().max())


def _first_two(batch: Any) -> Any:
    import torch

    first = batch.feed(batch.rests, 1)
    return torch.stack([first, batch.feed([[1]] * len(first), 1)])


def tokens_that_fit(config: Any, model: Any, device: str) -> int:
    """How many tokens of keys and values fit into a share of the free memory."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    a_token = int(2 * config.num_hidden_layers * heads * size * next(model.parameters()).element_size())
    # Twice: a layer's cache is copied when it grows.
    return max(1024, int(_free_bytes(device) * MEMORY_SHARE) // (2 * a_token))


def _free_bytes(device: str) -> int:
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):  # not told by macOS and Windows
        return 4 << 30


def is_out_of_memory(error: RuntimeError) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
