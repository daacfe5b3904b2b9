"""Where the reports of the term commands go, and in which format."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

STRICT = "Leave with status 1 if an error or a warning is reported."
"""What ``--strict`` means in every command that reports findings."""


def format_of(asked: str | None, output: str | None, endings: Mapping[str, str]) -> str:
    """The format that is asked for, else that of the ending of the output; text for a name without one.

    Raises OptionError for an ending that is none of `endings`.
    """
    from egiz.translate.errors import OptionError, nearest

    ending = Path(output or "").suffix.lower()
    if asked is not None:
        return asked
    if not ending:
        return "text"
    if ending not in endings:
        raise OptionError(
            f"no report ends in {ending!r}",
            where="--output",
            expected=f"one of {', '.join(endings)}, or --format",
            action=nearest(ending, endings),
        )
    return endings[ending]


@contextmanager
def opened(output: str | None, read: Sequence[Path], *, held: bool = True) -> Iterator[TextIO]:
    """Standard output or a file; what is written appears whole at the end, or not at all.

    If not `held`, what goes to standard output goes there at once.

    Raises OptionError where the file is one of those that are read, OutputError where it cannot be written.
    """
    if output is None and not held:
        yield sys.stdout
        return
    if output is None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.seek(0)
            shutil.copyfileobj(stream, sys.stdout)
        return
    from egiz.parallel.publish.ours import Files
    from egiz.translate.errors import OptionError

    place = Path(output)
    if not place.name or place.resolve() in {path.resolve() for path in read}:
        raise OptionError(f"{output!r}", where="--output", expected="a file that is not read")
    with Files(place.parent) as publication, publication.open(place.name) as stream:
        yield stream
