"""Pages for the browser tests, made by hand, and the browser they are opened in."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

CASES = Path(__file__).parents[2] / "cases" / "reader"
HEAD = (CASES / "parallel.tsv").read_text(encoding="utf-8").partition("\n")[0]


def make_folder(folder: Path) -> Path:
    """A folder as ``egiz build`` makes it: every status, a correction, a missing term, two documents."""
    return Path(shutil.copytree(CASES, folder, dirs_exist_ok=True))


def chromium() -> str:
    """The browser: the one that EGIZ_CHROMIUM names, else one of the usual names; empty where none is.

    Without a window of its own Chromium takes two thirds of the processor time, so it comes first.
    """
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    return os.environ.get("EGIZ_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")


def missing() -> str:
    """Why no browser test can run here; empty where they can."""
    if find_spec("playwright") is None:
        return "playwright is not installed (it comes with egiz[test])"
    return "" if chromium() else "no Chromium on the path (set EGIZ_CHROMIUM to one)"


def axe() -> Path | None:
    """The script of axe-core: the file that EGIZ_AXE names, else the one inside axe-playwright-python."""
    if os.environ.get("EGIZ_AXE"):
        return Path(os.environ["EGIZ_AXE"])
    found = find_spec("axe_playwright_python")
    places = list(Path(found.origin).parent.rglob("axe.min.js")) if found and found.origin else []
    return places[0] if places else None
