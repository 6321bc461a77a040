"""Endless words out of a finite list: the words that a scene's calls are made of are exchanged for others, the same
everywhere, so that only looking at the prompt tells which.

In: rows of token ids, a tokenizer. Out: the same rows with other words. A model trained without this learns the words
of the generator's lists instead of how to copy: with it on, the loss of a model that had stopped getting better more
than doubled at first.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Row = tuple[list[int], list[float]]

_KEPT = """
string integer number boolean array object true false null am pm
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
one two three four five six seven eight nine ten
the an and or of to in on at for with by from is are be do does did was were have has had can could will would
my our your you it its this that me we please no not as if so same all new which what how here when
system user assistant call function functions tool tools argument arguments required missing must follow
signature helps fits say ask
"""
KEPT = frozenset(_KEPT.split())
"""Words that a value is derived from (months, numbers), and those that hold sentences and the prompt together."""


class Rewording:
    """The words of a vocabulary that may stand for each other: pieces of letters, with and without a capital."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        vocabulary = tokenizer.get_vocab()
        kept = {token for form in (" ".join(KEPT), " ".join(KEPT).title()) for token in tokenizer(form).input_ids}
        pieces = {
            piece: number
            for piece, number in vocabulary.items()
            if len(piece) > 1 and piece.isascii() and piece.isalpha() and piece[1:].islower() and number not in kept
        }
        self.forms: dict[str, tuple[int, ...]] = {}
        """The tokens of a word: (lower case, capitalised), or the only one there is."""
        for piece in sorted(pieces):
            word = piece.lower()
            self.forms[word] = tuple(pieces[form] for form in (word, word.capitalize()) if form in pieces)
        self.word_of = {number: word for word, forms in self.forms.items() for number in forms}
        self.alike = {count: [word for word, forms in self.forms.items() if len(forms) == count] for count in (1, 2)}
        self.size = max(vocabulary.values()) + 1

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> list[Row]:
        """`rows` of one toolset, with 30 to 100 % of the words exchanged that calls contain and prompts show."""
        called, shown = set[int](), set[int]()
        for ids, weights in rows:
            for token, weight in zip(ids, weights, strict=True):
                (called if weight >= 0.5 else shown).add(token)
        share = rng.uniform(0.3, 1.0)
        words = sorted({self.word_of[token] for token in called & shown if token in self.word_of})
        chosen = [word for word in words if rng.random() < share]
        table = np.arange(self.size)
        for count, others in self.alike.items():
            old = [word for word in chosen if len(self.forms[word]) == count]
            for word, other in zip(old, rng.sample(others, min(len(old), len(others))), strict=False):
                table[list(self.forms[word])] = self.forms[other]
        return [(table[ids].tolist(), weights) for ids, weights in rows]
