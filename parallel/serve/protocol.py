"""The protocol: the parameters of requests, and the form of answers and errors.

It follows LibreTranslate's published description of its API. Parameters come as JSON, as a form, or in the
query of the URL, with the same meaning. Egiz adds fields to requests (`model`, `terms`, `terms_mode`) and to
answers (`quality`, `status`, `reasons`, `terms`, `sentences`), which other clients of the protocol ignore.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from egiz.parallel.documents.texts import Span, cleaned
from egiz.parallel.serve.models import MODES, Models, Offer
from egiz.parallel.serve.safety import Limits, Refused
from egiz.translate.errors import LanguageError, nearest
from egiz.translate.languages import known_tag, language

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile
    from starlette.requests import Request

    from egiz.parallel.rows import TermRecord
    from egiz.parallel.serve.engine import SentenceAnswer

_ALIASES = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "zt": "zh-Hant", "pb": "pt", "iw": "he"}
"""Language codes that clients of the protocol use, with the tag of Egiz for each."""
AUTO = "auto"
FORMATS = ("text", "html")
_FIELDS = 40
_WORST = ("failed", "suspect", "retried", "ok", "edited", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of a request by name, and its uploaded files."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, UploadFile] = field(default_factory=dict)

    def text(self, name: str, default: str | None = None) -> str:
        """A text parameter. If it is missing, the result is `default`. Raises Refused if the parameter is not
        a string, or if it is missing and `default` is None.
        """
        value = self.values.get(name)
        if value is None:
            if default is None:
                raise Refused(400, f"Invalid request: missing {name} parameter")
            return default
        if not isinstance(value, str):
            raise Refused(400, f"Invalid request: {name} parameter is not a string")
        return value

    def choice(self, name: str, known: Sequence[str], default: str) -> str:
        """A parameter that must have one of the values `known`. If it is missing, the result is `default`.
        Raises Refused for any other value.
        """
        value = self.text(name, default) or default
        if value not in known:
            raise Refused(400, f"Invalid request: {name} is {value[:60]!r}, expected {' or '.join(known)}")
        return value

    def number(self, name: str, most: int) -> int:
        """A whole number from 0 to `most`. If the parameter is missing, it is 0. Raises Refused for any other
        value.
        """
        value = self.values.get(name, 0)
        if (
            isinstance(value, str)
            and value.strip().isascii()
            and value.strip().isdecimal()
            and len(value) < 9
        ):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise Refused(400, f"Invalid request: {name} is no number from 0 to {most}")
        return value


async def parameters(request: Request, limits: Limits) -> Parameters:
    """Read the parameters of a request. If the body and the URL have the same parameter, that of the body
    counts.

    Raises Refused if the body is compressed, has an unknown type, or cannot be parsed.
    """
    values: dict[str, Any] = _pairs(request.url.query, "the address")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, values, limits)
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise Refused(415, f"the body has the content encoding {encoding[:60]!r}, expected none")
    body = await request.body()
    if kind == "application/x-www-form-urlencoded":
        values |= _pairs(_utf8(body), "the form")
    elif body.strip() and (kind in ("application/json", "text/json") or kind.endswith("+json")):
        values |= _object(body)
    elif body.strip():
        raise Refused(415, f"the body is {kind[:60] or 'of no stated type'!r}, expected JSON or a form")
    return Parameters(values=values)


async def _multipart(request: Request, values: dict[str, Any], limits: Limits) -> Parameters:
    from starlette.datastructures import UploadFile
    from starlette.exceptions import HTTPException

    try:
        form = await request.form(max_files=1, max_fields=_FIELDS, max_part_size=limits.body)
    except HTTPException as error:
        raise Refused(400, f"the form cannot be read: {error.detail}") from error
    files = {name: value for name, value in form.multi_items() if isinstance(value, UploadFile)}
    texts = ((name, value) for name, value in form.multi_items() if isinstance(value, str))
    return Parameters(values=values | _gathered(texts), files=files)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"byte {error.start + 1} of the body is not UTF-8") from error


def _pairs(text: str, where: str) -> dict[str, Any]:
    """The fields of a URL-encoded form; raises Refused if it cannot be parsed."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1100)
    except ValueError as error:
        raise Refused(400, f"{where} cannot be read as a form in UTF-8") from error
    return _gathered(pairs)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields by name. If a field is repeated, its last value counts. The field `q` is an exception: all
    its values make a list.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and name == "q":
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(_utf8(body).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the body is not JSON") from error
    if not isinstance(value, dict):
        raise Refused(400, "the body is no JSON object")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Translate:
    """A request to translate, by the model named `model`.

    The texts are in NFC. `many` is true if the request has a list of texts; the answer must then have lists,
    too.
    """

    texts: tuple[str, ...]
    many: bool
    model: str
    source: str
    target: str
    html: bool
    alternatives: int
    terms: Any
    terms_mode: str


def translate_of(parameters: Parameters, offer: Offer, limits: Limits) -> Translate:
    """Read and check a request to translate; raises Refused if a parameter is missing or wrong."""
    texts, many = texts_of(parameters, limits)
    return Translate(
        texts=texts,
        many=many,
        model=offer.model,
        source=source_of(parameters, offer),
        target=tag_of(parameters.text("target"), offer, "target"),
        html=parameters.choice("format", FORMATS, "text") == "html",
        alternatives=parameters.number("alternatives", limits.alternatives),
        **terms_of(parameters),
    )


def terms_of(parameters: Parameters) -> dict[str, Any]:
    """The fields of `Translate` about terms. In a form the field `terms` is a text; if this text begins like
    a JSON list or object, it is parsed as JSON.
    """
    wanted = parameters.values.get("terms")
    if isinstance(wanted, str) and wanted.lstrip()[:1] in ("[", "{"):
        try:
            wanted = json.loads(wanted)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "Invalid request: terms is not JSON") from error
    return {"terms": wanted, "terms_mode": parameters.choice("terms_mode", MODES, MODES[0])}


def texts_of(parameters: Parameters, limits: Limits) -> tuple[tuple[str, ...], bool]:
    """The texts in the parameter `q`, and whether `q` is a list. Raises Refused if `q` has a wrong type or
    too much text.
    """
    value = parameters.values.get("q")
    if value is None:
        raise Refused(400, "Invalid request: missing q parameter")
    many = isinstance(value, list)
    texts = value if many else [value]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "Invalid request: q is neither a string nor a list of strings")
    if len(texts) > limits.texts:
        raise Refused(400, f"Invalid request: {len(texts)} texts exceed the limit of {limits.texts}")
    length = sum(map(len, texts))
    if length > limits.characters:
        raise Refused(
            400, f"Invalid request: {length} characters exceed the text limit of {limits.characters}"
        )
    return tuple(map(cleaned, texts)), many


def offer_of(parameters: Parameters, models: Models) -> Offer:
    """The languages of the model that a request names. If the request names no model, the default model is
    taken.

    A server with one model ignores the field `model`, because other clients may use it for something else. A
    server with several models raises OptionError for an unknown name.
    """
    return models.offer(parameters.text("model", "") if len(models.names) > 1 else "")


def source_of(parameters: Parameters, offer: Offer) -> str:
    """The tag of the source language, or `AUTO`. Raises Refused if the model lacks the requested language."""
    code = parameters.text("source")
    return AUTO if code == AUTO else tag_of(code, offer, "source")


def tag_of(code: str, offer: Offer, name: str) -> str:
    """The tag that the model uses for a client's language code (``pt-BR``, ``zh``, ``kaz_Cyrl``).

    `name` is the name of the parameter, for the error message. Raises Refused if the model lacks the
    language.
    """
    short = code.strip()[:40]
    try:
        tag = language(short).tag
    except LanguageError:
        tag = _ALIASES.get(short.lower()) or known_tag(short) or ""
    if tag not in offer.languages:
        shown = code if len(code) < 40 else f"{code[:40]}…"
        able = [model for model, languages in offer.others.items() if tag in languages]
        by = f" by the model {offer.model!r}" if offer.others else ""
        action = f"The model {able[0]!r} supports it." if able else nearest(short, offer.languages)
        raise Refused(400, f"{shown!r} is not supported as {name}{by}. {action}".rstrip())
    return tag


def language_list(languages: Sequence[str]) -> list[dict[str, Any]]:
    """The answer to ``/languages``."""
    return [{"code": tag, "name": language(tag).name, "targets": list(languages)} for tag in languages]


def detections(found: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
    """The answer to ``/detect``; confidence is in percent."""
    return [{"confidence": round(100 * share, 1), "language": tag} for tag, share in found]


def about(
    answers: Sequence[SentenceAnswer], text: str = "", answer: str = "", spans: Sequence[Span] = ()
) -> dict[str, Any]:
    """The fields that Egiz adds to an answer: for each sentence, and for the whole text.

    Quality and status of a text are those of its worst sentence. Offsets are code points from 0: in the
    source text (in NFC), and in the answer. Without `spans`, as for HTML, the fields have no offsets.
    """
    sentences = [
        _sentence(item, text, answer, spans[at] if spans else None) for at, item in enumerate(answers)
    ]
    qualities = [item.target.quality for item in answers if item.target.quality is not None]
    statuses = [item.target.status for item in answers]
    return {
        "quality": round(min(qualities), 3) if qualities else None,
        "status": next((status for status in _WORST if status in statuses), "ok"),
        "reasons": list(dict.fromkeys(reason for item in sentences for reason in item["reasons"])),
        "terms": [use for item in sentences for use in item.pop("terms")],
        "sentences": sentences,
    }


def _sentence(item: SentenceAnswer, text: str, answer: str, span: Span | None) -> dict[str, Any]:
    from egiz.parallel.scores.reasons import words

    target = item.target
    made: dict[str, Any] = {
        "quality": None if target.quality is None else round(target.quality, 3),
        "label": target.score.label if target.score else None,
        "status": target.status,
        "flags": list(target.flags),
        "reasons": [words(reason) for reason in target.score.reasons] if target.score else [],
        "terms": [_use(use, text, answer, span) for use in target.terms],
    }
    if span is not None:
        made |= {"source": list(span.source), "target": list(span.target)}
    return made


def _use(use: TermRecord, text: str, answer: str, span: Span | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "term": use.term,
        "source_term": use.source_term,
        "target_term": use.target_term,
        "source_text": use.source_form,
        "target_text": use.target_form,
        "outcome": use.outcome,
        "note": use.note,
    }
    if span is not None:
        made["source"] = _place(text, use.source_form, span.source, use.source_start)
        made["target"] = _place(answer, use.target_form, span.target, use.target_start)
    return made


def _place(text: str, form: str, span: tuple[int, int], at: int | None) -> list[int] | None:
    """The start and stop of `form` in a text, searched for within `span`. If `form` occurs several times, the
    occurrence nearest to `at` is taken; `at` is an offset from the start of the span.

    The result is None if `form` does not occur, for example because white space or quotation marks were
    changed for publication.
    """
    if at is None or not form:
        return None
    start, stop = span
    places = [found.start() for found in re.finditer(re.escape(form), text[start:stop])]
    if not places:
        return None
    nearest_place = start + min(places, key=lambda place: abs(place - at))
    return [nearest_place, nearest_place + len(form)]
