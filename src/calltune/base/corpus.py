"""Training sequences for the embedded model: `sequence(i)` is a pure function of the recipe's seed and `i`.

In: invented scenes, and real conversation files where a folder is given. Out: arrays of `nodes` token-trie nodes,
several packs one after the other, each pack one toolset with many conversations over it (they share the toolset's
tokens). Because sequence i depends on nothing before it, training resumes anywhere and any number of workers give the
same data."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.base.drills import drill
from calltune.base.invent import Scene, invent
from calltune.base.rewording import Rewording, Row
from calltune.base.speech import read_speech
from calltune.base.spoken import Spoken
from calltune.data import check_row, read_rows
from calltune.train.packing import Pack, build_pack, common_prefix

if TYPE_CHECKING:
    import numpy as np

    from calltune.render.renderer import Renderer

REAL_FILES = {
    "sgd_train.jsonl.gz": 0.04,
    "taskmaster4_coffee.jsonl.gz": 0.03,
    "seal_tools.jsonl.gz": 0.04,
    "toolalpaca_eval.jsonl": 0.01,
    "api_bank.jsonl": 0.01,
    "glaive_demo_en.jsonl": 0.01,
}
"""Share of the scenes drawn from each file. Never here: SNIPS and BFCL, which measure the model."""

SPOKEN_SHARE = 0.32
"""Share of the scenes made of real speech, where its files are present, see `spoken`."""

HELD_OUT_SERVICES = frozenset({"Movies_1", "Buses_2", "Homes_1", "Calendar_1", "RentalCars_2"})
"""Schema-guided dialogues that touch one of these services are kept out of training, to measure unseen services."""

PROMPT_WEIGHT = 0.02
"""Loss weight of tokens the model need not write. A plain language-model loss (1.0) learned no copying in 17
minutes."""

TEXT_WEIGHT = 0.2
"""Loss weight of answers in words: the small talk of the real dialogues would be most of what is learned."""

NAME_WEIGHT = 2.0
"""Loss weight of a called tool's name: it is the decision, and one token in ten."""

VALUE_WEIGHT = 2.5
"""Loss weight of a value's first token: where the value begins is the decision, the rest is copying."""

BRIEF_SHARE = 0.2
"""Share of the packs whose conversations end with the first tool name: more decisions to learn from."""

DRILL_SHARE = 0.15
"""Share of the scenes that are drills of looking up and copying, see `drills`."""

REWORDED_SHARE = 0.4
"""Share of the packs in which words are exchanged, see `rewording`. This share and the two before it grow from nothing
while toolsets grow: the one model that learned to copy from nothing began without them."""

CONVERSATIONS = 16
"""Most whole conversations over one toolset, so that a sequence holds more than one toolset."""

CALLED = re.compile(r'<tool_call>\{"name": "([^"]+)"')

PROMPT_SHARE = 8
"""One prompt token in so many is learned, with as many times the weight: logits cost a quarter of a step otherwise."""


@dataclass(frozen=True, kw_only=True)
class CorpusConfig:
    """Where sequences come from and how long they are."""

    seed: int = 0
    """Seed of everything."""
    nodes: int = 1024
    """Token-trie nodes a sequence."""
    real: Path | None = None
    """Folder with the real conversation files; without it only invented scenes are used."""
    ramp: int = 2000
    """Sequences until the hardest invented toolsets are drawn, and drills, exchanged words and brief conversations come
    at their full share; easier toolsets are always among them."""
    max_row: int = 4096
    """Longer conversations are left out."""


class Corpus:
    """Sequences by index. Holds the tokenizer and the rows of the real files."""

    def __init__(self, config: CorpusConfig, renderer: Renderer) -> None:
        self.config = config
        self.renderer = renderer
        self.real = {
            name: (share, scenes)
            for name, share in REAL_FILES.items()
            if config.real is not None and (scenes := real_scenes(config.real / name))
        }
        self.spoken = Spoken(read_speech(config.real)) if config.real is not None else None
        self.reworded = Rewording(renderer.tokenizer)
        self.openers = {
            number
            for piece, number in renderer.tokenizer.get_vocab().items()
            if renderer.tokenizer.convert_tokens_to_string([piece]).endswith(('": "', '": '))
        }
        """Tokens after which a value begins."""

    def scene(self, rng: random.Random, difficulty: float, progress: float) -> Scene:
        """One toolset with conversations: a drill, or from a real file by its share, else invented."""
        if rng.random() < DRILL_SHARE * progress:
            return drill(rng, difficulty)
        draw = rng.random()
        for share, scenes in self.real.values():
            if draw < share:
                scene = rng.choice(scenes)
                conversations = rng.sample(scene.conversations, min(len(scene.conversations), 12))
                return Scene(tools=scene.tools, conversations=tuple(conversations))
            draw -= share
        if self.spoken and draw < SPOKEN_SHARE:
            return self.spoken.scene(rng)
        return invent(rng, split="train", difficulty=difficulty)

    def sequence(self, index: int) -> dict[str, np.ndarray[Any, Any]]:
        """Sequence `index`: int32 arrays `ids`, `position_ids`, `parent`, `subtree_end` and float32 `weights`, each
        (nodes,)."""
        rng = random.Random(f"{self.config.seed}/{self.config.nodes}/{index}")
        progress = min(1.0, index / self.config.ramp) if self.config.ramp else 1.0
        difficulty = min(1.0, 0.2 + progress)
        packs: list[Pack] = []
        room = self.config.nodes
        misses = 0
        while room > 256 and misses < 4:
            # small and plain toolsets more often
            scene = self.scene(rng, 0.15 + (difficulty - 0.15) * rng.random() ** 2, progress)
            pack = self._pack(scene, room, rng, progress)
            if pack is None:
                misses += 1
                continue
            packs.append(pack)
            room -= len(pack)
        return join(packs, self.config.nodes)

    def value_weights(self, ids: Sequence[int], weights: Sequence[float]) -> list[float]:
        """The weights of a row, `VALUE_WEIGHT` at the first token of every value of a call."""
        return [
            VALUE_WEIGHT if weight == 1.0 and before in self.openers else weight
            for before, weight in zip([None, *ids], weights, strict=False)
        ]

    def _pack(self, scene: Scene, room: int, rng: random.Random, progress: float) -> Pack | None:
        """As many conversations of the scene as fit into `room` nodes; None when not one does."""
        brief = rng.random() < BRIEF_SHARE * progress
        rows = scene_rows(scene, self.renderer, text_weight=TEXT_WEIGHT, name_weight=NAME_WEIGHT, brief=brief)
        if rng.random() < REWORDED_SHARE * progress:
            rows = self.reworded(rows, rng)
        rows = [(ids, self.value_weights(ids, weights)) for ids, weights in rows]
        rng.shuffle(rows)
        most = len(rows) if brief else CONVERSATIONS
        taken: list[Row] = []
        size = 0
        for row in rows:
            own = len(row[0]) - (common_prefix(taken[0][0], row[0]) if taken else 0)
            if len(taken) < most and len(row[0]) <= self.config.max_row and size + own <= room:
                taken.append(row)
                size += own
        return build_pack(taken) if taken else None


def join(packs: Sequence[Pack], nodes: int) -> dict[str, np.ndarray[Any, Any]]:
    """Packs one after the other, filled up to `nodes` with tokens that attend to themselves and are not learned."""
    import numpy as np

    ids = np.zeros(nodes, np.int32)
    position_ids = np.zeros(nodes, np.int32)
    parent = np.full(nodes, -1, np.int32)
    subtree_end = np.arange(1, nodes + 1, dtype=np.int32)
    weights = np.zeros(nodes, np.float32)
    start = 0
    for pack in packs:
        stop = start + len(pack)
        ids[start:stop] = pack.ids
        position_ids[start:stop] = pack.position_ids
        parent[start:stop] = np.where(pack.parent < 0, -1, pack.parent + start)
        subtree_end[start:stop] = pack.subtree_end + start
        prompt = np.where((np.arange(start, stop) * 2654435761 >> 7) % PROMPT_SHARE, 0, PROMPT_WEIGHT * PROMPT_SHARE)
        weights[start:stop] = np.where(pack.parent < 0, 0, np.maximum(pack.weights, prompt))
        start = stop
    return {
        "ids": ids,
        "position_ids": position_ids,
        "parent": parent,
        "subtree_end": subtree_end,
        "weights": weights,
    }


def scene_rows(
    scene: Scene, renderer: Renderer, *, text_weight: float = 1.0, name_weight: float = 1.0, brief: bool = False
) -> list[Row]:
    """Every conversation as ids and weights, as `Renderer.render` gives them (a test holds the two together) but 30x
    faster: the toolset is rendered once, and with this tokenizer pieces of text tokenise apart as they do
    together. `brief`: up to the name of the first tool called."""
    prefix = system_ids(renderer, "", scene.tools)
    texts: list[str] = []
    layout: list[list[tuple[int, float]]] = []
    for messages in scene.conversations:
        pieces = conversation_pieces(messages, text_weight=text_weight, name_weight=name_weight)
        if brief:
            pieces = pieces[: next((i for i, (_, weight) in enumerate(pieces, 1) if weight == name_weight), None)]
        layout.append([(len(texts) + i, weight) for i, (_, weight) in enumerate(pieces)])
        texts.extend(text for text, _ in pieces)
    encoded = renderer.tokenizer._tokenizer.encode_batch(texts, add_special_tokens=False)
    rows: list[Row] = []
    for messages, pieces_at in zip(scene.conversations, layout, strict=True):
        system = messages[0]["role"] == "system"
        start = system_ids(renderer, messages[0]["content"], scene.tools) if system else prefix
        ids, weights = list(start), [0.0] * len(start)
        for position, weight in pieces_at:
            piece = encoded[position].ids
            ids.extend(piece)
            weights.extend([weight] * len(piece))
        rows.append((ids, weights))
    return rows


def system_ids(renderer: Renderer, system: str, tools: Sequence[dict[str, Any]]) -> list[int]:
    """Tokens of the system turn that shows the tools: what every prompt over them begins with."""
    messages = [{"role": "system", "content": system}] if system else []
    text, cut = renderer.chat.prompt([*messages, {"role": "user", "content": ""}], list(tools))
    return renderer.encoder.ids(text[: text.rindex("<|im_start|>user")], cut=cut)


def conversation_pieces(
    messages: Sequence[dict[str, Any]], *, text_weight: float = 1.0, name_weight: float = 1.0
) -> list[tuple[str, float]]:
    """The text after the system turn, cut where learning starts and stops, with each piece's weight."""
    pieces: list[tuple[str, float]] = []
    user: list[str] = []  # open user turn: tool results and what the user says
    for message in messages:
        if message["role"] == "tool":
            user.append(f"<tool_response>{message['content']}</tool_response>")
        elif message["role"] == "user":
            user.append(message["content"])
        elif message["role"] == "assistant":
            opening = f"<|im_start|>user\n{chr(10).join(user)}<|im_end|>\n" if user else ""
            pieces.append((("\n" if pieces else "") + opening + "<|im_start|>assistant\n", 0.0))
            weight = 1.0 if message.get("tool_calls") else text_weight
            weight = 0.0 if message.get("train") is False else weight
            text, start = assistant_text(message) + "<|im_end|>", 0
            for name in CALLED.finditer(text) if name_weight != 1.0 else ():
                pieces += [(text[start : name.start(1)], weight), (name[1], weight * name_weight)]
                start = name.end(1)
            pieces.append((text[start:], weight))
            user = []
    return pieces


def assistant_text(message: dict[str, Any]) -> str:
    """What the model writes for one assistant message in the calltune format."""
    calls = "\n".join(
        "<tool_call>"
        + json.dumps({"name": call["function"]["name"], "arguments": call["function"]["arguments"]}, ensure_ascii=False)
        + "</tool_call>"
        for call in message.get("tool_calls") or ()
    )
    text = message.get("content") or ""
    return f"{text}\n{calls}" if text and calls else text or calls


@lru_cache(maxsize=32)
def real_scenes(path: Path, *, held_out: bool = False) -> tuple[Scene, ...]:
    """Rows of a real file that keep their contract, grouped by toolset. Empty where the file is absent."""
    if not path.exists():
        return ()
    groups: dict[str, list[tuple[dict[str, Any], ...]]] = defaultdict(list)
    tools: dict[str, tuple[dict[str, Any], ...]] = {}
    for row in read_rows(str(path)):
        conversation = row.conversation
        if conversation is None or check_row(row):
            continue
        services = set((row.data or {}).get("services") or ())
        if bool(services & HELD_OUT_SERVICES) is not held_out:
            continue
        key = json.dumps(conversation.tools)
        tools[key] = tuple(
            {"type": "function", "function": {k: v for k, v in tool["function"].items() if k != "returns"}}
            for tool in conversation.tools
        )
        groups[key].append(tuple(conversation.messages))
    return tuple(Scene(tools=tools[key], conversations=tuple(rows)) for key, rows in groups.items())


def tokenizer_texts(seed: int, scenes: int, real: Path | None) -> Iterator[str]:
    """Text to train the tokenizer on: invented scenes and, where present, the real files."""
    for index in range(scenes):
        yield from _texts(invent(random.Random(f"tokenizer/{seed}/{index}"), split="train"))
    if real is not None:
        for name in REAL_FILES:
            for scene in real_scenes(real / name):
                yield from _texts(Scene(tools=scene.tools, conversations=scene.conversations[:200]))


def _texts(scene: Scene) -> Iterator[str]:
    yield json.dumps(scene.tools, ensure_ascii=False)
    for messages in scene.conversations:
        for text, _ in conversation_pieces(messages):
            yield text.replace("<|im_start|>", "").replace("<|im_end|>", "")
