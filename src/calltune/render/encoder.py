"""Text -> token ids with the place of each token; ids -> text in which only real special tokens look like markers.

In: a transformers tokenizer. Nothing is added (no BOS, no prefix space inside a text), truncated or padded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from calltune.errors import TemplateError
from calltune.render.markers import Markers, free_noncharacter, mapped

LONG = 1000
"""Characters of a stretch whose token places are remembered too: schemas stand at the same place in row after row."""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Token ids and where each starts in the text given."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]


class Encoder:
    """Encodes pieces of a rendered chat apart from each other, so that a cut stays a cut."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._backend: Any = getattr(tokenizer, "backend_tokenizer", None)
        if self._backend is None:
            raise TemplateError(
                f"{type(tokenizer).__name__} is not a fast tokenizer, which calltune needs.",
                hint="Use a model folder that has a tokenizer.json.",
            )
        self.added: dict[int, str] = {i: token.content for i, token in tokenizer.added_tokens_decoder.items()}
        self.markers = Markers(self.added.values())
        self._segment = lru_cache(maxsize=1024)(self._encode_whole)
        self._placed = lru_cache(maxsize=128)(self._encode_at)
        self._split = _segments(tokenizer, self._backend)
        self._newline = self._encode("\n").ids
        # SentencePiece puts a space in front of a text; in the middle of a chat that space would be wrong.
        self._adds_space = self._encode("\na").ids[len(self._newline) :] != self._encode("a").ids

    def encode(self, text: str, *, cut: str = "", inside: bool = False) -> Encoded:
        """Ids of `text`, cut at every `cut`. `inside`: it continues a text, so no prefix space belongs to it."""
        if not cut:
            return self._encode_inside(text) if inside else self._encode(text)
        ids: list[int] = []
        starts: list[int] = []
        offset = 0
        for piece in text.split(cut):
            if piece:
                encoded = self._encode_inside(piece) if inside or ids else self._encode(piece)
                ids.extend(encoded.ids)
                starts.extend(_moved(encoded.starts, offset))
            offset += len(piece) + 1
        return Encoded(ids=tuple(ids), starts=tuple(starts))

    def ids(self, text: str, *, cut: str = "", inside: bool = False) -> list[int]:
        """The ids only; faster."""
        if self._adds_space or self._split is None:
            return list(self.encode(text, cut=cut, inside=inside).ids)
        found: list[int] = []
        for piece in text.split(cut) if cut else [text]:
            for stretch in self._split.split(piece):
                if stretch:
                    found.extend(self._segment(stretch).ids)
        return found

    def decode(self, ids: Sequence[int]) -> tuple[str, str]:
        """The text of `ids` with every typed marker cut, and the noncharacter that cuts ("" where there is none)."""
        runs: list[tuple[bool, str]] = []
        typed: list[int] = []
        for token in [*ids, None]:
            if token is not None and token not in self.added:
                typed.append(token)
                continue
            if typed:
                runs.append((False, self._decode(typed)))
                typed = []
            if token is not None:
                runs.append((True, self.added[token]))
        if not any(self.markers.found_in(text) for special, text in runs if not special):
            return "".join(text for _, text in runs), ""
        cut = free_noncharacter(text for _, text in runs)
        return "".join(text if special else self.markers.protect_text(text, cut) for special, text in runs), cut

    def _encode(self, text: str) -> Encoded:
        """`text` by its stretches between special tokens: tools and earlier turns come back in prompt after prompt."""
        if self._split is None:
            return self._segment(text)
        ids: list[int] = []
        starts: list[int] = []
        offset = 0
        for stretch in self._split.split(text):
            if stretch:
                encoded = (self._placed if len(stretch) >= LONG else self._encode_at)(stretch, offset)
                ids.extend(encoded.ids)
                starts.extend(encoded.starts)
            offset += len(stretch)
        return Encoded(ids=tuple(ids), starts=tuple(starts))

    def _encode_at(self, stretch: str, offset: int) -> Encoded:
        encoded = self._segment(stretch)
        return Encoded(ids=encoded.ids, starts=tuple(_moved(encoded.starts, offset)))

    def _encode_whole(self, text: str) -> Encoded:
        backend = self._backend
        # Another user of the tokenizer may have switched these on; the state is shared.
        if backend.truncation is not None:
            backend.no_truncation()
        if backend.padding is not None:
            backend.no_padding()
        encoding = backend.encode(text, add_special_tokens=False)
        return Encoded(ids=tuple(encoding.ids), starts=tuple(start for start, _ in encoding.offsets))

    def _encode_inside(self, text: str) -> Encoded:
        if not self._adds_space:
            return self._encode(text)
        encoded = self._encode("\n" + text)
        count = len(self._newline)
        if encoded.ids[:count] != self._newline:  # the newline joined the text: the prefix space is the lesser evil
            return self._encode(text)
        return Encoded(ids=encoded.ids[count:], starts=tuple(start - 1 for start in encoded.starts[count:]))

    def _decode(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))


def _moved(starts: Sequence[int], offset: int) -> Sequence[int]:
    return [offset + start for start in starts] if offset else starts


def _segments(tokenizer: Any, backend: Any) -> re.Pattern[str] | None:
    """What to split a text at so that its stretches tokenise apart as they do together; None where they may not."""
    added = list(tokenizer.added_tokens_decoder.values())
    simple = not any(token.lstrip or token.rstrip or token.single_word for token in added)
    exact = backend.normalizer is None or not any(token.normalized for token in added)
    if not (added and simple and exact):
        return None
    texts = sorted((token.content for token in added), key=len, reverse=True)
    pattern = re.compile("(" + "|".join(map(re.escape, texts)) + ")")
    probe = f"a{texts[-1]} b\n{texts[0]}{texts[-1]}\n\n c  {texts[0]}"
    whole, *stretches = (
        backend.encode(text, add_special_tokens=False).ids for text in [probe, *filter(None, pattern.split(probe))]
    )
    return pattern if whole == [token for stretch in stretches for token in stretch] else None


def restored(value: Any, cut: str) -> Any:
    """JSON-like data without the noncharacter."""
    return mapped(value, lambda text: text.replace(cut, "")) if cut else value
