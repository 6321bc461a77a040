"""One Python function, read. In: a function with type hints and, mostly, a docstring. Out: its name, description, and
the JSON Schemas of its arguments and result, made by Pydantic; and a caller that takes JSON arguments. What has no
JSON form is a fault."""

from __future__ import annotations

import functools
import inspect
import operator
import sys
import types
import typing
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import docstring_parser
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo

from .keywords import subschemas

_CANNOT_NAME = {
    inspect.Parameter.VAR_POSITIONAL: "*{} cannot be called by name; take a list",
    inspect.Parameter.VAR_KEYWORD: "**{} takes anything, so nothing can be checked; name the arguments",
    inspect.Parameter.POSITIONAL_ONLY: "{} is positional-only, but a call gives arguments by name; remove the `/`",
}
_UNCHECKED_FORMATS = {
    "path", "file-path", "directory-path", "json-string", "ipv4network", "ipv6network", "ipv4interface",
    "ipv6interface", "ipvanyaddress", "ipvanyinterface", "ipvanynetwork", "name-email", "multi-host-uri",
    "base64url", "uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8", "color", "unixtime",
}  # fmt: skip
"""Formats that Pydantic writes for types of its own; it checks them when the function is called, no JSON validator
does."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What a function takes and gives, in JSON Schema."""

    name: str
    """The function's name."""
    description: str
    """The docstring without the parts about parameters and result."""
    parameters: dict[str, Any]
    """Schema of the arguments object, as Pydantic makes it."""
    returns: dict[str, Any] | None
    """Schema of the result; None for functions that return None, Any, or do not say."""
    function: Callable[..., Any]
    """The function itself."""
    model: type[BaseModel]
    """Reads JSON arguments into Python objects."""
    result: TypeAdapter[Any] | None
    """Writes the result as JSON data."""

    def caller(self) -> Callable[..., Any]:
        """The function for JSON: arguments become what the hints say (dates, enums, records), the result becomes JSON
        data."""
        parameters = inspect.signature(self.function)

        def read(args: Any, kwargs: Any) -> dict[str, Any]:
            given = parameters.bind(*args, **kwargs).arguments
            model = self.model.model_validate(given)
            attributes = {info.alias: name for name, info in self.model.model_fields.items()}
            filled = [name for name, each in parameters.parameters.items() if isinstance(each.default, FieldInfo)]
            return {name: getattr(model, attributes[name]) for name in dict.fromkeys([*given, *filled])}

        def write(value: Any) -> Any:
            adapter: TypeAdapter[Any] = self.result or TypeAdapter(Any)
            return adapter.dump_python(value, mode="json")

        if inspect.iscoroutinefunction(self.function):

            @functools.wraps(self.function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                return write(await self.function(**read(args, kwargs)))

            return call_async

        @functools.wraps(self.function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return write(self.function(**read(args, kwargs)))

        return call


def read_signature(function: Any) -> tuple[Signature | None, list[str]]:
    """The signature, or None and every fault."""
    inner = getattr(function, "func", function)  # functools.partial
    name = str(getattr(function, "__name__", None) or getattr(inner, "__name__", type(function).__name__))
    if inspect.isclass(function) or not callable(function):
        kind = "a class" if inspect.isclass(function) else f"a value of type {type(function).__name__}"
        return None, [f"{name}: expected a function, got {kind}"]
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None, [f"{name}: its signature cannot be read (a built-in?); wrap it in a function of your own"]
    hints, fault = _hints(function)
    if fault:
        return None, [f"{name}: {fault}"]
    text = docstring_parser.parse("")
    doc = inspect.getdoc(function) if _has_own_doc(function) else None
    if doc:
        try:
            text = docstring_parser.parse(doc)
        except docstring_parser.ParseError:
            text = docstring_parser.Docstring()
            text.short_description = doc
    told = {each.arg_name.lstrip("*"): each.description or "" for each in text.params}
    fields, faults = _fields(name, signature, hints, told)
    result, returns, unpromised = _returns(name, hints.get("return", None))
    if faults:
        return None, [*faults, *unpromised]
    try:
        model = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
        with warnings.catch_warnings():  # a default that JSON cannot carry is left out; the function still has it
            warnings.simplefilter("ignore")
            parameters = _tidied(model.model_json_schema(by_alias=True))
    except Exception as error:  # Pydantic raises many kinds, and users' own types may raise theirs
        return None, [f"{name}: {_reason(error)}"]
    parameters.pop("description", None)
    if returns is not None and text.returns is not None and text.returns.description:
        returns.setdefault("description", _flat(text.returns.description))
    return Signature(
        name=name,
        description=_description(text),
        parameters=parameters,
        returns=returns,
        function=function,
        model=model,
        result=result,
    ), unpromised


def _hints(function: Any) -> tuple[dict[str, Any], str | None]:
    target = function
    while isinstance(target, functools.partial):
        target = target.func
    if not inspect.isroutine(target):
        target = type(target).__call__  # an object that can be called
    target = inspect.unwrap(target)
    try:
        return typing.get_type_hints(target, include_extras=True), None
    except Exception as error:  # the hints are the user's own code
        return {}, f"a type hint cannot be read: {error}"


def _has_own_doc(function: Any) -> bool:
    return not isinstance(function, functools.partial) and (
        inspect.isroutine(function) or type(function).__doc__ is not None
    )


def _description(text: docstring_parser.Docstring) -> str:
    parts = [part.strip() for part in (text.short_description, text.long_description) if part]
    return "\n\n".join(parts) if text.blank_after_short_description else "\n".join(parts)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _fields(
    name: str, signature: inspect.Signature, hints: dict[str, Any], told: dict[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Pydantic fields for the parameters. They are numbered, and the names are aliases: `schema`, `_x` or `json` are
    fine names."""
    fields: dict[str, Any] = {}
    faults: list[str] = []
    for number, (parameter, given) in enumerate(signature.parameters.items()):
        if given.kind in _CANNOT_NAME:
            faults.append(f"{name}({parameter}): {_CANNOT_NAME[given.kind].format(parameter)}")
        elif parameter not in hints:
            faults.append(f"{name}({parameter}): no type hint; write {parameter}: str, or the type it has")
        else:
            annotation = _modern(hints[parameter])
            fault = _no_schema(annotation)
            if fault:
                faults.append(f"{name}({parameter}): {fault}")
            else:
                fields[f"argument_{number}"] = _field(parameter, annotation, given.default, told.get(parameter, ""))
    return fields, faults


def _field(parameter: str, annotation: Any, default: Any, told: str) -> tuple[Any, Any]:
    if isinstance(default, FieldInfo):
        annotation, default = (
            Annotated[annotation, default],
            default.default if default.default_factory is None else default,
        )
    description = _field_description(annotation) or _flat(told) or None
    extra: dict[str, Any] = {"description": description} if description else {}
    if isinstance(default, FieldInfo) and default.default_factory is not None:
        return annotation, Field(default_factory=default.default_factory, alias=parameter, **extra)
    if default is inspect.Parameter.empty or default is ... or type(default).__name__ == "PydanticUndefinedType":
        return annotation, Field(alias=parameter, **extra)
    return annotation, Field(default, alias=parameter, **extra)


def _field_description(annotation: Any) -> str | None:
    """`Annotated[int, Field(description="...")]`, or a plain text: `Annotated[int, "..."]`."""
    for item in getattr(annotation, "__metadata__", ()):
        if isinstance(item, FieldInfo) and item.description:
            return item.description
        if isinstance(item, str):
            return item
        if type(item).__name__ == "Doc" and isinstance(getattr(item, "documentation", None), str):
            return str(item.documentation)
    return None


def _no_schema(annotation: Any) -> str | None:
    """Why a type has no JSON Schema, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            TypeAdapter(annotation).json_schema()
    except Exception as error:  # see read_signature
        return _reason(error, annotation)
    return None


def _reason(error: Exception, annotation: Any = None) -> str:
    if annotation is None:
        return f"no JSON Schema can be made: {str(error).splitlines()[0]}"
    shown = inspect.formatannotation(annotation)
    if isinstance(error, PydanticUserError) and "TypedDict" in str(error):  # one inside a record cannot be rebuilt here
        return f"the type {shown}: {str(error).splitlines()[0]}"
    return f"the type {shown} has no JSON form; take numbers, text, lists, dicts, dataclasses or Pydantic models"


def _returns(name: str, annotation: Any) -> tuple[TypeAdapter[Any] | None, dict[str, Any] | None, list[str]]:
    if annotation in (None, type(None), Any, typing.NoReturn, typing.Never, inspect.Signature.empty):
        return None, None, []
    annotation = _modern(annotation)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            adapter = TypeAdapter(annotation)
            schema = _tidied(adapter.json_schema(mode="serialization"))
    except Exception as error:  # see read_signature
        return None, None, [f"{name}: the result: {_reason(error, annotation)}, or write -> Any"]
    return adapter, schema or None, []


def _tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that Pydantic makes out of names, and without formats that no JSON validator checks."""

    def tidy(node: Any) -> None:
        if isinstance(node, dict):
            node.pop("title", None)
            if node.get("format") in _UNCHECKED_FORMATS:
                node["format"] = "uuid" if node["format"].startswith("uuid") else ""
            if node.get("format") == "":
                del node["format"]
            for _, _, child in subschemas(node):
                tidy(child)

    tidy(schema)
    return schema


def _modern(annotation: Any, depth: int = 0) -> Any:
    """On Python 3.11 Pydantic reads only the TypedDict of typing_extensions: the standard one is rebuilt as that."""
    if sys.version_info >= (3, 12) or depth > 32:
        return annotation
    if typing.is_typeddict(annotation) and type(annotation).__module__ == "typing":
        return _typed_dict(annotation, depth)
    arguments = typing.get_args(annotation)
    if not arguments or typing.get_origin(annotation) is typing.Literal:
        return annotation
    if typing.get_origin(annotation) is Annotated:
        return Annotated[(_modern(arguments[0], depth + 1), *arguments[1:])]
    new = tuple(_modern(argument, depth + 1) if not isinstance(argument, list) else argument for argument in arguments)
    if all(one is other for one, other in zip(new, arguments, strict=True)):
        return annotation
    if isinstance(annotation, types.UnionType):
        return functools.reduce(operator.or_, new)
    return (
        annotation.copy_with(new)
        if hasattr(annotation, "copy_with")
        else types.GenericAlias(annotation.__origin__, new)
    )


def _typed_dict(annotation: Any, depth: int) -> Any:
    import typing_extensions

    fields: dict[str, Any] = {}
    for key, hint in typing.get_type_hints(annotation, include_extras=True).items():
        required = key in annotation.__required_keys__
        while typing.get_origin(hint) in (typing.Required, typing.NotRequired):
            required = typing.get_origin(hint) is typing.Required
            hint = typing.get_args(hint)[0]
        inner = _modern(hint, depth + 1)
        fields[key] = typing_extensions.Required[inner] if required else typing_extensions.NotRequired[inner]
    make: Any = typing_extensions.TypedDict
    rebuilt = make(annotation.__name__, fields)
    rebuilt.__doc__ = annotation.__doc__
    rebuilt.__module__ = annotation.__module__
    return rebuilt
