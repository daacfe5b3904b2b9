"""Pages for the browser tests, made by hand, and the browser they are opened in."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

HEAD = (
    "id\tkk\tru\tru.quality\tru.status\tru.flags\tru.terms\tru.mt"
    "\ten\ten.quality\ten.status\ten.flags\ten.terms\ten.mt"
)
ROWS = (
    "қала:1.1\tҚазақ хандығы құрылды.\tКазахское ханство создано.\t0.712\tok\t\tkhanate:corrected"
    "\tКазахское королевство создано.\tThe Kazakh khanate was founded.\t0.655\tok\t\tkhanate:applied\t",
    "қала:1.2\tХандық ұзақ өмір сүрді.\tЁлка жила долго.\t0.412\tretried\t\tkhanate:missing\t"
    "\tThe khanate lived long.\t0.702\tok\t\tkhanate:applied\t",
    "қала:2.1\tБұл сөйлем аударылмады.\t\t\tfailed\tempty\t\t\tThe the the the.\t0.120\tsuspect\trepeated\t\t",
    "дала:1.1\tЕлдің астанасы көшті.\tСтолица страны переехала.\t0.803\tok\t\t\t"
    "\tThe capital moved.\t0.811\tok\t\t\t",
    "дала:1.2\tКафе ашылды.\tОткрылось café.\t0.900\tok\t\t\t\tA café opened.\t0.905\tok\t\t\t",
)
TERMS = (
    "row\tlanguage\tterm\tsource_term\tsource_start\tsource_stop\tsource_form\ttarget_term\ttarget_start"
    "\ttarget_stop\ttarget_form\toutcome\tnote",
    "қала:1.1\tru\tkhanate\tхандық\t6\t13\tхандығы\tханство\t10\t17\tханство\tcorrected\tput where the words stood that rendered it",
    "қала:1.1\ten\tkhanate\tхандық\t6\t13\tхандығы\tkhanate\t11\t18\tkhanate\tapplied\t",
    "қала:1.2\tru\tkhanate\tхандық\t0\t6\tХандық\tханство\t\t\t\tmissing\tleft alone: no words were found that surely stand for it",
    "қала:1.2\ten\tkhanate\tхандық\t0\t6\tХандық\tkhanate\t4\t11\tkhanate\tapplied\t",
)
EDITS = (
    "row\tlanguage\tstart\tstop\tbefore\tafter\tterm\trule",
    "қала:1.1\tru\t10\t21\tкоролевство\tханство\tkhanate\treplaced",
)


def make_folder(folder: Path) -> Path:
    """A folder as ``egiz build`` makes it: every status, a correction, a missing term, two documents."""
    for name, lines in (("parallel.tsv", (HEAD, *ROWS)), ("term-uses.tsv", TERMS), ("edits.tsv", EDITS)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return folder


def chromium() -> str:
    """The browser: the one that EGIZ_CHROMIUM names, else one of the usual names; empty where none is."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
