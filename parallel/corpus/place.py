"""Names the files of an export, and refuses to overwrite its input or files that Egiz did not write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.corpus import Corpus
from egiz.parallel.corpus.records import About
from egiz.parallel.publish import MANIFEST, WrittenFile
from egiz.parallel.publish.destination import UnlistedFiles, refuse_other
from egiz.parallel.publish.names import CARD
from egiz.translate.errors import OptionError, OutputError

EXPORTED_FILES = (
    *(f"{part}{ending}" for part in ("train", "dev", "test") for ending in (".parquet", ".tsv")),
    "recipe.toml",
    "report.json",
)
"""The files that a folder of exported data may hold beside its card; those not written again are deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlace:
    """The folder to write to, the stem of its files' names, and their ending.

    `taken` are the input files. `written` collects the names given out by `path`.
    """

    publication: UnlistedFiles
    folder: Path
    stem: str
    ending: str
    taken: tuple[Path, ...]
    written: list[str]

    def path(self, name: str) -> Path:
        """The path at which to write the file of that name.

        Raises OptionError if it is an input, OutputError if it would replace a file that Egiz did not write.
        """
        if (self.folder / name).resolve() in [item.resolve() for item in self.taken]:
            raise OptionError(
                "is the input of this export", where=str(self.folder / name), expected="another file"
            )
        if name not in self.written:
            self.written.append(name)
        return self.publication.path(name)

    def part_name(self, part: str, parts: Sequence[str], *middle: str) -> str:
        """The name of a part's file: ``stem.part.middle.ending``; without the part if there is only one."""
        inner = (part, *middle) if len(parts) > 1 else middle
        return ".".join((self.stem, *inner)) + self.ending

    def part_files(self, corpus: Corpus) -> Iterator[tuple[str, Path]]:
        """Each part with the path of its file."""
        for part in corpus.parts:
            yield part, self.path(self.part_name(part, corpus.parts))

    def pair_files(self, corpus: Corpus, about: About) -> Iterator[tuple[str, str, str, About]]:
        """Each part and target language, with the name of their file and the description of this pair alone.

        The name has both languages if there are several targets.
        """
        for part in corpus.parts:
            for tag in about.target_languages:
                several = len(about.target_languages) > 1
                middle = (f"{about.source_language}-{tag}",) if several else ()
                name = self.part_name(part, corpus.parts, *middle)
                yield part, tag, name, replace(about, target_languages=(tag,))

    def write(self, name: str, text: str) -> None:
        """Write a small file at once."""
        self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def files(self) -> list[WrittenFile]:
        """The files that are complete, with size and hash."""
        return [self.publication.written(name) for name in self.written]


def check_folder(folder: Path, taken: Sequence[Path]) -> None:
    """Refuse an output folder that holds other things than exported data.

    Raises OptionError if it holds an input, OutputError if it holds a build or, under a name that the export
    uses, a file that Egiz did not write.
    """
    if any(item.resolve().parent == folder.resolve() for item in taken):
        raise OptionError("is the folder of the input", where=str(folder), expected="a folder of its own")
    if (folder / MANIFEST).exists():
        raise OutputError("holds a build", where=str(folder), action="Choose another folder.")
    for name in (CARD, *EXPORTED_FILES):
        refuse_other(folder / name)
