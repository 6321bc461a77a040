"""The functions that generated pydantic code begins with: what JSON Schema demands and pydantic has no word for. Data
only; only those that are used are written."""

from __future__ import annotations

import re

from .formats import FORMAT_PATTERNS
from .names import camel
from .patterns import translated

IMPORTS = {
    "json": "import json",
    "Decimal": "from decimal import Decimal",
    "cached_property": "from functools import cached_property",
    "re": "import re",
    "Callable": "from collections.abc import Callable",
}


def format_helper(name: str) -> str:
    """The type of a format: `format_helper("date-time")` is `DateTimeText`."""
    return f"{camel(name)}Text"


def _format(name: str) -> str:
    known = FORMAT_PATTERNS[name]
    pattern = translated(known.pattern, "rust") or ""
    clock = ", BeforeValidator(_clock)" if known.leap_second else ""
    return f"{format_helper(name)} = Annotated[str, Field(pattern={raw(pattern)}){clock}]\n"


def raw(text: str) -> str:
    """A pattern as Python, raw where that is possible."""
    plain = text.isascii() and text.isprintable() and '"' not in text and not text.endswith("\\")
    return f'r"{text}"' if plain else repr(text)


_HELPERS = {
    "_whole": '''\
def _whole(value: Any) -> Any:
    """3.0 is a whole number, as JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
''',
    "_number": '''\
def _number(value: Any) -> Any:
    """3.0 is 3, and true is not 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return int(value) if isinstance(value, float) and value.is_integer() else value
''',
    "_clock": '''\
def _clock(value: Any) -> Any:
    """A second of 60 is a leap second: the last of a day in UTC."""
    pattern = r"(\\d\\d):(\\d\\d):60[^+-]*(?:([+-])(\\d\\d):(\\d\\d))?$"
    if isinstance(value, str) and (found := re.search(pattern, value)):
        offset = (int(found[4] or 0) * 60 + int(found[5] or 0)) * (1 if found[3] == "-" else -1)
        if (int(found[1]) * 60 + int(found[2]) + offset) % 1440 != 1439:
            raise ValueError("there is no leap second at this time")
    return value
''',
    **{format_helper(name): _format(name) for name in FORMAT_PATTERNS},
    "_multiple_of": '''\
def _multiple_of(step: str) -> Callable[[Any], Any]:
    """Multiples of a decimal fraction, in decimal: 0.07 is one of 0.01."""

    def check(value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            left, right = Decimal(repr(value)).as_tuple(), Decimal(step).as_tuple()
            power = min(int(left.exponent), int(right.exponent))
            one, other = (
                int("".join(map(str, number.digits))) * 10 ** (int(number.exponent) - power) for number in (left, right)
            )
            if one % other:
                raise ValueError(f"must be a multiple of {step}")
        return value

    return check
''',
    "_canonical": '''\
def _canonical(value: Any) -> str:
    """Text that is equal for equal JSON."""

    def plain(item: Any) -> Any:
        if isinstance(item, list):
            return [plain(one) for one in item]
        if isinstance(item, dict):
            return {name: plain(one) for name, one in item.items()}
        return int(item) if isinstance(item, float) and item.is_integer() else item

    return json.dumps(plain(value), sort_keys=True)
''',
    "_unique": """\
def _unique(value: Any) -> Any:
    if isinstance(value, list) and len({_canonical(item) for item in value}) < len(value):
        raise ValueError("must not hold an item twice")
    return value
""",
    "_among": """\
def _among(*values: Any) -> Callable[[Any], Any]:
    known = {_canonical(value) for value in values}

    def check(value: Any) -> Any:
        if _canonical(value) not in known:
            raise ValueError("is none of the values")
        return value

    return check
""",
    "_each": """\
def _each(*checks: Callable[[Any], Any]) -> Any:
    def check(cls: type, value: Any) -> Any:
        for one in checks:
            one(value)
        return value

    return check
""",
    "_Part": '''\
class _Part:
    """A type that is built when it is first needed, so that it may name what is defined later."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build = build

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        config = ConfigDict(strict=True, allow_inf_nan=False)
        return TypeAdapter(list[self.build()], config=config)  # type: ignore[misc]

    def fits(self, value: Any) -> bool:
        try:
            self.adapter.validate_python([value])
        except ValidationError:
            return False
        return True
''',
    "_fitting": '''\
def _fitting(least: int, most: float, what: str, *builds: Callable[[], Any]) -> Callable[[Any], Any]:
    """How many of some types a value must fit."""
    parts = [_Part(build) for build in builds]

    def check(value: Any) -> Any:
        if not least <= sum(part.fits(value) for part in parts) <= most:
            raise ValueError(f"does not follow {what}")
        return value

    return check
''',
    "_when": """\
def _when(condition: Callable[[], Any], met: Callable[[], Any], otherwise: Callable[[], Any]) -> Callable[[Any], Any]:
    test, one, other = _Part(condition), _Part(met), _Part(otherwise)

    def check(value: Any) -> Any:
        if not (one if test.fits(value) else other).fits(value):
            raise ValueError("does not go together")
        return value

    return check
""",
    "_contains": """\
def _contains(least: int, most: float, build: Callable[[], Any]) -> Callable[[Any], Any]:
    part = _Part(build)

    def check(value: Any) -> Any:
        if isinstance(value, list) and not least <= sum(part.fits(item) for item in value) <= most:
            raise ValueError("does not hold what it must")
        return value

    return check
""",
    "_items": '''\
def _items(rest: Callable[[], Any], *builds: Callable[[], Any]) -> Callable[[Any], Any]:
    """The first items are of these types, in order; the others of one."""
    parts, last = [_Part(build) for build in builds], _Part(rest)

    def check(value: Any) -> Any:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if not (parts[index] if index < len(parts) else last).fits(item):
                raise ValueError(f"item {index} is not as demanded")
        return value

    return check
''',
    "_size": """\
def _size(least: int, most: float) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, dict) and not least <= len(value) <= most:
            raise ValueError("holds too few or too many names")
        return value

    return check
""",
    "_named": """\
def _named(build: Callable[[], Any]) -> Callable[[Any], Any]:
    part = _Part(build)

    def check(value: Any) -> Any:
        for name in value if isinstance(value, dict) else ():
            if not part.fits(name):
                raise ValueError(f"must not hold the name {name!r}")
        return value

    return check
""",
    "_together": '''\
def _together(needs: dict[str, list[str]]) -> Callable[[Any], Any]:
    """Names that must be there when another one is."""

    def check(value: Any) -> Any:
        for name, others in needs.items() if isinstance(value, dict) else ():
            if name in value and not value.keys() >= set(others):
                raise ValueError(f"{name!r} needs {others}")
        return value

    return check
''',
    "_given": '''\
def _given(name: str, build: Callable[[], Any]) -> Callable[[Any], Any]:
    """What the whole must be when a name is there."""
    part = _Part(build)

    def check(value: Any) -> Any:
        if isinstance(value, dict) and name in value and not part.fits(value):
            raise ValueError(f"is not as {name!r} demands")
        return value

    return check
''',
    "_like": """\
def _like(pattern: str) -> _Part:
    return _Part(lambda: Annotated[str, Field(pattern=pattern)])
""",
    "_matched": '''\
def _matched(
    patterns: dict[str, Callable[[], Any]], declared: set[str], rest: Callable[[], Any]
) -> Callable[[Any], Any]:
    """What the values under names of a pattern must be, and those under names that are neither declared nor matched."""
    pairs = [(_like(pattern), _Part(build)) for pattern, build in patterns.items()]
    last = _Part(rest)

    def check(value: Any) -> Any:
        for name, item in value.items() if isinstance(value, dict) else ():
            found = [part for pattern, part in pairs if pattern.fits(name)]
            known = bool(found) or name in declared
            if not all(part.fits(item) for part in found) or not (known or last.fits(item)):
                raise ValueError(f"{name!r} is not as demanded")
        return value

    return check
''',
    "_declared": '''\
def _declared(own: set[str], *parts: tuple[Callable[[], Any], set[str]]) -> Callable[[Any], Any]:
    """Whether the object, or a part of a choice that fits it, declares all of its names."""
    built = [(_Part(build), names) for build, names in parts]

    def check(value: Any) -> Any:
        if isinstance(value, dict) and value.keys() - own:
            known = own.union(*(names for part, names in built if part.fits(value)))
            if unknown := value.keys() - known:
                raise ValueError(f"must not hold the names {sorted(unknown)}")
        return value

    return check
''',
}
_NEEDS = {
    "_unique": ("_canonical",),
    "_among": ("_canonical",),
    **dict.fromkeys(("_fitting", "_when", "_contains", "_items", "_named", "_given", "_like", "_declared"), ("_Part",)),
    "_matched": ("_like", "_Part"),
    **{format_helper(name): ("_clock",) for name, known in FORMAT_PATTERNS.items() if known.leap_second},
}
_PYDANTIC = (
    "MISSING", "BaseModel", "BeforeValidator", "ConfigDict", "Field", "TypeAdapter", "ValidationError",
    "model_validator",
)  # fmt: skip
_TYPING = ("Annotated", "Any", "Literal", "Union")
RESERVED = (*_HELPERS, *IMPORTS, *_PYDANTIC, *_TYPING, "TOOLS", "RESULTS")
"""Names that generated code has for itself."""


def head(used: set[str], code: str) -> str:
    """The imports and the functions that the code needs."""
    wanted = used | {need for name in used for need in _NEEDS.get(name, ())}
    functions = "\n\n".join(text for name, text in _HELPERS.items() if name in wanted)
    return _imports(functions + code) + (f"\n\n{functions}" if functions else "")


def _imports(code: str) -> str:
    def needed(name: str) -> bool:
        return re.search(rf"\b{name}\b", code) is not None

    standard = sorted(line for name, line in IMPORTS.items() if needed(name))
    typing = [name for name in _TYPING if needed(name)]
    lines = [line for line in standard if line.startswith("import")]
    others = [line for line in standard if line.startswith("from")]
    if typing:
        others.append(f"from typing import {', '.join(typing)}")
    pydantic = [name for name in _PYDANTIC if needed(name)]
    return "\n".join([*lines, *others]) + f"\n\nfrom pydantic import {', '.join(pydantic)}\n"
