"""A grammar at work: which token may come next. In: a grammar and a vocabulary. Out: a `Constraint` a row, which takes
tokens one after the other and says which are allowed and which are forced.

Two back ends behind `load_backend`: llguidance (sound: it refuses what it cannot enforce) and xgrammar (in
`xgrammar_backend`). Compiled grammars are kept by fingerprint; starting a row copies one. Loads no torch.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal, Protocol

from calltune.contract.projection import enforced_by_llguidance
from calltune.errors import MissingExtraError, ModelError
from calltune.generate.grammar import Grammar

BackendName = Literal["auto", "llguidance", "xgrammar", "off"]
MOST_KEPT = 64
"""Compiled grammars in memory."""


class Constraint(Protocol):
    """What may come next in one row."""

    def allows(self, token: int) -> bool:
        """Whether this token may come next."""

    def allowed_part(self, tokens: Sequence[int]) -> int:
        """How many of these may come next, one after the other."""

    def mask(self) -> bytes:
        """One bit for each token of the vocabulary, least significant first: whether it may come next."""

    def take(self, tokens: Sequence[int]) -> None:
        """These came. ModelError where they may not."""

    def forced(self) -> list[int]:
        """The tokens that must come now, in the tokenisation of training, as far as the grammar determines them; []
        where there is a choice."""

    @property
    def ended(self) -> bool:
        """Whether nothing but the end of the turn may follow."""


class Backend(Protocol):
    """Compiles grammars for one vocabulary."""

    name: str
    """With its version."""

    def fits(self, schema: Mapping[str, Any]) -> bool:
        """Whether a schema can be enforced."""

    def start(self, grammar: Grammar) -> Constraint:
        """A new row under a grammar. ModelError where the grammar cannot be compiled."""


def load_backend(name: BackendName, tokenizer: Any, vocabulary: int, stop_ids: Sequence[int]) -> Backend | None:
    """The back end of that name for a tokenizer; `auto` takes the first that is installed, None where none is.
    `vocabulary`: width of the model's logits."""
    if name == "off":
        return None
    try:
        if name in ("auto", "llguidance"):
            return LLGuidance(tokenizer, vocabulary, stop_ids)
        from calltune.generate.xgrammar_backend import XGrammar

        return XGrammar(tokenizer, vocabulary, stop_ids)
    except ImportError:
        if name == "auto":
            return None
        raise MissingExtraError(name, "grammar") from None


class LLGuidance:
    """Grammars by llguidance."""

    def __init__(self, tokenizer: Any, vocabulary: int, stop_ids: Sequence[int]) -> None:
        import llguidance

        self._library = llguidance
        self.name = f"llguidance {version('llguidance')}"
        self._tokenizer = llguidance.LLTokenizer(
            _tokenizer_json(tokenizer), n_vocab=vocabulary, eos_token=list(stop_ids)
        )
        self._compiled: OrderedDict[str, Any] = OrderedDict()

    def fits(self, schema: Mapping[str, Any]) -> bool:
        """Whether llguidance takes the schema without leaving anything out."""
        return enforced_by_llguidance(schema)

    def start(self, grammar: Grammar) -> Constraint:
        """A copy of the compiled grammar."""
        compiled = self._compiled.get(grammar.fingerprint)
        if compiled is None:
            matcher = self._library.LLMatcher
            compiled = matcher(self._tokenizer, matcher.grammar_from_lark(grammar.lark), log_level=0)
            if compiled.is_error():
                raise ModelError(f"llguidance cannot use the grammar: {compiled.get_error().splitlines()[0]}")
            self._compiled[grammar.fingerprint] = compiled
            if len(self._compiled) > MOST_KEPT:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(grammar.fingerprint)
        return _Row(compiled.deep_copy())


class _Row:
    """One row under llguidance."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def allows(self, token: int) -> bool:
        return bool(self._matcher.validate_tokens([token]) == 1)

    def allowed_part(self, tokens: Sequence[int]) -> int:
        count: int = self._matcher.validate_tokens(list(tokens))
        return count

    def mask(self) -> bytes:
        mask: bytes = self._matcher.compute_bitmask()
        return mask

    def take(self, tokens: Sequence[int]) -> None:
        if not self._matcher.consume_tokens(list(tokens)):
            raise ModelError(f"the grammar broke: {self._matcher.get_error() or 'a token was not allowed'}")

    def forced(self) -> list[int]:
        tokens: list[int] = self._matcher.compute_ff_tokens()
        return tokens

    @property
    def ended(self) -> bool:
        return bool(self._matcher.is_stopped())


def _tokenizer_json(tokenizer: Any) -> str:
    """The fast tokenizer as JSON, with all of its added tokens as special ones: text can never become a marker."""
    data = json.loads(tokenizer.backend_tokenizer.to_str())
    data["truncation"] = data["padding"] = None
    for token in data["added_tokens"]:
        token["special"] = True
    return json.dumps(data)
