"""Reads Moses files: one text a line, a file for each language, which the ending of its name says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from egiz.parallel.bitext.segment import Segment, Wanted, matching, plain_tag, read_lines, tidy
from egiz.translate.errors import InputError
from egiz.translate.languages import known_tag


def moses_files(path: Path) -> tuple[Path, ...]:
    """A file called as ``corpus.kk`` with those beside it called alike in other languages, by name.

    Empty if its name does not end in a language, or if it stands alone.
    """
    tag = path.suffix[1:]
    if not known_tag(tag) or not path.parent.is_dir():
        return ()
    others = [
        other
        for other in sorted(path.parent.iterdir())
        if other.stem == path.stem
        and other != path
        and known_tag(other.suffix[1:]) not in (None, known_tag(tag))
        and other.is_file()
    ]
    return (path, *others) if others else ()


def read_moses(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a Moses file beside those of the same name in other languages, line by line.

    The source is the language asked for, else that of `path`; the default target is every other language.
    The id of a segment is the number of its line; blank lines give empty texts.

    Raises InputError if a language has no file, or if one file has more lines than another.
    """
    files = moses_files(path)
    tags = [file.suffix[1:] for file in files]
    source = files[0] if wanted.source is None else _file(wanted.source, files, tags)
    others = [file for file in files if file != source]
    targets = others if wanted.target is None else [_file(wanted.target, files, tags)]
    for number, lines in enumerate(zip_longest(*(read_lines(file) for file in (source, *targets))), start=1):
        for line, target in zip(lines, (source, *targets), strict=True):
            if line is None:
                raise InputError(
                    f"ends after line {number - 1}", where=str(target), expected="as many lines as its pair"
                )
        for (_, text), target in zip(lines[1:], targets, strict=True):
            yield Segment(
                id=str(number),
                source_language=plain_tag(source.suffix[1:]),
                target_language=plain_tag(target.suffix[1:]),
                source=tidy(lines[0][1]),
                target=tidy(text),
                file=str(source),
                line=number,
            )


def _file(asked: str, files: tuple[Path, ...], tags: list[str]) -> Path:
    found = matching(asked, tags)
    if len(found) == 1:
        return files[found[0]]
    raise InputError(
        f"{'several files' if found else 'no file'} in {asked!r}",
        where=str(files[0].with_suffix(".*")),
        expected=f"one of {', '.join(tags)}",
    )
