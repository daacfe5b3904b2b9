"""Back-translation: make training rows from text in one language, with a machine-translated source.

The human-written sentences are the targets; their machine translations are the sources, marked so that the
network can distinguish them (Sennrich et al. 2016; Caswell et al. 2019).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.errors import InputError, OptionError
from egiz.translate.guards.rules import check
from egiz.translate.io.files import unfinished
from egiz.translate.models.manifest import file_sha256
from egiz.translate.records import Hypothesis
from egiz.translate.train.batches import map_in_workers
from egiz.translate.train.corpus import TEXTS, licences, read_texts
from egiz.translate.train.recipe import Recipe

MADE = "made"
"""Sub-folder of the training folder for the tables of back-translations."""
_PART = 200  # pairs that a worker checks at a time
_Pair = tuple[str, Hypothesis]


def _narrow_beam() -> Decoding:
    """The default decoding: a narrow beam for speed, and dropout of BPE merges in the source for variety."""
    return Decoding(beam=2, hypotheses=1, dropout=0.05, batch_tokens=4096)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOptions:
    """Settings of back-translation.

    The default decoding uses a narrow beam for speed, and dropout of BPE merges in the source for variety. An
    output is left out if its mean log-probability per token is below `least`, because most such outputs do
    not translate the sentence. `limit` is the most sentences to translate, 0 for all. Results are saved after
    every `window` sentences. `workers` is the number of processes that check outputs; with 0 this process
    does.
    """

    decoding: Decoding = field(default_factory=_narrow_beam)
    least: float = -1.2
    limit: int = 0
    window: int = 1_000
    workers: int = 0

    def signature(self) -> str:
        """Everything that can change an output, in one line."""
        return f"{self.decoding.signature()};least={self.least}"


def table_name(language: str, into: str) -> str:
    """The file name of the table with sentences in `language` and their translations `into` another."""
    return f"back_{language}_{into}.tsv"


def back_translate(
    engine: Engine,
    recipe: Recipe,
    folder: Path,
    language: str,
    into: str,
    options: BackOptions | None = None,
    report: Callable[[int, int], None] = lambda done, count: None,
) -> dict[str, int]:
    """Translate the prepared texts of `language` in `folder`, and write the pairs as a table of rows.

    The table, such as ``made/back_kk_ru.tsv``, has a column for each language of the recipe, and a last
    column with the title of the text from which the sentence is. Finished sentences are saved in a ``.part``
    file beside it, from which the next call continues after an interruption. `report` is called with the
    numbers of finished and of all sentences. Returns the number of pairs for each outcome: ``rows kept``, or
    the reason to leave them out.

    Raises OptionError if `into` is `language` or not in the recipe. Raises InputError if there are no texts
    of `language`, or if the ``.part`` file was written with other settings, other texts or another engine.
    """
    options = options or BackOptions()
    if into not in recipe.languages or into == language:
        raise OptionError(f"from {language} into {into}", expected=f"two of {', '.join(recipe.languages)}")
    texts = [item for item in read_texts(folder) if recipe.texts[item[1]].language == language]
    texts = texts[: options.limit or None]
    if not texts:
        raise InputError(
            f"no texts of {language!r} in {folder / TEXTS}",
            action="Name some as [[texts]] in the recipe and run `egiz train prepare`.",
        )
    (folder / MADE).mkdir(exist_ok=True)
    table = folder / MADE / table_name(language, into)
    begun = table.with_suffix(".part")
    head = {
        "engine": engine.identity,
        "settings": options.signature(),
        "count": len(texts),
        TEXTS: file_sha256(folder / TEXTS),
    }
    done = _begin(begun, head, options.window)
    with (
        begun.open("a", encoding="utf-8", newline="\n") as lines,
        map_in_workers(_Check(language, into, options.least), options.workers) as each,
    ):
        while done < len(texts):
            window = [text for text, _ in texts[done : done + options.window]]
            for answer in _answers(engine, window, language, into, options, each):
                lines.write("\t".join(answer) + "\n")
            lines.flush()
            done += len(window)
            report(done, len(texts))
    return _finish(begun, table, head, recipe, texts, language, into)


def _begin(begun: Path, head: dict[str, object], window: int) -> int:
    """Create the file of finished sentences with `head` as its first line, or prepare an existing one.

    `window` is the number of sentences that are translated and saved together; an incomplete last window is
    cut off. Returns the number of finished sentences. Raises InputError if the existing file begins with
    another head.
    """
    first = json.dumps(head, sort_keys=True)
    if not begun.exists():
        begun.write_text(first + "\n", encoding="utf-8", newline="\n")
        return 0
    content = begun.read_text(encoding="utf-8")
    lines = content[: content.rfind("\n") + 1].splitlines()  # without an incomplete last line
    if not lines or lines[0] != first:
        raise InputError(
            "begun with another model, other texts or other settings",
            where=str(begun),
            action="Continue with the model, texts and settings that it was begun with, or remove it.",
        )
    done = (len(lines) - 1) // window * window
    kept = "\n".join(lines[: 1 + done]) + "\n"
    begun.write_text(kept, encoding="utf-8", newline="\n")
    return done


def _answers(
    engine: Engine,
    window: Sequence[str],
    language: str,
    into: str,
    options: BackOptions,
    each: Callable[[Iterable[Sequence[_Pair]]], Iterable[list[str]]],
) -> Iterator[tuple[str, str]]:
    """Yield for each sentence its translation and the reason to leave it out; one of the two is empty."""
    found = engine.translate(window, source=language, target=into, decoding=options.decoding)
    pairs = [(text, best) for text, (best, *_) in zip(window, found, strict=True)]
    parts = [pairs[start : start + _PART] for start in range(0, len(pairs), _PART)]
    reasons = (reason for part in each(parts) for reason in part)
    for (_, best), reason in zip(pairs, reasons, strict=True):
        yield ("" if reason else best.text, reason)


@dataclass(frozen=True, slots=True)
class _Check:
    """A function from pairs of a sentence and its translation to the reason to leave out each pair.

    The reason is empty for a good pair.
    """

    language: str
    into: str
    least: float

    def __call__(self, pairs: Sequence[_Pair]) -> list[str]:
        return [self._reason(text, best) for text, best in pairs]

    def _reason(self, text: str, best: Hypothesis) -> str:
        """Why a translation is left out: ``unlikely`` or a code of the guards; empty for a good one."""
        if best.logprob < self.least:
            return "unlikely"
        codes = check(text, best, source_language=self.language, target_language=self.into)
        return codes[0] if codes else ""


def _finish(
    begun: Path,
    table: Path,
    head: dict[str, object],
    recipe: Recipe,
    texts: Sequence[tuple[str, int]],
    language: str,
    into: str,
) -> dict[str, int]:
    """Write the table and, as JSON, its counts; remove the file of finished sentences. Returns the counts."""
    own, other = recipe.languages.index(language), recipe.languages.index(into)
    counts: Counter[str] = Counter()
    with (
        begun.open(encoding="utf-8", newline="\n") as lines,
        unfinished(table) as fresh,
        fresh.open("w", encoding="utf-8", newline="\n") as rows,
    ):
        answers = (line.rstrip("\n").split("\t") for line in islice(lines, 1, None))
        for (text, number), (answer, reason) in zip(texts, answers, strict=True):
            counts[reason or "rows kept"] += 1
            if not reason:
                cells = [""] * len(recipe.languages)
                cells[own], cells[other] = text, answer
                rows.write("\t".join((*cells, recipe.texts[number].title)) + "\n")
    account = {**head, "account": dict(sorted(counts.items()))}
    with unfinished(table.with_suffix(".json")) as fresh:
        text = json.dumps(account, indent=1, ensure_ascii=False) + "\n"
        fresh.write_text(text, encoding="utf-8", newline="\n")
    begun.unlink()
    return dict(counts)


def as_source(recipe: Recipe, language: str, into: str, weight: float = 1.0) -> str:
    """The TOML lines that add the back-translated table to a recipe as a `ParallelTable`."""
    licence = ", ".join(licences(text for text in recipe.texts if text.language == language))
    return f"""\
[[sources]]
file = "{table_name(language, into)}"
repository = "the [[texts]] of this recipe in {language}, translated back"
licence = "{licence}"
domain = "back-translated"
weight = {weight}
synthetic = "{into}"
"""
