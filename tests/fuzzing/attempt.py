"""One attempt: a file is given to its reader, which must read it or refuse it in words."""

from __future__ import annotations

import traceback
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from egiz.translate.errors import EgizError
from tests.fuzzing.mutations import mutate
from tests.fuzzing.readers import Reader


class Attempts:
    """Attempts of one reader in a folder of its own; a context manager that removes it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.seeds = reader.seeds()
        self._folder = TemporaryDirectory(prefix="egiz-fuzz-")
        self.path = Path(self._folder.name) / reader.file
        reader.beside(self.path.parent)

    def __enter__(self) -> Attempts:
        return self

    def __exit__(self, *exception: object) -> None:
        self._folder.cleanup()

    def case(self, number: int) -> bytes:
        """The mutated file of that number, always the same."""
        chance = Random(f"{self.reader.file} {number}")
        return mutate(chance.choice(self.seeds), chance, self.seeds)

    def run(self, data: bytes) -> tuple[str, str]:
        """What was wrong, in a line that is the same for the same fault, and the traceback; or nothing."""
        self.path.write_bytes(data)
        try:
            self.reader.read(self.path)
        except EgizError as error:
            return ("", "") if str(error).strip() else ("an error that says nothing", repr(error))
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            ours = [
                frame for frame in frames if "/egiz" in frame.filename or frame.filename.startswith(_ROOT)
            ]
            place = ours[-1] if ours else frames[-1]
            fault = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
            return fault, "".join(traceback.format_exception(error))[-8000:]
        return "", ""


_ROOT = str(Path(__file__).resolve().parents[2])
