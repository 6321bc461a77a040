"""Known words as if they were not known: pieces of words are taken apart, in a whole toolset alike.

In: rows of token ids, a tokenizer. Out: the same text in more tokens. A word of the training lists is one or two
tokens, one that was never seen is four or five, and a model that met few of those matches and copies them badly. This
is BPE-dropout (Provilkov et al. 2020, arXiv:1910.13267) with one draw a word and toolset, because here a word in a call
has the tokens it has in the prompt."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from calltune.base.rewording import KEPT, Row

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

AGAIN = 0.4
"""How often a part of a piece that was taken apart is taken apart, too."""


class Splitting:
    """The pieces of a vocabulary that consist of letters, and the two pieces each was merged from."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        vocabulary = tokenizer.get_vocab()
        kept = {token for form in (" ".join(KEPT), " ".join(KEPT).title()) for token in tokenizer(form).input_ids}
        self.halves: dict[int, tuple[int, int]] = {}
        self.word_of: dict[int, str] = {}
        """The piece in small letters: "Plant" is taken apart where "plant" is."""
        for first, second in json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]:
            piece = first + second
            number = vocabulary[piece]
            if piece.isascii() and piece.isalpha() and number not in kept:
                self.halves.setdefault(number, (vocabulary[first], vocabulary[second]))
                self.word_of[number] = piece.lower()

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> list[Row]:
        """`rows` of one toolset, with 10 to 80 % of the pieces that can be taken apart taken apart. A part has the
        weight of the whole."""
        share, seed = rng.uniform(0.1, 0.8), rng.random()
        parts = {
            token: self._parts(token, share, seed)
            for token in {token for ids, _ in rows for token in ids if token in self.halves}
        }
        apart = []
        for ids, weights in rows:
            pieces = [parts.get(token, (token,)) for token in ids]
            apart.append(
                (
                    [part for piece in pieces for part in piece],
                    [weight for piece, weight in zip(pieces, weights, strict=True) for _ in piece],
                )
            )
        return apart

    def _parts(self, token: int, share: float, seed: float) -> tuple[int, ...]:
        word = self.word_of.get(token)
        if word is None or random.Random(f"{seed}/{word}").random() >= share:
            return (token,)
        first, second = self.halves[token]
        return (*self._parts(first, AGAIN, seed), *self._parts(second, AGAIN, seed))
