"""Answers requests: detects languages, translates texts and documents, and keeps suggestions for review.

Documents are first read by the readers of `egiz build`, which refuse damaged, encrypted and malicious files.
Then `egiz.parallel.documents` writes them in their own format.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from egiz.glossary.correct import Mode, mode_named
from egiz.glossary.records import TermBase
from egiz.parallel.documents import KINDS, WHOLE, open_document
from egiz.parallel.documents.inline import Run, is_fixed, queries_for_markup, rebuilt
from egiz.parallel.documents.markup import Page
from egiz.parallel.documents.texts import Placed, cleaned, joined, sentences_of
from egiz.parallel.publish import MAX_CELL_CHARACTERS
from egiz.parallel.review.files import FORMAT
from egiz.parallel.serve.engine import QueuedEngine, SentenceAnswer, SentenceRequest
from egiz.parallel.serve.files import FileJob
from egiz.parallel.serve.models import Models, chosen_terms
from egiz.parallel.serve.protocol import AUTO, Translate, about, detections
from egiz.parallel.serve.safety import Limits, Refused
from egiz.translate.errors import InputError
from egiz.translate.guards import translatable
from egiz.translate.guards.case import letters
from egiz.translate.guards.language import families, identifier, written_in
from egiz.translate.io.decode import decode
from egiz.translate.io.files import unfinished
from egiz.translate.languages import alphabets
from egiz.translate.read.documents import content_of
from egiz.translate.read.kinds import EXTENSIONS, kind_of
from egiz.translate.records import Sentence
from egiz.translate.text import source_text

_OFF = "off"
_Answer = dict[str, Any]
Ask = Callable[[Sequence[SentenceRequest]], Sequence[SentenceAnswer]]
"""Translates sentences through the queue; returns one answer for each, in order."""
FORMATS = tuple(ending for ending, kind in EXTENSIONS.items() if kind in KINDS)
"""The file name extensions of documents that can be translated."""
_SPACES = str.maketrans("\n\t\r\f", "    ")

_LOOKED_AT = 2_000
"""To find the language of a text, this many characters at its beginning are examined. More characters would
not change the result.
"""
_FOREIGN = 1e-3
"""Factor for the probability of a language whose alphabet lacks letters of the text. The probability is
multiplied by it once for each different letter that the alphabet lacks.
"""
_ABSENT = 0.84
"""Factor for the probability of a language that has letters of its own (only its alphabet has them), if the
text has none of them. The probability is multiplied by it once for each letter of the text, at most `_MOST`
times. In Kazakh text a sixth of all letters are letters that only Kazakh has.
"""
_DIFFERENT, _MOST = 5, 60
"""`_ABSENT` is applied only to languages with at least `_DIFFERENT` letters of their own, and for at most
`_MOST` letters of the text.
"""
_LEAST = 0.01


class Service:
    """Answers the clients of a server: detects languages, translates, and accepts suggestions."""

    def __init__(self, models: Models, limits: Limits, suggestions: Path) -> None:
        """`suggestions` is the folder in which suggestions are kept."""
        self.models, self.limits = models, limits
        self._opening = asyncio.Lock()
        self._suggestions = suggestions
        self._suggested = 0

    async def engine(self, name: str) -> QueuedEngine:
        """The model of this name. If it is not open yet, it is opened first. While a model is being opened,
        only one of the waiting requests occupies a thread.
        """
        if not self.models.is_open(name):
            async with self._opening:
                return await asyncio.to_thread(self.models.named, name)
        return self.models.named(name)

    async def detect(self, texts: Sequence[str], model: str = "") -> list[list[_Answer]]:
        """The likely languages of each text, among the languages of the model named `model`; an empty name
        means the default model.
        """
        languages = self.models.offer(model).languages
        found = await asyncio.to_thread(lambda: [detect(text, languages) for text in texts])
        return [detections(item) or [{"confidence": 0.0, "language": languages[0]}] for item in found]

    async def language_of(self, data: bytes, name: str, model: str) -> str:
        """The likeliest language of a document, among the languages of the model named `model`. Raises
        InputError if the document has no text.
        """
        content = await asyncio.to_thread(content_of, data, name)
        found = await asyncio.to_thread(detect, content.text, self.models.offer(model).languages)
        if not found:
            raise InputError("holds no text", where=name)
        return found[0][0]

    async def translate(self, request: Translate) -> _Answer:
        """The answer to a request to translate, with the fields that Egiz adds. If the request has a list of
        texts, the values of the answer are lists.

        Raises Refused for wrong parameters, or if the queue is full.
        """
        detected = await self.detect(request.texts, request.model) if request.source == AUTO else None
        sources = (
            [item[0]["language"] for item in detected] if detected else [request.source] * len(request.texts)
        )
        answers: list[_Answer] = [{} for _ in request.texts]
        groups = dict.fromkeys(sources)
        await asyncio.gather(
            *(
                self._group(request, source, [at for at, own in enumerate(sources) if own == source], answers)
                for source in groups
            )
        )
        if detected:
            for answer, found in zip(answers, detected, strict=True):
                answer["detectedLanguage"] = found[0]
        if not request.many:
            return answers[0]
        names = dict.fromkeys(name for answer in answers for name in answer) or {"translatedText": None}
        return {name: [answer.get(name) for answer in answers] for name in names}

    async def _group(
        self, request: Translate, source: str, places: Sequence[int], answers: list[_Answer]
    ) -> None:
        """Translate the texts with the indices `places`, all in the language `source`, and put their answers
        into `answers`.
        """
        texts = [request.texts[at] for at in places]
        if source == request.target:
            for at in places:
                answers[at].update(translatedText=request.texts[at], **_extra(request, []), **about([]))
            return
        base = self.terms(request, source, request.target)
        pages = [_HtmlText(text) if request.html else _PlainText(text) for text in texts]
        requests = await asyncio.to_thread(
            lambda: [page.requests(source, request.alternatives) for page in pages]
        )
        flat = [item for items in requests for item in items]
        engine = await self.engine(request.model)
        sizes = await asyncio.to_thread(engine.sizes, [item.sentence for item in flat])
        future = engine.submit(
            flat, source, request.target, base, sizes=sizes, mode=_mode(request.terms_mode)
        )
        translated: list[SentenceAnswer] = await asyncio.wrap_future(future)
        stream = iter(translated)
        for at, page, items in zip(places, pages, requests, strict=True):
            own = [next(stream) for _ in items]
            text, facts = await asyncio.to_thread(page.answer, own, request.target)
            others = [page.other(own, request.target, number) for number in range(request.alternatives)]
            kept = [other for other in dict.fromkeys(others) if other and other != text]
            answers[at].update(translatedText=text, **_extra(request, kept), **facts)

    def terms(self, request: Translate, source: str, target: str) -> TermBase | None:
        """The term base for a request. If the request does not name one, it is the server's term base; if the
        request turns terms off, it is None.
        """
        if request.terms_mode == _OFF:
            return None
        if request.terms is None:
            return self.models.terms
        return chosen_terms(self.models.bases, request.terms, source, target)

    def file_terms(self, wanted: object) -> tuple[str, ...]:
        """The names of the loaded term bases to use for a file. If the request names none (`wanted` is None
        or empty), all loaded term bases are used.

        Raises Refused if `wanted` is neither a name nor a list of names.
        """
        if wanted is None or wanted == "":
            return tuple(self.models.bases)
        names = [wanted] if isinstance(wanted, str) else wanted
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Refused(400, "Invalid request: terms is not a list of names of term bases")
        chosen_terms(self.models.bases, names, "", "")
        return tuple(dict.fromkeys(names))

    def translate_file(self, data: bytes, job: FileJob) -> bytes:
        """Translate a document, as background work of the queue; runs in a thread."""
        engine, base = self.models.named(job.model), self.models.named_terms(job.terms)

        def ask(items: Sequence[SentenceRequest]) -> Sequence[SentenceAnswer]:
            future = engine.submit(
                items,
                job.source,
                job.target,
                None if job.terms_mode == _OFF else base,
                sizes=engine.sizes(item.sentence for item in items),
                mode=_mode(job.terms_mode),
                background=True,
            )
            return future.result()

        return translate_document(data, job.name, job.source, job.target, ask)

    def suggest(self, text: str, suggestion: str, source: str, target: str, author: str = "") -> None:
        """Keep a suggestion as a file of edits, which `egiz review` applies to tables with this sentence.

        Raises Refused if the suggestion is empty or too long, or if too many wait for review.
        """
        if not text.strip() or not suggestion.strip():
            raise Refused(400, "Invalid request: an empty suggestion")
        if max(len(text), len(suggestion)) > MAX_CELL_CHARACTERS:
            raise Refused(400, f"Invalid request: a suggestion of over {MAX_CELL_CHARACTERS} characters")
        self._suggestions.mkdir(parents=True, exist_ok=True)
        self._suggested = self._suggested or sum(1 for _ in self._suggestions.iterdir())
        if self._suggested >= self.limits.suggestions:
            raise Refused(503, "too many suggestions wait for review", retry_after=3600)
        now = datetime.now(UTC)
        edit = {
            "row": "suggestion",
            "source": source_text(text, source),
            "previous": "",
            "following": "",
            "language": target,
            "before": "",
            "after": suggestion,
            "approved": False,
            "comment": f"suggested for a text in {source}",
            "seen": [],
            "time": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        content = {"format": FORMAT, "version": 2, "table": "0" * 64, "author": author[:100], "edits": [edit]}
        name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.json"
        with unfinished(self._suggestions / name) as fresh:
            fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self._suggested += 1


def _extra(request: Translate, others: list[str]) -> _Answer:
    return {"alternatives": others} if request.alternatives else {}


class _PlainText:
    """A plain text that is being translated."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sentences: list[Sentence] = []

    def requests(self, source: str, alternatives: int) -> list[SentenceRequest]:
        self._sentences = sentences_of(self._text, source)
        return [SentenceRequest(sentence=item, alternatives=alternatives) for item in self._sentences]

    def answer(self, answers: Sequence[SentenceAnswer], target: str) -> tuple[str, _Answer]:
        made, spans = joined(self._text, self._sentences, [item.target.text for item in answers], target)
        return made, about(answers, self._text, made, spans)

    def other(self, answers: Sequence[SentenceAnswer], target: str, number: int) -> str:
        """The text made of further translations: each sentence has its further translation with the index
        `number` (from 0). A sentence without such a translation has its best translation.
        """
        texts = [(item.alternatives[number:] or (item.target.text,))[0] for item in answers]
        return joined(self._text, self._sentences, texts, target)[0]


class _HtmlText:
    """A piece of HTML that is being translated."""

    def __init__(self, text: str) -> None:
        self._page = Page(text)
        self._requests: list[list[SentenceRequest]] = []

    def requests(self, source: str, alternatives: int) -> list[SentenceRequest]:
        self._requests = [requests_of(run, source, alternatives) for run in self._page.runs]
        return [item for items in self._requests for item in items]

    def answer(self, answers: Sequence[SentenceAnswer], target: str) -> tuple[str, _Answer]:
        return self._written(answers, target), about(answers)

    def other(self, answers: Sequence[SentenceAnswer], target: str, number: int) -> str:
        others = [
            item.with_text(item.alternatives[number]) if number < len(item.alternatives) else item
            for item in answers
        ]
        return self._written(others, target)

    def _written(self, answers: Sequence[SentenceAnswer], target: str) -> str:
        stream = iter(answers)
        runs = zip(self._page.runs, self._requests, strict=True)
        return self._page.written([[tokens_of(run, items, stream, target)] for run, items in runs])


def _mode(name: str) -> Mode:
    """The mode in which terms are corrected. For ``off`` any mode may be returned, because no term base is
    used then.
    """
    return "check" if name == _OFF else mode_named(name)


def translate_document(data: bytes, name: str, source: str, target: str, ask: Ask) -> bytes:
    """The document in the language `target`.

    Raises InputError if the file cannot be read, has no text, or is of a format that cannot be written.
    """
    content = content_of(data, name)
    kind = kind_of(PurePath(name).suffix, data, where=name)
    if kind not in KINDS:
        raise InputError("cannot be written in its own format", where=name, expected=", ".join(FORMATS))
    if kind == "text":
        text = cleaned(decode(data, where=name))
        sentences = sentences_of(text, source)
        answers = ask([SentenceRequest(sentence=sentence) for sentence in sentences])
        return joined(text, sentences, [item.target.text for item in answers], target)[0].encode()
    if kind in WHOLE:
        sentences = sentences_of(content.text, source)
        answers = ask([SentenceRequest(sentence=sentence) for sentence in sentences])
        placed = [
            Placed(start=one.start, stop=one.stop, paragraph=one.paragraph, texts=(item.target.text,))
            for one, item in zip(sentences, answers, strict=True)
        ]
        return WHOLE[kind](decode(data, where=name), content.text, placed, False)[0].encode()
    document = open_document(kind, data, name)
    requests = [requests_of(run, source) for run in document.runs]
    stream = iter(ask([item for items in requests for item in items]))
    made = [
        [tokens_of(run, items, stream, target)] for run, items in zip(document.runs, requests, strict=True)
    ]
    return document.written(made, target)


def requests_of(run: Run, tag: str, alternatives: int = 0) -> list[SentenceRequest]:
    """Requests for the sentences of a run that are to be translated; line ends inside a sentence become
    spaces.
    """
    if not translatable(run.text):
        return []
    return [
        SentenceRequest(sentence=sentence, **queries_for_markup(run, sentence), alternatives=alternatives)
        for sentence in sentences_of(run.text.translate(_SPACES), tag)
        if not is_fixed(run, sentence)
    ]


def tokens_of(
    run: Run, requests: Sequence[SentenceRequest], answers: Iterator[SentenceAnswer], target: str
) -> list[Any]:
    """The tokens of the translated run. For each of `requests`, one answer is taken from `answers`."""
    return rebuilt(run, [next(answers).rendered for _ in requests], target)


def detect(text: str, languages: Sequence[str]) -> list[tuple[str, float]]:
    """The likely languages of a text with their probabilities, the likeliest first. The list is empty if the
    text has no letters.

    py3langid gives the probability of each language. Languages that are written in another script are left
    out. The probability of a language is reduced in two cases: its alphabet lacks letters of the text
    (Russian lacks ә, ғ, қ), or the text has none of the letters that only this language has.
    """
    text = text[:_LOOKED_AT]
    if not letters(text):
        return []
    able = [tag for tag in languages if not families(tag) or written_in(text, families(tag))]
    ranking = dict(identifier().rank(text))
    odds = {tag: ranking.get(tag.split("-")[0], 0.0) + 1e-12 for tag in able or languages}
    known = {tag: alphabets()[tag] for tag in odds if tag in alphabets()}
    used = [character for character in text.lower() if character.isalpha()]
    everything = frozenset().union(*known.values())
    for tag, own in known.items():
        odds[tag] *= _FOREIGN ** len((set(used) & everything) - own)
        peculiar = own.difference(*(other for name, other in known.items() if name != tag))
        if len(peculiar) >= _DIFFERENT and len(known) > 1 and not peculiar & set(used):
            odds[tag] *= _ABSENT ** min(len(used), _MOST)
    total = sum(odds.values())
    found = sorted(((odds[tag] / total, tag) for tag in odds), key=lambda item: (-item[0], item[1]))
    return [(tag, share) for share, tag in found if share >= _LEAST] or [(found[0][1], found[0][0])]
