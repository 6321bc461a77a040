"""Kinds of values that are text: names, titles, messages, and identifiers that are copied letter by letter.

In: word lists. Out: `TEXTS`, builders by kind. Nothing here is looked up anywhere: people, addresses and codes are
made up.
"""

from __future__ import annotations

import string
from random import Random

from calltune.base import words as w
from calltune.base.grammar import pick, say
from calltune.base.mention import STRING, Builder, Built, Mention, World, coined, verbatim


def _person(rng: Random, split: str) -> str:
    first = coined(rng) if rng.random() < 0.12 else w.FIRST_NAMES.pick(rng, split)
    chance = rng.random()
    if chance < 0.4:
        return first
    last = coined(rng) if rng.random() < 0.2 else w.LAST_NAMES.pick(rng, split)
    if chance < 0.9:
        return f"{first} {last}"
    if chance < 0.95:
        return f"{pick(rng, ('Dr.', 'Mr.', 'Ms.', 'Mrs.', 'Prof.'))} {last}"
    return f"{first} {pick(rng, string.ascii_uppercase)}. {last}"


def full_name(rng: Random, split: str) -> str:
    """First and last name."""
    first = coined(rng) if rng.random() < 0.12 else w.FIRST_NAMES.pick(rng, split)
    return f"{first} {coined(rng) if rng.random() < 0.25 else w.LAST_NAMES.pick(rng, split)}"


_TITLE = (
    "{A} {N}|{A} {N}|{A} {A2} {N}|{N} of the {N2}|{N} of {N2}|{V} the {N}|{V} with {P}|{V} in the {N}"
    "|{N} and {N2}|{N} in the {N2}|{N} for {P}|Songs for a {A} {N}|Notes from the {N}|Beyond the {N}"
    "|Under the {A} {N}|{P} and the {N}|A {N} for {P}|How to {Q} a {N}|{A} {N} in {C}|Letters to {P}"
    "|The {A} {N}|The {N} of {C}|{N}|{V}|{V} {A}|Introduction to {T}|{T} for Beginners|{N} No. {D}|{N} {D}|{X}"
    "|{X} {N}|{N} to {C}|Why {P} Left|No {N} Tonight|{D}|One More {N}|My {A} {N}|{P}'s {N}|Return to {C}|We Are {A}"
    "|All the {A} {N}s|It's {A} at {N}|{C} {N}"
)


def title(rng: Random, split: str) -> str:
    """The title of a song, book, film, document."""
    noun = w.TITLE_NOUNS
    text = say(
        rng,
        _TITLE,
        A=w.ADJECTIVES.pick(rng, split).title(),
        A2=w.ADJECTIVES.pick(rng, split).title(),
        N=noun.pick(rng, split).title(),
        N2=noun.pick(rng, split).title(),
        V=w.TITLE_VERBS.pick(rng, split).title(),
        P=w.FIRST_NAMES.pick(rng, split),
        X=coined(rng),
        C=w.CITIES.pick(rng, split),
        Q=pick(rng, ("Build", "Fix", "Paint", "Lose", "Find", "Love", "Read")),
        D=str(1 + int(rng.random() * 99)),
        T=w.TOPICS.pick(rng, split).title(),
    )
    return text if rng.random() < 0.93 else text.lower() if rng.random() < 0.6 else text.upper()


def _artist(rng: Random, split: str) -> str:
    chance = rng.random()
    if chance < 0.55:
        return full_name(rng, split)
    if chance < 0.7:
        return coined(rng)
    if chance < 0.85:
        return f"{w.ADJECTIVES.pick(rng, split).title()} {w.TITLE_NOUNS.pick(rng, split).title()}s"
    return f"{pick(rng, ('DJ', 'MC', 'Lady', 'Lil', 'Saint', 'Big'))} {coined(rng)}"


_MESSAGE = (
    "I (will|'ll) be {n} minutes late|I'm running (a bit|really) late[, sorry]|dinner is at {n}"
    "|don't forget (the {f}|to {t})|please {t} (today|tomorrow|before {d})"
    "|the meeting (moved|is moved|was moved) to {d}[ at {n}]|happy birthday[ {p}]"
    "|see you (at {n}|on {d}|in {c}|soon)|(thanks|thank you) for (the {f}|your help|coming|lunch)"
    "|can you call {p}[ back]|I left the {f} (in the {r}|on the table)|(we|they) arrived in {c}[ safely]"
    "|there is no {f} left|{e} (is|was) cancelled|are we still on for {e}|good luck with (the {e}|everything)"
    "|{p} says hi|on my way|call me when you are (home|in {c}|free)|the code is {n}{n}{n}{n}"
    "|(customer|client) asked for a (refund|call back|new invoice)|waiting for (parts|approval|{p})"
    "|needs (approval|a second look|more time)|{t} and {t2}|ring the bell twice"
    "|leave it (at the door|behind the {f})|no {f}, please|extra {f}|we need {n} more chairs for {e}|{i}|{i}"
    "|{i} since {d}|great (work|job) on the {e}|let's meet (at {pl}|in {c}) on {d}|pick up {p} from {pl} at {n}"
    "|I can't make it to {e}|the password was changed on {d}"
)


def _message(rng: Random, split: str) -> str:
    text = say(
        rng,
        _MESSAGE,
        n=str(1 + int(rng.random() * 9)),
        f=w.FOODS.pick(rng, split),
        t=w.TASKS.pick(rng, split),
        t2=w.TASKS.pick(rng, split),
        d=pick(rng, w.WEEKDAYS),
        p=w.FIRST_NAMES.pick(rng, split),
        c=w.CITIES.pick(rng, split),
        r=w.ROOMS.pick(rng, split),
        e=w.EVENTS.pick(rng, split),
        i=w.PROBLEMS.pick(rng, split),
        pl=w.PLACES.pick(rng, split),
    )
    text = text.replace("I 'll", "I'll")
    return text[0].upper() + text[1:] if rng.random() < 0.5 else text


def _topic(rng: Random, split: str) -> str:
    chance = rng.random()
    base = w.TOPICS.pick(rng, split)
    if chance < 0.6:
        return base
    if chance < 0.7:
        return f"{base} in {w.CITIES.pick(rng, split)}"
    if chance < 0.8:
        return f"{pick(rng, ('history', 'basics', 'future', 'cost', 'benefits'))} of {base}"
    return f"{w.ADJECTIVES.pick(rng, split)} {w.TITLE_NOUNS.pick(rng, split)}"


def _address(rng: Random, split: str) -> str:
    street = (
        w.STREETS.pick(rng, split)
        if rng.random() < 0.8
        else f"{coined(rng)} {pick(rng, ('Street', 'Road', 'Avenue', 'Lane'))}"
    )
    text = f"{1 + int(rng.random() * 999)} {street}"
    return f"{text}, {w.CITIES.pick(rng, split)}" if rng.random() < 0.35 else text


# -- identifiers


def email(rng: Random, split: str) -> str:
    """An email address."""
    first, last = (
        w.FIRST_NAMES.pick(rng, split).lower(),
        w.LAST_NAMES.pick(rng, split).lower().replace(" ", "").replace("'", ""),
    )
    name = pick(
        rng,
        (
            first,
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}_{last}",
            f"{first}{int(rng.random() * 99)}",
            coined(rng).lower(),
        ),
    )
    domain = (
        w.DOMAINS.pick(rng, split)
        if rng.random() < 0.7
        else f"{coined(rng).lower()}.{pick(rng, ('com', 'org', 'net', 'io', 'de', 'fr'))}"
    )
    return _ascii(f"{name}@{domain}")


def _ascii(text: str) -> str:
    return text.translate(
        str.maketrans("ãáàâäåāéèêëíìîïóòôöøúùûüñçłńśżÅŁß", "aaaaaaaeeeeiiiiooooouuuunclnszALs")
    ).lower()


def _user_name(rng: Random, split: str) -> str:
    first, last = (
        w.FIRST_NAMES.pick(rng, split).lower(),
        w.LAST_NAMES.pick(rng, split).lower().replace(" ", "").replace("'", ""),
    )
    return _ascii(
        pick(
            rng,
            (
                f"{first[0]}{last}",
                f"{first}.{last}",
                f"{first}{int(rng.random() * 999)}",
                f"{last}_{first[:2]}",
                f"{coined(rng)}{int(rng.random() * 99)}",
            ),
        )
    )


_LETTERS = {
    "L": string.ascii_uppercase,
    "l": string.ascii_lowercase,
    "d": string.digits,
    "x": "0123456789abcdef",
    "a": string.ascii_letters + string.digits,
    "A": string.ascii_uppercase + string.digits,
    "z": string.ascii_lowercase + string.digits,
    "n": "123456789",
}
CODE_SHAPES = [
    "L-dddd",
    "LL-ddd",
    "LLL-dddd",
    "LLddd",
    "Ldddddd",
    "dddd",
    "ddddd",
    "dddddd",
    "dddddddd",
    "nddddddddd",
    "LLL-dddddd",
    "LL-dddd-LL",
    "AAAAAA",
    "AAAAAAAA",
    "zzzzzzzz",
    "aaaaaaaa",
    "aaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaa",
    "xxxxxxx",
    "xxxxxxxx",
    "xxxxxxxxxxxx",
    "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx",
    "ll_zzzzzz",
    "lll_dddd",
    "dd-dddd-dd",
    "LLLL-LLLL",
    "AAAA-AAAA-AAAA",
    "dd/dddd",
    "L.dd.dd",
    "lll-ddd-zzz",
    "ddddLL",
    "LL_ddd",
    "nddd-ndd",
    "zzzz-zzzz",
    "Ld-Ld",
    "LLdddddddLL",
    "ddd.ddd.dd",
]


def code(rng: Random, shape: str) -> str:
    """A random identifier of a shape: L and l letters, d digits (n not 0), x hex, a and z letters or digits."""
    return "".join([pick(rng, _LETTERS[char]) if char in _LETTERS else char for char in shape])


_PREFIXES = [
    "INV",
    "ORD",
    "TKT",
    "INC",
    "REQ",
    "CASE",
    "BK",
    "PNR",
    "SKU",
    "PRJ",
    "EMP",
    "CUST",
    "DOC",
    "RES",
    "PO",
    "WO",
    "HR",
    "LOT",
    "PKG",
    "REF",
]


def _build_code(rng: Random, world: World, param: str) -> Built:
    prefix = pick(rng, _PREFIXES) + pick(rng, ("-", "-", "", "_")) if rng.random() < 0.3 else ""
    shape = (prefix and pick(rng, ("dddd", "ddddd", "ndd", "dddd-dd", "xxxxxx", "AAAA"))) or pick(rng, CODE_SHAPES)
    if (not prefix and param == "int") or (shape.strip("d") in ("", "n") and not prefix and rng.random() < 0.4):
        digits = 2 + int(rng.random() * 6)

        def number(rng: Random) -> Mention:
            value = 10 ** (digits - 1) + int(rng.random() * 9 * 10 ** (digits - 1))
            return Mention(value, str(value))

        return Built({"type": "integer"}, number, "", "code")

    def sample(rng: Random) -> Mention:
        text = prefix + code(rng, shape) if rng.random() < 0.85 else code(rng, pick(rng, CODE_SHAPES))
        return Mention(text, text)

    return Built(dict(STRING), sample, "", "code")


def phone(rng: Random, _: str) -> str:
    """A phone number."""
    return code(
        rng,
        pick(
            rng,
            (
                "ddd-ddd-dddd",
                "+nd ddd ddd dddd",
                "(ddd) ddd-dddd",
                "dddddddddd",
                "+nddddddddddd",
                "0dd dddd dddd",
                "ddd ddddd",
                "+nd-dd-ddddddd",
            ),
        ),
    )


def _url(rng: Random, split: str) -> str:
    host = pick(rng, ("", "www.", "api.", "docs.", "shop.")) + (
        w.DOMAINS.pick(rng, split) if rng.random() < 0.7 else f"{coined(rng).lower()}.com"
    )
    tail = "/".join(
        pick(rng, (*w.FOLDERS.part(split), w.FILE_STEMS.pick(rng, split))).lower() for _ in range(int(rng.random() * 3))
    )
    query = f"?id={code(rng, pick(rng, ('ddd', 'zzzzz', 'xxxxxx')))}" if rng.random() < 0.15 else ""
    return (
        f"{pick(rng, ('https://', 'https://', 'http://', ''))}{host}{'/' + tail if tail else ''}{query if tail else ''}"
    )


_EXTENSIONS = [
    "pdf",
    "docx",
    "xlsx",
    "csv",
    "txt",
    "md",
    "json",
    "yaml",
    "png",
    "jpg",
    "mp3",
    "mp4",
    "zip",
    "tar.gz",
    "py",
    "html",
    "log",
    "sql",
    "pptx",
]


def _file(rng: Random, split: str) -> str:
    stem = w.FILE_STEMS.pick(rng, split)
    stem = pick(
        rng,
        (
            stem,
            f"{stem}_{2015 + int(rng.random() * 12)}",
            f"{stem}-{pick(rng, ('final', 'v2', 'old', 'draft'))}",
            f"{coined(rng).lower()}_{stem}",
            stem.title(),
        ),
    )
    return f"{stem}.{pick(rng, _EXTENSIONS)}"


def _path(rng: Random, split: str) -> str:
    folders = [w.FOLDERS.pick(rng, split) for _ in range(1 + int(rng.random() * 3))]
    root = pick(rng, ("/", "/home/", "~/", "./", "/var/", "C:\\", ""))
    join = "\\" if root == "C:\\" else "/"
    return (
        root.rstrip("/") * (root == "")
        + root
        + join.join([*folders, _file(rng, split)] if rng.random() < 0.7 else folders)
    )


def _build_shapes(rng: Random, world: World, param: str) -> Built:
    """`code_shape:LLddd/LLdddd`: identifiers of some shapes."""
    shapes = param.split("/")

    def sample(rng: Random) -> Mention:
        text = code(rng, pick(rng, shapes)) if param.isascii() else param
        return Mention(text, text)

    return Built(dict(STRING), sample, "", "code")


def _quotable(rng: Random, split: str) -> str:
    chance = rng.random()
    if chance < 0.3:
        return w.TITLE_NOUNS.pick(rng, split)
    if chance < 0.5:
        return coined(rng)
    if chance < 0.75:
        return _topic(rng, split)
    return _message(rng, split)


def _build_digits(rng: Random, world: World, param: str) -> Built:
    shape = "d" * int(param)

    def sample(rng: Random) -> Mention:
        text = code(rng, shape)
        return Mention(text, text)

    return Built(dict(STRING), sample, "", "code")


def _sql(rng: Random, split: str) -> str:
    table, column = (
        w.FILE_STEMS.pick(rng, split),
        pick(rng, ("id", "name", "amount", "created_at", "email", "status", "price")),
    )
    test = f"{pick(rng, ('id', 'year', 'age', 'total', 'qty'))} {pick(rng, ('=', '>', '<'))} {int(rng.random() * 200)}"
    count = "count(*)" if rng.random() < 0.3 else pick(rng, ("*", column))
    where = f" WHERE {test}" if rng.random() < 0.6 else ""
    return f"SELECT {count} FROM {table}{where}" + (
        f" LIMIT {int(rng.random() * 90) + 1}" if rng.random() < 0.3 else ""
    )


TEXTS: dict[str, Builder] = {
    "person": verbatim(_person, fold=True, group="person"),
    "full_name": verbatim(full_name, fold=True, group="person"),
    "artist": verbatim(_artist, span="title", fold=True, group="person"),
    "title": verbatim(title, span="title", fold=True, group="title"),
    "message": verbatim(_message, span="free", fold=True, group="text"),
    "topic": verbatim(_topic, span="plain", fold=True, group="text"),
    "address": verbatim(_address, fold=True, group="place"),
    "email": verbatim(email, group="email"),
    "user_name": verbatim(_user_name, group="code"),
    "phone": verbatim(phone, group="phone"),
    "url": verbatim(_url, group="url"),
    "file": verbatim(_file, group="file"),
    "path": verbatim(_path, group="file"),
    "ip": verbatim(lambda rng, _: ".".join(str(1 + int(rng.random() * 254)) for _ in range(4)), group="code"),
    "version": verbatim(
        lambda rng, _: code(rng, pick(rng, ("n.d.d", "vn.d.d", "n.d", "vn.dd.d", "n.d.d-rcn"))), group="code"
    ),
    "sha": verbatim(lambda rng, _: code(rng, pick(rng, ("xxxxxxx", "xxxxxxxxxx", "x" * 40))), group="code"),
    "plate": verbatim(
        lambda rng, _: code(rng, pick(rng, ("LLL-ddd", "LL ddddd", "dLLLddd", "LLdd LLL"))), group="code"
    ),
    "zip": verbatim(lambda rng, _: code(rng, pick(rng, ("ddddd", "dddd", "LLd dLL", "ddd dd"))), group="code"),
    "slug": verbatim(
        lambda rng, split: f"{w.FILE_STEMS.pick(rng, split)}-{code(rng, pick(rng, ('dd', 'zzz', 'dddd')))}"
    ),
    "sql": verbatim(_sql, span="free", group="text"),
    "digits": _build_digits,
    "code_shape": _build_shapes,
    "quoted": verbatim(_quotable, span="free", group="text"),
    "any_word": verbatim(
        lambda rng, split: w.TITLE_NOUNS.pick(rng, split) if rng.random() < 0.6 else w.DISHES.pick(rng, split),
        group="word",
    ),
    "code": _build_code,
}
"""Kinds of text."""
