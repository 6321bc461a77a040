"""Grammars by xgrammar. In: the same Lark text that llguidance reads. Out: constraints.

xgrammar ignores or widens many keywords in silence, so only schemas made of those that it does enforce `fit`; whatever
else a contract says is left to validation, and listed. Its JSON may have white space where the template writes one
space, and its masks are faster on large vocabularies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from calltune.contract.keywords import subschemas
from calltune.errors import ModelError
from calltune.generate.constraint import MOST_KEPT, Constraint
from calltune.generate.grammar import Grammar

_ENFORCED = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "string": set(),
    "boolean": set(),
    "null": set(),
}  # type: dict[str, set[str]]
"""By type, what xgrammar was seen to enforce (0.2.8); alone beside the type, and nothing else."""
_ALONE = ("enum", "const", "anyOf", "$ref")
"""What it enforces where nothing stands beside it."""


class XGrammar:
    """The back end."""

    def __init__(self, tokenizer: Any, vocabulary: int, stop_ids: Sequence[int]) -> None:
        import xgrammar

        self._library = xgrammar
        self.name = f"xgrammar {version('xgrammar')}"
        self._tokenizer = tokenizer
        self._vocabulary = vocabulary
        read = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocabulary, stop_token_ids=list(stop_ids))
        # Added tokens with a text that no text has, for it is not UTF-8: the grammar names them by number.
        added = tokenizer.added_tokens_decoder
        texts = [b"\xff" + text if token in added else text for token, text in enumerate(read.decoded_vocab)]
        info = xgrammar.TokenizerInfo(
            texts,
            xgrammar.VocabType.RAW,
            vocab_size=vocabulary,
            stop_token_ids=list(stop_ids),
            add_prefix_space=read.add_prefix_space,
        )
        self._compiler = xgrammar.GrammarCompiler(info)
        self._texts = sorted({tokenizer.decode([token]) for token in range(len(tokenizer)) if token not in added})
        self._longest = max(map(len, self._texts))
        self._compiled: OrderedDict[str, Any] = OrderedDict()

    def fits(self, schema: Mapping[str, Any]) -> bool:
        """Whether every keyword of the schema is one that xgrammar enforces."""
        words = set(schema) - {"$defs", "x-guidance"}
        kind = schema.get("type")
        kinds = [kind] if isinstance(kind, str) else kind or []
        simple = len(kinds) == 1 or not {"object", "array"} & set(kinds)
        enforced = {word for one in kinds for word in _ENFORCED[one]} if kinds and simple else None
        options = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
        if any(isinstance(option, dict | list) for option in options):
            return False  # written without the template's white space
        if "object" in kinds and "additionalProperties" not in schema:
            return False  # taken to be closed
        alone = len(words) == 1 and next(iter(words)) in _ALONE
        here = not words or alone or (enforced is not None and words - {"type"} <= enforced)
        inside = [inner for _, _, inner in subschemas(dict(schema))]
        closed = {id(schema.get("additionalProperties"))}
        return here and all(
            self.fits(inner) if isinstance(inner, dict) else inner is True or id(inner) in closed for inner in inside
        )

    def start(self, grammar: Grammar) -> Constraint:
        """A matcher on the compiled grammar."""
        compiled = self._compiled.get(grammar.fingerprint)
        if compiled is None:
            try:
                compiled = self._compiler.compile_lark(grammar.lark)
            except RuntimeError as error:
                raise ModelError(f"xgrammar cannot use the grammar: {str(error).splitlines()[0]}") from error
            self._compiled[grammar.fingerprint] = compiled
            if len(self._compiled) > MOST_KEPT:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(grammar.fingerprint)
        matcher = self._library.GrammarMatcher(compiled, terminate_without_stop_token=False)
        bitmask = self._library.allocate_token_bitmask(1, self._vocabulary)
        return _Row(matcher, bitmask, self._certain_tokens)

    def _certain_tokens(self, text: str) -> list[int]:
        """The tokens of a text as far as they are the same whatever follows it."""
        encoding = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        starts = [start for start, _ in encoding["offset_mapping"]]
        safe = len(starts)
        for number in reversed(range(len(starts))):
            rest = text[starts[number] :]
            if len(rest) > self._longest:
                break
            place = bisect_right(self._texts, rest)
            if place < len(self._texts) and self._texts[place].startswith(rest):  # a token goes beyond the end
                safe = number
        ids: list[int] = encoding["input_ids"][:safe]
        return ids


class _Row:
    """One row under xgrammar."""

    def __init__(self, matcher: Any, bitmask: Any, words_of: Callable[[str], list[int]]) -> None:
        self._matcher = matcher
        self._bitmask = bitmask
        self._words_of = words_of
        self._filled = False

    def allows(self, token: int) -> bool:
        return bool(self._words()[token // 32] >> (token % 32) & 1)

    def allowed_part(self, tokens: Sequence[int]) -> int:
        count = 0
        while count < len(tokens) and self._matcher.accept_token(tokens[count]):
            count += 1
        if count:
            self._matcher.rollback(count)
        return count

    def mask(self) -> bytes:
        words: bytes = self._words().tobytes()
        return words

    def _words(self) -> Any:
        if not self._filled:
            self._matcher.fill_next_token_bitmask(self._bitmask)
            self._filled = True
        return self._bitmask[0].numpy()

    def take(self, tokens: Sequence[int]) -> None:
        self._filled = False
        for token in tokens:
            if not self._matcher.accept_token(token):
                raise ModelError("the grammar broke: a token was not allowed")

    def forced(self) -> list[int]:
        """The tokens of the forced text, but for those at its end in whose place a longer one could stand."""
        text: str = self._matcher.find_jump_forward_string()
        return self._words_of(text) if text else []

    @property
    def ended(self) -> bool:
        return bool(self._matcher.is_terminated())
