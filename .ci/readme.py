"""The README shows what its main command prints and some of the rows that it makes: is it so still?

    python .ci/readme.py PRINTED FOLDER [--renew]

PRINTED is what the command wrote to standard error, FOLDER what it published. Times are not compared. Another
processor may round the last digit of a score otherwise. With `--renew` the README is written anew.
"""

from __future__ import annotations

import argparse
import re
import sys
from itertools import takewhile
from pathlib import Path

from egiz.parallel.publish import read_tsv

README = Path(__file__).resolve().parent.parent / "README.md"
SAMPLE = re.compile(r"^```text\n(?P<body>.*?)^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"^\| (?P<source>[^|]+) \| [^|]+ \(\d\.\d{3}\) \| [^|]+ \(\d\.\d{3}\) \|$", re.MULTILINE)
SUMMARY = re.compile(r"\d+ sentences in [\d.]+ s → ")
STAGES = re.compile(r"  (?:\w+ [\d.]+ s(?:, )?)+")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("printed", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--renew", action="store_true")
    given = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    shown, found = SAMPLE.search(text), summary(given.printed.read_text(encoding="utf-8").splitlines())
    if shown is None or not found or not QUOTED.search(text):
        print("README.md shows no sample or no rows, or the command printed no summary", file=sys.stderr)
        return 1
    made = text
    if timeless(shown["body"].splitlines()) != timeless(found):
        made = text[: shown.start("body")] + "\n".join(found) + "\n" + text[shown.end("body") :]
    made = with_rows(made, given.folder)
    if given.renew:
        README.write_text(made, encoding="utf-8", newline="\n")
    elif made != text:
        for old, new in zip(text.splitlines(), made.splitlines(), strict=False):
            if old != new:
                print(f"README.md has:\n  {old}\nbut the command gave:\n  {new}", file=sys.stderr)
        return 1
    return 0


def summary(lines: list[str]) -> list[str]:
    """What a build says at its end."""
    first = next((place for place, line in enumerate(lines) if SUMMARY.match(line)), len(lines))
    return lines[first : first + 1] + list(takewhile(lambda line: line.startswith("  "), lines[first + 1 :]))


def timeless(lines: list[str]) -> list[str]:
    return [re.sub(r"[\d.]+ s ", "… s ", line) for line in lines if not STAGES.fullmatch(line)]


def with_rows(text: str, folder: Path) -> str:
    """The README with its rows as they are in the published table."""
    rows = {row.source: row for row in read_tsv(folder / "parallel.tsv")}
    for found in QUOTED.finditer(text):
        cells = [f"{target.text} ({target.quality:.3f})" for target in rows[found["source"]].targets]
        text = text.replace(found[0], f"| {found['source']} | {' | '.join(cells)} |")
    return text


if __name__ == "__main__":
    sys.exit(main())
