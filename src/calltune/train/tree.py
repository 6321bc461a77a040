"""Can this model compute a prefix-sharing pack, and with which mask? In: a model and a pack's columns. Out: the
attention mask in the form the model takes, or the reason why it takes none.

A model takes a pack when its layers attend through a 4-D mask and positions are given: plain decoders do, state-space
and linear attention do not. This is found out, not looked up: a pack of a few tokens must give the logits of its rows
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from calltune.train.packing import build_pack, tree_mask
from calltune.train.tree_attention import NAME as TREE_ATTENTION
from calltune.train.tree_attention import plan_blocks, set_tree_attention

if TYPE_CHECKING:
    import torch

FLEX = "flex_attention"
"""transformers' name for attention that takes a `BlockMask`."""
TRIED_TOKENS = 12
"""Tokens of a row in the trial; more where the model has a short sliding window, so that it is exceeded."""
LONGEST_TRIAL = 128
TOLERANCE = {"float32": 1e-4, "bfloat16": 0.1, "float16": 0.02}
"""Largest difference of a token's logits in the trial (root mean square over the vocabulary), relative to their spread.
One that ignores the mask differs by about 1."""


def attention_inputs(
    config: Any, subtree_end: torch.Tensor, position_ids: torch.Tensor, dtype: torch.dtype
) -> dict[str, Any]:
    """What the model's `forward` takes to attend over a pack: blocks or a mask. Shapes of the arguments: (nodes,)."""
    if getattr(config, "_attn_implementation", "sdpa") != TREE_ATTENTION:
        return {"attention_mask": attention_mask(config, subtree_end, position_ids, dtype)}
    blocks = {window: plan_blocks(subtree_end, position_ids, window) for window in set(_windows(config).values())}
    # a mask that is there already keeps the model from making a dense one
    return {"attention_mask": _a_layer_kind(config, lambda window: subtree_end.new_ones(1, 1, 1, 1)), "tree": blocks}


def attention_mask(config: Any, subtree_end: torch.Tensor, position_ids: torch.Tensor, dtype: torch.dtype) -> Any:
    """The mask for a pack, as this model's `forward` takes it. Shapes of the arguments: (nodes,)."""
    kernel = getattr(config, "_attn_implementation", "sdpa")

    def mask(window: int | None) -> Any:
        if kernel == FLEX:
            return flex_mask(subtree_end, position_ids, window)
        return _dense_mask(subtree_end, position_ids, window, None if kernel == "sdpa" else dtype)

    return _a_layer_kind(config, mask)


def _a_layer_kind(config: Any, mask: Callable[[int | None], Any]) -> Any:
    """The masks of the windows as `forward` takes them: one, or one a kind of layer where some layers slide."""
    windows = _windows(config)
    if "sliding_attention" in (getattr(config, "layer_types", None) or ()) and config.sliding_window:
        return {kind: mask(window) for kind, window in windows.items()}
    return mask(*windows.values())


def _windows(config: Any) -> dict[str, int | None]:
    """How many tokens back the layers of each kind see; None: all of them."""
    window = getattr(config, "sliding_window", None)
    kinds = set(getattr(config, "layer_types", None) or ())
    if not window or (kinds and "sliding_attention" not in kinds):
        return {"full_attention": None}
    if not kinds:  # every layer slides
        return {"sliding_attention": window}
    return {kind: window if kind == "sliding_attention" else None for kind in sorted(kinds)}


def flex_mask(subtree_end: torch.Tensor, position_ids: torch.Tensor, window: int | None = None) -> Any:
    """The mask of a pack as a `BlockMask` of FlexAttention: blocks where nothing may be attended to are left out."""
    from torch.nn.attention.flex_attention import create_block_mask

    def sees(batch: Any, head: Any, query: Any, key: Any) -> Any:
        above = (key <= query) & (query < subtree_end[key])
        return above & (position_ids[query] - position_ids[key] < window) if window else above

    nodes = len(subtree_end)
    return create_block_mask(sees, None, None, nodes, nodes, device=subtree_end.device)


def _dense_mask(
    subtree_end: torch.Tensor, position_ids: torch.Tensor, window: int | None, dtype: torch.dtype | None
) -> torch.Tensor:
    """Boolean, or with a `dtype` what eager attention adds to the scores."""
    import torch

    mask = tree_mask(subtree_end)
    if window:
        mask = mask & (position_ids[:, None] - position_ids[None, :] < window)
    if dtype is None:
        return mask
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(~mask, torch.finfo(dtype).min)


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """No dropout and no gradients inside; afterwards the model is in the mode it was in."""
    import torch

    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


def why_not_a_tree(model: Any) -> str | None:
    """None where a pack gives this model's own logits; otherwise the reason why packs are not used."""
    config = model.config.get_text_config()
    layers = set(getattr(config, "layer_types", None) or ()) - {"full_attention", "sliding_attention"}
    if layers:
        return f"it has layers of the kind {', '.join(sorted(layers))}"
    if getattr(config, "_attn_implementation", "sdpa") not in ("sdpa", "eager", FLEX):
        return f"its attention ({config._attn_implementation}) takes no mask"
    try:
        with evaluating(model):
            difference = _largest_difference(model, config)
    except (TypeError, ValueError, RuntimeError, IndexError, KeyError, AttributeError) as error:
        return f"it does not take a 4-D attention mask ({type(error).__name__}: {str(error).splitlines()[0][:120]})"
    limit = TOLERANCE[str(next(model.parameters()).dtype).removeprefix("torch.")]
    if not difference <= limit:
        return f"with a 4-D attention mask its logits differ by {difference:.2g}: its layers do not follow the mask"
    return None


def use_sparse_attention(model: Any, device: str) -> bool:
    """Let a model for which `why_not_a_tree` is None attend without a dense mask, if that gives its own logits: through
    FlexAttention on CUDA, block by block on a CPU. Tells whether it does now; otherwise the model is as it was."""
    if device == "cuda":
        return _attends(model, lambda: model.set_attn_implementation(FLEX))
    dropout: float = getattr(model.config.get_text_config(), "attention_dropout", 0.0)
    if device != "cpu" or dropout:
        return False
    return _attends(model, lambda: set_tree_attention(model))


def _attends(model: Any, change: Callable[[], None]) -> bool:
    """Change the model's attention if it then gives the logits that it gives now."""
    import torch

    config = model.config.get_text_config()
    before = config._attn_implementation
    limit = TOLERANCE[str(next(model.parameters()).dtype).removeprefix("torch.")]
    try:
        with evaluating(model):
            ids = torch.arange(TRIED_TOKENS, device=next(model.parameters()).device)[None]
            own = model(input_ids=ids, use_cache=False).logits
            change()
            difference = _apart(model(input_ids=ids, use_cache=False).logits, own)
            exact = difference <= limit and _largest_difference(model, config) <= limit
    except (TypeError, ValueError, RuntimeError, KeyError, AttributeError):
        exact = False  # attention that cannot be exchanged, or a forward pass that does not hand `tree` on
    if not exact:
        model.set_attn_implementation(before)
    return exact


def _largest_difference(model: Any, config: Any) -> float:
    """How far the logits of a pack of three rows are from those of the rows alone."""
    import torch

    window = max((window or 0 for window in _windows(config).values()), default=0)
    length = window + 4 if TRIED_TOKENS <= window + 4 <= LONGEST_TRIAL else TRIED_TOKENS
    parameter = next(model.parameters())
    vocabulary = model.get_input_embeddings().weight.shape[0]
    stem = [(17 * i + 3) % vocabulary for i in range(length)]
    branches = [[(29 * i + 11 * branch + 5) % vocabulary for i in range(4)] for branch in range(3)]
    rows = [stem + branches[0], stem + branches[1], stem[: length // 2] + branches[2]]
    pack = build_pack([(row, [0.0] * len(row)) for row in rows])
    ids, position_ids, subtree_end = (
        torch.as_tensor(column, device=parameter.device) for column in (pack.ids, pack.position_ids, pack.subtree_end)
    )
    logits = model(
        input_ids=ids[None],
        position_ids=position_ids[None],
        **attention_inputs(config, subtree_end, position_ids, parameter.dtype),
        use_cache=False,
    ).logits[0]
    worst = 0.0
    for row in rows:
        path = _path(pack, row)
        alone = model(input_ids=torch.tensor([row], device=parameter.device), use_cache=False).logits[0]
        worst = max(worst, _apart(logits[path], alone))
    return worst


def _apart(logits: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference of a token's logits in units of their spread. Shapes: (..., tokens, vocabulary)."""
    expected = expected.float()
    difference = (logits.float() - expected).square().mean(-1).sqrt().max()
    return float(difference / expected.std().clamp(min=1e-9))


def _path(pack: Any, row: list[int]) -> list[int]:
    """The nodes of a row, from its first token to its last."""
    path: list[int] = []
    for token in row:
        parent = path[-1] if path else -1
        path.append(next(n for n in range(parent + 1, len(pack)) if pack.parent[n] == parent and pack.ids[n] == token))
    return path
