"""Renders the page as one HTML file that uses no network, runs only its own script, and has the interface
texts of all languages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import Publication
from egiz.parallel.publish.ours import refuse_other
from egiz.parallel.reader.pack import pack
from egiz.parallel.reader.records import BANDS, Bands, Reading
from egiz.parallel.scores.reasons import texts
from egiz.translate.errors import OptionError, nearest
from egiz.translate.text import single_line

INTERFACE_LANGUAGES = ("en", "ru", "kk")

Catalogue = dict[str, str | dict[str, str]]
"""From key to text. A text with a number has a form per plural category of its language (Unicode CLDR)."""


def catalogues() -> dict[str, Catalogue]:
    """By language, the catalogues from ``page/texts.LANGUAGE.json`` with the reasons of the scores."""
    folder = files("egiz.parallel.reader") / "page"
    return {
        tag: json.loads((folder / f"texts.{tag}.json").read_text(encoding="utf-8"))
        | {f"cause.{feature}": text for feature, text in texts(tag).items()}
        for tag in INTERFACE_LANGUAGES
    }


def check_language(tag: str) -> str:
    """Return the tag; raises OptionError if there is no interface in that language."""
    if tag not in INTERFACE_LANGUAGES:
        raise OptionError(
            f"{tag!r}",
            where="interface language",
            expected=f"one of {', '.join(INTERFACE_LANGUAGES)}",
            action=nearest(tag, INTERFACE_LANGUAGES),
        )
    return tag


WORDS = "words.js"
"""The part that only pages with word links have."""
SERVED = "served.js"
"""The part that only pages have which a server shows: it saves what is edited at once."""

SCRIPTS = (
    "base.js",
    "data.js",
    "fold.js",
    "diff.js",
    "paint.js",
    "review.js",
    "filter.js",
    "cells.js",
    "rows.js",
    WORDS,
    "panels.js",
    "summary.js",
    "terms.js",
    "editor.js",
    "exchange.js",
    "earlier.js",
    "view.js",
    "keys.js",
    SERVED,
    "app.js",
)
"""The parts of the page's script; each builds on earlier ones."""

STYLES = ("style.css", "text.css", "panels.css", "print.css")

_COMMENT = re.compile(r"//.*|/\*.*\*/")
_ESCAPES: dict[str, str | int | None] = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def render(
    reading: Reading, *, title: str = "", language: str = "", bands: Bands = BANDS, served: bool = False
) -> str:
    """The text of the whole page; a `served` one sends edits to the server that shows it.

    `title` overrides the data package's title, or the file name. `language` is the interface language at the
    first visit; empty leaves it to the browser. Raises OptionError if there is no interface in it.
    """
    if language:
        check_language(language)
    title = single_line(title) or single_line(str(reading.package.get("title") or "")) or reading.name
    texts = catalogues()
    wanted = {WORDS: bool(reading.words), SERVED: served}
    script = _joined(tuple(name for name in SCRIPTS if wanted.get(name, True)))
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    style = _joined(STYLES)
    return _template(
        title=title,
        language=language or "en",
        source=reading.rows[0].source_language,
        policy=_policy(script, style, "'self'" if served else "'none'"),
        style=style,
        script=script,
        data=json_text(pack(reading, bands, title)),
        texts=json_text({"texts": texts, "language": language}),
        t=texts[language or "en"],
    )


def write_page(
    reading: Reading, path: Path, *, title: str = "", language: str = "", bands: Bands = BANDS
) -> None:
    """Render the page into a file, which appears complete or not at all.

    Raises OptionError if `path` is not a file name, OutputError if the file cannot be written, or exists and
    was not made by Egiz.
    """
    if path.name in ("", ".", "..", "-") or path.is_dir():
        raise OptionError(f"{str(path)!r} is no file", where="--output", expected="the name of a file")
    refuse_other(path)
    page = render(reading, title=title, language=language, bands=bands)
    with Publication(path.parent) as publication:
        publication.write(path.name, page)


def json_text(value: Any) -> str:
    """Compact JSON that is safe inside an HTML element: it can neither end it nor begin another.

    >>> json_text(["</script>"])
    '["\\\\u003c/script\\\\u003e"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(str.maketrans(_ESCAPES))


def _joined(names: tuple[str, ...]) -> str:
    """The parts as one text, without indentation and comment lines, which are a sixth of it.

    No part may have a string or comment that spans several lines.
    """
    folder = files("egiz.parallel.reader") / "page"
    whole = "".join((folder / name).read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for line in whole.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not _COMMENT.fullmatch(line))


def _policy(script: str, style: str, connect: str) -> str:
    """A Content-Security-Policy that forbids all scripts and styles but these two, and all network access but
    what `connect` lets a script do."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _template(**values: Any) -> str:
    """Fill the template. Everything is escaped except our own script and style, and JSON from `json_text`."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    raw = {name: Markup(values[name]) for name in ("style", "script", "data", "texts")}
    text = (files("egiz.parallel.reader") / "page" / "template.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(text).render({**values, **raw})
