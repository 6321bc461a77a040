"""Formats of a contract as regular expressions that every engine reads alike. In: the name of a format. Out: a pattern,
and whether it accepts exactly what the contract accepts; where it does not, it accepts more. Leap seconds are the one
thing left to a function: `:60` is right only in the last minute of a day in UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormatPattern:
    """A format as a pattern."""

    pattern: str
    exact: bool = True
    """False: the pattern accepts more than the contract."""
    leap_second: bool = False
    """A second of 60 needs a look at the clock as well."""


_DATE = (
    "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.][0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"(?:{_BYTE}[.]){{3}}{_BYTE}"
_GROUP = "[0-9A-Fa-f]{1,4}"
_LAST = f"(?:{_GROUP}:{_GROUP}|{_IPV4})"
_IPV6 = "|".join(
    [
        f"(?:{_GROUP}:){{6}}{_LAST}",
        *(
            f"(?:(?:{_GROUP}:){{0,{before - 1}}}{_GROUP})?::(?:{_GROUP}:){{{5 - before}}}{_LAST}"
            if before
            else f"::(?:{_GROUP}:){{5}}{_LAST}"
            for before in range(6)
        ),
        f"(?:(?:{_GROUP}:){{0,5}}{_GROUP})?::{_GROUP}",
        f"(?:(?:{_GROUP}:){{0,6}}{_GROUP})?::",
    ]
)
_POINTER = "(?:/(?:[^~/]|~[01])*)*"
_TIMES = "(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
_DAYS = "(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"

FORMAT_PATTERNS = {
    "date": FormatPattern(f"^{_DATE}$"),
    "time": FormatPattern(f"^{_TIME}$", leap_second=True),
    "date-time": FormatPattern(f"^{_DATE}[Tt]{_TIME}$", leap_second=True),
    "duration": FormatPattern(f"^P(?:{_DAYS}(?:T{_TIMES})?|T{_TIMES}|[0-9]+W)$"),
    "uuid": FormatPattern("^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$"),
    "ipv4": FormatPattern(f"^{_IPV4}$"),
    "ipv6": FormatPattern(f"^(?:{_IPV6})$"),
    "json-pointer": FormatPattern(f"^{_POINTER}$"),
    "relative-json-pointer": FormatPattern(f"^(?:0|[1-9][0-9]*)(?:#|{_POINTER})$"),
    "email": FormatPattern('^[^@]+@[^@]+$|^".*@', exact=False),
    "idn-email": FormatPattern("@", exact=False),
    "uri": FormatPattern("^[A-Za-z][A-Za-z0-9+.-]*:", exact=False),
    "iri": FormatPattern("^[A-Za-z][A-Za-z0-9+.-]*:", exact=False),
    "hostname": FormatPattern("^[A-Za-z0-9.-]{1,253}$", exact=False),
}
"""Formats that are not here (idn-hostname, uri-reference, uri-template, regex, ...) have no sensible pattern."""
