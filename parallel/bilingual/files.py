"""Collects the bilingual files of a check: searches folders, notes unreadable files, skips unchanged rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.keyed import Keyed, target_languages
from egiz.parallel.bitext.segment import OtherLanguages
from egiz.parallel.publish.names import MANIFEST, TABLE
from egiz.translate.errors import EgizError, InputError
from egiz.translate.io.xml import xml_root
from egiz.translate.languages import known_tag

_OPEN: frozenset[str] = frozenset(
    {
        ".tsv", ".tab", ".csv", ".xlsx",
        ".tmx", ".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff", ".txlf", ".po",
    }
)  # fmt: skip
"""The file endings of bilingual formats. A file in a folder that has one of these endings is always read."""
_KEYED: dict[str, Keyed] = {".json": "json", ".arb": "json", ".properties": "properties", ".xml": "android"}
"""The file endings of formats with one language in a file. A file in a folder that has one of these endings
is read only if its path names a language, and this language is not the source language."""
_QT = ".ts"


class BilingualFiles:
    """Files and folders to check, and the results of reading them.

    In a folder and the folders in it, all bilingual files are read, in the order of their paths; in a
    published folder, only the table. A file that cannot be read is skipped and noted in `problems`. A file of
    a folder that is not in the requested languages is skipped and noted in `others`. `unchanged` is the
    number of rows that were skipped because the files of `changed_from` have them too.
    """

    def __init__(
        self,
        places: Sequence[Path],
        source: str | None = None,
        target: str | None = None,
        *,
        columns: str | None = None,
        changed_from: Sequence[Path] = (),
        besides: Collection[Path] = (),
    ) -> None:
        """`besides` are files in the folders that are not to be read, such as term bases.

        Raises InputError for a folder without bilingual files, and for a path that does not exist.
        """
        self._source, self._target, self._columns = source, target, columns
        known = {path.resolve() for path in besides}
        self.paths = tuple(dict.fromkeys(path for place in places for path in _files(place, source, known)))
        self._old = [path for place in changed_from for path in _files(place, source, known)]
        self._named = {*places, *changed_from}
        self.problems: list[tuple[Path, EgizError]] = []
        self.others: list[Path] = []
        self.unchanged = 0

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of all files, without the segments that the files of `changed_from` have too.

        A problem with a file is noted and does not end the reading. But if every file has a problem, the
        first problem is raised. InputError is raised for a file of `changed_from` that cannot be read.
        """
        known = {_row_hash(segment) for path in self._old for segment in self._of_old(path)}
        first: EgizError | None = None
        for path in self.paths:
            try:
                for segment in self._read(path):
                    if known and _row_hash(segment) in known:
                        self.unchanged += 1
                    else:
                        yield segment
            except EgizError as problem:
                first = first or problem
                if isinstance(problem, OtherLanguages) and path not in self._named:
                    self.others.append(path)
                else:
                    self.problems.append((path, problem))
        if first is not None and len(self.problems) + len(self.others) == len(self.paths):
            raise first

    def _of_old(self, path: Path) -> Iterator[Segment]:
        try:
            yield from self._read(path)
        except OtherLanguages:
            if path in self._named:
                raise

    def _read(self, path: Path) -> Iterator[Segment]:
        return read_bitext(path, self._source, self._target, columns=self._columns)


def _row_hash(segment: Segment) -> bytes:
    """Return a hash of texts, languages and draft state of a row; it does not depend on the place of the
    row."""
    texts = (segment.source_language, segment.target_language, segment.source, segment.target)
    return blake2b(
        "\x1f".join((*texts, str(segment.draft))).encode("utf-8", "replace"), digest_size=16
    ).digest()


def _files(place: Path, source: str | None, besides: Collection[Path]) -> list[Path]:
    """Return the files to read for `place`.

    If `place` is a file, it is this file. If it is a published folder, it is the table; for any other folder,
    the bilingual files in it, except those in `besides`.
    """
    if not place.is_dir():
        return [place]
    if (place / MANIFEST).is_file() and (place / TABLE).is_file():
        return [place / TABLE]
    found = [
        path
        for path in sorted(place.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(place).parts)
        and path.resolve() not in besides
        and _is_bilingual(path, source)
    ]
    if not found:
        raise InputError(
            "holds no bilingual files",
            where=str(place),
            expected="tables, TMX, XLIFF, PO, Qt .ts, or texts by key in files named by their language",
            action="" if source else "Files of texts by key need --from.",
        )
    return found


def _is_bilingual(path: Path, source: str | None) -> bool:
    """Whether a file that was found in a folder is to be read.

    This depends on the ending of its name, on its XML root element and, for formats with one language in a
    file, on the language in its path.
    """
    ending = path.suffix.lower()
    if ending in _OPEN:
        return True
    if ending == _QT:
        return _root(path) == "TS"
    if ending not in _KEYED or source is None or (ending == ".xml" and _root(path) != "resources"):
        return False
    tags = [tag for _, tag in target_languages(path, _KEYED[ending])]
    return bool(tags) and tags[0] != known_tag(source)


def _root(path: Path) -> str:
    """Return the name of the root element of an XML file; empty for a file that is not XML.

    The ending of a name does not tell: files with the ending ``.ts`` are Qt translations or TypeScript.
    """
    try:
        return xml_root(path).name
    except InputError:
        return ""
