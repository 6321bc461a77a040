"""The functions that generated Zod code begins with: what JSON Schema demands and Zod has no word for. Data only; only
those that are used are written. `{: type}` stands in TypeScript and is left out of JavaScript."""

from __future__ import annotations

import re

from .formats import FORMAT_PATTERNS
from .names import camel
from .patterns import translated


def format_helper(name: str) -> str:
    """The function that checks a format: `format_helper("date-time")` is `isDateTime`."""
    return f"is{camel(name)}"


def _format(name: str) -> str:
    known = FORMAT_PATTERNS[name]
    test = f"/{translated(known.pattern, 'javascript')}/u.test(text)" + (" && clock(text)" if known.leap_second else "")
    return f"const {format_helper(name)} = (text{{: string}}) =>\n  {test};\n"


_HELPERS = {
    "whole": """\
/** A whole number of any size, 3.0 among them; z.int() ends at 2^53. */
const whole = () => z.number().refine(Number.isInteger, "must be a whole number").meta({ type: "integer" });
""",
    "length": """\
/** Length in characters as JSON Schema counts them: an emoji is one. */
const length = (least{: number}, most{: number}) => (text{: string}) => {
  const count = [...text].length;
  return least <= count && count <= most;
};
""",
    "clock": """\
/** A second of 60 is a leap second: the last of a day in UTC. */
const clock = (text{: string}) => {
  const [, hour, minute, second, sign, offHour = 0, offMinute = 0] =
    /(\\d\\d):(\\d\\d):(\\d\\d)[^+-]*(?:([+-])(\\d\\d):(\\d\\d))?$/.exec(text) ?? [];
  const offset = (Number(offHour) * 60 + Number(offMinute)) * (sign === "-" ? 1 : -1);
  return second !== "60" || (Number(hour) * 60 + Number(minute) + offset + 2880) % 1440 === 1439;
};
""",
    **{format_helper(name): _format(name) for name in FORMAT_PATTERNS},
    "multipleOf": """\
/** Multiples of a decimal fraction, in decimal: 0.07 is one of 0.01. */
const multipleOf = (step{: number}) => (value{: number}) => {
  const [left, right] = [value, step].map((number) => {
    const [, sign, digits, fraction = "", exponent = 0] = /^(-?)(\\d+)(?:\\.(\\d+))?(?:e(.+))?$/.exec(`${number}`){!};
    return { digits: BigInt(sign + digits + fraction), power: Number(exponent) - fraction.length };
  }){: as [Decimal, Decimal]};
  const power = Math.min(left.power, right.power);
  const scaled = (number{: Decimal}) => number.digits * 10n ** BigInt(number.power - power);
  return scaled(left) % scaled(right) === 0n;
};
""",
    "canonical": """\
/** Text that is equal for equal JSON. */
const canonical = (value{: unknown}){: string} =>
  JSON.stringify(value, (_, item) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? { of: Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)) }
      : item === 0 ? 0 : item,
  );
""",
    "unique": """\
const unique = (items{: unknown[]}) => new Set(items.map(canonical)).size === items.length;
""",
    "among": """\
const among = (...values{: unknown[]}) => {
  const known = new Set(values.map(canonical));
  return (value{: unknown}) => known.has(canonical(value));
};
""",
    "fits": """\
const fits = (schema{: z.ZodType}, value{: unknown}) => schema.safeParse(value).success;
""",
    "allOf": """\
const allOf = (...schemas{: z.ZodType[]}) => (value{: unknown}) => schemas.every((schema) => fits(schema, value));
""",
    "anyOf": """\
const anyOf = (...schemas{: z.ZodType[]}) => (value{: unknown}) => schemas.some((schema) => fits(schema, value));
""",
    "oneOf": """\
const oneOf = (...schemas{: z.ZodType[]}) => (value{: unknown}) =>
  schemas.filter((schema) => fits(schema, value)).length === 1;
""",
    "not": """\
const not = (schema{: z.ZodType}) => (value{: unknown}) => !fits(schema, value);
""",
    "when": """\
const when = (condition{: z.ZodType}, met{: z.ZodType}, otherwise{: z.ZodType}) => (value{: unknown}) =>
  fits(fits(condition, value) ? met : otherwise, value);
""",
    "contains": """\
const contains = (schema{: z.ZodType}, least{: number}, most{: number}) => (items{: unknown[]}) => {
  const count = items.filter((item) => fits(schema, item)).length;
  return least <= count && count <= most;
};
""",
    "size": """\
const size = (least{: number}, most{: number}) => (value{: object}) => {
  const count = Object.keys(value).length;
  return least <= count && count <= most;
};
""",
    "named": """\
const named = (schema{: z.ZodType}) => (value{: object}) => Object.keys(value).every((name) => fits(schema, name));
""",
    "together": """\
/** Names that must be there when another one is. */
const together = (needs{: Record<string, string[]>}) => (value{: object}) =>
  Object.entries(needs).every(
    ([name, others]) => !Object.hasOwn(value, name) || others.every((other) => Object.hasOwn(value, other)),
  );
""",
    "given": """\
/** What the whole must be when a name is there. */
const given = (name{: string}, schema{: z.ZodType}) => (value{: object}) =>
  !Object.hasOwn(value, name) || fits(schema, value);
""",
    "matched": """\
/** What the values under names of a pattern must be, and those under names that are neither declared nor matched. */
const matched = (patterns{: [RegExp, z.ZodType][]}, declared{: string[]}, rest{: z.ZodType}) => (value{: object}) =>
  Object.entries(value).every(([name, item]) => {
    const found = patterns.filter(([pattern]) => pattern.test(name));
    const known = found.length > 0 || declared.includes(name);
    return found.every(([, schema]) => fits(schema, item)) && (known || fits(rest, item));
  });
""",
    "declared": """\
/** Whether the object, or a part of a choice that fits it, declares all of its names. */
const declared = (own{: string[]}, ...parts{: [z.ZodType, string[]][]}) => (value{: unknown}) => {
  const names = parts.filter(([schema]) => fits(schema, value)).flatMap(([, names]) => names);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return !isObject || Object.keys(value).every((name) => own.includes(name) || names.includes(name));
};
""",
}
_NEEDS = {
    **{format_helper(name): ("clock",) for name, known in FORMAT_PATTERNS.items() if known.leap_second},
    "unique": ("canonical",),
    "among": ("canonical",),
    **dict.fromkeys(
        ("allOf", "anyOf", "oneOf", "not", "when", "contains", "named", "given", "matched", "declared"), ("fits",)
    ),
}
_GLOBALS = ("Array", "BigInt", "Infinity", "JSON", "Math", "NaN", "Number", "Object", "Record", "RegExp", "Set")
RESERVED = (*_HELPERS, *_GLOBALS, "tools", "z", "Decimal")
"""Names that generated code has for itself, or takes from the language."""


def helpers(used: set[str], *, typed: bool) -> str:
    """The functions that are used, and those that they use, each once."""
    wanted = used | {need for name in used for need in _NEEDS.get(name, ())}
    code = "\n".join(text for name, text in _HELPERS.items() if name in wanted)
    if not typed:
        return re.sub(r"\{(: [^}]*|!)\}", "", code)
    if "multipleOf" in wanted:
        code = "type Decimal = { digits: bigint; power: number };\n\n" + code
    code = re.sub(r"\{: (as [^}]*)\}", r" \1", code)
    return re.sub(r"\{(: [^}]*|!)\}", r"\1", code)
