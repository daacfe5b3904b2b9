"""Where the files of an export go: names, and that no other file is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.corpus import Corpus
from egiz.parallel.corpus.about import About
from egiz.parallel.publish import MANIFEST, WrittenFile
from egiz.parallel.publish.names import CARD
from egiz.parallel.publish.ours import Files, refuse_other
from egiz.translate.errors import OptionError, OutputError

FOLDER_FILES = (
    *(f"{part}{ending}" for part in ("train", "dev", "test") for ending in (".parquet", ".tsv")),
    "recipe.toml",
    "report.json",
)
"""What a folder of exported data may hold beside its card; what is not written anew goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that is being written, the name that its files begin with, and how they end.

    `taken` are the files that are read. `written` collects the names that were given out.
    """

    publication: Files
    folder: Path
    stem: str
    ending: str
    taken: tuple[Path, ...]
    written: list[str]

    def path(self, name: str) -> Path:
        """Where to write a file of that name.

        Raises OptionError where it is what is read, OutputError where it stands in the place of a file that
        Egiz did not make.
        """
        if (self.folder / name).resolve() in [item.resolve() for item in self.taken]:
            raise OptionError("is what is exported", where=str(self.folder / name), expected="another file")
        if name not in self.written:
            self.written.append(name)
        return self.publication.path(name)

    def part_name(self, part: str, parts: Sequence[str], *middle: str) -> str:
        """The name of a part's file: ``stem.part.middle.ending``; without the part where there is but one."""
        inner = (part, *middle) if len(parts) > 1 else middle
        return ".".join((self.stem, *inner)) + self.ending

    def part_files(self, corpus: Corpus) -> Iterator[tuple[str, Path]]:
        """Each part with the file that it goes into."""
        for part in corpus.parts:
            yield part, self.path(self.part_name(part, corpus.parts))

    def pair_files(self, corpus: Corpus, about: About) -> Iterator[tuple[str, str, str, About]]:
        """Each part with each target language, a name, and what is said of the two languages alone.

        The name has both languages where there are several targets.
        """
        for part in corpus.parts:
            for tag in about.target_languages:
                several = len(about.target_languages) > 1
                middle = (f"{about.source_language}-{tag}",) if several else ()
                name = self.part_name(part, corpus.parts, *middle)
                yield part, tag, name, replace(about, target_languages=(tag,))

    def write(self, name: str, text: str) -> None:
        """Write one whole small file."""
        self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def files(self) -> list[WrittenFile]:
        """The files that are complete, with size and hash."""
        return [self.publication.written(name) for name in self.written]


def check_folder(folder: Path, taken: Sequence[Path]) -> None:
    """Refuse a folder for exported data that holds something else.

    Raises OptionError where the input is in it, OutputError where a build or a file that is not ours is.
    """
    if any(item.resolve().parent == folder.resolve() for item in taken):
        raise OptionError("is where the input is", where=str(folder), expected="a folder of its own")
    if (folder / MANIFEST).exists():
        raise OutputError("holds a build", where=str(folder), action="Choose another folder.")
    for name in (CARD, *FOLDER_FILES):
        refuse_other(folder / name)
