"""What goes into the package: every module, every data file, one version."""

from __future__ import annotations

import runpy
import tomllib
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import setuptools

import egiz

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("translate", "glossary", "parallel", "egiz")


@pytest.fixture(scope="module")
def built() -> dict[str, Any]:
    """What setup.py tells setuptools."""
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(setuptools, "setup", lambda **given: found.update(given))
        runpy.run_path(str(ROOT / "setup.py"))
    return found


def _package(folder: Path) -> str:
    parts = folder.relative_to(ROOT).parts
    return ".".join(parts if parts[0] == "egiz" else ("egiz", *parts))


def test_every_folder_with_modules_is_a_package_that_is_built(built: dict[str, Any]) -> None:
    folders = {path.parent for layer in LAYERS for path in (ROOT / layer).rglob("*.py")}
    assert {_package(folder) for folder in folders} == set(built["packages"])


def test_every_file_beside_the_modules_is_built(built: dict[str, Any]) -> None:
    packages, (patterns,) = set(built["packages"]), built["package_data"].values()
    for layer in LAYERS:
        for path in (ROOT / layer).rglob("*"):
            if path.suffix in (".py", ".pyc") or path.is_dir():
                continue
            owner = next(folder for folder in path.parents if _package(folder) in packages)
            inside = path.relative_to(owner).as_posix()
            assert any(fnmatch(inside, pattern.replace("**/", "")) for pattern in patterns), path


def test_the_version_stands_in_one_place() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert egiz.__version__ == version("egiz") == stated
