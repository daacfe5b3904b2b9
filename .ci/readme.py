"""The README shows what its main command prints and some of the rows that it makes: is it so still?

    python .ci/readme.py PRINTED FOLDER [--renew]

PRINTED is what the command wrote to standard error, FOLDER what it published. What differs is printed, but
for times. Processors of different kinds round differently, which changes counts and a text here and there. So
the exit status is 1 only where the number of sentences is another, or where no quoted row has the texts that
it is quoted with: then the model or the text is another one. With `--renew` the README is written anew.
"""

from __future__ import annotations

import argparse
import re
import sys
from difflib import unified_diff
from itertools import takewhile
from pathlib import Path

from egiz.parallel.publish import read_tsv

README = Path(__file__).resolve().parent.parent / "README.md"
SAMPLE = re.compile(r"^```text\n(?P<body>.*?)^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"^\| [^|]+ \| [^|]+ \(\d\.\d{3}\) \| [^|]+ \(\d\.\d{3}\) \|$", re.MULTILINE)
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
    sample = shown["body"].splitlines()
    made = with_rows(text, given.folder)
    if timeless(sample) != timeless(found):
        made = made.replace(shown["body"], "\n".join(found) + "\n")
    if given.renew:
        README.write_text(made, encoding="utf-8", newline="\n")
        return 0
    for line in unified_diff(text.splitlines(), made.splitlines(), "README.md", "now", lineterm="", n=0):
        print(line, file=sys.stderr)
    kept = set(map(unscored, QUOTED.findall(text))) & set(map(unscored, QUOTED.findall(made)))
    return 0 if kept and sample[0].split()[0] == found[0].split()[0] else 1


def unscored(row: str) -> str:
    """A quoted row without its qualities."""
    return re.sub(r" \(\d\.\d{3}\) \|", " |", row)


def summary(lines: list[str]) -> list[str]:
    """What a build says at its end."""
    first = next((place for place, line in enumerate(lines) if SUMMARY.match(line)), len(lines))
    return lines[first : first + 1] + list(takewhile(lambda line: line.startswith("  "), lines[first + 1 :]))


def timeless(lines: list[str]) -> list[str]:
    return [re.sub(r"[\d.]+ s ", "… s ", line) for line in lines if not STAGES.fullmatch(line)]


def with_rows(text: str, folder: Path) -> str:
    """The README with its rows as they are in the published table."""
    rows = {row.source: row for row in read_tsv(folder / "parallel.tsv")}
    for quoted in QUOTED.findall(text):
        source = quoted.split(" | ")[0].removeprefix("| ")
        cells = [f"{target.text} ({target.quality:.3f})" for target in rows[source].targets]
        text = text.replace(quoted, f"| {source} | {' | '.join(cells)} |")
    return text


if __name__ == "__main__":
    sys.exit(main())
