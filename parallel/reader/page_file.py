"""Renders the page as one HTML file. It uses no network, runs only its own script, and has the interface
texts of all languages.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import Publication
from egiz.parallel.publish.destination import refuse_other
from egiz.parallel.reader.pack import pack
from egiz.parallel.reader.records import BANDS, Bands, Reading
from egiz.parallel.scores.reasons import texts
from egiz.translate.errors import OptionError, nearest
from egiz.translate.text import single_line

INTERFACE_LANGUAGES = ("en", "ru", "kk")

Catalogue = dict[str, str | dict[str, str]]
"""The interface texts of one language, by key. A text that contains a number has one form for each plural
category of the language (Unicode CLDR).
"""


def catalogues() -> dict[str, Catalogue]:
    """Return the interface texts by language: those of ``page/texts.LANGUAGE.json``, and the wordings of the
    reasons for low quality.
    """
    folder = files("egiz.parallel.reader") / "page"
    return {
        tag: json.loads((folder / f"texts.{tag}.json").read_text(encoding="utf-8"))
        | {f"cause.{feature}": text for feature, text in texts(tag).items()}
        for tag in INTERFACE_LANGUAGES
    }


def check_language(tag: str) -> str:
    """Return `tag` unchanged. Raises OptionError if the page has no interface in this language."""
    if tag not in INTERFACE_LANGUAGES:
        raise OptionError(
            f"{tag!r}",
            where="interface language",
            expected=f"one of {', '.join(INTERFACE_LANGUAGES)}",
            action=nearest(tag, INTERFACE_LANGUAGES),
        )
    return tag


WORDS = "words.js"
"""The part of the script for pages with word links."""
SERVED = "served.js"
"""The part of the script for pages shown by a server: it saves every edit immediately."""

SCRIPTS = (
    "base.js",
    "data.js",
    "outline.js",
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
"""The parts of the page's script, in order; a part may use the parts before it."""

STYLES = ("style.css", "text.css", "panels.css", "print.css")

HEAD = (
    'document.documentElement.className="scripted";'
    'addEventListener("error",function(){'
    'if(!document.documentElement.dataset.ready)document.documentElement.className=""});'
)
"""The script in the head. It hides the plain table before the table is laid out, and shows it again if the
main script cannot start, for example in an old browser."""

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
    """Return the text of the whole page. A `served` page sends edits to the server that shows it.

    `title` replaces the default title, which is the title in the data package or, without one, the file name.
    `language` is the interface language at the first visit; if it is empty, the browser decides. Raises
    OptionError if the page has no interface in that language.
    """
    if language:
        check_language(language)
    title = single_line(title) or single_line(str(reading.package.get("title") or "")) or reading.name
    texts = catalogues()
    wanted = {WORDS: bool(reading.words), SERVED: served}
    script = _joined(tuple(name for name in SCRIPTS if wanted.get(name, True)))
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    style = _joined(STYLES)
    packed = pack(reading, bands, title)
    return _template(
        title=title,
        language=language or "en",
        source=reading.rows[0].source_language,
        policy=_policy((HEAD, script), style, "'self'" if served else "'none'"),
        style=style,
        head=HEAD,
        script=script,
        columns=[item["name"] for item in packed["languages"]],
        rows=_plain_rows(reading, packed["languages"], packed["documents"]),
        data=json_text(packed),
        texts=json_text({"texts": _needed(texts, packed), "language": language}),
        t=texts[language or "en"],
    )


def write_page(
    reading: Reading, path: Path, *, title: str = "", language: str = "", bands: Bands = BANDS
) -> None:
    """Render the page into a file, which appears complete or not at all.

    Raises OptionError if `path` is not a file name. Raises OutputError if the file cannot be written, or if
    it already exists and was not made by Egiz.
    """
    if path.name in ("", ".", "..", "-") or path.is_dir():
        raise OptionError(f"{str(path)!r} is no file", where="--output", expected="the name of a file")
    refuse_other(path)
    page = render(reading, title=title, language=language, bands=bands)
    with Publication(path.parent) as publication:
        publication.write(path.name, page)


def json_text(value: Any) -> str:
    r"""Return compact JSON that is safe inside an HTML element: it cannot end the element or begin another.

    >>> json_text(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(str.maketrans(_ESCAPES))


_OPTIONAL = ("cause.", "flag.", "left.", "rule.")


def _needed(texts: dict[str, Catalogue], packed: dict[str, Any]) -> dict[str, Catalogue]:
    """Return the catalogues without the texts of reasons, flags, rules and term notes that occur in no row of
    the page.
    """
    rules = {part for rule in packed["edits"]["rules"] for part in rule.split("+")}
    used = {f"cause.{feature}" for feature in packed["causes"]["features"]}
    used |= {f"flag.{code}" for code in packed["flags"]} | {f"rule.{rule}" for rule in rules}
    used |= {note for notes in packed["terms"]["notes"] for note in notes}
    return {
        tag: {key: text for key, text in texts[tag].items() if key in used or not key.startswith(_OPTIONAL)}
        for tag in texts
    }


def _joined(names: tuple[str, ...]) -> str:
    """Return these files of the page as one text, without indentation and comment lines, which saves a sixth
    of the size.

    No file may have a string or comment that spans several lines.
    """
    folder = files("egiz.parallel.reader") / "page"
    text = "".join((folder / name).read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not _COMMENT.fullmatch(line))


_MARKUP = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", "\r": "&#13;", "\0": "\ufffd"})


def _plain_rows(reading: Reading, languages: list[dict[str, str]], documents: list[dict[str, Any]]) -> str:
    """Return the rows of the plain table: number, source, translations. If there are several documents, each
    document begins with a row for its title.

    The script takes the texts from this table, and readers see the table if scripts are disabled or removed.
    HTML allows the end tags of rows and cells to be omitted.
    """
    titles = {}
    if len(documents) > 1:
        starts = accumulate((item["rows"] for item in documents), initial=0)
        titles = {start: item["title"] or item["id"] for start, item in zip(starts, documents, strict=False)}
    heads = [f'<td lang="{escape(item["tag"])}"{_direction(item["dir"])}>' for item in languages]
    parts = []
    for number, row in enumerate(reading.rows):
        if number in titles:
            parts.append(f'<tr\nclass="head"><th scope="rowgroup" colspan="9">{_markup(titles[number])}')
        cells = (row.source, *(target.text for target in row.targets))
        parts.append(f"<tr\n><td>{_markup(row.id.rpartition(':')[2])}")
        parts += [f"{head}{_markup(cell)}" for head, cell in zip(heads, cells, strict=True)]
    return "".join(parts)


def _direction(of: str) -> str:
    return "" if of == "ltr" else f' dir="{of}"'


def _markup(text: str) -> str:
    """Escape a text for HTML; NUL, which HTML does not allow, becomes the replacement character."""
    return text.translate(_MARKUP)


def _policy(scripts: Iterable[str], style: str, connect: str) -> str:
    """Return a Content-Security-Policy. It allows these scripts, this style, and network access to `connect`;
    everything else is forbidden.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {_hash(style)}",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _template(**values: Any) -> str:
    """Fill the template.

    Everything is escaped except the scripts and styles of Egiz, the rows of `_plain_rows`, and JSON from
    `json_text`.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    raw = {name: Markup(values[name]) for name in ("style", "head", "script", "rows", "data", "texts")}
    text = (files("egiz.parallel.reader") / "page" / "template.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(text).render({**values, **raw})
