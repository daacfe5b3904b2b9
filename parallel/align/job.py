"""What `egiz align` does, as one call: read, link, publish, and link words if asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.align.documents import Text, Units, read_text
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.refuse import recognised
from egiz.parallel.align.run import Aligned, align_texts, publish
from egiz.parallel.align.weights import set_name
from egiz.parallel.align.words_file import WordLinker
from egiz.translate.errors import OptionError
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions
from egiz.translate.translator import Translator


def read_texts(
    source: str,
    humans: Sequence[str],
    tag: str,
    targets: Sequence[str],
    kind: Units = "sentences",
    *,
    encoding: str | None = None,
    column: str | None = None,
    licence: str = "",
) -> tuple[Text, ...]:
    """Read the source and its human translations.

    `targets` are the languages of the translations, in their order; where there are none they are
    recognised. Raises what reading does, and OptionError where languages and documents do not match.
    """
    if targets and len(targets) != len(humans):
        raise OptionError(
            f"{len(targets)} languages for {len(humans)} documents",
            where="--to",
            expected="one for each HUMAN document, in their order",
        )
    options = ReadOptions(language=language(tag).tag, encoding=encoding, column=column, licence=licence)
    texts = [read_text(source, options, kind)]
    for place, path in enumerate(humans):
        own = language(targets[place]).tag if targets else recognised(path, options)
        named = ReadOptions(language=own, encoding=encoding, column=column, licence=licence)
        texts.append(read_text(path, named, kind))
    return _distinct(texts)


def _distinct(texts: Sequence[Text]) -> tuple[Text, ...]:
    """The texts with document ids that differ; raises OptionError where two are in one language."""
    tags = [text.document.language for text in texts]
    for place, tag in enumerate(tags):
        if tag in tags[:place]:
            raise OptionError(
                f"two documents in {language(tag).name}",
                where=texts[place].path,
                expected="one document a language",
                action="Name the languages with --from and --to.",
            )
    return tuple(
        text.renamed(f"{text.document.id}-{text.document.language}")
        if any(text.document.id == other.document.id for other in texts[:place])
        else text
        for place, text in enumerate(texts)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignJob:
    """Everything an alignment needs. `model` names what `translator` translates with; `words` links the
    words of rows, where they are wanted."""

    texts: tuple[Text, ...]
    translator: Translator | None = None
    layers: Sequence[str] = LAYERS
    model: str = ""
    force: bool = False
    words: WordLinker | None = None

    def run(
        self, output: Path, *, title: str = "", progress: Callable[[int], None] = lambda done: None
    ) -> Aligned:
        """Link the documents and publish; raises InputError, OptionError or OutputError, having written
        nothing."""
        set_name(self.layers)
        source, *targets = self.texts
        alignments = align_texts(
            source,
            targets,
            self.translator,
            layers=self.layers,
            anyway=self.force,
            progress=progress,
        )
        return publish(
            source,
            targets,
            alignments,
            output,
            model=self.model if self.translator else "",
            layers=self.layers,
            title=title,
            words=self.words,
        )
