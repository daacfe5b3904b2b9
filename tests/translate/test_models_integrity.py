"""A model of which one byte was changed is not loaded, whichever byte it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.errors import ModelError
from egiz.translate.models import read_manifest, resolve

STARTER = resolve("starter")
FILES = [item.name for item in read_manifest(STARTER).files]


def test_every_file_that_is_loaded_is_in_the_manifest() -> None:
    assert {"config.json", "model.bin", "sentencepiece.bpe.model", "shared_vocabulary.json"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.37, 1.0], ids=["first", "inside", "last"])
def test_a_flipped_byte_is_found(tmp_path: Path, name: str, share: float) -> None:
    folder = Path(shutil.copytree(STARTER, tmp_path / "model"))
    place = int((STARTER / name).stat().st_size * share) - (share == 1.0)
    with (folder / name).open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelError, match=f"{name} has changed since it was installed"):
        CTranslate2Engine(folder)
