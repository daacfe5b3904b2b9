"""Optional, slow scores by neural models on the user's disk: sentence-transformers and the COMET family.

A model is loaded only on request and needs torch. Its licence is recorded. Nothing is downloaded: a model is
a folder or a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from egiz.translate.errors import ModelError, ModelNotFound

_BATCH = 32
_LICENCE = re.compile(r"^licen[sc]e:\s*[\"']?([^\"'\n]+)", re.MULTILINE)
_HEAD = 20_000


class Scorer(Protocol):
    """The function of a loaded model."""

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a score for each pair of source and translation; higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class Neural:
    """A loaded model with its name, kind and licence (empty if the model does not state one)."""

    name: str
    kind: str
    licence: str
    scorer: Scorer

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a score for each pair of source and translation."""
        return self.scorer(pairs) if pairs else []


def load_neural(path: Path) -> Neural:
    """Load a model: a COMET checkpoint (``*.ckpt``, or a folder with one), or a sentence-transformers folder.

    Raises ModelNotFound if the path does not exist, ModelError if the package that runs the model is not
    installed or the model cannot be opened.
    """
    if not path.exists():
        raise ModelNotFound(
            "there is no such file or folder",
            where=f"--neural {path}",
            expected="a folder of a sentence-transformers model, or a COMET checkpoint",
            action="Download it with its own tools; Egiz does not download such models.",
        )
    checkpoint = path if path.suffix == ".ckpt" else _checkpoint(path)
    kind = "comet" if checkpoint else "sentence-transformers"
    try:
        scorer = _comet(checkpoint) if checkpoint else _sentence_transformer(path)
    except ImportError as error:
        package = "unbabel-comet" if checkpoint else "egiz[neural]"
        raise ModelError(
            f"{error.name or 'a package'} is not installed",
            where=f"--neural {path}",
            action=f'Install it with `pip install "{package}"`.',
        ) from error
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelError(f"cannot be opened as {kind} ({error})", where=f"--neural {path}") from error
    return Neural(path.resolve().name, kind, _licence(path), scorer)


def _checkpoint(folder: Path) -> Path | None:
    """Return the first COMET checkpoint below a folder; None if the folder has no checkpoint."""
    return next(iter(sorted(folder.rglob("*.ckpt"))), None)


def _sentence_transformer(path: Path) -> Scorer:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(path), device="cpu", local_files_only=True)

    def score(pairs: Sequence[tuple[str, str]]) -> list[float]:
        def encoded(side: int) -> Any:
            texts = [pair[side] for pair in pairs]
            return model.encode(texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)

        sources, targets = encoded(0), encoded(1)
        return [float((one * two).sum()) for one, two in zip(sources, targets, strict=True)]

    return score


def _comet(path: Path) -> Scorer:
    from comet import load_from_checkpoint

    model = load_from_checkpoint(str(path), local_files_only=True)

    def score(pairs: Sequence[tuple[str, str]]) -> list[float]:
        data = [{"src": source, "mt": target} for source, target in pairs]
        found = model.predict(data, batch_size=_BATCH, gpus=0, progress_bar=False, num_workers=1)
        return [float(value) for value in found.scores]

    return score


def _licence(path: Path) -> str:
    """Return the licence from the head of the model card; empty if the card states no licence."""
    card = (path if path.is_dir() else path.parent) / "README.md"
    if not card.is_file():
        return ""
    with card.open(encoding="utf-8", errors="replace") as file:
        found = _LICENCE.search(file.read(_HEAD))
    return found.group(1).strip() if found else ""
